"""People's calendars follow the case: when a date in them moves or ends, those who have it are told.

The rule kept here: every mail to staff about a case carries the entry, so whoever was warned has it. A date that moves
is therefore told to the contact person, and to the deputy too once the case was escalated to him. Whoever
gets another mail at that moment has the entry by that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot import actions as do
from mailbot.deadlines import leaves_at
from mailbot.decide import sending
from mailbot.decide.decision import Decision
from mailbot.model import Case, Policy


def follow(case: Case | None, actions: Sequence[do.Action], policy: Policy, now: datetime) -> list[do.Action]:
    """The mail that moves or takes back what stands in people's calendars, if these actions change it."""
    if case is None or not policy.calendar:
        return []
    decision = Decision(case, now)
    decision.do(*actions)
    after = decision.case
    before, dates = _dates(case), _dates(after)
    if before == dates:
        return []
    over = all(before.get(name) == due for name, due in dates.items())
    name = "date_over" if over else "date_moved"
    moment = leaves_at(now, min(dates.values(), default=None), policy.hours, policy.country, policy.zone)
    token = f"{case.ref}:{name}:{after.moves}"
    told = _told_anyway(actions) if before.keys() <= dates.keys() else frozenset()
    mails = sending.to_staff(token, name, policy, deputy=bool(after.climbed), not_before=moment)
    return [mail for mail in mails if mail.to not in told]


def _dates(case: Case) -> dict[str, datetime]:
    return {deadline.name: deadline.due for deadline in case.appointments}


def _told_anyway(actions: Sequence[do.Action]) -> frozenset[str]:
    """Who gets a mail about the case now: not one of a step, which waits and may be dropped."""
    mails = [action for action in actions if isinstance(action, do.Send) and not action.step]
    return frozenset(mail.to for mail in mails if mail.audience == "staff")
