"""The company's chain on disk: one small link for each line of each case, found by its number.

The rule kept here: a link is added in the same unit of work as the line that it seals, and never changed; adding costs
the same however many there are.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.chain import START, Link, link, remains_hash
from mailbot.store.codec import from_doc, to_doc
from mailbot.store.unit import Unit

TABLE = "ledger"
#: The small fact with the number and the head of the newest link.
_NEWEST = "ledger"

#: What a link seals: a line of a case, what stayed of a case whose person was forgotten, a memory that was put back.
LINE, REMAINS, RESTORED = "line", "remains", "restored"


def add(unit: Unit, what: str, ref: str, seq: int, at: datetime, hash: str) -> None:
    """Seal one more line."""
    number, head = newest(unit)
    made = link(head, number + 1, what, ref, seq, at, hash)
    unit.tables.put(TABLE, _id(made.number), to_doc(made))
    unit.put_note(_NEWEST, f"{made.number} {made.head}")


def newest(unit: Unit) -> tuple[int, str]:
    """Number and head of the newest link; 0 and the start of every chain while there is none."""
    number, _, head = (unit.note(_NEWEST) or f"0 {START}").partition(" ")
    return int(number), head


def link_at(unit: Unit, number: int) -> Link | None:
    """The link with this number."""
    doc = unit.tables.get(TABLE, _id(number))
    return from_doc(Link, doc) if doc else None


def seal_remains(unit: Unit, ref: str, at: datetime) -> None:
    """Seal what stays on file of a case whose person was forgotten, so that a later change of it shows."""
    add(unit, REMAINS, ref, 0, at, remains_of(unit, ref))


def remains_of(unit: Unit, ref: str) -> str:
    """The hash of what stays: the case, its letters, and who did what when."""
    letters = sorted(unit.tables.by("letters", "ref", ref), key=lambda doc: str(doc["token"]))
    return remains_hash(unit.tables.get("cases", ref), unit.history(ref), letters)


def _id(number: int) -> str:
    return f"{number:012d}"
