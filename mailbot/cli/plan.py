"""decide, done, skip, absent, undo, tell, hold: how people work through the plan of a case. One event each."""

from __future__ import annotations

from typing import Annotated

import typer

from mailbot import events as do
from mailbot.cli.cases import RefArgument, act, kind_named
from mailbot.cli.measures import ReasonOption
from mailbot.cli.setting import ActorOption, ConfigOption, TenantOption, actor
from mailbot.model import How, Outcome

StepArgument = Annotated[
    str, typer.Argument(help="The step, as `mailbot show` names it; `look_up` names every look_up:...")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for verb in (decide, done, skip, absent, undo, tell, hold):
        app.command()(verb)


def decide(
    ref: RefArgument,
    kind: Annotated[str, typer.Argument(help="Which of the rights that were asked.")],
    outcome: Annotated[Outcome, typer.Argument(help="What is decided about it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record; a refusal needs it.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Decide about one right of a case that asks several: each has its own outcome, the clock is one."""
    asked = kind_named(kind)
    act(ref, lambda _: do.ItemDecided(actor(by), asked, outcome, reason), config, tenant)


def done(
    ref: RefArgument,
    step: StepArgument,
    note: Annotated[str, typer.Option("--note", help="What was found or done, for the record.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say that a step of the plan is done."""
    act(ref, lambda _: do.StepSettled(actor(by), step, How.DONE, note), config, tenant)


def skip(
    ref: RefArgument,
    step: StepArgument,
    reason: ReasonOption,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Set a step of the plan aside; the reason and your name stay on record."""
    act(ref, lambda _: do.StepSettled(actor(by), step, How.SKIPPED, reason), config, tenant)


def absent(
    ref: RefArgument,
    step: StepArgument,
    reason: ReasonOption,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say that no data are kept in a place, or that a processor is no longer used: its steps fall away."""
    act(ref, lambda _: do.StepSettled(actor(by), step, How.NOT_USED, reason), config, tenant)


def undo(
    ref: RefArgument,
    step: StepArgument,
    reason: ReasonOption,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Open a step of the plan again."""
    act(ref, lambda _: do.StepReopened(actor(by), step, reason), config, tenant)


def tell(
    ref: RefArgument,
    only: Annotated[str, typer.Option("--only", help="One processor, by its name.")] = "",
    text: Annotated[str, typer.Option("--text", help="What must be corrected, in the words of the mail.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Write to the processors what they must look up, correct, erase or freeze. Their answers are read and chased."""
    act(ref, lambda _: do.PartiesTold(actor(by), only, text), config, tenant)


def hold(
    ref: RefArgument,
    reason: ReasonOption,
    lift: Annotated[bool, typer.Option("--lift", help="End the hold.")] = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Set a legal hold (a lawsuit): nothing of this person is erased or made anonymous until it is lifted."""
    act(ref, lambda _: do.HeldLegally(actor(by), reason, lift), config, tenant)
