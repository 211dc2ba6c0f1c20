"""What a person decided about a case, inside a unit of work: an event, a decision, its actions."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from mailbot import absence, anew
from mailbot import events as do
from mailbot.app import Tenant
from mailbot.decide import decide
from mailbot.errors import Refused, Usage
from mailbot.execute import Execution, execute
from mailbot.idguard import masked
from mailbot.model import Status
from mailbot.rights import needed
from mailbot.store import Unit


def act_in(unit: Unit, tenant: Tenant, ref: str, event: do.StaffActed, now: datetime) -> Execution:
    """Carry out what a person decided, inside `unit`. Raises Refused with the rule that forbids it."""
    tenant.permit(needed(event))
    case = unit.case(ref)
    if case is None:
        raise Usage(f"there is no case {ref}")
    if case.status is Status.ANONYMISED:
        raise Refused(
            f"the person of {ref} was forgotten: nothing can be written there; a new mail opens a case", "F-05"
        )
    policy = absence.policy_now(unit, tenant)
    event = unmarked(event)
    if isinstance(event, do.Corrected) and anew.asks_anew(case, event):
        return anew.open_anew(unit, tenant, case, event, policy, now)
    actions = decide(case, event, policy, now)
    if isinstance(event, do.Acknowledged):
        absence.acted(unit, policy, event.actor, tenant.person.email if tenant.person else "")
    return execute(unit, case, event, actions, policy, tenant.letters, now)


def unmarked(event: do.StaffActed) -> do.StaffActed:
    """What a person typed, without identity numbers: they are not kept, whoever types them (C-10).

    An answer with one is refused as a whole instead.
    """
    if isinstance(event, do.Answered):
        return event
    typed = {field.name: getattr(event, field.name) for field in fields(event)}
    clean = {name: masked(text) for name, text in typed.items() if type(text) is str and name != "actor"}
    return replace(event, **clean)  # type: ignore[arg-type]
