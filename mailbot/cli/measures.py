"""What people do to the clock and to what stops at once: one event each, with who and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from mailbot import events as do
from mailbot.cli.cases import RefArgument, act, moment
from mailbot.cli.setting import ActorOption, ConfigOption, TenantOption, actor
from mailbot.errors import Usage

ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for verb in (extend, ask, confirm, recipient, receipt, ack, breach, lift, stopped, unsuppress):
        app.command()(verb)


def extend(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is necessary; the person reads it.")],
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Extend the term by two months, once, within the first month: writes the notice; it counts when it is sent."""
    act(ref, lambda _: do.ExtensionDecided(actor(by), reason), config, tenant)


def ask(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why there is doubt about who writes.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Ask who writes. With reasonable doubt, and within five days of receipt, the clock stands still from then on."""
    act(ref, lambda _: do.IdentityAsked(actor(by), reason), config, tenant)


def confirm(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How the person showed who he is.")],
    at: Annotated[str, typer.Option("--at", help="When the proof came, ISO 8601 with offset; default: now.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say that the person has shown who he is: the clock goes on."""
    came = moment(at, "--at") if at else None
    act(ref, lambda _: do.IdentityConfirmed(actor(by), reason, came), config, tenant)


def recipient(
    ref: RefArgument,
    email: Annotated[str, typer.Argument(help="Where the answer may go.")],
    reason: Annotated[str, typer.Option("--reason", help="How you know: the mandate seen, the address confirmed.")],
    representative: Annotated[
        bool, typer.Option("--representative", help="It is someone else's, whose mandate you have seen.")
    ] = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Name another address than the one on file for the answer. Copies of data go to no other address."""
    act(ref, lambda _: do.RecipientNamed(actor(by), email, reason, representative), config, tenant)


def receipt(
    ref: RefArgument,
    at: Annotated[str, typer.Option("--at", help="When it was received, ISO 8601 with offset.")],
    reason: ReasonOption,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Correct when a request was received; every date is counted anew."""
    received: datetime = moment(at, "--at")
    act(ref, lambda _: do.ReceiptCorrected(actor(by), received, reason), config, tenant)


def ack(
    ref: RefArgument,
    step: Annotated[str, typer.Option("--step", help="Which warning; default: the last one.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say that you have seen the warning. It goes no further; later warnings still come."""
    act(ref, lambda _: do.Acknowledged(actor(by), step), config, tenant)


def breach(
    ref: RefArgument,
    reason: ReasonOption,
    notify: Annotated[bool, typer.Option("--notify", help="The authority is told.")] = False,
    register_only: Annotated[
        bool, typer.Option("--register-only", help="A risk is unlikely: register it only.")
    ] = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Decide about a reported breach (article 33). Ends the calls of the 72 hours."""
    if notify == register_only:
        raise Usage("say either --notify or --register-only")
    decision = "notify" if notify else "register_only"
    act(ref, lambda _: do.BreachDecided(actor(by), decision, reason), config, tenant)


def lift(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; the person reads it first.")],
    on_request: Annotated[bool, typer.Option("--on-request", help="The person himself asked for it.")] = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Lift a restriction: writes to the person first (article 18(3)); it ends when that letter was sent."""
    act(ref, lambda _: do.RestrictionLifted(actor(by), reason, on_request), config, tenant)


def stopped(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How you know, for the record.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Say that what had to stop at once has stopped everywhere: marketing, use of frozen data, what consent allowed."""
    act(ref, lambda _: do.StopConfirmed(actor(by), reason), config, tenant)


def unsuppress(
    ref: RefArgument,
    reason: ReasonOption,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Take the addresses of this case off the list of no marketing: it did not ask for that after all."""
    act(ref, lambda _: do.SuppressionLifted(actor(by), reason), config, tenant)
