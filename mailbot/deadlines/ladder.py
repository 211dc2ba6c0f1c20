"""When people are warned about a case, and when the clock looks at it again.

The rule kept here: the ladder is computed from dates, not remembered, so a restart loses no step; a rung's name carries
its own day, so the same warning is never given twice and a term that moved warns anew. After an outage only
the most urgent warning is given. After `act_by` there is one every day, weekends included.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailbot.deadlines.calendars import working_days_before
from mailbot.model import LadderStep

#: Warnings come when people start their day, on the company's own clock.
MORNING = time(9)
OVERDUE = "overdue"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """One warning that is due at a moment (UTC).

    `name` is unique within the case: the step and the day of the warning, "7-days:2026-02-20", "overdue:2026-03-02".
    """

    name: str
    due: datetime
    step: str
    deputy: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs before `act_by` in order of urgency; the daily ones after it are made when they are needed."""

    rungs: tuple[Rung, ...]
    act_by: date
    zone: ZoneInfo

    def overdue(self, day: date) -> Rung:
        """The warning of a day after `act_by`."""
        return _rung(OVERDUE, day, self.zone, deputy=True)


@lru_cache(maxsize=128)  # a decision asks for the same one several times
def ladder(act_by: date, steps: tuple[LadderStep, ...], country: str, zone: ZoneInfo, received_at: datetime) -> Ladder:
    """When each of `steps` is due. Those of the day of receipt and before are left out: the mail at receipt has said it
    all, also to who reads it that morning."""
    received_on = received_at.astimezone(zone).date()
    days = [(step, _day(step, act_by, country)) for step in sorted(steps, key=_urgency)]
    coming = [_rung(step.name, day, zone, deputy=step.deputy) for step, day in days if day > received_on]
    return Ladder(tuple(sorted(coming, key=lambda rung: rung.due)), act_by, zone)


def due_step(ladder: Ladder, now: datetime, alerted: Collection[str]) -> Rung | None:
    """The most urgent step that is due, unless people were already warned of it (`alerted` holds names of rungs)."""
    rung = _latest(ladder, now)
    return None if rung is None or rung.name in alerted else rung


def next_moment(ladder: Ladder, now: datetime, alerted: Collection[str]) -> datetime:
    """The first moment at which the clock has work: `now` if a step is due and not yet alerted, else a later one."""
    if due_step(ladder, now, alerted) is not None:
        return now
    ahead = next((rung.due for rung in ladder.rungs if rung.due > now), None)
    return ahead or _next_overdue(ladder, now).due


def _latest(ladder: Ladder, now: datetime) -> Rung | None:
    """The last step whose moment has come."""
    day = _morning_passed(now, ladder.zone)
    if day > ladder.act_by:
        return ladder.overdue(day)
    return next((rung for rung in reversed(ladder.rungs) if rung.due <= now), None)


def _next_overdue(ladder: Ladder, now: datetime) -> Rung:
    return ladder.overdue(max(ladder.act_by, _morning_passed(now, ladder.zone)) + _DAY)


def _rung(step: str, day: date, zone: ZoneInfo, *, deputy: bool) -> Rung:
    return Rung(f"{step}:{day.isoformat()}", _morning(day, zone), step, deputy)


def _day(step: LadderStep, act_by: date, country: str) -> date:
    """The day on which `step` warns of `act_by`."""
    if step.working:
        return working_days_before(act_by, step.days, country)
    return act_by - timedelta(days=step.days)


def _urgency(step: LadderStep) -> tuple[int, bool]:
    """Where two steps fall on one morning, around a long weekend, the one with fewer days to go comes last."""
    return -step.days, step.working


@lru_cache(maxsize=512)
def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def _morning_passed(now: datetime, zone: ZoneInfo) -> date:
    """The last day whose morning has come."""
    today = now.astimezone(zone).date()
    return today if _morning(today, zone) <= now else today - _DAY
