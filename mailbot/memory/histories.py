"""Histories folded: what is on file must be what was done, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from mailbot import chain
from mailbot.actions import LetterPosted, LetterTaken
from mailbot.decide import apply
from mailbot.memory import tampering
from mailbot.model import Case, HistoryEntry, Letter, LetterState, Status
from mailbot.store import Unit
from mailbot.store.codec import action_from_doc

#: An action that says that a letter left.
Sent = TypeVar("Sent", LetterTaken, LetterPosted)


def faults(unit: Unit) -> Iterator[tuple[str, str]]:
    """Every case whose history does not hold, with what is wrong; then what is wrong with the company's chain."""
    for case in unit.all_cases():
        for fault in faults_of(unit, case):
            yield case.ref, fault
    yield from tampering.faults(unit)


def faults_of(unit: Unit, case: Case) -> list[str]:
    """What is wrong with the history of one case."""
    entries = unit.history(case.ref)
    found = chain.faults(entries, key_of(unit, case))
    if case.status is Status.ANONYMISED:  # what was done is wiped; the links still hold
        return found
    try:
        made = folded(entries)
    except (ValueError, KeyError, TypeError):
        return [*found, "its history cannot be folded: parts are missing or changed"]
    if made != case:
        found.append("the case on file differs from its history")
    return [*found, *_changed_letters(unit, entries)]


def key_of(unit: Unit, case: Case) -> str | None:
    """The key of the commitments of a case; None when it was destroyed with the person. A key that went otherwise
    excuses nothing: without one, lines are written with the start of the chain."""
    key = unit.note(f"key:{case.ref}")
    return key if key or case.status is Status.ANONYMISED else chain.START


def folded(entries: Iterable[HistoryEntry]) -> Case | None:
    """What the actions of a history make, one after the other."""
    made: Case | None = None
    for entry in entries:
        for doc in entry.actions:
            made = apply(made, action_from_doc(dict(doc)))
    return made


def taken(entries: Iterable[HistoryEntry]) -> dict[str, tuple[HistoryEntry, LetterTaken]]:
    """By token each letter to the requester that our server took, and the last line that says so."""
    return _last_by_token(entries, LetterTaken)


def posted(entries: Iterable[HistoryEntry]) -> dict[str, tuple[HistoryEntry, LetterPosted]]:
    """By token each letter that a person posted, and the last line that says so."""
    return _last_by_token(entries, LetterPosted)


def _last_by_token(entries: Iterable[HistoryEntry], action: type[Sent]) -> dict[str, tuple[HistoryEntry, Sent]]:
    found: dict[str, tuple[HistoryEntry, Sent]] = {}
    for entry in entries:
        for doc in entry.actions:
            if doc["do"] == action.__name__:
                one = action_from_doc(dict(doc))
                assert isinstance(one, action)
                found[one.token] = entry, one
    return found


def _changed_letters(unit: Unit, entries: Sequence[HistoryEntry]) -> Iterator[str]:
    """Letters to the requester that are not on file as our server took them, or as a person posted them."""
    by_hand = posted(entries)
    for token, (line, sent) in by_hand.items():
        letter = unit.letter(token)
        waits = letter is not None and letter.state is not LetterState.SENT and _came_back(entries, line)
        if letter is None or letter.content_hash != sent.content or not (waits or letter.settled_at == sent.at):
            yield f"the letter {token} is not the one that {line.actor} posted"
    for token, (line, told) in taken(entries).items():
        if token in by_hand and by_hand[token][0].seq > line.seq:
            continue  # it came back by mail, and was posted
        letter = unit.letter(token)
        if letter is None:
            yield f"the letter {token} is gone, and our server took it"
        elif _differs(letter, line, told):
            yield f"the letter {token} is not the one that our server took"
        elif letter.state is not LetterState.SENT and not _came_back(entries, line):
            yield f"the letter {token} is on file as {letter.state}, and our server took it"


def _differs(letter: Letter, line: HistoryEntry, told: LetterTaken) -> bool:
    """Whether a letter says something else than was taken, or went to somebody else; while it counts as sent, also
    whether it has another moment or another answer."""
    if (letter.message_id, letter.content_hash, letter.to) != (told.message_id, told.content, told.to or letter.to):
        return True
    return letter.state is LetterState.SENT and (letter.answer, letter.settled_at) != (told.answer, line.at)


def _came_back(entries: Iterable[HistoryEntry], line: HistoryEntry) -> bool:
    return any(one.event in ("MailBounced", "CameBackByPost") and one.seq > line.seq for one in entries)
