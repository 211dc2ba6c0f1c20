"""Closed cases lie in the register of their year, out of the way of what is open; whoever reads finds them as before.

The rules kept here: a case lies whole in one place. What is written about a case in a register brings it back first.
What goes from one place to the other is copied, then removed; a case in transit has a line in the working store, and
while that is there no register is believed about it. So a stop at any moment leaves each case exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from heapq import merge
from itertools import groupby
from typing import Any, Protocol

from mailbot.store.case_documents import (
    CASE_TABLES,
    REGISTER_TABLES,
    Document,
    DocumentStore,
    case_of,
    copy,
    documents_of,
    drop_case,
    may_lie_in_register,
    year_of,
)
from mailbot.store.catalogue import CATALOGUE, Catalogue
from mailbot.store.rows import Found, Sign

#: The tables of which a unit asks for few documents, often.
_ASKED_OFTEN = frozenset({"cases", "notes"})
#: The small fact that says up to which link the company's chain lies in registers.
_LINKS = "links"


class Registers(Protocol):
    """The registers of one company, by name."""

    def name(self, year: str) -> str:
        """In which register the cases of a year lie."""

    def open(self, name: str) -> DocumentStore:
        """A register that is there, to read. Raises TryLater when it is gone."""

    def changing(self, name: str) -> AbstractContextManager[DocumentStore]:
        """A register to write in, made when it is missing; on disk when the block ends."""


class JoinedTables:
    """The working store and the registers as one, for the length of a unit."""

    def __init__(self, working: DocumentStore, registers: Registers) -> None:
        self.working, self._registers = working, registers
        self.is_unsettled = False
        self._here: set[str] = set()  # cases that were looked for, and lie in no register now
        self._nowhere: set[tuple[str, str]] = set()  # documents that lie in no register
        self._read: dict[tuple[str, str], dict[str, Any] | None] = {}  # cases and small facts as they are now

    @cached_property
    def catalogue(self) -> Catalogue:
        """Which registers there are."""
        catalogue = Catalogue()
        for _, id, doc in self.working.found(CATALOGUE, "all", "~", "<="):
            if id == doc["register"]:
                catalogue.stale[id] = doc["stale"]
                catalogue.emptied |= {id} if doc["emptied"] else set()
            elif id != _LINKS:
                catalogue.in_transit[id] = doc["register"]
        return catalogue

    def _enter(self, name: str, *, stale: bool = False, emptied: bool = False) -> None:
        """Write down that there is a register."""
        stale = stale or self.catalogue.stale.get(name, False)
        self.catalogue.stale[name] = stale
        (self.catalogue.emptied.add if emptied else self.catalogue.emptied.discard)(name)
        self.working.put(CATALOGUE, name, {"id": name, "register": name, "stale": stale, "emptied": emptied})

    def _mark_in_transit(self, ref: str, name: str) -> None:
        """From now on the case is on its way, and only the working store is believed about it."""
        self.catalogue.in_transit[ref] = name
        self.working.put(CATALOGUE, ref, {"id": ref, "register": name})

    def _arrived(self, ref: str) -> None:
        self.catalogue.in_transit.pop(ref, None)
        self.working.drop(CATALOGUE, ref)

    # --- reading

    def get(self, table: str, id: str) -> dict[str, Any] | None:
        """The document, wherever it lies."""
        if table not in _ASKED_OFTEN:
            return self._looked_up(table, id)
        if (table, id) not in self._read:
            self._read[table, id] = self._looked_up(table, id)
        return self._read[table, id]

    def _looked_up(self, table: str, id: str) -> dict[str, Any] | None:
        if (doc := self.working.get(table, id)) is not None or table not in REGISTER_TABLES:
            return doc
        if (table, id) in self._nowhere or (table == "notes" and not case_of(table, id, None)):
            return None
        for register in self._where(case_of(table, id, None)):
            doc = register.get(table, id)
            if doc is not None and case_of(table, id, doc) not in self.catalogue.in_transit:
                return doc
        self._nowhere.add((table, id))
        return None

    def by(
        self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1, *, working_only: bool = False
    ) -> list[dict[str, Any]]:
        """Documents found by a key, in the order of the key, wherever they lie; `working_only`: in no register."""
        rows = self.working.found(table, name, value, sign, limit)
        more = [] if working_only else self._in_registers(table, name, value, sign, limit)
        if more:
            rows = sorted([*rows, *more], key=lambda row: row[:2])
        return [doc for _, _, doc in (rows[:limit] if limit >= 0 else rows)]

    def refs(self, name: str, value: str, sign: Sign = "=") -> list[str]:
        """References of the cases found by a key, in the order of the key, wherever they lie; no case is read."""
        found = self.working.ids("cases", name, value, sign)
        if may_lie_in_register("cases", name, value):
            rows = (row for place in self._where("") for row in place.ids("cases", name, value, sign))
            found = sorted([*found, *(row for row in rows if row[1] not in self.catalogue.in_transit)])
        return [ref for _, ref in found]

    def _in_registers(self, table: str, name: str, value: str, sign: Sign, limit: int) -> list[Found]:
        if not may_lie_in_register(table, name, value):
            return []
        most = -1 if self.catalogue.in_transit else limit
        places = self._where(value if name == "ref" and sign == "=" else "")
        found = (row for place in places for row in place.found(table, name, value, sign, most))
        return [row for row in found if case_of(table, row[1], row[2]) not in self.catalogue.in_transit]

    def count(self, table: str, name: str, value: str, sign: Sign = "=") -> int:
        """How many documents `by` would give."""
        here = self.working.count(table, name, value, sign)
        if not may_lie_in_register(table, name, value):
            return here
        if self.catalogue.in_transit:
            return len(self.by(table, name, value, sign))
        return here + sum(place.count(table, name, value, sign) for place in self._where(""))

    def everything(self) -> Iterator[Document]:
        """Every document once, by table and id."""
        places = [self.working.everything(), *(self._believed(register) for register in self._where(""))]
        last: tuple[str, str] | None = None
        for table, id, doc in merge(*places, key=lambda row: row[:2]):
            if table != CATALOGUE and (table, id) != last:
                yield table, id, doc
            last = table, id

    def _believed(self, register: DocumentStore) -> Iterator[Document]:
        return (row for row in register.everything() if case_of(*row) not in self.catalogue.in_transit)

    def _where(self, ref: str) -> Iterator[DocumentStore]:
        """The registers in which a case can lie; all of them when it is not known which case."""
        for name in self.catalogue.readable:
            if not ref or name == self._registers.name(year_of(ref)):
                yield self._registers.open(name)

    # --- writing

    def put(self, table: str, id: str, doc: Mapping[str, Any]) -> None:
        """Write a document; the case that it is of comes back first, and the one that it was of."""
        if self.catalogue.stale and table in CASE_TABLES and self.working.get(table, id) is None:
            self.bring_back(case_of(table, id, self.get(table, id)))
        self.bring_back(case_of(table, id, doc))
        self._read.pop((table, id), None)
        self.working.put(table, id, doc)

    def drop(self, table: str, id: str) -> None:
        """Remove a document; the case that it is of comes back first."""
        if self.working.get(table, id) is None and (doc := self.get(table, id)) is not None:
            if not (ref := case_of(table, id, doc)):
                raise ValueError(f"{table} {id} lies in a register, and stays")
            self.bring_back(ref)
        self._read.pop((table, id), None)
        self.working.drop(table, id)

    def clear(self) -> None:
        """Everything goes, from the registers too."""
        names = {*self.catalogue.stale, *self.catalogue.in_transit.values()}
        self.working.clear()
        self.catalogue.in_transit.clear()
        self._here.clear()
        self._read.clear()
        for name in sorted(names):
            self._enter(name, stale=True, emptied=True)
            self.is_unsettled = True

    def bring_back(self, ref: str) -> None:
        """Copy a case from its register into the working store, if it lies in one; `settle` takes it out there."""
        if not ref or ref in self._here or not self.catalogue.stale:
            return
        self._here.add(ref)
        name = self._registers.name(year_of(ref))
        if (
            name not in self.catalogue.readable
            or ref in self.catalogue.in_transit
            or self.working.get("cases", ref) is not None
        ):
            return
        register = self._registers.open(name)
        if register.get("cases", ref) is None:
            return
        for table, id, doc in documents_of(register, ref):
            self.working.put(table, id, doc)
        self._read.clear()
        self._mark_in_transit(ref, name)
        self.is_unsettled = True

    # --- between the working store and the registers

    def _changing(self, name: str) -> AbstractContextManager[DocumentStore]:
        """A register to write in. Raises TryLater when one that must be there is gone."""
        if name in self.catalogue.readable:
            self._registers.open(name)
        return self._registers.changing(name)

    def mark_in_transit(self, refs: Iterable[str]) -> None:
        """The first half of the way into a register: these cases are on their way."""
        for ref in refs:
            name = self._registers.name(year_of(ref))
            if name and name not in self.catalogue.emptied and self.working.get("cases", ref) is not None:
                self._mark_in_transit(ref, name)

    def archive(self, refs: Iterable[str]) -> int:
        """The second half: those of them that are on their way still go into their register. Returns how many."""
        in_transit = self.catalogue.in_transit
        here = (ref for ref in refs if ref in in_transit and self.working.get("cases", ref) is not None)
        going = sorted((in_transit[ref], ref) for ref in here)
        for name, group in groupby(going, key=lambda one: one[0]):
            ours = [ref for _, ref in group]
            with self._changing(name) as register:
                for ref in ours:
                    drop_case(register, ref)
                    copy(documents_of(self.working, ref), register)
            for ref in ours:
                drop_case(self.working, ref)
                self._arrived(ref)
            self._read.clear()
            self._enter(name)
        return len(going)

    def archive_links(self, before: datetime, most: int) -> int:
        """Links of the company's chain from before this moment go into the register of their year, oldest first, at
        most so many. A link never changes, so a copy that a stop left behind is as good as the link itself."""
        links = self._old_links(before, most)
        for name, group in groupby(links, key=lambda one: self._registers.name(one[2]["at"][:4])):
            ours = list(group)
            if name in self.catalogue.emptied:
                return 0
            with self._changing(name) as register:
                copy(ours, register)
            for table, id, _ in ours:
                self.working.drop(table, id)
            self._enter(name)
        if links:
            self.working.put(CATALOGUE, _LINKS, {"id": _LINKS, "register": "", "number": links[-1][2]["number"]})
        return len(links)

    def _old_links(self, before: datetime, most: int) -> list[Document]:
        number = (self.working.get(CATALOGUE, _LINKS) or {"number": 0})["number"]
        found: list[Document] = []
        while len(found) < most:
            id = f"{number + 1 + len(found):012d}"
            doc = self.working.get("ledger", id)
            if doc is None or datetime.fromisoformat(doc["at"]) > before:
                break
            found.append(("ledger", id, doc))
        return found

    def settle(self) -> None:
        """Take out of the registers what does not count there any more."""
        for name in sorted(self.catalogue.emptied):
            with self._changing(name) as register:
                register.clear()
            self._enter(name, stale=True)
        for name in sorted({*self.catalogue.in_transit.values()}):
            refs = [ref for ref, where in self.catalogue.in_transit.items() if where == name]
            with self._changing(name) as register:
                for ref in refs:
                    drop_case(register, ref)
            for ref in refs:
                self._arrived(ref)
            self._enter(name, stale=True)

    def clean(self, names: Sequence[str]) -> None:
        """No byte of what was taken out of these registers is left."""
        for name in names:
            self.catalogue.stale[name] = False
            self._enter(name)
