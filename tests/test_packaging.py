"""What is installed is what the lock says, and the lock says it to everybody."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rig import real

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE))


def test_the_lock_names_no_host() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|file:", LOCK)


def test_every_locked_package_has_its_hashes() -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_everything_that_pyproject_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["dev"], *extras["demo"]]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in asked}  # type: ignore[index]
    assert names - {name.lower() for name in LOCKED} == set()


def test_where_the_real_servers_are_missing_their_tests_are_skipped_with_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(real, "program", lambda name: None)
    monkeypatch.delenv("MAILBOT_REQUIRE_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no dovecot here; get them with: sudo apt-get install") as told:
        real.need("dovecot")
    assert "\n" not in str(told.value)


def test_where_the_real_servers_are_required_a_missing_one_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real, "program", lambda name: None)
    monkeypatch.setenv("MAILBOT_REQUIRE_REAL", "1")
    with pytest.raises(pytest.fail.Exception, match="no dovecot and no doveadm here"):
        real.need("dovecot", "doveadm")
