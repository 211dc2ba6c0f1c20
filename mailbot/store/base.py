"""What both stores do alike: a unit of work over the working store and its registers, and the way between the two.

The rule kept here: a case moves into a register in two units of work, so that a stop between them is seen and made
good. What a unit brought back is taken out of its register once that unit is on disk.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from mailbot.errors import TryLater
from mailbot.store import migrations
from mailbot.store.registers import JoinedTables
from mailbot.store.unit import Unit

log = logging.getLogger(__name__)


class BaseStore(ABC):
    """One company's memory: the working store and the registers of years as one."""

    _is_current = False

    @abstractmethod
    def _opened(self) -> AbstractContextManager[JoinedTables]:
        """Everything of the company, locked; all or nothing."""

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One writer at a time; everything or nothing."""
        with self._opened() as tables:
            unit = Unit(tables)
            is_current = self._is_current or migrations.migrate(unit)
            yield unit
        self._is_current = is_current
        if tables.is_unsettled:
            self._try_to_settle()

    def archive(self, refs: Sequence[str], may_go: Callable[[Unit, str], bool]) -> int:
        """Move these cases, each with all that is its own, into the register of its year; returns how many went.

        `may_go` is asked again in the unit that moves them.
        """
        with self._opened() as tables:
            tables.settle()
            tables.mark_in_transit(refs)
        with self._opened() as tables:
            unit = Unit(tables)
            gone = tables.archive([ref for ref in refs if may_go(unit, ref)])
            if tables.catalogue.in_transit:
                tables.settle()
        return gone

    def archive_links(self, before: datetime, most: int) -> int:
        """Move the oldest links of the company's chain likewise, at most so many; returns how many went."""
        with self._opened() as tables:
            return tables.archive_links(before, most)

    def _try_to_settle(self) -> None:
        """What cannot be settled now is settled before the next case goes, or when somebody is forgotten."""
        try:
            self.settle()
        except TryLater as error:
            log.warning("a register is put in order later: %s", error)

    def settle(self) -> None:
        """Take out of the registers what was brought back or put in another's place."""
        with self._opened() as tables:
            tables.settle()
