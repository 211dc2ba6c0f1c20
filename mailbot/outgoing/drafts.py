"""Letters that wait for a person, as drafts in the shared mailbox: read there, changed there, sent from there.

The rule kept here: one draft a letter, known by its own id. Seen in Sent, the letter is sent (F-15: it left). A draft
that a colleague deleted is not put back; the letter then waits in the outbox as before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Literal

from mailbot.app import Tenant
from mailbot.letters import to_draft
from mailbot.mailbox import MailboxWriter, roles
from mailbot.model import Letter, LetterState
from mailbot.outgoing.writes import Writes

log = logging.getLogger(__name__)


def put(tenant: Tenant, clock: Callable[[], datetime]) -> int:
    """Lay new waiting letters into Drafts and see which were taken away. Returns how many were laid. Raises
    TryLater."""
    if not lays(tenant):
        return 0
    with tenant.store.unit() as unit:
        waiting = [letter for letter in unit.letters(LetterState.HELD) if _is_for_people(letter)]
    place = folder(tenant) if waiting else ""
    writes = Writes(tenant, "drafts")
    for letter in writes.in_turn(waiting if place else (), attrgetter("token")):
        writes.write(letter.token, place, partial(_lay, tenant, letter, place, clock()))
    return writes.end()


def lays(tenant: Tenant) -> bool:
    """Whether letters that wait lie in the mailbox as drafts too."""
    return tenant.company.imap is not None and tenant.company.imap.put_drafts


def folder(tenant: Tenant) -> str:
    """The company's folder of drafts; empty when it has none, or when the program lays none there."""
    account = tenant.company.imap
    if account is None or not account.put_drafts:
        return ""
    return account.drafts or tenant.mailbox.role(roles.DRAFTS)


def _is_for_people(letter: Letter) -> bool:
    """Not what a cap holds back (in a flood that would be a thousand drafts), what the airlock stopped, what goes by
    post, nor a copy of data (F-11)."""
    stopped = letter.why.startswith(("cap:", "airlock:")) or any(part.file for part in letter.enclosed)
    return letter.audience == "requester" and letter.draft != "gone" and not (stopped or letter.is_on_paper)


def _lay(tenant: Tenant, letter: Letter, place: str, now: datetime) -> bool:
    writer: MailboxWriter = tenant.mailbox_writer
    there = writer.contains(place, letter.message_id)
    if letter.lies_in_drafts:
        if not there:
            _remember(tenant, letter, "gone")
        return False
    if not there:
        try:
            draft = to_draft(letter, tenant.policy, now)
        except ValueError as error:  # no header can hold its address: it waits in the outbox, as one that was deleted
            log.warning("%s: %s", tenant.id, error)
            _remember(tenant, letter, "gone")
            return False
        writer.append(place, draft, ("\\Draft", "\\Seen"), now)
        log.info("%s: letter %s of %s lies in the drafts", tenant.id, letter.template, letter.ref)
    _remember(tenant, letter, "lies")
    return not there


def _remember(tenant: Tenant, letter: Letter, draft: Literal["lies", "gone"]) -> None:
    with tenant.store.unit() as unit:
        now = unit.letter(letter.token)
        if now and now.state is LetterState.HELD:
            unit.put_letter(replace(now, draft=draft))
