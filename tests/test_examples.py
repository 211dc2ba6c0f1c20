"""What people correct becomes labelled mail to train on, without the person behind it if asked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot.classify.masking import masked
from mailbot.cli import app

ROOT = Path(__file__).parent.parent
MAIL = """From: Pieter de Vries <p.vries@klant.example>
Subject: Account

Goedemiddag,

Ik ben Pieter en wil weten wat er over mijn zoon van 12 jaar staat, klant KK-4471.

Met vriendelijke groet,
Pieter de Vries
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An installation with one case, whose kinds a person corrected."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "replies", tmp_path / "replies")
    settings = tmp_path / "config" / "mailbot.toml"
    lines = settings.read_text("utf-8").splitlines()
    settings.write_text("\n".join('state = "../state"' if line.startswith("state =") else line for line in lines))
    (tmp_path / "mail.eml").write_text(MAIL, "utf-8")
    run(tmp_path / "config", f"add {tmp_path}/mail.eml --received 2026-02-03T09:00:00+01:00 --as erasure --by Anna")
    [case] = json.loads(run(tmp_path / "config", "cases --json"))
    run(tmp_path / "config", f"classify {case['ref']} --as minor,access --by Anna")
    return tmp_path / "config"


def run(config: Path, words: str) -> str:
    done = CliRunner().invoke(app, ["--config", str(config), "--tenant", "koopjesklik", *words.split()])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_corrected_mail_is_exported_with_the_kinds_that_a_person_gave(config: Path) -> None:
    [example] = map(json.loads, run(config, "export-examples").splitlines())
    assert json.loads(run(config, "export-examples --json")) == [example]
    assert (example["kinds"], example["tenant"], example["subject"]) == (["minor", "access"], "koopjesklik", "Account")
    assert "klant KK-4471" in example["body"]


def test_an_anonymous_example_says_nothing_of_who_wrote_it(config: Path) -> None:
    shown = run(config, "export-examples --anonymous")
    assert "zoon van 12 jaar" in shown
    assert not [word for word in ("Pieter", "Vries", "4471", "AVG-") if word in shown]


def test_a_case_that_nobody_corrected_is_no_example(config: Path) -> None:
    mail = config.parent / "mail.eml"
    run(config, f"add {mail} --received 2026-02-04T09:00:00+01:00 --as access --by Anna")
    assert len(run(config, "export-examples").splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mail naar jan@x.nl of bel 06-12345678.", "Mail naar [adres] of bel [nummer]."),
        ("Wij wonen in Gent.", "Wij wonen in [naam]."),
        ("Mijn kind is 9 jaar.", "Mijn kind is 9 jaar."),
        ("Beste Karin,\n\nWis alles.\n\nGroeten,\nJan", "Wis alles."),
    ],
)
def test_names_numbers_and_addresses_are_masked_and_an_age_stays(text: str, left: str) -> None:
    assert masked(text) == left
