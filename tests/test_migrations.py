"""A memory in the first released form opens, is brought up to date and holds, in both stores.

`forms/1.db` was written by the program of that time: four cases, one of them closed. `forms/1.sql` is its PostgreSQL.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from desk import Desk

from company import START
from mailbot.errors import ConfigError
from mailbot.fulfil import forgetting
from mailbot.memory import histories, rules_version, tampering
from mailbot.model import Status
from mailbot.safekeeping import backups
from mailbot.safekeeping.restoring import restore
from mailbot.store import Store, TinyStore, Unit, file_opened, ledger
from mailbot.store.postgres import Database
from rig.postgres import Postgres

FORMS = Path(__file__).parent / "forms"
CLOSED = "AVG-2026-0003"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A company's folder with a memory of then."""
    folder = tmp_path / "state" / "kaviaarshop"
    folder.mkdir(parents=True)
    shutil.copy(FORMS / "1.db", folder / "store.db")
    return folder


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """A company of today that finds it."""
    desk = Desk(folder, at=datetime(2026, 4, 1, 9, tzinfo=UTC))
    del desk.tenant.__dict__["store"]
    yield desk
    if "store" in desk.tenant.__dict__:
        desk.tenant.store.close()


def of_then(store: Store) -> None:
    """What a memory of then must give today."""
    with store.unit() as unit:
        assert [(case.ref, case.status) for case in unit.all_cases()] == [
            ("AVG-2026-0001", Status.OPEN),
            ("AVG-2026-0002", Status.OPEN),
            (CLOSED, Status.CLOSED),
            ("AVG-2026-0004", Status.TRIAGE),
        ]
        assert list(tampering.faults(unit)) == []
        assert ledger.newest(unit)[0] == sum(len(unit.history(case.ref)) for case in unit.all_cases()) == 15
        assert [seen["ref"] for seen in unit.tables.by("seen", "ref", CLOSED)] == [CLOSED]


def test_a_memory_of_then_opens_with_its_cases_its_chain_and_todays_keys(folder: Path) -> None:
    store = TinyStore(folder)
    of_then(store)
    store.close()


def test_opening_it_again_changes_nothing(folder: Path) -> None:
    def content() -> list[tuple[object, ...]]:
        line = sqlite3.connect(folder / "store.db")
        rows = line.execute("select * from docs").fetchall() + line.execute("select * from keys").fetchall()
        line.close()
        return rows

    for _ in range(2):
        store = TinyStore(folder)
        of_then(store)
        store.close()
        once = content()
    assert content() == once


def test_a_company_of_today_works_on_with_it(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        assert list(histories.faults(unit)) == []
        closed = unit.case(CLOSED)
    assert closed
    assert closed.forget_on == date(2028, 3, 2)
    desk.clock.at = START.replace(year=2029)
    assert CLOSED in forgetting.forget_due(desk.tenant, desk.clock())
    with desk.tenant.store.unit() as unit:
        assert unit.tables.by("seen", "ref", CLOSED) == []
        assert list(histories.faults(unit)) == []


def test_a_case_that_was_tampered_with_then_is_not_mended_by_the_upgrade(folder: Path, desk: Desk) -> None:
    line = sqlite3.connect(folder / "store.db")
    with line:
        line.execute(
            "update docs set doc = cast(replace(cast(doc as text), 'klant belde', 'niemand belde') as blob) "
            "where tbl = 'history' and id like 'AVG-2026-0001:%'"
        )
    line.close()
    with desk.tenant.store.unit() as unit:
        assert {ref for ref, _ in histories.faults(unit)} == {"AVG-2026-0001"}


def test_an_upgrade_that_was_cut_off_begins_anew(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), file_opened(folder / "store.db") as unit:
        _half(unit)
    store = TinyStore(folder)
    of_then(store)
    store.close()


def _half(unit: Unit) -> None:
    ledger.add(unit, ledger.LINE, "AVG-2026-0001", 1, START, "00" * 32)
    raise ZeroDivisionError


def test_a_first_unit_that_fails_upgrades_nothing_for_the_next(folder: Path) -> None:
    store = TinyStore(folder)
    with pytest.raises(ZeroDivisionError), store.unit():
        raise ZeroDivisionError
    of_then(store)
    store.close()


def test_a_backup_of_then_can_be_put_back(folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "store-20260318T080000Z.db"
    shutil.copy(FORMS / "1.db", backup)
    desk = Desk(tmp_path / "empty" / "kaviaarshop", at=datetime(2026, 4, 1, 9, tzinfo=UTC))
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    assert backups.prove(backup, "kaviaarshop") == 4
    assert restore(desk.tenant, backup, desk.clock()).cases == 4
    with desk.tenant.store.unit() as unit:
        assert list(histories.faults(unit)) == []
    desk.tenant.store.close()


def test_a_backup_of_then_forgets_too(folder: Path, desk: Desk) -> None:
    (folder / backups.FOLDER).mkdir()
    path = folder / backups.FOLDER / "store-20260318T080000Z.db"
    shutil.copy(FORMS / "1.db", path)
    desk.clock.at = START.replace(year=2029)
    forgetting.forget_due(desk.tenant, desk.clock())
    assert b"vierde@klant" in (FORMS / "1.db").read_bytes()
    with file_opened(path) as unit:
        case = unit.case(CLOSED)
        assert case
        assert case.status is Status.ANONYMISED
        told = [
            doc for table, _, doc in unit.tables.everything() if "vierde@klant" in str(doc) and table != "suppressions"
        ]
    assert told == []


def test_a_memory_that_a_newer_program_wrote_is_let_be(folder: Path) -> None:
    store = TinyStore(folder)
    with store.unit() as unit:
        unit.put_note("form", "99")
    store.close()
    again = TinyStore(folder)
    with pytest.raises(ConfigError, match="newer mailbot"), again.unit():
        pass
    again.close()


def test_an_empty_memory_is_not_written_to_by_looking(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rules_version.apply_rules(desk.tenant.store, desk.tenant.policy, desk.tenant.letters, desk.clock)
    with desk.tenant.store.unit() as unit:
        assert list(unit.tables.everything()) == []


def test_postgresql_of_then_opens_too(postgres: Postgres) -> None:
    postgres.clear()
    with psycopg.connect(postgres.url) as connection, sqlite3.connect(FORMS / "1.db") as of_file:
        connection.execute((FORMS / "1.sql").read_bytes())
        connection.execute("select set_config('mailbot.tenant', 'kaviaarshop', false)")
        for tbl, id, doc in of_file.execute("select tbl, id, doc from docs"):
            connection.execute("insert into docs (tbl, id, doc) values (%s, %s, %s)", (tbl, id, bytes(doc)))
        for row in of_file.execute("select tbl, name, value, id from keys"):
            connection.execute("insert into keys (tbl, name, value, id) values (%s, %s, %s, %s)", row)
    database = Database(lambda: postgres.url)
    of_then(database.store("kaviaarshop"))
    of_then(database.store("kaviaarshop"))
    database.close()
