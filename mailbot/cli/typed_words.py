"""What people type behind a command: a case, a kind, a day, a moment. Usage shows the form of what cannot be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from mailbot.app import now
from mailbot.dates import YEARS
from mailbot.errors import Usage
from mailbot.model import Kind

ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
RefArgument = Annotated[str, typer.Argument(help="The case, as AVG-2026-0001.")]
NowOption = Annotated[str, typer.Option("--now", help="Count days from this moment, ISO 8601 with offset.")]


def kind_named(word: str) -> Kind:
    """The kind that a person typed. Raises Usage that lists the kinds."""
    try:
        return Kind(word.strip())
    except ValueError:
        raise Usage(f"{word.strip()} is no kind; kinds are {', '.join(Kind)}") from None


def kinds_named(words: str) -> tuple[Kind, ...]:
    """The kinds that a person typed, separated by commas."""
    return tuple(kind_named(word) for word in words.split(",") if word.strip())


def day_named(text: str, option: str) -> date | None:
    """The day that a person typed, if he did. Raises Usage that shows the form."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise Usage(f"{option} {text}: write a day as 2026-03-05") from None
    if found and found.year not in YEARS:
        raise Usage(f"{option} {text}: write a year from {YEARS[0]} to {YEARS[-1]}")
    return found


def year_named(year: int, latest: int) -> int:
    """The year that a person typed; 0 is the latest. Raises Usage for one in which the GDPR did not apply yet, and for
    one still to come."""
    if year and not 2018 <= year <= latest:
        raise Usage(f"--year {year}: type a year since 2018, when the GDPR began to apply, until this year")
    return year or latest


def as_of(at: str) -> datetime:
    """The moment that days are counted from: the one that was given, else this one."""
    return moment(at, "--now") if at else now()


def moment(text: str, option: str) -> datetime:
    """A moment that a person typed. Raises Usage that shows the form."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Usage(f"{option} {text}: write it as 2026-02-01T09:00:00+01:00") from None
    if found.tzinfo is None:
        raise Usage(f"{option} {text}: add the offset, as in 2026-02-01T09:00:00+01:00")
    if found.year not in YEARS:
        raise Usage(f"{option} {text}: write a year from {YEARS[0]} to {YEARS[-1]}")
    return found
