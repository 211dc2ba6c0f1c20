"""What of a case still lies in the mailbox: the mailbox is a data store too, and people empty it (law.md F-08).

The rule kept here: only where and when, never from whom or about what, so that the list can stand in a mail to staff
and outlive the case.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from mailbot import events as do
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.errors import FolderRefused
from mailbot.execute import key_of
from mailbot.letters.render import Value
from mailbot.model import Case, LetterState, Pointer
from mailbot.store import Unit

log = logging.getLogger(__name__)

SENT_FOLDER = "map met verzonden berichten"
#: The note that names the mails to move: folder and number, nothing else.
_TO_MOVE = "to_move"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One mail to move or delete. `uid` is 0 where only the folder is known."""

    folder: str
    uid: int
    at: datetime
    what: str


def leftovers_of(unit: Unit, case: Case) -> list[Leftover]:
    """The mails of the case where they were last seen, and our letters in the folder of sent mail."""
    found = [
        Leftover(pointer.folder, pointer.uid, mail.received_at, "ontvangen bericht")
        for mail in case.mails
        for pointer in dict.fromkeys((mail.pointer, *mail.found_in))
        if pointer and pointer.folder
    ]
    found += [
        Leftover(SENT_FOLDER, 0, letter.settled_at, "brief van ons")
        for letter in unit.letters_of(case.ref)
        if letter.state is LetterState.SENT and letter.settled_at and letter.audience != "staff"
    ]
    return sorted(found, key=lambda one: one.at)


def tell(unit: Unit, tenant: Tenant, case: Case, now: datetime) -> None:
    """Tell staff what to delete, before the case forgets where it lies. Says where and when, and nothing else."""
    policy = tenant.policy
    found = leftovers_of(unit, case)
    token = f"leftovers:{case.ref}"
    if not found or not policy.contact_email or unit.letter(token):
        return
    rows = [
        {
            "at": dutch_moment(one.at, policy.zone),
            "what": one.what,
            "folder": one.folder,
            "number": str(one.uid) if one.uid else "",
        }
        for one in found
    ]
    send = do.Send(token, "leftovers", policy.contact_email, "staff", LetterState.QUEUED)
    extra: dict[str, Value] = {"rows": rows, "case_ref": case.ref, "trash": _trash(tenant)}
    unit.put_letter(replace(tenant.letters.compose(send, None, policy, now, key_of(unit), extra), ref=""))


def _trash(tenant: Tenant) -> str:
    account = tenant.company.imap
    return account.trash if account else ""


def plan_move(unit: Unit, tenant: Tenant, case: Case) -> None:
    """Write down which mails the program moves, where the company switched that on; the case forgets them next."""
    if not _trash(tenant):
        return
    places = [
        [pointer.folder, pointer.uidvalidity, pointer.uid]
        for mail in case.mails
        for pointer in dict.fromkeys((mail.pointer, *mail.found_in))
        if pointer and pointer.folder
    ]
    waiting = orjson.loads(unit.note(_TO_MOVE) or "[]")
    unit.put_note(_TO_MOVE, orjson.dumps([*waiting, *places]).decode())


def move_out(tenant: Tenant) -> int:
    """Move what was written down into the folder that the company named. Repeatable; a mail that is gone is let be."""
    with tenant.store.unit() as unit:
        places = orjson.loads(unit.note(_TO_MOVE) or "[]")
    if not places or not _trash(tenant):
        return 0
    try:
        moved = sum(tenant.pen.move(Pointer(*place), _trash(tenant)) for place in places)
    except FolderRefused as error:
        log.warning("%s: mails of a forgotten person stay where they are: %s", tenant.id, error)
        moved = 0
    with tenant.store.unit() as unit:
        unit.drop_note(_TO_MOVE)
    return moved
