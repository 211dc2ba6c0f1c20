"""report, overview: one company's period for an authority or the management, and all companies on one screen."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from dateutil.relativedelta import relativedelta
from rich.table import Table

from mailbot import csv_format, private_files
from mailbot.app import Tenant
from mailbot.cli.options import ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import console, only_one, openable, print_json, print_wrapped, tenants
from mailbot.cli.typed_words import NowOption, as_of, year_named
from mailbot.errors import Usage
from mailbot.memory import histories, tampering
from mailbot.model import Case
from mailbot.model.order import first_due
from mailbot.operation import health
from mailbot.reports.figures import Figures, case_results, figures_of
from mailbot.reports.period import Period, as_html


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(report)
    app.command()(overview)


YearOption = Annotated[int, typer.Option("--year", help="A year of receipt; default: this year so far.")]
QuarterOption = Annotated[int, typer.Option("--quarter", min=0, max=4, help="Only this quarter of it: 1, 2, 3 or 4.")]


def report(
    html: Annotated[Path | None, typer.Option("--html", help="The file to write; default: BEDRIJF-JAAR.html.")] = None,
    year: YearOption = 0,
    quarter: QuarterOption = 0,
    names: Annotated[bool, typer.Option("--names", help="Also name requesters and staff.")] = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a company's figures, charts and register as one HTML page that prints and opens offline.

    Example: mailbot report --tenant kaviaarshop --year 2026 --html verslag.html
    """
    today = as_of(at)
    with tenants(config, tenant, classifier=False) as opened:
        owner = only_one(opened)
        period = _period(owner, year, quarter, today)
        cases, (broken, head) = _cases(owner), _proof(owner)
        if as_json:
            figures = figures_of(case_results(cases, owner.policy, period.first, period.last, today))
            print_json({"tenant": owner.id, **_told(period), **_figures(figures)})
            if html is None:
                return
        kinds = owner.letters.phrases["nl"]["kind_names"]
        page = as_html(cases, owner.policy, period, today, kinds, broken, names, head)
    file = html or Path(f"{owner.id}-{period.first.year}{f'-Q{quarter}' if quarter else ''}.html")
    private_files.write(file, page)
    if not as_json:
        console.print(f"{file}")


def _period(tenant: Tenant, year: int, quarter: int, now: datetime) -> Period:
    today = tenant.policy.day_of(now)
    chosen = year_named(year, today.year)
    first = date(chosen, 3 * quarter - 2 if quarter else 1, 1)
    if first > today:
        raise Usage(f"--quarter {quarter}: this quarter of {chosen} has not begun")
    last = first + relativedelta(months=3 if quarter else 12, days=-1)
    return Period(first, min(today, last))


def _cases(tenant: Tenant) -> list[Case]:
    if not tenant.has_memory:
        return []
    with tenant.store.unit() as unit:
        return list(unit.all_cases())


def _proof(tenant: Tenant) -> tuple[int, str]:
    """How many histories do not hold, and the head of the company's chain as it is now: 0 and "" without a memory."""
    if not tenant.has_memory:
        return 0, ""
    with tenant.store.unit() as unit:
        return len({ref for ref, _ in histories.faults(unit)}), tampering.current_head(unit)


def _told(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _figures(figures: Figures) -> dict[str, Any]:
    return {**asdict(figures), "in_time_percent": figures.in_time_percent}


@dataclass(frozen=True, slots=True)
class Line:
    """One company in the overview. `wrong` is how many things `mailbot status` finds wrong."""

    tenant: str
    state: str
    mode: str
    open: int
    overdue: int
    next_due: str
    held: int
    unsure: int
    needs_person: int
    received: int
    answered: int
    in_time_percent: int | None
    median_days: float | None
    slowest_days: float | None
    wrong: int


def overview(
    year: YearOption = 0,
    quarter: QuarterOption = 0,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the figures as CSV.")] = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show all companies, one line each, those that need somebody first. Names no requester.

    What came in and was answered is counted over the period. How many requests each had, to send an invoice:

    mailbot overview --quarter 4 --csv > cijfers.csv
    """
    today = as_of(at)
    with tenants(config, tenant, classifier=False) as opened:
        lines = sorted(_lines(openable(opened), year, quarter, today), key=_urgency)
    if as_json:
        print_json([asdict(line) for line in lines])
    elif as_csv:
        rows = [["" if value is None else str(value) for value in asdict(line).values()] for line in lines]
        sys.stdout.write(csv_format.as_csv(Line.__dataclass_fields__, rows))
    else:
        print_wrapped(_table(lines))


def _urgency(line: Line) -> tuple[int, int, str, str]:
    return (-line.overdue, -line.wrong, line.next_due or "9", line.tenant)


def _lines(opened: Iterable[Tenant], year: int, quarter: int, now: datetime) -> Iterator[Line]:
    for one in opened:
        period = _period(one, year, quarter, now)
        found = health.condition(one, now)
        cases = _cases(one)
        figures = figures_of(case_results(cases, one.policy, period.first, period.last, now))
        due = sorted((first for case in cases if (first := first_due(case))), key=lambda first: first.due)
        coming = next((first for first in due if first.due > now), None)
        yield Line(
            tenant=one.id,
            state=found.state,
            mode=one.policy.mode,
            open=sum(1 for case in cases if case.is_open),
            overdue=sum(1 for first in due if first.due <= now),
            next_due=str(coming.on or one.policy.day_of(coming.due)) if coming else "",
            held=found.held,
            unsure=found.unsure,
            needs_person=sum(1 for case in cases if case.is_open and case.needs),
            received=figures.received,
            answered=figures.answered,
            in_time_percent=figures.in_time_percent,
            median_days=_rounded(figures.median_days),
            slowest_days=_rounded(figures.slowest_days),
            wrong=len(found.wrong),
        )


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _table(lines: list[Line]) -> Table:
    """The name of a company is never what a narrow window leaves out."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2 if console.width >= 80 else 1, 0, 0))
    table.add_column("company", overflow="fold", min_width=13)
    for name in ("open", "late", "next due", "person", "held", "in", "out", "in time", "median"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        percent = "" if line.in_time_percent is None else f"{line.in_time_percent}%"
        median = "" if line.median_days is None else f"{line.median_days} d"
        numbers = (line.open, line.overdue or "", line.next_due, line.needs_person or "", line.held or "")
        cells = (*numbers, line.received, line.answered, percent, median)
        mark = "✗" if line.wrong or line.overdue else "-" if line.state == "incomplete" else "✓"
        style = "red" if mark == "✗" else "dim" if mark == "-" else ""
        table.add_row(f"{mark} {line.tenant}", *map(str, cells), style=style)
    return table
