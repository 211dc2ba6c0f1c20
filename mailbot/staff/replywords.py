"""The words with which a colleague works from the mail program: first line of an answer to a word of ours.

The rules kept here: a word counts only where it is the whole first line below a greeting, or begins it in capitals or
with a colon behind it; everything else is talk ("Vraag me later nog eens" asks nobody anything). Thanks and a name
behind a word are no talk; a question is, and whatever takes the word back (`reservations`). A word that needs something
said with it keeps the rest of its line; an answer keeps the lines below. Behind one that needs nothing many cases may
stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailbot.model import Kind, Outcome
from mailbot.staff import reservations
from mailbot.staff.named_moments import END_MARKS, names_a_day, names_a_moment


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
    NOTIFIED = "GEMELD"
    REGISTER_ONLY = "NIET MELDEN"
    STOPPED = "GESTOPT"
    STOP = "STOP"
    BACK = "TERUG"


#: Words that are complete by themselves: with anything behind them on their line they are talk.
ALONE = frozenset({Say.SEEN, Say.YES, Say.NO_REQUEST, Say.STOP, Say.BACK})
#: Words whose rest of the line may be anything that a person wants to say.
_FREE = frozenset({Say.NOTE, Say.ANSWER})
#: Words that say that something is so; with "morgen" behind them it is not so yet.
_SO = frozenset({Say.STEP, Say.DONE, Say.STOPPED, Say.NOTIFY, Say.NOTIFIED})
#: Words whose reason may deny something: why somebody is not known, why nobody need be told.
_MAY_DENY = frozenset({Say.ASK, Say.REGISTER_ONLY, Say.KINDS})
#: Words that what is said below them may limit; below the others it may explain.
_PLAIN = frozenset({Say.YES, Say.STEP, Say.DONE, Say.STOPPED, Say.POSTED, Say.NOTIFIED})
#: Words that do no harm, or hold back: nothing that is said below them puts them in doubt.
_SAFE = frozenset({Say.SEEN, Say.NOTE, Say.ANSWER, Say.STOP, Say.BACK})
#: Words that are no yes, and that somebody who says yes does not mean.
_NO = frozenset({Say.STOP, Say.BACK, Say.NO_REQUEST, Say.KINDS, Say.ASK})
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
    rf"^[*_'\"“„•· -]{{0,3}}(?P<word>{_ANY})"
    r"(?:\s+(?P<ref>AVG-\d{4}-\d{4,})\b)?(?:(?P<mark>\s*:|\s*[,;.!–-]+(?=\s))?\s*(?<=[\s:])(?P<rest>\S.*?))?\s*$",
    re.IGNORECASE,
)
_REF = r"AVG-\d{4}-\d{4,}"
_REFS = rf"{_REF}(?:(?:\s*,\s*|\s+en\s+|\s+){_REF})"
_MANY = re.compile(rf"^[*_'\"“„ ]{{0,3}}(?P<word>{_ANY})\s+(?P<refs>{_REFS}+)$", re.IGNORECASE)
#: What a mail program broke off a line that names many.
_MORE = re.compile(rf"^(?P<refs>{_REFS}*),?$", re.IGNORECASE)
_CODE = re.compile(r"^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was said: about which case, with what behind it, and what stood on the lines below."""

    say: Say
    ref: str = ""
    rest: str = ""
    below: str = ""


def read(text: str) -> list[Word]:
    """The words that begin a colleague's own text; more than one only where each names its case."""
    lines = _below_greeting(text)
    found: list[Word] = []
    for number, line in enumerate(lines[:MOST_LINES]):
        words = _words(line, found[-1] if found else None) if line else []
        if line and (not words or (found and not words[0].ref)):
            break
        below = "\n".join(lines[number + 1 :]).strip()
        found += [Word(word.say, word.ref, word.rest, f"{word.below}\n{below}".strip()) for word in words]
        if words and not words[0].ref:
            break
    return found[:MOST_WORDS]


def _below_greeting(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n")]
    while lines and (not lines[0] or reservations.is_greeting(lines[0])):
        lines.pop(0)
    return lines


def in_capitals(text: str) -> str:
    """The first line with its word in capitals, where that alone would make it one: "VRAAG wie is dit". Else empty."""
    line = _spaced(next(iter(_below_greeting(text)), ""))
    match = _LINE.match(line.rstrip(END_MARKS))
    if match is None or match["word"].isupper():
        return ""
    start, end = match.span("word")
    written = f"{line[:start]}{match['word'].upper()}{line[end:]}"
    return written if _word(written) else ""


def _words(line: str, before: Word | None) -> list[Word]:
    """What a line says, about each case that it names; `before` is the last word of the line above."""
    plain = _spaced(line).rstrip(END_MARKS)
    many, more = _MANY.match(plain), _MORE.match(plain)
    if many and (say := _say(many["word"])) in ALONE:
        return [Word(say, ref) for ref in _refs(many["refs"])]
    if more and before and before.ref and before.say in ALONE and not before.rest:
        return [Word(before.say, ref) for ref in _refs(more["refs"])]
    word = _word(line)
    return [word] if word else []


def _spaced(line: str) -> str:
    """The line with single spaces: what reads it would take the square of a run of them."""
    return " ".join(line.split())


def _refs(text: str) -> list[str]:
    return list(dict.fromkeys(ref.upper() for ref in re.findall(_REF, text, re.IGNORECASE)))


def _say(word: str) -> Say:
    return _SPELLED[" ".join(word.upper().split())]


def _word(line: str) -> Word | None:
    match = _LINE.match(_spaced(line).rstrip(END_MARKS))
    if match is None:
        return None
    say, ref = _say(match["word"]), (match["ref"] or "").upper()
    rest, mark = (match["rest"] or "").strip(), (match["mark"] or "").strip()
    if say not in _FREE and reservations.is_courtesy(rest):
        rest = ""
    if say in ALONE and rest:
        return _word_alone(Word(say, ref, rest), mark, match["word"].isupper())
    if rest and not (match["word"].isupper() or _is_plain(say, mark, rest)):
        return None
    return None if rest and _taken_back(say, rest) else Word(say, ref, rest)


def _word_alone(word: Word, mark: str, capitals: bool) -> Word | None:
    """A word that needs nothing, with something on its line: a code, or what a colleague says about it."""
    if word.say is Say.SEEN and _CODE.match(word.rest):
        return word
    said = Word(word.say, word.ref, "", word.rest)
    if word.say is Say.SEEN:
        return said if mark and not reservations.limit(word.rest) else None
    holds_back = word.say in (Say.STOP, Say.BACK) and mark and capitals
    return said if holds_back and not reservations.deny(word.rest) else None


def _is_plain(say: Say, mark: str, rest: str) -> bool:
    """Whether a word in small letters is meant as one, by what stands behind it."""
    named = (say is Say.POSTED and names_a_day(rest)) or (say is Say.NOTIFIED and names_a_moment(rest))
    return (mark == ":" and say is not Say.ASK) or say is Say.KINDS or named


def _taken_back(say: Say, rest: str) -> bool:
    """Whether what stands behind a word on its line leaves it no word."""
    if say in _FREE:
        return False
    if "?" in rest or rest.lower().startswith("of ") or (say in _SO and reservations.put_off(rest)):
        return True
    if say is Say.NOTIFY and rest.lower().startswith("geen "):  # "MELDEN geen risico" says neither
        return True
    return say not in _MAY_DENY and reservations.deny(rest)


def is_doubted(word: Word) -> bool:
    """Whether what a colleague says below a word puts it in doubt, limits it, or says another."""
    if word.say in _SAFE:
        return False
    lines = [line for line in reservations.own_words(word.below).split("\n") if not any(one.ref for one in read(line))]
    below = "\n".join(lines)
    if word.say in _PLAIN and reservations.limit(below):
        return True
    others = {one.say for line in lines for one in read(line)}
    return bool(others & (_NO if word.say is Say.YES else {Say.STOP, Say.BACK})) or reservations.doubt(below)


def names_one(text: str) -> bool:
    """Whether a colleague's talk has one of the words in it."""
    return re.search(rf"\b(?:{_ANY})\b", text, re.IGNORECASE) is not None


def says_ok(text: str) -> bool:
    """Whether the first line says OK, which people also write where they mean that a letter may go."""
    return next((line.strip(END_MARKS).upper() for line in text.split("\n") if line.strip()), "") == "OK"


def outcome_of(word: Word) -> tuple[Outcome, str] | None:
    """How an answer ends the request and what it says; None when its second word is none that we know."""
    first, _, more = word.rest.partition(" ")
    named = OUTCOMES.get(first.strip(END_MARKS).upper())
    if first and (named is None or more.strip()):
        return None
    return (named or Outcome.ANSWERED), reservations.without_courtesies(word.below)


def kinds_of(word: Word, names: Mapping[str, str]) -> tuple[Kind, ...] | None:
    """The kinds that a person named, by their Dutch names (`names`: kind -> name); None when one is none."""
    by_name = {name.lower(): Kind(kind) for kind, name in names.items()} | {str(kind): kind for kind in Kind}
    found = [by_name.get(piece) for piece in _pieces(word.rest)]
    return tuple(dict.fromkeys(kind for kind in found if kind)) if found and all(found) else None


def _pieces(text: str) -> Iterator[str]:
    for piece in re.split(r",|;|\+|\ben\b", text.lower()):
        if piece.strip(END_MARKS):
            yield piece.strip(END_MARKS)
