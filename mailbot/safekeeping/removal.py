"""All that is kept of a company that has left goes: its rows in the database, its folder in the state.

The rules kept here: it is a person's decision, who typed the company's name; a processor deletes or returns what it has
when its service ends (article 28(3)(g) GDPR). Nothing of a company that has a file or a worker goes. What went, when
and by whom is written down before the first row goes and after the last one went, each line sealed with the line
before it, without anybody's name but that of who decided (article 5(2)). Cut off, it is done again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mailbot.config import Installation
from mailbot.errors import Refused, TryLater, Usage
from mailbot.memory import tampering
from mailbot.operation import presence
from mailbot.store import MEMORY_FILE, Store, TinyStore, lock

if TYPE_CHECKING:
    from mailbot.store.postgres import Database

#: Beside the companies' folders: a line for each step of a removal.
RECORD = "removals.jsonl"


@dataclass(frozen=True, slots=True)
class Remains:
    """What is kept of a company: cases, open ones, files and their bytes, documents in the database, and where the
    chain of its memory ends. `unread`: why the memory could not be looked into."""

    company: str
    cases: int = 0
    open: int = 0
    documents: int = 0
    files: int = 0
    bytes: int = 0
    head: str = ""
    unread: str = ""

    @property
    def is_something(self) -> bool:
        """Whether there is anything to remove."""
        return bool(self.documents or self.files)


def remains(settings: Installation, database: Database | None, company: str, now: datetime) -> Remains:
    """What would go. Raises Usage where nothing is kept under this name, Refused while the company is served."""
    _require_gone(settings, database, company, now)
    folder = settings.folder_of(company)
    files = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    found = Remains(company, files=len(files), bytes=sum(path.lstat().st_size for path in files))
    if database and company in database.companies():
        with closing(database.store(company)) as store:
            found = _counted(store, found, documents=True)
    elif (folder / MEMORY_FILE).is_file():
        found = _counted_in_file(folder, found)
    if not found.is_something and not folder.is_dir():
        raise Usage(f"nothing is kept here of {company!r}; `mailbot status` names what was left behind")
    return found


def remove(settings: Installation, database: Database | None, found: Remains, by: str, now: datetime) -> dict[str, Any]:
    """Remove it. Returns the line that was written last. Raises Refused, and TryLater where something stayed."""
    company, folder = found.company, settings.folder_of(found.company)
    _require_gone(settings, database, company, now)
    told = asdict(found) | {"by": by, "at": now.isoformat()}
    write_down(settings.state, {"step": "begun"} | told)
    rows = database.remove(company) if database else {}
    _remove_folder(folder)
    return write_down(settings.state, {"step": "done", "rows": rows} | told)


def recorded(state: Path) -> list[dict[str, Any]]:
    """Every step of every removal, oldest first, without a line that was cut off while it was written: nothing had gone
    then. Raises Refused where a line was changed or taken out, TryLater where the record cannot be read."""
    seal, found = "", []
    for line in _lines(_read(state)):
        one = _step(line)
        if one and one.get("before") != seal:
            raise Refused(f"{state / RECORD}: a line was changed or taken out before the one of {one.get('company')}")
        seal = _seal(line)
        found += [one] if one else []
    return found


def write_down(state: Path, told: dict[str, Any]) -> dict[str, Any]:
    """Add a line, sealed with the one before it, and see it on the disk. Raises TryLater."""
    so_far = _read(state)
    line = told | {"before": _seal(_lines(so_far)[-1]) if so_far else ""}
    begin = b"\n" if so_far and not so_far.endswith(b"\n") else b""  # the last line was cut off
    try:
        handle = os.open(state / RECORD, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(begin + orjson.dumps(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise TryLater(f"{state / RECORD}: {error.strerror}; nothing more was removed") from None
    return line


def _read(state: Path) -> bytes:
    try:
        return (state / RECORD).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise TryLater(f"{state / RECORD}: {error.strerror}") from None


def _lines(record: bytes) -> list[bytes]:
    return record.removesuffix(b"\n").split(b"\n") if record else []


def _step(line: bytes) -> dict[str, Any]:
    """What a line says; nothing where it was cut off."""
    try:
        told = orjson.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seal(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _require_gone(settings: Installation, database: Database | None, company: str, now: datetime) -> None:
    """Raises Usage for what can be no company, Refused while it has a file or a worker."""
    if not company or company.startswith(".") or Path(company).name != company:
        raise Usage(f"{company!r} can be no company")
    if company in {one.id for one in settings.companies}:
        raise Refused(f"{company} has a file, tenants/{company}.toml: hand it over, and take the file away first")
    if any(company in one.companies for one in presence.read(settings.state, now)) or _is_worked_on(settings, company):
        raise Refused(f"{company}: a worker has this company; it lets go within a minute, or stop it")
    if database and database.is_leased(company):
        raise Refused(f"{company}: a worker has this company; take its file away there too, or stop that worker")


def _is_worked_on(settings: Installation, company: str) -> bool:
    folder = settings.folder_of(company)
    if folder.is_symlink():
        raise Refused(f"{folder} is a symbolic link: remove what it leads to by hand")
    if not (folder / "worker.lock").exists():
        return False
    if (handle := lock(folder)) < 0:
        return True
    os.close(handle)
    return False


def _counted_in_file(folder: Path, found: Remains) -> Remains:
    try:
        with closing(TinyStore(folder, wait=1.0)) as store:
            return _counted(store, found)
    except Exception as error:  # it goes all the same: a damaged file can break anything
        return Remains(found.company, files=found.files, bytes=found.bytes, unread=type(error).__name__)


def _counted(store: Store, found: Remains, documents: bool = False) -> Remains:
    with store.unit() as unit:
        return Remains(
            found.company,
            unit.tables.count("cases", "all", "~", "<="),
            len(unit.open_cases()),
            sum(1 for _ in unit.tables.everything()) if documents else 0,
            found.files,
            found.bytes,
            tampering.current_head(unit),
        )


def _remove_folder(folder: Path) -> None:
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
    except OSError as error:
        where = error.filename or folder
        raise TryLater(f"{where}: {error.strerror}; mend that, and type the same again: the rest goes then") from None
