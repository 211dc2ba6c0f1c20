"""Everything of one company in one archive, for whoever takes it over: settings, letters of its own, memory, files.

The rules kept here: the memory in it is a proven copy. Passwords, tokens and the customers' export stay behind: the
next one gets them from the company itself. Only its owner can read the archive, and nothing at this place changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from mailbot import casefiles, regular
from mailbot.app import Tenant
from mailbot.errors import Usage
from mailbot.safekeeping import backups

README = "LEESMIJ.txt"
MEMORY = "memory.db"
_STEPS = """{name} ({id}): alles voor wie de privacy-mailbox overneemt, {day}.

1. tenants/{id}.toml hoort in de map tenants naast mailbot.toml. Houd de naam van het bestand: de dossiers horen erbij.
   Kijk de paden na en zeg waar de wachtwoorden staan: die zitten hier niet in, en de klantenexport ook niet.
{replies}2. state/{id} hoort in de map die `state` in mailbot.toml noemt: bestanden die bij dossiers horen.
3. mailbot restore memory.db --tenant {id}
4. mailbot check --live --tenant {id}
5. Vergelijk Verzonden met `mailbot outbox`, typ `mailbot outbox resume` en start de worker.
   Laat de vorige worker eerst stoppen: twee tegelijk beantwoorden dezelfde mail twee keer.
"""
_REPLIES = "   replies/tenants/{id} hoort in de map replies: brieven die dit bedrijf zelf heeft herschreven.\n"


def hand_over(tenant: Tenant, config: Path, replies: Path, to: Path, now: datetime) -> int:
    """Write the archive; returns how many files of cases are in it. Raises Usage where it cannot be written, Refused
    where the memory is not in order."""
    memory = backups.back_up(tenant, now) if tenant.remembers else None
    own = list(_own(tenant, config, replies))
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Usage(f"{to}: cannot be written ({error.strerror}); name another file") from None
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
            archive.writestr(README, _steps(tenant, now, any(name.startswith("replies/") for name, _ in own)))
            for name, path in own:
                archive.writestr(name, regular.read(path))
            if memory:
                archive.write(memory, MEMORY)
            return sum(1 for _ in _with_files(tenant, archive))
    except BaseException as error:
        to.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Usage(f"{error.filename or to}: {error.strerror}; nothing was handed over") from error
        raise


def _steps(tenant: Tenant, now: datetime, has_replies: bool) -> str:
    more = _REPLIES.format(id=tenant.id) if has_replies else ""
    day = tenant.policy.day_of(now).isoformat()
    return _STEPS.format(id=tenant.id, name=tenant.policy.name, day=day, replies=more)


def _own(tenant: Tenant, config: Path, replies: Path) -> Iterator[tuple[str, Path]]:
    """What people wrote for this company, by its name in the archive."""
    yield f"tenants/{tenant.id}.toml", config / "tenants" / f"{tenant.id}.toml"
    if (promises := config / "promises" / f"{tenant.id}.toml").is_file():
        yield f"promises/{tenant.id}.toml", promises
    worded = replies / "tenants" / tenant.id
    for path in sorted(worded.rglob("*")):
        if path.is_file():
            yield f"replies/tenants/{tenant.id}/{path.relative_to(worded).as_posix()}", path


def _with_files(tenant: Tenant, archive: ZipFile) -> Iterator[str]:
    """Add the files of the cases, one after the other."""
    for ref in casefiles.refs_with_files(tenant.folder):
        for path in sorted(casefiles.folder_of(tenant.folder, ref).iterdir()):
            if path.is_file() and not path.is_symlink():
                archive.writestr(
                    f"state/{tenant.id}/{casefiles.FOLDER}/{ref}/{path.name}",
                    casefiles.get(tenant.folder, ref, path.name),
                )
                yield path.name
