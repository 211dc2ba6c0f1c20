"""A person lets a letter go that waits, or says that it does not leave.

The rule kept here: what stands in the way of a letter (the airlock, an unproven address, a second look, a draft in the
mailbox) is not passed by because somebody is in a hurry; what was let go can still be dropped for some minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.airlock import carries
from mailbot.app import Tenant
from mailbot.decide.sending import OBSERVES
from mailbot.errors import Refused
from mailbot.model import SECOND_LOOK, Letter, LetterState
from mailbot.outgoing.settling import tell_cases
from mailbot.store import Unit

#: A mail program files its copy in Sent after it has sent: a draft that was taken away may have left just now.
SENT_COPY = timedelta(minutes=2)


def release(tenant: Tenant, token: str, now: datetime, override: str = "") -> Letter:
    """A person lets a held letter go. `override` says who lets it pass the airlock although that found something, and
    why; a wrong recipient cannot be overridden. Raises Refused in observe mode and for letters that do not wait."""
    tenant.require_permission("send")
    with tenant.store.unit() as unit:
        return release_in(unit, tenant, token, now, override)


def release_in(
    unit: Unit, tenant: Tenant, token: str, now: datetime, override: str = "", wait: timedelta = timedelta(0)
) -> Letter:
    """The same inside a unit of work; the letter leaves after `wait` at the earliest, so that it can be stopped."""
    refuse_where_observed(tenant)
    letter = unit.letter(token)
    if letter is None or letter.state not in (LetterState.HELD, LetterState.UNSURE, LetterState.FAILED):
        raise Refused(f"no letter {token} waits; `mailbot outbox` lists them")
    _require_releasable(letter, override)
    data = tenant.policy.undo_time(now) if carries(letter) else timedelta(0)
    wait = max(wait, data, SENT_COPY if letter.draft else timedelta(0))
    why = f"released by a person{f', {override}' if override else ''}"
    released = replace(
        letter,
        state=LetterState.QUEUED,
        next_try=now + wait,
        created_at=now,
        why=why,
        passed=override,
        released=True,
        withdrawn="",
    )
    unit.put_letter(released)
    return released


def refuse_where_observed(tenant: Tenant) -> None:
    """Raises Refused where the company only looks on: nothing leaves."""
    if tenant.policy.mode == "observe":
        raise Refused(f'{OBSERVES}; set mode = "hold" or "automatic" in its file first')


def _require_releasable(letter: Letter, override: str) -> None:
    """Raises Refused for what a person does elsewhere first, with where that is."""
    if letter.why == SECOND_LOOK:
        raise Refused(f"{SECOND_LOOK}: `mailbot done {letter.ref} second_look`, by who did not make it", "F-11")
    if letter.is_on_paper:
        raise Refused(
            f"there is no mail address for it: print it (`mailbot outbox read {letter.token}`), post it, and say so "
            f"with `mailbot outbox posted {letter.token} --on DAY`",
            "on_paper",
        )
    if letter.lies_in_drafts:
        told = "it lies in the drafts of the mailbox: send it from there, or delete it there first"
        raise Refused(told, "in_drafts")
    if override and "recipient" in letter.why:
        raise Refused(
            f"this address is not proven; `mailbot confirm {letter.ref}` or `mailbot recipient {letter.ref}` first",
            "F-11",
        )


def drop(tenant: Tenant, token: str, why: str, now: datetime) -> Letter:
    """A person decides that a letter does not leave. Raises Refused when it already left."""
    tenant.require_permission("send")
    with tenant.store.unit() as unit:
        return drop_in(unit, tenant, token, why, now)


def drop_in(unit: Unit, tenant: Tenant, token: str, why: str, now: datetime) -> Letter:
    """The same inside a unit of work. A notice of extension that never left can be decided anew, what a letter of one
    case was to tell in another is told there, and for one that had failed nobody is called any more."""
    letter = unit.letter(token)
    if letter is None or letter.state in (LetterState.SENT, LetterState.SENDING, LetterState.DROPPED):
        raise Refused(f"no letter {token} waits; `mailbot outbox` lists them")
    dropped = letter.dropped(why, now)
    unit.put_letter(dropped)
    failed = letter.state is LetterState.FAILED and letter.audience == "requester"
    if failed or letter.template in ("extended", "restriction_lifted"):
        tell_cases(unit, tenant, letter, LetterState.DROPPED, why, now)
    return dropped
