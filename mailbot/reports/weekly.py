"""The Monday mail of one company: when it is due, its numbers, the letter.

The rule kept here: the week before is told once, from Monday morning on, also when nothing happened; a mailbox that
began this week has no week to tell yet.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mailbot.actions import Send
from mailbot.app import Tenant
from mailbot.execute import company_key
from mailbot.memory import tampering
from mailbot.model import Letter, LetterState, Policy
from mailbot.operation.health import undecided
from mailbot.reports.digest import TREND_WEEKS, Digest, digest, iso_week, week_bounds
from mailbot.reports.summary import summary_values
from mailbot.store import Unit

SUMMARY_AT = time(8, 0)
#: The states of letters that a person must look at, beside those that failed.
_WAITING = (LetterState.HELD, LetterState.OBSERVED, LetterState.UNSURE)


def write_due(tenant: Tenant, now: datetime) -> None:
    """Queue the summary of the week before, when it is due."""
    with tenant.store.unit() as unit:
        if week := week_due(unit, tenant.policy, now):
            unit.put_letter(compose(unit, tenant, week, now))


def week_due(unit: Unit, policy: Policy, now: datetime) -> date | None:
    """A day of the week that is to be told now; None when there is none. The first call notes that it began."""
    local = now.astimezone(policy.zone)
    week = local.date() - timedelta(days=7)
    if local.weekday() == 0 and local.time() < SUMMARY_AT:
        return None
    first = unit.note("first_week")
    if first is None:
        unit.put_note("first_week", iso_week(local.date()))
        return None
    return week if first <= iso_week(week) and unit.letter(token(week)) is None else None


def token(week: date) -> str:
    """The token of the mail about the week that this day lies in."""
    return f"summary:{iso_week(week)}"


def numbers(unit: Unit, policy: Policy, week: date, now: datetime) -> Digest:
    """What the summary of the week that this day lies in counts."""
    start, end = week_bounds(week, policy.zone)
    cases = unit.cases_since(start - timedelta(weeks=TREND_WEEKS))
    waiting = [letter for state in _WAITING for letter in unit.letters(state)]
    waiting += undecided(unit.letters(LetterState.FAILED), [case for case in cases if case.is_open])
    return digest(cases, unit.seen_since(start), waiting, start, end, now, policy)


def compose(unit: Unit, tenant: Tenant, week: date, now: datetime) -> Letter:
    """The summary of the week that this day lies in, as a letter to the contact person."""
    policy = tenant.policy
    send = Send(token(week), "summary", policy.contact_email, "staff", LetterState.QUEUED)
    counted = numbers(unit, policy, week, now)
    values = summary_values(counted, policy, tenant.letters.phrases["nl"], tampering.current_head(unit))
    return tenant.letters.compose(send, None, policy, now, company_key(unit), values)
