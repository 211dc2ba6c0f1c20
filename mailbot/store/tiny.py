"""The default store: TinyDB on rows, one file per company (law.md F-14)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mailbot.store import forms
from mailbot.store.rows import RowDB, Rows, Sign
from mailbot.store.unit import KEYS, Unit


class _TinyTables:
    """`Tables` on TinyDB."""

    def __init__(self, db: RowDB) -> None:
        self.db = db

    def get(self, table: str, id: str) -> dict[str, Any] | None:
        return self._rows.get(table, id)

    def put(self, table: str, id: str, doc: Mapping[str, Any]) -> None:
        self.db.table(table).set(id, doc)  # type: ignore[attr-defined]

    def drop(self, table: str, id: str) -> None:
        if self.get(table, id) is not None:
            self.db.table(table).remove(doc_ids=[id])  # type: ignore[list-item]

    def by(self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.db.table(table).by(name, value, sign, limit)  # type: ignore[attr-defined]
        return found

    def count(self, table: str, name: str, value: str, sign: Sign = "=") -> int:
        return self._rows.count_by(table, name, value, sign)

    def everything(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield from self._rows.everything()

    @property
    def _rows(self) -> Rows:
        assert isinstance(self.db.storage, Rows)
        return self.db.storage


def lock(folder: Path) -> int:
    """The lock of a company's worker, held until it is closed; -1 while another has it."""
    handle = os.open(folder / "worker.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return -1
    return handle


@contextmanager
def file_opened(path: Path) -> Iterator[Unit]:
    """A memory's file that lies anywhere, such as a backup, as one unit of work."""
    db = RowDB(path, KEYS, 30.0, storage=Rows)
    try:
        assert isinstance(db.storage, Rows)
        with db.storage.transaction():
            yield Unit(_TinyTables(db))
    finally:
        db.close()


class TinyStore:
    """The default store: TinyDB on rows, one file per company, readable by nobody else. Without a folder, in memory."""

    def __init__(self, folder: Path | None, wait: float = 30.0) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._worker, self._is_current = folder, -1, False
        self.db = RowDB(folder and folder / "store.db", KEYS, wait, storage=Rows)
        self.rows: Rows = self.db.storage  # type: ignore[assignment]
        self._unit = Unit(_TinyTables(self.db))

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One writer at a time; everything or nothing."""
        with self.rows.transaction():
            is_current = self._is_current or forms.bring_up(self._unit)
            yield self._unit
        self._is_current = is_current

    def forget(self) -> None:
        """Empty the write-ahead log."""
        self.rows.forget()

    def claim(self) -> bool:
        """Be the only worker of this company, for life; a killed one lets go by itself."""
        if self._folder is None or self._worker >= 0:
            return True
        self._worker = lock(self._folder)
        return self._worker >= 0

    def close(self) -> None:
        """Close the files."""
        self.db.close()
        if self._worker >= 0:
            os.close(self._worker)
            self._worker = -1
