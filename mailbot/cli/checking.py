"""check: whether the program can work: settings, letters, histories, and live what the servers say."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from mailbot.app import Tenant, now
from mailbot.cli.checks import (
    Fault,
    check_against,
    check_common,
    check_company,
    check_history,
    in_brief,
    one_by_one,
)
from mailbot.cli.options import BriefOption, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import console, installation, print_json, print_wrapped, tenants
from mailbot.errors import Usage
from mailbot.letters.likeness import Alike
from mailbot.setup import inspection
from mailbot.setup.inspection import Line


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(check)


def check(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    live: Annotated[bool, typer.Option("--live", help="Also log in to the servers and look at the folders.")] = False,
    send: Annotated[bool, typer.Option("--send", help="With --live: send a mail to the mailbox itself.")] = False,
    against: Annotated[
        list[str] | None, typer.Option("--against", help="A head from a weekly summary: was anything rewritten since?")
    ] = None,
    brief: BriefOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check configuration, letters and histories. Sends nothing, unless asked with --live --send.

    Live, each line says what was found, and a fault what to do. Example: mailbot check --live --send
    Against a head: mailbot check --tenant kaviaarshop --against 12-ABCD-EFGH-IJKL-MNOP-QRST
    """
    if send and not live:
        raise Usage("--send goes with --live: mailbot check --live --send")
    looked: dict[str, list[Line]] = {}
    found, broken, before, at = list[Fault](), list[Fault](), Alike(), now()
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        rewritten = check_against(opened, against) if against else []
        for one in one_by_one(opened):
            found += check_company(one, at, before)
            if live:
                looked[one.id] = [] if one.company.missing else list(inspection.look(one, send, now))
                found += [Fault(one.id, line.where, line.what) for line in looked[one.id] if line.state == "fault"]
            broken += check_history(one, alone=len(opened) == 1)
            one.close()  # so that hundreds of companies are not all open at once
        found = list(dict.fromkeys(found))
        broken += rewritten
        incomplete = [problem for one in opened for problem in one.company.missing]
        common = [] if tenant else list(check_common(installation(config), opened[0].database, at))
    if as_json:
        print_json(
            [{"company": fault.tenant, "where": fault.where, "what": fault.what} for fault in common + found + broken]
        )
    elif brief:
        _tell_in_brief(opened, common, found + broken)
    else:
        _tell_common(common)
        _tell(opened, found + broken, looked)
    if incomplete:
        raise typer.Exit(3)
    if common or found or broken:
        raise typer.Exit(1)


def _tell_common(faults: list[Fault]) -> None:
    """What is wrong with no company that is here."""
    for fault in faults:
        console.print(Text.assemble(("✗ ", "bold red"), f"{fault.where}: {fault.what}"))


def _tell_in_brief(opened: list[Tenant], common: list[Fault], faults: list[Fault]) -> None:
    """All companies on one screen: those that are in order are only counted."""
    _tell_common(common)
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
