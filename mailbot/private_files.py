"""Files for their owner only: written whole or not at all, never through a symbolic link."""

from __future__ import annotations

import os
from pathlib import Path

from mailbot.errors import Usage


def write(path: Path, content: str | bytes) -> None:
    """Write the file with mode 0600; an older one of this name is replaced at once. Raises Usage with the reason."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Usage(f"{path}: cannot be written ({error.strerror}); name another file") from None
