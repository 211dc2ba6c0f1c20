"""When a warning may leave: in the hours in which people work, unless the deadline would fall before that.

The rule kept here: patience never costs a deadline. A warning whose deadline is over, or is over before people are in
again, goes now.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.deadlines.calendars import is_working_day
from mailbot.model import WorkingHours

_DAY = timedelta(days=1)


def leaves_at(now: datetime, deadline: datetime | None, hours: WorkingHours, country: str, zone: ZoneInfo) -> datetime:
    """The next working hour, which `now` may be; else `now` where the deadline (UTC) cannot wait for it."""
    start = next_start(now, hours, country, zone)
    return now if deadline is not None and deadline <= start else start


def next_start(now: datetime, hours: WorkingHours, country: str, zone: ZoneInfo) -> datetime:
    """`now` within working hours, else the moment at which they begin again (UTC)."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < hours.end else local.date() + _DAY
    while not is_working_day(day, country, wide=True):
        day += _DAY
    return max(now, datetime.combine(day, hours.start, zone).astimezone(UTC))


def next_day_start(now: datetime, hours: WorkingHours, country: str, zone: ZoneInfo) -> datetime:
    """When the next working day after today begins (UTC)."""
    tonight = datetime.combine(now.astimezone(zone).date() + _DAY, datetime.min.time(), zone)
    return next_start(tonight.astimezone(UTC), hours, country, zone)
