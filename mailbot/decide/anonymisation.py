"""What is left of a case when the person in it is forgotten (F-03, F-05).

The rule kept here: an allow-list. Facts of the procedure stay (number, dates, kinds, outcomes, who decided); a field
that is not named here is gone, so a new field is forgotten until somebody decides that it may stay. Of what people
typed only one thing stays: the company's own record of a breach, without people (`breach_record`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.decide.breach_record import nameless
from mailbot.model import Case, ProcessorRequest, SettledStep, Status, Work


def anonymised(case: Case, at: datetime) -> Case:
    """The case without the person: no address, name, number, hash, message id or text of his."""
    return Case(
        ref=case.ref,
        tenant=case.tenant,
        status=Status.ANONYMISED,
        received_at=case.received_at,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        items=case.items,
        match=case.match,
        identity=case.identity,
        deadlines=case.deadlines,
        channel=case.channel,
        proof_asked_at=case.proof_asked_at,
        identity_asked_at=case.identity_asked_at,
        identity_received_at=case.identity_received_at,
        extended_at=case.extended_at,
        stopped_at=case.stopped_at,
        by_post=case.by_post,
        breach_decision=case.breach_decision,
        breach_notes=nameless(case),
        work=_work(case.work),
        anonymised_at=at,
        version=case.version + 1,
    )


def _work(work: Work) -> Work:
    """Which steps were taken, which parties were told, and what must stay until when: no words, no foreign numbers."""
    return Work(
        settled=tuple(SettledStep(one.step, one.how, one.by, one.at) for one in work.settled),
        asked=tuple(_asked(one) for one in work.asked),
        packed=work.packed,
        kept=work.kept,  # the number of the document stays: by it the company finds what it erases on that day
    )


def _asked(asked: ProcessorRequest) -> ProcessorRequest:
    return replace(asked, ticket="", chase_on=None)
