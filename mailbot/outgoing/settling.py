"""How a letter ended: written down once, told to every case that it speaks of."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from mailbot import absence, events
from mailbot import actions as do
from mailbot.app import Tenant
from mailbot.dispatch import decide_and_execute
from mailbot.model import Letter, LetterState
from mailbot.outgoing import gathering, unreachable
from mailbot.outgoing.kept import as_kept
from mailbot.store import Unit

log = logging.getLogger(__name__)


def settle(tenant: Tenant, letter: Letter, state: LetterState, answer: str, now: datetime) -> None:
    """Write down how a letter ended and let its case know (F-15: only `sent` meets a term)."""
    with tenant.store.unit() as unit:
        settle_in(unit, tenant, letter, state, answer, now)


def settle_in(unit: Unit, tenant: Tenant, letter: Letter, state: LetterState, answer: str, now: datetime) -> None:
    """The same, inside a unit of work."""
    why = "" if state is LetterState.SENT else answer
    ended = as_kept(letter) if state is LetterState.SENT and not letter.copy_due else letter
    ended = replace(ended, state=state, answer=answer, why=why, settled_at=now, next_try=None)
    unit.put_letter(ended)
    gathering.end_parts(unit, ended)
    tell_cases(unit, tenant, letter, state, why, now, _taken(letter, state, answer))
    if state is LetterState.FAILED and absence.role_of(tenant.policy, letter.to) == absence.DEPUTY:
        unreachable.escalate(unit, tenant, absence.DEPUTY, [letter], "refused", now)
    log.info("%s: letter %s of %s: %s", tenant.id, letter.template, letter.ref or "the company", state)


def tell_cases(
    unit: Unit,
    tenant: Tenant,
    letter: Letter,
    state: LetterState,
    why: str,
    now: datetime,
    taken: do.LetterTaken | None = None,
) -> None:
    """Let every case that a letter speaks of know how it ended: under the name of the mail that it stands for."""
    names = {part.token: part.template for part in gathering.covered(unit, letter)}
    for ref, token in covered_decisions(letter):
        if case := unit.case(ref):
            event = events.LetterSettled(token, names.get(token, letter.template), state, letter.audience, why, taken)
            decide_and_execute(unit, tenant, case, event, now)


def _taken(letter: Letter, state: LetterState, answer: str) -> do.LetterTaken | None:
    """What the history keeps of the acceptance, so that the letter on file cannot be changed unseen."""
    if state is not LetterState.SENT or letter.audience != "requester":
        return None
    return do.LetterTaken(letter.token, letter.message_id, answer, letter.content_hash, letter.to)


def covered_decisions(letter: Letter) -> list[tuple[str, str]]:
    """The cases that a letter speaks of, each with the token of the decision behind it."""
    return [(token.partition(":")[0], token) for token in letter.covers] or [(letter.ref, letter.token)]
