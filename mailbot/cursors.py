"""How far each folder was read, as notes of the store.

The rule kept here: a cursor moves only behind what was recorded. When the server numbers a folder anew, the newest mail
on record is the mark: what lay there before it is old, also when it is not on record. A server whose mailbox was put
back from a copy counts on from where the copy ends: those numbers are new ones too, under the same UIDVALIDITY.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.mailbox import Cursor
from mailbot.model import Pointer
from mailbot.store import Unit


def cursor_in(unit: Unit, folder: str, of: str = "cursor") -> Cursor | None:
    """The last mail of a folder that was read for this purpose; None when none was."""
    validity, _, uid = (unit.note(f"{of}:{folder}") or "").partition(":")
    return Cursor(folder, int(validity), int(uid)) if uid else None


def move_cursor(unit: Unit, pointer: Pointer, of: str = "cursor") -> None:
    """This mail of its folder was read for this purpose."""
    unit.put_note(f"{of}:{pointer.folder}", f"{pointer.uidvalidity}:{pointer.uid}")


def note_newest(unit: Unit, received_at: datetime, now: datetime) -> None:
    """A mail of this moment is on record; a server whose clock runs ahead does not move the mark into the future."""
    at = min(received_at, now).isoformat()
    if at > (unit.note("newest") or ""):
        unit.put_note("newest", at)


def is_numbered_anew(cursor: Cursor, pointer: Pointer) -> bool:
    """Whether the mail that comes first after the cursor shows that the server numbered its folder anew."""
    return pointer.uidvalidity != cursor.uidvalidity or pointer.uid <= cursor.uid


def note_renumbering(unit: Unit, pointer: Pointer, uidnext: int) -> None:
    """The folder of this mail has new numbers; the mails below `uidnext` may all have been there before."""
    if (newest := unit.note("newest")) is not None:
        unit.put_note(f"renumbered:{pointer.folder}", f"{pointer.uidvalidity} {uidnext} {newest}")


def predates_renumbering(unit: Unit, pointer: Pointer, received_at: datetime) -> bool:
    """Whether a mail that is not on record lay in a folder before it was numbered anew."""
    newest = _renumbering(unit, pointer)
    return newest is not None and received_at < newest


def lay_there(unit: Unit, pointer: Pointer) -> bool:
    """Whether a mail was there when its folder was numbered anew: then no colleague's hand brought it."""
    return _renumbering(unit, pointer) is not None


def renumbering(unit: Unit, folder: str) -> str:
    """By what a renumbering of this folder is known; empty when it never was numbered anew."""
    return (unit.note(f"renumbered:{folder}") or "").rpartition(" ")[0]


def _renumbering(unit: Unit, pointer: Pointer) -> datetime | None:
    """The newest mail on record when the folder of this mail, which was there by then, was numbered anew."""
    validity, uidnext, newest = (unit.note(f"renumbered:{pointer.folder}") or "0 0 ").split(" ")
    if not newest or int(validity) != pointer.uidvalidity or pointer.uid >= int(uidnext):
        return None
    return datetime.fromisoformat(newest)
