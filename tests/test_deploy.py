"""What an operator copies from config/deploy works: systemd takes the units, and the commands in them exist."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.cli.logs import JsonLines, to_stderr
from mailbot.config import Log
from rig import program

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "config" / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


def words_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit_without_a_word(unit: Path, tmp_path: Path) -> None:
    """The program lies elsewhere here, so a command that exists stands in for it."""
    for file in UNITS:
        (tmp_path / file.name).write_text(
            file.read_text("utf-8").replace("/opt/mailbot/.venv/bin/mailbot", "/bin/true")
        )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_unit_is_hardened(unit: Path) -> None:
    """systemd's own measure, 0 to 10: below 2 it says OK with a smile, and 9.6 is a unit without any hardening."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_command_of_the_unit_exists(unit: Path) -> None:
    command = next(line for line in words_of(unit.read_text("utf-8")) if line.startswith("ExecStart="))
    verb = command.split()[-1]
    done = program.run(verb, "--help", folder=ROOT, env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"})
    assert (done.returncode, f"mailbot {verb}" in done.stdout.decode()) == (0, True)


def test_the_worker_is_started_anew_when_it_hangs() -> None:
    lines = words_of((DEPLOY / "mailbot.service").read_text("utf-8"))
    assert {"Type=notify", "Restart=always"} <= set(lines)
    assert any(line.startswith("WatchdogSec=") for line in lines)


def test_everything_that_the_container_copies_is_there() -> None:
    lines = re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.MULTILINE)
    copied = [word for line in lines for word in line.split()[:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_container_works_as_nobody_in_particular_and_holds_no_secret() -> None:
    lines = words_of(CONTAINERFILE)
    assert lines.index("USER mailbot") < lines.index('ENTRYPOINT ["mailbot"]')
    assert not any(re.match(r"(ARG|ENV).*(PASSW|SECRET|TOKEN)", line, re.IGNORECASE) for line in lines)


# --- the log ---------------------------------------------------------------------------------------------------------


def test_a_json_line_tells_what_broke_and_never_its_text() -> None:
    try:
        raise ValueError("piet@klant.example")
    except ValueError:
        record = logging.getLogger("mailbot.x").makeRecord("mailbot.x", 40, "f", 1, "failed", (), sys.exc_info())
    line = JsonLines().format(record)
    told = json.loads(line)
    assert (told["level"], told["message"], told["error"]) == ("error", "failed", "ValueError")
    assert "piet" not in line


@pytest.mark.parametrize(
    ("level", "verbose", "working", "said"),
    [
        ("info", False, True, True),
        ("warning", False, True, False),
        ("warning", True, True, True),
        ("info", False, False, False),
        ("info", True, False, True),
    ],
)
def test_the_worker_says_what_the_setting_asks_and_other_commands_are_quiet(
    level: str, verbose: bool, working: bool, said: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    to_stderr(Log(level, "json"), verbose, working)
    logging.getLogger("mailbot.worker").info("kaviaarshop: 3 mails in")
    told = capsys.readouterr().err
    assert ([json.loads(line)["message"] for line in told.splitlines()] == ["kaviaarshop: 3 mails in"]) is said
