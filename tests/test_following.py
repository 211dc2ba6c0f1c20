"""A changed row of an agency's table is carried out where a person names the setting, and nowhere else."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_setup import config
from typer.testing import CliRunner

from mailbot.cli import app
from mailbot.config import load
from mailbot.errors import Usage
from mailbot.setup.changed_settings import with_settings

__all__ = ["config"]

HEAD = "id;name;country;mailbox;imap;smtp;password;contact;contact e-mail;address;go live"
ON = date(2026, 11, 27)


def table(config: Path, contact: str = "Jo", email: str = "jo@kantoor.test", **other: str) -> Path:
    """Three companies; the third has another contact person."""
    rows = [
        f"w{n};Winkel {n};NL;{other.get(f'w{n}', f'info@w{n}.test')};imap.w.test;smtp.w.test;geheim{n};"
        + (f"{contact};{email};Straat 1;2026-01-01" if n < 3 else "Piet;piet@w3.test;Straat 1;2026-01-01")
        for n in (1, 2, 3)
    ]
    path = config.parent / "tabel.csv"
    path.write_text("\n".join((HEAD, *rows)), "utf-8")
    return path


def run(config: Path, path: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["new-companies", str(path), "--offline", *words, "--config", str(config)])


@pytest.fixture
def there(config: Path) -> Path:
    assert run(config, table(config)).exit_code == 0
    file = config / "tenants" / "w1.toml"
    file.write_text("# van Jo, niet aankomen\n" + file.read_text("utf-8"), "utf-8")
    return config


def files(config: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in (config / "tenants").glob("*.toml")}


def test_a_contact_person_who_left_is_replaced_at_every_company_that_she_served(there: Path) -> None:
    before = files(there)
    new = table(there, "Els", "els@kantoor.test")
    done = run(there, new, "--apply", "contact.name", "--apply", "contact.email", "--by", "An")
    assert done.exit_code == 0, done.output
    assert "→ w1: changed: contact.name, contact.email" in done.stdout
    contacts = {one.id: one.policy.contact_email for one in load(there).companies}
    assert contacts == {"w1": "els@kantoor.test", "w2": "els@kantoor.test", "w3": "piet@w3.test"}
    after = files(there)
    assert after["w3"] == before["w3"]
    assert after["w1"].startswith("# van Jo, niet aankomen\n")
    assert "gewijzigd door An op" in after["w1"]
    assert "jo@kantoor.test" not in after["w1"]
    old, now = tomllib.loads(before["w1"]), tomllib.loads(after["w1"])
    assert now == old | {"contact": {"name": "Els", "email": "els@kantoor.test"}}
    assert "3 there and the same" in run(there, new).stdout


def with_mode(config: Path, mode: str) -> Path:
    """The same table with a column that says how the companies work."""
    path = table(config)
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join((f"{head};stand", *(f"{row};{mode}" for row in rows))), "utf-8")
    return path


def modes(config: Path) -> dict[str, str]:
    return {one.id: one.policy.mode for one in load(config).companies}


def test_the_step_from_observing_is_taken_at_every_company_that_the_table_names(there: Path) -> None:
    done = run(there, with_mode(there, "hold"), "--by", "An")
    assert "mode: observe in the file, hold in the table" in done.stdout
    assert set(modes(there).values()) == {"observe"}, "not by itself"
    assert run(there, with_mode(there, "hold"), "--apply", "mode", "--by", "An").exit_code == 0
    assert modes(there) == {"w1": "hold", "w2": "hold", "w3": "hold"}
    assert "gewijzigd door An op" in files(there)["w1"]
    assert "3 there and the same" in run(there, table(there)).stdout, "a table without the column leaves it as it is"
    assert "stand: type observe, hold or automatic" in run(there, with_mode(there, "auto")).stdout


def test_a_company_where_something_waits_to_be_confirmed_goes_on_observing(there: Path) -> None:
    file = there / "tenants" / "w2.toml"
    file.write_text(
        file.read_text("utf-8").replace("[contact]", 'to_confirm = ["promise_days"]\n[contact]', 1), "utf-8"
    )
    done = run(there, with_mode(there, "automatic"), "--apply", "mode", "--by", "An")
    assert done.exit_code == 1
    assert "mailbot confirm-settings --tenant w2" in done.stdout
    assert modes(there) == {"w1": "automatic", "w2": "observe", "w3": "automatic"}


def test_a_setting_of_which_the_table_says_nothing_is_named_so(there: Path) -> None:
    done = run(there, table(there), "--apply", "mode", "--by", "An")
    assert "no column of the table says mode" in str(done.exception)


def test_what_is_not_named_stays_as_the_file_has_it(there: Path) -> None:
    done = run(there, table(there, "Els", "els@kantoor.test"), "--apply", "contact.email", "--by", "An", "--json")
    first = json.loads(done.stdout)[0]
    assert (first["state"], first["applied"]) == ("changed", ["contact.email"])
    assert [each["setting"] for each in first["differs"]] == ["contact.name"]
    assert load(there).companies[0].policy.contact_name == "Jo"


def test_a_rehearsal_changes_nothing(there: Path) -> None:
    before = files(there)
    done = run(there, table(there, "Els", "els@kantoor.test"), "--apply", "contact.email", "--dry-run", "--by", "An")
    assert "w1: would be changed: contact.email" in done.stdout
    assert files(there) == before


@pytest.mark.parametrize("name", ["contact.phone", "imap.password", "mode", "iets"])
def test_a_setting_in_which_nothing_differs_is_told(there: Path, name: str) -> None:
    done = run(there, table(there, "Els", "els@kantoor.test"), "--apply", name, "--by", "An")
    assert isinstance(done.exception, Usage)
    assert "files differ in contact.email, contact.name" in str(done.exception)


def test_a_change_after_which_a_file_could_not_be_used_is_none(there: Path) -> None:
    """An address that another company has; the sound change of another company is made all the same."""
    before = files(there)
    new = table(there, w1="info@w3.test", w2="post@w2.test")
    done = run(there, new, "--apply", "mail.mailbox", "--by", "An")
    assert done.exit_code == 1
    assert "has an address that w3 has too" in done.stdout
    after = files(there)
    assert after["w1"] == before["w1"]
    assert tomllib.loads(after["w2"])["mail"]["mailbox"] == "post@w2.test"


def test_the_last_who_changed_a_setting_stands_behind_it_after_what_was_there() -> None:
    text = '[contact]\nname = "Jo"  # belt liever\n'
    once = with_settings(text, {"contact.name": "Els"}, "An\n# x;", ON)
    assert once == '[contact]\nname = "Els"  # belt liever; gewijzigd door An x op 2026-11-27\n'
    twice = with_settings(once, {"contact.name": "Bo"}, "Cas", date(2026, 12, 1))
    assert twice == '[contact]\nname = "Bo"  # belt liever; gewijzigd door Cas op 2026-12-01\n'


@pytest.mark.parametrize("text", ["contact = 3\n", 'contact = { name = "Jo" }\n', "name = [" * 3000])
def test_a_file_that_cannot_be_changed_line_by_line_is_left_to_a_person(text: str) -> None:
    with pytest.raises(ValueError, match="by hand"):
        with_settings(text, {"contact.name": "Els"}, "An", ON)
