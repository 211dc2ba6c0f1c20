"""register, leftovers, backup: what is on record, what still lies in the mailbox, and a copy of the memory."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from mailbot.app import Tenant, now
from mailbot.cli.options import ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import console, find_case, only_one, openable, print_json, recorded, tenants
from mailbot.cli.typed_words import NowOption, RefArgument, as_of, year_named
from mailbot.dates import dutch_moment
from mailbot.errors import Usage
from mailbot.fulfil.leftovers import Leftover, leftovers_of
from mailbot.reports.breaches import COLUMNS as BREACH_COLUMNS
from mailbot.reports.breaches import breaches_of
from mailbot.reports.breaches import in_dutch as breach_in_dutch
from mailbot.reports.evidence import taken_in_by
from mailbot.reports.register import ABOUT, as_csv, as_html, rows_of, used_columns
from mailbot.reports.register_words import in_dutch
from mailbot.safekeeping import backups, restoring
from mailbot.store import Unit


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for verb in (register, leftovers, backup, restore):
        app.command()(verb)


_ABOUT_BREACHES = (
    "Wie het meldde, staat er niet in. Feiten, gevolgen, maatregelen en redenen staan er zoals ze zijn opgeschreven; "
    "is de melder vergeten, dan is daaruit weggelaten wat op een persoon leek (artikel 33, lid 5, AVG)."
)


def register(
    year: Annotated[int, typer.Option("--year", help="The year of receipt; default: this year.")] = 0,
    form: Annotated[Literal["csv", "html", "json"], typer.Option("--format", help="csv, html or json.")] = "csv",
    breaches: Annotated[
        bool, typer.Option("--breaches", help="The register of breaches (article 33(5)): facts, effects, measures.")
    ] = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the register of a year: facts of the procedure, no names or texts. Or that of breaches, for the authority.

    Example: mailbot register --tenant kaviaarshop --breaches --format html > datalekken.html
    """
    moment = as_of(at)
    chosen = year_named(year or moment.year, moment.year + 1)  # it may be New Year there already
    for_programs = as_json or form == "json"
    rows_for = _breaches if breaches else _requests
    with tenants(config, tenant, classifier=False) as opened:
        rows = [row for one, unit in recorded(opened) for row in rows_for(one, unit, chosen, moment, for_programs)]
        names = ", ".join(one.policy.name for one in opened)
        zone = opened[0].policy.zone if opened else None
    today = moment.astimezone(zone).date()
    if for_programs:
        print_json(rows)
    elif form == "html" and breaches:
        page = as_html(rows, f"Register van datalekken {chosen}: {names}", today, BREACH_COLUMNS, _ABOUT_BREACHES)
        sys.stdout.write(page)
    elif form == "html":
        earlier = sum(bool(row["carried_over"]) for row in rows)
        about = f"{ABOUT} Uit een eerder jaar, en nog open toen dit jaar begon: {earlier}." if earlier else ABOUT
        page = as_html(rows, f"Register van verzoeken {chosen}: {names}", today, used_columns(rows), about)
        sys.stdout.write(page)
    else:
        sys.stdout.write(as_csv(rows, BREACH_COLUMNS) if breaches else as_csv(rows))


def _requests(tenant: Tenant, unit: Unit, year: int, at: datetime, for_programs: bool) -> list[dict[str, Any]]:
    cases, phrases = unit.all_cases(), tenant.letters.phrases["nl"]
    by_hand = {case.ref: taken_in_by(unit.history(case.ref)) for case in cases if case.channel != "mail"}
    found = rows_of(cases, tenant.policy, year, at, by_hand)
    if for_programs:
        return found
    return [in_dutch(row, phrases["kind_names"], phrases["grounds"], phrases["letters"]) for row in found]


def _breaches(tenant: Tenant, unit: Unit, year: int, at: datetime, for_programs: bool) -> list[dict[str, Any]]:
    found = list(breaches_of(unit, tenant.policy, year, at))
    return found if for_programs else [breach_in_dutch(row, tenant.policy) for row in found]


def leftovers(
    ref: RefArgument, config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False
) -> None:
    """List what of a case still lies in the mailbox, to move or delete it there."""
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        with owner.store.unit() as unit:
            found = leftovers_of(unit, case)
        _show(owner, found, as_json)


def _show(owner: Tenant, found: list[Leftover], as_json: bool) -> None:
    if as_json:
        print_json(
            [{"folder": one.folder, "uid": one.uid, "at": one.at.isoformat(), "what": one.what} for one in found]
        )
        return
    for one in found:
        when = dutch_moment(one.at, owner.policy.zone)
        where = f"{one.folder}, nummer {one.uid}" if one.uid else one.folder
        console.print(f"{when}  {one.what}  {where}")
    if not found:
        console.print("nothing is left that the program knows of")


def backup(config: ConfigOption = None, tenant: TenantOption = "") -> None:
    """Copy each company's memory, while the worker works on, and prove the copy by its histories.

    It lies in the company's own folder `backups`, the last 14; who is forgotten later is forgotten there too. Files of
    cases, the configuration and secrets are not in it. Copy it to another machine if you like: encrypted.
    """
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        for one in openable(opened):
            if one.has_memory:
                console.print(f"{backups.back_up(one, now())}")


def restore(
    file: Annotated[Path | None, typer.Argument(help="A backup; default: the newest of the company.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Put a backup in the place of one company's memory. Stop the worker first.

    The memory of until now is kept. Nothing leaves by itself afterwards until you have compared Sent with
    `mailbot outbox` and typed `mailbot outbox resume`. Example: mailbot restore --tenant kaviaarshop
    """
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        owner = only_one(opened)
        chosen = file or next(reversed(backups.copies(owner.folder)), None)
        if chosen is None or not chosen.is_file():
            raise Usage(f"{chosen or owner.id}: there is no backup; `mailbot backup` makes one")
        if not yes:
            typer.confirm(f"Put {chosen.name} in the place of the memory of {owner.id}?", abort=True, err=True)
        done = restoring.restore(owner, chosen, now())
    console.print(f"{owner.id}: {done.cases} cases put back, their histories hold")
    if done.before:
        console.print(f"the memory of until now: {done.before}")
    console.print(f"{done.held} letters held; nothing leaves by itself until `mailbot outbox resume`")
