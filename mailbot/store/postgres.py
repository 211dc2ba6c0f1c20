"""The second store: PostgreSQL, for many workers on several machines (extra `postgres`).

The rules kept here: a company's rows are seen by its own units only, by row security and not by a WHERE; one writer at
a time; a worker that lost its lease can write nothing more, because the lease is looked at inside the unit itself.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.resources import files
from threading import Event, Lock, Thread
from typing import LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool, PoolTimeout

from mailbot.accounts import Secret
from mailbot.errors import ConfigError, Problem, TryLater
from mailbot.store.base import BaseStore
from mailbot.store.postgres_tables import Connection, PostgresRegisters, PostgresTables
from mailbot.store.registers import JoinedTables

#: A lease lasts so long without a sign of life (seconds), and is renewed four times in that time.
LEASE = 30.0
#: Connections of one process; a unit takes milliseconds, so few serve many companies.
CONNECTIONS = 8
#: How long a unit waits for its turn, and for a connection (seconds).
PATIENCE = 30

_TABLES = ("docs", "keys", "register_docs", "register_keys")
_LEASED: LiteralString = "select from leases where tenant = %s and until > now()"


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
    def pool(self) -> ConnectionPool[Connection]:
        """The connections. Raises TryLater when the server does not answer, ConfigError for an unsafe role."""
        pool: ConnectionPool[Connection] = ConnectionPool(
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
            with _translated_errors(), pool.connection() as connection:
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

    def companies(self) -> list[str]:
        """The companies of which there are rows."""
        with _translated_errors(), self.pool.connection() as connection:
            return [tenant for (tenant,) in connection.execute("select tenant from companies order by tenant")]

    def is_leased(self, tenant: str) -> bool:
        """Whether a worker has the company now."""
        with _translated_errors(), self.pool.connection() as connection:
            return connection.execute(_LEASED, (tenant,)).fetchone() is not None

    def remove(self, tenant: str) -> dict[str, int]:
        """Delete every row of a company, all or nothing; how many went from each table. Raises TryLater while a worker
        has it."""
        with _translated_errors(), self.pool.connection() as connection, connection.transaction():
            become_tenant(connection, tenant)
            connection.execute("lock table leases in share row exclusive mode")  # nobody claims it meanwhile
            if connection.execute(_LEASED, (tenant,)).fetchone() is not None:
                raise TryLater(f"{tenant}: a worker has this company; stop it first")
            gone = {
                table: connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table))).rowcount
                for table in _TABLES
            }
            for names in (b"delete from leases where tenant = %s", b"delete from companies where tenant = %s"):
                connection.execute(names, (tenant,))
        return gone

    def claim(self, tenant: str) -> bool:
        """Be the only worker of a company until `release`; False while another has it."""
        with _translated_errors(), self.pool.connection() as connection:
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
        with suppress(TryLater), _translated_errors(), self.pool.connection() as connection:
            connection.execute("delete from leases where tenant = %s and holder = %s", (tenant, self.holder))

    def _keep(self) -> None:
        """Show signs of life for every company at hand; a lease that runs out is another worker's."""
        while not self._stopped.wait(self.lease / 4):
            with self._lock:
                mine = sorted(self.leased)
            with suppress(TryLater), _translated_errors(), self.pool.connection() as connection:
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
def _translated_errors() -> Iterator[None]:
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


def _prepare(connection: Connection) -> None:
    """Make the tables where they are missing. Raises ConfigError for a role that row security does not bind."""
    row = connection.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user").fetchone()
    if row and row[0]:
        cure = "is a role that sees every company's rows; make one that does not: create role mailbot login; "
        raise ConfigError([Problem("mailbot.toml: store.url", cure + "create database mailbot owner mailbot")])
    connection.execute("select pg_advisory_xact_lock(%s)", (_number("schema"),))
    made = connection.execute("select to_regclass('register_keys') is not null, to_regclass('companies') is not null")
    has_tables, has_names = made.fetchone() or (False, False)
    if has_tables and has_names:
        return  # made before, all at once; making it again would wait for units that others are in
    connection.execute(files("mailbot.store").joinpath("schema.sql").read_bytes())
    if has_tables:
        _name_companies(connection)


def _name_companies(connection: Connection) -> None:
    """Of a database from before names were kept: as the owner of the tables, look once over all rows."""
    connection.execute("alter table docs no force row level security")
    connection.execute("insert into companies select distinct tenant from docs on conflict do nothing")
    connection.execute("alter table docs force row level security")


def _number(name: str) -> int:
    """The number under which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(f"mailbot:{name}".encode()).digest()[:8], "big", signed=True)


def become_tenant(connection: Connection, tenant: str) -> None:
    """See and change this company's rows only, and be alone with them, until the transaction ends."""
    connection.execute("select set_config('mailbot.tenant', %s, true)", (tenant,))
    connection.execute(f"set local lock_timeout = '{PATIENCE}s'")
    connection.execute("select pg_advisory_xact_lock(%s)", (_number(tenant),))


def _name(connection: Connection, tenant: str) -> bool:
    """Keep the name of a company that has rows. Whether it has."""
    if connection.execute("select from docs limit 1").fetchone() is None:
        return False
    connection.execute("insert into companies values (%s) on conflict do nothing", (tenant,))
    return True


class LeaseLost(TryLater):
    """Another worker has the company now; what was not committed is its work."""


class PostgresStore(BaseStore):
    """One company's memory in the common database."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database, self.tenant = database, tenant
        self._is_named = False

    @contextmanager
    def _opened(self) -> Iterator[JoinedTables]:
        with _translated_errors(), self.database.pool.connection() as connection, connection.transaction():
            self._become_tenant(connection)
            yield JoinedTables(PostgresTables(connection, "docs", "keys"), PostgresRegisters(connection))
            is_named = self._is_named or _name(connection, self.tenant)
        self._is_named = is_named

    def _become_tenant(self, connection: Connection) -> None:
        """Be this company, alone, and still its worker if it was claimed."""
        become_tenant(connection, self.tenant)
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
        with _translated_errors(), self.database.pool.connection() as connection:
            connection.autocommit = True
            try:
                connection.execute("vacuum docs, keys, register_docs, register_keys")
            finally:
                connection.autocommit = False

    def close(self) -> None:
        """Give the company back; the connections are the database's."""
        self.database.release(self.tenant)
