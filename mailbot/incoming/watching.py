"""Which folders are read, and how far: the mailbox from one end to the other, whatever the server did meanwhile.

The rules kept here: a folder that cannot be opened never hides the others; every mail that was fetched is recorded. A
server that numbers a folder anew makes nothing new: what was there before the newest mail on record and is not on
record itself opens no case and gets no letter; it is listed for a person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice

from mailbot.app import Tenant
from mailbot.cursors import cursor_in, is_numbered_anew, note_renumbering, renumbering
from mailbot.errors import FolderRefused
from mailbot.incoming import backlog, filing
from mailbot.incoming.backlog import Arrived
from mailbot.mailbox import Cursor
from mailbot.model import MailRecord, Pointer
from mailbot.outgoing.notices import Notice, tell

log = logging.getLogger(__name__)

#: So many mails of a folder in one go: then time passes and letters leave before the next ones are read. Whole fetches
#: and whole batches, for what is fetched beyond is fetched again.
MOST_AT_ONCE = 512


def take_in(tenant: Tenant, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Read what is new in every watched folder, at most MOST_AT_ONCE in each. Returns how many mails were recorded.

    Raises TryLater, or FolderRefused after the other folders were read.
    """
    recorded, refused = 0, None
    for folder in folders(tenant):
        try:
            recorded += _read(tenant, folder, clock, stop)
        except FolderRefused as error:
            refused = error
            continue
        if stop():
            break
    if refused:
        raise refused
    return recorded


def folders(tenant: Tenant) -> Iterator[str]:
    """The folders to read, each once; a role such as "\\Junk" is the folder that has it, if there is one."""
    named = (tenant.mailbox.role(name) if name.startswith("\\") else name for name in tenant.folders)
    yield from dict.fromkeys(name for name in (*named, *filing.folders(tenant)) if name)


def _read(tenant: Tenant, folder: str, clock: Callable[[], datetime], stop: Callable[[], bool]) -> int:
    """How many mails of a folder were recorded."""
    with tenant.store.unit() as unit:
        cursor = cursor_in(unit, folder)
    if cursor:
        tenant.intake_attempts.end_recorded(Pointer(folder, cursor.uidvalidity, cursor.uid))
    arriving = islice(tenant.mailbox.since(folder, cursor, tenant.policy.go_live), MOST_AT_ONCE)
    recorded = 0
    with closing(backlog.work_off(tenant, _watched(tenant, cursor, arriving), clock)) as batches:
        for many in batches:
            recorded += many
            if stop() or recorded >= MOST_AT_ONCE:
                return recorded
    _list_resurfaced(tenant, folder, clock())
    return recorded


def _watched(tenant: Tenant, cursor: Cursor | None, arriving: Iterator[Arrived]) -> Iterator[Arrived]:
    """What arrives; that its folder was numbered anew is noted before the first is recorded."""
    for number, mail in enumerate(arriving):
        if cursor and not number and is_numbered_anew(cursor, mail.pointer):
            _note_renumbering(tenant, mail.pointer)
        yield mail


def _note_renumbering(tenant: Tenant, first: Pointer) -> None:
    _, uidnext = tenant.mailbox.folder_state(first.folder)
    with tenant.store.unit() as unit:
        note_renumbering(unit, first, uidnext)
    log.warning("%s: the server numbered a folder anew; it is read again", tenant.id)


def _list_resurfaced(tenant: Tenant, folder: str, now: datetime) -> None:
    """Once a folder that was numbered anew is read to its end, in however many rounds: tell a person which mails came
    up that nobody had on record."""
    with tenant.store.unit() as unit:
        cursor, anew = cursor_in(unit, folder), renumbering(unit, folder)
        if not (cursor and anew):
            return
        found = [seen for seen in unit.seen_as("resurfaced") if _lies_in(seen, folder, cursor.uidvalidity)]
        if found:
            token = f"renumbered:{folder}:{anew.replace(' ', ':')}"
            tell(unit, tenant, Notice("renumbered", token, folder, mails=tuple(found)), now)


def _lies_in(seen: MailRecord, folder: str, uidvalidity: int) -> bool:
    return (seen.pointer.folder, seen.pointer.uidvalidity) == (folder, uidvalidity)
