"""Letters leave: claim one, send it, settle it. The claim is on disk before the line is opened.

The rule kept here (demand 6): a letter whose end is not known is `unsure`, is told to staff and is never resent by
itself. Later answers (4xx, no server) are tried again for a day; a refusal (5xx) goes to a person at once. Caps stop
sending to people outside, never intake and never mail to staff.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot import events as do
from mailbot.app import Tenant
from mailbot.decide import decide
from mailbot.errors import Refused, SendFailed, SendUnsure, TryLater
from mailbot.execute import execute
from mailbot.letters import to_bytes
from mailbot.model import Letter, LetterState
from mailbot.store import Unit

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
#: So many letters in a row that must wait mean that the server is down, not that one recipient is greylisted.
SERVER_DOWN_AFTER = 3


def deliver(tenant: Tenant, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due. Returns how many letters left. Raises TryLater when the server does not answer."""
    sent = waiting = 0
    while not stop() and (letter := _claim(tenant, clock())):
        try:
            answer = tenant.post.send(tenant.policy.mailbox, letter.to, to_bytes(letter, tenant.policy, clock()))
        except TryLater as error:
            _postpone(tenant, letter, str(error), error.wait, clock())
            waiting += 1
            if waiting >= SERVER_DOWN_AFTER:
                raise
        except SendUnsure as error:
            settle(tenant, letter, LetterState.UNSURE, str(error), clock())
        except (SendFailed, ValueError) as error:
            settle(tenant, letter, LetterState.FAILED, str(error), clock())
        else:
            settle(tenant, letter, LetterState.SENT, answer, clock())
            sent, waiting = sent + 1, 0
    return sent


def recover(tenant: Tenant, now: datetime) -> int:
    """After a crash: a letter that was being sent may have left. Nobody knows, so a person is told."""
    with tenant.store.unit() as unit:
        lost = unit.letters(LetterState.SENDING)
    for letter in lost:
        settle(tenant, letter, LetterState.UNSURE, "the program stopped while sending", now)
    return len(lost)


def _claim(tenant: Tenant, now: datetime) -> Letter | None:
    """The next letter that may leave, marked as being sent."""
    with tenant.store.unit() as unit:
        for letter in unit.sendable(now, limit=20):
            if letter.audience == "requester" and (why := _over_cap(unit, tenant, letter, now)):
                unit.put_letter(replace(letter, state=LetterState.HELD, why=why, next_try=None))
                log.warning("%s: letter of %s held: %s", tenant.id, letter.ref, why)
                continue
            claimed = replace(letter, state=LetterState.SENDING, attempts=letter.attempts + 1)
            unit.put_letter(claimed)
            return claimed
    return None


def _over_cap(unit: Unit, tenant: Tenant, letter: Letter, now: datetime) -> str:
    caps = tenant.policy.caps
    if unit.sent_since(now - timedelta(days=1), letter.to) >= caps.per_address_a_day:
        return "cap: this address had its letters for today"
    if unit.sent_since(now - timedelta(hours=1)) >= caps.per_hour:
        return "cap: too many letters this hour"
    return ""


def _postpone(tenant: Tenant, letter: Letter, why: str, wait: float | None, now: datetime) -> None:
    """Try again later, twice as late each time; after a day a person is told."""
    if now - (letter.created_at or now) >= GIVE_UP_AFTER:
        settle(tenant, letter, LetterState.FAILED, f"gave up after a day: {why}", now)
        return
    pause = min(FIRST_WAIT * 2 ** min(letter.attempts - 1, 10), LONGEST_WAIT)
    pause = max(pause, timedelta(seconds=wait or 0))
    with tenant.store.unit() as unit:
        unit.put_letter(replace(letter, state=LetterState.QUEUED, next_try=now + pause, why=why))


def settle(tenant: Tenant, letter: Letter, state: LetterState, answer: str, now: datetime) -> None:
    """Write down how a letter ended and let its case know (F-15: only `sent` meets a term)."""
    why = "" if state is LetterState.SENT else answer
    with tenant.store.unit() as unit:
        unit.put_letter(replace(letter, state=state, answer=answer, why=why, settled_at=now, next_try=None))
        for ref, token in told_by(letter):
            if case := unit.case(ref):
                event = do.LetterSettled(token, letter.template, state, letter.audience, why)
                actions = decide(case, event, tenant.policy, now)
                execute(unit, case, event, actions, tenant.policy, tenant.letters, now)
    log.info("%s: letter %s of %s: %s", tenant.id, letter.template, letter.ref or "the company", state)


def told_by(letter: Letter) -> list[tuple[str, str]]:
    """The cases that a letter speaks of, each with the token of the decision behind it."""
    return [(token.partition(":")[0], token) for token in letter.covers] or [(letter.ref, letter.token)]


def release(tenant: Tenant, token: str, now: datetime) -> Letter:
    """A person lets a held letter go. Raises Refused in observe mode and for letters that do not wait."""
    if tenant.policy.mode == "observe":
        raise Refused('this company only observes; set mode = "hold" or "automatic" in its file first')
    with tenant.store.unit() as unit:
        letter = unit.letter(token)
        if letter is None or letter.state not in (LetterState.HELD, LetterState.UNSURE, LetterState.FAILED):
            raise Refused(f"no letter {token} waits; `mailbot outbox` lists them")
        released = replace(letter, state=LetterState.QUEUED, next_try=now, created_at=now, why="released by a person")
        unit.put_letter(released)
        return released


def drop(tenant: Tenant, token: str, why: str, now: datetime) -> Letter:
    """A person decides that a letter does not leave. Raises Refused when it already left."""
    with tenant.store.unit() as unit:
        letter = unit.letter(token)
        if letter is None or letter.state in (LetterState.SENT, LetterState.SENDING, LetterState.DROPPED):
            raise Refused(f"no letter {token} waits; `mailbot outbox` lists them")
        dropped = replace(letter, state=LetterState.DROPPED, why=why, settled_at=now, next_try=None)
        unit.put_letter(dropped)
        return dropped
