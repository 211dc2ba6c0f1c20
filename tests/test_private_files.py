"""Files for their owner only: whole or not at all, and what stood there is not lost."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mailbot import private_files
from mailbot.errors import Usage


@pytest.mark.parametrize("name", [".", "/", "", "/dev/null/x", "x" * 300, "there is none/x"])
def test_a_place_where_no_file_can_be_is_wrong_usage(name: str) -> None:
    with pytest.raises(Usage, match="cannot be written"):
        private_files.write(Path(name), "x")


def test_a_folder_is_not_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    with pytest.raises(Usage, match="cannot be written"):
        private_files.write(tmp_path / "map", "x")
    assert [one.name for one in tmp_path.iterdir()] == ["map"]


def test_a_file_is_its_owner_s_and_half_of_one_from_a_program_that_was_killed_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".x.{os.getpid()}.new").write_text("half")
    private_files.write(tmp_path / "x", "whole")
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600
    assert (tmp_path / "x").read_text() == "whole"


def test_the_rights_that_are_asked_for_do_not_hang_on_the_umask(tmp_path: Path) -> None:
    private_files.replace(tmp_path / "x", b"", 0o664)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o664
