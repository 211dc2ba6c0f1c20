"""A company comes in from another agency, by the archive of `mailbot hand-over`.

The rules kept here: the whole archive is looked at before anything is written: its files, its settings beside those of
the other companies, every history, and the end of its chain. A company that is here already stays as it is. What it
promised and when it must act goes on as it was; nothing leaves, and nothing is read, until a person has looked.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.errors import ConfigError, Refused, Usage
from mailbot.memory import tampering
from mailbot.memory.moving import TAKING_OVER
from mailbot.model import Case, Policy
from mailbot.safekeeping import backups, handover_archive, installing, restoring
from mailbot.safekeeping.handover_archive import MEMORY, HandoverArchive
from mailbot.safekeeping.installing import Destination, Inspected
from mailbot.setup.company_files import CompanyFiles
from mailbot.setup.foreign_settings import AdaptedSettings, adapted
from mailbot.store import Unit, file_opened

_UNPACKED = ".take-over-{}"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came in, or would; `arriving` is its file as it is installed here."""

    company: str
    name: str
    head: str
    cases: int
    open_cases: tuple[Case, ...]
    held: int
    files: int
    letters: int
    has_promises: bool
    arriving: AdaptedSettings


def take_over(
    archive: Path,
    destination: Destination,
    now: datetime,
    against: Sequence[str] = (),
    dry_run: bool = False,
    step: Callable[[], None] = lambda: None,
) -> TakenOver:
    """Take the company of this archive in; `dry_run`: say what would come in. Raises as `inspected`, or TryLater."""
    with inspected(archive, destination, against) as found:
        if not dry_run:
            installing.install(found, destination, now, step)
        manifest = found.archive.manifest
        return TakenOver(
            manifest.company,
            manifest.name,
            manifest.head,
            found.cases,
            found.open_cases,
            found.queued,
            len(found.archive.names("state")),
            len(found.archive.names("replies")),
            bool(found.archive.names("promises")),
            found.arriving,
        )


@contextmanager
def inspected(archive: Path, destination: Destination, against: Sequence[str] = ()) -> Iterator[Inspected]:
    """Everything in the archive looked at, unpacked in a folder of its own, which goes afterwards. Nothing else is
    written. Raises Refused where it cannot be taken in, ConfigError where its settings do not fit beside the others,
    Usage for an archive that cannot be read."""
    try:
        with (
            handover_archive.opened(archive) as found,
            installing.exclusively(destination.installation.state),
            _unpacked(found, destination) as folder,
        ):
            arriving = _settings(found, folder)
            policy = _fitting(found, arriving, destination)
            yield Inspected(found, arriving, policy, folder, *_memory(found, folder, against))
    except OSError as error:
        raise Usage(f"{error.filename or archive}: {error.strerror}; nothing was taken in") from None


def _is_free(destination: Destination, found: HandoverArchive) -> None:
    """Raises Refused where something of a company with this name is here that is not the half of this archive."""
    company, folder = found.manifest.company, destination.folder(found.manifest.company)
    if marker := _marker(folder):
        if marker == found.digest:
            return
        cure = f"another archive was half taken in: take that one in, or remove {folder}"
        raise Refused(f"{company}: {cure}")
    if os.path.lexists(destination.settings(company)):
        raise Refused(f"{company}: is a company here already; nothing was changed")
    begun = [path for path in folder.iterdir() if path.name != TAKING_OVER] if folder.is_dir() else []
    there = [*([folder] if begun else []), destination.own_replies(company), destination.promises(company)]
    for path in there:
        if os.path.lexists(path):
            raise Refused(f"{company}: {path} is there already: look whose it is, and move it away first")
    if destination.database and destination.database.exists(company):
        raise Refused(f"{company}: the database holds a memory of that name already: look whose it is first")


def _marker(folder: Path) -> str:
    try:
        return (folder / TAKING_OVER).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


@contextmanager
def _unpacked(found: HandoverArchive, destination: Destination) -> Iterator[Path]:
    """The archive in a folder on the disk where it will stay, for the owner only."""
    _is_free(destination, found)
    state = destination.installation.state
    if shutil.disk_usage(state).free < 2 * found.size:
        raise Refused(f"{state}: has no room for {found.size // 2**20 + 1} MB twice; make room and try again")
    folder = state / _UNPACKED.format(found.manifest.company)
    shutil.rmtree(folder, ignore_errors=True)  # a try that was cut off
    folder.mkdir(mode=0o700)
    try:
        found.unpack(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(found: HandoverArchive, folder: Path) -> AdaptedSettings:
    company = found.manifest.company
    try:
        return adapted((folder / "tenants" / f"{company}.toml").read_text("utf-8-sig"), company)
    except ValueError as error:
        fault = "is not text" if isinstance(error, UnicodeDecodeError) else error
        raise Refused(f"{found.path.name}: tenants/{company}.toml: {fault}; nothing was taken in") from None


def _fitting(found: HandoverArchive, arriving: AdaptedSettings, destination: Destination) -> Policy:
    """The company by these settings, read beside those of the others. Raises ConfigError with every fault."""
    company, config = found.manifest.company, destination.installation.directory
    others = CompanyFiles(config, config, Path())
    staged = others.staged({company: arriving.text})
    if faults := staged.faulty.get(company):
        raise ConfigError(list(faults))
    if name := next(iter(found.names("promises")), ""):
        try:
            tomllib.loads(found.read(name).decode("utf-8"))
        except (ValueError, RecursionError):
            raise Refused(f"{found.path.name}: {name} cannot be read; nothing was taken in") from None
    return staged.policies[company]


def _memory(found: HandoverArchive, folder: Path, against: Sequence[str]) -> tuple[tuple[Case, ...], int, int]:
    """Every history folded, and the end of the chain held against the list and what the person typed."""
    listed, memory = found.manifest, folder / MEMORY
    if MEMORY not in listed.files:
        if listed.head or listed.cases or against:
            raise Refused(f"{found.path.name}: lacks the memory of its company; nothing was taken in")
        return (), 0, 0
    _is_plain_memory(found, memory)
    cases = backups.prove(memory, listed.company)
    with file_opened(memory) as unit:
        _chain(found, unit, against, cases)
        return tuple(unit.open_cases()), cases, len(restoring.waiting(unit))


def _is_plain_memory(found: HandoverArchive, memory: Path) -> None:
    """A file of SQLite can bring steps of its own; ours bring none."""
    try:
        with closing(sqlite3.connect(f"file:{memory}?mode=ro", uri=True)) as connection:
            connection.execute("pragma trusted_schema=off")
            kinds = {kind for (kind,) in connection.execute("select type from sqlite_master")}
    except sqlite3.Error:
        kinds = set()
    if not kinds or not kinds <= {"table", "index"}:
        raise Refused(f"{found.path.name}: the memory in it is damaged, or none of ours; nothing was taken in")


def _chain(found: HandoverArchive, unit: Unit, against: Sequence[str], cases: int) -> None:
    listed = found.manifest
    if (tampering.current_head(unit), cases) != (listed.head, listed.cases):
        raise Refused(f"{found.path.name}: its memory does not end where its list says; nothing was taken in")
    if against:
        try:
            compared = tampering.compare(unit, against)
        except ValueError:
            raise Usage("--against takes a head as a Monday mail shows it: 12-ABCD-EFGH-IJKL-MNOP-QRST") from None
        if not compared.holds:
            raise Refused(f"{found.path.name}: {compared.message}; nothing was taken in")
