"""How often the mail at hand was begun, in a small file that outlives a killed program, without the cost of a sync.

The rule kept here: a mail that kills the program is not begun for ever; whoever takes it in counts its tries. Mails
that were begun together are all named until the last of them came to an end, and none of them is blamed: only a mail
that was begun alone is.
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
        self._together: list[Sequence[Pointer]] = []  # the batches that are under way

    def begin(self, pointer: Pointer) -> int:
        """Count one more try of this mail and return which it is: 1 for the first."""
        name = _name(pointer)
        before, _, count = self._read().rpartition(" ")
        tries = int(count) + 1 if before == name and count.isdigit() else 1
        self._write(f"{name} {tries}")
        return tries

    def begin_together(self, pointers: Sequence[Pointer]) -> bool:
        """Begin many mails at once, beside others that were; False when what another run of the program began never
        came to an end: then each goes alone."""
        if not self._together and self._read():
            return False
        self._write(_named(begun := [*self._together, pointers]))  # first: what is not on disk is not under way
        self._together = begun
        return True

    def end_together(self, pointers: Sequence[Pointer]) -> None:
        """These mails are on record, or are not read any more."""
        self._together = [batch for batch in self._together if batch is not pointers]
        self._write(_named(self._together))

    def done(self) -> None:
        """The mail that was begun is on record, or nothing was tried."""
        self._write("")

    def end_recorded(self, newest: Pointer) -> None:
        """The newest mail on record of a folder is under way no more, where the program was killed just behind it."""
        if self._read().rpartition(" ")[0] == _name(newest):
            self.done()

    def _write(self, text: str) -> None:
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))

    def _read(self) -> str:
        try:
            with open(os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return file.read().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return ""


def _name(pointer: Pointer) -> str:
    return f"{pointer.folder}:{pointer.uidvalidity}:{pointer.uid}"


def _named(together: Sequence[Sequence[Pointer]]) -> str:
    return " ".join(f"{_name(one[0])}-{one[-1].uid}" for one in together)
