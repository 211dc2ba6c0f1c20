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
from mailbot.memory import rewrites
from mailbot.memory.moving import TAKING_OVER
from mailbot.model import Case, Policy
from mailbot.safekeeping import backups, laying, parcel, restoring
from mailbot.safekeeping.laying import Looked, Place
from mailbot.safekeeping.parcel import MEMORY, Parcel
from mailbot.setup.company_files import CompanyFiles
from mailbot.setup.foreign_settings import AdaptedSettings, adapted
from mailbot.store import Unit, file_opened

_UNPACKED = ".take-over-{}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in, or would; `arriving` is its file as it is laid here."""

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
    place: Place,
    now: datetime,
    against: Sequence[str] = (),
    rehearsal: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Taken:
    """Take the company of this archive in; `rehearsal`: say what would come in. Raises what `look` raises, TryLater."""
    with look(archive, place, against) as found:
        if not rehearsal:
            laying.lay(found, place, now, step)
        contents = found.parcel.contents
        return Taken(
            contents.company,
            contents.name,
            contents.head,
            found.cases,
            found.open_cases,
            found.queued,
            len(found.parcel.names("state")),
            len(found.parcel.names("replies")),
            bool(found.parcel.names("promises")),
            found.arriving,
        )


@contextmanager
def look(archive: Path, place: Place, against: Sequence[str] = ()) -> Iterator[Looked]:
    """Everything in the archive looked at, unpacked in a folder of its own, which goes afterwards. Nothing else is
    written. Raises Refused where it cannot be taken in, ConfigError where its settings do not fit beside the others,
    Usage for an archive that cannot be read."""
    try:
        with (
            parcel.opened(archive) as found,
            laying.alone(place.installation.state),
            _unpacked(found, place) as folder,
        ):
            arriving = _settings(found, folder)
            policy = _fitting(found, arriving, place)
            yield Looked(found, arriving, policy, folder, *_memory(found, folder, against))
    except OSError as error:
        raise Usage(f"{error.filename or archive}: {error.strerror}; nothing was taken in") from None


def _is_free(place: Place, found: Parcel) -> None:
    """Raises Refused where something of a company with this name is here that is not the half of this archive."""
    company, folder = found.contents.company, place.folder(found.contents.company)
    if mark := _mark(folder):
        if mark == found.digest:
            return
        cure = f"another archive was half taken in: take that one in, or remove {folder}"
        raise Refused(f"{company}: {cure}")
    if os.path.lexists(place.settings(company)):
        raise Refused(f"{company}: is a company here already; nothing was changed")
    begun = [path for path in folder.iterdir() if path.name != TAKING_OVER] if folder.is_dir() else []
    there = [*([folder] if begun else []), place.words(company), place.promises(company)]
    for path in there:
        if os.path.lexists(path):
            raise Refused(f"{company}: {path} is there already: look whose it is, and move it away first")
    if place.database and place.database.exists(company):
        raise Refused(f"{company}: the database holds a memory of that name already: look whose it is first")


def _mark(folder: Path) -> str:
    try:
        return (folder / TAKING_OVER).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


@contextmanager
def _unpacked(found: Parcel, place: Place) -> Iterator[Path]:
    """The archive in a folder on the disk where it will stay, for the owner only."""
    _is_free(place, found)
    state = place.installation.state
    if shutil.disk_usage(state).free < 2 * found.size:
        raise Refused(f"{state}: has no room for {found.size // 2**20 + 1} MB twice; make room and try again")
    folder = state / _UNPACKED.format(found.contents.company)
    shutil.rmtree(folder, ignore_errors=True)  # a try that was cut off
    folder.mkdir(mode=0o700)
    try:
        found.unpack(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(found: Parcel, folder: Path) -> AdaptedSettings:
    company = found.contents.company
    try:
        return adapted((folder / "tenants" / f"{company}.toml").read_text("utf-8-sig"), company)
    except ValueError as error:
        fault = "is not text" if isinstance(error, UnicodeDecodeError) else error
        raise Refused(f"{found.path.name}: tenants/{company}.toml: {fault}; nothing was taken in") from None


def _fitting(found: Parcel, arriving: AdaptedSettings, place: Place) -> Policy:
    """The company by these settings, read beside those of the others. Raises ConfigError with every fault."""
    company, config = found.contents.company, place.installation.directory
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


def _memory(found: Parcel, folder: Path, against: Sequence[str]) -> tuple[tuple[Case, ...], int, int]:
    """Every history folded, and the end of the chain held against the list and what the person typed."""
    listed, memory = found.contents, folder / MEMORY
    if MEMORY not in listed.files:
        if listed.head or listed.cases or against:
            raise Refused(f"{found.path.name}: lacks the memory of its company; nothing was taken in")
        return (), 0, 0
    _is_plain_memory(found, memory)
    cases = backups.prove(memory, listed.company)
    with file_opened(memory) as unit:
        _chain(found, unit, against, cases)
        return tuple(unit.open_cases()), cases, len(restoring.waiting(unit))


def _is_plain_memory(found: Parcel, memory: Path) -> None:
    """A file of SQLite can bring steps of its own; ours bring none."""
    try:
        with closing(sqlite3.connect(f"file:{memory}?mode=ro", uri=True)) as line:
            line.execute("pragma trusted_schema=off")
            kinds = {kind for (kind,) in line.execute("select type from sqlite_master")}
    except sqlite3.Error:
        kinds = set()
    if not kinds or not kinds <= {"table", "index"}:
        raise Refused(f"{found.path.name}: the memory in it is damaged, or none of ours; nothing was taken in")


def _chain(found: Parcel, unit: Unit, against: Sequence[str], cases: int) -> None:
    listed = found.contents
    if (rewrites.mark_now(unit), cases) != (listed.head, listed.cases):
        raise Refused(f"{found.path.name}: its memory does not end where its list says; nothing was taken in")
    if against:
        try:
            compared = rewrites.compare(unit, against)
        except ValueError:
            raise Usage("--against takes a head as a Monday mail shows it: 12-ABCD-EFGH-IJKL-MNOP-QRST") from None
        if not compared.holds:
            raise Refused(f"{found.path.name}: {compared.told}; nothing was taken in")
