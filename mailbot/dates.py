"""Dates and moments as a Dutch reader writes them. Pure, and without the machine's locale."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

#: The hours of a breach are told as such while they are about as many as its term has.
HOURS_TOLD = timedelta(hours=100)

#: Of the moments that people mean; days before and after them can still be counted.
YEARS = range(1990, 2101)

_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)

_MONTHS_OF = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "de": (
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
}


def written_date(day: date, language: str = "nl") -> str:
    """The date in full in the language of a letter: "vrijdag 27 februari 2026", "27 février 2026"."""
    if language not in _MONTHS_OF:
        return dutch_date(day)
    dot = "." if language == "de" else ""
    return f"{day.day}{dot} {_MONTHS_OF[language][day.month - 1]} {day.year}"


def dutch_date(day: date) -> str:
    """The date in full: "vrijdag 27 februari 2026"."""
    return f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def dutch_short(day: date) -> str:
    """The date without its year, for a line in which the year is plain: "vr 27-02"."""
    return f"{_DAYS[day.weekday()][:2]} {day.day:02}-{day.month:02}"


def dutch_moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment on the clock of `zone`: "za 31-01-2026 22:14"."""
    local = at.astimezone(zone)
    return f"{dutch_short(local)}-{local.year} {local.hour:02}:{local.minute:02}"


def days_away(days: int) -> str:
    """How far away a day is: "vandaag", "morgen", "nog 5 dagen", "3 dagen te laat"."""
    words = {0: "vandaag", 1: "morgen", -1: "1 dag te laat"}
    return words.get(days) or (f"nog {days} dagen" if days > 0 else f"{-days} dagen te laat")


def hours_away(left: timedelta) -> str:
    """How far away the hour of a breach is: "nog 5 uur", "3 uur te laat"."""
    hours = abs(left) // timedelta(hours=1)
    told = f"{hours} uur" if hours else "minder dan een uur"
    return f"nog {told}" if left > timedelta() else f"{told} te laat"
