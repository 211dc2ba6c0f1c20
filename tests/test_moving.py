"""A memory moves whole: what was a case here is the same case there, and the old place says where it went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from store_contract import a_case
from test_setup import config
from typer.testing import CliRunner

from company import ACCESS, ERASURE, a_raw_mail
from mailbot.cli import app
from mailbot.errors import ConfigError, Refused
from mailbot.memory import moving
from mailbot.store import Store, TinyStore
from mailbot.store.postgres import Database
from rig.postgres import Postgres

__all__ = ["config"]

pytestmark = pytest.mark.real


@pytest.fixture
def common(postgres: Postgres) -> Iterator[Store]:
    with closing(Database(lambda: postgres.url)) as database:
        yield database.store("kaviaarshop")


@pytest.fixture
def file(tmp_path: Path) -> Store:
    """A store with two cases that went through the whole path of a mail."""
    desk = Desk(tmp_path)
    store = TinyStore(tmp_path / "kaviaarshop")
    desk.tenant.__dict__["store"] = store
    desk.round(a_raw_mail(ACCESS, number=1), a_raw_mail(ERASURE, number=2, sender="ander@klant.test"))
    return store


def everything(store: Store) -> list[tuple[str, str, dict[str, object]]]:
    with store.unit() as unit:
        return [row for row in unit.tables.everything() if row[1] != moving.MOVED_TO]


def test_a_memory_moves_there_and_back_unchanged(file: Store, common: Store, tmp_path: Path) -> None:
    before = everything(file)
    assert moving.move(file, common, "postgresql") == len(before) > 10
    assert everything(common) == before
    assert moving.moved_to(file) == "postgresql"
    moving.move(common, file, "tinydb")
    assert everything(file) == before
    assert (moving.moved_to(file), moving.moved_to(common)) == ("", "tinydb")


def test_a_memory_that_was_moved_does_not_move_twice(file: Store, common: Store, tmp_path: Path) -> None:
    moving.move(file, common, "postgresql")
    with pytest.raises(Refused, match="moved to postgresql before"):
        moving.move(file, common, "postgresql")


def test_what_is_there_already_is_not_overwritten(file: Store, common: Store) -> None:
    with common.unit() as unit:
        unit.put_case(a_case("AVG-2026-0099"))
    with pytest.raises(Refused, match="already holds something"):
        moving.move(file, common, "postgresql")
    with common.unit() as unit:
        assert [case.ref for case in unit.all_cases()] == ["AVG-2026-0099"]


def test_a_move_that_was_cut_off_before_its_end_is_done_again(file: Store, common: Store) -> None:
    before = everything(file)
    moving.move(file, common, "postgresql")
    with file.unit() as unit:
        unit.drop_note(moving.MOVED_TO)  # the power went just before this was written
    moving.move(file, common, "postgresql")
    assert everything(common) == before


def test_a_history_that_does_not_fold_is_not_moved(file: Store, common: Store) -> None:
    with file.unit() as unit:
        case = unit.case("AVG-2026-0001")
        assert case is not None
        unit.tables.put("cases", case.ref, unit.tables.get("cases", case.ref) | {"assignee": "Mallory"})  # type: ignore[operator]
    with pytest.raises(Refused, match="differs from its history"):
        moving.move(file, common, "postgresql")
    assert everything(common) == []
    assert moving.moved_to(file) == ""


def test_a_company_that_a_worker_has_does_not_move(file: Store, postgres: Postgres) -> None:
    with closing(Database(lambda: postgres.url)) as ours, closing(Database(lambda: postgres.url)) as theirs:
        assert theirs.claim("kaviaarshop")
        with pytest.raises(Refused, match="stop it first"):
            moving.move(file, ours.store("kaviaarshop"), "postgresql")


def test_a_company_that_was_not_moved_is_not_begun_anew_in_the_database(tmp_path: Path, postgres: Postgres) -> None:
    desk = Desk(tmp_path / "kaviaarshop")
    file = TinyStore(desk.tenant.folder)
    desk.tenant.__dict__["store"] = file
    desk.round(a_raw_mail(ACCESS))
    with closing(Database(lambda: postgres.url)) as database:
        there = replace(desk.tenant, database=database)
        assert there.has_memory
        with pytest.raises(ConfigError, match=r"knows nothing of kaviaarshop; its memory lies in .*migrate-store"):
            _ = there.store
        moving.move(file, database.store("kaviaarshop"), "postgresql")
        with there.store.unit() as unit:
            assert [case.ref for case in unit.all_cases()] == ["AVG-2026-0001"]
            unit.tables.clear()  # as another database looks, whose address was typed by mistake
        there.__dict__.pop("store")
        with pytest.raises(ConfigError, match="was moved to one: is it this one"):
            _ = there.store


def test_a_company_whose_memory_is_in_the_database_is_not_begun_anew_in_a_file(
    tmp_path: Path, postgres: Postgres
) -> None:
    desk = Desk(tmp_path / "kaviaarshop")
    here = replace(desk.tenant, other_database=lambda: postgres.url)
    with closing(Database(lambda: postgres.url)) as database:
        with database.store("kaviaarshop").unit() as unit:
            unit.put_note("a", "b")
        for _ in range(2):  # also where an empty file was begun before
            with pytest.raises(ConfigError, match=r"know nothing of kaviaarshop.*migrate-store --to tinydb"):
                _ = here.store
            TinyStore(desk.tenant.folder).close()
        with closing(TinyStore(desk.tenant.folder)) as file:
            moving.move(database.store("kaviaarshop"), file, "tinydb")
    with here.store.unit() as unit:
        assert unit.note("a") == "b"
    here.close()


def test_a_company_whose_memory_is_a_file_asks_no_database_that_is_only_named(tmp_path: Path) -> None:
    def asked() -> str:
        raise AssertionError("the database was asked")

    here = replace(Desk(tmp_path / "kaviaarshop").tenant, other_database=asked)
    with closing(TinyStore(here.folder)) as file, file.unit() as unit:
        unit.put_note("a", "b")
    with here.store.unit() as unit:
        assert unit.note("a") == "b"
    here.close()


def test_one_company_that_moves_says_who_stays_behind_and_the_rest_moves_after_it(
    config: Path, tmp_path: Path, postgres: Postgres
) -> None:
    for name in ("aarde", "maan", "zon"):
        assert run(config, "new-company", name, "--name", name.title(), "--country", "NL")[0] == 0
        with closing(TinyStore(tmp_path / "state" / name)) as store, store.unit() as unit:
            unit.put_note("a", name)
    main = config / "mailbot.toml"
    address = f'[store]\nurl = {{ command = ["echo", "{postgres.url}"] }}\n'
    main.write_text(f'state = "{tmp_path / "state"}"\n{address}', "utf-8")
    code, told = run(config, "migrate-store", "--to", "postgresql", "--tenant", "zon")
    assert (code, "Not moved yet: aarde, maan." in told) == (0, True)
    with closing(Database(lambda: postgres.url)) as database:
        with database.store("aarde").unit() as unit:
            unit.put_note("another", "begun by mistake")
        code, told = run(config, "migrate-store", "--to", "postgresql")
        assert (code, "Not moved yet: aarde." in told, "zon: was moved before" in told) == (1, True, True)
        assert "aarde: not moved: the other store already holds something" in told
        assert database.exists("maan"), "one that cannot move stops no other"
        with database.store("aarde").unit() as unit:
            unit.tables.clear()
        code, told = run(config, "migrate-store", "--to", "postgresql")
        assert (code, "Not moved yet" in told) == (0, False)


def run(config: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--config", str(config)])
    return done.exit_code, done.output
