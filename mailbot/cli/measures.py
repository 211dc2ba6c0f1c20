"""What people do to the clock and to what stops at once: one event each, with who and why."""

from __future__ import annotations

from typing import Annotated

import typer

from mailbot import events
from mailbot.cli.setting import aside
from mailbot.cli.typed_words import ReasonOption, RefArgument, moment
from mailbot.cli.verb_options import ActContext, MakeEvent, add_letter_verbs, add_verbs
from mailbot.decide.breach_record import WORDS, people_in
from mailbot.errors import Usage


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    add_letter_verbs(app, extend, ask, lift)
    add_verbs(app, confirm, recipient, receipt, ack, breach, stopped, unsuppress)


def extend(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is necessary; the person reads it.")],
) -> MakeEvent:
    """Extend the term by two months, once, within the first month: writes the notice; it counts when it is sent."""
    return lambda at: events.ExtensionDecided(at.who, reason)


def ask(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why there is doubt about who writes.")] = "",
) -> MakeEvent:
    """Ask who writes. With reasonable doubt, and within five days of receipt, the clock stands still from then on."""
    return lambda at: events.IdentityAsked(at.who, reason)


def confirm(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How the person showed who he is.")],
    at: Annotated[str, typer.Option("--at", help="When the proof came, ISO 8601 with offset; default: now.")] = "",
) -> MakeEvent:
    """Say that the person has shown who he is: the clock goes on."""
    came = moment(at, "--at") if at else None
    return lambda here: events.IdentityConfirmed(here.who, reason, came)


def recipient(
    ref: RefArgument,
    email: Annotated[str, typer.Argument(help="Where the answer may go.")],
    reason: Annotated[str, typer.Option("--reason", help="How you know: the mandate seen, the address confirmed.")],
    representative: Annotated[
        bool, typer.Option("--representative", help="It is someone else's, whose mandate you have seen.")
    ] = False,
) -> MakeEvent:
    """Name another address than the one on file for the answer. Copies of data go to no other address."""
    return lambda at: events.RecipientNamed(at.who, email, reason, representative)


def receipt(
    ref: RefArgument,
    at: Annotated[str, typer.Option("--at", help="When it was received, ISO 8601 with offset.")],
    reason: ReasonOption,
) -> MakeEvent:
    """Correct when a request was received; every date is counted anew."""
    received = moment(at, "--at")
    return lambda here: events.ReceiptCorrected(here.who, received, reason)


def ack(
    ref: RefArgument,
    step: Annotated[str, typer.Option("--step", help="Which warning; default: the last one.")] = "",
) -> MakeEvent:
    """Say that you have seen the warning. It goes no further; later warnings still come.

    Contact person and deputy who were away are called again once they say so under the name that the settings have.
    """
    return lambda at: events.Acknowledged(at.who, step)


def breach(
    ref: RefArgument,
    notify: Annotated[bool, typer.Option("--notify", help="The authority is told.")] = False,
    register_only: Annotated[
        bool, typer.Option("--register-only", help="A risk is unlikely: register it only.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why so; after 72 hours, why so late.")] = "",
    facts: Annotated[str, typer.Option("--facts", help="What happened, to whose data, how many.")] = "",
    effects: Annotated[str, typer.Option("--effects", help="What it can lead to for these people.")] = "",
    measures: Annotated[str, typer.Option("--measures", help="What was done, and is still done, about it.")] = "",
    notified: Annotated[
        str, typer.Option("--notified", help="When the authority was told, ISO 8601 with offset.")
    ] = "",
) -> MakeEvent:
    """Decide about a reported breach (article 33), or tell more of it: facts, effects, measures. Name nobody.

    The calls of the 72 hours end with a decision not to notify, or once --notified says when the authority was told.
    What you type stays in the register of breaches (article 33(5)) after the one who reported it is forgotten; what
    looks like a person is blotted out then.
    """
    if notify and register_only:
        raise Usage("say either --notify or --register-only")
    told_at = moment(notified, "--notified") if notified else None
    if not (notify or register_only):
        if reason:
            raise Usage("--reason is of a decision: add --notify or --register-only")
        return lambda at: _remembered(at, events.BreachDescribed(at.who, facts, effects, measures, told_at))
    decision = "notify" if notify else "register_only"
    return lambda at: _remembered(at, events.BreachDecided(at.who, decision, reason, facts, effects, measures, told_at))


def _remembered(at: ActContext, event: events.BreachDecided | events.BreachDescribed) -> events.StaffActed:
    """The same, after telling what in its words looks like a person."""
    found = [one for name in WORDS for one in people_in(str(getattr(event, name, "")), at.case)]
    if found:
        listed = ", ".join(dict.fromkeys(found))
        told = f"these words stay on record when who reported it is forgotten; then this is blotted out: {listed}"
        aside.print(f"note: {told}. Anybody else whom they name stays in them")
    return event


def lift(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; the person reads it first.")],
    on_request: Annotated[bool, typer.Option("--on-request", help="The person himself asked for it.")] = False,
) -> MakeEvent:
    """Lift a restriction: writes to the person first (article 18(3)); it ends when that letter was sent."""
    return lambda at: events.RestrictionLifted(at.who, reason, on_request)


def stopped(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How you know, for the record.")] = "",
) -> MakeEvent:
    """Say that what had to stop at once has stopped everywhere: marketing, use of frozen data, what consent allowed."""
    return lambda at: events.StopConfirmed(at.who, reason)


def unsuppress(ref: RefArgument, reason: ReasonOption) -> MakeEvent:
    """Take the addresses of this case off the list of no marketing: it did not ask for that after all."""
    return lambda at: events.SuppressionLifted(at.who, reason)
