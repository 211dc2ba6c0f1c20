"""Mails to people about the mailbox itself: whether requests are still seen, and what the program cannot judge.

The rule kept here: the same matter is told once, by its token. An alarm goes to a second address too, and before every
letter that waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.events import Send
from mailbot.execute import key_of
from mailbot.letters.render import Value
from mailbot.model import Letter, LetterState, Seen
from mailbot.store import Unit

#: Mails that a notice lists one by one; the rest is counted.
LONGEST_LIST = 30
_BEFORE_ALL = timedelta(days=365)


def tell(
    unit: Unit,
    tenant: Tenant,
    topic: str,
    token: str,
    now: datetime,
    *,
    folder: str = "",
    since: str = "",
    trouble: str = "",
    mails: Sequence[Seen] = (),
    alarm: bool = False,
) -> bool:
    """Queue the mail about this matter, once. Returns whether it was new."""
    if unit.letter(token) is not None:
        return False
    rows = _rows(tenant, mails)
    people = [tenant.policy.contact_email, *([tenant.policy.alarm_email] if alarm else [])]
    for person in dict.fromkeys(filter(None, people)):
        name = token if person == people[0] else f"{token}:alarm"
        letter = compose(tenant, topic, name, person, key_of(unit), now, since, trouble, folder, rows)
        unit.put_letter(replace(letter, next_try=now - _BEFORE_ALL) if alarm else letter)
    return True


def compose(
    tenant: Tenant,
    topic: str,
    token: str,
    to: str,
    key: str,
    now: datetime,
    since: str = "",
    trouble: str = "",
    folder: str = "",
    rows: Sequence[str] = (),
) -> Letter:
    """The mail about this matter, as a letter. `key` signs its Message-ID, in hex."""
    values: dict[str, Value] = {
        "topic": topic,
        "folder": folder,
        "since": since,
        "trouble": trouble,
        "rows": list(rows[:LONGEST_LIST]),
        "more": str(len(rows) - LONGEST_LIST) if len(rows) > LONGEST_LIST else "",
    }
    send = Send(token, "mailbox", to, "staff", LetterState.QUEUED)
    return tenant.letters.compose(send, None, tenant.policy, now, key, values)


def _rows(tenant: Tenant, mails: Sequence[Seen]) -> list[str]:
    kinds, zone = tenant.letters.phrases["nl"]["kind_names"], tenant.policy.zone
    in_order = sorted(mails, key=lambda seen: seen.received_at)
    return [f"{dutch_moment(seen.received_at, zone)}: {kinds.get(seen.kind, seen.kind)}" for seen in in_order]
