"""Who gets no marketing, and what the company's own program is still to be told about it, in the store.

The rule kept here: an errand is written with the decision behind it and goes once it is done, its address with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from mailbot.model import Errand, ErrandState, Marketing, Suppression
from mailbot.store import Unit, stamp
from mailbot.store.codec import from_doc, to_doc


def order(unit: Unit, ref: str, address: str, channel: Marketing, now: datetime, *, undo: bool = False) -> None:
    """Write down that the program is to hear of one address and channel of a case."""
    mark = hashlib.sha256(f"{address}|{channel}".encode()).hexdigest()[:16]
    put(unit, Errand(f"{ref}:{mark}", ref, address, channel, undo, next_try=now))


def release(unit: Unit, ref: str, address: str) -> list[Marketing]:
    """Take what this case wrote about an address off the list. Returns the channels it was kept from."""
    of_case = unit.tables.by("suppressions", "source", ref)
    rows = [one for one in (from_doc(Suppression, doc) for doc in of_case) if one.address == address]
    for row in rows:
        unit.tables.drop("suppressions", f"{row.address}|{row.channel}")
    return [row.channel for row in rows]


def forget_customer(unit: Unit, ref: str) -> None:
    """Of who asked this in a case that is forgotten only the address stays on the list (F-05, F-07)."""
    for doc in unit.tables.by("suppressions", "source", ref):
        row = from_doc(Suppression, doc)
        unit.tables.put("suppressions", f"{row.address}|{row.channel}", to_doc(replace(row, customer="")))


def put(unit: Unit, errand: Errand) -> None:
    """Write the errand as it now is."""
    unit.tables.put("errands", errand.id, to_doc(errand))


def drop(unit: Unit, errand: Errand) -> None:
    """Forget an errand that is done or no longer wanted; the address goes with it."""
    unit.tables.drop("errands", errand.id)


def due(unit: Unit, now: datetime) -> list[Errand]:
    """Errands whose time has come, longest waiting first."""
    return [from_doc(Errand, doc) for doc in unit.tables.by("errands", "next", stamp(now), "<=")]


def of_case(unit: Unit, ref: str) -> list[Errand]:
    """Errands of a case that are not done."""
    return [from_doc(Errand, doc) for doc in unit.tables.by("errands", "ref", ref)]


def in_state(unit: Unit, state: ErrandState) -> list[Errand]:
    """Errands that stand like this."""
    return [from_doc(Errand, doc) for doc in unit.tables.by("errands", "state", state)]
