"""Mail to the contact person or to the deputy comes back, or a machine answers it: the next people get the steps.

The rule kept here: without a mail that tells which step it gave, the next people get the last step of every open case
that concerned whom nobody can reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mailbot import absence, events
from mailbot.app import Tenant
from mailbot.decide import ladders
from mailbot.dispatch import decide_and_execute
from mailbot.execute import ladder_step_of
from mailbot.model import Case, Letter
from mailbot.outgoing.notices import Notice, tell
from mailbot.store import Unit

OUT_OF_OFFICE = "out of office"


def escalate(unit: Unit, tenant: Tenant, who: str, letters: list[Letter], why: str, now: datetime) -> list[str]:
    """A mail to `who` came back or a machine answered it. Returns the cases that the next people hear of."""
    if who == absence.DEPUTY and why != OUT_OF_OFFICE and not absence.is_away(unit, who):
        tell(unit, tenant, Notice("deputy_gone", f"deputy-gone:{now.isoformat()}"), now)
    absence.mark_away(unit, who, now)
    told = []
    for case, step in list(_at_hand(unit, tenant, who, letters)):
        event = events.ContactSilent(step, why) if who == absence.CONTACT else events.DeputySilent(step, why)
        if decide_and_execute(unit, tenant, case, event, now).actions:
            told.append(case.ref)
    return told


def _at_hand(unit: Unit, tenant: Tenant, who: str, letters: list[Letter]) -> Iterator[tuple[Case, str]]:
    """The steps that these mails gave; without a mail, the last step of every open case that concerned him."""
    tokens = [token for letter in letters for token in letter.covers or (letter.token,)]
    for token in tokens:
        if case := unit.case(token.partition(":")[0]):
            yield case, ladder_step_of(token, case)
    if not letters:
        at_hand = ((case, ladders.current_step(case)) for case in unit.open_cases())
        his = who == absence.CONTACT or absence.policy_now(unit, tenant).contact_away
        yield from ((case, step) for case, step in at_hand if (step != "new" if his else step in case.climbed))
