"""new-companies: a file for each company of an agency's table."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from mailbot import regular_files
from mailbot.app import now
from mailbot.cli.customers import extra_missing
from mailbot.cli.options import REHEARSABLE, ActorOption, ConfigOption, DryRunOption, JsonOption, TenantOption
from mailbot.cli.setting import actor, aside, console, print_json, print_steps
from mailbot.cli.setup import OfflineOption, begin, founding
from mailbot.csv_format import NotCsv, all_lines
from mailbot.errors import Usage
from mailbot.setup import apply_table
from mailbot.setup.company_files import Outcome
from mailbot.setup.company_toml import variables
from mailbot.setup.customers_toml import ADDRESS
from mailbot.setup.differences import CUSTOMERS, values_of
from mailbot.setup.public_records import Internet
from mailbot.setup.table import Table, table_of

_SIGNS = {
    "new": ("+", "green"),
    "changed": ("→", "green"),
    "same": ("=", "dim"),
    "differs": ("~", "yellow"),
    "faulty": ("✗", "bold red"),
}


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("new-companies")(new_companies)
    REHEARSABLE.add("new-companies")


def new_companies(
    table: Annotated[Path, typer.Argument(help="A CSV file with a company on each row, headed in Dutch or English.")],
    go_live: Annotated[str, typer.Option("--go-live", help="From which day, where a row says none: 2026-12-01.")] = "",
    client_id: Annotated[str, typer.Option("--client-id", help="Your app registration at Microsoft or Google.")] = "",
    apply: Annotated[
        list[str] | None,
        typer.Option("--apply", help="A setting that is changed in the files that say otherwise: contact.email ..."),
    ] = None,
    by: ActorOption = "",
    offline: OfflineOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write the files of many companies from one table; those that are there are left as they are.

    Columns: id, name, country, mailbox, provider or imap and smtp (server or server:port), imap security and smtp
    security (tls, starttls), user, password (goes into a file for its owner only) or password_env, password_file,
    password_command, contact, contact e-mail, phone, deputy, deputy e-mail, address, website, promise, go live, mode
    (observe, hold, automatic), policy (a file, seen from the table), customers (such a CSV file, sql:woocommerce,
    sql:woocommerce:PREFIX or sql:select ...) and customers url (the database's address, which goes into a file for its
    owner only; without it, into the variable that is named at the end). Only id is needed; what the policy says fills
    in the rest and is marked as yet to be confirmed. With --apply the named settings of companies that are there become
    what the table says, such as --apply mode; their files keep your name and the day behind each.

    Example: mailbot new-companies bedrijven.csv --dry-run
    """
    rows = _with_defaults(_read(table), {"go_live": go_live, "client_id": client_id}, tenant)
    records = None if offline else Internet()
    place = founding(config, table.absolute().parent, records)
    if records and any(not (row.get("provider") or (row.get("imap") and row.get("smtp"))) for row in rows.rows):
        aside.print(
            "asking the network for the mail servers that no row names (--offline asks nobody) ...", style="dim"
        )
    outcomes = place.draft(rows)
    if apply:
        outcomes = apply_table.follow(place, outcomes, apply, actor(by), now().date())
    if not dry_run and any(one.state == "new" for one in outcomes):
        begin(config)
    outcomes = outcomes if dry_run else apply_table.write(place, place.write(outcomes))
    if as_json:
        print_json([_told(one) for one in outcomes])
    else:
        _tell(outcomes, dry_run)
        _tell_next(outcomes, rows, table, config, dry_run)
    if any(one.state == "faulty" for one in outcomes):
        raise typer.Exit(1)


def _read(file: Path) -> Table:
    try:
        return table_of(*all_lines(regular_files.read(file)))
    except OSError as error:
        raise Usage(f"{file}: {error.strerror}; save the table as CSV") from error
    except (NotCsv, Usage) as error:
        raise Usage(f"{file}: {error}") from None


def _with_defaults(table: Table, given: dict[str, str], only: str) -> Table:
    """The rows, or the one of this company, with what was given for all of them."""
    said = {word: value for word, value in given.items() if value}
    rows = tuple(replace(row, said={**said, **row.said}) for row in table.rows if not only or row.id == only)
    if only and not rows:
        raise Usage(f"no row has the id {only}")
    return replace(table, rows=rows)


def _told(one: Outcome) -> dict[str, Any]:
    return {
        "row": one.row.number,
        "company": one.row.id,
        "state": one.state,
        "faults": one.faults,
        "missing": [str(problem) for problem in one.missing],
        "to_confirm": one.to_confirm,
        "differs": [{"setting": each.setting, "there": each.there, "here": each.here} for each in one.differs],
        "applied": one.applied,
        "to_set": _to_set(one),
        "notes": one.notes,
    }


def _tell(outcomes: Sequence[Outcome], rehearsal: bool) -> None:
    """A line a company, what needs somebody last; those that stayed the same are only counted."""
    if rehearsal and len(outcomes) == 1 and outcomes[0].state == "new":
        console.print(outcomes[0].text)
    for state in ("new", "changed", "differs", "faulty"):
        for one in outcomes:
            if one.state == state:
                sign, colour = _SIGNS[state]
                console.print(Text.assemble((f"{sign} ", colour), f"{_line(one, rehearsal)}"))
    counted = Counter(one.state for one in outcomes)
    wrote = "would be written" if rehearsal else "written"
    parts = [f"{counted['new']} {wrote}", f"{counted['same']} there and the same"]
    parts += [f"{counted['changed']} {'would be ' if rehearsal else ''}changed"] if counted["changed"] else []
    parts += [f"{counted['differs']} there and left as they are, though the table says otherwise"]
    console.print("; ".join((*parts, f"{counted['faulty']} faulty")))


def _line(one: Outcome, rehearsal: bool) -> str:
    told = list(one.notes)
    match one.state:
        case "faulty":
            return f"{one.row.named}: {'; '.join((*one.faults, *told))}"
        case "changed":
            made = f"{'would be changed' if rehearsal else 'changed'}: {', '.join(one.applied)}"
            rest = [f"still {each}" for each in one.differs]
            return f"{one.row.id}: {'; '.join((made, *rest, *told))}"
        case "differs":
            return f"{one.row.id}: {'; '.join((*map(str, one.differs), *told))}"
    if one.missing:
        told.insert(0, f"lacks {', '.join(problem.where.partition('.toml:')[2] for problem in one.missing)}")
    if one.to_confirm:
        told.insert(0, f"to confirm: {', '.join(one.to_confirm)}")
    return f"{one.row.id}: {'would be written' if rehearsal else 'written'}{''.join(f'; {line}' for line in told)}"


def _tell_next(outcomes: Sequence[Outcome], rows: Table, table: Path, config: Path | None, rehearsal: bool) -> None:
    """What to do now, in the order in which it works."""
    where = f" --config {config}" if config else ""
    if rows.unused:
        aside.print(f"not used: {', '.join(rows.unused)} (no column that a company's file has)")
    if rehearsal:
        aside.print("nothing was written; leave --dry-run out to write")
        return
    steps = _passwords(outcomes)
    if other := next((each.setting for one in outcomes for each in one.differs if each.may_follow), ""):
        steps.append(f"where the table is right: the same with --apply SETTING, such as --apply {other}")
    if any(one.state == "faulty" for one in outcomes):
        steps.append("mend the faulty rows and run the same again: what is there stays as it is")
    if any(one.row.has_secret for one in outcomes):
        open_to_others = stat.S_IMODE(table.stat().st_mode) & 0o077
        rights = f", and others may read that file: chmod 600 {table}" if open_to_others else ""
        steps.append(f"take the passwords out of {table}{rights}")
    steps.append(f"what each still lacks and what is to be confirmed: mailbot check --brief{where}")
    steps.append(f"whether the servers let each in: mailbot check --live --brief{where}")
    print_steps(steps)


def _to_set(one: Outcome) -> list[str]:
    """The variables that its file names and that hold its secrets."""
    if one.state == "new" and one.answers:
        return variables(one.answers, one.row.id)
    name = values_of(one.text).get("customers.url.env") if CUSTOMERS in one.applied else None
    return [name] if name else []


def _passwords(outcomes: Sequence[Outcome]) -> list[str]:
    steps = []
    fresh = [one for one in outcomes if one.state == "new" and one.answers]
    if any(one.row.has_secret for one in fresh):
        steps.append("the passwords lie in the folder secrets, for their owner only: let it be the worker's user")
    if wanted := [name for one in outcomes for name in _to_set(one)]:
        steps.append(f"put into the environment, for the worker: {', '.join(wanted)}")
    if any(one.answers and one.answers.shop for one in outcomes if one.state in ("new", "changed")):
        login = "the lines for a login there stand in each new file, and in mailbot guide operator"
        steps.append(f"_KLANTEN is the address of a database, as {ADDRESS}; {login}")
    steps += extra_missing(*(one.answers for one in outcomes if one.answers))
    if any(one.answers and one.answers.provider == "microsoft" for one in fresh):
        steps.append("give consent for each at Microsoft: mailbot login --tenant ID")
    return steps
