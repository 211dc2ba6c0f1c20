"""How results look in a terminal: 80 columns, plain words, dates first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailbot.app import Tenant
from mailbot.dates import HOURS_TOLD, dutch_moment, dutch_short
from mailbot.model import Case, Deadline, Letter, LetterState, Policy
from mailbot.model.order import first_due

if TYPE_CHECKING:
    from mailbot.promises import Promise

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: No terminal is wider: so a table can be asked how much it needs.
_WIDEST = 10_000


@dataclass(frozen=True, slots=True)
class CaseTable:
    """Cases, most urgent first: as a table, or a paragraph each where that would break words.

    `of_several`: they were looked for at several companies, so each line says at which it was found.
    """

    rows: Sequence[tuple[Tenant, Case]]
    now: datetime
    of_several: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self._as_table()
        needed = Measurement.get(console, options.update(max_width=_WIDEST), table).minimum
        yield table if needed <= options.max_width else self._as_paragraphs()

    def _as_table(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in (*(("company",) if self.of_several else ()), "case", "asked", "received", "act by", "left"):
            table.add_column(heading, no_wrap=heading != "asked")
        for tenant, case in self.rows:
            name = (tenant.policy.tenant,) if self.of_several else ()
            table.add_row(*name, case.ref, _asked(case), *_days(tenant.policy, case, self.now))
        return table

    def _as_paragraphs(self) -> Group:
        lines: list[RenderableType] = []
        for tenant, case in self.rows:
            received, act_by, left = _days(tenant.policy, case, self.now)
            days = Text.assemble(f"received {received}, act by {act_by}, left: ", left)
            lines += [Text(f"{case.ref}  {tenant.policy.tenant}", "bold")]
            lines += [Padding(line, (0, 0, 0, 2), expand=False) for line in (_asked(case), days)]
        return Group(*lines)


def _days(policy: Policy, case: Case, now: datetime) -> tuple[str, str, Text]:
    """When it came in, until when people must act, how long that is."""
    due = first_due(case) or case.deadline("act_by")
    received = dutch_short(policy.day_of(case.received_at))
    return received, _due(due, policy) if due else "-", Text(*_left(case, policy, now))


def _asked(case: Case) -> Text:
    """What is asked, and below it why a person must look."""
    asked = Text(", ".join(case.kinds) or "?")
    return asked.append(f"\nneeds {', '.join(case.needs)}", "yellow") if case.needs else asked


def _left(case: Case, policy: Policy, now: datetime) -> tuple[str, str]:
    due = first_due(case)
    if not case.is_open:
        return case.status.value, "dim"
    if due is None:
        return ("answered", "green") if case.deadline("act_by") else ("-", "")
    if due.on is None:
        left = due.due - now
        told = f"{int(left / _HOUR)} h" if abs(left) < HOURS_TOLD else f"{int(left / _DAY)} d"
        return told, "bold red" if due.due <= now else "red"
    days = (due.on - policy.day_of(now)).days
    return f"{days} d", "bold red" if days < 0 else "red" if days <= 3 else "yellow" if days <= 7 else ""


def _due(due: Deadline, policy: Policy) -> str:
    """The day, or the hour of a breach."""
    if due.on:
        return dutch_short(due.on)
    return f"{dutch_short(policy.day_of(due.due))} {due.due.astimezone(policy.zone):%H:%M}"


def letter_table(letters: Iterable[Letter], zones: Mapping[str, ZoneInfo] | None = None) -> Table:
    """Letters and where they stand; with `zones`, by company, also when those that are on their way leave."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("letter", "state", "to"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "state")
    for letter in sorted(letters, key=lambda letter: str(letter.created_at)):
        is_draft = letter.lies_in_drafts and letter.state is LetterState.HELD
        why = "lies in the drafts of the mailbox" if is_draft else letter.why
        told = Text(letter.to).append(f"\n{why}", "dim") if why else Text(letter.to)
        zone = (zones or {}).get(letter.tenant)
        if zone and letter.state is LetterState.QUEUED and letter.next_try:
            told.append(f"\nleaves {dutch_moment(letter.next_try, zone)}", "dim")
        table.add_row(Text(letter.token), letter.state.value, told)
    return table


def promise_table(rows: Iterable[Promise]) -> Table:
    """Each promise, where it is kept, and whether that is proven."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("company", "id", "promise", "kept by", "state"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        style = "green" if row.state == "working" else "yellow"
        state = Text(f"{row.state}: {row.why}" if row.why else row.state, style)
        table.add_row(row.tenant, row.id, row.promise, "\n".join(row.kept_by), state)
    return table


def explanation(shown: dict[str, Any]) -> Group:
    """What `explain` found, for a person."""
    return Group(*_told(shown, 0))


def _told(value: Any, depth: int) -> Iterator[RenderableType]:
    """Names and values, what lies deeper further to the right."""
    match value:
        case dict():
            for name, part in value.items():
                if (isinstance(part, dict | list) and part) or (isinstance(part, str) and "\n" in part):
                    yield Padding(Text(f"{name}", "bold" if depth == 0 else ""), (0, 0, 0, depth))
                    yield from _told(part, depth + 2)
                else:
                    words = Text(f"{name}: ", "bold" if depth == 0 else "").append(_plain(part), "not bold")
                    yield Padding(words, (0, 0, 0, depth))
        case list() if any(isinstance(part, dict) for part in value):
            for number, part in enumerate(value):
                yield from [Text("")] if number else []
                yield from _told(part, depth)
        case list():
            yield Padding(Text(", ".join(map(str, value))), (0, 0, 0, depth))
        case _:
            yield Padding(Text(str(value)), (0, 0, 0, depth))


def _plain(value: Any) -> str:
    return "-" if value in (None, "", [], {}) else str(value)
