"""Mails to people about the mailbox itself: whether requests are still seen, and what the program cannot judge.

The rule kept here: the same matter is told once, by its token.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.events import Send
from mailbot.execute import key_of
from mailbot.letters.render import Value
from mailbot.model import LetterState, Seen
from mailbot.store import Unit

#: Mails that a notice lists one by one; the rest is counted.
LONGEST_LIST = 30


def tell(
    unit: Unit, tenant: Tenant, topic: str, token: str, now: datetime, folder: str = "", mails: Sequence[Seen] = ()
) -> bool:
    """Queue the mail about this matter, once. Returns whether it was new."""
    if unit.letter(token) is not None:
        return False
    policy, kinds = tenant.policy, tenant.letters.phrases["nl"]["kind_names"]
    rows = [
        f"{dutch_moment(seen.received_at, policy.zone)}: {kinds.get(seen.kind, seen.kind)}"
        for seen in sorted(mails, key=lambda seen: seen.received_at)
    ]
    values: dict[str, Value] = {
        "topic": topic,
        "folder": folder,
        "rows": rows[:LONGEST_LIST],
        "more": str(len(rows) - LONGEST_LIST) if len(rows) > LONGEST_LIST else "",
    }
    send = Send(token, "mailbox", policy.contact_email, "staff", LetterState.QUEUED)
    unit.put_letter(tenant.letters.compose(send, None, policy, now, key_of(unit), values))
    return True
