"""What became of a mail shows in the mailbox, where a company asks for it: a keyword, or a folder `Privacy/<kind>`.

The rules kept here: the memory is the truth and the mailbox a copy, written after the commit, as often as need be. A
colleague who moves a mail from one of these folders to another has corrected its kind; one who moves it back out says
that it is no request. What we moved ourselves, or what a server that was put back from a copy shows in an old place,
is never taken for a colleague's hand.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from operator import attrgetter

from mailbot import events
from mailbot.acts import answered
from mailbot.app import Tenant
from mailbot.cursors import lay_there
from mailbot.dispatch import decide_and_execute
from mailbot.errors import Refused, WriteRefused
from mailbot.mailbox import roles
from mailbot.model import Case, CaseMail, Kind, Pointer
from mailbot.outgoing.writes import Writes
from mailbot.store import Unit
from mailbot.store.filings import cases_to_file, mark_filed, queue_filing

log = logging.getLogger(__name__)

ROOT = "Privacy"
BY = "postvak"  # who corrected: somebody who may write in the mailbox


def _is_on(tenant: Tenant, how: str = "") -> bool:
    """Whether the company asks for filing, or for this way of it."""
    account = tenant.company.imap
    return account is not None and account.filing != "off" and how in ("", account.filing)


# --- writing -------------------------------------------------------------------------------------


def file(tenant: Tenant) -> int:
    """Bring the mailbox in line with the cases that changed. Returns how many mails were written. Raises TryLater."""
    if not _is_on(tenant):
        return 0
    writes = Writes(tenant, "filing")
    with tenant.store.unit() as unit:
        changed = cases_to_file(unit)
    for case in writes.in_turn(changed, attrgetter("ref")):
        mails = case.mails if case.is_open else ()
        filed = [writes.write(case.ref, _way(mail, case), partial(_file, tenant, case, mail)) for mail in mails]
        if all(filed):
            with tenant.store.unit() as unit:
                mark_filed(unit, case)
    return writes.end()


def _file(tenant: Tenant, case: Case, mail: CaseMail) -> bool:
    place, word = mail.newest_place, _word(case)
    if place is None or not word or not _is_ours(tenant, place.folder):
        return False
    with tenant.store.unit() as unit:
        before = unit.note(f"filed:{mail.key}") or ""
    if _is_on(tenant, "keyword"):
        marked = tenant.mailbox_writer.mark(place, word, before if before != word else "")
        if marked:  # after it is there: until then the earlier one is to be taken away
            _remember(tenant, mail, word)
        return marked
    if place.folder == (folder := _folder(tenant, word)):
        _remember(tenant, mail, word)
        return False
    return _move(tenant, mail, place, folder, word, before)


def _move(tenant: Tenant, mail: CaseMail, place: Pointer, folder: str, word: str, before: str) -> bool:
    """Remembered before the move: what is found there is then known as our own doing. Where it was not moved, what a
    colleague does with it is his own, and no correction of us."""
    _remember(tenant, mail, word)
    try:
        moved = tenant.mailbox_writer.move(place, folder)
    except WriteRefused:
        _remember(tenant, mail, before)
        raise
    if not moved:
        _remember(tenant, mail, before)
    return moved


def _remember(tenant: Tenant, mail: CaseMail, word: str) -> None:
    """By which word a mail is filed; empty where it is not."""
    with tenant.store.unit() as unit:
        _note(unit, mail.key, word)


def _note(unit: Unit, key: str, word: str) -> None:
    if word:
        unit.put_note(f"filed:{key}", word)
    else:
        unit.drop_note(f"filed:{key}")


def _way(mail: CaseMail, case: Case) -> str:
    """From where to where: mails on one way are refused for one reason."""
    return f"{mail.newest_place.folder if mail.newest_place else ''} > {_word(case)}"


def _word(case: Case) -> str:
    """The keyword or the last part of the folder: the first kind asked."""
    return f"{ROOT}-{case.kinds[0]}" if case.kinds else ""


def _folder(tenant: Tenant, word: str) -> str:
    return f"{_root(tenant)}{word.removeprefix(f'{ROOT}-')}"


def _root(tenant: Tenant) -> str:
    """`Privacy/` as the server writes it: with its own sign, and below INBOX where everything is."""
    delimiter, prefix = tenant.mailbox.namespace()
    return f"{prefix}{ROOT}{delimiter}"


def _is_ours(tenant: Tenant, folder: str) -> bool:
    """Only what lies in a folder that is read, or was put there by us: what a colleague moved elsewhere is his."""
    watched = folder in tenant.folders and folder != tenant.mailbox.role(roles.JUNK)
    return watched or folder.startswith(_root(tenant))


# --- reading what colleagues did -----------------------------------------------------------------


def folders(tenant: Tenant) -> Iterator[str]:
    """The folders `Privacy/...` that there are, to see what colleagues move."""
    if _is_on(tenant, "move"):
        root = _root(tenant)
        yield from (name for name in tenant.mailbox.folder_names() if name.startswith(root))


def moved(unit: Unit, tenant: Tenant, case: Case, key: str, pointer: Pointer, now: datetime) -> None:
    """A mail of a case was found in another place: if we had filed it elsewhere, a colleague corrects us."""
    filed = unit.note(f"filed:{key}")
    if not _is_on(tenant, "move") or not filed or not case.is_open or case.mails[0].key != key:
        return
    if lay_there(unit, pointer):  # put back from a copy, or numbered anew
        queue_filing(unit, case)
        return
    here = _kind_of(tenant, pointer.folder)
    if here is None and pointer.folder not in tenant.folders:
        return
    word = f"{ROOT}-{here}" if here else ""
    if word == filed:
        return
    _correct(unit, tenant, case, here, now)
    _note(unit, key, word)


def _kind_of(tenant: Tenant, folder: str) -> Kind | None:
    name = folder.removeprefix(_root(tenant))
    return Kind(name) if name != folder and name in list(Kind) else None


def _correct(unit: Unit, tenant: Tenant, case: Case, kind: Kind | None, now: datetime) -> None:
    """The kind that was moved away goes, the one that it was moved to comes first, others stay."""
    kinds = (Kind.NOT_A_REQUEST,) if kind is None else tuple(dict.fromkeys((kind, *case.kinds[1:])))
    kinds = (Kind.NOT_A_REQUEST,) if kind is Kind.NOT_A_REQUEST else kinds
    event = events.Corrected(BY, kinds, "moved in the mailbox")
    try:
        answered.refuse_letter_under_way(unit, case, kinds)
        decide_and_execute(unit, tenant, case, event, now)
    except Refused as error:
        log.warning("%s: %s: moved in the mailbox, but: %s", tenant.id, case.ref, error)
        return
    log.info("%s: %s: corrected by a move in the mailbox", tenant.id, case.ref)
