"""Somebody cannot be reached: what he should have heard goes to the deputy, then to all others whom the settings name.

The rule kept here: no step may end with a person who is not there. Those behind the deputy get it as a step among
others, in the mail that names no requester: they need not be people who may see one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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


def to_deputy(decision: Decision, step: str, policy: Policy) -> None:
    """The deputy, if there is one, gets the step that did not reach the contact person."""
    if policy.deputy_email:
        _give(decision, step, step, ladders.template_of(step), {DEPUTY: policy.deputy_email}, policy)


def pass_on(decision: Decision, step: str, policy: Policy) -> None:
    """Give a step to the next people."""
    mark = f"{step}{MARK}"
    _give(decision, step, mark, TEMPLATE, {f"{MARK}{number}": to for number, to in enumerate(policy.beyond)}, policy)


def _give(decision: Decision, step: str, mark: str, template: str, people: Mapping[str, str], policy: Policy) -> None:
    """Give a step to these people, by how their tokens end: once, unless somebody has acknowledged it."""
    case = decision.case
    known = ladders.is_step(case, step) and not ladders.is_seen(case, step)
    if not (case.is_open and known) or mark in case.climbed:
        return
    by = ladders.deadline_of(case, step)
    urgent = step.startswith(ladders.BREACH) or "breach" in case.needs
    moment = decision.now if urgent else leaves_at(decision.now, by, policy.hours, policy.country, policy.zone)
    for end, to in people.items():
        send = do.Send(f"{case.ref}:{step}{end}", template, to, "staff", LetterState.QUEUED)
        decision.do(replace(send, step=step, due_at=decision.now, by=by, not_before=moment))
    decision.do(do.Climb(mark))


def _reaches_nobody(send: do.Send, policy: Policy) -> bool:
    """Whether this is a warning to the deputy, or to a contact person without one, who is away."""
    if send.audience != "staff":
        return False
    if send.token.endswith(DEPUTY):
        return policy.deputy_away
    return policy.contact_away and not policy.has_deputy and send.to == policy.contact_email
