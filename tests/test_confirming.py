"""What the program found is confirmed setting by setting, by somebody with a name; nothing else in the file changes."""

from __future__ import annotations

import re
import stat
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_setup import POLICY, config
from typer.testing import CliRunner

from mailbot.cli import app
from mailbot.config import load
from mailbot.errors import Usage
from mailbot.setup.company_toml import Answers, toml_of
from mailbot.setup.confirming import confirmed, is_worth, value_of, waiting

__all__ = ["config"]

DAY = date(2026, 12, 1)
FOUND = (("promise_days", "Binnen 30 dagen [zie hieronder]."), ("contact.name", 'Anna "van" der Berg ]'))
TEXT = toml_of(Answers("Zon", promise_days=30, contact_name="Anna", to_confirm=FOUND), "zon")


@pytest.fixture
def zon(config: Path, tmp_path: Path) -> Path:
    """A company made from its policy; the configuration that it is in."""
    (tmp_path / "beleid.txt").write_text(POLICY, "utf-8")
    words = ["new-company", "zon", "--name", "Zon", "--policy", str(tmp_path / "beleid.txt"), "--config", str(config)]
    assert CliRunner().invoke(app, words).exit_code == 0
    return config


def confirm(config: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["confirm-settings", *words, "--by", "Els Bakker", "--config", str(config)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def test_each_setting_that_waits_is_shown_with_its_value_and_its_source() -> None:
    assert tuple(waiting(TEXT)) == FOUND
    assert (value_of(TEXT, "promise_days"), value_of(TEXT, "contact.name")) == ("30", "Anna")


def test_a_confirmed_setting_leaves_its_name_and_day_and_nothing_else_changes() -> None:
    text = confirmed(TEXT, ["promise_days"], "Els", DAY)
    changed = [(old, new) for old, new in zip(TEXT.split("\n"), text.split("\n"), strict=True) if old != new]
    assert changed == [
        (
            '  "promise_days",  # Binnen 30 dagen [zie hieronder].',
            "  # promise_days: bevestigd door Els op 2026-12-01. Binnen 30 dagen [zie hieronder].",
        )
    ]
    assert [name for name, _ in waiting(text)] == ["contact.name"]


@given(st.text(max_size=60))
def test_no_name_breaks_the_file(name: str) -> None:
    by = name.encode("utf-8", "ignore").decode()
    assert tomllib.loads(confirmed(TEXT, ["promise_days", "contact.name"], by, DAY))["to_confirm"] == []


@pytest.mark.parametrize(
    "written", ['to_confirm = ["promise_days", "website"]', 'to_confirm = [\n"a", "promise_days"]']
)
def test_a_list_that_somebody_wrote_otherwise_is_left_to_him(written: str) -> None:
    with pytest.raises(ValueError, match="by hand"):
        confirmed(f'name = "Zon"\n{written}\n', ["promise_days"], "Els", DAY)


def test_a_company_is_confirmed_step_by_step(zon: Path) -> None:
    assert "zon  promise_days = 30  “U ontvangt dan binnen 30 dagen" in confirm(zon)
    left = "zon: promise_days confirmed; mail.mailbox, contact.name left to confirm\n"
    assert confirm(zon, "promise_days", "--tenant", "zon") == left
    assert load(zon).company("zon").to_confirm == ("mail.mailbox", "contact.name")
    assert confirm(zon, "--all", "--tenant", "zon").endswith("nothing left to confirm\n")
    assert load(zon).company("zon").to_confirm == ()
    assert "bevestigd door Els Bakker op" in (zon / "tenants" / "zon.toml").read_text("utf-8")
    assert confirm(zon) == "nothing waits to be confirmed\n"


def test_the_file_keeps_its_rights_and_a_link_stays_a_link(zon: Path, tmp_path: Path) -> None:
    file, elsewhere = zon / "tenants" / "zon.toml", tmp_path / "elders.toml"
    file.rename(elsewhere)
    elsewhere.chmod(0o640)
    file.symlink_to(elsewhere)
    confirm(zon, "promise_days", "--tenant", "zon")
    assert file.is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
    assert load(zon).company("zon").to_confirm == ("mail.mailbox", "contact.name")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["website", "--tenant", "zon"], "website: does not wait at zon; there wait mail.mailbox"),
        (["promise_days"], "say at which company"),
        (["--all"], "say at which company"),
    ],
)
def test_what_does_not_wait_or_has_no_company_is_refused(zon: Path, words: list[str], why: str) -> None:
    before = (zon / "tenants" / "zon.toml").read_bytes()
    with pytest.raises(Usage, match=why):
        confirm(zon, *words)
    assert (zon / "tenants" / "zon.toml").read_bytes() == before


# --- one value at many companies -------------------------------------------------------------------


@pytest.fixture
def many(zon: Path, tmp_path: Path) -> Path:
    """Three companies with one promise that waits, and one with another."""
    for name, days in (("maan", 30), ("ster", 30), ("komeet", 14)):
        policy = POLICY.replace("30 dagen", f"{days} dagen").replace("zonnestraal", name)
        (tmp_path / f"{name}.txt").write_text(policy, "utf-8")
        words = ["new-company", name, "--name", name.title(), "--policy", str(tmp_path / f"{name}.txt")]
        assert CliRunner().invoke(app, [*words, "--config", str(zon)]).exit_code == 0
    return zon


def days_wait_at(config: Path) -> list[str]:
    return sorted(one.id for one in load(config).usable if "promise_days" in one.to_confirm)


def test_one_value_is_confirmed_at_every_company_where_it_waits_and_nowhere_else(many: Path) -> None:
    assert days_wait_at(many) == ["komeet", "maan", "ster", "zon"]
    told = confirm(many, "promise_days", "--is", "30").splitlines()
    assert days_wait_at(many) == ["komeet"]
    assert told[-1] == "promise_days = 30 confirmed at 3 of 4 companies where it waited"
    assert load(many).company("maan").to_confirm == ("mail.mailbox", "contact.name")
    assert "bevestigd door Els Bakker" in (many / "tenants" / "ster.toml").read_text("utf-8")


def test_a_company_whose_file_cannot_be_changed_stops_no_other_and_is_named(many: Path) -> None:
    file = many / "tenants" / "maan.toml"
    listed = '"promise_days", "mail.mailbox", "contact.name"'
    text = re.sub(r"(?s)to_confirm = \[.*?\n\]", f"to_confirm = [{listed}]", file.read_text("utf-8"))
    file.write_text(text, "utf-8")
    with pytest.raises(Usage, match=r"maan\.toml: .*by hand"):
        confirm(many, "promise_days", "--is", "30")
    assert days_wait_at(many) == ["komeet", "maan"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("promise_days", "--is", "31"), "waits at no company"),
        (("promise_days", "contact.name", "--is", "30"), "one setting"),
        (("--is", "30"), "one setting"),
        (("promise_days",), "--is VALUE"),
    ],
)
def test_what_cannot_be_meant_is_said_and_changes_nothing(many: Path, words: tuple[str, ...], told: str) -> None:
    with pytest.raises(Usage, match=told):
        confirm(many, *words)
    assert days_wait_at(many) == ["komeet", "maan", "ster", "zon"]


def test_a_server_is_named_by_its_host_whoever_logs_in() -> None:
    text = 'name = "Zon"\n[imap]\nhost = "imap.mail.test"\nport = 993\nusername = "info@zon.test"\n'
    assert is_worth(text, "imap", "imap.mail.test")
    assert not is_worth(text, "imap", "mail.test")
