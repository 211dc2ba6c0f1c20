"""PostgreSQL keeps the contract of a store; row security keeps companies apart, leases keep workers apart."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from store_contract import StoreContract, a_case

from company import (
    ACCESS,
    BOX,
    CONTACT,
    DEPUTY,
    KNOWN,
    ORDER,
    START,
    Clock,
    Sorter,
    a_company,
    a_raw_mail,
    letters,
    shipped_letters,
)
from mailbot import worker
from mailbot.app import Tenant
from mailbot.demo.servers import MailServers
from mailbot.errors import ConfigError, TryLater
from mailbot.incoming import backlog
from mailbot.model import LetterState
from mailbot.parse import parse
from mailbot.store import Store
from mailbot.store.postgres import Database, LeaseLost, PostgresStore
from rig.postgres import Postgres
from rig.real import until

pytestmark = pytest.mark.real


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with closing(Database(lambda: postgres.url)) as database:
        yield database


@pytest.fixture
def other(postgres: Postgres) -> Iterator[Database]:
    """The same database, as another worker sees it."""
    with closing(Database(lambda: postgres.url)) as database:
        yield database


class TestPostgresStore(StoreContract):
    """The second store."""

    @pytest.fixture
    def store(self, database: Database) -> Store:
        return database.store("kaviaarshop")


def test_a_key_that_stays_is_not_written_again(database: Database, postgres: Postgres) -> None:
    """A case has one for each mail of its thread."""

    def versions() -> dict[str, str]:
        with psycopg.connect(postgres.url) as connection:
            connection.execute("set mailbot.tenant = 'kaviaarshop'")
            rows = connection.execute("select value, xmin::text from keys where name = 'message'").fetchall()
        return dict(rows)

    store = database.store("kaviaarshop")
    with store.unit() as unit:
        unit.put_case(a_case(thread=("<a@x>", "<b@x>")))
    before = versions()
    with store.unit() as unit:
        unit.put_case(a_case(thread=("<a@x>", "<c@x>")))
    after = versions()
    assert (sorted(after), after["<a@x>"]) == (["<a@x>", "<c@x>"], before["<a@x>"])


# --- companies are apart -------------------------------------------------------------------------


def test_a_company_sees_and_changes_its_own_rows_only(database: Database) -> None:
    with database.store("kaviaarshop").unit() as unit:
        unit.put_case(a_case(assignee="Els"))
    with database.store("kraaft").unit() as unit:
        assert unit.case("AVG-2026-0001") is None
        assert unit.all_cases() == []
        unit.put_case(a_case(assignee="Bas"))
        unit.tables.drop("cases", "AVG-2026-0001")
    with database.store("kaviaarshop").unit() as unit:
        assert [case.assignee for case in unit.all_cases()] == ["Els"]


def test_a_statement_without_a_where_still_meets_one_company_only(database: Database, postgres: Postgres) -> None:
    for tenant in ("kaviaarshop", "kraaft"):
        with database.store(tenant).unit() as unit:
            unit.put_case(a_case())
    with psycopg.connect(postgres.url) as connection:
        connection.execute("set mailbot.tenant = 'kraaft'")
        assert connection.execute("select tenant from docs").fetchall() == [("kraaft",)]
        connection.execute("delete from docs")
    with database.store("kaviaarshop").unit() as unit:
        assert len(unit.all_cases()) == 1


def test_a_row_cannot_be_written_into_another_company(database: Database, postgres: Postgres) -> None:
    assert not database.exists("kraaft")
    with psycopg.connect(postgres.url) as connection:
        connection.execute("set mailbot.tenant = 'kraaft'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into docs (tenant, tbl, id, doc) values ('kaviaarshop', 'notes', 'x', '')")


def test_a_role_that_sees_everything_is_refused_with_the_cure(postgres: Postgres) -> None:
    with closing(Database(lambda: postgres.admin)) as database, pytest.raises(ConfigError, match="create role"):
        database.exists("kraaft")


# --- one worker a company ------------------------------------------------------------------------


def test_two_workers_do_not_have_the_same_company(database: Database, other: Database) -> None:
    assert database.claim("kraaft")
    assert not other.claim("kraaft")
    assert other.claim("kaviaarshop")


def test_a_company_that_was_given_back_is_free_at_once(database: Database, other: Database) -> None:
    assert database.claim("kraaft")
    database.release("kraaft")
    assert other.claim("kraaft")


def test_a_worker_that_lost_its_lease_writes_nothing_more(database: Database, other: Database) -> None:
    store = database.store("kraaft")
    assert store.claim()
    with store.unit() as unit:
        unit.put_note("mine", "1")
    with other.pool.connection() as connection:  # time passes without a sign of life
        connection.execute("update leases set until = now() - interval '1 s'")
    assert other.claim("kraaft")
    with pytest.raises(LeaseLost), store.unit() as unit:
        unit.put_note("mine", "2")
    with other.store("kraaft").unit() as unit:
        assert unit.note("mine") == "1"


def test_signs_of_life_keep_a_lease(database: Database, other: Database) -> None:
    database.lease = 2
    assert database.claim("kraaft")
    with other.pool.connection() as connection:
        before = connection.execute("select until from leases").fetchone()
    until(lambda: _until(other) > before, what="a renewed lease")
    assert not other.claim("kraaft")


def _until(database: Database) -> object:
    with database.pool.connection() as connection:
        return connection.execute("select until from leases").fetchone()


_WORKER = """
from mailbot.store import postgres
database = postgres.Database(lambda: {url!r}, lease=3)
print(database.claim("kraaft"), flush=True)
import time; time.sleep(60)
"""


def test_the_company_of_a_killed_worker_is_taken_over(postgres: Postgres, other: Database) -> None:
    command = [sys.executable, "-c", _WORKER.format(url=postgres.url)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "True\n"
        assert not other.claim("kraaft")
        os.kill(killed.pid, signal.SIGKILL)
    until(lambda: other.claim("kraaft"), what="the takeover")


# --- trouble -------------------------------------------------------------------------------------


def _write_notes(url: str, name: str) -> None:
    with closing(Database(lambda: url)) as database:
        for number in range(50):
            with database.store("kraaft").unit() as unit:
                unit.put_note("count", str(int(unit.note("count") or 0) + 1))
                unit.put_note(f"{name}{number}", "x")


def test_two_processes_write_at_the_same_time_and_lose_nothing(postgres: Postgres, database: Database) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_notes, args=(postgres.url, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    with database.store("kraaft").unit() as unit:
        assert unit.note("count") == "100"


def test_a_server_that_was_restarted_is_found_again(postgres: Postgres, database: Database) -> None:
    store = database.store("kraaft")
    with store.unit() as unit:
        unit.put_note("a", "b")
    postgres.restart()
    with store.unit() as unit:
        assert unit.note("a") == "b"


def test_a_line_that_is_cut_inside_a_unit_leaves_nothing_behind(postgres: Postgres, database: Database) -> None:
    store = database.store("kraaft")
    with pytest.raises(TryLater, match="nothing recorded is lost"), store.unit() as unit:
        unit.put_note("a", "b")
        with psycopg.connect(postgres.admin, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'mailbot'")
        unit.put_note("c", "d")
    with store.unit() as unit:
        assert unit.note("a") is None


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([BOX, KNOWN, CONTACT, DEPUTY]) as servers:
        yield servers


@contextmanager
def cutting(postgres: Postgres, monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[None]:
    """The line to the database is cut inside this unit of work."""
    opened, begun = PostgresStore._opened, list[bool]()

    @contextmanager
    def counted(self: PostgresStore) -> Iterator[Any]:
        begun.append(True)
        is_it = len(begun) == at
        with opened(self) as tables:
            yield tables
            if is_it:
                with psycopg.connect(postgres.admin, autocommit=True) as admin:
                    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'mailbot'")

    with monkeypatch.context() as changed:
        changed.setattr(PostgresStore, "_opened", counted)
        yield


#: Units of work of the first rounds with seven mails.
UNITS = 108


@pytest.mark.parametrize(
    "at",
    [
        *range(5, UNITS, 10),
        *(pytest.param(at, marks=pytest.mark.soak) for at in range(1, UNITS) if at % 10 != 5),
    ],
)
def test_a_line_that_is_cut_in_a_batch_or_a_dispatch_leaves_no_letter_unsure_and_no_mail_under_way(
    servers: MailServers,
    postgres: Postgres,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
) -> None:
    for number in range(1, 8):
        servers.put(
            BOX, a_raw_mail(f"{ACCESS if number % 2 else ORDER} ({number})", number=number), internal_date=START
        )
    monkeypatch.setattr(backlog, "MOST", 3)
    clock, made = Clock(), a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path)
    tenant = Tenant(made, tmp_path / "state", shipped_letters(), Sorter(), database=database)
    with closing(tenant):
        tenant.claim()
        with cutting(postgres, monkeypatch, at):
            for _ in range(4):
                worker.once(tenant, clock)
                clock.move(hours=1)
        with tenant.store.unit() as unit:
            seen = Counter(one.disposition for one in unit.seen_since(START))
        assert seen == {"case": 4, "no_request": 3}
        assert {one.state for one in letters(tenant)} == {LetterState.SENT}
        left = Counter(parse(mail.raw, START).message_id for mail in servers.accepted)
        assert [id for id, times in left.items() if times > 1] == []
        assert tenant.intake_attempts.path.read_bytes() == b""


def test_no_value_of_a_row_stands_in_an_error(database: Database) -> None:
    with pytest.raises(TryLater) as caught, database.store("kraaft").unit() as unit:
        unit.tables.working.connection.execute("select 'geheim-woord'::int")  # type: ignore[attr-defined]
    assert "geheim" not in str(caught.value)


def test_deleted_rows_are_swept(database: Database, postgres: Postgres, tmp_path: Path) -> None:
    store = database.store("kraaft")
    with store.unit() as unit:
        unit.put_note("a", "b")
        unit.drop_note("a")
    store.vacuum()
    with store.unit() as unit:
        assert unit.note("a") is None
