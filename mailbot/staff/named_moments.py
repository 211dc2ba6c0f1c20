"""The day or the moment that a colleague writes behind a word: "GEPOST 10 maart", "GEMELD 15-01-2026 14:30"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from mailbot.dates import MONTHS

#: What may stand behind a word, or a day, without a meaning.
END_MARKS = " \t.!,;*_`'\"”’" + "👍👌🙂😊✅🙏🙌\N{VARIATION SELECTOR-16}🏻🏼🏽🏾🏿"
_DAY = re.compile(
    r"(?:(?P<iso_year>\d{4})-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)"
    r"|(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})(?:[-/.](?P<year>\d{4}))?)$"
)
_WRITTEN_DAY = re.compile(rf"(\d{{1,2}})\s+({'|'.join(MONTHS)})(?:\s+(\d{{4}}))?$", re.IGNORECASE)
_HOUR = re.compile(r"(?:\bom\s+)?\b(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:\s*uur)?$", re.IGNORECASE)
#: Days that people name by how long ago they were. Only of today it is sure which one that is.
_DAYS_AGO = frozenset({"vandaag", "gisteren", "eergisteren"})


def day_in(rest: str, today: date) -> date | None:
    """The day that a person named behind a word, as 10-03-2026, 10-3, 10 maart or 2026-03-10; today where he named
    none. None for anything else."""
    if not rest:
        return today
    bare = _bare_day(rest)
    if bare == "vandaag":
        return today
    if match := _WRITTEN_DAY.match(bare):
        year, month, day = match[3], str(MONTHS.index(match[2].lower()) + 1), match[1]
    elif (match := _DAY.match(bare)) is None:
        return None
    elif match["iso_year"]:
        year, month, day = match["iso_year"], match["iso_month"], match["iso_day"]
    else:
        year, month, day = match["year"], match["month"], match["day"]
    try:
        return date(int(year or today.year), int(month), int(day))
    except ValueError:
        return None


def moment_in(rest: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that a person named behind a word, as 15-01-2026 14:30 or 14:30 on the company's clock; `now` where
    he named none. None for anything else, and for what may be a day too: 10.03."""
    if not rest:
        return now
    today = now.astimezone(zone).date()
    written, match = _split(rest)
    if match is None or day_in(rest, today) or (day := day_in(written, today)) is None:
        return None
    return datetime.combine(day, time(int(match["hour"]), int(match["minute"])), zone).astimezone(UTC)


def names_a_day(rest: str) -> bool:
    """Whether nothing but a day is named."""
    bare = _bare_day(rest)
    return bare in _DAYS_AGO or _DAY.match(bare) is not None or _WRITTEN_DAY.match(bare) is not None


def names_a_moment(rest: str) -> bool:
    """Whether nothing but an hour is named, or an hour of a day."""
    day, hour = _split(rest)
    return hour is not None and (not day or names_a_day(day))


def _split(rest: str) -> tuple[str, re.Match[str] | None]:
    """The words before an hour, and the hour where the line ends with one."""
    bare = rest.strip(END_MARKS)
    hour = _HOUR.search(bare)
    return (bare[: hour.start()].rstrip(" \t,") if hour else bare), hour


def _bare_day(rest: str) -> str:
    return rest.lower().removeprefix("op ").strip(END_MARKS)
