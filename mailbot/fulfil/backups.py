"""Copies of a company's memory, and forgetting in them too.

The rule kept here: a backup is a whole, consistent file that only its owner can read; who is forgotten in the memory is
forgotten in every backup that lies beside it, or the promise of the policy would hold for one file only (law.md F-08).
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from mailbot.app import Tenant
from mailbot.errors import TryLater

FOLDER, KEEP = "backups", 14
_OLD_LOGS = "store.db-wal.damaged-*"


def back_up(tenant: Tenant, now: datetime) -> Path:
    """Write a copy of the memory as it is now; the oldest of more than KEEP copies go. Raises TryLater."""
    folder = tenant.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"store-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    if path.exists():
        return path
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    source = sqlite3.connect(f"file:{tenant.folder / 'store.db'}?mode=ro", uri=True, timeout=30)
    target = sqlite3.connect(path)
    try:
        source.backup(target)
    except sqlite3.Error as error:
        path.unlink(missing_ok=True)
        raise TryLater(f"{path}: {error}. Make room and try again") from error
    finally:
        source.close()
        target.close()
    for old in _copies(tenant.folder)[:-KEEP]:
        old.unlink()
    return path


def _copies(company: Path) -> list[Path]:
    return sorted((company / FOLDER).glob("store-*.db"))


def forget(tenant: Tenant, refs: list[str]) -> None:
    """Take these cases out of every backup: there they are simply gone, for the memory itself has what remains."""
    for path in _copies(tenant.folder):
        line = sqlite3.connect(path, timeout=30)
        try:
            line.execute("pragma secure_delete=on")
            line.execute("pragma journal_mode=delete")
            with line:
                for ref in refs:
                    _take_out(line, ref)
            line.execute("vacuum")
        except sqlite3.Error as error:
            raise TryLater(f"{path}: {error}. Remove this backup by hand: it still knows who was forgotten") from error
        finally:
            line.close()


def _take_out(line: sqlite3.Connection, ref: str) -> None:
    """Every document of a case and the keys to it."""
    found = line.execute(
        "select tbl, id from docs where (tbl='cases' and id=?) or (tbl='history' and id like ? || ':%')"
        " or (tbl='notes' and id in ('key:' || ?, 'seq:' || ?))"
        " or (tbl in ('letters', 'calls', 'seen', 'errands') and json_extract(cast(doc as text), '$.ref')=?)",
        (ref, ref, ref, ref, ref),
    ).fetchall()
    for table, id in found:
        line.execute("delete from docs where tbl=? and id=?", (table, id))
        line.execute("delete from keys where tbl=? and id=?", (table, id))


def drop_damaged(company: Path) -> None:
    """A damaged log that was set aside still holds old records: it goes when somebody is forgotten."""
    for path in company.glob(_OLD_LOGS):
        path.unlink()
