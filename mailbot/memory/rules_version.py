"""What an older program wrote becomes what this one makes of the same histories.

The rules kept here: a case whose history does not hold is let be, so that `mailbot check` tells it; what is written is
what the history says, and a day of forgetting that the older program did not plan is planned, on record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from mailbot import actions as do
from mailbot import chain, events
from mailbot.execute import execute
from mailbot.letters import Letters
from mailbot.memory import histories, rules
from mailbot.model import Case, Policy, Status
from mailbot.plan.retention import forget_on
from mailbot.store import Store, Unit

log = logging.getLogger(__name__)


def apply_rules(store: Store, policy: Policy, letters: Letters, clock: Callable[[], datetime]) -> None:
    """Once for each new set of rules; a memory without cases has nothing to bring up."""
    with store.unit() as unit:
        if rules.is_current(unit) or not unit.tables.count("cases", "all", "~", "<="):
            return
        refold(unit)
        for case in unit.all_cases(Status.CLOSED):
            if case.forget_on is None and (day := forget_on(case, policy)):
                execute(unit, case, events.TimePassed(), [do.PlanForgetting(day)], policy, letters, clock())
        rules.note(unit)


def refold(unit: Unit) -> int:
    """Write each case as its history makes it now. Returns how many changed."""
    changed = 0
    for case in unit.all_cases():
        folded = _folded(unit, case)
        if folded is not None and folded != case:
            unit.put_case(folded)
            changed += 1
    if changed:
        log.info("%d cases were made anew from their histories by the rules of this version", changed)
    return changed


def _folded(unit: Unit, case: Case) -> Case | None:
    """The case that its history makes; None when that does not hold, or says nothing any more."""
    entries = unit.history(case.ref)
    if case.status is Status.ANONYMISED or chain.faults(entries, histories.key_of(unit, case)):
        return None
    try:
        return histories.folded(entries)
    except (ValueError, KeyError, TypeError):
        return None
