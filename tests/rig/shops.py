"""A shop's database in several kinds, with the same table of visits in it: what holds for one must hold for all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import create_engine

from company import KNOWN
from rig.mariadb import MariaDB
from rig.postgres import Postgres

_ROWS = (
    f"insert into visits values('2026-02-01 19:14:00', '{KNOWN}', 12.50, 0, 'één', null)",
    f"insert into visits values('2026-02-02 07:00:00', '{KNOWN}', -3, 0, '[1,2]', 'Žluťoučký kůň 😀')",
    "insert into visits values('2026-02-03 07:00:00', 'ander@mail.test', 1, 0, null, 'geheim')",
    "insert into visits values('2026-02-03 07:00:00', '', 1, 0, null, 'van niemand')",
)
_COLUMNS = "moment {}, email varchar(100), amount numeric(9,2), tax numeric(26,8), tags text, note text"


@dataclass(frozen=True)
class Shop:
    """One of them: what its administrator types to make it, and what is said otherwise in its kind."""

    server: Postgres | MariaDB
    address: str  # in SQLAlchemy's form, with {user} in it
    made: tuple[str, ...]
    gone: tuple[str, ...]  # what takes all of that away
    granted: str  # what lets `reader`, who may only read, do anything
    changes: tuple[str, ...]  # queries that read and change
    waits: str  # a query that takes a minute
    lines: str  # how many lines `reader` has open

    def url(self, user: str = "reader") -> str:
        """What a company would type."""
        return self.address.format(user=user)

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Carry out each as the administrator; the rows of the last."""
        who = "admin" if isinstance(self.server, Postgres) else "root"
        engine = create_engine(self.url(who), execution_options={"no_parameters": True})
        try:
            with engine.begin() as line:
                for statement in statements:
                    found = line.exec_driver_sql(statement)
                return [tuple(row) for row in found] if found.returns_rows else []
        finally:
            engine.dispose()


def in_postgres(server: Postgres) -> Shop:
    """A shop in PostgreSQL."""
    return Shop(
        server,
        server.url.replace("postgresql://mailbot@", "postgresql+psycopg://{user}@"),
        made=(
            f"create table visits({_COLUMNS.format('timestamp')})",
            *_ROWS,
            "create role reader login",
            "grant select on visits to reader",
        ),
        gone=("drop owned by reader", "drop table visits", "drop role reader"),
        granted="grant all on visits to reader",
        changes=(
            "with gone as (delete from visits where email = :email returning *) select * from gone",
            "with kept as (insert into visits(email) values(:email) returning *) select * from kept",
        ),
        waits="select pg_sleep(60), :email as email",
        lines="select count(*) from pg_stat_activity where usename = 'reader'",
    )


def in_mariadb(server: MariaDB) -> Shop:
    """A shop in MariaDB."""
    return Shop(
        server,
        server.url("{user}"),
        made=(
            f"create table visits({_COLUMNS.format('datetime')})",
            *_ROWS,
            "create function emptied() returns int modifies sql data begin delete from visits; return 1; end",
            "create user reader@'%'",
            "grant select, execute on shop.* to reader@'%'",
        ),
        gone=("drop user reader@'%'", "drop table visits", "drop function emptied"),
        granted="grant all on *.* to reader@'%'",
        changes=(
            "select emptied() from visits where email = :email",
            "with his as (select :email as email) delete from visits where email in (select email from his)",
            "select * from visits where email = :email for update",
            "select :email as email; delete from visits",
            "select note from visits where email = :email\ninto outfile '/tmp/no-file-of-ours'",
        ),
        waits="select sleep(60), :email as email",
        lines="select count(*) from information_schema.processlist where user = 'reader'",
    )
