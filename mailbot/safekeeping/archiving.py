"""Closed cases go into the register of their year, so that what is worked on stays small.

The rules kept here: a case moves once it is closed, has nothing left to be done and is as old as the company's settings
ask. Few move at a time, so that no mail waits for it. Whatever happens in such a case later brings it back
(`store.registers`).
"""

from __future__ import annotations

import logging
from datetime import datetime

from mailbot.app import Tenant
from mailbot.model import LetterState
from mailbot.store import Unit, stamp
from mailbot.store.keys import done_since

log = logging.getLogger(__name__)

#: So many cases and links of the chain go in one round.
MOST_CASES, MOST_LINKS = 50, 500


def archive_closed(tenant: Tenant, now: datetime) -> int:
    """Archive what is due. Returns how many cases went."""
    before = now - tenant.policy.register_after
    with tenant.store.unit() as unit:
        refs = [ref for ref in unit.done_before(before, MOST_CASES) if may_go(unit, ref, before)]
    gone = tenant.store.archive(refs, lambda unit, ref: may_go(unit, ref, before)) if refs else 0
    tenant.store.archive_links(before, MOST_LINKS)
    if gone:
        log.info("%s: %d closed cases put into the registers of their years", tenant.id, gone)
    return gone


def may_go(unit: Unit, ref: str, before: datetime) -> bool:
    """Whether nothing is to be done in the case since then, by people or by the program."""
    doc = unit.tables.get("cases", ref)
    done = done_since(doc) if doc else ""
    return bool(done) and done <= stamp(before) and not _is_under_way(unit, ref)


def _is_under_way(unit: Unit, ref: str) -> bool:
    """Whether the program itself has yet to send, copy, file or tell something."""
    if unit.tables.get("filings", ref) or any(unit.tables.by(table, "ref", ref) for table in ("calls", "errands")):
        return True
    leaving = (LetterState.QUEUED, LetterState.SENDING)
    return any(letter.state in leaving or letter.copy_due for letter in unit.letters_of(ref))
