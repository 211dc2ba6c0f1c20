"""Everything of one company in one archive, for whoever takes it over: settings, letters of its own, memory, files.

The rules kept here: the memory in it is a proven copy. Passwords, tokens and the customers' export stay behind: the
next one gets them from the company itself. Only its owner can read the archive, and nothing at this place changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from mailbot import casefiles, regular_files
from mailbot.app import Tenant
from mailbot.errors import Usage
from mailbot.memory import tampering
from mailbot.safekeeping import backups, handover_archive
from mailbot.safekeeping.handover_archive import MEMORY, README, ArchiveWriter
from mailbot.store import file_opened

_STEPS = """{name} ({id}): alles voor wie de privacy-mailbox overneemt, {day}.

De keten eindigt bij {head}. Vergelijk dat met wat wie overdraagt u zegt, en met de laatste weekmail.

1. Laat de vorige worker eerst stoppen: twee tegelijk beantwoorden dezelfde mail twee keer.
2. mailbot take-over DIT-ARCHIEF   kijkt alles na en neemt instellingen, eigen brieven, dossiers en bestanden over.
   Houd de naam {id}: de dossiers horen erbij.
3. Wachtwoorden en de klantenexport zitten hier niet in. Waar u ze neerlegt, zegt mailbot take-over.
4. mailbot confirm-settings --tenant {id}   de servers, bestanden en programma's gelden pas als u ze hebt bevestigd.
5. mailbot check --live --tenant {id}
6. Vergelijk Verzonden met `mailbot outbox`, typ `mailbot outbox resume` en start de worker.
"""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many files of cases are in the archive, and where the chain of the memory in it ends."""

    files: int
    head: str


def hand_over(tenant: Tenant, config: Path, replies: Path, to: Path, now: datetime) -> HandedOver:
    """Write the archive. Raises Usage where it cannot be written, Refused
    where the memory is not in order."""
    memory = backups.back_up(tenant, now) if tenant.has_memory else None
    own = list(_own_files(tenant, config, replies))
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Usage(f"{to}: cannot be written ({error.strerror}); name another file") from None
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
            found = _pack(tenant, ArchiveWriter(archive), own, memory, now)
        with handover_archive.opened(to):  # whoever takes it over can
            return found
    except BaseException as error:
        to.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Usage(f"{error.filename or to}: {error.strerror}; nothing was handed over") from error
        raise


def _pack(
    tenant: Tenant, writer: ArchiveWriter, own: list[tuple[str, Path]], memory: Path | None, now: datetime
) -> HandedOver:
    head, cases, day = *_memory_end(memory), tenant.policy.day_of(now).isoformat()
    steps = _STEPS.format(id=tenant.id, name=tenant.policy.name, day=day, head=head or "(nog niets)")
    writer.add(README, steps.encode())
    for name, path in own:
        writer.add(name, regular_files.read(path))
    if memory:
        writer.add_from(MEMORY, memory)
    files = sum(1 for _ in _add_case_files(tenant, writer))
    writer.close(tenant.id, tenant.policy.name, day, head, cases)
    return HandedOver(files, head)


def _memory_end(memory: Path | None) -> tuple[str, int]:
    """The head of the chain in this copy, and how many cases it has."""
    if memory is None:
        return "", 0
    with file_opened(memory) as unit:
        return tampering.current_head(unit), unit.tables.count("cases", "all", "~", "<=")


def _own_files(tenant: Tenant, config: Path, replies: Path) -> Iterator[tuple[str, Path]]:
    """What people wrote for this company, by its name in the archive."""
    yield f"tenants/{tenant.id}.toml", config / "tenants" / f"{tenant.id}.toml"
    if (promises := config / "promises" / f"{tenant.id}.toml").is_file():
        yield f"promises/{tenant.id}.toml", promises
    worded = replies / "tenants" / tenant.id
    for path in sorted(worded.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(worded).parts):
            yield f"replies/tenants/{tenant.id}/{path.relative_to(worded).as_posix()}", path


def _add_case_files(tenant: Tenant, writer: ArchiveWriter) -> Iterator[str]:
    """Add the files of the cases, one after the other; what was being written just then has a hidden name."""
    for ref in casefiles.refs_with_files(tenant.folder):
        for path in sorted(casefiles.folder_of(tenant.folder, ref).iterdir()):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                content = casefiles.get(tenant.folder, ref, path.name)
                writer.add(f"state/{tenant.id}/{casefiles.FOLDER}/{ref}/{path.name}", content)
                yield path.name
