"""Mail to colleagues goes to whom the settings name when it leaves, not when it was written.

The rule kept here: who has left the company gets nothing more about its cases, and nothing that waited for him is lost:
the contact person of now gets it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.model import Letter, Policy
from mailbot.store import Unit


def readdressed(letter: Letter, policy: Policy) -> Letter:
    """The letter as it leaves; only one to a colleague who is not on file any more changes."""
    if letter.audience != "staff" or (to := _now(letter.to, policy)) == letter.to:
        return letter
    return replace(letter, to=to)


def pass_on(unit: Unit, policy: Policy, now: datetime) -> None:
    """Warnings that wait for somebody who is not on file any more wait for the contact person from now on."""
    for call in unit.calls_until(now):
        if (to := _now(call.to, policy)) != call.to:
            unit.put_call(replace(call, to=to))


def _now(to: str, policy: Policy) -> str:
    return to if to.lower() in _on_file(policy) else policy.contact_email


def _on_file(policy: Policy) -> frozenset[str]:
    people = (policy.contact_email, policy.deputy_email, policy.alarm_email, *policy.beyond, *policy.addresses)
    return frozenset(address.lower() for address in people if address)
