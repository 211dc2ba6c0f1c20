"""The loop: take in, let time pass, deliver; for every company apart, so that one company's trouble stays its own.

run -> one thread a company: once -> wait for mail (IDLE or time) -> once ...
once -> watching.take_in     new mail, each one decided upon
     -> sent_mail.read_new   what colleagues sent from the mailbox
     -> identify_waiting     who wrote, where the customers could not be read before
     -> suppression_hook     the company's own program takes who gets no marketing
     -> canary.check, clockwork.tick
     -> announcing.queue_released, outbox.deliver
     -> drafts.put, sent_copies.file, filing.file      what the company wants to see in its mailbox
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mailbot import clockwork, suppression_hook
from mailbot.app import Busy, Clock, Tenant
from mailbot.errors import Broken, FolderRefused, LoginRefused, MailbotError, TryLater
from mailbot.incoming import filing, watching
from mailbot.incoming.identify import identify_waiting
from mailbot.operation import canary, health
from mailbot.operation.systemd import Systemd
from mailbot.outgoing import announcing, drafts, outbox, sent_copies, sent_mail

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
#: After a refused login: trying on would lock the account (M365 does after ten).
PAUSE_AFTER_REFUSAL = 1800.0
#: A thread that gave no sign of life for so long beyond what it announced hangs.
PATIENCE = 300.0
#: How often a worker asks for a company that another one has.
CLAIM_AGAIN = 5.0
#: Between the starts of two companies (seconds), so that hundreds do not dial in one moment.
START_SPACING = 0.01
STOP_GRACE = 9.0  # seconds from the signal to the end


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did for one company; `trouble` is what stood in the way, in words for a person."""

    tenant: str
    mails: int = 0
    woken: int = 0
    sent: int = 0
    trouble: str = ""
    wait: float = 0.0  # seconds that a server, or the account, asks us to stay away
    refusals: int = 0  # logins that the mailbox refused in a row, this round included
    more: bool = False  # more mail may lie there than was read


def once(tenant: Tenant, clock: Clock, stop: Callable[[], bool] = lambda: False) -> Round:
    """One round for one company: read, let time pass, deliver, until no mail is left. Never raises for what servers,
    disks or mails do."""
    done = _once(tenant, clock, stop)
    while done.more and not done.trouble and not stop():
        next_ = _once(tenant, clock, stop)
        sums = {name: getattr(done, name) + getattr(next_, name) for name in ("mails", "woken", "sent")}
        done = replace(next_, **sums)
    return done


def _once(tenant: Tenant, clock: Clock, stop: Callable[[], bool]) -> Round:
    trouble: list[MailbotError] = []
    _try(lambda: outbox.recover(tenant, clock()), trouble)
    mails = _try(lambda: watching.take_in(tenant, clock, stop), trouble)
    polled = not trouble
    blind = next((one for one in trouble if isinstance(one, TryLater) and not isinstance(one, FolderRefused)), None)
    if not blind:  # else the server would be dialled, and perhaps a wrong password tried, once more
        _try(lambda: sent_mail.read_new(tenant, clock, stop), trouble)
    _try(lambda: identify_waiting(tenant, clock()), trouble)
    _try(lambda: suppression_hook.run_due(tenant, clock, stop), trouble)
    woken = _try(lambda: _pass_time(tenant, clock), trouble)
    beat = health.after_reading(tenant, polled, _login_refused(trouble), _in_words(trouble), clock())
    _try(lambda: announcing.queue_released(tenant, clock()), trouble)
    before = len(trouble)
    sent = _try(lambda: outbox.deliver(tenant, clock, stop, blind), trouble)
    if not blind:
        _try(lambda: _write_into_mailbox(tenant, clock), trouble)
    health.after_sending(tenant, beat, sent, _login_refused(trouble[before:]), _in_words(trouble), clock())
    waits = [error.wait or 0.0 for error in trouble if isinstance(error, TryLater)]
    for error in trouble:
        log.warning("%s: %s", tenant.id, error)
    return Round(
        tenant.id,
        mails,
        woken,
        sent,
        trouble=_in_words(trouble),
        wait=max(waits, default=0.0),
        refusals=beat.refusals,
        more=mails >= watching.MOST_AT_ONCE,
    )


def _pass_time(tenant: Tenant, clock: Clock) -> int:
    canary.check(tenant, clock())
    return clockwork.tick(tenant, clock())


def _write_into_mailbox(tenant: Tenant, clock: Clock) -> int:
    """What the company's settings ask for; by default nothing."""
    return drafts.put(tenant, clock) + sent_copies.file(tenant, clock) + filing.file(tenant)


def _in_words(trouble: Sequence[MailbotError]) -> str:
    return "; ".join(dict.fromkeys(map(str, trouble)))


def _login_refused(trouble: Sequence[MailbotError]) -> bool:
    return any(isinstance(error, LoginRefused) for error in trouble)


def _try(step: Callable[[], int], trouble: list[MailbotError]) -> int:
    try:
        return step()
    except MailbotError as error:
        trouble.append(error)
    except OSError as error:
        trouble.append(_disk_trouble(error))
    except Exception as error:  # a fault of our own: the other steps, and the next round, are taken all the same
        trouble.append(Broken.by(error, "a step of the round"))
    return 0


def _disk_trouble(error: OSError) -> TryLater:
    """A file that could not be written or read: full, gone, somebody else's, or a link that leads elsewhere."""
    return TryLater(f"{error.filename or 'a file'}: {error.strerror}. Make room on the disk, or mend the folder")


class Liveness:
    """Until when each company's thread promised its next sign of life. Read by the thread that feeds the watchdog."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def promise(self, tenant: str, seconds: float = 0.0) -> None:
        """The thread works, and will be heard again within so many seconds and some patience."""
        self._until[tenant] = time.monotonic() + seconds + PATIENCE

    @property
    def is_kept(self) -> bool:
        """Whether every thread kept its promise so far."""
        return all(until > time.monotonic() for until in self._until.values())


def run(tenants: Sequence[Tenant], clock: Clock, stop: threading.Event, poll_seconds: float) -> bool:
    """Work until `stop` is set; the mail at hand is finished first. Returns whether all came to an end in time."""
    liveness, systemd = Liveness(), Systemd()
    threads = [
        threading.Thread(target=_serve, args=(tenant, clock, stop, poll_seconds, liveness), name=tenant.id, daemon=True)
        for tenant in tenants
    ]
    for thread in threads:
        thread.start()
        stop.wait(START_SPACING)
    systemd.ready(f"works for {', '.join(tenant.id for tenant in tenants)}")
    while not stop.wait(systemd.watchdog_seconds / 3 or None):
        if liveness.is_kept:
            systemd.alive()
    systemd.stopping()
    for tenant in tenants:
        tenant.mailbox.wake()
    end = time.monotonic() + STOP_GRACE
    for thread in threads:
        thread.join(timeout=max(0.0, end - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def _serve(tenant: Tenant, clock: Clock, stop: threading.Event, poll_seconds: float, liveness: Liveness) -> None:
    failures = 0

    def stopped() -> bool:
        liveness.promise(tenant.id)
        return stop.is_set()

    while not stopped():
        if not _claimed(tenant):
            liveness.promise(tenant.id, CLAIM_AGAIN)
            stop.wait(CLAIM_AGAIN)
            continue
        done = once(tenant, clock, stopped)
        failures = failures + 1 if done.trouble else 0
        if stopped():
            break
        seconds = _pause_after(done, failures) if done.trouble else poll_seconds
        liveness.promise(tenant.id, seconds)
        if done.trouble:
            stop.wait(seconds)
        else:
            tenant.mailbox.wait(tenant.folders[0], seconds)


def _claimed(tenant: Tenant) -> bool:
    """Whether this worker has the company; on a common database another one may have it, and may die."""
    try:
        tenant.claim()
    except Busy:
        return False
    except MailbotError as error:
        log.warning("%s: %s", tenant.id, error)
        return False
    except OSError as error:
        log.warning("%s: %s", tenant.id, _disk_trouble(error))
        return False
    return True


def _pause_after(done: Round, failures: int) -> float:
    if done.refusals >= health.REFUSALS:
        return PAUSE_AFTER_REFUSAL
    return max(done.wait, pause(failures, random.random()))


def pause(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, spread by `jitter` (0..1)."""
    longest: float = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    return longest * (0.5 + jitter / 2)
