"""Public holidays of the countries our companies are established in, and counting in working days.

The rule kept here (A-17): rolling a date forward uses the narrow list of holidays that the law surely knows,
working back uses the wide list of days on which nobody may be in. Both err on the early side. Which list applies
follows from the controller's country, never from the sender's (Regulation 1182/71 art. 2(1)).
The lists are those of the years in which the GDPR applies; for earlier years they are an approximation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from mailbot.errors import Usage
from mailbot.model import COUNTRIES

_DAY = timedelta(days=1)
_GOOD_FRIDAY, _EASTER_MONDAY, _ASCENSION, _BRIDGE_FRIDAY, _WHIT_MONDAY = -2, 1, 39, 40, 50  # days after Easter Sunday

#: (month, day) of the holidays that stand still. The Dutch 5 May is one every year, not in lustrum years only.
_FIXED = {
    "NL": ((1, 1), (5, 5), (12, 25), (12, 26)),
    "BE": ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)),
    "FR": ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
}
_MOVABLE = (_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY)  # the same three in all our countries
#: What the wide list adds: ordinary days in law on which many an office is closed.
_WIDE_FIXED = {"NL": (), "BE": ((12, 26),), "FR": ()}
_WIDE_MOVABLE = {"NL": (_GOOD_FRIDAY,), "BE": (_GOOD_FRIDAY, _BRIDGE_FRIDAY), "FR": ()}


@lru_cache(maxsize=512)
def holidays(country: str, year: int) -> frozenset[date]:
    """The narrow list: public holidays in the sense of Regulation 1182/71 (A-11 to A-13)."""
    if country not in COUNTRIES:
        raise Usage(f'No calendar for country "{country}": use one of {", ".join(COUNTRIES)}.')
    fixed = {date(year, month, day) for month, day in _FIXED[country]}
    return frozenset(fixed | _after_easter(year, _MOVABLE) | ({_kings_day(year)} if country == "NL" else set()))


@lru_cache(maxsize=512)
def wide_holidays(country: str, year: int) -> frozenset[date]:
    """The wide list: the narrow one and the days on which nobody may be in (A-17)."""
    narrow = holidays(country, year)
    fixed = {date(year, month, day) for month, day in _WIDE_FIXED[country]}
    return narrow | fixed | _after_easter(year, _WIDE_MOVABLE[country])


@lru_cache(maxsize=512)
def court_holidays(year: int) -> frozenset[date]:
    """The list of the Dutch Algemene termijnenwet: Good Friday is equated with a holiday (art. 3(2)).

    The days that a royal decree equates in some years (art. 3(3)) are not in it.
    """
    return holidays("NL", year) | _after_easter(year, (_GOOD_FRIDAY,))


def is_working_day(day: date, country: str, *, wide: bool = False) -> bool:
    """Whether `day` is neither in a weekend nor on the narrow (or the wide) list of `country`."""
    listed = wide_holidays if wide else holidays
    return day.weekday() < 5 and day not in listed(country, day.year)


@lru_cache(maxsize=512)
def roll_forward(day: date, country: str) -> date:
    """`day` itself, or the first working day after it (Regulation 1182/71 art. 3(4))."""
    return _to_working_day(day, _DAY, lambda found: is_working_day(found, country))


def roll_forward_in_court(day: date) -> date:
    """`day` itself, or the first day after it that the Algemene termijnenwet counts as a working day (art. 1)."""
    return _to_working_day(day, _DAY, lambda found: found.weekday() < 5 and found not in court_holidays(found.year))


@lru_cache(maxsize=512)
def roll_back(day: date, country: str) -> date:
    """`day` itself, or the last day before it on which people are surely in."""
    return _to_working_day(day, -_DAY, lambda found: is_working_day(found, country, wide=True))


@lru_cache(maxsize=10_000)
def working_days_before(day: date, n: int, country: str) -> date:
    """The `n`th day before `day` on which people are surely in; `day` rolled back when `n` is 0."""
    found = roll_back(day, country) if n == 0 else day
    for _ in range(n):
        found = roll_back(found - _DAY, country)
    return found


def working_days_after(day: date, n: int, country: str) -> date:
    """The `n`th day after `day` on which people are surely in."""
    for _ in range(n):
        day = _to_working_day(day + _DAY, _DAY, lambda found: is_working_day(found, country, wide=True))
    return day


def _to_working_day(day: date, stride: timedelta, working: Callable[[date], bool]) -> date:
    while not working(day):
        day += stride
    return day


def _after_easter(year: int, offsets: tuple[int, ...]) -> set[date]:
    sunday = easter(year)
    return {sunday + timedelta(days=offset) for offset in offsets}


def _kings_day(year: int) -> date:
    """Koningsdag: 27 April, or the Saturday before it when that is a Sunday."""
    birthday = date(year, 4, 27)
    return birthday - _DAY if birthday.isoweekday() == 7 else birthday
