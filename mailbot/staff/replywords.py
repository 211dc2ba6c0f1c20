"""The words with which a colleague works from the mail program: first line of an answer to a word of ours.

The rules kept here: a word counts only where it is the whole first line, or begins it in capitals or with a colon
behind it; everything else is talk ("Vraag me later nog eens" asks nobody anything), and so is a yes that the next line
limits. A word that needs something said with it keeps the rest of its line; an answer keeps the lines below. Behind one
that needs nothing many cases may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailbot.model import Kind, Outcome


class Say(StrEnum):
    """What a colleague can say, by the Dutch word for it."""

    SEEN = "GEZIEN"
    YES = "AKKOORD"
    NO_REQUEST = "GEEN VERZOEK"
    KINDS = "SOORT"
    EXTEND = "VERLENG"
    ASK = "VRAAG"
    PROVEN = "BEVESTIGD"
    ANSWER = "ANTWOORD"
    STEP = "GEDAAN"
    DONE = "KLAAR"
    POSTED = "GEPOST"
    NOTE = "NOTITIE"
    NOTIFY = "MELDEN"
    REGISTER_ONLY = "NIET MELDEN"
    STOPPED = "GESTOPT"
    STOP = "STOP"
    BACK = "TERUG"


#: Words that are complete by themselves: with anything behind them on their line they are talk.
ALONE = frozenset({Say.SEEN, Say.YES, Say.NO_REQUEST, Say.STOP, Say.BACK})
#: How an answer ended the request, as its second word.
OUTCOMES = {
    "INGEWILLIGD": Outcome.GRANTED,
    "GEDEELTELIJK": Outcome.PARTLY,
    "GEWEIGERD": Outcome.REFUSED,
    "BEANTWOORD": Outcome.ANSWERED,
}
#: So many lines at most are read as words, in a mail about several cases, and so many words.
MOST_LINES, MOST_WORDS = 25, 50
_SPELLED = {"OK": Say.SEEN} | {say.value: say for say in Say}
_ANY = "|".join(word.replace(" ", r"\s+") for word in sorted(_SPELLED, key=len, reverse=True))
_LINE = re.compile(
    rf"^[*_'\"“„ ]{{0,3}}(?P<word>{_ANY})"
    r"(?:\s+(?P<ref>AVG-\d{4}-\d{4,})\b)?(?:(?P<colon>\s*:)?\s*(?<=[\s:])(?P<rest>\S.*?))?\s*$",
    re.IGNORECASE,
)
_REF = r"AVG-\d{4}-\d{4,}"
_REFS = rf"{_REF}(?:(?:\s*,\s*|\s+en\s+|\s+){_REF})"
_MANY = re.compile(rf"^[*_'\"“„ ]{{0,3}}(?P<word>{_ANY})\s+(?P<refs>{_REFS}+)$", re.IGNORECASE)
#: What a mail program broke off a line that names many.
_MORE = re.compile(rf"^(?P<refs>{_REFS}*),?$", re.IGNORECASE)
_CODE = re.compile(r"^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$", re.IGNORECASE)
#: What limits a yes on the line below it, or asks something.
_LIMITS = re.compile(
    r"\?|\b(?:maar|mits|tenzij|behalve|eerst|wacht|(?:nog|toch)\s+niet|pas|aanpassen|wijzig\w*|verander\w*)\b",
    re.IGNORECASE,
)
_END_MARKS = " \t.!,;*_`"
_DAY = re.compile(
    r"(?:(?P<iso_year>\d{4})-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)"
    r"|(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})(?:[-/.](?P<year>\d{4}))?)$"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was said: about which case, with what behind it, and what stood on the lines below."""

    say: Say
    ref: str = ""
    rest: str = ""
    below: str = ""


def read(text: str) -> list[Word]:
    """The words that begin a colleague's own text; more than one only where each names its case."""
    lines = [line.strip() for line in text.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    found: list[Word] = []
    for number, line in enumerate(lines[:MOST_LINES]):
        words = _words(line, found[-1] if found else None) if line else []
        if line and (not words or (found and not words[0].ref)):
            break
        below = "\n".join(lines[number + 1 :]).strip()
        found += [Word(word.say, word.ref, word.rest, below) for word in words]
        if words and not words[0].ref:
            break
    return [] if any(map(_is_limited, found)) else found[:MOST_WORDS]


def _is_limited(word: Word) -> bool:
    """Whether a yes is none yet: "Akkoord", and below it "maar pas de aanhef nog aan"."""
    return word.say is Say.YES and _LIMITS.search(word.below.partition("\n")[0]) is not None


def _words(line: str, before: Word | None) -> list[Word]:
    """What a line says, about each case that it names; `before` is the last word of the line above."""
    plain = line.rstrip(_END_MARKS)
    many, more = _MANY.match(plain), _MORE.match(plain)
    if many and (say := _say(many["word"])) in ALONE:
        return [Word(say, ref) for ref in _refs(many["refs"])]
    if more and before and before.ref and before.say in ALONE and not before.rest:
        return [Word(before.say, ref) for ref in _refs(more["refs"])]
    word = _word(line)
    return [word] if word else []


def _refs(text: str) -> list[str]:
    return list(dict.fromkeys(ref.upper() for ref in re.findall(_REF, text, re.IGNORECASE)))


def _say(word: str) -> Say:
    return _SPELLED[" ".join(word.upper().split())]


def _word(line: str) -> Word | None:
    match = _LINE.match(line.rstrip(_END_MARKS))
    if match is None:
        return None
    say = _say(match["word"])
    rest = (match["rest"] or "").strip()
    if say in ALONE and rest and not (say is Say.SEEN and _CODE.match(rest)):
        return None
    if rest and not (match["colon"] or match["word"].isupper()):
        return None
    return Word(say, (match["ref"] or "").upper(), rest)


def outcome_of(word: Word) -> tuple[Outcome, str] | None:
    """How an answer ends the request and what it says; None when its second word is none that we know."""
    first, _, more = word.rest.partition(" ")
    named = OUTCOMES.get(first.strip(_END_MARKS).upper())
    if first and (named is None or more.strip()):
        return None
    return (named or Outcome.ANSWERED), word.below


def day_of(word: Word, today: date) -> date | None:
    """The day that a person named behind a word, as 10-03-2026, 10-3 or 2026-03-10; today where he named none. None for
    anything else."""
    if not word.rest:
        return today
    if (match := _DAY.match(word.rest.removeprefix("op ").strip(_END_MARKS))) is None:
        return None
    year, month, day = (
        (match["iso_year"], match["iso_month"], match["iso_day"])
        if match["iso_year"]
        else (match["year"] or today.year, match["month"], match["day"])
    )
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def kinds_of(word: Word, names: Mapping[str, str]) -> tuple[Kind, ...] | None:
    """The kinds that a person named, by their Dutch names (`names`: kind -> name); None when one is none."""
    by_name = {name.lower(): Kind(kind) for kind, name in names.items()} | {str(kind): kind for kind in Kind}
    found = [by_name.get(piece) for piece in _pieces(word.rest)]
    return tuple(dict.fromkeys(kind for kind in found if kind)) if found and all(found) else None


def _pieces(text: str) -> Iterator[str]:
    for piece in re.split(r",|;|\+|\ben\b", text.lower()):
        if piece.strip(_END_MARKS):
            yield piece.strip(_END_MARKS)
