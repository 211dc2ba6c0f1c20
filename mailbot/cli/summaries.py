"""summary: the Monday mail of a company, and the agency's over all companies, to look at."""

from __future__ import annotations

import os
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailbot import private_files
from mailbot.app import Tenant
from mailbot.cli.options import ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import console, installation, print_json, replies_of, tenants
from mailbot.cli.typed_words import NowOption, as_of
from mailbot.dates import YEARS
from mailbot.errors import Usage
from mailbot.model import Letter, Policy
from mailbot.reports import agency, weekly
from mailbot.store import TinyStore
from mailbot.store.codec import to_doc


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(summary)


def summary(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    over_all: Annotated[bool, typer.Option("--agency", help="The agency's mail over all companies.")] = False,
    week: Annotated[str, typer.Option("--week", help="As 2026-W47; default: last week.")] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Write the mail's HTML part to this file.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Open the mail, or say where it is.")] = False,
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the weekly summary as the contact person gets it, or the agency's over all companies. Sends nothing.

    Example: mailbot summary --week 2026-W47 --preview
    """
    moment = as_of(at)
    chosen = _monday(week) if week else None
    with tenants(config, tenant, classifier=False) as opened:
        composed = (
            [_over_all(opened, config, chosen, moment)]
            if over_all
            else [_summary(one, chosen or _last_week(one.policy, moment), moment) for one in opened]
        )
    if html:
        _write(html, composed)
    if preview:
        _preview(composed)
        return
    if as_json:
        print_json([to_doc(letter) for letter in composed])
        return
    for letter in composed:
        console.print(f"{letter.subject}\n", style="bold")
        console.print(letter.text)


def _summary(tenant: Tenant, day: date, at: datetime) -> Letter:
    """A company that has no memory yet gets the summary of an empty one; none is made for it."""
    store = tenant.store if tenant.has_memory else TinyStore(None)
    with store.unit() as unit:
        return weekly.compose(unit, tenant, day, at)


def _last_week(policy: Policy, at: datetime) -> date:
    """A day of the week before this one, on the clock of whoever gets the summary."""
    return policy.day_of(at) - timedelta(days=7)


def _over_all(opened: list[Tenant], config: Path | None, chosen: date | None, at: datetime) -> Letter:
    """The agency's mail, written in a memory that is thrown away."""
    settings = installation(config)
    office = agency.office(settings, replies_of(settings))
    store, day = TinyStore(None), chosen or _last_week(office.policy, at)
    try:
        with store.unit() as unit:
            return agency.compose(unit, office, agency.gather(opened, day, lambda: at), day, lambda: at)
    finally:
        store.close()


def _preview(composed: list[Letter]) -> None:
    """Written for this user's eyes only; opened where there is a screen to open it on."""
    folder = Path(tempfile.mkdtemp(prefix="mailbot-"))
    for letter in composed:
        page = folder / f"{letter.tenant}-{letter.token.partition(':')[2]}.html"
        page.write_text(letter.html, "utf-8")
        console.print(str(page))
        if console.is_terminal and "DISPLAY" in os.environ:
            typer.launch(str(page))


def _write(file: Path, composed: list[Letter]) -> None:
    if len(composed) != 1:
        raise Usage("--html takes one summary; say for which company: --tenant ID")
    private_files.write(file, composed[0].html)


def _monday(week: str) -> date:
    try:
        year, _, number = week.partition("-W")
        if int(year) in YEARS:
            return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        pass
    raise Usage(f"--week {week}: write it as 2026-W47")
