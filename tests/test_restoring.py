"""A backup is whole, proven and private; a restore puts it back all or nothing, and then lets a person look first."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desk import Desk

from company import ACCESS, ERASURE, START, a_raw_mail
from mailbot.errors import Refused
from mailbot.memory import histories
from mailbot.model import LetterState
from mailbot.outgoing import breaker
from mailbot.safekeeping import backups
from mailbot.safekeeping.restoring import restore
from mailbot.store import Store, TinyStore, ledger
from mailbot.store.postgres import Database
from rig.postgres import Postgres


def a_desk(folder: Path) -> Desk:
    """A company with its memory in a file, and one case on record."""
    desk = Desk(folder / "kaviaarshop")
    desk.tenant.__dict__["store"] = TinyStore(folder / "kaviaarshop")
    desk.round(a_raw_mail(ACCESS, number=1))
    return desk


def everything(store: Store) -> list[tuple[str, str, dict[str, object]]]:
    """But for what a restore itself writes down."""
    with store.unit() as unit:
        rows = unit.tables.everything()
        return [row for row in rows if row[0] != ledger.TABLE and row[1] not in (breaker.NOTE, ledger.TABLE)]


def test_a_restore_brings_back_every_document(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    before = everything(desk.tenant.store)
    backup = backups.back_up(desk.tenant, desk.clock())
    desk.round(a_raw_mail(ERASURE, number=2, sender="ander@klant.test"), hours=1)
    done = restore(desk.tenant, backup, desk.clock())
    assert (everything(desk.tenant.store), done.cases) == (before, 1)


def test_what_was_there_before_is_kept_and_can_be_put_back(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    desk.round(a_raw_mail(ERASURE, number=2, sender="ander@klant.test"), hours=1)
    later = everything(desk.tenant.store)
    done = restore(desk.tenant, backup, desk.clock.move(hours=1))
    restore(desk.tenant, Path(done.before), desk.clock.move(hours=1))
    assert everything(desk.tenant.store) == later


def test_a_copy_that_was_not_proved_before_a_stop_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = a_desk(tmp_path)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backups, "prove", stopped)
    with pytest.raises(KeyboardInterrupt):
        backups.back_up(desk.tenant, desk.clock())
    assert backups.copies(desk.tenant.folder) == []
    backups.drop_damaged(desk.tenant.folder)
    assert list((desk.tenant.folder / backups.FOLDER).iterdir()) == [], "nor does it outlive who is forgotten"


def test_only_its_owner_reads_a_backup(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, START)
    assert (backup.stat().st_mode & 0o777, backup.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_after_a_restore_nothing_leaves_by_itself_until_a_person_has_looked(tmp_path: Path) -> None:
    """The backup does not know what left since: the same mail read again must not be acknowledged twice."""
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    second = a_raw_mail(ERASURE, number=2, sender="ander@klant.test")
    desk.round(second, hours=1)
    assert len(desk.mails_to("ander@klant.test")) == 1
    restore(desk.tenant, backup, desk.clock())
    desk.round(second, hours=1)
    assert len(desk.mails_to("ander@klant.test")) == 1
    assert len(desk.cases()) == 2


def test_letters_that_waited_in_the_backup_are_held(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.down = True
    desk.round(a_raw_mail(ERASURE, number=2, sender="ander@klant.test"), hours=1)
    backup = backups.back_up(desk.tenant, desk.clock())
    done = restore(desk.tenant, backup, desk.clock())
    waiting = [one for one in desk.letters(LetterState.QUEUED) if one.audience != "staff"]
    assert (done.held > 0, waiting) == (True, [])


def test_a_copy_whose_history_does_not_hold_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    with closing(sqlite3.connect(backup)) as line, line:
        line.execute("delete from docs where tbl='history' and id in (select id from docs where tbl='history' limit 1)")
    before = everything(desk.tenant.store)
    with pytest.raises(Refused, match="AVG-"):
        restore(desk.tenant, backup, desk.clock())
    assert everything(desk.tenant.store) == before


@pytest.mark.parametrize("content", [b"", b"no memory at all" * 100], ids=["empty", "not a database"])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    desk, file = a_desk(tmp_path), tmp_path / "x.db"
    file.write_bytes(content)
    with pytest.raises(Refused, match="no backup"):
        restore(desk.tenant, file, desk.clock())


def test_a_page_damaged_in_the_middle_is_found(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    raw = bytearray(backup.read_bytes())
    raw[4096 : 4096 + 2000] = b"\xff" * 2000
    backup.write_bytes(raw)
    with pytest.raises(Refused, match="damaged"):
        restore(desk.tenant, backup, desk.clock())


def test_the_memory_of_another_company_is_refused(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    other = Desk(tmp_path / "ander", tenant="ander")
    with pytest.raises(Refused, match="memory of kaviaarshop"):
        restore(other.tenant, backup, desk.clock())


def test_a_restore_waits_for_no_worker(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    with closing(TinyStore(tmp_path / "kaviaarshop")) as worker:
        assert worker.claim()
        with pytest.raises(Refused, match="stop it first"):
            restore(desk.tenant, backup, desk.clock())


def test_a_memory_too_damaged_to_open_is_set_aside(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    backup = backups.back_up(desk.tenant, desk.clock())
    before = everything(desk.tenant.store)
    desk.tenant.__dict__.pop("store").close()
    (tmp_path / "kaviaarshop" / "store.db").write_bytes(b"rubbish" * 1000)
    done = restore(desk.tenant, backup, desk.clock())
    assert everything(desk.tenant.store) == before
    assert Path(done.before).read_bytes() == b"rubbish" * 1000


def test_a_backup_beside_a_writer_is_one_moment(tmp_path: Path) -> None:
    """Between two mails, never in the middle of one: its histories hold, whatever is being written."""
    desk = a_desk(tmp_path)
    for number in range(2, 8):
        with desk.tenant.store.unit() as unit:
            unit.put_note("half", str(number))
            path = backups.path_for(desk.tenant, desk.clock.move(minutes=1))
            backups.copy(desk.tenant, path)
        assert backups.prove(path, "kaviaarshop") == len(desk.cases())
        with closing(sqlite3.connect(path)) as line:
            told = line.execute(
                "select count(*) from docs where tbl='notes' and id='half' and doc like ?", (f"%{number}%",)
            )
            assert told.fetchone() == (0,)
        desk.round(a_raw_mail(ACCESS, number=number, sender=f"{number}@klant.test"), hours=2)


@contextmanager
def in_postgres(desk: Desk, database: Database) -> Iterator[None]:
    desk.tenant.__dict__["store"] = database.store("kaviaarshop")
    desk.tenant.database = database
    yield


@pytest.mark.real
def test_a_company_in_postgresql_is_backed_up_and_restored_too(tmp_path: Path, postgres: Postgres) -> None:
    desk = Desk(tmp_path / "kaviaarshop")
    with closing(Database(lambda: postgres.url)) as database, in_postgres(desk, database):
        desk.round(a_raw_mail(ACCESS, number=1))
        before = everything(desk.tenant.store)
        backup = backups.back_up(desk.tenant, desk.clock())
        desk.round(a_raw_mail(ERASURE, number=2, sender="ander@klant.test"), hours=1)
        restore(desk.tenant, backup, desk.clock())
        assert everything(desk.tenant.store) == before
        with desk.tenant.store.unit() as unit:
            assert list(histories.faults(unit)) == []


def test_a_copy_that_lay_on_another_machine_is_put_back_into_an_empty_installation(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    before = everything(desk.tenant.store)
    away = shutil.copy(backups.back_up(desk.tenant, desk.clock()), tmp_path / "away.db")
    fresh = Desk(tmp_path / "new" / "kaviaarshop")
    fresh.tenant.__dict__.pop("store")
    restore(fresh.tenant, Path(away), desk.clock())
    assert everything(fresh.tenant.store) == before
