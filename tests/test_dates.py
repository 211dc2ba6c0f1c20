"""Dates as a Dutch reader writes them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.dates import dutch_date, dutch_moment, dutch_short


def test_a_date_in_full() -> None:
    assert dutch_date(date(2026, 2, 27)) == "vrijdag 27 februari 2026"


def test_a_short_date_has_two_digits_each() -> None:
    assert dutch_short(date(2026, 3, 2)) == "ma 02-03"


def test_every_month_and_weekday_has_its_own_name() -> None:
    assert len({dutch_date(date(2026, month, 1)).split()[2] for month in range(1, 13)}) == 12
    week = [dutch_short(date(2026, 3, 2) + timedelta(days=n))[:2] for n in range(7)]
    assert week == ["ma", "di", "wo", "do", "vr", "za", "zo"]


def test_a_moment_is_told_on_the_clock_of_the_zone() -> None:
    at = datetime(2026, 1, 31, 21, 14, tzinfo=UTC)
    assert dutch_moment(at, ZoneInfo("Europe/Amsterdam")) == "za 31-01-2026 22:14"
