"""Copies of what the program sent, in the Sent folder, so that colleagues see what was said.

The rule kept here: a letter that left is never unsent by a copy that fails; and it looks first, a minute later, because
many servers file what they send themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from mailbot.app import Tenant
from mailbot.letters import to_bytes
from mailbot.model import Letter
from mailbot.outgoing.kept import as_kept
from mailbot.outgoing.sent_mail import sent_folder
from mailbot.outgoing.writes import Writes

PATIENCE = timedelta(minutes=1)


def file(tenant: Tenant, clock: Callable[[], datetime]) -> int:
    """File what left a minute ago or earlier. Returns how many copies were written. Raises TryLater."""
    with tenant.store.unit() as unit:
        due = [letter for letter in unit.letters_to_copy() if _is_due(letter, clock())]
    folder = sent_folder(tenant) if due else ""
    writes = Writes(tenant, "copies in Sent")
    for letter in writes.in_turn(due if folder else (), attrgetter("token")):
        writes.write(letter.token, folder, partial(_file, tenant, letter, folder))
    return writes.end()


def _is_due(letter: Letter, now: datetime) -> bool:
    return letter.settled_at is not None and now - letter.settled_at >= PATIENCE


def _file(tenant: Tenant, letter: Letter, folder: str) -> bool:
    missing = not tenant.mailbox_writer.contains(folder, letter.message_id)
    if missing and letter.settled_at:
        tenant.mailbox_writer.append(
            folder, to_bytes(letter, tenant.policy, letter.settled_at), ("\\Seen",), letter.settled_at
        )
    with tenant.store.unit() as unit:
        if now := unit.letter(letter.token):
            unit.put_letter(as_kept(replace(now, copy_due=False)))
    return missing
