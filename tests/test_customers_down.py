"""A customers' database that does not answer: asked once in a while, and nobody is answered as a stranger meanwhile."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import Desk
from sqlalchemy import create_engine, text

from company import ACCESS, a_raw_mail
from mailbot.accounts import CustomerSource
from mailbot.customers import SqlCustomers
from mailbot.customers.reaching import PAUSE, Patience
from mailbot.errors import NotAsked, TryLater, Unreachable
from mailbot.model import LetterState, MatchState
from mailbot.sql_drivers import WAIT, timeouts
from rig.mariadb import MariaDB
from rig.postgres import Postgres
from rig.real import free_port

QUERY = "select id, email from klanten"
MAILS = 200
KLANTEN = f"""
create table klanten as
  select 1000 + n as id, 'k' || n || '@klant.example' as email from generate_series(0, {MAILS - 1}) n
"""
KLANTEN_IN_MARIADB = f"""
create table klanten as select 1000 + seq as id, concat('k', seq, '@klant.example') as email from seq_0_to_{MAILS - 1}
"""

#: What a database does with each question.
IS_WELL = "create or replace function is_well() returns boolean language plpgsql volatile as $$begin {}; end$$"


class Seconds:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@contextmanager
def nobody_answers() -> Iterator[socket.socket]:
    """A port that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def calls_at(listening: socket.socket) -> int:
    """How many called so far."""
    listening.settimeout(0.2)
    calls = 0
    while True:
        try:
            listening.accept()[0].close()
        except TimeoutError:
            return calls
        calls += 1


def a_database(port: int, seconds: Seconds, query: str = QUERY) -> SqlCustomers:
    return customers_at(f"postgresql+psycopg://mailbot@127.0.0.1:{port}/mailbot", seconds, query)


def customers_at(url: str, seconds: Seconds, query: str = QUERY) -> SqlCustomers:
    return SqlCustomers(CustomerSource("sql", url=lambda: url, query=query), Patience(seconds))


def a_desk(folder: Path, customers: SqlCustomers) -> Desk:
    desk = Desk(folder)
    desk.tenant.__dict__["customers"] = customers
    return desk


def a_backlog(many: int = MAILS) -> list[bytes]:
    return [a_raw_mail(ACCESS, sender=f"k{at}@klant.example", number=at) for at in range(many)]


def test_a_backlog_waits_once_for_a_database_that_never_answers(tmp_path: Path, seconds: Seconds) -> None:
    with nobody_answers() as listening:
        desk = a_desk(tmp_path, a_database(listening.getsockname()[1], seconds))
        began = time.monotonic()
        desk.round(*a_backlog())
        took = time.monotonic() - began
        assert calls_at(listening) == 1
    assert took < WAIT * MAILS / 5  # it was 5 s a mail
    assert {case.match for case in desk.cases()} == {MatchState.UNAVAILABLE}


def test_the_wait_for_a_call_that_is_never_answered_is_bounded(seconds: Seconds) -> None:
    with nobody_answers() as listening:
        customers = a_database(listening.getsockname()[1], seconds)
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"customers\.url"):
            customers.by_address("piet@klant.example")
    assert WAIT - 1 < time.monotonic() - began < WAIT + 3


def test_a_database_that_is_down_is_asked_again_once_the_pause_is_over(seconds: Seconds) -> None:
    customers = a_database(free_port(), seconds)
    with pytest.raises(Unreachable):
        customers.by_address("piet@klant.example")
    for ask in (customers.by_address, customers.by_number, customers.by_iban):
        with pytest.raises(NotAsked, match=r"OperationalError.*not asked again"):
            ask("1001")
    seconds.now += PAUSE
    with pytest.raises(Unreachable):
        customers.by_address("piet@klant.example")


@pytest.mark.parametrize(("kind", "many"), [("postgres", MAILS), ("mariadb", 10)])
def test_everybody_is_looked_up_once_the_database_is_back(
    request: pytest.FixtureRequest,
    kind: str,
    many: int,
    tmp_path: Path,
    seconds: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server: Postgres | MariaDB = request.getfixturevalue(kind)
    url = server.url() if isinstance(server, MariaDB) else server.url.replace("://", "+psycopg://", 1)
    admin = create_engine(url)
    with admin.begin() as connection:
        connection.execute(text(KLANTEN if kind == "postgres" else KLANTEN_IN_MARIADB))
    admin.dispose()
    try:
        desk = a_desk(tmp_path, customers_at(url, seconds))
        with server.down(), caplog.at_level(logging.WARNING):
            desk.round(*a_backlog(many))
        said = [one for one in caplog.messages if "customers not readable" in one]
        assert len(said) == 1
        assert {case.match for case in desk.cases()} == {MatchState.UNAVAILABLE}
        told = {letter.template for letter in desk.letters() if letter.audience == "requester"}
        assert told == {"acknowledgement"}
        seconds.now += PAUSE
        desk.round(hours=1)
        assert {case.match for case in desk.cases()} == {MatchState.KNOWN}
        assert sorted(int(case.customer_id) for case in desk.cases()) == [1000 + at for at in range(many)]
        acknowledged = [one for one in desk.letters(LetterState.SENT) if one.template == "acknowledgement"]
        assert len(acknowledged) == many
    finally:
        with admin.begin() as connection:
            connection.execute(text("drop table klanten"))


def test_a_secret_that_is_slow_to_fail_is_asked_for_once(seconds: Seconds) -> None:
    asked: list[str] = []

    def slow() -> str:
        asked.append("x")
        raise TryLater("x.toml: customers.url: the command took longer than 20 seconds")

    customers = SqlCustomers(CustomerSource("sql", url=slow, query=QUERY), Patience(seconds))
    for _ in range(3):
        with pytest.raises(TryLater, match=r"customers\.url: the command took longer"):
            customers.by_address("piet@klant.example")
    assert asked == ["x"]


def test_what_is_wrong_with_one_question_keeps_no_other_waiting(tmp_path: Path, seconds: Seconds) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table klanten(id integer, email text)"))
        for at in range(600):
            connection.execute(text("insert into klanten values(:id, 'vaak@klant.example')"), {"id": at})
        connection.execute(text("insert into klanten values(1001, 'piet@klant.example')"))
    engine.dispose()
    customers = SqlCustomers(CustomerSource("sql", url=lambda: url, query=QUERY), Patience(seconds))
    with pytest.raises(TryLater, match="hundreds of rows"):
        customers.by_address("vaak@klant.example")
    assert [one.id for one in customers.by_address("piet@klant.example")] == ["1001"]


def test_a_fault_that_the_database_answers_keeps_no_other_question_waiting(
    postgres: Postgres, seconds: Seconds
) -> None:
    admin = create_engine(postgres.url.replace("postgresql://", "postgresql+psycopg://", 1))
    customers = a_database(postgres.port, seconds, f"{QUERY} where is_well()")
    try:
        with admin.begin() as connection:
            connection.execute(text(KLANTEN))
            connection.execute(text(IS_WELL.format("raise exception 'x' using errcode = 'out_of_memory'")))
        with pytest.raises(TryLater, match="OutOfMemory") as told:
            customers.by_address("k1@klant.example")
        assert not isinstance(told.value, Unreachable)
        with admin.begin() as connection:
            connection.execute(text(IS_WELL.format("return true")))
        assert [one.id for one in customers.by_address("k1@klant.example")] == ["1001"]
        with admin.begin() as connection:
            connection.execute(text(IS_WELL.format(f"return pg_sleep({WAIT + 5}) is not null")))
        with pytest.raises(Unreachable, match="QueryCanceled"):
            customers.by_address("k1@klant.example")
    finally:
        with admin.begin() as connection:
            connection.execute(text("drop table klanten; drop function is_well"))
        admin.dispose()


@pytest.mark.parametrize("driver", ["pymysql", "mysqldb"])
def test_the_drivers_of_a_web_shop_wait_for_no_first_word_either(driver: str) -> None:
    assert timeouts(driver, ()) == {"connect_timeout": WAIT, "read_timeout": WAIT, "write_timeout": WAIT}


def test_a_time_that_the_url_names_stays(seconds: Seconds) -> None:
    assert timeouts("psycopg", {"connect_timeout": "2"}) == {}
    assert timeouts("pyodbc", ()) == {}
    assert timeouts("pymysql", (), answer=120) == {"connect_timeout": WAIT, "read_timeout": 120, "write_timeout": 120}
