"""cases, show, triage: what there is, everything about one case, and going through what needs a person."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from mailbot.acts.snoozing import sleeps
from mailbot.app import Tenant, now
from mailbot.cli.options import ActorOption, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import actor, console, find_case, openable, print_json, print_wrapped, recorded, tenants
from mailbot.cli.tables import CaseTable
from mailbot.cli.typed_words import NowOption, RefArgument, as_of, kind_named
from mailbot.model import Case
from mailbot.model.order import first_due, urgency
from mailbot.store.codec import to_doc


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (cases, show, triage):
        app.command()(command)


def cases(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False,
    kind: Annotated[str, typer.Option("--kind", help="Only cases that ask this.")] = "",
    due: Annotated[int | None, typer.Option("--due", help="Only what must be done within so many days.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is too late.")] = False,
    waiting: Annotated[
        WaitsFor | None, typer.Option("--waiting-for", help="Only what waits for a person, the requester, an answer.")
    ] = None,
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """List cases, most urgent first."""
    asked = kind_named(kind) if kind else None
    days, today = -1 if overdue else due, as_of(at)
    with tenants(config, tenant, classifier=False) as opened:
        rows = [row for row in _cases(opened, everything) if asked is None or asked in row[1].kinds]
        rows = [row for row in rows if days is None or _within(row, days, today)]
        rows = [row for row in rows if waiting is None or waits_for(row[1]) is waiting]
        _show(
            rows,
            opened,
            as_json,
            today,
            "no open cases" if not (kind or waiting or days is not None) else "no such cases",
        )


class WaitsFor(StrEnum):
    """For whom a case waits."""

    PERSON = "person"  # somebody must look first
    REQUESTER = "requester"  # proof of identity is awaited
    ANSWER = "answer"  # the answer is to be written
    NOBODY = "nobody"  # answered, to be closed


def waits_for(case: Case) -> WaitsFor:
    """For whom this case waits now."""
    act_by = case.deadline("act_by")
    if not case.is_open or (act_by is not None and act_by.met_at is not None):
        return WaitsFor.NOBODY
    if case.needs:
        return WaitsFor.PERSON
    return WaitsFor.REQUESTER if case.clock_stands_still else WaitsFor.ANSWER


def _within(row: tuple[Tenant, Case], days: int, today: datetime) -> bool:
    tenant, case = row
    if (due := first_due(case)) is None:
        return False
    on = due.on or tenant.policy.day_of(due.due)
    return due.due <= today or (days >= 0 and (on - tenant.policy.day_of(today)).days <= days)


def triage(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    listed: Annotated[bool, typer.Option("--list", help="Only list them; so it is in a pipe too.")] = False,
    by: ActorOption = "",
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Go through what needs a person, most urgent first: full screen in a terminal, a list elsewhere.

    With --now it lists too: what is done on the screen is done today.
    """
    today = as_of(at)
    with tenants(config, tenant, classifier=False) as opened:
        if console.is_terminal and sys.stdin.isatty() and not (listed or as_json or at):
            from mailbot.acts.triage import TriageSession
            from mailbot.cli.triage_screen import TriageScreen  # its library takes long to load

            session = TriageSession(list(openable(opened)), actor(by), now)
            session.fill()
            if lost := TriageScreen(session).run():
                raise lost
            return
        waiting = [row for row in _cases(opened, False, awake_at=today) if row[1].needs]
        _show(waiting, opened, as_json, today, "nothing needs a person")


def _show(rows: list[tuple[Tenant, Case]], opened: list[Tenant], as_json: bool, today: datetime, nothing: str) -> None:
    if as_json:
        print_json([to_doc(case) for _, case in rows])
    elif rows:
        print_wrapped(CaseTable(rows, today, of_several=len(opened) > 1))
    else:
        console.print(nothing)


def _cases(opened: list[Tenant], everything: bool, awake_at: datetime | None = None) -> list[tuple[Tenant, Case]]:
    rows = [
        (tenant, case)
        for tenant, unit in recorded(opened)
        for case in (unit.all_cases() if everything else unit.open_cases())
        if not (awake_at and sleeps(unit, case, awake_at))
    ]
    return sorted(rows, key=lambda row: urgency(row[1]))


def show(ref: RefArgument, config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """Show one case: what was asked, the clock, the mails, the letters, the history."""
    from mailbot.cli.plan_table import step_doc  # what a list does without
    from mailbot.cli.sheet import case_sheet
    from mailbot.plan import plan_of

    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        with owner.store.unit() as unit:
            history, letters = unit.history(ref), unit.letters_of(ref)
        if as_json:
            steps = [step_doc(step) for step in plan_of(case, owner.policy)]
            shown = to_doc(case) | {"plan": steps}
            print_json(shown | {"history": list(map(to_doc, history)), "letters": list(map(to_doc, letters))})
        else:
            print_wrapped(case_sheet(owner, case, history, letters))
