"""How results look in a terminal: 80 columns, plain words, dates first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailbot.app import Tenant
from mailbot.cli.plan_table import plan_table
from mailbot.dates import dutch_moment, dutch_short
from mailbot.model import Case, Entry, Letter, LetterState, Policy
from mailbot.plan import plan_of
from mailbot.plan.retention import restricts
from mailbot.promises import Promise
from mailbot.reports.account import Step, account, in_short
from mailbot.sender.proof import Proof, still_needed

#: So many of the mails to colleagues that left are shown with a case, the last ones.
LAST_CALLS = 3


def case_table(rows: Sequence[tuple[Tenant, Case]], now: datetime) -> Table:
    """Cases, most urgent first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("company", "case", "asked", "received", "act by", "left"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("case", "received", "act by", "left"))
    for tenant, case in rows:
        table.add_row(*_case_cells(tenant.policy, case, now))
    return table


def _case_cells(policy: Policy, case: Case, now: datetime) -> list[str | Text]:
    act_by = case.deadline("act_by")
    left, style = _left(case, policy, now)
    return [
        policy.tenant,
        case.ref,
        _asked(case),
        dutch_short(policy.day_of(case.received_at)),
        dutch_short(act_by.on) if act_by and act_by.on else "-",
        Text(left, style),
    ]


def _asked(case: Case) -> Text:
    """What is asked, and below it why a person must look."""
    asked = Text(", ".join(case.kinds) or "?")
    return asked.append(f"\nneeds {', '.join(case.needs)}", "yellow") if case.needs else asked


def _left(case: Case, policy: Policy, now: datetime) -> tuple[str, str]:
    act_by = case.deadline("act_by")
    if not case.is_open:
        return case.status.value, "dim"
    if act_by is None or act_by.on is None:
        return "-", ""
    if act_by.met_at:
        return "answered", "green"
    days = (act_by.on - policy.day_of(now)).days
    return f"{days} d", "bold red" if days < 0 else "red" if days <= 3 else "yellow" if days <= 7 else ""


def case_sheet(tenant: Tenant, case: Case, history: Sequence[Entry], letters: Sequence[Letter]) -> RenderableType:
    """Everything about one case, for a person."""
    zone = tenant.policy.zone
    lines: list[RenderableType] = [
        Text(f"{case.ref}  {tenant.policy.name}  {case.status.value}", "bold"),
        Text(f"asked      {', '.join(f'{item.kind} ({item.outcome})' for item in case.items) or '?'}"),
        Text(f"from       {case.requester.email if case.requester else '-'}  ({case.match}, identity {case.identity})"),
        Text(f"proof      {proof_line(case)}"),
        Text(f"clock      {case.clock}"),
    ]
    lines += [
        Text(
            f"  {deadline.name:<10} {_when(deadline.on, deadline.due, zone)}  {deadline.basis}"
            + (f"  met {dutch_moment(deadline.met_at, zone)}" if deadline.met_at else "")
        )
        for deadline in case.deadlines
    ]
    lines += [Text(f"  {reason}", "dim") for reason in case.clock_reasons]
    lines += [Text(told, "bold") for told in _at_once(case, zone)]
    if case.work.hold:
        lines.append(Text(f"held       legal hold: {case.work.hold}", "bold yellow"))
    if plan := plan_of(case, tenant.policy):
        lines += [Text("\nplan", "bold"), plan_table(plan)]
    if case.needs:
        lines.append(Text(f"needs      {', '.join(case.needs)}", "yellow"))
    if case.assignee:
        lines.append(Text(f"assigned   {case.assignee}"))
    lines += [Text(f"because    {reason.kind}: “{reason.quote}”") for reason in case.reasons]
    for mail in case.mails:
        lines.append(Text(f"\n{dutch_moment(mail.received_at, zone)}  {mail.sender}  {mail.subject}", "bold"))
        lines.append(Text(mail.text))
    lines += _letters(letters)
    if case.forget_on:
        lines.append(Text(f"\nforgotten  from {case.forget_on.isoformat()} on"))
    elif restricts(case) and not case.is_open:
        lines.append(Text("\nforgotten  not before the restriction is lifted (article 18(3))"))
    lines.append(Text("\nwat er gebeurde", "bold"))
    steps = in_short(account(history, tenant.policy, tenant.letters.phrases["nl"]))
    lines += [_left_out(step) if isinstance(step, int) else _step(step, zone) for step in steps]
    return Group(*lines)


_PROOF = {
    Proof.NOTHING: "nothing more is needed",
    Proof.REPLY: "a reply from the address on file",
    Proof.NUMBER: "an order or customer number, never an identity paper",
    Proof.LATER: "the customers could not be read yet",
    Proof.PERSON: "a person decides: `mailbot confirm`, or `mailbot recipient`",
}


def proof_line(case: Case) -> str:
    """What must still be shown before something is granted, and how our questions stand."""
    asked = [f"asked {one.to}: {one.answer or 'no answer yet'}" for one in case.questions]
    named = [f"answer may go to {case.recipient}"] if case.recipient else []
    return "; ".join([_PROOF[still_needed(case)], *asked, *named])


def _at_once(case: Case, zone: ZoneInfo) -> Iterator[str]:
    """What stopped on receipt, and whether somebody said that it has."""
    if case.restricted_since:
        yield f"data       frozen (beperkt) since {dutch_moment(case.restricted_since, zone)}"
    if case.consent_withdrawn_at:
        yield f"data       consent withdrawn {dutch_moment(case.consent_withdrawn_at, zone)}"
    if case.suppressed:
        yield f"marketing  none to {', '.join(case.suppressed)}"
    if case.stopped_at:
        yield f"stopped    confirmed {dutch_moment(case.stopped_at, zone)}"


def _letters(letters: Sequence[Letter]) -> Iterator[RenderableType]:
    """The letters of a case; of many mails to colleagues that left, only the last ones."""
    told = sorted(
        (one for one in letters if one.audience == "staff" and one.state is LetterState.SENT),
        key=lambda one: str(one.created_at),
    )
    tokens = {one.token for one in told[:-LAST_CALLS]}
    yield letter_table(one for one in letters if one.token not in tokens)
    if tokens:
        yield Text(f"... and {len(tokens)} earlier mails to colleagues, all sent (all of them: --json)", "dim")


def _when(on: Any, due: datetime, zone: Any) -> str:
    return f"{dutch_short(on)}-{on.year}" if on else dutch_moment(due, zone)


def _left_out(count: int) -> RenderableType:
    return Text(f"    ... {count} regels met zulke oproepen aan collega's (alle: --json)", "dim")


def _step(step: Step, zone: ZoneInfo) -> RenderableType:
    """One line of the account: when, who, what; below it what came of it, why, and the article."""
    what, *more = step.what
    below = [*more, *(f"“{why}”" for why in step.why)]
    if step.rules:
        below.append(f"({'; '.join(step.rules)})")
    told = Text(f"{step.line}. {dutch_moment(step.at, zone)}  {step.by}: ").append(what, "bold")
    return Group(told, *(Padding(Text(one, "dim"), (0, 0, 0, 4)) for one in below))


def letter_table(letters: Iterable[Letter], zones: Mapping[str, ZoneInfo] | None = None) -> Table:
    """Letters and where they stand; with `zones`, by company, also when those that are on their way leave."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("letter", "state", "to"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "state")
    for letter in sorted(letters, key=lambda letter: str(letter.created_at)):
        why = "lies in the drafts of the mailbox" if letter.draft == "lies" and letter.state == "held" else letter.why
        told = Text(letter.to).append(f"\n{why}", "dim") if why else Text(letter.to)
        zone = (zones or {}).get(letter.tenant)
        if zone and letter.state == "queued" and letter.next_try:
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
