"""The holidays of three countries, against lists typed by hand and an Easter computed without dateutil."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.deadlines.calendars import (
    court_holidays,
    holidays,
    is_working_day,
    roll_back,
    roll_forward,
    roll_forward_in_court,
    wide_holidays,
    working_days_after,
    working_days_before,
)
from mailbot.errors import Usage
from mailbot.model import COUNTRIES

#: Easter Sundays as published.
EASTERS = {
    2023: (4, 9),
    2024: (3, 31),
    2025: (4, 20),
    2026: (4, 5),
    2027: (3, 28),
    2028: (4, 16),
    2029: (4, 1),
    2030: (4, 21),
    2031: (4, 13),
    2032: (3, 28),
    2033: (4, 17),
    2034: (4, 9),
    2035: (3, 25),
}
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
COUNTRY = st.sampled_from(COUNTRIES)


def expected(country: str, year: int) -> set[date]:
    sunday = date(year, *EASTERS[year])
    movable = {sunday + timedelta(days=offset) for offset in (1, 39, 50)}
    fixed = {
        "NL": "01-01 05-05 12-25 12-26",
        "BE": "01-01 05-01 07-21 08-15 11-01 11-11 12-25",
        "FR": "01-01 05-01 05-08 07-14 08-15 11-01 11-11 12-25",
    }[country]
    kings = {date(year, 4, 26 if year in (2025, 2031) else 27)} if country == "NL" else set()
    return movable | kings | {date.fromisoformat(f"{year}-{day}") for day in fixed.split()}


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("year", EASTERS)
def test_the_narrow_list_is_the_one_in_the_law(country: str, year: int) -> None:
    assert holidays(country, year) == expected(country, year)


@pytest.mark.parametrize("year", EASTERS)
def test_the_wide_list_adds_the_days_on_which_nobody_may_be_in(year: int) -> None:
    sunday = date(year, *EASTERS[year])
    good_friday, bridge = sunday - timedelta(days=2), sunday + timedelta(days=40)
    assert wide_holidays("NL", year) == expected("NL", year) | {good_friday}
    assert wide_holidays("BE", year) == expected("BE", year) | {good_friday, bridge, date(year, 12, 26)}
    assert wide_holidays("FR", year) == expected("FR", year)


@pytest.mark.parametrize("year", EASTERS)
def test_good_friday_counts_for_the_algemene_termijnenwet_only(year: int) -> None:
    good_friday = date(year, *EASTERS[year]) - timedelta(days=2)
    assert court_holidays(year) == expected("NL", year) | {good_friday}
    assert good_friday not in holidays("NL", year)


def test_a_dutch_term_for_the_court_rolls_over_good_friday_and_an_european_one_does_not() -> None:
    good_friday = date(2024, 3, 29)
    assert roll_forward_in_court(good_friday) == date(2024, 4, 2)
    assert roll_forward(good_friday, "NL") == good_friday


def test_whit_monday_and_ascension_may_fall_on_a_fixed_holiday() -> None:
    assert date(2008, 5, 1) in holidays("FR", 2008)  # Ascension and Labour Day on one day
    assert len(holidays("FR", 2008)) == len(holidays("FR", 2009)) - 1


@pytest.mark.parametrize("day", [date(2025, 4, 26), date(2031, 4, 26), date(2026, 4, 27)])
def test_koningsdag_is_never_on_a_sunday(day: date) -> None:
    assert day in holidays("NL", day.year)
    assert sum(found.month == 4 and found.day in (26, 27) for found in holidays("NL", day.year)) == 1


def test_the_wide_list_goes_back_past_christmas_in_belgium() -> None:
    assert roll_back(date(2024, 12, 26), "BE") == date(2024, 12, 24)
    assert roll_forward(date(2024, 12, 26), "BE") == date(2024, 12, 26)


def test_rolling_crosses_the_turn_of_the_year() -> None:
    assert roll_back(date(2023, 1, 1), "NL") == date(2022, 12, 30)
    assert roll_forward(date(2022, 12, 31), "FR") == date(2023, 1, 2)


def test_three_working_days_before_a_monday_after_christmas_skip_both_holidays_and_the_weekend() -> None:
    assert working_days_before(date(2025, 12, 29), 3, "NL") == date(2025, 12, 22)


def test_no_working_days_before_a_sunday_is_the_working_day_before_it() -> None:
    assert working_days_before(date(2026, 3, 1), 0, "NL") == date(2026, 2, 27)


@pytest.mark.parametrize("country", ["DE", "", "nl"])
def test_a_country_without_calendar_is_refused(country: str) -> None:
    with pytest.raises(Usage, match="No calendar"):
        is_working_day(date(2026, 1, 5), country)


@given(DAYS, COUNTRY)
def test_rolling_forward_ends_on_the_first_working_day(day: date, country: str) -> None:
    end = roll_forward(day, country)
    assert is_working_day(end, country)
    assert not any(is_working_day(day + timedelta(days=n), country) for n in range((end - day).days))
    assert roll_forward(end, country) == end


@given(DAYS, COUNTRY)
def test_rolling_back_ends_on_the_last_day_that_is_surely_worked(day: date, country: str) -> None:
    end = roll_back(day, country)
    assert is_working_day(end, country, wide=True)
    assert not any(is_working_day(day - timedelta(days=n), country, wide=True) for n in range((day - end).days))
    assert roll_back(end, country) == end


@given(DAYS, COUNTRY, st.integers(0, 12))
def test_so_many_working_days_before_really_lie_between(day: date, country: str, n: int) -> None:
    start = working_days_before(day, n, country)
    between = [start + timedelta(days=k) for k in range((day - start).days)]
    if n:
        assert sum(is_working_day(one, country, wide=True) for one in between) == n
    assert is_working_day(start, country, wide=True)


@given(DAYS, COUNTRY)
def test_a_day_worked_in_the_wide_list_is_worked_in_the_narrow_one(day: date, country: str) -> None:
    assert is_working_day(day, country) or not is_working_day(day, country, wide=True)


def test_working_days_after_a_day_skip_every_day_on_which_nobody_may_be_in() -> None:
    wednesday = date(2026, 4, 1)  # Good Friday, a weekend and Easter Monday lie ahead
    assert [working_days_after(wednesday, n, "NL").day for n in (0, 1, 2)] == [1, 2, 7]
    assert working_days_after(wednesday, 2, "FR") == date(2026, 4, 3)
