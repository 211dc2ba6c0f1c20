"""The tail of a damaged log is seen, kept and reported; a whole one is left alone."""

from __future__ import annotations

import logging
import shutil
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import a_case

from mailbot.store import TinyStore
from mailbot.store.wal import _summed, is_damaged


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """A store as a killed writer leaves it: the database and its log, copied while the writer lives."""
    store = TinyStore(tmp_path / "living")
    for number in range(1, 20):
        with store.unit() as unit:
            unit.put_case(a_case(f"AVG-2026-{number:04d}"))
    shutil.copytree(tmp_path / "living", tmp_path / "crashed")
    store.close()
    return tmp_path / "crashed"


def test_a_whole_log_is_left_alone(crashed: Path) -> None:
    assert not is_damaged((crashed / "store.db-wal").read_bytes())
    with TinyStore(crashed).unit() as unit:
        assert len(unit.all_cases()) == 19
    assert list(crashed.glob("*.damaged-*")) == []


@pytest.mark.parametrize("harm", ["flipped", "cut"])
def test_a_damaged_tail_is_set_aside_and_reported(crashed: Path, harm: str, caplog: pytest.LogCaptureFixture) -> None:
    log = crashed / "store.db-wal"
    raw = bytearray(log.read_bytes())
    if harm == "cut":
        raw = raw[:-100]
    else:
        raw[-100] ^= 0xFF
    log.write_bytes(raw)
    with caplog.at_level(logging.WARNING), TinyStore(crashed).unit() as unit:
        kept = len(unit.all_cases())
    assert 0 < kept < 20
    [copy] = crashed.glob("*.damaged-*")
    assert copy.read_bytes() == bytes(raw)
    assert "set aside" in caplog.text


def summed_word_by_word(words: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    """The checksum as SQLite's description has it (file format, 4.2)."""
    first, second = sums
    numbers = struct.unpack(f"{order}{len(words) // 4}I", words)
    for one, two in zip(numbers[::2], numbers[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second


BITS = st.integers(0, 2**32 - 1)


@given(st.lists(st.binary(min_size=8, max_size=8), max_size=600).map(b"".join), st.sampled_from("<>"), BITS, BITS)
def test_the_checksum_is_the_one_of_sqlite_s_description(words: bytes, order: str, first: int, second: int) -> None:
    assert _summed(words, order, (first, second)) == summed_word_by_word(words, order, (first, second))
    assert _summed(b"\xff" * 4096, order, (first, second)) == summed_word_by_word(
        b"\xff" * 4096, order, (first, second)
    )
