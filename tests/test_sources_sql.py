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

import pytest
from test_copy import a_desk, copied, opened

from company import KNOWN
from mailbot.accounts import RecordSource
from mailbot.errors import TryLater
from mailbot.sources import Person, Records, read, sql_rows
from mailbot.sql_drivers import WAIT
from rig.postgres import Postgres
from rig.real import until
from rig.shops import Shop, in_mariadb, in_postgres

HIS = "select moment, amount, tax, tags, note from visits where email = :email order by moment"


@pytest.fixture(params=["postgres", "mariadb"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """The same shop in each kind of database."""
    server = request.getfixturevalue(request.param)
    shop = in_postgres(server) if isinstance(server, Postgres) else in_mariadb(server)
    shop.execute(*shop.made)
    yield shop
    shop.execute(*shop.gone)


def nobody_is_left(shop: Shop) -> None:
    """A server ends a connection a moment after its other end has hung up."""
    until(lambda: shop.execute(shop.lines) == [(0,)], what="the end of the last connection")


def source(shop: Shop, query: str = HIS, user: str = "reader") -> RecordSource:
    return RecordSource("Bezoeken", "Bezoekgegevens", "Server", "sql", url=lambda: shop.url(user), query=query)


def found(shop: Shop, query: str = HIS, user: str = "reader") -> Records:
    return read(source(shop, query, user), Person((KNOWN,), "1001"))


def count(shop: Shop) -> object:
    return shop.execute("select count(*) from visits")[0][0]


def test_a_person_s_rows_become_text_that_people_and_machines_read(shop: Shop) -> None:
    records = found(shop)
    assert records.headings == ("moment", "amount", "tax", "tags", "note")
    assert records.rows == (
        ("2026-02-01 19:14:00", "12.50", "0.00000000", "één", ""),
        ("2026-02-02 07:00:00", "-3.00", "0.00000000", "[1,2]", "Žluťoučký kůň 😀"),
    )


def test_every_type_of_postgresql_becomes_text(postgres: Postgres) -> None:
    given = "'2026-02-01 20:14+01'::timestamptz at time zone 'UTC' as moment, '192.0.2.7'::inet as ip, true as agreed"
    more = "'{\"taal\": \"één\"}'::jsonb as tags, '\\x00ff'::bytea as picture, '\\x74656b7374'::bytea as words"
    records = found(in_postgres(postgres), f"select {given}, {more} where :email <> ''", user="admin")
    assert records.rows == (("2026-02-01 19:14:00", "192.0.2.7", "True", '{"taal":"één"}', "00ff", "tekst"),)


def test_a_value_that_looks_like_sql_is_a_value(shop: Shop) -> None:
    asked = Person(("' or 1=1 --", "\\' or 1=1 -- ", '" or ""="', "%"), "'; drop table visits; --")
    assert read(source(shop), asked).rows == ()
    assert count(shop) == 4


def test_who_has_no_known_address_and_no_number_is_not_taken_for_all_who_have_none(shop: Shop) -> None:
    assert read(source(shop), Person((), "")).rows == ()
    by_number = "select note from visits where note = 'van niemand' and (amount - 1) = cast(:customer_id as decimal)"
    assert [len(read(source(shop, by_number), Person((KNOWN,), number)).rows) for number in ("", "0", " ")] == [0, 0, 0]


def test_a_query_that_reads_and_changes_is_stopped_even_where_the_login_may_change(shop: Shop) -> None:
    shop.execute(shop.granted)
    for query in shop.changes:
        with pytest.raises(TryLater, match=r"the query failed|write no file"):
            found(shop, query)
    assert count(shop) == 4


def test_a_query_that_takes_too_long_is_given_up_by_the_server_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_rows, "LONGEST", 1)
    with pytest.raises(TryLater, match="the query failed"):
        found(shop, shop.waits)
    nobody_is_left(shop)


@pytest.mark.parametrize("query", ["select * from nowhere where e = :email", "select from visits where e = :email"])
def test_trouble_is_told_without_the_person(shop: Shop, query: str) -> None:
    with pytest.raises(TryLater) as told:
        found(shop, query)
    assert KNOWN not in str(told.value)
    assert "Bezoeken" in str(told.value)


def test_who_may_not_look_gets_nothing_and_a_server_that_is_away_is_for_later(shop: Shop) -> None:
    with pytest.raises(TryLater):
        found(shop, user="nobody")
    away = replace(source(shop), url=lambda: shop.url().replace(str(shop.server.port), "1"))
    with pytest.raises(TryLater, match="the query failed"):
        read(away, Person((KNOWN,)))


def test_a_server_that_takes_the_call_and_says_nothing_is_given_up(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        silent = shop.url().replace(str(shop.server.port), str(listening.getsockname()[1]))
        at_last = Timer(4 * WAIT, listening.close)
        at_last.start()
        began = time.monotonic()
        with pytest.raises(TryLater, match="the query failed"):
            read(replace(source(shop), url=lambda: silent), Person((KNOWN,)))
        at_last.cancel()
    assert time.monotonic() - began < 2 * WAIT


def test_a_driver_that_is_not_installed_is_named() -> None:
    other = RecordSource("Bezoeken", "", "", "sql", url=lambda: "mysql://reader@127.0.0.1/shop", query=HIS)
    with pytest.raises(TryLater, match=r"MySQLdb is not installed.*write mysql\+pymysql"):
        read(other, Person((KNOWN,)))


def test_no_connection_stays_open(shop: Shop) -> None:
    found(shop)
    nobody_is_left(shop)


def test_a_copy_takes_its_rows_from_the_database(shop: Shop, tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.tenant.company = replace(desk.tenant.company, sources=(source(shop),))
    package = opened(copied(desk))
    rows = list(csv.reader(io.StringIO(package["csv/bezoeken.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [row[-1] for row in rows] == ["note", "", "Žluťoučký kůň 😀"]
    assert b"geheim" not in b"".join(package.values())
