"""decide, done, skip, absent, undo, tell, hold: how people work through the plan of a case. One event each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from mailbot import events
from mailbot.app import now
from mailbot.cli.options import SETTING, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import actor, aside, console, find_case, print_json, recorded, tenants
from mailbot.cli.typed_words import ReasonOption, RefArgument, kind_named
from mailbot.cli.verb_options import MakeEvent, add_verbs, here, tell
from mailbot.errors import Usage
from mailbot.fulfil import kept_documents, second_erasures
from mailbot.model import Outcome, StepEnding
from mailbot.plan.retention_duties import Document

StepArgument = Annotated[
    str, typer.Argument(help="The step, as `mailbot show` names it; `look_up` names every look_up:...")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    add_verbs(app, decide, done, skip, absent, undo, tell_, keep, hold)
    app.command()(diary)


def decide(
    ref: RefArgument,
    kind: Annotated[str, typer.Argument(help="Which of the rights that were asked.")],
    outcome: Annotated[Outcome, typer.Argument(help="What is decided about it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record; a refusal needs it.")] = "",
) -> MakeEvent:
    """Decide about one right of a case that asks several: each has its own outcome, the clock is one."""
    asked = kind_named(kind)
    return lambda at: events.ItemDecided(at.who, asked, outcome, reason)


def done(
    ref: RefArgument,
    step: StepArgument,
    note: Annotated[str, typer.Option("--note", help="What was found or done, for the record.")] = "",
) -> MakeEvent:
    """Say that a step of the plan is done."""
    return lambda at: events.StepSettled(at.who, step, StepEnding.DONE, note)


def skip(
    ref: RefArgument,
    step: StepArgument,
    reason: ReasonOption,
) -> MakeEvent:
    """Set a step of the plan aside; the reason and your name stay on record."""
    return lambda at: events.StepSettled(at.who, step, StepEnding.SKIPPED, reason)


def absent(
    ref: RefArgument,
    step: StepArgument,
    reason: ReasonOption,
) -> MakeEvent:
    """Say that no data are kept in a place, or that a processor is no longer used: its steps fall away."""
    return lambda at: events.StepSettled(at.who, step, StepEnding.NOT_USED, reason)


def undo(
    ref: RefArgument,
    step: StepArgument,
    reason: ReasonOption,
) -> MakeEvent:
    """Open a step of the plan again."""
    return lambda at: events.StepReopened(at.who, step, reason)


def tell_(
    ref: RefArgument,
    only: Annotated[str, typer.Option("--only", help="One processor, by its name.")] = "",
    text: Annotated[str, typer.Option("--text", help="What to correct; or whose data, where no record says.")] = "",
) -> MakeEvent:
    """Write to the processors what they must look up, correct, erase or freeze. Their answers are read and chased."""
    return lambda at: events.PartiesTold(at.who, only, text)


def keep(
    ref: RefArgument,
    documents: Annotated[
        list[str] | None, typer.Argument(help="NUMBER=DAY, as F2026-12=2026-05-01; none: as the sources on file say.")
    ] = None,
    what: Annotated[str, typer.Option("--what", help="What sort of document.")] = "factuur",
    one_stop_shop: Annotated[bool, typer.Option("--oss", help="Sold under the one-stop shop: ten years.")] = False,
    real_estate: Annotated[bool, typer.Option("--real-estate", help="About real estate: ten years.")] = False,
) -> None:
    """Write down which documents must stay after erasure; until when follows from the law of the country."""
    with here() as opened:
        owner, case = find_case(opened, ref)
        named = [_document(word, what, one_stop_shop, real_estate) for word in documents or ()]
        on_file = named or kept_documents.documents_on_file(owner, case)
        found = kept_documents.keep(owner, case.ref, on_file, actor(SETTING.by), now())
        today = owner.policy.day_of(now())
    for one in found:
        if one.dated_on > today:
            aside.print(f"note: {one.document} has a day that has not come yet; is {one.dated_on} right?")
    told = [f"{one.what} {one.document} of {one.dated_on}: stays until {one.until} ({one.basis})" for one in found]
    rows = [{"document": one.document, "until": one.until.isoformat(), "basis": one.basis} for one in found]
    tell("\n".join(told), {"case": ref, "kept": rows})


def _document(word: str, what: str, one_stop_shop: bool, real_estate: bool) -> Document:
    number, _, day = word.rpartition("=")
    dated = kept_documents.day_of(day)
    if not number or dated is None:
        raise Usage(f"{word}: write a document as NUMBER=DAY, as F2026-12=2026-05-01")
    return Document(number, dated, what, one_stop_shop, real_estate)


def diary(config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """List the second erasures: which documents go on which day, once the law no longer keeps them."""
    with tenants(config, tenant, classifier=False) as opened:
        entries = [entry for one, unit in recorded(opened) for entry in second_erasures.entries(unit, one)]
    if as_json:
        print_json([asdict(entry) | {"erase_on": entry.erase_on.isoformat()} for entry in entries])
        return
    for entry in entries:
        told = f"{entry.erase_on}  {entry.company}  {entry.ref}  {', '.join(entry.documents)}"
        console.print(told + ("  told" if entry.told else ""))
    if not entries:
        console.print("nothing waits for its second erasure")


def hold(
    ref: RefArgument,
    reason: ReasonOption,
    lift: Annotated[bool, typer.Option("--lift", help="End the hold.")] = False,
) -> MakeEvent:
    """Set a legal hold (a lawsuit): nothing of this person is erased or made anonymous until it is lifted."""
    return lambda at: events.HeldLegally(at.who, reason, lift)
