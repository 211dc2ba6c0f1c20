"""What an archive brought is laid in its places here, one thing after the other, the settings last.

The rule kept here: each step may be cut off anywhere and done again. A mark in the company's folder names the archive,
so that only the same one carries on, and until the settings lie in their place nobody works with the half.
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

from mailbot import casefiles, private
from mailbot.app import Tenant
from mailbot.classify import Classifier
from mailbot.config import Company, Installation
from mailbot.errors import Refused
from mailbot.letters import Letters
from mailbot.memory import rewrites
from mailbot.memory.moving import TAKING_OVER
from mailbot.model import Case, Policy
from mailbot.safekeeping import restoring
from mailbot.safekeeping.parcel import MEMORY, Parcel
from mailbot.setup.foreign_settings import AdaptedSettings

if TYPE_CHECKING:
    from mailbot.store.postgres import Database


@dataclass(frozen=True, slots=True)
class Place:
    """Where companies are at this place."""

    installation: Installation
    replies: Path
    database: Database | None = None

    def folder(self, company: str) -> Path:
        """Where its memory and the files of its cases come to lie."""
        return self.installation.state / company

    def settings(self, company: str) -> Path:
        """Its file."""
        return self.installation.directory / "tenants" / f"{company}.toml"

    def promises(self, company: str) -> Path:
        """What its policy promises, sentence by sentence."""
        return self.installation.directory / "promises" / f"{company}.toml"

    def words(self, company: str) -> Path:
        """Letters that it words itself."""
        return self.replies / "tenants" / company


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in an archive that can be taken in."""

    parcel: Parcel
    arriving: AdaptedSettings
    policy: Policy
    folder: Path  # in which it lies unpacked
    open_cases: tuple[Case, ...]
    cases: int
    queued: int


def lay(found: Looked, place: Place, now: datetime, step: Callable[[], None]) -> None:
    """All of it. Raises Refused, or TryLater; then the same archive carries on where this one stopped."""
    mark = _mark(found.parcel, place)
    for lay_one in (_lay_files, _lay_words, _lay_promises, _lay_memory, _lay_settings):
        step()
        lay_one(found, place, now)
    step()
    mark.unlink()


def _mark(found: Parcel, place: Place) -> Path:
    """The mark in the company's folder."""
    folder = place.folder(found.contents.company)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private.write(folder / TAKING_OVER, found.digest)
    return folder / TAKING_OVER


@contextmanager
def alone(state: Path) -> Iterator[None]:
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


def _lay_files(found: Looked, place: Place, _now: datetime) -> None:
    """The files of cases, each whole or not there."""
    company = found.parcel.contents.company
    for name in found.parcel.names("state"):
        *_, ref, file = name.split("/")
        casefiles.put(place.folder(company), ref, file, (found.folder / name).read_bytes())


def _lay_words(found: Looked, place: Place, _now: datetime) -> None:
    """Its own letters: a whole folder at once."""
    company = found.parcel.contents.company
    words = place.words(company)
    if not found.parcel.names("replies") or words.exists():
        return
    fresh = words.with_name(f".{company}.{TAKING_OVER}")
    shutil.rmtree(fresh, ignore_errors=True)
    for name in found.parcel.names("replies", "tenants", company):
        to = fresh / name.removeprefix(f"replies/tenants/{company}/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found.folder / name, to)
    fresh.rename(words)


def _lay_promises(found: Looked, place: Place, _now: datetime) -> None:
    for name in found.parcel.names("promises"):
        _lay(place.promises(found.parcel.contents.company), (found.folder / name).read_bytes())


def _lay_memory(found: Looked, place: Place, now: datetime) -> None:
    """In one unit of work; a try that was cut off had done that, or nothing."""
    company = found.parcel.contents.company
    if MEMORY not in found.parcel.contents.files:
        return
    tenant = Tenant(
        Company(found.policy),
        place.folder(company),
        Letters(place.replies),
        Classifier.empty(),
        database=place.database,
    )
    try:
        if not (tenant.has_memory and _is_laid(tenant, found.parcel.contents.head)):
            restoring.restore(tenant, found.folder / MEMORY, now, keep=False)
    finally:
        tenant.close()


def _is_laid(tenant: Tenant, head: str) -> bool:
    with tenant.store.unit() as unit:
        return bool(rewrites.mark_now(unit)) and rewrites.compare(unit, [head] if head else []).holds


def _lay_settings(found: Looked, place: Place, _now: datetime) -> None:
    """With this the company is here."""
    _lay(place.settings(found.parcel.contents.company), found.arriving.text.encode())


def _lay(path: Path, content: bytes) -> None:
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
