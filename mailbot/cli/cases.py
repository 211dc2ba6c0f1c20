"""cases, show, triage and the verbs of the people who decide. Each verb is one event through the same door."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mailbot import actions, undoing
from mailbot import events as do
from mailbot.app import Tenant, now
from mailbot.cli.plan_table import step_doc
from mailbot.cli.setting import (
    SETTING,
    ActorOption,
    ConfigOption,
    JsonOption,
    TenantOption,
    actor,
    aside,
    console,
    find_case,
    print_json,
    recorded,
    tenants,
)
from mailbot.cli.tables import case_sheet, case_table
from mailbot.decide.order import urgency
from mailbot.errors import Usage
from mailbot.model import Case, Kind, LetterState, Outcome
from mailbot.plan import plan_of
from mailbot.sitting import Sitting
from mailbot.store.codec import to_doc

RefArgument = Annotated[str, typer.Argument(help="The case, as AVG-2026-0001.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for verb in (cases, show, triage, accept, correct, note, assign, answer, close, reopen, add, takeback):
        app.command()(verb)


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
    as_json: JsonOption = False,
) -> None:
    """List cases, most urgent first."""
    asked = kind_named(kind) if kind else None
    days = -1 if overdue else due
    with tenants(config, tenant, classifier=False) as opened:
        rows = [row for row in _cases(opened, everything) if asked is None or asked in row[1].kinds]
        rows = [row for row in rows if days is None or _within(row, days)]
        rows = [row for row in rows if waiting is None or waits_for(row[1]) is waiting]
        _show(rows, as_json, "no open cases" if not (kind or waiting or days is not None) else "no such cases")


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


def _within(row: tuple[Tenant, Case], days: int) -> bool:
    tenant, case = row
    act_by = case.deadline("act_by")
    if not case.is_open or act_by is None or act_by.on is None or act_by.met_at:
        return False
    return (act_by.on - now().astimezone(tenant.policy.zone).date()).days <= days


def triage(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    listed: Annotated[bool, typer.Option("--list", help="Only list them; so it is in a pipe too.")] = False,
    by: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Go through what needs a person, most urgent first: full screen in a terminal, a list elsewhere."""
    with tenants(config, tenant, classifier=False) as opened:
        if console.is_terminal and sys.stdin.isatty() and not (listed or as_json):
            from mailbot.cli.triage_screen import TriageScreen  # its library takes long to load

            TriageScreen(Sitting(opened, actor(by), now)).run()
            return
        _show([row for row in _cases(opened, False) if row[1].needs], as_json, "nothing needs a person")


def _show(rows: list[tuple[Tenant, Case]], as_json: bool, nothing: str) -> None:
    if as_json:
        print_json([to_doc(case) for _, case in rows])
    elif rows:
        console.print(case_table(rows, now()))
    else:
        console.print(nothing)


def _cases(opened: list[Tenant], everything: bool) -> list[tuple[Tenant, Case]]:
    rows = [
        (tenant, case)
        for tenant, unit in recorded(opened)
        for case in (unit.all_cases() if everything else unit.open_cases())
    ]
    return sorted(rows, key=lambda row: urgency(row[1]))


def show(ref: RefArgument, config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """Show one case: what was asked, the clock, the mails, the letters, the history."""
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        with owner.store.unit() as unit:
            history, letters = unit.history(ref), unit.letters_of(ref)
        if as_json:
            steps = [step_doc(step) for step in plan_of(case, owner.policy)]
            shown = to_doc(case) | {"plan": steps}
            print_json(shown | {"history": list(map(to_doc, history)), "letters": list(map(to_doc, letters))})
        else:
            console.print(case_sheet(owner, case, history, letters))


def accept(ref: RefArgument, by: ActorOption = "", config: ConfigOption = None, tenant: TenantOption = "") -> None:
    """Agree with the verdict of a mail that waited for a person."""
    act(ref, lambda _: do.Accepted(actor(by)), config, tenant)


def correct(
    ref: RefArgument,
    kinds: Annotated[str, typer.Argument(help="What it really asks: kinds, separated by commas.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say what a mail really asks (not_a_request closes the case)."""
    named = tuple(kind_named(word) for word in kinds.split(",") if word.strip())
    act(ref, lambda _: do.Corrected(actor(by), named, reason), config, tenant)


def note(
    ref: RefArgument,
    text: Annotated[str, typer.Argument(help="What to write down.")],
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Write something down in a case."""
    act(ref, lambda _: do.Noted(actor(by), text), config, tenant)


def assign(
    ref: RefArgument,
    to: Annotated[str, typer.Argument(help="Who takes the case.")],
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say whose case it is."""
    act(ref, lambda _: do.Assigned(actor(by), to), config, tenant)


def answer(
    ref: RefArgument,
    file: Annotated[typer.FileText, typer.Option("--file", help="The text of the answer; - for standard input.")],
    outcome: Annotated[Outcome, typer.Option("--outcome", help="What the answer decides.")] = Outcome.ANSWERED,
    override: Annotated[
        str, typer.Option("--override", help="Why it may ask for an identity document: there is really no other way.")
    ] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Answer the requester: the text goes into the company's letter and leaves through the outbox."""
    try:
        text = file.read().strip()
    except UnicodeDecodeError:
        raise Usage("the answer is no text in UTF-8; save it as plain text") from None
    if not text:
        raise Usage("the answer is empty")

    def made(case: Case) -> do.Answered:
        number = 1 + sum(1 for id in case.remarks if id == "sent: answer")
        return do.Answered(actor(by), text, outcome, number, override)

    act(ref, made, config, tenant)


def close(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    outcome: Annotated[Outcome, typer.Option("--outcome", help="How it ended.")] = Outcome.ANSWERED,
    elsewhere: Annotated[bool, typer.Option("--answered-elsewhere", help="The answer left by another way.")] = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Close a case."""
    act(ref, lambda _: do.Closed(actor(by), outcome, reason, elsewhere), config, tenant)


def reopen(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Open a closed case again."""
    act(ref, lambda _: do.Reopened(actor(by), reason), config, tenant)


def add(
    file: Annotated[Path, typer.Argument(help="The mail as .eml file, or a text file with what was asked.")],
    received: Annotated[str, typer.Option("--received", help="When it was received, ISO 8601 with offset.")],
    address: Annotated[str, typer.Option("--from", help="The requester's mail address, for a text file.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="mail, phone, post or counter.")] = "mail",
    kinds: Annotated[str, typer.Option("--as", help="What it asks; default: as sorted.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Take in a request by hand: an older mail, a phone call, a letter."""
    at = moment(received, "--received")
    with tenants(config, tenant) as opened:
        if len(opened) != 1:
            raise Usage("say for which company: --tenant ID")
        named = tuple(kind_named(word) for word in kinds.split(",") if word.strip())
        case = actions.add(opened[0], file, at, address, channel, named, actor(by), now())
        console.print(f"{case.ref} {case.clock}", markup=False, soft_wrap=True)


def tell_objections(owner: Tenant, case: Case, event: do.StaffActed) -> None:
    """What speaks against the words of a letter although it may leave, beside the result."""
    for finding in actions.objections(case, event, owner.policy, now()):
        aside.print(f"note: the letter {finding.what} ({finding.rule})", markup=False)


def act(ref: str, make: Callable[[Case], do.StaffActed], config: Path | None, tenant: str) -> None:
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        carry_out = actions.try_out if SETTING.dry_run else actions.act
        event = make(case)
        done = carry_out(owner, ref, event, now())
        tell_objections(owner, case, event)
        if SETTING.as_json:
            status = done.case.status if done.case else ""
            wrote = [{"token": one.token, "state": one.state, "subject": one.subject} for one in done.letters]
            print_json({"case": ref, "status": status, "dry_run": SETTING.dry_run, "letters": wrote})
            return
        told = f"{ref}: {done.case.status if done.case else ''}"
        for letter in done.letters:
            state = "never leaves: the company observes" if letter.state is LetterState.OBSERVED else letter.state.value
            told += f"; letter {letter.template} to {letter.audience}: {state}"
        console.print(f"(dry run) {told}" if SETTING.dry_run else told, markup=False, soft_wrap=True)


def takeback(ref: RefArgument, by: ActorOption = "", config: ConfigOption = None, tenant: TenantOption = "") -> None:
    """Undo the last thing that a person did in a case, while nothing of it has left."""
    with tenants(config, tenant, classifier=False) as opened:
        owner, _ = find_case(opened, ref)
        with owner.store.unit() as unit:
            done = undoing.take_back(unit, owner, ref, actor(by), now())
        console.print(f"{ref}: taken back; {done.case.status if done.case else ''}", markup=False)


def kind_named(word: str) -> Kind:
    """The kind that a person typed. Raises Usage that lists the kinds."""
    try:
        return Kind(word.strip())
    except ValueError:
        raise Usage(f"{word.strip()} is no kind; kinds are {', '.join(Kind)}") from None


def moment(text: str, option: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Usage(f"{option} {text}: write it as 2026-02-01T09:00:00+01:00") from None
    if found.tzinfo is None:
        raise Usage(f"{option} {text}: add the offset, as in 2026-02-01T09:00:00+01:00")
    return found
