"""A mailbox that takes nothing more: full, read-only, or without keywords.

The rule kept here: mail is read and answered all the same, so what the server refuses to take is told when that begins,
when the reason changes and when it is over, not each round.
"""

from __future__ import annotations

import logging

from mailbot.app import Tenant

log = logging.getLogger(__name__)

_NOTE = "write refused"


def note(tenant: Tenant, refusals: dict[str, str]) -> None:
    """`refusals`: what could not be written in this round, by what it was, each with the server's refusal."""
    told = "; ".join(f"{what}: {why}" for what, why in sorted(refusals.items()))
    with tenant.store.unit() as unit:
        before = unit.note(_NOTE) or ""
        if told == before:
            return
        if told:
            unit.put_note(_NOTE, told)
        else:
            unit.drop_note(_NOTE)
    if told:
        log.warning("%s: not written into the mailbox: %s", tenant.id, told)
    else:
        log.warning("%s: the mailbox takes what is written into it again", tenant.id)
