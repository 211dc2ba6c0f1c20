"""Who gets no marketing, and which runs of the company's own program are due for it, in the store.

The rule kept here: a run is written with the decision behind it and goes once it is done, its address with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from mailbot.model import HookRun, HookRunState, Marketing, Suppression
from mailbot.store import Unit, stamp
from mailbot.store.codec import from_doc, to_doc


def queue_run(unit: Unit, ref: str, address: str, channel: Marketing, now: datetime, *, undo: bool = False) -> None:
    """Write down that the program is to run for one address and channel of a case."""
    mark = hashlib.sha256(f"{address}|{channel}".encode()).hexdigest()[:16]
    put_run(unit, HookRun(f"{ref}:{mark}", ref, address, channel, undo, next_try=now))


def unsuppress(unit: Unit, ref: str, address: str) -> list[Marketing]:
    """Take what this case wrote about an address off the list. Returns the channels that are free again: none where
    another case of the person asked it too, which keeps the address on the list in its name."""
    of_case = unit.tables.by("suppressions", "source", ref)
    rows = [one for one in (from_doc(Suppression, doc) for doc in of_case) if one.address == address]
    other = next((one for one in unit.cases_to(address) if one.ref != ref and address in one.suppressed), None)
    for row in rows:
        unit.tables.drop("suppressions", f"{row.address}|{row.channel}")
        if other:
            unit.suppress(replace(row, source=other.ref, customer=other.customer_id))
    return [] if other else [row.channel for row in rows]


def forget_customer(unit: Unit, ref: str) -> None:
    """Of who asked this in a case that is forgotten only the address stays on the list (F-05, F-07)."""
    for doc in unit.tables.by("suppressions", "source", ref):
        row = from_doc(Suppression, doc)
        unit.tables.put("suppressions", f"{row.address}|{row.channel}", to_doc(replace(row, customer="")))


def put_run(unit: Unit, run: HookRun) -> None:
    """Write the run as it now is."""
    unit.tables.put("errands", run.id, to_doc(run))


def drop_run(unit: Unit, run: HookRun) -> None:
    """Forget a run that is done or no longer wanted; the address goes with it."""
    unit.tables.drop("errands", run.id)


def runs_due(unit: Unit, now: datetime) -> list[HookRun]:
    """Runs whose time has come, longest waiting first."""
    return [from_doc(HookRun, doc) for doc in unit.tables.by("errands", "next", stamp(now), "<=")]


def runs_of(unit: Unit, ref: str) -> list[HookRun]:
    """Runs of a case that are not done."""
    return [from_doc(HookRun, doc) for doc in unit.tables.by("errands", "ref", ref)]


def runs_in(unit: Unit, state: HookRunState) -> list[HookRun]:
    """Runs in this state."""
    return [from_doc(HookRun, doc) for doc in unit.tables.by("errands", "state", state)]
