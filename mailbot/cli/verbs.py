"""What people do with a case as a whole: sort it, write in it, link it, put it aside, answer, close, add, take back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mailbot import events
from mailbot.acts import snoozing, undoing
from mailbot.acts.linking import join, link_event
from mailbot.app import now
from mailbot.cli.options import SETTING
from mailbot.cli.setting import actor, find_case, only_one
from mailbot.cli.typed_words import ReasonOption, RefArgument, day_named, kind_named, kinds_named, moment
from mailbot.cli.verb_options import MakeEvent, add_letter_verbs, add_verbs, here, tell, tell_done
from mailbot.errors import Usage
from mailbot.incoming import manual
from mailbot.model import Outcome


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    add_verbs(app, accept, correct, note, assign, link, snooze, close, reopen, add, takeback)
    add_letter_verbs(app, answer)


def accept(ref: RefArgument) -> MakeEvent:
    """Agree with the verdict of a mail that waited for a person."""
    return lambda at: events.Accepted(at.who)


def correct(
    ref: RefArgument,
    kinds: Annotated[str, typer.Argument(help="What it really asks: kinds, separated by commas.")],
    reason: ReasonOption = "",
) -> MakeEvent:
    """Say what a mail really asks (not_a_request closes the case)."""
    named = kinds_named(kinds)
    return lambda at: events.Corrected(at.who, named, reason)


def note(ref: RefArgument, text: Annotated[str, typer.Argument(help="What to write down.")]) -> MakeEvent:
    """Write something down in a case."""
    return lambda at: events.Noted(at.who, text)


def assign(ref: RefArgument, to: Annotated[str, typer.Argument(help="Who takes the case.")]) -> MakeEvent:
    """Say whose case it is."""
    return lambda at: events.Assigned(at.who, to)


def link(
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help="How you know.")],
    customer: Annotated[str, typer.Option("--customer", help="His customer number, or his address on file.")] = "",
    case: Annotated[str, typer.Option("--case", help="The earlier case of the same person that it belongs to.")] = "",
) -> MakeEvent | None:
    """Say which customer a case is about, or to which earlier case it belongs.

    A customer: the address on file is asked where that is needed; nothing is proven by it. A case: its mails go to the
    earlier one, and it closes. Example: mailbot link AVG-2026-0001 --customer 1001 --reason "noemt bestelling 5512"
    """
    if bool(customer) == bool(case):
        raise Usage("say either --customer or --case")
    if customer:
        return lambda at: link_event(at.owner, at.who, customer, reason)
    with here() as opened:
        owner, _ = find_case(opened, ref)
        tell_done(ref, join(owner, ref, case, actor(SETTING.by), reason, now()), f"belongs to {case} now; ")
    return None


def snooze(
    ref: RefArgument,
    until: Annotated[
        str, typer.Option("--until", help="The day on which triage shows it again, as 2026-03-05; none: now.")
    ] = "",
) -> None:
    """Put a case aside: triage does not show it before that day, or a mail. Its clock and its warnings go on."""
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        raise Usage(f"--until {until}: write a day as 2026-03-05") from None
    with here() as opened:
        owner, _ = find_case(opened, ref)
        if day is None:
            tell_done(ref, snoozing.wake(owner, ref, actor(SETTING.by), now()), "taken up again; ")
        else:
            done = snoozing.snooze(owner, ref, day, actor(SETTING.by), now())
            tell_done(ref, done, f"put aside until {day}; ")


def answer(
    ref: RefArgument,
    file: Annotated[
        typer.FileText,
        typer.Option("--file", encoding="utf-8-sig", help="The text of the answer; - for standard input."),
    ],
    outcome: Annotated[
        Outcome, typer.Option("--outcome", help="What the answer decides; open: it answers nothing yet.")
    ] = Outcome.ANSWERED,
    override: Annotated[
        str, typer.Option("--override", help="Why it may ask for an identity document: there is really no other way.")
    ] = "",
) -> MakeEvent:
    """Answer the requester: the text goes into the company's letter and leaves through the outbox."""
    try:
        text = file.read().strip()
    except UnicodeDecodeError:
        raise Usage("the answer is no text in UTF-8; save it as plain text") from None
    if not text:
        raise Usage("the answer is empty")

    return lambda at: events.Answered(at.who, text, outcome, override=override)


def close(
    ref: RefArgument,
    reason: ReasonOption,
    outcome: Annotated[Outcome, typer.Option("--outcome", help="How it ended.")] = Outcome.ANSWERED,
    elsewhere: Annotated[bool, typer.Option("--answered-elsewhere", help="The answer left by another way.")] = False,
    told_on: Annotated[
        str, typer.Option("--told-on", help="The day on which that answer left, as 2026-03-05; default: today.")
    ] = "",
    ground: Annotated[
        list[str] | None, typer.Option("--ground", help="Of a no by another way: its ground, or KIND=GROUND for each.")
    ] = None,
    names_remedies: Annotated[
        bool, typer.Option("--names-remedies", help="That no named the reasons, the authority and the court.")
    ] = False,
    once_sent: Annotated[
        bool, typer.Option("--once-sent", help="The answer is a letter that still waits: close when it has left.")
    ] = False,
) -> MakeEvent:
    """Close a case. A no that was told by another way keeps its ground, and counts in its month or late.

    Example: mailbot close AVG-2026-0001 --answered-elsewhere --told-on 2026-03-10 --outcome refused
    --ground excessive --names-remedies --reason "Dit is de achtste keer dit jaar; zie de brief van 10 maart"
    """
    if elsewhere and once_sent:
        raise Usage("say either --answered-elsewhere or --once-sent")
    day, grounds = day_named(told_on, "--told-on"), tuple(_ground_named(words) for words in ground or ())
    if (day or grounds or names_remedies) and not elsewhere:
        raise Usage("--told-on, --ground and --names-remedies are of an answer by another way: --answered-elsewhere")
    return lambda at: events.Closed(at.who, outcome, reason, elsewhere, once_sent, day, grounds, names_remedies)


def _ground_named(words: str) -> tuple[str, str]:
    """A ground and the right that it refuses: "" for each that is refused."""
    kind, sign, ground = words.rpartition("=")
    return (kind_named(kind).value if sign else "", ground.strip())


def reopen(ref: RefArgument, reason: ReasonOption) -> MakeEvent:
    """Open a closed case again."""
    return lambda at: events.Reopened(at.who, reason)


def add(
    file: Annotated[Path, typer.Argument(help="The mail as .eml file, or a text file with what was asked.")],
    received: Annotated[str, typer.Option("--received", help="When it was received, ISO 8601 with offset.")],
    address: Annotated[str, typer.Option("--from", help="The requester's mail address, for a text file.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="mail, phone, post or counter.")] = "mail",
    kinds: Annotated[str, typer.Option("--as", help="What it asks; default: as sorted.")] = "",
) -> None:
    """Take in a request by hand: an older mail, a phone call, a letter."""
    at, named = moment(received, "--received"), kinds_named(kinds)
    with here(classifier=True) as opened:
        done = manual.add(only_one(opened), file, at, address, channel, named, actor(SETTING.by), now())
        case = done.case
        same = (f"{ref} has the same mail; if it is one request: {_join(case.ref, ref)}" for ref in done.same_mail_in)
        told = {"case": case.ref, "status": case.status, "clock": case.clock, "same_mail_in": done.same_mail_in}
        tell("\n".join((f"{case.ref} {case.clock}", *same)), told)


def _join(later: str, earlier: str) -> str:
    return f'mailbot link {later} --case {earlier} --reason "hetzelfde verzoek"'


def takeback(ref: RefArgument) -> None:
    """Undo the last thing that a person did in a case, while nothing of it has left."""
    with here() as opened:
        owner, _ = find_case(opened, ref)
        with owner.store.unit() as unit:
            done = undoing.take_back(unit, owner, ref, actor(SETTING.by), now())
        tell_done(ref, done, "taken back; ")
