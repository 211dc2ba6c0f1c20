"""A write-ahead log with a damaged tail is set aside before SQLite drops that without a word (SQLite file format, 4.2).

The rule kept here: what a crash or a bad disk did to the last records is seen, kept as a copy and reported.
"""

from __future__ import annotations

import shutil
import struct
import time
from pathlib import Path

_HEADER, _FRAME = 32, 24
#: Seconds in which another process that is writing finishes the frame at hand.
A_WRITE = 0.2


def set_aside(database: Path) -> Path | None:
    """Copy the log of `database` beside it when a frame of this generation fails its checksum; the copy's path."""
    log = database.with_name(database.name + "-wal")
    if not log.exists() or not is_damaged(before := log.read_bytes()):
        return None
    time.sleep(A_WRITE)
    if not log.exists() or log.read_bytes() != before:
        return None  # another process was writing just then
    number = 1 + len(list(database.parent.glob(f"{log.name}.damaged-*")))
    copy = log.with_name(f"{log.name}.damaged-{number}")
    shutil.copy2(log, copy)
    return copy


def is_damaged(log: bytes) -> bool:
    """Whether a frame that belongs to this generation (its salt says so) is cut off or fails its checksum."""
    if len(log) < _HEADER:
        return bool(log)
    magic, _, page, _ = struct.unpack(">4I", log[:16])
    order, sums = (">" if magic & 1 else "<"), (0, 0)
    sums = _summed(log[:24], order, sums)
    if sums != struct.unpack(">2I", log[24:32]):
        return True
    for start in range(_HEADER, len(log), _FRAME + page):
        frame = log[start : start + _FRAME + page]
        if frame[8:16] != log[16:24]:
            return False  # left over from an earlier generation
        sums = _summed(frame[_FRAME:], order, _summed(frame[:8], order, sums))
        if len(frame) < _FRAME + page or sums != struct.unpack(">2I", frame[16:24]):
            return True
    return False


def _summed(words: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    """SQLite's checksum, carried on over these bytes."""
    first, second = sums
    numbers = struct.unpack(f"{order}{len(words) // 4}I", words[: len(words) // 4 * 4])
    for one, two in zip(numbers[::2], numbers[1::2], strict=False):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
