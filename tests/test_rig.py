"""Where the tests themselves write: in memory, and on the disk where that has no room for them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from rig.memory import ROOM, has_room, short_folder, write_in_memory

MEMORY = Path("/dev/shm")


@pytest.fixture(autouse=True)
def _asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when tests begin; where `tmp_path` lies is settled by then."""
    monkeypatch.setenv("TMPDIR", "")  # so that what a test sets is taken back
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr(tempfile, "tempdir", None)


def given(monkeypatch: pytest.MonkeyPatch, free: int = ROOM, flag: int = 0) -> None:
    disk = SimpleNamespace(f_bavail=free, f_frsize=1, f_flag=flag)
    monkeypatch.setattr(os, "statvfs", lambda place: disk)


@pytest.mark.skipif(not has_room(MEMORY), reason="memory has no room for files here")
def test_what_asks_for_a_temporary_folder_has_it_in_memory_and_so_have_the_programs_that_it_begins() -> None:
    write_in_memory()
    with tempfile.TemporaryDirectory() as folder:
        assert Path(folder).parent == MEMORY
    assert os.environ["TMPDIR"] == str(MEMORY)


@pytest.mark.parametrize(("free", "flag"), [(ROOM - 1, 0), (ROOM, os.ST_NOEXEC)])
def test_where_memory_is_small_or_lets_no_program_run_the_disk_is_written(
    monkeypatch: pytest.MonkeyPatch, free: int, flag: int
) -> None:
    given(monkeypatch, free, flag)
    write_in_memory()
    assert "TMPDIR" not in os.environ
    assert tempfile.tempdir is None


def test_whoever_names_a_folder_for_temporary_files_gets_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    write_in_memory()
    assert tempfile.gettempdir() == str(tmp_path)


def test_a_folder_for_sockets_is_short_wherever_the_others_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (long := tmp_path / ("x" * 90)).mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    folder = short_folder("mb-")
    folder.rmdir()
    assert len(str(folder)) < 30


def test_a_place_that_is_not_there_has_no_room() -> None:
    assert not has_room(Path("/no/such/place"))
