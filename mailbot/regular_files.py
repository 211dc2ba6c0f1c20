"""Files that people name in settings, or on the command line beside them: settings, policies, exports, secrets.

The rule kept here: only a regular file of a sane size is read. A device, a pipe or a folder is never opened, for it may
have no end, wait for ever, or do something when it is opened. What is refused comes as an OSError that says so.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from mailbot.csv_format import NotCsv, Table, from_csv
from mailbot.errors import TryLater

#: So many bytes settings, letters and policies may have, an export of customers or orders, and a secret.
TEXT, EXPORT, SECRET = 4 * 2**20, 256 * 2**20, 64 * 2**10
_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


class NotRegular(OSError):
    """This is no file to read."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(errno.EINVAL, what, str(path))


def read(path: Path, at_most: int = TEXT) -> bytes:
    """The whole file; a link is followed. Raises OSError: NotRegular for what is no regular file or is too large."""
    check(path, at_most)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # it may have become a pipe since
    with os.fdopen(handle, "rb") as file:
        _judge(path, os.fstat(handle), at_most)
        content = file.read(at_most + 1)
    if len(content) > at_most:  # the kernel's own files have no size
        raise _too_large(path, at_most)
    return content


def read_export(path: Path, encoding: str, delimiter: str, remedy: str) -> Table:
    """The headings and the rows of a CSV export. Raises TryLater; `remedy` tells what to do where no file is read."""
    try:
        return from_csv(read(path, EXPORT), encoding, delimiter)
    except OSError as error:
        raise TryLater(f"{path}: {error.strerror or 'cannot be read'}. {remedy}") from error
    except NotCsv as error:
        raise TryLater(f"{path}: {error}") from None


def check(path: Path, at_most: int = TEXT) -> None:
    """Raises OSError where this cannot be a file to read. Opens nothing."""
    _judge(path, path.stat(), at_most)


def _judge(path: Path, found: os.stat_result, at_most: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        what = next((words for is_one, words in _KINDS if is_one(found.st_mode)), "is something else")
        raise NotRegular(path, f"{what}, not a regular file")
    if found.st_size > at_most:
        raise _too_large(path, at_most)


def _too_large(path: Path, at_most: int) -> NotRegular:
    limit = f"{at_most // 2**20} MB" if at_most >= 2**20 else f"{at_most // 2**10} kB"
    return NotRegular(path, f"is larger than {limit}")
