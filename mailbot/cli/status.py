"""status: how each company is doing, in a few lines; exit 1 when a person must look."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import typer
from rich.padding import Padding
from rich.text import Text

from mailbot import health
from mailbot.app import Tenant, now
from mailbot.cli.setting import (
    SETTING,
    ConfigOption,
    JsonOption,
    TenantOption,
    console,
    installation,
    print_json,
    tenants,
)
from mailbot.dates import dutch_moment
from mailbot.health import Condition


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(status)


def status(config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """Say how each company is doing, by what is on disk. Exit code 1 when something is wrong."""
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        look = health.condition if len(opened) == 1 else health.contained
        found = [(one, look(one, now())) for one in opened]
    lost = [] if tenant or SETTING.tenant else health.left_behind(installation(config))
    if as_json:
        print_json([asdict(condition) for condition in (*(condition for _, condition in found), *lost)])
    else:
        for one, condition in found:
            _tell(one, condition)
        for condition in lost:
            _wrong(condition)
    if lost or any(condition.wrong for _, condition in found):
        raise typer.Exit(1)


def _tell(tenant: Tenant, found: Condition) -> None:
    if found.state == "incomplete":
        console.print(f"- {found.tenant}: not started, incomplete; `mailbot check` says what is missing", markup=False)
        return
    _wrong(found)
    if found.state == "working":
        for line in _facts(tenant, found):
            console.print(Padding(Text(line), (0, 0, 0, 2)))


def _wrong(found: Condition) -> None:
    """How it is doing in one sign, and what a person must look at."""
    head = f"✗ {found.tenant}" if found.wrong else f"✓ {found.tenant}"
    console.print(head, markup=False, style="bold red" if found.wrong else "bold green")
    for line in found.wrong:
        console.print(Padding(Text(line, "red"), (0, 0, 0, 2)))


def _facts(tenant: Tenant, found: Condition) -> list[str]:
    def moment(at: datetime | None) -> str:
        return dutch_moment(at, tenant.policy.zone) if at else "never"

    due = f"{moment(found.next_deadline)} ({found.next_ref})" if found.next_deadline else "none"
    letters = f"{found.queued} queued, {found.held} held, {found.unsure} unsure, {found.failed} failed"
    return [
        f"mailbox last read   {moment(found.polled_at)}",
        f"last letter         {moment(found.sent_at)}",
        f"letters             {letters}",
        f"cases               {found.open_cases} open, {found.quarantine} unreadable",
        f"next deadline       {due}",
    ]
