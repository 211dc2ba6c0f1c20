"""The company's own program (`[suppression]`) is run for every address that gets no marketing, until it succeeded.

The rule kept here: the claim is on disk before the program starts, so what succeeded is never run again; what failed,
took too long or was cut off is a step for a person at once, and is tried again beside that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot import events, hooks
from mailbot.accounts import SuppressionHook
from mailbot.app import Tenant
from mailbot.dispatch import decide_and_execute
from mailbot.model import HookRun
from mailbot.store import Unit, suppressions

log = logging.getLogger(__name__)

#: How long to wait after each failure; after the last one it stays with the person.
WAITS = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
NO_UNDO = "there is no program to put an address back"
#: So many in one round; the mailbox must not wait for them.
MOST_A_ROUND = 25


def run_due(tenant: Tenant, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Run the program for the addresses that are due. Returns for how many it succeeded."""
    hook = tenant.company.suppression_hook
    if hook is None:
        return 0
    _recover(tenant, clock())
    succeeded = 0
    for _ in range(MOST_A_ROUND):
        run = None if stop() else _claim(tenant, clock())
        if run is None:
            break
        failure = _run(hook, run, tenant.id)
        _settle(tenant, run, failure, clock())
        succeeded += not failure
    return succeeded


def _run(hook: SuppressionHook, run: HookRun, company: str) -> str:
    """Why it failed; empty when it did not."""
    command = hook.undo if run.undo else hook.command
    return hooks.run(command, run.address, run.channel, company, hook.seconds) if command else NO_UNDO


def _claim(tenant: Tenant, now: datetime) -> HookRun | None:
    """The next run that is due, marked as running."""
    with tenant.store.unit() as unit:
        run = next(iter(suppressions.runs_due(unit, now)), None)
        if run is None:
            return None
        claimed = replace(run, state="running", attempts=run.attempts + 1, next_try=None)
        suppressions.put_run(unit, claimed)
        return claimed


def _recover(tenant: Tenant, now: datetime) -> None:
    """After a crash: whether the program took it is not known, so a person is told and it is tried again."""
    with tenant.store.unit() as unit:
        cut_off = suppressions.runs_in(unit, "running")
    for run in cut_off:
        _settle(tenant, run, "it was cut off", now)


def _settle(tenant: Tenant, run: HookRun, why: str, now: datetime) -> None:
    with tenant.store.unit() as unit:
        if why:
            wait = WAITS[run.attempts - 1] if run.attempts <= len(WAITS) and why != NO_UNDO else None
            given_up = replace(run, state="given_up", next_try=None)
            suppressions.put_run(unit, replace(run, state="failed", next_try=now + wait) if wait else given_up)
        else:
            suppressions.drop_run(unit, run)
        _tell_case(unit, tenant, run, why, now)
    log.info("%s: program for %s: %s", tenant.id, run.ref, why or "told")


def _tell_case(unit: Unit, tenant: Tenant, run: HookRun, why: str, now: datetime) -> None:
    case = unit.case(run.ref)
    if case is None:
        return
    left = sum(not other.undo for other in suppressions.runs_of(unit, run.ref))
    event = events.ProgramEnded(run.channel, not why, why, left, run.undo)
    decide_and_execute(unit, tenant, case, event, now)
