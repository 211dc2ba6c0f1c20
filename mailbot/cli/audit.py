"""audit: the zero measurement of an existing mailbox. Reads only; sends and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from dateutil.relativedelta import relativedelta
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mailbot import private_files
from mailbot.app import Tenant, now
from mailbot.audit.page import as_html, in_words
from mailbot.audit.reading import folders_of, follow
from mailbot.audit.result import Result, as_json, result_of
from mailbot.cli.options import ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import aside, console, print_json, print_wrapped, tenants
from mailbot.errors import ConfigError, Usage

_MONTHS = 24


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(audit)


def audit(
    since: Annotated[str, typer.Option("--since", help="First day, as 2024-01-01; default: two years ago.")] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Write the report for people to this file.")] = None,
    names: Annotated[bool, typer.Option("--names", help="Also say who wrote, with subject and sentence.")] = False,
    folder: Annotated[list[str] | None, typer.Option("--folder", help="Only this folder; may be repeated.")] = None,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    as_json_: JsonOption = False,
) -> None:
    """Measure an existing mailbox: which requests came in, which were never, late or half answered.

    Reads every folder and changes nothing: no mail is marked, moved, sent or remembered. Example:

    mailbot audit --tenant kaviaarshop --since 2024-01-01 --html nulmeting.html
    """
    first = _first_day(since)
    with tenants(config, tenant) as opened:
        readable = [one for one in opened if one.company.imap]
        if not readable:
            raise ConfigError([problem for one in opened for problem in one.company.missing])
        results = [_measure(one, first, tuple(folder or ())) for one in readable]
        unconfirmed = {one.id: list(one.company.to_confirm) for one in opened if one.company.to_confirm}
        kinds = readable[0].letters.phrases["nl"]["kind_names"]
    if html:
        private_files.write(html, as_html(results, names, kinds))
    if as_json_:
        told = [as_json(result, names) for result in results]
        print_json([{**one, "to_confirm": unconfirmed.get(one["tenant"], [])} for one in told])
        return
    for result in results:
        print_wrapped(in_words(result))
    for company, settings in unconfirmed.items():
        said = f"{company}: nog door niemand bevestigd: {', '.join(settings)}"
        console.print(f"{said}. Beloofde dagen tellen hier wel mee.")
    if html:
        console.print(f"The report: {html}")


def _first_day(text: str) -> date:
    today = now().date()  # a day early or late costs nothing
    if not text:
        return today - relativedelta(months=_MONTHS)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Usage(f'--since {text}: type a day as "2024-01-01"') from None
    if day > today:
        raise Usage(f"--since {text}: this day is yet to come")
    return day


def _measure(tenant: Tenant, since: date, only: tuple[str, ...]) -> Result:
    found = folders_of(tenant, since, only)
    if unknown := [name for name in only if name not in found]:
        raise Usage(f"{tenant.id}: there is no folder {', '.join(unknown)}; there are {', '.join(found)}")
    chosen = {name: count for name, count in found.items() if not only or name in only}
    with _bar(tenant.id, sum(chosen.values())) as progress:
        trail = follow(tenant, chosen, since, progress)
    return result_of(trail, tenant.policy, since, now())


@contextmanager
def _bar(name: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=aside, transient=True, disable=not aside.is_terminal) as progress:
        task = progress.add_task(name, total=total)
        yield lambda steps: progress.advance(task, steps)
