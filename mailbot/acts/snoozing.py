"""A person puts a case aside until a day: triage does not show it before. Its clock and its warnings go on.

The rules kept here: nothing sleeps past the day on which people must act, and a mail that comes in wakes the case at
once; the history has who put it aside.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import orjson

from mailbot.app import Tenant
from mailbot.errors import Refused
from mailbot.model import Case
from mailbot.store import Unit

if TYPE_CHECKING:
    from mailbot.execute import Execution


def snooze(tenant: Tenant, ref: str, until: date, actor: str, now: datetime) -> Execution:
    """Put a case aside until the morning of that day. Raises Refused for a day that is too late, or past."""
    with tenant.store.unit() as unit:
        if case := unit.case(ref):
            _refuse(case, until, tenant, now)
        done = _noted(unit, tenant, ref, actor, f"put aside until {until.isoformat()}", now)
        wakes = datetime.combine(until, time(), tenant.policy.zone)
        unit.put_note(_name(ref), orjson.dumps([wakes.isoformat(), len(done.case.mails) if done.case else 0]).decode())
        return done


def wake(tenant: Tenant, ref: str, actor: str, now: datetime) -> Execution:
    """Take a case up again before its day."""
    with tenant.store.unit() as unit:
        if (case := unit.case(ref)) and not sleeps(unit, case, now):
            raise Refused(f"{ref} is not put aside", "snooze")
        unit.drop_note(_name(ref))
        return _noted(unit, tenant, ref, actor, "taken up again", now)


def _noted(unit: Unit, tenant: Tenant, ref: str, actor: str, what: str, now: datetime) -> Execution:
    from mailbot import events  # with all that acts, which who only lists cases needs nothing of
    from mailbot.acts.acting import act_in

    return act_in(unit, tenant, ref, events.Noted(actor, what), now)


def sleeps(unit: Unit, case: Case, now: datetime) -> bool:
    """Whether the case is put aside now."""
    kept = unit.note(_name(case.ref))
    if not kept:
        return False
    until, mails = orjson.loads(kept)
    return now < datetime.fromisoformat(until) and len(case.mails) <= mails


def _refuse(case: Case, until: date, tenant: Tenant, now: datetime) -> None:
    today = tenant.policy.day_of(now)
    act_by = case.deadline("act_by")
    if until <= today:
        raise Refused("Name a day after today", "snooze")
    if act_by and act_by.on and act_by.met_at is None and until > max(act_by.on, today):
        raise Refused(f"{case.ref} must be done by {act_by.on.isoformat()}; name an earlier day", "snooze")


def _name(ref: str) -> str:
    return f"snooze:{ref}"
