"""The moment that a person's mail program wrote into a forwarded or quoted mail, in Dutch, French, German and English.

The rule kept: a moment is only told when day, month and year stand there. It has no zone unless one is written: the
reader knows where the company is, this module does not.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_MONTHS = {
    1: "jan|janv",
    2: "feb|fev|fév",
    3: "maa|mrt|mar|mär|mae",
    4: "apr|avr",
    5: "mei|mai|may",
    6: "jun|juin",
    7: "jul|juil",
    8: "aug|aou|aoû",
    9: "sep",
    10: "okt|oct",
    11: "nov",
    12: "dec|déc|dez",
}
_NUMBER = {name: number for number, names in _MONTHS.items() for name in names.split("|")}
_MONTH = "(" + "|".join(sorted(_NUMBER, key=len, reverse=True)) + r")[a-zûé]{0,8}\.?"
_WORDS = re.compile(rf"\b(\d{{1,2}})(?:\.|st|nd|rd|th|er)? {_MONTH},? (\d{{4}})\b", re.IGNORECASE)
_AMERICAN = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE)
_DIGITS = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b")
_BACKWARDS = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?=\b|T)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.hu](\d{2})(?::\d{2})?(?: ?([ap])\.?m\b)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{2}):?(\d{2})\b")


def written(text: str) -> datetime | None:
    """The moment in a line such as `maandag 3 november 2025 10:12`; naive where no offset stands in it."""
    text = " ".join(text[:200].split())
    day, behind = _day(text)
    if day is None:
        return None
    time = _TIME.search(text, behind) or _TIME.search(text[:behind])
    hour, minute = _clock(time) if time else (0, 0)
    offset = _OFFSET.search(text, behind)
    try:
        return datetime(*day, hour, minute, tzinfo=_zone(offset))
    except ValueError:
        return None


def _day(text: str) -> tuple[tuple[int, int, int] | None, int]:
    """Year, month and day, and where they end."""
    if found := _WORDS.search(text):
        return (int(found[3]), _NUMBER[found[2].lower()], int(found[1])), found.end()
    if found := _AMERICAN.search(text):
        return (int(found[3]), _NUMBER[found[1].lower()], int(found[2])), found.end()
    if found := _BACKWARDS.search(text):
        return (int(found[1]), int(found[2]), int(found[3])), found.end()
    if found := _DIGITS.search(text):
        first, second, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
        return (year, *((second, first) if second <= 12 else (first, second))), found.end()
    return None, 0


def _clock(time: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(time[1]), int(time[2])
    if time[3]:
        hour = hour % 12 + (12 if time[3].lower() == "p" else 0)
    return hour, minute


def _zone(offset: re.Match[str] | None) -> timezone | None:
    if offset is None:
        return None
    minutes = int(offset[2]) * 60 + int(offset[3])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
