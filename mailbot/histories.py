"""Histories folded: what is on file must be what was done, line by line (DESIGN section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailbot import chain
from mailbot.decide import apply
from mailbot.model import Case, Entry, Status
from mailbot.store import Unit
from mailbot.store.codec import action_from_doc


def faults(unit: Unit) -> Iterator[tuple[str, str]]:
    """Every case whose history does not hold, with what is wrong."""
    for case in unit.all_cases():
        for fault in faults_of(unit, case):
            yield case.ref, fault


def faults_of(unit: Unit, case: Case) -> list[str]:
    """What is wrong with the history of one case."""
    entries = unit.history(case.ref)
    found = chain.faults(entries, unit.note(f"key:{case.ref}"))
    if case.status is Status.ANONYMISED:  # what was done is wiped; the links still hold
        return found
    try:
        folded = _folded(entries)
    except (ValueError, KeyError, TypeError):
        return [*found, "its history cannot be folded: parts are missing or changed"]
    if folded != case:
        found.append("the case on file differs from its history")
    return found


def _folded(entries: Iterable[Entry]) -> Case | None:
    """What the actions of a history make, one after the other."""
    folded: Case | None = None
    for entry in entries:
        for doc in entry.actions:
            folded = apply(folded, action_from_doc(dict(doc)))
    return folded
