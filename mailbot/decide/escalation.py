"""The deputy cannot be reached: what he should have heard goes to everybody else whom the settings name.

The rule kept here: no step may end with a person who is not there. Those who stand in get it as a step among others, in
the mail that names no requester: they need not be people who may see one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot import actions as do
from mailbot.deadlines import leaves_at
from mailbot.decide import ladders
from mailbot.decide.decision import Decision
from mailbot.model import Case, LetterState, Policy

TEMPLATE = "warnings"
MARK, DEPUTY = ":beyond", ":deputy"


def follow(case: Case | None, actions: Sequence[do.Action], policy: Policy, now: datetime) -> list[do.Action]:
    """What goes to the next people besides, where these actions warn somebody who is away."""
    sends = [one for one in actions if isinstance(one, do.Send) and _reaches_nobody(one, policy)]
    if not (sends and policy.beyond):
        return []
    decision = Decision(case, now)
    decision.do(*actions)
    for send in sends:
        pass_on(decision, send.token.removeprefix(f"{decision.case.ref}:").removesuffix(DEPUTY), policy)
    return decision.actions[len(actions) :]


def pass_on(decision: Decision, step: str, policy: Policy) -> None:
    """Give a step to the next people, once, unless somebody has acknowledged it."""
    case = decision.case
    if not (case.is_open and ladders.is_step(case, step)) or ladders.is_seen(case, step) or _mark(step) in case.climbed:
        return
    by = ladders.deadline_of(case, step)
    urgent = step.startswith(ladders.BREACH) or "breach" in case.needs
    moment = decision.now if urgent else leaves_at(decision.now, by, policy.hours, policy.country, policy.zone)
    for number, to in enumerate(policy.beyond):
        token = f"{case.ref}:{step}{MARK}{number}"
        decision.do(
            do.Send(
                token,
                TEMPLATE,
                to,
                "staff",
                LetterState.QUEUED,
                step=step,
                due_at=decision.now,
                by=by,
                not_before=moment,
            )
        )
    decision.do(do.Climb(_mark(step)))


def _mark(step: str) -> str:
    return f"{step}{MARK}"


def _reaches_nobody(send: do.Send, policy: Policy) -> bool:
    """Whether this is a warning to the deputy, or to a contact person without one, who is away."""
    if send.audience != "staff":
        return False
    if send.token.endswith(DEPUTY):
        return policy.deputy_away
    return policy.contact_away and not policy.has_deputy and send.to == policy.contact_email
