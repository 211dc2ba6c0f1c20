"""Hundreds of companies do not run into the limit of open files that most machines begin with."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from desk import Desk
from test_setup import config

from company import ACCESS, a_raw_mail
from mailbot import __main__
from rig import program

__all__ = ["config"]

COUNT = 40
FILE = """name = "Winkel {n}"
country = "NL"
zone = "Europe/Amsterdam"
authority = "AP"
[mail]
mailbox = "info@w{n}.test"
"""


@pytest.fixture
def many(config: Path, tmp_path: Path) -> Path:
    """Companies with a memory each."""
    desk = Desk(tmp_path / "state" / "w0")
    desk.tenant.__dict__.pop("store").close()
    desk.round(a_raw_mail(ACCESS))
    desk.tenant.store.close()
    memory = (tmp_path / "state" / "w0" / "store.db").read_bytes()
    text = (config / "mailbot.toml").read_text("utf-8")
    (config / "mailbot.toml").write_text(text.replace('state = "../../mailbot-state"', 'state = "../state"'), "utf-8")
    for n in range(COUNT):
        (tmp_path / "state" / f"w{n}").mkdir(mode=0o700, exist_ok=True)
        (tmp_path / "state" / f"w{n}" / "store.db").write_bytes(memory)
        (config / "tenants" / f"w{n}.toml").write_text(FILE.format(n=n), "utf-8")
    return config


@pytest.mark.parametrize("words", [["cases"], ["status", "--brief"], ["overview"], ["outbox"]], ids=" ".join)
def test_a_list_over_many_companies_has_few_of_them_open_at_once(many: Path, words: list[str]) -> None:
    """On a machine that allows no more than 64 open files, whoever asks for more."""
    given = ("64", *words, "--config", str(many))
    done = program.start(*given, env=os.environ, module="few_files")
    told, complaint = done.communicate(timeout=120)
    assert done.returncode in (0, 1), complaint
    assert "left out" not in complaint
    assert "cannot be read" not in told


def test_the_program_asks_for_as_many_files_as_the_machine_lets_it_have() -> None:
    code = (
        "import resource\nfrom mailbot import __main__\n"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))\n__main__.may_open_many()\n"
        "print(*resource.getrlimit(resource.RLIMIT_NOFILE))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = __main__.MANY_FILES if most == resource.RLIM_INFINITY else min(most, __main__.MANY_FILES)
    assert done.stdout.split() == [str(wanted), str(most)]
