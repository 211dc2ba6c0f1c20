"""The circuit breaker on letters that leave by themselves: caps for address and hour; once open it stays so.

The rule kept here: it stops sending, never intake, never mail to staff, and never what a person wrote or released. Too
many in an hour mean that somebody abuses the mailbox: then nothing leaves by itself any more until a person has looked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.app import Tenant
from mailbot.model import Letter, LetterState
from mailbot.store import Unit

NOTE = "breaker"
#: Why it opened, as `mailbot status` says it.
TOO_MANY = "there were too many letters"
RESTORED = "its memory was put back from a backup, and letters may have left since"


def reason_to_hold(unit: Unit, tenant: Tenant, letter: Letter, now: datetime) -> str:
    """Why this letter must not leave by itself now; empty when it may."""
    caps = tenant.policy.caps
    if not letter.is_automatic:
        return ""
    if open_since(unit):
        return "cap: nothing leaves by itself until a person has looked"
    if unit.sent_since(now - timedelta(hours=1)) >= caps.per_hour:
        _trip(unit, tenant, now)
        return "cap: too many letters this hour"
    if unit.sent_since(now - timedelta(days=1), letter.to) >= caps.per_address_a_day:
        return "cap: this address had its letters for today"
    return ""


def _trip(unit: Unit, tenant: Tenant, now: datetime) -> None:
    """Stop, and tell the contact person."""
    from mailbot.actions import Send  # with all that acts, which who only asks whether it is open does without
    from mailbot.execute import company_key

    stop(unit, now)
    policy = tenant.policy
    why = f"meer dan {policy.caps.per_hour} brieven in een uur"
    send = Send(f"caps:{now.isoformat()}", "caps", policy.contact_email, "staff", LetterState.QUEUED, why=why)
    unit.put_letter(tenant.letters.compose(send, None, policy, now, company_key(unit)))


def stop(unit: Unit, now: datetime, why: str = TOO_MANY) -> None:
    """Let nothing leave by itself until a person has looked."""
    unit.put_note(NOTE, f"{now.isoformat()} {why}")


def open_since(unit: Unit) -> datetime | None:
    """Since when nothing leaves by itself; None when letters leave."""
    at = (unit.note(NOTE) or "").partition(" ")[0]
    return datetime.fromisoformat(at) if at else None


def why_open(unit: Unit) -> str:
    """Why nothing leaves by itself; empty when letters leave."""
    at, _, why = (unit.note(NOTE) or "").partition(" ")
    return (why or TOO_MANY) if at else ""


def close(unit: Unit) -> bool:
    """A person has looked: letters leave again. Returns whether they had stopped."""
    if unit.note(NOTE) is None:
        return False
    unit.drop_note(NOTE)
    return True
