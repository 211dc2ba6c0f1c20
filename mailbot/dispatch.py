"""Decide, then do: what a mail, the time that passed or a letter that ended leads to in one case.

The rule kept here: the core decides with who of the company's people is there just now, so that while the contact
person is away the next one gets what he would have got.
"""

from __future__ import annotations

from datetime import datetime

from mailbot import events
from mailbot.absence import policy_now
from mailbot.app import Tenant
from mailbot.decide import decide
from mailbot.execute import Execution, execute
from mailbot.model import Case
from mailbot.store import Unit


def decide_and_execute(unit: Unit, tenant: Tenant, case: Case | None, event: events.Event, now: datetime) -> Execution:
    """Decide what follows from the event and carry it out inside `unit`. Raises Refused before anything was done."""
    policy = policy_now(unit, tenant)
    actions = decide(case, event, policy, now)
    return execute(unit, case, event, actions, policy, tenant.letters, now)
