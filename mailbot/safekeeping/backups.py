"""Copies of a company's memory, and forgetting in them too.

The rule kept here: a backup is a whole, consistent file that only its owner can read; who is forgotten in the memory is
forgotten in every backup that lies beside it, or the promise of the policy would hold for one file only (F-08).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from mailbot.app import Tenant
from mailbot.errors import Refused, TryLater
from mailbot.memory import histories, rules, rules_version
from mailbot.model import Case, Status
from mailbot.store import MEMORY_FILE, Store, TinyStore, Unit, file_opened, migrations
from mailbot.store.catalogue import CATALOGUE
from mailbot.store.copying import copy_pages

FOLDER, KEEP = "backups", 14
_OLD_LOGS = "*.db-wal.damaged-*"


def back_up(tenant: Tenant, now: datetime) -> Path:
    """Write a copy of the memory as it is now, while a worker works on, and prove it; the oldest of more than KEEP go.

    It is a file of the default store, whichever store the company has. Raises TryLater, or Refused when the copy's
    histories do not hold: then the memory itself is not in order.
    """
    path = path_for(tenant, now)
    if path.exists():
        return path
    fresh = path.with_name(f".{path.name}")  # a stop before it is proved leaves no backup
    copy(tenant, fresh)
    try:
        prove(fresh, tenant.id)
    except Refused as fault:
        fresh.unlink(missing_ok=True)
        raise Refused(f"{tenant.id}: the memory is not in order, older backups stay as they are: {fault}") from None
    fresh.rename(path)
    for old in copies(tenant.folder)[:-KEEP]:
        old.unlink()
    return path


def path_for(tenant: Tenant, now: datetime) -> Path:
    """Where the backup of this moment lies."""
    folder = tenant.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"store-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"


def copy(tenant: Tenant, path: Path) -> None:
    """The memory as it is at one moment, in a new file for the owner only. Raises TryLater, leaving no half copy."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        if tenant.database:
            _copy_rows(tenant.store, path)
        elif registers(tenant.folder):
            with closing(TinyStore(tenant.folder)) as store:
                store.copy_to(path)
        else:
            copy_pages(tenant.folder / MEMORY_FILE, path)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise TryLater(f"{path}: {error}. Make room and try again") from error
        raise


def _copy_rows(memory: Store, path: Path) -> None:
    with memory.unit() as old, file_opened(path) as new:
        for table, id, doc in old.tables.everything():
            new.tables.put(table, id, doc)


def prove(path: Path, tenant: str) -> int:
    """Read a copy whole and fold its histories; how many cases it holds. Raises Refused with the first fault."""
    if not _is_whole(path):
        raise Refused(f"{path.name} is damaged, or no backup at all")
    if years := _years(path):
        raise Refused(f"{path.name} lacks the closed cases of {', '.join(years)}: use a copy made by `mailbot backup`")
    with file_opened(path) as unit:
        if not rules.is_current(unit):
            migrations.migrate(unit)
            rules_version.refold(unit)
        cases = list(unit.all_cases())
        if other := next((case.tenant for case in cases if case.tenant != tenant), ""):
            raise Refused(f"{path.name} is the memory of {other}")
        for ref, fault in histories.faults(unit):
            raise Refused(f"{path.name}: {ref}: {fault}")
    return len(cases)


def _is_whole(path: Path) -> bool:
    """Whether SQLite finds a memory in the file, every page of it in order."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    except sqlite3.Error:
        return False
    try:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type='table'")}
        return {"docs", "keys"} <= tables and connection.execute("pragma integrity_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def registers(company: Path) -> list[Path]:
    """The files with a company's closed cases, oldest year first."""
    return sorted(company.glob("register-*.db"))


def is_complete(company: Path) -> bool:
    """Whether all files of a memory are there and whole."""
    memory = company / MEMORY_FILE
    if not all(map(_is_whole, [memory, *registers(company)])):
        return False
    return all((company / f"register-{year}.db").exists() for year in _years(memory))


def _years(memory: Path) -> list[str]:
    """The registers that a file says lie beside it."""
    connection = sqlite3.connect(f"file:{memory}?mode=ro", uri=True, timeout=30)
    with closing(connection):
        rows = connection.execute("select id from docs where tbl = ? order by id", (CATALOGUE,))
        return [id for (id,) in rows if id.isdigit()]


def copies(company: Path) -> list[Path]:
    """The backups of a company, oldest first."""
    return sorted((company / FOLDER).glob("store-*.db"))


def forget(path: Path, refs: list[str], wipe: Callable[[Unit, Case], None]) -> None:
    """Forget these cases in a backup as in the memory itself, and leave no byte of them in its file."""
    try:
        broken = _wipe(path, refs, wipe)
        connection = sqlite3.connect(path, timeout=30)
        try:
            connection.execute("pragma secure_delete=on")
            connection.execute("pragma journal_mode=delete")
            with connection:
                for ref in broken:
                    _delete_case(connection, ref)
            connection.execute("vacuum")
        finally:
            connection.close()
    except (sqlite3.Error, TryLater) as error:
        raise TryLater(f"{path}: {error}. Remove this backup by hand: it still knows who was forgotten") from error


def _wipe(path: Path, refs: list[str], wipe: Callable[[Unit, Case], None]) -> list[str]:
    """Returns the cases that cannot be read as such: of those everything goes."""
    broken = []
    with file_opened(path) as unit:
        migrations.migrate(unit)
        for ref in refs:
            try:
                case = unit.case(ref)
                if case and case.status is not Status.ANONYMISED:
                    wipe(unit, case)
            except (ValueError, KeyError, TypeError):
                broken.append(ref)
    return broken


def _delete_case(connection: sqlite3.Connection, ref: str) -> None:
    """Every document of a case and the keys to it."""
    found = connection.execute(
        "select tbl, id from docs where (tbl='cases' and id=?) or (tbl='history' and id like ? || ':%')"
        " or (tbl='notes' and id in ('key:' || ?, 'seq:' || ?))"
        " or (tbl in ('letters', 'calls', 'seen', 'errands') and json_extract(cast(doc as text), '$.ref')=?)",
        (ref, ref, ref, ref, ref),
    ).fetchall()
    for table, id in found:
        connection.execute("delete from docs where tbl=? and id=?", (table, id))
        connection.execute("delete from keys where tbl=? and id=?", (table, id))


def drop_damaged(company: Path) -> None:
    """A damaged log that was set aside, and a copy that was never proved, still hold old records: they go when somebody
    is forgotten."""
    for path in (*company.glob(_OLD_LOGS), *(company / FOLDER).glob(".store-*")):
        path.unlink(missing_ok=True)
