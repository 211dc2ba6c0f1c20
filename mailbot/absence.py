"""Nobody there: mail to the contact person or to the deputy comes back, or a machine answers that he is away.

The rule kept here: somebody counts as away until he gives a sign of life. Meanwhile the next one gets what he would
have got: after the contact person the deputy, after the deputy everybody else whom the settings name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot import events as do
from mailbot.app import Tenant
from mailbot.contacts import address_of
from mailbot.decide import decide, steps
from mailbot.execute import execute, step_of
from mailbot.model import Case, Letter, Mail, Policy
from mailbot.outgoing.notices import Notice, tell
from mailbot.staff.staffmail import answered
from mailbot.store import Unit

CONTACT, DEPUTY = "contact", "deputy"
OUT_OF_OFFICE = "out of office"


def policy_now(unit: Unit, tenant: Tenant) -> Policy:
    """The company's policy, and who of its people is away just now."""
    contact, deputy = (bool(unit.note(_note(who))) for who in (CONTACT, DEPUTY))
    policy = tenant.policy
    return replace(policy, contact_away=contact, deputy_away=deputy) if contact or deputy else policy


def is_back(unit: Unit, policy: Policy, email: str) -> None:
    """Somebody has given a sign of life: warnings go to him again."""
    for who, address in _people(policy).items():
        if address == email.lower() and unit.note(_note(who)):
            unit.drop_note(_note(who))


def acted(unit: Unit, policy: Policy, name: str, email: str = "") -> None:
    """Who acts under this name, or has this address, is there. Whom nobody knows gives no sign for anybody else, and a
    name that both have is neither's."""
    if address := address_of(policy, name, email):
        is_back(unit, policy, address)


def who_has(policy: Policy, email: str) -> str:
    """Whether this is the contact person's address or the deputy's; nothing for another one."""
    return next((who for who, address in _people(policy).items() if address == email.lower()), "")


def told_by(unit: Unit, mail: Mail, policy: Policy) -> tuple[str, list[Letter]] | None:
    """Who says with this mail that he is away, and the warnings that it answers; None if it is nothing such."""
    if mail.automatic != "auto-reply" or mail.sender is None:
        return None
    who, letter = who_has(policy, mail.sender.email), answered(unit, mail)
    return (who, [letter] if letter else []) if who else None


def hear(unit: Unit, tenant: Tenant, who: str, letters: list[Letter], why: str, now: datetime) -> list[str]:
    """A mail to `who` came back or a machine answered it: the next people get the steps at hand.

    Returns the cases that they hear of.
    """
    if who == DEPUTY and why != OUT_OF_OFFICE and not unit.note(_note(who)):
        tell(unit, tenant, Notice("deputy_gone", f"deputy-gone:{now.isoformat()}"), now)
    unit.put_note(_note(who), now.isoformat())
    policy = policy_now(unit, tenant)
    told = []
    for case, step in list(_at_hand(unit, who, letters, policy)):
        event = do.ContactSilent(step, why) if who == CONTACT else do.DeputySilent(step, why)
        actions = decide(case, event, policy, now)
        execute(unit, case, event, actions, policy, tenant.letters, now)
        told += [case.ref] if actions else []
    return told


def _people(policy: Policy) -> dict[str, str]:
    """Who has which address; a deputy who is the contact person himself is nobody else."""
    people = {CONTACT: policy.contact_email.lower(), DEPUTY: policy.deputy_email.lower()}
    return {who: address for who, address in people.items() if address}


def _note(who: str) -> str:
    return f"{who}_away"


def _at_hand(unit: Unit, who: str, letters: list[Letter], policy: Policy) -> Iterator[tuple[Case, str]]:
    """The steps that these mails gave; without a mail, the last step of every open case that concerned him."""
    tokens = [token for letter in letters for token in letter.covers or (letter.token,)]
    for token in tokens:
        if case := unit.case(token.partition(":")[0]):
            yield case, step_of(token, case)
    if not letters:
        at_hand = ((case, steps.current_step(case)) for case in unit.open_cases())
        his = who == CONTACT or policy.contact_away
        yield from ((case, step) for case, step in at_hand if (step != "new" if his else step in case.climbed))
