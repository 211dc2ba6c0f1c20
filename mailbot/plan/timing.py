"""On which day a step of the plan should be done, counted back from the day on which people must act.

The rule kept here: the plan has no clock of its own. Its days lie inside the one clock of the case, on days on which
people are in, and they warn of nothing: the ladder of the case does that.
"""

from __future__ import annotations

from datetime import date, timedelta

from mailbot.deadlines.calendars import working_days_before
from mailbot.model import Case, Policy

#: The question who writes stops the clock only if it is asked within so many days (A-37).
ASK_WITHIN = timedelta(days=5)
#: Working days before the day of the answer: searches done, copy and decision ready, what was decided carried out.
_BEFORE_ANSWER = {"work": 7, "ready": 3, "carry_out": 1, "answer": 0}


def day_of(moment: str, case: Case, policy: Policy) -> date | None:
    """The day of a step; None while the clock stands still and no day of the answer can be named."""
    received = policy.day_of(case.received_at)
    if moment == "receipt":
        return received
    last = _last_day(case)
    if moment == "identity":
        return min(filter(None, (received + ASK_WITHIN, last)))
    if last is None:
        return None
    day = working_days_before(last, _BEFORE_ANSWER[moment], policy.country)
    return max(day, min(received, last))


def _last_day(case: Case) -> date | None:
    named = case.deadline("act_by") or case.deadline("notice_by")
    return named.on if named else None
