"""How far each folder was read, as notes of the store.

The rule kept here: a place moves only behind what was recorded.
"""

from __future__ import annotations

from mailbot.mailbox import Cursor
from mailbot.model import Pointer
from mailbot.store import Unit


def place_of(unit: Unit, folder: str, of: str = "cursor") -> Cursor | None:
    """The last mail of a folder that was read for this purpose; None when none was."""
    validity, _, uid = (unit.note(f"{of}:{folder}") or "").partition(":")
    return Cursor(folder, int(validity), int(uid)) if uid else None


def move_to(unit: Unit, pointer: Pointer, of: str = "cursor") -> None:
    """This mail of its folder was read for this purpose."""
    unit.put_note(f"{of}:{pointer.folder}", f"{pointer.uidvalidity}:{pointer.uid}")
