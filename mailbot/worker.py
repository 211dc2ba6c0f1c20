"""The loop: take in, let time pass, deliver; for every company apart, so that one company's trouble stays its own.

run -> one thread a company (operation.crew): once -> wait for mail (IDLE or time) -> once ...
once -> outbox.recover       letters that were being sent when the program stopped: nobody knows, a person is told
     -> watching.take_in     new mail, each one decided upon
     -> sent_mail.read_new   what colleagues sent from the mailbox
     -> identify_waiting     who wrote, where the customers could not be read before
     -> suppression_hook.run_due    the company's own program takes who gets no marketing
     -> canary.check, clockwork.tick, leftovers.move_out
     -> alarms.after_reading, alarms.raise_alarms      whether the mailbox is still read, and who hears that it is not
     -> announcing.queue_released, outbox.deliver
     -> drafts.put, sent_copies.file, filing.file      what the company wants to see in its mailbox
     -> write_refusals.note, alarms.after_sending      what the server did not take; the sign of life of the round
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from mailbot import clockwork, suppression_hook
from mailbot.app import Busy, Clock, Tenant
from mailbot.errors import Broken, FolderRefused, LoginRefused, MailbotError, TryLater, WriteRefused
from mailbot.fulfil import leftovers
from mailbot.incoming import filing, watching
from mailbot.incoming.identify import identify_waiting
from mailbot.operation import alarms, canary
from mailbot.operation.crew import Crew, Liveness
from mailbot.operation.systemd import Systemd
from mailbot.outgoing import announcing, drafts, outbox, sent_copies, sent_mail, write_refusals

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
#: After a refused login: trying on would lock the account (M365 does after ten).
PAUSE_AFTER_REFUSAL = 1800.0
#: How often a worker asks for a company that another one has.
CLAIM_AGAIN = 5.0
#: Between the starts of two companies (seconds), so that hundreds do not dial in one moment.
START_SPACING = 0.01
#: How often, at most, the worker looks who joined, left or changed (seconds).
LOOK_AGAIN = 5.0
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
    _try(lambda: canary.check(tenant, clock()), trouble)
    woken = _try(lambda: clockwork.tick(tenant, clock()), trouble)
    if not blind:
        _try(lambda: leftovers.move_out(tenant), trouble)
    beat = alarms.after_reading(tenant, polled, bool(_login_refused(trouble)), _in_words(trouble), clock())
    _try(lambda: alarms.raise_alarms(tenant, beat, clock()), trouble)
    _try(lambda: announcing.queue_released(tenant, clock()), trouble)
    before, refused = len(trouble), ""
    sent = _try(lambda: outbox.deliver(tenant, clock, stop, blind), trouble)
    if not blind:
        refused = _write_into_mailbox(tenant, clock, trouble)
    told = "; ".join(filter(None, (_in_words(trouble), refused)))
    alarms.after_sending(tenant, beat, sent, _login_refused(trouble[before:]), told, clock())
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


def _write_into_mailbox(tenant: Tenant, clock: Clock, trouble: list[MailbotError]) -> str:
    """What the company's settings ask for; by default nothing. A password that was refused is tried no further. Returns
    in words what the server does not take: a full mailbox slows no answer, so it is no trouble of the round."""
    steps: dict[str, Callable[[], int]] = {
        "drafts": lambda: drafts.put(tenant, clock),
        "copies in Sent": lambda: sent_copies.file(tenant, clock),
        "filing": lambda: filing.file(tenant),
    }
    refusals: dict[str, WriteRefused] = {}
    written: dict[str, int] = {}
    before = len(trouble)
    for name, step in steps.items():
        if not _login_refused(trouble):
            written[name] = _try(partial(_unless_refused, name, step, refusals), trouble)
    unknown = len(trouble) > before or bool(_login_refused(trouble))  # nobody knows what the server would have taken
    if refusals or not unknown:
        _try(partial(write_refusals.note, tenant, refusals, written, clock), trouble)
    return "; ".join(map(str, refusals.values()))


def _unless_refused(name: str, step: Callable[[], int], refusals: dict[str, WriteRefused]) -> int:
    try:
        return step()
    except WriteRefused as error:
        refusals[name] = error
        return 0


def _in_words(trouble: Sequence[MailbotError]) -> str:
    return "; ".join(dict.fromkeys(map(str, trouble)))


def _login_refused(trouble: Sequence[MailbotError]) -> LoginRefused | None:
    return next((error for error in trouble if isinstance(error, LoginRefused)), None)


def _try(step: Callable[[], int | None], trouble: list[MailbotError]) -> int:
    try:
        return step() or 0
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


def run(
    tenants: Sequence[Tenant],
    clock: Clock,
    stop: threading.Event,
    poll_seconds: float,
    follow: Callable[[Crew], object] = Crew.settle,
    after: Callable[[Tenant], None] = lambda tenant: None,
) -> bool:
    """Work until `stop` is set; the mail at hand is finished first. Returns whether all came to an end in time.

    `follow` is called every few seconds, and may take up companies and let them go; `after` each round of a company.
    """
    liveness, systemd = Liveness(), Systemd()
    crew = Crew(lambda tenant, leave: _serve(tenant, clock, leave, poll_seconds, liveness, after), liveness)
    for tenant in tenants:
        crew.begin(tenant)
        stop.wait(START_SPACING)
    systemd.ready(f"works for {', '.join(tenant.id for tenant in tenants)}")
    while not stop.wait(min(LOOK_AGAIN, poll_seconds, systemd.watchdog_seconds / 3 or LOOK_AGAIN)):
        follow(crew)
        if liveness.is_kept:
            systemd.alive()
    systemd.stopping()
    return crew.end(STOP_GRACE)


def _serve(
    tenant: Tenant,
    clock: Clock,
    leave: threading.Event,
    poll_seconds: float,
    liveness: Liveness,
    after: Callable[[Tenant], None],
) -> None:
    failures = unclaimed = 0

    def stopped() -> bool:
        liveness.promise(tenant.id)
        return leave.is_set()

    while not stopped():
        if (claimed := _claim(tenant)) != "ours":
            unclaimed = unclaimed + 1 if claimed == "failed" else 0
            seconds = max(CLAIM_AGAIN, pause(unclaimed, random.random()) if unclaimed else 0.0)
            liveness.promise(tenant.id, seconds)
            leave.wait(seconds)
            continue
        unclaimed = 0
        done = once(tenant, clock, stopped)
        after(tenant)
        failures = failures + 1 if done.trouble else 0
        if stopped():
            break
        seconds = _pause_after(done, failures) if done.trouble else poll_seconds
        liveness.promise(tenant.id, seconds)
        if done.trouble:
            leave.wait(seconds)
        else:
            tenant.mailbox.wait(tenant.folders[0], seconds)


def _claim(tenant: Tenant) -> Literal["ours", "another's", "failed"]:
    """Whether this worker has the company; on a common database another one may have it, and may die."""
    trouble: list[MailbotError] = []
    _try(tenant.claim, trouble)
    for error in trouble:
        if isinstance(error, Busy):
            return "another's"
        log.warning("%s: %s", tenant.id, error)
    return "failed" if trouble else "ours"


def _pause_after(done: Round, failures: int) -> float:
    if done.refusals >= alarms.REFUSALS:
        return PAUSE_AFTER_REFUSAL
    return max(done.wait, pause(failures, random.random()))


def pause(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, spread by `jitter` (0..1)."""
    longest: float = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    return longest * (0.5 + jitter / 2)
