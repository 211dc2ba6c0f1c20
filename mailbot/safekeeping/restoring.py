"""A backup becomes the company's memory again, in either store.

The rule kept here: all or nothing, never beside a worker, never a copy that does not hold or is another company's; what
was there before lies among the backups. Letters may have left since the backup that it knows nothing of, so nothing
leaves by itself until a person has looked. The mailbox is read on from where the backup was: no mail is lost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot import chain
from mailbot.app import Tenant
from mailbot.errors import Refused
from mailbot.memory import histories
from mailbot.memory.moving import MOVED_TO
from mailbot.model import Letter, LetterState
from mailbot.outgoing import breaker
from mailbot.safekeeping import backups
from mailbot.store import MEMORY_FILE, Unit, file_opened, ledger, lock, migrations

WHY = "restored from a backup: it may have left since; look in Sent"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. `before` is where the memory of until now lies, empty when there was none."""

    cases: int
    held: int
    before: str


def restore(tenant: Tenant, path: Path, now: datetime, keep: bool = True) -> Restored:
    """Put this backup in the place of the memory. Raises Refused, or TryLater when disk or server will not.

    `keep`: what is there is worth keeping.
    """
    cases = backups.prove(path, tenant.id)
    with _exclusively(tenant):
        before = _put_aside(tenant, now) if keep else ""
        with file_opened(path) as copy, tenant.store.unit() as unit:
            _replace(copy, unit)
            migrations.migrate(unit)
            ledger.add(unit, ledger.RESTORED, "", 0, now, chain.START)
            held = _hold_sending(unit, now)
            for ref, fault in histories.faults(unit):
                raise Refused(f"{ref}: {fault}; nothing was changed")
        tenant.store.vacuum()
    return Restored(cases, held, before)


@contextmanager
def _exclusively(tenant: Tenant) -> Iterator[None]:
    """No worker has the company meanwhile, also when its memory is too damaged to be opened."""
    if tenant.database:
        tenant.claim()
        yield
        return
    tenant.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (handle := lock(tenant.folder)) < 0:
        raise Refused(f"{tenant.id}: a worker has this company; stop it first")
    try:
        yield
    finally:
        os.close(handle)


def _put_aside(tenant: Tenant, now: datetime) -> str:
    """Keep what is there: as one more backup, or as a damaged file under another name."""
    if not tenant.has_memory:
        return ""
    if tenant.database or backups.is_complete(tenant.folder):
        path = backups.path_for(tenant, now)
        if not path.exists():
            backups.copy(tenant, path)
        return str(path)
    aside = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    files = [tenant.folder / MEMORY_FILE, *backups.registers(tenant.folder)]
    for file in (path.with_name(path.name + end) for path in files for end in ("-wal", "-shm", "")):
        if file.exists():
            file.rename(file.with_name(f"{file.name}.damaged-{aside}"))
    return str(tenant.folder / f"{MEMORY_FILE}.damaged-{aside}")


def _replace(copy: Unit, unit: Unit) -> None:
    unit.tables.clear()
    for table, id, doc in copy.tables.everything():
        unit.tables.put(table, id, doc)
    unit.drop_note(MOVED_TO)


def _hold_sending(unit: Unit, now: datetime) -> int:
    """Hold what waits to leave for people outside, and what will be written soon. Returns how many letters wait."""
    breaker.stop(unit, now, breaker.RESTORED)
    letters = waiting(unit)
    for letter in letters:
        unit.put_letter(letter.held(WHY))
    return len(letters)


def waiting(unit: Unit) -> list[Letter]:
    """What would leave for people outside."""
    return [letter for letter in unit.letters(LetterState.QUEUED) if letter.audience != "staff"]
