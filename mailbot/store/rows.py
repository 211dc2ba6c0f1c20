"""TinyDB on SQLite rows: the TinyDB interface, but each change writes only the documents it touched.

TinyDB's own JSON file is rewritten whole at every change, and a full disk or a kill in the middle loses it. Here a
table is a view on rows: a document is read when asked for and written when changed, inside one SQLite transaction
(WAL, synchronous=FULL), so a kill -9 at any moment leaves the last committed state. Documents are found by small keys
beside them, never by a scan. Deleted content is overwritten (secure_delete).
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import orjson
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from mailbot.errors import TryLater
from mailbot.store.wal import set_aside

log = logging.getLogger(__name__)

Keys = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]
Sign = Literal["=", "<=", ">="]
#: The value of the key that a document was found by, its id, and the document.
Found = tuple[str, str, dict[str, Any]]

_SCHEMA = """
create table if not exists docs(tbl text, id text, doc blob not null, primary key(tbl, id)) without rowid;
create table if not exists keys(tbl text, name text, value text, id text, primary key(tbl, name, value, id))
  without rowid;
create index if not exists keys_of on keys(tbl, id);
"""
_PUT = "insert or replace into docs values(?,?,?)"
_KNOWN = "select name, value from keys where tbl=? and id=?"
_FORGET = "delete from keys where tbl=? and name=? and value=? and id=?"
_KNOW = "insert into keys values(?,?,?,?)"


class Rows(Storage):
    """One file of documents and their keys; without a path, one that vanishes. `keys` says how each is found."""

    def __init__(self, path: Path | None, keys: Mapping[str, Keys], wait: float = 30.0) -> None:
        self.path, self.keys = path or ":memory:", keys
        if path:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
            if copy := set_aside(path):
                log.warning("%s: the last records were damaged; the log was set aside as %s", path, copy.name)
        self.db = sqlite3.connect(self.path, isolation_level=None, timeout=wait, check_same_thread=False)
        with self._translated_errors():
            for pragma in ("journal_mode=wal", "synchronous=full", "secure_delete=on", "foreign_keys=off"):
                self.db.execute(f"pragma {pragma}")
            self.db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one writer at a time; a second process waits its turn."""
        with self._translated_errors():
            self.db.execute("begin immediate")
            try:
                yield
                self.db.execute("commit")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("rollback")
                raise

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours: which file, and what to do."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise TryLater(f"{self.path}: {error}. {_cure(error)}") from error

    def get(self, table: str, id: str) -> dict[str, Any] | None:
        """The document, or None."""
        row = self.db.execute("select doc from docs where tbl=? and id=?", (table, id)).fetchone()
        return None if row is None else orjson.loads(row[0])

    def ids(self, table: str) -> Iterator[str]:
        """The ids of a table, in order."""
        for (id,) in self.db.execute("select id from docs where tbl=? order by id", (table,)).fetchall():
            yield id

    def count(self, table: str) -> int:
        """How many documents a table holds."""
        return int(self.db.execute("select count(*) from docs where tbl=?", (table,)).fetchone()[0])

    def find(self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[Found]:
        """Documents whose key `name` is equal to, at most or at least `value`; in the order of the key."""
        sql = f"select value, id, doc from keys join docs using(tbl, id) where tbl=? and name=? and value{sign}?"
        rows = self.db.execute(f"{sql} order by value, id limit ?", (table, name, value, limit))
        return [(value, id, orjson.loads(doc)) for value, id, doc in rows]

    def find_ids(self, table: str, name: str, value: str, sign: Sign = "=") -> list[tuple[str, str]]:
        """The keys and ids of the documents that `find` would give; none is read."""
        sql = f"select value, id from keys where tbl=? and name=? and value{sign}? order by value, id"
        return self.db.execute(sql, (table, name, value)).fetchall()

    def count_by(self, table: str, name: str, value: str, sign: Sign = "=") -> int:
        """How many documents `find` would give."""
        sql = f"select count(*) from keys where tbl=? and name=? and value{sign}?"
        return int(self.db.execute(sql, (table, name, value)).fetchone()[0])

    def put(self, table: str, id: str, doc: Mapping[str, Any]) -> None:
        """Write one document and its keys."""
        self.db.execute(_PUT, (table, id, orjson.dumps(doc)))
        if keys := self.keys.get(table):
            self._find_by(table, id, set(keys(doc)))

    def _find_by(self, table: str, id: str, words: set[tuple[str, str]]) -> None:
        """Keep the keys that stay: a page that does not change need not be written."""
        had = set(self.db.execute(_KNOWN, (table, id)))
        for sql, changed in ((_FORGET, had - words), (_KNOW, words - had)):
            if changed:
                self.db.executemany(sql, [(table, name, value, id) for name, value in changed])

    def drop(self, table: str, id: str) -> None:
        """Remove one document and its keys."""
        self.db.execute("delete from docs where tbl=? and id=?", (table, id))
        self.db.execute("delete from keys where tbl=? and id=?", (table, id))

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The whole content: TinyDB asks for it only to list or drop tables."""
        tables: dict[str, dict[str, Any]] = {}
        for table, id, doc in self.db.execute("select tbl, id, doc from docs"):
            tables.setdefault(table, {})[id] = orjson.loads(doc)
        return tables or None

    def everything(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every document with its table and id, one by one."""
        for table, id, doc in self.db.execute("select tbl, id, doc from docs order by tbl, id"):
            yield table, id, orjson.loads(doc)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the whole content: TinyDB calls it only to drop tables."""
        with self.transaction():
            self.clear()
            for table, docs in data.items():
                for id, doc in docs.items():
                    self.put(table, id, doc)

    def clear(self) -> None:
        """Remove every document and every key."""
        self.db.execute("delete from docs")
        self.db.execute("delete from keys")

    def vacuum(self) -> None:
        """Make sure that what was deleted is gone from every byte of the file and its log (F-05).

        `secure_delete` overwrites a deleted row, but not the copies that were left in the empty middle of a page when
        its rows were moved to make room; writing the file anew does.
        """
        with self._translated_errors():
            self.db.execute("vacuum")
            busy, _, _ = self.db.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise TryLater(f"{self.path}: another mailbot command is reading; its log is emptied the next time")

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()


def _cure(error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "full" in text or "I/O" in text:
        return "Make room on the disk; nothing that was recorded is lost"
    if "locked" in text:
        return "Another mailbot command is writing; try again in a moment"
    if "malformed" in text or "not a database" in text:
        return "The file is damaged: put back a copy made by `mailbot backup`, then run `mailbot check`"
    return "Check the folder and its permissions"


class View(MutableMapping[Any, Any]):
    """What TinyDB's updaters see: the table as a mapping that reads on demand and remembers what changed."""

    def __init__(self, rows: Rows, table: str) -> None:
        self.rows, self.table = rows, table
        self.changed: dict[str, dict[str, Any] | None] = {}
        self.loaded: dict[str, bytes] = {}

    def __getitem__(self, id: Any) -> Any:
        if id not in self.changed:
            if (found := self.rows.get(self.table, str(id))) is None:
                raise KeyError(id)
            self.changed[id], self.loaded[id] = found, orjson.dumps(found)
        if (doc := self.changed[id]) is None:
            raise KeyError(id)
        return doc

    def __setitem__(self, id: Any, doc: Any) -> None:
        self.changed[id] = doc

    def __delitem__(self, id: Any) -> None:
        self.changed[id] = None

    def __iter__(self) -> Iterator[str]:
        return iter([id for id in self.rows.ids(self.table) if self.changed.get(id, True) is not None])

    def __len__(self) -> int:
        return self.rows.count(self.table)

    def commit(self) -> None:
        """Write what changed, and nothing else."""
        for id, doc in self.changed.items():
            if doc is None:
                self.rows.drop(self.table, str(id))
            elif self.loaded.get(id) != orjson.dumps(doc):
                self.rows.put(self.table, str(id), doc)


class RowTable(Table):
    """A TinyDB table over rows. Ids are the documents' own names (a reference, a key), never a counter."""

    document_id_class = str  # type: ignore[assignment]
    default_query_cache_capacity = 0  # another process may have written since

    def _read_table(self) -> Any:
        return View(self._rows, self.name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        view = View(self._rows, self.name)
        updater(view)
        if self._rows.db.in_transaction:
            view.commit()
        else:
            with self._rows.transaction():
                view.commit()

    @property
    def _rows(self) -> Rows:
        assert isinstance(self._storage, Rows)
        return self._storage

    def set(self, id: str, doc: Mapping[str, Any]) -> None:
        """Write the document under its own name, whether it was there or not."""
        if self._rows.db.in_transaction:
            self._rows.put(self.name, id, doc)
        else:
            with self._rows.transaction():
                self._rows.put(self.name, id, doc)

    def by(self, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[dict[str, Any]]:
        """Documents found by a key, in the order of the key; cost does not grow with the table."""
        return [doc for _, _, doc in self._rows.find(self.name, name, value, sign, limit)]


class RowDB(TinyDB):
    """A TinyDB whose tables are rows."""

    table_class = RowTable
