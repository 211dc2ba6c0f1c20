"""A memory in which everything can be done and nothing stays: what `--dry-run` works on.

The rule kept here: the real rules run on the real records, inside one unit of work that is always taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from mailbot.store import Store, Unit


class _TakenBack(Exception):
    """Ends a unit of work so that the store undoes it."""


class DryRunStore:
    """A store like any other, of which every unit is undone at its end."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Everything may be read and written; at the end it is as before."""
        try:
            with self._store.unit() as unit:
                yield unit
                raise _TakenBack
        except _TakenBack:
            pass

    def archive(self, refs: Sequence[str], may_go: Callable[[Unit, str], bool]) -> int:
        """Everything stays where it is."""
        return 0

    def archive_links(self, before: datetime, most: int) -> int:
        """Everything stays where it is."""
        return 0

    def vacuum(self) -> None:
        """Nothing was written, so there is nothing to forget."""

    def claim(self) -> bool:
        """Nobody works in a rehearsal."""
        return False

    def close(self) -> None:
        """Close the real store."""
        self._store.close()
