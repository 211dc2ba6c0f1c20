"""Time passes for a case: which dates it has, which warning is due, when the clock looks again.

The rule kept here: everything is computed from the case as it is stored. A warning is named after the date it belongs
to, so it is given once; after an outage only the most urgent one is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot import events as do
from mailbot.deadlines import Ladder, Rule, Rung, Terms, compute, due_step, explain, ladder, next_moment, to_deadlines
from mailbot.decide import post
from mailbot.decide.fold import Folder
from mailbot.model import Case, Deadline, Kind, Policy

#: Hours after receipt at which a breach is called for again until it is decided (article 33; law.md A-58).
BREACH_CALLS = (24, 48, 60)
_RULES = {
    Kind.DIRECT_MARKETING: Rule.DM_OBJECTION,
    Kind.OBJECTION: Rule.OBJECTION_21_1,
    Kind.CONSENT_WITHDRAWAL: Rule.CONSENT_WITHDRAWAL,
}


def dates_of(case: Case, policy: Policy) -> do.SetDeadlines:
    """Every date of the case as it now is; what was met stays met."""
    terms = list(_terms(case, policy))
    fresh = [deadline for one in terms for deadline in to_deadlines(one, policy.zone)]
    by_name = {deadline.name: deadline for deadline in reversed(fresh)}
    kept = tuple(_as_met(deadline, case) for deadline in by_name.values())
    return do.SetDeadlines(tuple(sorted(kept, key=lambda deadline: deadline.due)), explain(terms[0]))


def _terms(case: Case, policy: Policy) -> Iterator[Terms]:
    """The month that every case has, and the 72 hours of a breach beside it."""
    rule = next((_RULES[kind] for kind in case.kinds if kind in _RULES), Rule.ART12_3)
    yield compute(rule, case.received_at, policy.country, policy.zone, policy.promise_days)
    if Kind.BREACH_REPORT in case.kinds:
        yield compute(Rule.BREACH_72H, case.received_at, policy.country, policy.zone, None)


def _as_met(deadline: Deadline, case: Case) -> Deadline:
    before = case.deadline(deadline.name)
    if before is None or before.met_at is None:
        return deadline
    return Deadline(deadline.name, deadline.due, deadline.on, deadline.basis, deadline.explanation, before.met_at)


def on_time(case: Case, policy: Policy, now: datetime) -> list[do.Action]:
    """Give the warning that is due, and say when to look again."""
    folder = Folder(case, now)
    if case.is_open:
        for rung in _due(case, policy, now):
            template = (
                "overdue" if rung.step == "overdue" else "breach_undecided" if _is_breach(rung) else "deadline_near"
            )
            token = f"{case.ref}:{rung.name}"
            folder.do(*post.to_staff(token, template, policy, deputy=rung.deputy))
            folder.do(do.MarkAlerted(rung.name))
    folder.do(wake(folder.case, policy, now))
    return folder.actions


def wake(case: Case, policy: Policy, now: datetime) -> do.Wake:
    """When the clock has work for this case next; never once it is closed or answered."""
    return do.Wake(min(_moments(case, policy, now), default=None) if case.is_open else None)


def _due(case: Case, policy: Policy, now: datetime) -> Iterator[Rung]:
    steps, breach = _ladder(case, policy), case.deadline("breach")
    if steps and (rung := due_step(steps, now, case.alerted)):
        yield rung
    if breach and breach.met_at is None and (call := _missed_call(case, now)):
        yield call


def _moments(case: Case, policy: Policy, now: datetime) -> Iterator[datetime]:
    steps, breach = _ladder(case, policy), case.deadline("breach")
    if steps:
        yield next_moment(steps, now, case.alerted)
    if breach and breach.met_at is None:
        yield from (rung.due for rung in _breach_calls(case) if rung.due > now)
        if _missed_call(case, now):
            yield now


def _ladder(case: Case, policy: Policy) -> Ladder | None:
    """The ladder to the day on which people must act; None when there is nothing left to warn of."""
    act_by, operating = case.deadline("act_by"), case.deadline("operating")
    if act_by is None or act_by.on is None or act_by.met_at:
        return None
    return ladder(
        act_by.on, operating.on if operating else None, policy.ladder, policy.country, policy.zone, case.received_at
    )


def _missed_call(case: Case, now: datetime) -> Rung | None:
    """The last call for a breach whose moment has come, unless it was made."""
    passed = [rung for rung in _breach_calls(case) if rung.due <= now]
    return passed[-1] if passed and passed[-1].name not in case.alerted else None


def _breach_calls(case: Case) -> list[Rung]:
    start = case.received_at.date().isoformat()
    return [
        Rung(
            f"breach-{hours}h:{start}", case.received_at + timedelta(hours=hours), f"breach-{hours}h", deputy=hours > 24
        )
        for hours in BREACH_CALLS
    ]


def _is_breach(rung: Rung) -> bool:
    return rung.step.startswith("breach-")
