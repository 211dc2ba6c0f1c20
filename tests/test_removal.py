"""What is kept of a company that has left goes once a person typed its name, and it can be shown that it went."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from desk import Desk
from store_contract import a_case
from test_setup import config
from typer.testing import CliRunner, Result

from company import ACCESS, a_raw_mail
from mailbot.cli import app
from mailbot.errors import Refused, TryLater, Usage
from mailbot.safekeeping import removal
from mailbot.store import TinyStore
from mailbot.store.postgres import Database
from rig.postgres import Postgres

__all__ = ["config"]


def run(config: Path, *words: str, typed: str = "") -> Result:
    done = CliRunner().invoke(app, [*words, "--by", "Els", "--config", str(config)], input=typed)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def shown(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(config)])


@pytest.fixture
def place(config: Path, tmp_path: Path) -> Path:
    """An installation with one company that is here, and the memory of one that left."""
    (config / "mailbot.toml").write_text(f'state = "{tmp_path / "state"}"\n', "utf-8")
    assert shown(config, "new-company", "zon", "--name", "Zon", "--country", "NL").exit_code == 0
    desk = Desk(tmp_path / "state" / "maan", tenant="maan")
    desk.tenant.__dict__["store"] = store = TinyStore(tmp_path / "state" / "maan")
    desk.round(a_raw_mail(ACCESS))
    store.close()
    return config


def test_what_left_is_shown_and_goes_only_when_its_name_is_typed(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "maan"
    told = run(place, "remove-company", "maan", "--dry-run").output
    assert "maan: 1 cases, 1 open" in told
    assert "hand-over --tenant maan" in told
    with pytest.raises(Refused, match="another name"):
        run(place, "remove-company", "maan", typed="zon\n")
    assert (folder / "store.db").exists()
    assert "removed by Els" in run(place, "remove-company", "maan", typed="maan\n").output
    assert not folder.exists()
    begun, done = removal.recorded(tmp_path / "state")
    assert (begun["step"], done["step"], done["company"], done["by"]) == ("begun", "done", "maan", "Els")
    assert (done["cases"], done["open"], done["head"] != "", done["at"] != "") == (1, 1, True, True)
    assert "maan: done, by Els" in run(place, "remove-company", "--list").output
    assert "klant@" not in (tmp_path / "state" / removal.RECORD).read_text("utf-8")


def test_when_it_went_is_told_by_the_companys_clock_wherever_the_machine_stands(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = {"step": "begun", "by": "Els", "cases": 1, "documents": 0, "files": 2, "at": "2026-06-30T22:30:00+00:00"}
    for company in ("maan", "zon"):
        removal.write_down(tmp_path / "state", begun | {"company": company})
    file = place / "tenants" / "zon.toml"
    file.write_text(file.read_text("utf-8").replace("Europe/Amsterdam", "Atlantic/Azores"), "utf-8")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        left, back = run(place, "remove-company", "--list").output.splitlines()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert left.startswith("2026-07-01 00:30+02:00  maan: begun, by Els"), "its file and its zone are gone"
    assert back.startswith("2026-06-30 22:30+00:00  zon: begun, by Els"), "its file is here again"


def test_check_and_status_name_it_with_the_way_out(place: Path) -> None:
    found = json.loads(shown(place, "check", "--json").stdout)
    [left] = [one["what"] for one in found if one["company"] == "maan"]
    assert "mailbot remove-company maan" in left
    assert "mailbot remove-company maan" in " ".join(shown(place, "status").output.split())


def test_a_company_that_is_here_or_is_served_or_is_no_name_stays(place: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="has a file"):
        run(place, "remove-company", "zon", "--confirm", "zon")
    with closing(TinyStore(tmp_path / "state" / "maan")) as store:
        assert store.claim()
        with pytest.raises(Refused, match="a worker has this company"):
            run(place, "remove-company", "maan", "--confirm", "maan")
    for name in ("", ".agency", "..", "a/b", "niemand"):
        with pytest.raises(Usage):
            run(place, "remove-company", name, "--confirm", name)
    assert (tmp_path / "state" / "maan" / "store.db").exists()


def test_a_memory_that_cannot_be_read_goes_too(place: Path, tmp_path: Path) -> None:
    (tmp_path / "state" / "maan" / "store.db").write_bytes(b"rubbish " * 400)
    assert "cannot be read" in run(place, "remove-company", "maan", "--confirm", "maan").output
    assert not (tmp_path / "state" / "maan").exists()


def test_a_link_in_its_place_is_not_followed(place: Path, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "state" / "maan", tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    with pytest.raises(Refused, match="symbolic link"):
        run(place, "remove-company", "maan", "--confirm", "maan")
    assert (elsewhere / "store.db").exists()


@pytest.mark.parametrize("cut", [10, 1], ids=["in the middle", "before its end"])
def test_a_line_that_was_cut_off_while_it_was_written_hides_no_removal(tmp_path: Path, cut: int) -> None:
    for company in ("maan", "zon"):
        removal.write_down(tmp_path, {"step": "begun", "company": company})
    record = tmp_path / removal.RECORD
    record.write_bytes(record.read_bytes()[:-cut])
    removal.write_down(tmp_path, {"step": "begun", "company": "zon"})
    told = [one["company"] for one in removal.recorded(tmp_path)]
    assert told == (["maan", "zon"] if cut > 1 else ["maan", "zon", "zon"])


def test_a_record_that_cannot_be_read_is_a_fault_that_check_tells(place: Path, tmp_path: Path) -> None:
    (tmp_path / "state" / removal.RECORD).mkdir()
    told = shown(place, "check")
    assert f"{removal.RECORD}: Is a directory" in told.output
    assert "zon" in told.output


def test_a_record_that_was_rewritten_is_told(place: Path, tmp_path: Path) -> None:
    run(place, "remove-company", "maan", "--confirm", "maan")
    record = tmp_path / "state" / removal.RECORD
    record.write_text(record.read_text("utf-8").replace('"by":"Els"', '"by":"Bas"', 1), "utf-8")
    with pytest.raises(Refused, match="was changed"):
        removal.recorded(tmp_path / "state")
    assert "was changed or taken out" in shown(place, "check").output


# --- in the database -----------------------------------------------------------------------------


@pytest.fixture
def common(postgres: Postgres) -> Iterator[Database]:
    with closing(Database(lambda: postgres.url)) as database:
        for tenant in ("zon", "maan"):
            with database.store(tenant).unit() as unit:
                unit.put_case(a_case())
        yield database


def on_database(config: Path, tmp_path: Path, postgres: Postgres) -> None:
    store = f'[store]\ntype = "postgresql"\nurl = {{ command = ["echo", "{postgres.url}"] }}\n'
    (config / "mailbot.toml").write_text(f'state = "{tmp_path / "state"}"\n{store}', "utf-8")
    assert shown(config, "new-company", "zon", "--name", "Zon", "--country", "NL").exit_code == 0


@pytest.mark.real
def test_rows_of_a_company_that_left_are_named_and_removed_and_no_others(
    config: Path, tmp_path: Path, postgres: Postgres, common: Database
) -> None:
    on_database(config, tmp_path, postgres)
    (tmp_path / "state").mkdir()
    found = json.loads(shown(config, "check", "--json").stdout)
    assert ["the database" in one["what"] for one in found if one["company"] == "maan"] == [True]
    assert [one["tenant"] for one in json.loads(shown(config, "status", "--json").stdout)] == ["zon", "maan"]
    with closing(Database(lambda: postgres.url)) as worker:
        assert worker.claim("maan")
        with pytest.raises(Refused, match="a worker has this company"):
            run(config, "remove-company", "maan", "--confirm", "maan")
        with pytest.raises(TryLater, match="a worker has"):
            common.remove("maan")
    assert run(config, "remove-company", "maan", "--confirm", "maan").exit_code == 0
    assert (common.exists("zon"), common.exists("maan"), common.companies()) == (True, False, ["zon"])
    done = removal.recorded(tmp_path / "state")[-1]
    assert (done["cases"], done["rows"]["docs"] > 0) == (1, True)
    with psycopg.connect(postgres.admin) as admin:  # whom row security does not bind
        for table in ("docs", "keys", "register_docs", "register_keys"):
            assert admin.execute(f"select count(*) from {table} where tenant = 'maan'").fetchone() == (0,)


@pytest.mark.real
def test_a_database_from_before_names_were_kept_learns_them_once(postgres: Postgres, common: Database) -> None:
    common.close()
    with psycopg.connect(postgres.admin, autocommit=True) as admin:
        admin.execute("drop table companies")
    with closing(Database(lambda: postgres.url)) as database:
        assert database.companies() == ["maan", "zon"]
        assert not database.exists("kraaft")
        assert database.companies() == ["maan", "zon"], "asking names nobody"
    with psycopg.connect(postgres.url) as connection:
        connection.execute("set mailbot.tenant = 'kraaft'")
        assert connection.execute("select count(*) from docs").fetchone() == (0,), "row security binds as before"
