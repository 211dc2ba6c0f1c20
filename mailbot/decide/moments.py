"""The day on which a person says that he told something, as a moment on the clock of the case.

The rule kept here: it lies between the receipt of the request and today; days count, so the hour says nothing (A-05).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from mailbot.dates import dutch_date
from mailbot.errors import Refused
from mailbot.model import Case, Policy


def moment_of(day: date, case: Case, policy: Policy, now: datetime) -> datetime:
    """The moment that stands for the day on which a person says that he told something: noon, within what is possible.

    Raises Refused for a day before the request, or one that is not there yet.
    """
    if day > policy.day_of(now):
        raise Refused(f"{day} is still to come; say when it was told once it was", "F-15")
    if day < (received := policy.day_of(case.received_at)):
        raise Refused(f"{case.ref} was received on {dutch_date(received)}, so nothing was told on {day}", "A-04")
    noon = datetime.combine(day, time(12), policy.zone).astimezone(UTC)
    return min(max(noon, case.received_at), now)
