"""Who of the company's people is away just now.

The rule kept here: somebody counts as away until he gives a sign of life. Meanwhile the next one gets what he would
have got: after the contact person the deputy, after the deputy everybody else whom the settings name.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.app import Tenant
from mailbot.contacts import address_of
from mailbot.model import Policy
from mailbot.store import Unit

CONTACT, DEPUTY = "contact", "deputy"


def policy_now(unit: Unit, tenant: Tenant) -> Policy:
    """The company's policy, and who of its people is away just now."""
    contact, deputy = is_away(unit, CONTACT), is_away(unit, DEPUTY)
    policy = tenant.policy
    return replace(policy, contact_away=contact, deputy_away=deputy) if contact or deputy else policy


def mark_back(unit: Unit, policy: Policy, email: str) -> None:
    """Somebody has given a sign of life: warnings go to him again."""
    for who, address in _people(policy).items():
        if address == email.lower() and is_away(unit, who):
            unit.drop_note(_note(who))
            unit.drop_note(_steps(who))


def note_sign_of_life(unit: Unit, policy: Policy, name: str, email: str = "") -> None:
    """Who acts under this name, or has this address, is there. Whom nobody knows gives no sign for anybody else, and a
    name that both have is neither's."""
    if address := address_of(policy, name, email):
        mark_back(unit, policy, address)


def role_of(policy: Policy, email: str) -> str:
    """Whether this is the contact person's address or the deputy's; nothing for another one."""
    return next((who for who, address in _people(policy).items() if address == email.lower()), "")


def is_away(unit: Unit, who: str) -> bool:
    """Whether the contact person, or the deputy, gave no sign of life since he was said to be away."""
    return unit.note(_note(who)) is not None


def mark_away(unit: Unit, who: str, now: datetime) -> None:
    """From now on he counts as away."""
    unit.put_note(_note(who), now.isoformat())


def leave_steps(unit: Unit, who: str, why: str) -> None:
    """The steps that he has at hand go to the next people when the clock gets to them; `why` he is not there."""
    unit.put_note(_steps(who), why)


def steps_left(unit: Unit, who: str) -> str:
    """Why his steps are to go to the next people; empty when none are left, or he is back."""
    return unit.note(_steps(who)) or ""


def steps_passed_on(unit: Unit, who: str) -> None:
    """The next people have all his steps."""
    unit.drop_note(_steps(who))


def _people(policy: Policy) -> dict[str, str]:
    """Who has which address; a deputy who is the contact person himself is nobody else."""
    people = {CONTACT: policy.contact_email.lower(), DEPUTY: policy.deputy_email.lower()}
    return {who: address for who, address in people.items() if address}


def _note(who: str) -> str:
    return f"{who}_away"


def _steps(who: str) -> str:
    return f"{who}_steps"
