"""What is installed is what the lock says, and the lock says it to everybody."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rig import real

ROOT = Path(__file__).parent.parent
LOCKS = [
    ROOT / "requirements.lock",
    ROOT / "tests" / "requirements.lock",
    ROOT / "tests" / "bench" / "requirements.lock",
]
TO_RUN, TO_TEST, TO_TRAIN = LOCKS
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_names_no_host(lock: Path) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|file:", lock.read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_locked_package_has_its_hashes(lock: Path) -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", lock.read_text(), flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    ("lock", "without"), [(TO_RUN, {"dev", "train"}), (TO_TEST, {"train"})], ids=["to run", "to test"]
)
def test_everything_that_pyproject_asks_for_is_locked(lock: Path, without: set[str]) -> None:
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(line for name in extras.keys() - without for line in extras[name])]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in asked}  # type: ignore[index]
    assert names - {name.lower() for name in locked(lock)} == set()


def test_what_runs_is_what_was_tested() -> None:
    assert locked(TO_RUN).items() <= locked(TO_TEST).items()


def test_nothing_is_installed_to_run_that_only_tests_need() -> None:
    tools = {re.match(r"[\w.-]+", line)[0] for line in PROJECT["optional-dependencies"]["dev"]}  # type: ignore[index]
    assert tools & locked(TO_RUN).keys() == set()


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


def test_where_a_server_was_not_unpacked_its_tests_are_skipped_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(real, "UNPACKED", tmp_path)
    monkeypatch.delenv("MAILBOT_REQUIRE_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no cyrus unpacked here; get it with: make servers"):
        real.unpacked("cyrus", tmp_path)
