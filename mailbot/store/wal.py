"""A write-ahead log with a damaged tail is set aside before SQLite drops that without a word (SQLite file format, 4.2).

The rule kept here: what a crash or a bad disk did to the last records is seen, kept as a copy and reported.
"""

from __future__ import annotations

import shutil
import struct
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    """SQLite's checksum, carried on over these bytes: each word is added to one of two sums, and these to each other.

    So at the end a word counts as often as the Fibonacci number of its place from there says, and a page is one sum.
    """
    import numpy as np  # takes longer to load than most commands run, and only a log needs it

    numbers = np.frombuffer(words, f"{order}u4", len(words) // 8 * 2).astype(np.uint32)
    count, (first, second) = len(numbers), sums
    if not count:
        return sums
    times = _fibonacci(count + 2)
    before, last, beyond = map(int, times[-3:])
    once, again = int(np.dot(numbers, times[count - 1 :: -1])), int(np.dot(numbers, times[count:0:-1]))
    return (
        (once + before * first + last * second) & 0xFFFFFFFF,
        (again + last * first + beyond * second) & 0xFFFFFFFF,
    )


@lru_cache(maxsize=8)
def _fibonacci(many: int) -> NDArray[np.uint32]:
    """The first so many, from 0 on, as 32 bits hold them."""
    import numpy as np

    found = [0, 1]
    while len(found) < many:
        found.append((found[-1] + found[-2]) & 0xFFFFFFFF)
    return np.array(found, np.uint32)
