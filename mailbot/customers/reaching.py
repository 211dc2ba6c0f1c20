"""How seldom a customers' database is called that does not answer.

The rule kept here: a database that does not answer costs its wait once, not once a mail. Until PAUSE is over nobody
calls it, and whoever asks hears at once that it is not known yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailbot.errors import NotAsked, Unreachable

#: So many seconds nobody calls a database that did not answer.
PAUSE = 60.0


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
