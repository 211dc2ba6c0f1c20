"""How often the mail at hand was begun, in a small file that outlives a killed program, without the cost of a sync.

The rule kept here: a mail that kills the program is not begun for ever; whoever takes it in counts its tries.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mailbot.model import Pointer


class IntakeAttempts:
    """How often the mail at hand was begun."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, pointer: Pointer) -> int:
        """Count one more try of this mail and return which it is: 1 for the first."""
        name = f"{pointer.folder}:{pointer.uidvalidity}:{pointer.uid}"
        before, _, count = self._read().rpartition(" ")
        tries = int(count) + 1 if before == name and count.isdigit() else 1
        self._write(f"{name} {tries}")
        return tries

    def begin_together(self, pointers: Sequence[Pointer]) -> bool:
        """Begin many mails at once; False when what was begun before never came to an end: then each goes alone."""
        if self._read():
            return False
        first, last = pointers[0], pointers[-1]
        self._write(f"{first.folder}:{first.uidvalidity}:{first.uid}-{last.uid} 1")
        return True

    def done(self) -> None:
        """The mails that were begun are on record, or nothing was tried."""
        self._write("")

    def _write(self, text: str) -> None:
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))

    def _read(self) -> str:
        try:
            with open(os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return file.read().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return ""
