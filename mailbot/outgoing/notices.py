"""Mails to people about the mailbox itself: whether requests are still seen, and what the program cannot judge.

The rule kept here: the same matter is told once, by its token. An alarm goes to a second address too, and before every
letter that waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.actions import Send
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.execute import company_key
from mailbot.letters.render import Value
from mailbot.model import Letter, LetterState, MailRecord
from mailbot.store import Unit

#: Mails that a notice lists one by one; the rest is counted.
LONGEST_LIST = 30
_BEFORE_ALL = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Notice:
    """What people must know about the mailbox. `topic` chooses the words of the letter, the rest fills them in.

    `token` names the occasion. `since` is a moment in words; `trouble` is what stood in the way, in words for a person;
    `steps` are those that could not be taken.
    """

    topic: str
    token: str
    folder: str = ""
    since: str = ""
    trouble: str = ""
    mails: tuple[MailRecord, ...] = ()
    steps: tuple[str, ...] = ()


def tell(unit: Unit, tenant: Tenant, notice: Notice, now: datetime) -> bool:
    """Queue the mail to the contact person. Returns whether this was not told before."""
    letters = _letters(unit, tenant, notice, now, tenant.policy.contact_email)
    for letter in letters:
        unit.put_letter(letter)
    return bool(letters)


def alarm(unit: Unit, tenant: Tenant, notice: Notice, now: datetime) -> bool:
    """Queue it for the second address too, before every letter that waits. Returns whether this was not told before."""
    letters = _letters(unit, tenant, notice, now, tenant.policy.contact_email, tenant.policy.alarm_email)
    for letter in letters:
        unit.put_letter(replace(letter, next_try=now - _BEFORE_ALL))
    return bool(letters)


def _letters(unit: Unit, tenant: Tenant, notice: Notice, now: datetime, first: str, *others: str) -> list[Letter]:
    """One letter for each address that there is; none where this was told before."""
    if unit.letter(notice.token) is not None:
        return []
    copy, key = replace(notice, token=f"{notice.token}:alarm"), company_key(unit)
    people = dict.fromkeys(filter(None, (first, *others)))
    return [compose(tenant, notice if person == first else copy, person, key, now) for person in people]


def compose(tenant: Tenant, notice: Notice, to: str, key: str, now: datetime) -> Letter:
    """The mail about this, as a letter. `key` signs its Message-ID, in hex."""
    rows = _rows(tenant, notice.mails)
    values: dict[str, Value] = {
        "topic": notice.topic,
        "folder": notice.folder,
        "since": notice.since,
        "trouble": notice.trouble,
        "steps": list(notice.steps),
        "rows": list(rows[:LONGEST_LIST]),
        "more": str(len(rows) - LONGEST_LIST) if len(rows) > LONGEST_LIST else "",
    }
    send = Send(notice.token, "mailbox", to, "staff", LetterState.QUEUED)
    return tenant.letters.compose(send, None, tenant.policy, now, key, values)


def _rows(tenant: Tenant, mails: Sequence[MailRecord]) -> list[str]:
    kinds, zone = tenant.letters.phrases["nl"]["kind_names"], tenant.policy.zone
    in_order = sorted(mails, key=lambda seen: seen.received_at)
    return [f"{dutch_moment(seen.received_at, zone)}: {kinds.get(seen.kind, seen.kind)}" for seen in in_order]
