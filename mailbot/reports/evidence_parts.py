"""The evidence of one case part by part, in the order in which it is told, whoever it is told to.

The rule kept here: what there is to tell, and what it comes to, is found here once; the terminal and the page only find
words for each part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.model import Channel
from mailbot.reports.evidence import DecisiveLine, Evidence, SentLetter, Term


class Source(StrEnum):
    """Who says when a request was received."""

    SERVER = "server"  # a line that our own server wrote
    FOLDER = "folder"  # the date that our server gave the mail in its folder
    PERSON = "person"
    GONE = "gone"  # the words went with the person, or there never were any


class Standing(StrEnum):
    """How a term stands."""

    IN_TIME = "in_time"
    LATE = "late"
    RUNNING = "running"
    MISSED = "missed"


class Verdict(StrEnum):
    """What the evidence comes to."""

    SHOWN = "shown"
    RUNNING = "running"
    MISSED = "missed"
    BROKEN = "broken"
    TERMLESS = "termless"


@dataclass(frozen=True, slots=True)
class Received:
    """When the request came in, and who says so: `words` are the server's line, or the person's name."""

    at: datetime
    channel: Channel
    source: Source
    words: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """The rules by which the days were counted."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extended:
    """When the notice of extension left."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A term, and how it stands."""

    term: Term
    standing: Standing


@dataclass(frozen=True, slots=True)
class Forgotten:
    """When the person in it was forgotten."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """The head of the company's chain, by which a later change shows."""

    head: str


@dataclass(frozen=True, slots=True)
class Broken:
    """What does not hold in the record."""

    fault: str


Part = Received | Ruled | Extended | Judged | SentLetter | DecisiveLine | Forgotten | Sealed | Broken | Verdict


def parts(found: Evidence, now: datetime) -> Iterator[Part]:
    """Every part once; the verdict comes last."""
    yield _received(found)
    yield Ruled(found.rules)
    if found.extended_at:
        yield Extended(found.extended_at)
    yield from (Judged(term, standing(term, now)) for term in found.terms)
    yield from found.letters
    yield from found.lines
    if found.anonymised_at:
        yield Forgotten(found.anonymised_at)
    yield Sealed(found.head)
    yield from map(Broken, found.faults)
    yield verdict(found, now)


def standing(term: Term, now: datetime) -> Standing:
    """How a term stands at this moment."""
    if term.met_at is None:
        return Standing.RUNNING if term.due > now else Standing.MISSED
    return Standing.IN_TIME if term.in_time else Standing.LATE


def verdict(found: Evidence, now: datetime) -> Verdict:
    """What the evidence comes to."""
    if found.faults:
        return Verdict.BROKEN
    if not found.terms:
        return Verdict.TERMLESS
    standings = {standing(term, now) for term in found.terms}
    if standings == {Standing.IN_TIME}:
        return Verdict.SHOWN
    return Verdict.RUNNING if standings <= {Standing.IN_TIME, Standing.RUNNING} else Verdict.MISSED


def _received(found: Evidence) -> Received:
    source, words = Source.GONE, ""
    if found.receipt_by:
        source, words = Source.PERSON, found.receipt_by
    elif found.receipt:
        source, words = Source.SERVER, found.receipt
    elif found.channel == "mail" and not found.anonymised_at:
        source = Source.FOLDER
    return Received(found.received_at, found.channel, source, words)
