"""The second store: PostgreSQL, for many workers on several machines (extra `postgres`).

The rules kept here: a company's rows are seen by its own units only, by row security and not by a WHERE; one writer at
a time; a worker that lost its lease can write nothing more, because the lease is looked at inside the unit itself.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.resources import files
from threading import Event, Lock, Thread
from typing import Any, LiteralString
from uuid import uuid4

import orjson
import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool, PoolTimeout

from mailbot.accounts import Secret
from mailbot.errors import ConfigError, Problem, TryLater
from mailbot.store.base import BaseStore
from mailbot.store.registers import JoinedTables
from mailbot.store.rows import Found, Sign
from mailbot.store.unit import KEYS

#: A lease lasts so long without a sign of life (seconds), and is renewed four times in that time.
LEASE = 30.0
#: Connections of one process; a unit takes milliseconds, so few serve many companies.
CONNECTIONS = 8
#: How long a unit waits for its turn, and for a connection (seconds).
PATIENCE = 30

_Connection = psycopg.Connection[tuple[Any, ...]]
_SIGNS = {"=": sql.SQL("="), "<=": sql.SQL("<="), ">=": sql.SQL(">=")}


class Database:
    """One PostgreSQL database for all companies of an installation, opened at first use."""

    def __init__(self, url: Secret, lease: float = LEASE) -> None:
        self._url = url
        self.lease = lease
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.leased: set[str] = set()
        self._lock = Lock()
        self._stopped = Event()
        self._keeper: Thread | None = None

    @cached_property
    def pool(self) -> ConnectionPool[_Connection]:
        """The connections. Raises TryLater when the server does not answer, ConfigError for an unsafe role."""
        pool: ConnectionPool[_Connection] = ConnectionPool(
            self._url(),
            min_size=1,
            max_size=CONNECTIONS,
            timeout=PATIENCE,
            kwargs={"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 10},
            check=ConnectionPool.check_connection,
            open=False,
        )
        pool.open()
        try:
            with translated_errors(), pool.connection() as connection:
                _prepare(connection)
        except BaseException:
            pool.close(timeout=1)
            raise
        return pool

    def store(self, tenant: str) -> PostgresStore:
        """One company's part of it."""
        return PostgresStore(self, tenant)

    def exists(self, tenant: str) -> bool:
        """Whether anything was ever recorded of a company."""
        with self.store(tenant).unit() as unit:
            return next(unit.tables.everything(), None) is not None

    def claim(self, tenant: str) -> bool:
        """Be the only worker of a company until `release`; False while another has it."""
        with translated_errors(), self.pool.connection() as connection:
            row = connection.execute(
                "insert into leases values (%(tenant)s, %(me)s, now() + %(lease)s * interval '1 s') "
                "on conflict (tenant) do update set holder = excluded.holder, until = excluded.until "
                "where leases.holder = excluded.holder or leases.until < now() returning holder",
                {"tenant": tenant, "me": self.holder, "lease": self.lease},
            ).fetchone()
        if row is None:
            return False
        with self._lock:
            self.leased.add(tenant)
            if self._keeper is None:
                self._keeper = Thread(target=self._keep, name="leases", daemon=True)
                self._keeper.start()
        return True

    def release(self, tenant: str) -> None:
        """Let another worker have the company at once."""
        with self._lock:
            if tenant not in self.leased:
                return
            self.leased.discard(tenant)
        with suppress(TryLater), translated_errors(), self.pool.connection() as connection:
            connection.execute("delete from leases where tenant = %s and holder = %s", (tenant, self.holder))

    def _keep(self) -> None:
        """Show signs of life for every company at hand; a lease that runs out is another worker's."""
        while not self._stopped.wait(self.lease / 4):
            with self._lock:
                mine = sorted(self.leased)
            with suppress(TryLater), translated_errors(), self.pool.connection() as connection:
                connection.execute(
                    "update leases set until = now() + %s * interval '1 s' where holder = %s and tenant = any(%s)",
                    (self.lease, self.holder, mine),
                )

    def close(self) -> None:
        """Let go of leases and connections."""
        self._stopped.set()
        for tenant in sorted(self.leased):
            self.release(tenant)
        if "pool" in self.__dict__:
            self.__dict__.pop("pool").close()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the driver's errors into ours, without its texts: they may hold values (F-09)."""
    try:
        yield
    except PoolTimeout:
        cure = "check that PostgreSQL runs and the address under [store]"
        raise TryLater(f"the database does not answer; {cure}") from None
    except psycopg.errors.LockNotAvailable:
        raise TryLater("another mailbot is writing for this company; try again in a moment") from None
    except psycopg.Error as error:
        name = type(error).__name__
        raise TryLater(f"the database failed ({name} {error.sqlstate or ''}); nothing recorded is lost") from None


def _prepare(connection: _Connection) -> None:
    """Make the tables where they are missing. Raises ConfigError for a role that row security does not bind."""
    row = connection.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user").fetchone()
    if row and row[0]:
        cure = "is a role that sees every company's rows; make one that does not: create role mailbot login; "
        raise ConfigError([Problem("mailbot.toml: store.url", cure + "create database mailbot owner mailbot")])
    connection.execute("select pg_advisory_xact_lock(%s)", (_number("schema"),))
    if connection.execute("select to_regclass('register_keys')").fetchone() == ("register_keys",):
        return  # made before, all at once; making it again would wait for units that others are in
    connection.execute(files("mailbot.store").joinpath("schema.sql").read_bytes())


def _number(name: str) -> int:
    """The number under which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(f"mailbot:{name}".encode()).digest()[:8], "big", signed=True)


class LeaseLost(TryLater):
    """Another worker has the company now; what was not committed is its work."""


class PostgresStore(BaseStore):
    """One company's memory in the common database."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database, self.tenant = database, tenant

    @contextmanager
    def _opened(self) -> Iterator[JoinedTables]:
        with translated_errors(), self.database.pool.connection() as connection, connection.transaction():
            self._become_tenant(connection)
            yield JoinedTables(_PostgresTables(connection, "docs", "keys"), _PostgresRegisters(connection))

    def _become_tenant(self, connection: _Connection) -> None:
        """Be this company, alone, and still its worker if it was claimed."""
        connection.execute("select set_config('mailbot.tenant', %s, true)", (self.tenant,))
        connection.execute(f"set local lock_timeout = '{PATIENCE}s'")
        connection.execute("select pg_advisory_xact_lock(%s)", (_number(self.tenant),))
        if self.tenant in self.database.leased:
            mine = "select from leases where tenant = %s and holder = %s and until > now()"
            if connection.execute(mine, (self.tenant, self.database.holder)).fetchone() is None:
                self.database.leased.discard(self.tenant)
                raise LeaseLost(f"{self.tenant}: another worker took over; this one waits for its turn")

    def claim(self) -> bool:
        """Be the only worker of this company; False while another has it."""
        return self.database.claim(self.tenant)

    def vacuum(self) -> None:
        """Let the space of deleted rows be used again. The server's own log ages by the server's settings."""
        self.settle()
        with translated_errors(), self.database.pool.connection() as connection:
            connection.autocommit = True
            try:
                connection.execute("vacuum docs, keys, register_docs, register_keys")
            finally:
                connection.autocommit = False

    def close(self) -> None:
        """Give the company back; the connections are the database's."""
        self.database.release(self.tenant)


class _PostgresTables:
    """Documents and their keys in two tables, on one connection, inside one transaction."""

    def __init__(self, connection: _Connection, docs: str, keys: str) -> None:
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
        self.connection.execute(self._sql("delete from {keys} where tbl = %s and id = %s"), (table, _text(id)))
        found = KEYS[table](doc) if table in KEYS else ()
        rows = {(table, _text(name), _text(value), _text(id)) for name, value in found}
        with self.connection.cursor() as cursor:
            insert = self._sql("insert into {keys} (tbl, name, value, id) values (%s, %s, %s, %s)")
            cursor.executemany(insert, sorted(rows))

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


class _PostgresRegisters:
    """The registers: two tables beside the working ones for all years, in the same transaction."""

    def __init__(self, connection: _Connection) -> None:
        self._tables = _PostgresTables(connection, "register_docs", "register_keys")

    def name(self, year: str) -> str:
        return "register" if year else ""

    def open(self, name: str) -> _PostgresTables:
        return self._tables

    @contextmanager
    def changing(self, name: str) -> Iterator[_PostgresTables]:
        yield self._tables


def _text(value: str) -> str:
    """PostgreSQL's text knows no NUL; the same stand-in is used for writing and for looking up."""
    return value.replace("\0", "\ufffd")
