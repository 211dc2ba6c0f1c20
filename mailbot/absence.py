"""Who of the company's people is away just now.

The rule kept here: somebody counts as away until he gives a sign of life. Meanwhile the next one gets what he would
have got: after the contact person the deputy, after the deputy everybody else whom the settings name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.app import Tenant
from mailbot.contacts import address_of
from mailbot.model import Policy
from mailbot.store import Unit

CONTACT, DEPUTY = "contact", "deputy"
#: In the note of the cases that are to come it stands before those that failed.
_FAILED = "|"


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
            _drop_steps(unit, who)


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


def begin_passing(unit: Unit, who: str) -> list[str]:
    """The cases of which his steps are still to be passed on: all that are open when that begins, and behind them those
    of which it failed."""
    written = unit.note(_cases(who))
    if written is None:
        return _write_cases(unit, who, unit.open_refs())
    to_come, failed = map(str.split, written.split(_FAILED))
    return to_come or _write_cases(unit, who, failed)


def steps_passed_on(unit: Unit, who: str, tried: Collection[str], failed: Iterable[str]) -> None:
    """The next people have the steps of these cases, but for those of which it failed: these come again when all others
    had their turn."""
    if not steps_left(unit, who):  # he is back meanwhile
        return
    to_come, before = map(str.split, (unit.note(_cases(who)) or _FAILED).split(_FAILED))
    rest, again = [ref for ref in to_come if ref not in tried], [*before, *failed]
    if rest or again:
        _write_cases(unit, who, rest, again)
    else:
        _drop_steps(unit, who)


def is_passing_on(unit: Unit) -> bool:
    """Whether somebody's steps are on their way to the next people, and some had no turn yet."""
    return any((unit.note(_cases(who)) or _FAILED).partition(_FAILED)[0] for who in (CONTACT, DEPUTY))


def _write_cases(unit: Unit, who: str, to_come: list[str], failed: Iterable[str] = ()) -> list[str]:
    unit.put_note(_cases(who), f"{' '.join(to_come)}{_FAILED}{' '.join(failed)}")
    return to_come


def _drop_steps(unit: Unit, who: str) -> None:
    unit.drop_note(_steps(who))
    unit.drop_note(_cases(who))


def _people(policy: Policy) -> dict[str, str]:
    """Who has which address; a deputy who is the contact person himself is nobody else."""
    people = {CONTACT: policy.contact_email.lower(), DEPUTY: policy.deputy_email.lower()}
    return {who: address for who, address in people.items() if address}


def _note(who: str) -> str:
    return f"{who}_away"


def _steps(who: str) -> str:
    return f"{who}_steps"


def _cases(who: str) -> str:
    return f"{who}_steps_of"
