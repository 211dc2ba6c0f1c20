"""What the program remembers, one store per company (F-14), behind one small protocol.

`Store.unit()` is one lock, all or nothing; inside it a `Unit` reads and writes. Two stores keep this contract, and one
class of tests holds both to it: `tiny` (TinyDB on rows, the default) and `postgres`. Cases that are closed for long lie
in `registers`, a file for each year; a unit reads and writes as if they did not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from mailbot.store.tiny import MEMORY_FILE, TinyStore, file_opened, lock
from mailbot.store.unit import KEYS, Tables, Unit, stamp

__all__ = ["KEYS", "MEMORY_FILE", "Store", "Tables", "TinyStore", "Unit", "file_opened", "lock", "stamp"]


class Store(Protocol):
    """One company's memory."""

    def unit(self) -> AbstractContextManager[Unit]:
        """One writer at a time; everything or nothing. Raises TryLater when the disk or server will not."""

    def claim(self) -> bool:
        """Be the only worker of this company until `close`; False while another has it."""

    def archive(self, refs: Sequence[str], may_go: Callable[[Unit, str], bool]) -> int:
        """Move closed cases, each with all that is its own, into the register of its year; returns how many went."""

    def archive_links(self, before: datetime, most: int) -> int:
        """Move the oldest links of the company's chain likewise; returns how many went."""

    def vacuum(self) -> None:
        """Make what was deleted vanish from the files too."""

    def close(self) -> None:
        """Let go of files and connections."""
