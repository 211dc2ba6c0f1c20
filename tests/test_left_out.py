"""One company of many with a faulty file or a damaged memory: it is named, and stops no other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mailbot.config import load
from mailbot.errors import ConfigError
from rig import program
from rig.installation import ROOT

Done = subprocess.CompletedProcess[str]
RECEIVED = "2026-02-02T09:00:00+01:00"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped companies, and a case of kraaft and of 3dconfig with one number."""
    place = tmp_path_factory.mktemp("prepared")
    shutil.copytree(ROOT / "config", place / "config")
    shutil.copytree(ROOT / "replies", place / "replies")
    (place / "config" / "mailbot.toml").write_text('state = "../state"\n', "utf-8")
    (place / "mail.eml").write_text("From: p@klant.test\nSubject: Inzage\n\nGraag inzage in mijn gegevens.\n")
    for tenant in ("kraaft", "3dconfig"):
        words = ("add", "mail.eml", "--received", RECEIVED, "--tenant", tenant, "--as", "access", "--by", "Anna")
        assert run_here(place, *words).returncode == 0
    return place


@pytest.fixture
def place(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it, to spoil."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run_here(place: Path, *words: str) -> Done:
    """Run mailbot there, as a program of its own."""
    done = program.run(*words, folder=place, env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"})
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def spoil(place: Path, tenant: str = "kraaft") -> None:
    (place / "config" / "tenants" / f"{tenant}.toml").write_text('name = "x', "utf-8")


def companies(done: Done) -> set[str]:
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return {one["tenant"] for one in found}


def test_the_cases_of_the_others_are_listed_and_the_exit_code_says_that_one_is_missing(place: Path) -> None:
    spoil(place)
    done = run_here(place, "cases", "--json")
    assert (companies(done), done.returncode) == ({"3dconfig"}, 3)
    assert "kraaft: left out, its file is faulty" in done.stderr


def test_a_company_that_is_named_has_nothing_to_do_with_the_faulty_file_of_another(place: Path) -> None:
    spoil(place)
    done = run_here(place, "cases", "--json", "--tenant", "3dconfig")
    assert (companies(done), done.returncode, done.stderr) == ({"3dconfig"}, 0, "")


def test_the_company_with_the_faulty_file_says_what_is_at_fault_where_it_is_named(place: Path) -> None:
    spoil(place)
    done = run_here(place, "cases", "--tenant", "kraaft")
    assert done.returncode == 3
    assert "tenants/kraaft.toml: is not valid TOML" in done.stderr


def test_a_number_that_the_company_left_out_may_have_too_asks_for_the_company(place: Path) -> None:
    spoil(place)
    done = run_here(place, "note", "AVG-2026-0001", "iets")
    assert done.returncode == 2
    assert "kraaft may have AVG-2026-0001 too; add --tenant 3dconfig" in done.stderr


def test_check_looks_at_the_others_too(place: Path) -> None:
    spoil(place)
    done = run_here(place, "check", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert [one["what"][:17] for one in found if one["company"] == "kraaft"] == ["is not valid TOML"]
    assert {one["company"] for one in found} == {"3dconfig", "kaliningrad", "kaviaarshop", "koopjesklik", "kraaft"}


def test_status_calls_it_wrong(place: Path) -> None:
    spoil(place)
    done = run_here(place, "status")
    assert done.returncode == 1
    assert "✗ kraaft" in done.stdout


def test_a_backup_is_made_of_the_others_and_the_exit_code_says_that_one_is_missing(place: Path) -> None:
    spoil(place)
    done = run_here(place, "backup")
    assert done.returncode == 3
    assert "3dconfig" in done.stdout
    assert "kraaft" not in done.stdout


def test_two_companies_with_one_address_are_left_out_both(place: Path) -> None:
    for tenant in ("kraaft", "kaviaarshop"):
        file = place / "config" / "tenants" / f"{tenant}.toml"
        file.write_text(re.sub(r"(?m)^addresses = .*$", 'addresses = ["x@een.test"]', file.read_text("utf-8")), "utf-8")
    found = load(place / "config", contained=True)
    assert [one.id for one in found.companies if not one.usable] == ["kaviaarshop", "kraaft"]
    assert not {"kaviaarshop", "kraaft"} & {one.id for one in found.usable}


def test_where_no_company_can_be_used_every_fault_is_told(place: Path) -> None:
    names = [file.stem for file in (place / "config" / "tenants").glob("*.toml")]
    for name in names:
        spoil(place, name)
    with pytest.raises(ConfigError) as told:
        load(place / "config", contained=True)
    assert len(told.value.problems) == len(names)


def test_a_person_of_the_staff_file_may_belong_to_a_company_that_is_left_out(place: Path) -> None:
    (place / "config" / "staff.toml").write_text('[els]\nname = "Els"\nsee = ["kraaft"]\n', "utf-8")
    spoil(place)
    assert load(place / "config", contained=True).staff


def damage(place: Path) -> None:
    (place / "state" / "kraaft" / "store.db").write_bytes(b"rubbish " * 400)


def test_a_memory_that_cannot_be_opened_hides_no_other(place: Path) -> None:
    damage(place)
    done = run_here(place, "cases", "--json")
    assert (companies(done), done.returncode) == ({"3dconfig"}, 4)
    assert "kraaft: left out: " in done.stderr


def test_a_memory_that_cannot_be_opened_keeps_no_other_from_its_backup(place: Path) -> None:
    (place / "state" / "3dconfig" / "store.db").write_bytes(b"rubbish " * 400)
    done = run_here(place, "backup")
    assert done.returncode == 4
    assert "kraaft/backups/store-" in done.stdout


def test_check_tells_of_a_damaged_memory_beside_what_it_finds_at_the_others(place: Path) -> None:
    damage(place)
    done = run_here(place, "check", "--json")
    assert {one["company"] for one in json.loads(done.stdout) if one["where"] == "memory"} == {"kraaft"}


def test_the_overview_shows_the_others(place: Path) -> None:
    damage(place)
    done = run_here(place, "overview", "--json")
    assert done.returncode == 4
    assert "3dconfig" in companies(done)
    assert "kraaft" not in companies(done)


def test_status_finds_the_cases_of_a_company_whose_file_was_renamed(place: Path) -> None:
    file = place / "config" / "tenants" / "kraaft.toml"
    file.rename(file.with_name("kraaft-bv.toml"))
    done = run_here(place, "status", "--json")
    [lost] = [one for one in json.loads(done.stdout) if one["state"] == "left behind"]
    assert (lost["tenant"], done.returncode) == ("kraaft", 1)
    assert "put the file back under this name" in lost["wrong"][0]


def test_status_of_one_company_says_nothing_of_what_another_left_behind(place: Path) -> None:
    (place / "config" / "tenants" / "kraaft.toml").unlink()
    done = run_here(place, "status", "--tenant", "3dconfig", "--json")
    assert [one["tenant"] for one in json.loads(done.stdout)] == ["3dconfig"]
