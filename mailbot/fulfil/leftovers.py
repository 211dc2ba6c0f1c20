"""What of a case still lies in the mailbox: the mailbox is a data store too, and people empty it (F-08).

The rule kept here: only where and when, never from whom or about what, so that the list can stand in a mail to staff
and outlive the case.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from mailbot import actions as do
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.errors import FolderRefused
from mailbot.execute import company_key
from mailbot.letters.render import Value
from mailbot.model import Case, Letter, LetterState, MailRecord, Pointer
from mailbot.outgoing import drafts, sent_mail
from mailbot.outgoing.writes import Writes
from mailbot.store import Unit
from mailbot.store.codec import from_doc

log = logging.getLogger(__name__)

SENT_FOLDER, DRAFTS_FOLDER = "map met verzonden berichten", "map met concepten"
#: What a mail on record is that is not one of the person's own.
_OTHERS = {"party": "antwoord van een verwerker", "staff": "antwoord van een collega"}
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
    """The mails of the case where they were last seen, and our letters and drafts in the folders for these."""
    found = [Leftover(pointer.folder, pointer.uid, at, what) for pointer, at, what in _received(unit, case)]
    for letter in unit.letters_of(case.ref):
        if letter.state is LetterState.SENT and letter.settled_at and letter.audience != "staff":
            found.append(Leftover(SENT_FOLDER, 0, letter.settled_at, "brief van ons"))
        elif letter.lies_in_drafts and letter.created_at:
            found.append(Leftover(DRAFTS_FOLDER, 0, letter.created_at, "concept van ons"))
    return sorted(found, key=lambda one: one.at)


def _received(unit: Unit, case: Case) -> Iterator[tuple[Pointer, datetime, str]]:
    """Every place of every mail on record for the case: the person's own, and what others answered about it."""
    known: set[Pointer] = set()
    for mail in case.mails:
        for pointer in dict.fromkeys((mail.pointer, *mail.found_in)):
            if pointer and pointer.folder:
                known.add(pointer)
                yield pointer, mail.received_at, "ontvangen bericht"
    for seen in (from_doc(MailRecord, doc) for doc in unit.tables.by("seen", "ref", case.ref)):
        if seen.pointer.folder and seen.pointer not in known:
            yield seen.pointer, seen.received_at, _OTHERS.get(seen.disposition, "ontvangen bericht")


def tell(unit: Unit, tenant: Tenant, case: Case, now: datetime, trash: str) -> None:
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
    extra: dict[str, Value] = {"rows": rows, "case_ref": case.ref, "trash": trash}
    unit.put_letter(replace(tenant.letters.compose(send, None, policy, now, company_key(unit), extra), ref=""))


def _trash(tenant: Tenant) -> str:
    account = tenant.company.imap
    return account.trash if account else ""


def trash(tenant: Tenant) -> str:
    """The folder to which the program moves mails; empty where the company does not let it, or the server cannot: then
    people are told to. Raises TryLater."""
    named = _trash(tenant)
    return named if named and tenant.mailbox_writer.offers("MOVE") else ""


def own_mails(tenant: Tenant, letters: list[Letter], trash: str) -> list[Pointer]:
    """Where copies and drafts of our letters lie, found by their Message-ID, where the program moves them. Raises
    TryLater: whoever is forgotten first could not be found by it any more."""
    ids = [letter.message_id for letter in letters if letter.audience != "staff" and letter.message_id]
    if not ids or not trash:
        return []
    folders = (sent_mail.sent_folder(tenant), drafts.folder(tenant))
    return [pointer for folder in folders if folder for pointer in tenant.mailbox_writer.find(folder, ids)]


def plan_move(unit: Unit, case: Case, own: list[Pointer]) -> None:
    """Write down which mails the program moves; the case forgets them next."""
    pointers = dict.fromkeys((*(pointer for pointer, _, _ in _received(unit, case)), *own))
    places = [[pointer.folder, pointer.uidvalidity, pointer.uid] for pointer in pointers]
    waiting = orjson.loads(unit.note(_TO_MOVE) or "[]")
    unit.put_note(_TO_MOVE, orjson.dumps([*waiting, *places]).decode())


def move_out(tenant: Tenant) -> int:
    """Move what was written down into the folder that the company named. Repeatable; a mail that is gone is let be.

    Raises TryLater; and WriteRefused after the others were moved: what was refused stays written down.
    """
    with tenant.store.unit() as unit:
        places = orjson.loads(unit.note(_TO_MOVE) or "[]")
    if not places or not _trash(tenant):
        return 0
    writes, left = Writes(tenant, "forgotten mails"), []
    try:
        for place in writes.in_turn(places, repr):
            if not writes.write(repr(place), place[0], partial(_move_out, tenant, place)):
                left.append(place)
    except FolderRefused as error:
        log.warning("%s: mails of a forgotten person stay where they are: %s", tenant.id, error)
    with tenant.store.unit() as unit:
        if left:
            unit.put_note(_TO_MOVE, orjson.dumps(left).decode())
        else:
            unit.drop_note(_TO_MOVE)
    return writes.end()


def _move_out(tenant: Tenant, place: list[Any]) -> bool:
    return tenant.mailbox_writer.move(Pointer(*place), _trash(tenant))
