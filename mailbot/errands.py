"""Errands: the company's own program is told who gets no marketing, one address at a time, until it has heard.

The rule kept here: the claim is on disk before the program starts, so what succeeded is never told again; what failed,
took too long or was cut off is a step for a person at once, and is tried again beside that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot import events, hooks
from mailbot.accounts import StopProgram
from mailbot.app import Tenant
from mailbot.dispatch import decide_and_execute
from mailbot.model import Errand
from mailbot.store import Unit
from mailbot.store import marketing as store

log = logging.getLogger(__name__)

#: How long to wait after each failure; after the last one it stays with the person.
WAITS = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
NO_WAY_BACK = "there is no program to put an address back"
#: So many in one round; the mailbox must not wait for them.
MOST_A_ROUND = 25


def run(tenant: Tenant, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Tell the program what is due. Returns how many addresses it took."""
    program = tenant.company.stop_program
    if program is None:
        return 0
    _recover(tenant, clock())
    told = 0
    for _ in range(MOST_A_ROUND):
        errand = None if stop() else _claim(tenant, clock())
        if errand is None:
            break
        why = _tell(program, errand, tenant.id)
        _settle(tenant, errand, why, clock())
        told += not why
    return told


def _tell(program: StopProgram, errand: Errand, company: str) -> str:
    command = program.undo if errand.undo else program.command
    return hooks.tell(command, errand.address, errand.channel, company, program.seconds) if command else NO_WAY_BACK


def _claim(tenant: Tenant, now: datetime) -> Errand | None:
    """The next errand, marked as being run."""
    with tenant.store.unit() as unit:
        errand = next(iter(store.due(unit, now)), None)
        if errand is None:
            return None
        claimed = replace(errand, state="running", attempts=errand.attempts + 1, next_try=None)
        store.put(unit, claimed)
        return claimed


def _recover(tenant: Tenant, now: datetime) -> None:
    """After a crash: whether the program heard is not known, so a person is told and it is tried again."""
    with tenant.store.unit() as unit:
        cut_off = store.in_state(unit, "running")
    for errand in cut_off:
        _settle(tenant, errand, "it was cut off", now)


def _settle(tenant: Tenant, errand: Errand, why: str, now: datetime) -> None:
    with tenant.store.unit() as unit:
        if why:
            wait = WAITS[errand.attempts - 1] if errand.attempts <= len(WAITS) and why != NO_WAY_BACK else None
            given_up = replace(errand, state="given_up", next_try=None)
            store.put(unit, replace(errand, state="failed", next_try=now + wait) if wait else given_up)
        else:
            store.drop(unit, errand)
        _tell_case(unit, tenant, errand, why, now)
    log.info("%s: program for %s: %s", tenant.id, errand.ref, why or "told")


def _tell_case(unit: Unit, tenant: Tenant, errand: Errand, why: str, now: datetime) -> None:
    case = unit.case(errand.ref)
    if case is None:
        return
    left = sum(not other.undo for other in store.of_case(unit, errand.ref))
    event = events.ProgramEnded(errand.channel, not why, why, left, errand.undo)
    decide_and_execute(unit, tenant, case, event, now)
