"""Cases whose mails are still to be filed in the mailbox: a list that outlives a stop."""

from __future__ import annotations

from mailbot.model import Case
from mailbot.store.unit import Unit

TABLE = "filings"


def queue_filing(unit: Unit, case: Case) -> None:
    """This case changed in a way that shows in the mailbox."""
    unit.tables.put(TABLE, case.ref, {"ref": case.ref})


def cases_to_file(unit: Unit) -> list[Case]:
    """The cases that changed since the mailbox was written."""
    rows = unit.tables.by(TABLE, "all", "~", "<=")
    return [case for row in rows if (case := unit.case(row["ref"]))]


def mark_filed(unit: Unit, case: Case) -> None:
    """The mailbox shows this state of the case, unless it changed meanwhile."""
    now = unit.case(case.ref)
    if now is None or now.version == case.version:
        unit.tables.drop(TABLE, case.ref)
