"""How a customers' database is called that may be down: how long it may take, and how seldom it is called meanwhile.

The rule kept here: a database that does not answer costs its wait once, not once a mail. Until PAUSE is over nobody
calls it, and whoever asks hears at once that it is not known yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from mailbot.errors import NotAsked, Unreachable

#: So many seconds the database may take to answer, or to take the call where its driver can be told so.
WAIT = 5
#: So many seconds nobody calls a database that did not answer.
PAUSE = 60.0
#: What each driver calls the time for a call. PyMySQL waits for a server's first word as long as for any other, and by
#: itself for ever.
_TIMEOUTS = {
    "psycopg": ("connect_timeout",),
    "psycopg2": ("connect_timeout",),
    "pymysql": ("connect_timeout", "read_timeout", "write_timeout"),
    "mysqldb": ("connect_timeout", "read_timeout", "write_timeout"),
}


def timeouts(driver: str, named: Collection[str]) -> dict[str, int]:
    """The times that a driver is told; what the URL names itself stays as it is."""
    return {name: WAIT for name in _TIMEOUTS.get(driver, ()) if name not in named}


class Patience:
    """Whether a database may be called; `seconds` is a clock that is never set back."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._until = float("-inf")
        self._why = ""

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Around every call. Raises NotAsked while it is too soon after one that failed."""
        if self._seconds() < self._until:
            raise NotAsked(f"{self._why} (not asked again within {PAUSE:.0f} s)")
        try:
            yield
        except Unreachable as error:
            self._until, self._why = self._seconds() + PAUSE, str(error)
            raise
