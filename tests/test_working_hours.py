"""When a mail to people may leave: in working hours of their country, unless a deadline cannot wait."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailbot.deadlines.working_hours import leaves_at, next_day_start, next_start
from mailbot.model import WorkingHours

AMSTERDAM, HOURS = ZoneInfo("Europe/Amsterdam"), WorkingHours()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-03 09:00", "2026-03-03 09:00"),  # a Tuesday, the first moment
        ("2026-03-03 16:59", "2026-03-03 16:59"),
        ("2026-03-03 08:59", "2026-03-03 09:00"),
        ("2026-03-03 00:10", "2026-03-03 09:00"),
        ("2026-03-03 17:00", "2026-03-04 09:00"),  # the end is not within
        ("2026-03-03 23:50", "2026-03-04 09:00"),
        ("2026-03-06 17:30", "2026-03-09 09:00"),  # Friday evening
        ("2026-03-07 12:00", "2026-03-09 09:00"),  # Saturday
        ("2026-03-08 08:00", "2026-03-09 09:00"),  # Sunday before nine
        ("2026-04-02 18:00", "2026-04-07 09:00"),  # Good Friday, a weekend and Easter Monday lie between
        ("2026-04-03 12:00", "2026-04-07 09:00"),  # Good Friday itself, on which many are not in
        ("2026-03-27 18:00", "2026-03-30 09:00"),  # the clocks go forward between
    ],
)
def test_the_next_working_hour(now: str, then: str) -> None:
    assert next_start(local(now), HOURS, "NL", AMSTERDAM) == local(then)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-03 00:10", "2026-03-04 09:00"),
        ("2026-03-03 12:00", "2026-03-04 09:00"),
        ("2026-03-06 12:00", "2026-03-09 09:00"),
        ("2026-03-08 12:00", "2026-03-09 09:00"),
    ],
)
def test_the_beginning_of_the_next_working_day(now: str, then: str) -> None:
    assert next_day_start(local(now), HOURS, "NL", AMSTERDAM) == local(then)


@pytest.mark.parametrize(
    ("deadline", "then"),
    [
        (None, "2026-03-09 09:00"),
        ("2026-03-09 09:01", "2026-03-09 09:00"),
        ("2026-03-09 09:00", "2026-03-07 12:00"),  # due when people come in is too late
        ("2026-03-08 10:00", "2026-03-07 12:00"),
    ],
)
def test_a_mail_waits_for_people_unless_its_deadline_does_not(deadline: str | None, then: str) -> None:
    due = local(deadline) if deadline else None
    assert leaves_at(local("2026-03-07 12:00"), due, HOURS, "NL", AMSTERDAM) == local(then)


def test_in_working_hours_it_leaves_at_once() -> None:
    now = local("2026-03-03 12:00")
    assert leaves_at(now, None, HOURS, "NL", AMSTERDAM) == now
