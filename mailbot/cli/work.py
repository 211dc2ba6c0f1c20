"""run, once: the worker."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from types import FrameType
from typing import NoReturn

import typer

from mailbot import worker
from mailbot.app import Busy, Tenant, close_all, now, open_tenants, tenant_like
from mailbot.classify import Classifier
from mailbot.cli import logs
from mailbot.cli.options import SETTING, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import aside, configuration, console, installation, kept, print_json, replies_of, tenants
from mailbot.config import Installation
from mailbot.errors import ConfigError, MailbotError, TryLater
from mailbot.letters import Letters
from mailbot.operation import heartbeat, metrics
from mailbot.operation.following import Following
from mailbot.operation.metrics import Figures
from mailbot.operation.roster import Roster, look_at
from mailbot.reports import agency

log = logging.getLogger(__name__)

#: So many companies that had nothing to do are named one by one.
MOST_QUIET = 10
#: So many companies are named when the worker begins; of more the number says whether all are there.
MOST_NAMED = 20


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(run)
    app.command()(once)


def run(config: ConfigOption = None, tenant: TenantOption = "") -> None:
    """Work until stopped (Ctrl-C or SIGTERM): the mail at hand is finished first."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    look = look_at(configuration(config))  # before it is read: what is changed from now on is seen
    settings = installation(config)
    roster = Roster(settings, look, lambda: kept(config, may_be_empty=True), tenant)
    with tenants(config, tenant, keeper=True) as opened:
        logs.to_stderr(settings.log, SETTING.verbose, working=True)
        ready = _ready(opened, waits=True)
        _begin_agency(roster, tenant, stop)
        figures = Figures(_companies(lambda: roster.settings), now)
        wrong = _begin_metrics(settings.metrics_port, figures)
        following = Following(roster, partial(tenant_like, opened[0]), settings.state, now, wrong)
        whom = ", ".join(one.id for one in ready) if len(ready) <= MOST_NAMED else f"{len(ready)} companies"
        console.print(f"mailbot works for {whom}; stop with Ctrl-C")
        SETTING.left_out = {}  # told above; whoever stops the worker hears of the work only
        counted = [figures.keep] if settings.metrics_port else []
        ended = worker.run(ready, now, stop, settings.poll_seconds, following.follow, *counted)
        following.end()
        if not ended:
            aside.print("a server did not answer in time; what was at hand goes on at the next start")
            sys.stdout.flush()
            os._exit(0)  # a thread that waits for a server cannot be ended otherwise; every step outlives a kill


def once(config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """Do one round for every company, then exit. Exit code 4 when a server could not be reached."""
    with tenants(config, tenant, keeper=True) as opened:
        rounds = [_with_what_stands(one, worker.once(one, now)) for one in _ready(opened)]
    if not tenant:
        rounds += _once_for_the_agency(installation(config))
    if as_json:
        print_json([asdict(done) for done in rounds])
    else:
        _tell_rounds(rounds)
    if any(done.trouble for done in rounds):
        raise typer.Exit(4)


def _with_what_stands(tenant: Tenant, done: worker.Round) -> worker.Round:
    """A way out that refused is asked again later only: a round in which nothing was to leave says so too."""
    beat = heartbeat.read(tenant.folder)
    return replace(done, trouble=beat.way_out) if beat and beat.way_out and not done.trouble else done


def _tell_rounds(rounds: list[worker.Round]) -> None:
    """A line for each; where many had nothing to do these are counted, so that the others are seen."""
    quiet = [done for done in rounds if not (done.mails or done.woken or done.sent or done.trouble)]
    for done in rounds:
        if len(quiet) <= MOST_QUIET or done not in quiet:
            told = f"{done.mails} mails in, {done.woken} cases woken, {done.sent} letters out"
            line = f"{done.tenant}: {told}" + (f"; {done.trouble}" if done.trouble else "")
            console.print(line)
    if len(quiet) > MOST_QUIET:
        console.print(f"{len(quiet)} of {len(rounds)}: nothing to do")


def _begin_metrics(port: int | None, figures: Figures) -> list[str]:
    """Answer Prometheus. What stands in the way is told and stops no mail."""
    try:
        if port:
            metrics.serve(port, figures)
    except ConfigError as error:
        told = f"the worker goes on without figures for Prometheus, until its next start; {error}"
        log.warning(told)
        return [told]
    return []


def _begin_agency(roster: Roster, only: str, stop: threading.Event) -> None:
    """The agency's weekly mail has a thread of its own, where one worker serves all companies."""
    settings = roster.settings
    if settings.agency and not only:
        office = agency.office(settings, replies_of(settings))
        words = office, _companies(lambda: roster.settings), now, stop, settings.poll_seconds
        threading.Thread(target=agency.run, args=words, name="agency", daemon=True).start()


def _once_for_the_agency(settings: Installation) -> list[worker.Round]:
    if settings.agency is None:
        return []
    office = agency.office(settings, replies_of(settings))
    try:
        office.claim()
        return [worker.Round(agency.ID, sent=agency.tick(office, _companies(lambda: settings), now))]
    except Busy:
        return []
    except MailbotError as error:
        return [worker.Round(agency.ID, trouble=str(error))]
    finally:
        close_all([office])


def _companies(current: Callable[[], Installation]) -> Callable[[], list[Tenant]]:
    """Every company that there is now, on lines of its own: the worker's threads have theirs."""
    letters = Letters(replies_of(current()))
    return lambda: open_tenants(current(), letters, Classifier.empty)


def _ready(opened: list[Tenant], waits: bool = False) -> list[Tenant]:
    """The complete companies, claimed; the others are named with what they lack. Raises ConfigError if none is left.

    On a common database a worker that `waits` keeps asking for a company that another worker has; and for one whose
    memory cannot be had just now, where there are others to work for.
    """
    ready, later = list[Tenant](), list[Tenant]()
    refused: list[MailbotError] = []
    for tenant in opened:
        if not tenant.company.usable:
            continue  # it was named when the settings were read
        if tenant.company.missing:
            aside.print(f"{tenant.id}: not started, incomplete; `mailbot check` says what is missing")
            continue
        try:
            tenant.claim()
        except Busy as busy:
            if waits and tenant.database:
                aside.print(f"{tenant.id}: another worker has it; this one takes over when that one dies")
                ready.append(tenant)
            else:
                aside.print(str(busy))
        except MailbotError as error:
            if isinstance(error, TryLater) and tenant.database:
                raise  # what is common to all is told once
            aside.print(f"{tenant.id}: not started: {error}")
            SETTING.left_out[tenant.id] = error.exit_code
            refused.append(error)
            later += [tenant] if waits else []
        else:
            ready.append(tenant)
    if not ready:
        _raise_why_none(opened, refused)
    return ready + later


def _raise_why_none(opened: list[Tenant], refused: list[MailbotError]) -> NoReturn:
    if refused:
        raise refused[0]
    if missing := [problem for tenant in opened for problem in tenant.company.missing]:
        raise ConfigError(missing)
    raise Busy("every company has a worker already")
