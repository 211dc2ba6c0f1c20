"""A person closes a case: at once, or together with a letter that is the answer and has not left yet.

The rule kept here: an answer was given when its letter left, or when a person says that it left by another way (F-15).
Until then the case is open and its clock and its warnings go on, whoever has called it done. Nobody hears that his
request was received after it was dealt with: what the program wrote by itself and has not left, does not leave then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import breaches, erasing, fulfilment, measures, outcomes, stopping, told_elsewhere
from mailbot.decide.breach_record import is_untold
from mailbot.decide.clock import answer_terms
from mailbot.decide.decision import Decision
from mailbot.decide.moments import moment_of
from mailbot.errors import Refused
from mailbot.model import Case, Item, Outcome, Policy
from mailbot.plan import open_required
from mailbot.plan.retention import forget_on

#: Why a case closed whose answer was a letter of ours.
BY_LETTER = "answered by our letter"
_SILENT = (Outcome.NO_REQUEST, Outcome.WITHDRAWN)


def close(decision: Decision, event: events.Closed, policy: Policy) -> None:
    """Close an open case. Raises Refused for what must come first."""
    case = decision.case
    _check(case, event)
    if event.outcome not in _SILENT:
        erasing.refuse_unread(case, policy)
    for item in case.items:
        if item.outcome is Outcome.OPEN:
            fulfilment.refuse_outcome(case, item.kind, event.outcome)
    told_at = _told_at(case, event, policy, decision.now)
    decided = _decided(case, event.outcome, event.actor, told_at)
    if event.answered_elsewhere:
        decided = told_elsewhere.with_grounds(replace(case, items=decided), event, policy, told_at)
    with_it = _copies(case, letters_of(case)) if event.once_sent else frozenset()
    fulfilment.refuse_close(replace(case, items=decided), policy, event.outcome, event.answered_elsewhere, with_it)
    if event.once_sent:
        decision.do(do.CloseWith(letters_of(case)), do.SetNeeds(()))  # he has looked, as whoever closes a case
        decision.do(do.Overtake(measures.ENDED, observed=False))
        return
    if event.answered_elsewhere:
        decision.do(do.MeetDeadlines(told_at, answer_terms(case)))
        decision.do(*([do.Remark(told_elsewhere.REMEDIES)] if event.names_remedies else []))
    decision.do(do.SetItems(decided))
    measures.end(decision, event.reason)


def _told_at(case: Case, event: events.Closed, policy: Policy, now: datetime) -> datetime:
    """When the answer left that went by another way: on the day that the person names, else when a colleague wrote."""
    if not event.answered_elsewhere:
        return now
    return moment_of(event.told_on, case, policy, now) if event.told_on else case.colleague_wrote_at or now


def letters_of(case: Case) -> tuple[str, ...]:
    """The letters that tell what no letter that left has told, by their tokens; empty for a right without one."""
    return tuple(dict.fromkeys(item.letter for item in outcomes.untold(case)))


def letter_left(decision: Decision, policy: Policy) -> None:
    """A letter left. If it was the last of those that a person called the answer, the case closes as he said, unless
    something has come up since that a person must look at."""
    case = decision.case
    told = {item.letter for item in case.items if item.told_at}
    if not case.closes_with or not told.issuperset(case.closes_with) or outcomes.untold(case):
        return
    if case.needs or is_untold(case) or any(step.id != "answer" for step in open_required(case, policy)):
        return
    measures.end(decision, BY_LETTER)
    if day := forget_on(decision.case, policy):
        decision.do(do.PlanForgetting(day))


def _check(case: Case, event: events.Closed) -> None:
    if case.deadline("breach") and not case.breach_decision and event.outcome is not Outcome.NO_REQUEST:
        raise Refused(
            f"Decide about the breach first: `mailbot breach {case.ref} --notify` or `--register-only`", "A-55"
        )
    breaches.refuse_untold(case)
    if stopping.waits_for_stop(case) and event.outcome not in _SILENT:
        raise Refused(f"Say first that it has stopped everywhere: `mailbot stopped {case.ref}`", "A-50")
    unanswered = any(deadline.met_at is None for deadline in case.deadlines if deadline.name in answer_terms(case))
    if event.once_sent and not all(letters_of(case) or [""]):
        raise Refused(f"No letter of {case.ref} waits to tell the outcome of every right that was asked", "F-15")
    if unanswered and event.outcome not in _SILENT and not (event.answered_elsewhere or event.once_sent):
        raise Refused(
            f"{case.ref} was not answered yet. Answer it, or close it with --once-sent (its letter waits), "
            "--answered-elsewhere, --outcome withdrawn or --outcome no_request",
            "F-15",
        )


def _copies(case: Case, letters: tuple[str, ...]) -> frozenset[str]:
    """The step that is done by a copy leaving, where the copy is the answer."""
    return frozenset({"copies"} if any(case.work.packed_in(token) for token in letters) else ())


def _decided(case: Case, outcome: Outcome, actor: str, now: datetime) -> tuple[Item, ...]:
    return tuple(
        replace(item, outcome=outcome, decided_by=actor, decided_at=now) if item.outcome is Outcome.OPEN else item
        for item in case.items
    )
