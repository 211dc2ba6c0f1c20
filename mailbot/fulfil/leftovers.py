"""What of a case still lies in the mailbox: the mailbox is a data store too, and people empty it (law.md F-08).

The rule kept here: only where and when, never from whom or about what, so that the list can stand in a mail to staff
and outlive the case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot import events as do
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.execute import key_of
from mailbot.model import Case, LetterState
from mailbot.store import Unit

SENT_FOLDER = "map met verzonden berichten"


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
    letter = tenant.letters.compose(send, None, policy, now, key_of(unit), {"rows": rows, "case_ref": case.ref})
    unit.put_letter(replace(letter, ref=""))
