"""What is wrong with the words of a letter before it leaves: the objections that requesters and authorities raise.

The rule kept here: where the law is clear the letter is stopped, else the person who wrote it is told. Only the own
words of people are read here; that the rest of a letter is complete is the work of `elements`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.checklist.patterns import PATTERNS, words
from mailbot.model.case import Outcome
from mailbot.model.kinds import Kind

#: Fewer letters than this are no reasons.
_LEAST_REASONS = 25


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person is about to send, and what it decides."""

    words: str
    kinds: tuple[Kind, ...] = ()
    outcome: Outcome | None = None
    reasons: str = ""
    denies: bool = False  # it says no, in whole or in part
    late: str = ""  # "law", "promise" or nothing
    language: str = "nl"  # of the person who asked
    recipients: tuple[str, ...] = ()  # every party that holds data, by name


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection. `stops` says that the letter may not leave with it."""

    rule: str
    stops: bool
    what: str
    excused_by_late: bool = False  # a person may send it all the same, with a reason on record


_DUTCH = words(r"\b(?:de|het|een|van|wij|uw|niet|voor|zijn|dat|hebben|met|op|ons)\b")
_OTHER = words(r"\b(?:the|and|your|we|have|nous|vous|votre|avons|les|des|wir|sie|ihre|haben|und|nicht|der|die)\b")


def lint(draft: Draft) -> tuple[Objection, ...]:
    """Every objection to a draft, those that stop it first."""
    found = [*_in_words(draft), *_in_reasons(draft), *_in_time(draft), *_in_access(draft), *_in_language(draft)]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: not finding.stops))


def _in_words(draft: Draft) -> Iterator[Objection]:
    yield from (Objection(one.rule, one.stops, one.what) for one in PATTERNS if one.found_in(draft.words))


def _in_reasons(draft: Draft) -> Iterator[Objection]:
    """A no without reasons that a person can check is no decision (article 12(4))."""
    if draft.denies and sum(sign.isalpha() for sign in draft.reasons) < _LEAST_REASONS:
        yield Objection("A-35", True, "says no without reasons; write what holds in this case, for this person")


def _in_time(draft: Draft) -> Iterator[Objection]:
    if not draft.late:
        return
    if draft.denies and draft.late == "law":
        yield Objection("A-35", True, "says no after the month in which a no must be told", excused_by_late=True)
    else:
        term = "law" if draft.late == "law" else "policy"
        yield Objection("A-01", False, f"is later than the {term} allows; the letter says so and apologises")


def _in_access(draft: Draft) -> Iterator[Objection]:
    if Kind.ACCESS not in draft.kinds or draft.outcome not in (Outcome.GRANTED, Outcome.PARTLY):
        return
    absent = [name for name in draft.recipients if name.partition(",")[0].casefold() not in draft.words.casefold()]
    if absent:
        yield Objection("B-10", False, f"does not name everyone who has the data: {', '.join(absent)}")


def _in_language(draft: Draft) -> Iterator[Objection]:
    if len(_OTHER.findall(draft.words)) > len(_DUTCH.findall(draft.words)):
        yield Objection("F-16", False, "is not in Dutch; have someone who reads that language look at it")
    if draft.language not in ("nl", "", "unknown"):
        told = "the person wrote another language; the letter offers a translation, so have one ready"
        yield Objection("F-16", False, told)
