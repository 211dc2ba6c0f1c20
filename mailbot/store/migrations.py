"""Migrations: a memory that an older program wrote is brought up to date when it is opened, in one unit of work.

The rules kept here: each step may be cut off and done again, and finds nothing to do on a memory that has its form; a
memory that a newer program wrote is let be.

Form 1 is the first one released. Form 2 has the company's chain, and every document is found by all words of `KEYS`:
whoever adds a key there adds a form here. Form 3 says since when a closed case is done, for the registers of years.
Form 4 finds the letters that the airlock did not read yet.
What the rules of the program make of a history is no matter of form.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.errors import ConfigError, Problem
from mailbot.model import Status
from mailbot.store import ledger
from mailbot.store.unit import KEYS, Unit

SCHEMA_VERSION = 4
#: What has other words now than in the form that was found; all of it when that is older.
_REKEYED = {3: ("letters",), 2: ("cases", "letters")}
_NOTE = "form"


def migrate(unit: Unit) -> bool:
    """Whether the memory has this program's form now; one without cases and letters gets it with its first.

    Raises ConfigError for a memory that a newer program wrote.
    """
    found = int(unit.note(_NOTE) or 1)
    if found > SCHEMA_VERSION:
        known = f"has form {found} and this program knows {SCHEMA_VERSION}"
        cure = f"{known}: a newer mailbot wrote it; install that one again"
        raise ConfigError([Problem("the memory", cure)])
    if found == SCHEMA_VERSION:
        return True
    if not (unit.tables.count("cases", "all", "~", "<=") or unit.tables.count("letters", "state", "~", "<=")):
        return False
    _rebuild_keys(unit, _REKEYED.get(found, tuple(KEYS)))
    _build_chain(unit)
    unit.put_note(_NOTE, str(SCHEMA_VERSION))
    return True


def _rebuild_keys(unit: Unit, tables: tuple[str, ...]) -> None:
    """Write each document of these tables again, so that it is found by today's words."""
    found = [(table, id) for table, id, _ in unit.tables.everything() if table in tables]
    for table, id in found:
        if doc := unit.tables.get(table, id):
            unit.tables.put(table, id, doc)


def _build_chain(unit: Unit) -> None:
    """Seal the histories that are there, in the order of their lines' moments."""
    if ledger.newest(unit)[0]:
        return
    lines = [
        (datetime.fromisoformat(doc["at"]), doc["ref"], doc["seq"], doc["hash"])
        for table, _, doc in unit.tables.everything()
        if table == "history"
    ]
    for at, ref, seq, hash in sorted(lines):
        ledger.add(unit, ledger.LINE, ref, seq, at, hash)
    for case in unit.all_cases(Status.ANONYMISED):
        ledger.seal_remains(unit, case.ref, case.anonymised_at or case.received_at)
