"""What people do to the clock and to what stops at once: one event each, with who and why."""

from __future__ import annotations

from typing import Annotated

import typer

from mailbot import events as do
from mailbot.cli.acts import Deed, ReasonOption, RefArgument, add_verbs, moment
from mailbot.errors import Usage


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    add_verbs(app, extend, ask, confirm, recipient, receipt, ack, breach, lift, stopped, unsuppress)


def extend(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is necessary; the person reads it.")],
) -> Deed:
    """Extend the term by two months, once, within the first month: writes the notice; it counts when it is sent."""
    return lambda at: do.ExtensionDecided(at.who, reason)


def ask(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why there is doubt about who writes.")] = "",
) -> Deed:
    """Ask who writes. With reasonable doubt, and within five days of receipt, the clock stands still from then on."""
    return lambda at: do.IdentityAsked(at.who, reason)


def confirm(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How the person showed who he is.")],
    at: Annotated[str, typer.Option("--at", help="When the proof came, ISO 8601 with offset; default: now.")] = "",
) -> Deed:
    """Say that the person has shown who he is: the clock goes on."""
    came = moment(at, "--at") if at else None
    return lambda here: do.IdentityConfirmed(here.who, reason, came)


def recipient(
    ref: RefArgument,
    email: Annotated[str, typer.Argument(help="Where the answer may go.")],
    reason: Annotated[str, typer.Option("--reason", help="How you know: the mandate seen, the address confirmed.")],
    representative: Annotated[
        bool, typer.Option("--representative", help="It is someone else's, whose mandate you have seen.")
    ] = False,
) -> Deed:
    """Name another address than the one on file for the answer. Copies of data go to no other address."""
    return lambda at: do.RecipientNamed(at.who, email, reason, representative)


def receipt(
    ref: RefArgument,
    at: Annotated[str, typer.Option("--at", help="When it was received, ISO 8601 with offset.")],
    reason: ReasonOption,
) -> Deed:
    """Correct when a request was received; every date is counted anew."""
    received = moment(at, "--at")
    return lambda here: do.ReceiptCorrected(here.who, received, reason)


def ack(
    ref: RefArgument,
    step: Annotated[str, typer.Option("--step", help="Which warning; default: the last one.")] = "",
) -> Deed:
    """Say that you have seen the warning. It goes no further; later warnings still come.

    Contact person and deputy who were away are called again once they say so under the name that the settings have.
    """
    return lambda at: do.Acknowledged(at.who, step)


def breach(
    ref: RefArgument,
    reason: ReasonOption,
    notify: Annotated[bool, typer.Option("--notify", help="The authority is told.")] = False,
    register_only: Annotated[
        bool, typer.Option("--register-only", help="A risk is unlikely: register it only.")
    ] = False,
) -> Deed:
    """Decide about a reported breach (article 33). Ends the calls of the 72 hours."""
    if notify == register_only:
        raise Usage("say either --notify or --register-only")
    return lambda at: do.BreachDecided(at.who, "notify" if notify else "register_only", reason)


def lift(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; the person reads it first.")],
    on_request: Annotated[bool, typer.Option("--on-request", help="The person himself asked for it.")] = False,
) -> Deed:
    """Lift a restriction: writes to the person first (article 18(3)); it ends when that letter was sent."""
    return lambda at: do.RestrictionLifted(at.who, reason, on_request)


def stopped(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How you know, for the record.")] = "",
) -> Deed:
    """Say that what had to stop at once has stopped everywhere: marketing, use of frozen data, what consent allowed."""
    return lambda at: do.StopConfirmed(at.who, reason)


def unsuppress(ref: RefArgument, reason: ReasonOption) -> Deed:
    """Take the addresses of this case off the list of no marketing: it did not ask for that after all."""
    return lambda at: do.SuppressionLifted(at.who, reason)
