"""status: how each company is doing, in a few lines; exit 1 when a person must look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from mailbot.app import Tenant, now
from mailbot.cli.options import BriefOption, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import console, installation, let_go, print_json, print_wrapped, tenants
from mailbot.config import Installation
from mailbot.dates import dutch_moment, dutch_short
from mailbot.errors import TryLater
from mailbot.operation import health, presence
from mailbot.operation.health import Condition
from mailbot.operation.presence import Presence

if TYPE_CHECKING:
    from mailbot.store.postgres import Database

#: So many companies with one fault are named; the others are counted.
MOST_NAMED = 5


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(status)


def status(
    brief: BriefOption = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say how each company is doing, by what is on disk. Exit code 1 when something is wrong.

    Many companies on one screen: mailbot status --brief
    """
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        look = health.condition if len(opened) == 1 else health.condition_of_one
        found = list(_looked_at(opened, look))
        settings = installation(config)
        lost = [] if tenant else _lost(settings, opened[0].database)
    if as_json:
        print_json([asdict(condition) for condition in (*(condition for _, condition in found), *lost)])
    elif brief:
        _tell_in_brief(found, lost)
    else:
        for one, condition in found:
            _tell(one, condition)
        for condition in lost:
            _wrong(condition)
        zones = [one.policy.zone for one, _ in found if one.company.usable]
        _tell_workers(presence.read(settings.state, now()), tenant, zones[0] if zones else found[0][0].policy.zone)
    if lost or any(condition.wrong for _, condition in found):
        raise typer.Exit(1)


def _lost(settings: Installation, database: Database | None) -> list[Condition]:
    """What is wrong with no company that is here. Where the database does not answer, the companies said so."""
    try:
        left = health.left_behind(settings, database)
    except TryLater:
        left = health.left_behind(settings)
    return [*left, *health.workers(settings, now())]


def _tell_workers(running: Sequence[Presence], only: str, zone: ZoneInfo) -> None:
    """Which workers run, and what they did lately about companies that joined, left or changed."""
    for one in running:
        if only and only not in one.companies:
            continue
        console.print(f"worker {one.name}: {len(one.companies)} companies since {dutch_moment(one.since, zone)}")
        for told in one.changes:
            if only in ("", told.tenant):
                whom = told.tenant or "all"
                print_wrapped(Text(f"{dutch_moment(told.at, zone)}  {whom}: {told.what}"), 2)


def _looked_at(
    opened: list[Tenant], look: Callable[[Tenant, datetime], Condition]
) -> Iterator[tuple[Tenant, Condition]]:
    for one in opened:
        yield one, look(one, now())
        let_go(one, opened)


def _tell_in_brief(found: Sequence[tuple[Tenant, Condition]], lost: Sequence[Condition]) -> None:
    """What needs somebody, a line a fault; then how many are well, and where the next deadline is."""
    alike: dict[str, list[str]] = {}
    for one in (*(condition for _, condition in found), *lost):
        if one.wrong:
            alike.setdefault("; ".join(one.wrong), []).append(one.tenant)
    for fault, names in alike.items():
        console.print(Text.assemble(("✗ ", "bold red"), f"{_in_short(names)}: {fault}"))
    idle = [condition.tenant for _, condition in found if condition.state == "incomplete" and not condition.wrong]
    if idle:
        cure = "`mailbot check --brief` says what is missing"
        console.print(f"- not started, incomplete: {', '.join(idle)}; {cure}")
    well = sum(1 for _, condition in found if condition.state != "incomplete" and not condition.wrong)
    told = f"{well} of {len(found)} companies are well, {sum(one.open_cases for _, one in found)} cases open"
    dated = [(one.next_deadline, tenant, one) for tenant, one in found if one.next_deadline]
    if dated:
        _, tenant, one = min(dated, key=lambda row: row[0])
        told += f"; next deadline {_deadline(tenant, one)} ({one.tenant} {one.next_ref})"
    console.print(told)


def _in_short(names: Sequence[str]) -> str:
    """The companies that have one fault: a server that is down is down for all of them."""
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"


def _tell(tenant: Tenant, found: Condition) -> None:
    if found.state == "incomplete" and not found.wrong:
        console.print(f"- {found.tenant}: not started, incomplete; `mailbot check` says what is missing")
        return
    _wrong(found)
    if found.state == "working":
        for line in _facts(tenant, found):
            print_wrapped(Text(line), 2)


def _wrong(found: Condition) -> None:
    """How it is doing in one sign, and what a person must look at."""
    head = f"✗ {found.tenant}" if found.wrong else f"✓ {found.tenant}"
    console.print(head, style="bold red" if found.wrong else "bold green")
    for line in found.wrong:
        print_wrapped(Text(line, "red"), 2)


def _facts(tenant: Tenant, found: Condition) -> list[str]:
    def moment(at: datetime | None) -> str:
        return dutch_moment(at, tenant.policy.zone) if at else "never"

    due = f"{_deadline(tenant, found)} ({found.next_ref})" if found.next_deadline else "none"
    letters = f"{found.queued} queued, {found.held} held, {found.unsure} unsure, {found.failed} failed"
    return [
        f"mailbox last read   {moment(found.polled_at)}",
        f"last letter         {moment(found.sent_at)}",
        f"letters             {letters}",
        f"cases               {found.open_cases} open, {found.quarantine} unreadable",
        f"next deadline       {due}",
    ]


def _deadline(tenant: Tenant, found: Condition) -> str:
    """The day itself, where something is due on a day: its last moment reads as the day after it."""
    if found.next_on:
        return f"{dutch_short(found.next_on)}-{found.next_on.year}"
    return dutch_moment(found.next_deadline, tenant.policy.zone) if found.next_deadline else "none"
