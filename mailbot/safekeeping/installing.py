"""A company that an archive brought is installed here, one thing after the other, the settings last.

The rule kept here: each step may be cut off anywhere and done again. A marker in the company's folder names the
archive, so that only the same one carries on, and until the settings are there nobody works with the half.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot import casefiles, private_files
from mailbot.app import Tenant
from mailbot.classify import Classifier
from mailbot.config import Company, Installation
from mailbot.errors import Refused
from mailbot.letters import Letters
from mailbot.memory import tampering
from mailbot.memory.moving import TAKING_OVER
from mailbot.model import Case, Policy
from mailbot.safekeeping import restoring
from mailbot.safekeeping.handover_archive import MEMORY, HandoverArchive
from mailbot.setup.foreign_settings import AdaptedSettings

if TYPE_CHECKING:
    from mailbot.store.postgres import Database


@dataclass(frozen=True, slots=True)
class Destination:
    """The installation that a company comes into: where its files belong."""

    installation: Installation
    replies: Path
    database: Database | None = None

    def folder(self, company: str) -> Path:
        """Where its memory and the files of its cases belong."""
        return self.installation.folder_of(company)

    def settings(self, company: str) -> Path:
        """Its file."""
        return self.installation.directory / "tenants" / f"{company}.toml"

    def promises(self, company: str) -> Path:
        """What its policy promises, sentence by sentence."""
        return self.installation.directory / "promises" / f"{company}.toml"

    def own_replies(self, company: str) -> Path:
        """Letters that it words itself."""
        return self.replies / "tenants" / company


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found in an archive that can be taken in."""

    archive: HandoverArchive
    arriving: AdaptedSettings
    policy: Policy
    folder: Path  # in which it lies unpacked
    open_cases: tuple[Case, ...]
    cases: int
    queued: int


def install(found: Inspected, destination: Destination, now: datetime, step: Callable[[], None]) -> None:
    """All of it. Raises Refused, or TryLater; then the same archive carries on where this one stopped."""
    marker = _marker(found.archive, destination)
    for install_one in (_install_files, _install_replies, _install_promises, _install_memory, _install_settings):
        step()
        install_one(found, destination, now)
    step()
    marker.unlink()


def _marker(found: HandoverArchive, destination: Destination) -> Path:
    """Written into the company's folder, with the digest of its archive."""
    folder = destination.folder(found.manifest.company)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private_files.write(folder / TAKING_OVER, found.digest)
    return folder / TAKING_OVER


@contextmanager
def exclusively(state: Path) -> Iterator[None]:
    """Nobody else takes a company in at this place meanwhile; a killed one lets go by itself."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(state, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused("another command takes a company in just now; try again when it is done") from None


def _install_files(found: Inspected, destination: Destination, _now: datetime) -> None:
    """The files of cases, each whole or not there."""
    company = found.archive.manifest.company
    for name in found.archive.names("state"):
        *_, ref, file = name.split("/")
        casefiles.put(destination.folder(company), ref, file, (found.folder / name).read_bytes())


def _install_replies(found: Inspected, destination: Destination, _now: datetime) -> None:
    """Its own letters: a whole folder at once."""
    company = found.archive.manifest.company
    own = destination.own_replies(company)
    if not found.archive.names("replies") or own.exists():
        return
    fresh = own.with_name(f".{company}.{TAKING_OVER}")
    shutil.rmtree(fresh, ignore_errors=True)
    for name in found.archive.names("replies", "tenants", company):
        to = fresh / name.removeprefix(f"replies/tenants/{company}/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found.folder / name, to)
    fresh.rename(own)


def _install_promises(found: Inspected, destination: Destination, _now: datetime) -> None:
    for name in found.archive.names("promises"):
        _install_file(destination.promises(found.archive.manifest.company), (found.folder / name).read_bytes())


def _install_memory(found: Inspected, destination: Destination, now: datetime) -> None:
    """In one unit of work; a try that was cut off had done that, or nothing."""
    company = found.archive.manifest.company
    if MEMORY not in found.archive.manifest.files:
        return
    tenant = Tenant(
        Company(found.policy),
        destination.folder(company),
        Letters(destination.replies),
        Classifier.empty(),
        database=destination.database,
    )
    try:
        if not (tenant.has_memory and _is_installed(tenant, found.archive.manifest.head)):
            restoring.restore(tenant, found.folder / MEMORY, now, keep=False)
    finally:
        tenant.close()


def _is_installed(tenant: Tenant, head: str) -> bool:
    with tenant.store.unit() as unit:
        return bool(tampering.current_head(unit)) and tampering.compare(unit, [head] if head else []).holds


def _install_settings(found: Inspected, destination: Destination, _now: datetime) -> None:
    """With this the company is here."""
    _install_file(destination.settings(found.archive.manifest.company), found.arriving.text.encode())


def _install_file(path: Path, content: bytes) -> None:
    """A file that was not there, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{TAKING_OVER}")
    fresh.unlink(missing_ok=True)
    with fresh.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        if path.read_bytes() != content:
            raise Refused(f"{path} is there meanwhile, and another one; look at it first") from None
    finally:
        fresh.unlink()
