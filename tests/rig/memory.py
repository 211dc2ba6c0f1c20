"""Where tests write: in memory, where that has room. A disk makes each of some hundred thousand commits wait for it.

The rule kept here: what a test sees is the same in both places. What was written and synced survives a killed process
in memory too, and no test takes the power away; the long runs write to the disk nevertheless.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
#: Bytes that the tests may need at a time, all servers and all at once. A container has 64 MB of it unless it is told.
ROOM = 2**30


def write_in_memory() -> None:
    """Let whatever asks for a temporary folder from now on have it in memory: this process, and all that it begins."""
    if "TMPDIR" not in os.environ and has_room(_MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def has_room(place: Path) -> bool:
    """Whether it can be written, holds what the tests write, and lets programs run that lie there."""
    if not os.access(place, os.W_OK | os.X_OK):
        return False
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize >= ROOM and not disk.f_flag & os.ST_NOEXEC


def short_folder(prefix: str) -> Path:
    """A new temporary folder whose path leaves room for the name of a socket, which has 108 characters."""
    usual = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix=prefix, dir=usual if len(usual) <= len(str(_MEMORY)) else "/tmp"))
