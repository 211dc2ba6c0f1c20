"""Files for their owner only: written whole or not at all, never through a symbolic link."""

from __future__ import annotations

import os
from pathlib import Path

from mailbot.errors import Usage


def write(path: Path, content: str | bytes) -> None:
    """Write the file that a person named, with mode 0600. Raises Usage with the reason; what was there stays then."""
    try:
        replace(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise Usage(f"{path}: cannot be written ({error.strerror}); name another file") from None


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put the file in the place of one of this name, at once, on the disk. Raises OSError, and leaves no half of it."""
    fresh = path.parent / f".{path.name[:100]}.{os.getpid()}.new"
    fresh.unlink(missing_ok=True)  # of a program that was killed, and had the number that is ours now
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        fresh.replace(path)
    except BaseException:  # Ctrl-C too
        fresh.unlink(missing_ok=True)
        raise
