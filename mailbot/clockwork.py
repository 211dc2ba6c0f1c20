"""Time passes: wake the cases whose moment has come, write the Monday summary, let old records go, put old cases away.

The rule kept here: what is due is read from what is stored, never from ticks, so a stopped worker loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from mailbot import absence
from mailbot import events as do
from mailbot.apart import each_apart
from mailbot.app import Tenant
from mailbot.decide import decide
from mailbot.events import Send
from mailbot.execute import execute, key_of
from mailbot.fulfil import diaries, leftovers
from mailbot.fulfil.forgetting import forget_due
from mailbot.memory import archiving, rewrites
from mailbot.model import Letter, LetterState
from mailbot.reports.digest import TREND_WEEKS, digest, iso_week, week_bounds
from mailbot.reports.summary import summary_values
from mailbot.staff import calling, heldletters
from mailbot.store import Unit

log = logging.getLogger(__name__)

#: Of mail that asked nothing only this much time's record is kept.
KEEP_RECORDS = timedelta(days=90)
SUMMARY_AT = time(8, 0)


def tick(tenant: Tenant, now: datetime) -> int:
    """Do what is due by now. Returns how many cases had work. What fails for one case costs no other its warning."""
    with tenant.store.unit() as unit:
        due = [case.ref for case in unit.due_cases(now)]
    steps: dict[str, Callable[[], object]] = {ref: partial(_wake, tenant, ref, now) for ref in due}
    steps |= {name: partial(step, tenant, now) for name, step in _BESIDE.items()}
    each_apart(steps.items())
    leftovers.move_out(tenant)
    return len(due)


def _wake(tenant: Tenant, ref: str, now: datetime) -> None:
    event = do.TimePassed()
    with tenant.store.unit() as unit:
        if (case := unit.case(ref)) and case.next_at and case.next_at <= now:
            policy = absence.policy_now(unit, tenant)
            actions = decide(case, event, policy, now)
            execute(unit, case, event, actions, policy, tenant.letters, now)
            log.info("%s: %s: time passed, %d actions", tenant.id, ref, len(actions))


def _summary(tenant: Tenant, now: datetime) -> None:
    """On Monday morning the week before is told, once; also when nothing happened."""
    local = now.astimezone(tenant.policy.zone)
    if local.time() < SUMMARY_AT and local.weekday() == 0:
        return
    week = local.date() - timedelta(days=7)
    token = f"summary:{iso_week(week)}"
    with tenant.store.unit() as unit:
        first = unit.note("first_week")
        if first is None:
            unit.put_note("first_week", iso_week(local.date()))
        elif first <= iso_week(week) and unit.letter(token) is None:
            unit.put_letter(compose_summary(unit, tenant, week, now))


def compose_summary(unit: Unit, tenant: Tenant, week: date, now: datetime) -> Letter:
    """The summary of the week that `week` lies in, as a letter to the contact person."""
    policy = tenant.policy
    start, end = week_bounds(week, policy.zone)
    cases = unit.cases_since(start - timedelta(weeks=TREND_WEEKS))
    numbers = digest(cases, unit.seen_since(start), waiting_letters(unit), start, end, now, policy)
    send = Send(f"summary:{iso_week(week)}", "summary", policy.contact_email, "staff", LetterState.QUEUED)
    values = summary_values(numbers, policy, tenant.letters.phrases["nl"], rewrites.mark_now(unit))
    return tenant.letters.compose(send, None, policy, now, key_of(unit), values)


def waiting_letters(unit: Unit) -> list[Letter]:
    """Letters that a person must look at."""
    states = (LetterState.HELD, LetterState.OBSERVED, LetterState.FAILED, LetterState.UNSURE)
    return [letter for state in states for letter in unit.letters(state)]


def _forget_records(tenant: Tenant, now: datetime) -> None:
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
_BESIDE: dict[str, Callable[[Tenant, datetime], object]] = {
    "warnings": calling.ring,
    "letters that wait": heldletters.put_before_people,
    "the weekly summary": _summary,
    "old records": _forget_records,
    "forgetting": forget_due,
    "diaries": diaries.tell_due,
    "closed cases": archiving.put_away,
}
