"""A company's memory moves from one store to the other, whole, and is proven there before it is given up here.

The rule kept here: the old memory stays as it is and says where it went, so that nobody works on with it by mistake.
The move may be cut off anywhere and done again.
"""

from __future__ import annotations

from collections.abc import Callable

from mailbot.errors import Refused
from mailbot.store import Store, Unit

#: The small fact under which a store that was given up says where its content went.
MOVED_TO = "moved_to"
#: Lies in a company's folder while it is being taken over from elsewhere, and says by which archive.
TAKING_OVER = "taking-over"


def move(source: Store, target: Store, kind: str, step: Callable[[], None] = lambda: None) -> int:
    """Copy everything and prove it; returns how many documents. `kind` names the target in words.

    Raises Refused when a worker has the company, when the target holds something else, or when a history does not fold.
    """
    from mailbot.memory import histories  # everybody asks whether a memory was moved, few move one

    if not source.claim() or not target.claim():
        raise Refused("a worker has this company: stop it first")
    with source.unit() as old, target.unit() as new:
        if (gone := old.note(MOVED_TO)) is not None:
            raise Refused(f"this memory was moved to {gone} before")
        _make_room(old, new)
        copied = _copy(old, new, step)
        for ref, fault in histories.faults(new):
            raise Refused(f"{ref}: {fault}; nothing was moved")
    with source.unit() as old:
        old.put_note(MOVED_TO, kind)
    return copied


def _make_room(old: Unit, new: Unit) -> None:
    """What the target holds goes if it was given up once or is the first half of this same move."""
    found = list(new.tables.everything())
    given_up = new.note(MOVED_TO) is not None
    if not given_up and any(old.tables.get(table, id) != doc for table, id, doc in found):
        raise Refused("the other store already holds something of this company: look at it first")
    new.tables.clear()


def _copy(old: Unit, new: Unit, step: Callable[[], None]) -> int:
    copied = 0
    for table, id, doc in old.tables.everything():
        new.tables.put(table, id, doc)
        copied += 1
        step()
    return copied


def moved_to(store: Store) -> str:
    """Where this memory went, empty while it is in use."""
    with store.unit() as unit:
        return unit.note(MOVED_TO) or ""
