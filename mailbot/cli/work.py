"""run, once, check: the worker and whether it can work."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from types import FrameType
from typing import Annotated

import typer
from rich.text import Text

from mailbot import worker
from mailbot.app import Busy, Tenant, close_all, now, open_tenants
from mailbot.classify import Classifier
from mailbot.cli import logs
from mailbot.cli.checks import Fault, Looked, check_against, check_company, check_history, in_brief, one_by_one
from mailbot.cli.setting import (
    SETTING,
    ConfigOption,
    JsonOption,
    TenantOption,
    aside,
    console,
    installation,
    print_json,
    print_wrapped,
    replies_of,
    tenants,
)
from mailbot.config import Installation
from mailbot.errors import ConfigError, MailbotError, Usage
from mailbot.letters import Letters
from mailbot.operation import metrics
from mailbot.reports import agency
from mailbot.setup import inspection
from mailbot.setup.inspection import Line

#: So many companies that had nothing to do are named one by one.
MOST_QUIET = 10
#: So many companies are named when the worker begins; of more the number says whether all are there.
MOST_NAMED = 20


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(run)
    app.command()(once)
    app.command()(check)


def run(config: ConfigOption = None, tenant: TenantOption = "") -> None:
    """Work until stopped (Ctrl-C or SIGTERM): the mail at hand is finished first."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    settings = installation(config)
    with tenants(config, tenant, keeper=True) as opened:
        logs.to_stderr(settings.log, SETTING.verbose, working=True)
        ready = _ready(opened, waits=True)
        _begin_agency(settings, tenant, stop)
        if settings.metrics_port:
            metrics.serve(settings.metrics_port, _companies(settings), now)
        whom = ", ".join(one.id for one in ready) if len(ready) <= MOST_NAMED else f"{len(ready)} companies"
        console.print(f"mailbot works for {whom}; stop with Ctrl-C")
        SETTING.left_out = {}  # told above; whoever stops the worker hears of the work only
        if not worker.run(ready, now, stop, settings.poll_seconds):
            aside.print("a server did not answer in time; what was at hand goes on at the next start")
            sys.stdout.flush()
            os._exit(0)  # a thread that waits for a server cannot be ended otherwise; every step outlives a kill


def once(config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """Do one round for every company, then exit. Exit code 4 when a server could not be reached."""
    with tenants(config, tenant, keeper=True) as opened:
        rounds = [worker.once(one, now) for one in _ready(opened)]
    if not tenant:
        rounds += _once_for_the_agency(installation(config))
    if as_json:
        print_json([asdict(done) for done in rounds])
    else:
        _tell_rounds(rounds)
    if any(done.trouble for done in rounds):
        raise typer.Exit(4)


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


def _begin_agency(settings: Installation, only: str, stop: threading.Event) -> None:
    """The agency's weekly mail has a thread of its own, where one worker serves all companies."""
    if settings.agency and not only:
        words = agency.office(settings, replies_of(settings)), _companies(settings), now, stop, settings.poll_seconds
        threading.Thread(target=agency.run, args=words, name="agency", daemon=True).start()


def _once_for_the_agency(settings: Installation) -> list[worker.Round]:
    if settings.agency is None:
        return []
    office = agency.office(settings, replies_of(settings))
    try:
        office.claim()
        return [worker.Round(agency.ID, sent=agency.tick(office, _companies(settings), now))]
    except Busy:
        return []
    except MailbotError as error:
        return [worker.Round(agency.ID, trouble=str(error))]
    finally:
        close_all([office])


def _companies(settings: Installation) -> Callable[[], list[Tenant]]:
    """Every company anew, on lines of its own: the worker's threads have theirs."""
    letters = Letters(replies_of(settings))
    return lambda: open_tenants(settings, letters, Classifier.empty)


def _ready(opened: list[Tenant], waits: bool = False) -> list[Tenant]:
    """The complete companies, claimed; the others are named with what they lack. Raises ConfigError if none is left.

    On a common database a worker that `waits` keeps asking for a company that another worker has.
    """
    ready = []
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
        else:
            ready.append(tenant)
    if not ready:
        missing = [problem for tenant in opened for problem in tenant.company.missing]
        if missing:
            raise ConfigError(missing)
        raise Busy("every company has a worker already")
    return ready


def check(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    live: Annotated[bool, typer.Option("--live", help="Also log in to the servers and look at the folders.")] = False,
    send: Annotated[bool, typer.Option("--send", help="With --live: send a mail to the mailbox itself.")] = False,
    against: Annotated[
        list[str] | None, typer.Option("--against", help="A head from a weekly summary: was anything rewritten since?")
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="One line for each company that needs somebody.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check configuration, letters and histories. Sends nothing, unless asked with --live --send.

    Live, each line says what was found, and a fault what to do. Example: mailbot check --live --send
    Against a head: mailbot check --tenant kaviaarshop --against 12-ABCD-EFGH-IJKL-MNOP-QRST
    """
    if send and not live:
        raise Usage("--send goes with --live: mailbot check --live --send")
    looked: dict[str, list[Line]] = {}
    found, broken, before = list[Fault](), list[Fault](), Looked()
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        rewritten = check_against(opened, against) if against else []
        for one in one_by_one(opened, "checking"):
            found += check_company(one, now(), before)
            if live:
                looked[one.id] = [] if one.company.missing else list(inspection.look(one, send, now))
                found += [Fault(one.id, line.where, line.what) for line in looked[one.id] if line.state == "fault"]
            broken += check_history(one, alone=len(opened) == 1)
            one.close()  # so that hundreds of companies are not all open at once
        found = list(dict.fromkeys(found))
        broken += rewritten
        incomplete = [problem for one in opened for problem in one.company.missing]
    if as_json:
        print_json([{"company": fault.tenant, "where": fault.where, "what": fault.what} for fault in found + broken])
    elif brief:
        _tell_in_brief(opened, found + broken)
    else:
        _tell(opened, found + broken, looked)
    if incomplete:
        raise typer.Exit(3)
    if found or broken:
        raise typer.Exit(1)


def _tell_in_brief(opened: list[Tenant], faults: list[Fault]) -> None:
    """All companies on one screen: those that are in order are only counted."""
    by_company: dict[str, list[Fault]] = {tenant.id: [] for tenant in opened}
    for fault in faults:
        by_company[fault.tenant].append(fault)
    for tenant in opened:
        if own := by_company[tenant.id]:
            console.print(Text.assemble(("✗ ", "bold red"), f"{tenant.id}: {in_brief(tenant, own)}"))
    wrong = sum(1 for own in by_company.values() if own)
    told = f"{len(opened) - wrong} of {len(opened)} companies are in order"
    cure = "; `mailbot check --tenant ID` says what to do about the others" if wrong else ""
    console.print(f"{told}{cure}")


_MARKS = {"good": ("✓", "green"), "note": ("·", "yellow"), "fault": ("✗", "red")}


def _tell(opened: list[Tenant], faults: list[Fault], looked: dict[str, list[Line]]) -> None:
    """Company by company, so that each can go to the one who can mend it: what is at fault, then what was looked at."""
    for tenant in opened:
        lines = looked.get(tenant.id, [])
        told = {(line.where, line.what) for line in lines}
        own = [fault for fault in faults if fault.tenant == tenant.id]
        if own:
            console.print(f"✗ {tenant.id}", style="bold red")
        else:
            console.print(f"✓ {tenant.id}: configuration, letters and histories are in order")
        for fault in own:
            if (fault.where, fault.what) not in told:
                print_wrapped(Text(f"{fault.where}: {fault.what}"), 2)
        for line in lines:
            mark, colour = _MARKS[line.state]
            print_wrapped(Text.assemble((f"{mark} ", colour), f"{line.where}: {line.what}"), 2)
