"""Documents and their keys in tables of PostgreSQL, on one connection, inside one transaction.

The rule kept here: no statement names a company; row security says whose rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString

import orjson
import psycopg
from psycopg import sql

from mailbot.store.rows import Found, Sign
from mailbot.store.unit import KEYS

Connection = psycopg.Connection[tuple[Any, ...]]
_SIGNS = {"=": sql.SQL("="), "<=": sql.SQL("<="), ">=": sql.SQL(">=")}


class PostgresTables:
    """Documents and their keys in two tables, on one connection, inside one transaction."""

    def __init__(self, connection: Connection, docs: str, keys: str) -> None:
        self.connection, self._name = connection, docs
        self._tables = {"docs": sql.Identifier(docs), "keys": sql.Identifier(keys)}

    def _sql(self, statement: LiteralString, **more: sql.Composable) -> sql.Composed:
        return sql.SQL(statement).format(**self._tables, **more)

    def get(self, table: str, id: str) -> dict[str, Any] | None:
        statement = self._sql("select doc from {docs} where tbl = %s and id = %s")
        row = self.connection.execute(statement, (table, _text(id))).fetchone()
        return None if row is None else orjson.loads(row[0])

    def put(self, table: str, id: str, doc: Mapping[str, Any]) -> None:
        self.connection.execute(
            self._sql(
                "insert into {docs} (tbl, id, doc) values (%s, %s, %s) "
                "on conflict (tenant, tbl, id) do update set doc = excluded.doc"
            ),
            (table, _text(id), orjson.dumps(doc)),
        )
        if table in KEYS:
            self._find_by(table, _text(id), {(_text(name), _text(value)) for name, value in KEYS[table](doc)})

    def _find_by(self, table: str, id: str, words: set[tuple[str, str]]) -> None:
        """Keep the keys that stay: a case has one for each mail of its thread, and few change at a time."""
        known = self._sql("select name, value from {keys} where tbl = %s and id = %s")
        had = set(self.connection.execute(known, (table, id)))
        forget = self._sql("delete from {keys} where tbl = %s and name = %s and value = %s and id = %s")
        know = self._sql("insert into {keys} (tbl, name, value, id) values (%s, %s, %s, %s)")
        for statement, changed in ((forget, had - words), (know, words - had)):
            if changed:
                with self.connection.cursor() as cursor:
                    cursor.executemany(statement, [(table, name, value, id) for name, value in sorted(changed)])

    def drop(self, table: str, id: str) -> None:
        for statement in (
            "delete from {docs} where tbl = %s and id = %s",
            "delete from {keys} where tbl = %s and id = %s",
        ):
            self.connection.execute(self._sql(statement), (table, _text(id)))

    def found(self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[Found]:
        statement = self._sql(
            "select value, id, doc from {keys} join {docs} using (tenant, tbl, id) "
            "where tbl = %s and name = %s and value {sign} %s order by value, id limit %s",
            sign=_SIGNS[sign],
        )
        parameters = (table, _text(name), _text(value), None if limit < 0 else limit)
        return [(value, id, orjson.loads(doc)) for value, id, doc in self.connection.execute(statement, parameters)]

    def ids(self, table: str, name: str, value: str, sign: Sign = "=") -> list[tuple[str, str]]:
        statement = self._sql(
            "select value, id from {keys} where tbl = %s and name = %s and value {sign} %s order by value, id",
            sign=_SIGNS[sign],
        )
        return [(value, id) for value, id in self.connection.execute(statement, (table, _text(name), _text(value)))]

    def count(self, table: str, name: str, value: str, sign: Sign = "=") -> int:
        statement = self._sql(
            "select count(*) from {keys} where tbl = %s and name = %s and value {sign} %s", sign=_SIGNS[sign]
        )
        row = self.connection.execute(statement, (table, _text(name), _text(value))).fetchone()
        return int(row[0]) if row else 0

    def everything(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        with self.connection.cursor(f"everything in {self._name}") as cursor:
            cursor.execute(self._sql("select tbl, id, doc from {docs} order by tbl, id"))
            for table, id, doc in cursor:
                yield table, id, orjson.loads(doc)

    def clear(self) -> None:
        self.connection.execute(self._sql("delete from {docs}"))
        self.connection.execute(self._sql("delete from {keys}"))


class PostgresRegisters:
    """The registers: two tables beside the working ones for all years, in the same transaction."""

    def __init__(self, connection: Connection) -> None:
        self._tables = PostgresTables(connection, "register_docs", "register_keys")

    def name(self, year: str) -> str:
        return "register" if year else ""

    def open(self, name: str) -> PostgresTables:
        return self._tables

    @contextmanager
    def changing(self, name: str) -> Iterator[PostgresTables]:
        yield self._tables


def _text(value: str) -> str:
    """PostgreSQL's text knows no NUL; the same stand-in is used for writing and for looking up."""
    return value.replace("\0", "\ufffd")
