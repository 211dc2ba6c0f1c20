"""The default store: TinyDB on rows, one file per company (F-14)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from mailbot.errors import TryLater
from mailbot.store import copying
from mailbot.store.base import BaseStore
from mailbot.store.registers import JoinedTables
from mailbot.store.rows import Found, RowDB, Rows, Sign
from mailbot.store.unit import KEYS, Unit

#: In a company's folder: what is worked on.
MEMORY_FILE = "store.db"
#: What a register keeps of its file in memory (KB): there are many, and each is asked little.
_CACHE = 256


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

    def by(
        self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1, *, working_only: bool = False
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.db.table(table).by(name, value, sign, limit)  # type: ignore[attr-defined]
        return found

    def found(self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[Found]:
        return self._rows.find(table, name, value, sign, limit)

    def ids(self, table: str, name: str, value: str, sign: Sign = "=") -> list[tuple[str, str]]:
        return self._rows.find_ids(table, name, value, sign)

    def refs(self, name: str, value: str, sign: Sign = "=") -> list[str]:
        return [ref for _, ref in self.ids("cases", name, value, sign)]

    def count(self, table: str, name: str, value: str, sign: Sign = "=") -> int:
        return self._rows.count_by(table, name, value, sign)

    def everything(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield from self._rows.everything()

    def clear(self) -> None:
        self._rows.clear()

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


class _TinyRegisters:
    """The registers of a company, a file for each year beside the working store; without a folder, in memory."""

    def __init__(self, folder: Path | None, wait: float) -> None:
        self._folder, self._wait = folder, wait
        self._open: dict[str, RowDB] = {}

    def name(self, year: str) -> str:
        return year

    def open(self, name: str) -> _TinyTables:
        path = self.path(name)
        if name not in self._open and path and not path.exists():
            raise TryLater(
                f"{path} is gone, with the closed cases of {name}: put it back, or a copy by `mailbot restore`"
            )
        return _TinyTables(self._db(name))

    @contextmanager
    def changing(self, name: str) -> Iterator[_TinyTables]:
        with self.rows(name).transaction():
            yield _TinyTables(self._db(name))

    def rows(self, name: str) -> Rows:
        storage = self._db(name).storage
        assert isinstance(storage, Rows)
        return storage

    def _db(self, name: str) -> RowDB:
        if name not in self._open:
            self._open[name] = RowDB(self.path(name), KEYS, self._wait, storage=Rows)
            self.rows(name).db.execute(f"pragma cache_size=-{_CACHE}")
        return self._open[name]

    def path(self, name: str) -> Path | None:
        return self._folder and self._folder / f"register-{name}.db"

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


class TinyStore(BaseStore):
    """The default store: TinyDB on rows, readable by nobody else: one file per company for what is worked on, and one
    for the closed cases of each year. Without a folder, in memory."""

    def __init__(self, folder: Path | None, wait: float = 30.0) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._worker = folder, -1
        self.db = RowDB(folder and folder / MEMORY_FILE, KEYS, wait, storage=Rows)
        self.rows: Rows = self.db.storage  # type: ignore[assignment]
        self._registers = _TinyRegisters(folder, wait)

    @contextmanager
    def _opened(self) -> Iterator[JoinedTables]:
        with self.rows.transaction():
            yield JoinedTables(_TinyTables(self.db), self._registers)

    def vacuum(self) -> None:
        """Write anew every file in which something was deleted, and empty its log."""
        with self._opened() as tables:
            tables.settle()
            stale = [name for name, is_stale in tables.catalogue.stale.items() if is_stale]
        self.rows.vacuum()
        for name in stale:
            self._registers.rows(name).vacuum()
        if stale:
            with self._opened() as tables:
                tables.clean(stale)

    def copy_to(self, path: Path) -> None:
        """Everything as it is now in one file, which is there and empty. Raises sqlite3.Error."""
        assert self._folder
        with ExitStack() as reading:
            with self._opened() as tables:
                files = [self._registers.path(name) for name in tables.catalogue.readable]
                registers = [reading.enter_context(closing(copying.snapshot(file))) for file in files if file]
                copying.copy_pages(self._folder / MEMORY_FILE, path)
            copying.merge_registers(registers, tables.catalogue.in_transit, path)

    def claim(self) -> bool:
        """Be the only worker of this company, for life; a killed one lets go by itself."""
        if self._folder is None or self._worker >= 0:
            return True
        self._worker = lock(self._folder)
        return self._worker >= 0

    def close(self) -> None:
        """Close the files."""
        self._registers.close()
        self.db.close()
        if self._worker >= 0:
            os.close(self._worker)
            self._worker = -1
