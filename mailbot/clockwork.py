"""Time passes: wake the cases whose moment has come, let old records go, put old cases away.

The rule kept here: what is due is read from what is stored, never from ticks, so a stopped worker loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from mailbot import events
from mailbot.app import Tenant
from mailbot.dispatch import decide_and_execute
from mailbot.fulfil import second_erasures
from mailbot.fulfil.forgetting import forget_due
from mailbot.isolation import run_isolated
from mailbot.outgoing import unreachable
from mailbot.reports import weekly
from mailbot.safekeeping import archiving
from mailbot.staff import calling, heldletters

log = logging.getLogger(__name__)

#: Of mail that asked nothing only this much time's record is kept.
KEEP_RECORDS = timedelta(days=90)


def tick(tenant: Tenant, now: datetime) -> int:
    """Do what is due by now. Returns how many cases had work. What fails for one case costs no other its warning."""
    with tenant.store.unit() as unit:
        due = unit.due_refs(now)
    steps: dict[str, Callable[[], object]] = {ref: partial(_pass_time, tenant, ref, now) for ref in due}
    steps |= {name: partial(step, tenant, now) for name, step in _ALSO_DUE.items()}
    run_isolated(steps.items())
    return len(due)


def _pass_time(tenant: Tenant, ref: str, now: datetime) -> None:
    with tenant.store.unit() as unit:
        if (case := unit.case(ref)) and case.next_at and case.next_at <= now:
            done = decide_and_execute(unit, tenant, case, events.TimePassed(), now)
            log.info("%s: %s: time passed, %d actions", tenant.id, ref, len(done.actions))


def _drop_old_records(tenant: Tenant, now: datetime) -> None:
    """Records of mail that asked nothing go after their term, once a day."""
    today = now.astimezone(UTC).date().isoformat()
    with tenant.store.unit() as unit:
        if unit.note("records_swept") == today:
            return
        for seen in unit.seen_before(now - KEEP_RECORDS):
            if not seen.ref:
                unit.tables.drop("seen", seen.key)
        unit.put_note("records_swept", today)


#: What is due beside the cases' own clocks, in this order.
_ALSO_DUE: dict[str, Callable[[Tenant, datetime], object]] = {
    "the steps of who is away": unreachable.pass_on_steps,
    "warnings": calling.mail_due_calls,
    "letters that wait": heldletters.put_before_people,
    "the weekly summary": weekly.write_due,
    "old records": _drop_old_records,
    "forgetting": forget_due,
    "diaries": second_erasures.tell_due,
    "closed cases": archiving.archive_closed,
}
