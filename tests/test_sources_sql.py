"""A person's rows from a real database: his alone, every type as text, and nothing changed by asking."""

from __future__ import annotations

import csv
import io
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import psycopg
import pytest
from test_copy import a_desk, copied, opened

from company import KNOWN
from mailbot.accounts import RecordSource
from mailbot.errors import TryLater
from mailbot.sources import Person, Records, read, sql_rows
from mailbot.sql_drivers import WAIT
from rig.postgres import Postgres

TABLES = f"""
create table visits(moment timestamptz, email text, ip inet, amount numeric(9,2), agreed boolean, tags jsonb,
  picture bytea, note text);
insert into visits values('2026-02-01 20:14+01', '{KNOWN}', '192.0.2.7', 12.50, true, '{{"taal": "één"}}',
  '\\x00ff', null);
insert into visits values('2026-02-02 08:00+01', '{KNOWN}', '192.0.2.8', -3, false, '[1, 2]', 'tekst', 'Žluťoučký kůň');
insert into visits values('2026-02-03 08:00+01', 'ander@mail.test', '192.0.2.9', 1, true, null, null, 'geheim');
create role reader login;
grant select on visits to reader;
"""
QUERY = "select moment at time zone 'UTC' as moment, ip, amount, agreed, tags, picture, note from visits where {0}"
HIS = QUERY.format("email = :email order by moment")


@pytest.fixture
def shop(postgres: Postgres) -> Iterator[Postgres]:
    with psycopg.connect(postgres.admin, autocommit=True) as admin:
        admin.execute("drop table if exists visits")
        admin.execute("drop role if exists reader")
        for statement in TABLES.split(";\n"):
            admin.execute(statement)  # type: ignore[arg-type]
        yield postgres
        admin.execute("drop owned by reader")
        admin.execute("drop table visits")
        admin.execute("drop role reader")


def source(shop: Postgres, query: str = HIS, user: str = "reader") -> RecordSource:
    url = shop.url.replace("postgresql://mailbot@", f"postgresql+psycopg://{user}@")
    return RecordSource("Bezoeken", "Bezoekgegevens", "Server", "sql", url=lambda: url, query=query)


def found(shop: Postgres, query: str = HIS, user: str = "reader") -> Records:
    return read(source(shop, query, user), Person((KNOWN,), "1001"))


def count(shop: Postgres) -> int:
    with psycopg.connect(shop.admin) as admin:
        row = admin.execute("select count(*) from visits").fetchone()
    assert row
    return int(row[0])


def test_every_type_of_a_database_becomes_text_that_people_and_machines_read(shop: Postgres) -> None:
    records = found(shop)
    assert records.headings == ("moment", "ip", "amount", "agreed", "tags", "picture", "note")
    assert records.rows == (
        ("2026-02-01 19:14:00", "192.0.2.7", "12.50", "True", '{"taal":"één"}', "00ff", ""),
        ("2026-02-02 07:00:00", "192.0.2.8", "-3.00", "False", "[1,2]", "tekst", "Žluťoučký kůň"),
    )


def test_a_value_that_looks_like_sql_is_a_value(shop: Postgres) -> None:
    asked = Person(("' or 1=1 --",), "'; drop table visits; --")
    assert read(source(shop), asked).rows == ()
    assert count(shop) == 3


@pytest.mark.parametrize(
    "query",
    [
        "with gone as (delete from visits where email = :email returning *) select * from gone",
        "with kept as (insert into visits(email) values(:email) returning *) select * from kept",
    ],
)
def test_a_query_that_reads_and_changes_is_stopped_even_where_the_login_may_change(shop: Postgres, query: str) -> None:
    with psycopg.connect(shop.admin, autocommit=True) as admin:
        admin.execute("grant all on visits to reader")
    with pytest.raises(TryLater, match="the query failed"):
        found(shop, query)
    assert count(shop) == 3


def test_a_query_that_takes_too_long_is_given_up(shop: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_rows, "LONGEST", 1)
    with pytest.raises(TryLater, match="the query failed"):
        found(shop, "select pg_sleep(60), :email as email")


@pytest.mark.parametrize("query", ["select * from nowhere where e = :email", QUERY.format("ip = :email")])
def test_trouble_is_told_without_the_person(shop: Postgres, query: str) -> None:
    with pytest.raises(TryLater) as told:
        found(shop, query)
    assert KNOWN not in str(told.value)
    assert "Bezoeken" in str(told.value)


def test_who_may_not_look_gets_nothing_and_a_server_that_is_away_is_for_later(shop: Postgres) -> None:
    with pytest.raises(TryLater):
        found(shop, user="nobody")
    away = replace(source(shop), url=lambda: "postgresql+psycopg://reader@127.0.0.1:1/shop")
    with pytest.raises(TryLater, match="the query failed"):
        read(away, Person((KNOWN,)))


def test_a_server_that_takes_the_call_and_says_nothing_is_given_up(shop: Postgres) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        silent = f"postgresql+psycopg://reader@127.0.0.1:{listening.getsockname()[1]}/shop"
        at_last = Timer(4 * WAIT, listening.close)
        at_last.start()
        began = time.monotonic()
        with pytest.raises(TryLater, match="the query failed"):
            read(replace(source(shop), url=lambda: silent), Person((KNOWN,)))
        at_last.cancel()
    assert time.monotonic() - began < 2 * WAIT


def test_a_driver_that_is_not_installed_is_named(shop: Postgres) -> None:
    other = replace(source(shop), url=lambda: "mysql+pymysql://reader@127.0.0.1/shop")
    with pytest.raises(TryLater, match="pymysql is not installed"):
        read(other, Person((KNOWN,)))


def test_no_connection_stays_open(shop: Postgres) -> None:
    found(shop)
    with psycopg.connect(shop.admin) as admin:
        row = admin.execute("select count(*) from pg_stat_activity where usename = 'reader'").fetchone()
    assert row == (0,)


def test_a_copy_takes_its_rows_from_the_database(shop: Postgres, tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.tenant.company = replace(desk.tenant.company, sources=(source(shop),))
    package = opened(copied(desk))
    rows = list(csv.reader(io.StringIO(package["csv/bezoeken.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [row[-1] for row in rows] == ["note", "", "Žluťoučký kůň"]
    assert b"geheim" not in b"".join(package.values())
