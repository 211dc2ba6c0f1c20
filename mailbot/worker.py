"""The loop: take in, let time pass, deliver; for every company apart, so that one company's trouble stays its own.

run -> one thread a company: once -> wait for mail (IDLE or time) -> once ...
once -> watching.take_in -> colleagues.look -> clockwork.tick -> outbox.deliver
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailbot import clockwork, colleagues, errands, outbox, watching
from mailbot.app import Clock, Tenant
from mailbot.errors import MailbotError, TryLater

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did for one company; `trouble` is what stood in the way, in words for a person."""

    tenant: str
    mails: int = 0
    woken: int = 0
    sent: int = 0
    trouble: str = ""
    wait: float = 0.0


def once(tenant: Tenant, clock: Clock, stop: threading.Event | None = None) -> Round:
    """One round for one company. Never raises for what servers, disks or mails do."""
    stopped = stop.is_set if stop else lambda: False
    trouble: list[MailbotError] = []
    outbox.recover(tenant, clock())
    mails = _try(lambda: watching.take_in(tenant, clock, stopped), trouble)
    _try(lambda: colleagues.look(tenant, clock, stopped), trouble)
    _try(lambda: errands.run(tenant, clock, stopped), trouble)
    woken = _try(lambda: clockwork.tick(tenant, clock()), trouble)
    sent = _try(lambda: outbox.deliver(tenant, clock, stopped), trouble)
    waits = [error.wait or 0.0 for error in trouble if isinstance(error, TryLater)]
    for error in trouble:
        log.warning("%s: %s", tenant.id, error)
    return Round(tenant.id, mails, woken, sent, "; ".join(map(str, trouble)), max(waits, default=0.0))


def _try(step: Callable[[], int], trouble: list[MailbotError]) -> int:
    try:
        return step()
    except MailbotError as error:
        trouble.append(error)
        return 0


def run(tenants: Sequence[Tenant], clock: Clock, stop: threading.Event, poll_seconds: float) -> None:
    """Work until `stop` is set; the mail at hand is finished first."""
    threads = [
        threading.Thread(target=_work, args=(tenant, clock, stop, poll_seconds), name=tenant.id, daemon=True)
        for tenant in tenants
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for tenant in tenants:
        tenant.mailbox.wake()
    for thread in threads:
        thread.join(timeout=10)


def _work(tenant: Tenant, clock: Clock, stop: threading.Event, poll_seconds: float) -> None:
    failures = 0
    while not stop.is_set():
        done = once(tenant, clock, stop)
        failures = failures + 1 if done.trouble else 0
        if stop.is_set():
            break
        if done.trouble:
            stop.wait(max(done.wait, pause(failures, random.random())))
        else:
            tenant.mailbox.wait(tenant.folders[0], poll_seconds)


def pause(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, spread by `jitter` (0..1)."""
    longest: float = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    return longest * (0.5 + jitter / 2)
