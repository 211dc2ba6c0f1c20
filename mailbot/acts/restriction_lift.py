"""A restriction that was asked in one case is lifted at the wish that the person wrote in a later one.

The rules kept here: the person hears of the end once, in the letter that must come before it (article 18(3); A-54).
That letter names both requests and answers the later one too, as far as it left; of two such wishes neither is chosen.
A wish of which nobody knows whether it is his lifts nothing (C-02).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import events
from mailbot.app import Tenant
from mailbot.decide import decide
from mailbot.decide.outcomes import untold
from mailbot.decide.replying import refuse_unproven
from mailbot.execute import execute
from mailbot.model import Case, Kind, Policy
from mailbot.sender.proof import Proof, still_needed
from mailbot.store import Unit


def with_lift_request(
    unit: Unit, case: Case, event: events.RestrictionLifted, policy: Policy
) -> events.RestrictionLifted:
    """The act, with the later case in which the person asked for it; unchanged where that is not one case for sure.
    Raises Refused where it is not sure that he did."""
    asked = _asked_in(unit, case) if event.on_request else None
    return replace(event, asked_in=asked.ref, asked_on=policy.day_of(asked.received_at)) if asked else event


def answer_lift_request(
    unit: Unit, tenant: Tenant, event: events.RestrictionLifted, letter: str, policy: Policy, now: datetime
) -> None:
    """Write in the later case which letter answers it."""
    if case := unit.case(event.asked_in):
        told = events.ToldElsewhere(event.actor, Kind.RESTRICTION_LIFT, letter)
        execute(unit, case, told, decide(case, told, policy, now), policy, tenant.letters, now)


def _asked_in(unit: Unit, case: Case) -> Case | None:
    """The one open case of the same person that asks to lift and has no letter that tells it yet."""
    own = unit.cases_of(case.requester.email) if case.requester else []
    found = [
        one
        for one in own
        if one.is_open and one.ref != case.ref and one.received_at >= case.received_at and _waits(one)
    ]
    proven = [one for one in found if still_needed(one, [Kind.RESTRICTION_LIFT]) is Proof.NOTHING]
    if found and not proven:
        refuse_unproven(found[0], [Kind.RESTRICTION_LIFT])
    return proven[0] if len(proven) == 1 else None


def _waits(case: Case) -> bool:
    return any(item.kind is Kind.RESTRICTION_LIFT and not item.letter for item in untold(case))
