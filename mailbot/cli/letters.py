"""outbox, suppressions: what leaves, and who gets no marketing."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from mailbot import private_files
from mailbot.acts import by_letter
from mailbot.app import Tenant, now
from mailbot.cli.options import REHEARSABLE, SETTING, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import actor, console, print_json, print_wrapped, recorded, tenants
from mailbot.cli.tables import letter_table
from mailbot.cli.typed_words import ReasonOption, day_named
from mailbot.cli.verb_options import add_verbs, here, tell
from mailbot.errors import Usage
from mailbot.marketing import ALL, CHANNELS
from mailbot.model import Letter, LetterState
from mailbot.outgoing import announcing, breaker, releasing
from mailbot.reports.html_page import page
from mailbot.store import Unit
from mailbot.store.codec import to_doc

TokenArgument = Annotated[str, typer.Argument(help="The letter, as `mailbot outbox` names it.")]

outbox = typer.Typer(name="outbox", invoke_without_command=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    add_verbs(outbox, release, drop, posted, returned, resume)
    REHEARSABLE.add("outbox")
    app.add_typer(outbox)
    app.command()(suppressions)


@outbox.callback()
def outbox_(
    context: typer.Context, config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False
) -> None:
    """Letters on their way out."""
    SETTING.config, SETTING.tenant, SETTING.as_json = config, tenant, as_json
    if context.invoked_subcommand is None:  # without a verb: what waits
        list_letters(config, tenant, as_json=as_json)


@outbox.command("list")
def list_letters(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    state: Annotated[LetterState | None, typer.Option("--state", help="Only letters in this state.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List letters that wait, failed or are unsure; or those in one state."""
    waiting = [LetterState.UNSURE, LetterState.FAILED, LetterState.HELD, LetterState.QUEUED, LetterState.SENDING]
    with tenants(config, tenant, classifier=False) as opened:
        states = [state] if state else waiting
        found = [letter for _, unit in recorded(opened) for state in states for letter in unit.letters(state)]
        if as_json:
            print_json([to_doc(letter) for letter in found])
        elif found:
            told = [letter for letter in found if letter.audience == announcing.AUDIENCE and not state]
            zones = {one.id: one.policy.zone for one in opened}
            print_wrapped(letter_table([letter for letter in found if letter not in told], zones))
            for name, count in sorted(Counter(letter.token.split(":")[1] for letter in told).items()):
                told_of = f"{count} letters to customers about {name}: `mailbot notify-policy-change --name {name}`"
                console.print(told_of)
        else:
            console.print("no letters wait")


@outbox.command()
def read(
    token: TokenArgument,
    html: Annotated[Path | None, typer.Option("--html", help="Write it to this file, to print and post it.")] = None,
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Show a letter as it would leave."""
    with tenants(config, tenant, classifier=False) as opened:
        owner, letter = _find(opened, token)
        with owner.store.unit() as unit:
            letter = announcing.with_text(unit, letter)
        if html:
            private_files.write(html, letter.html or page(letter.subject, "", f"<pre>{escape(letter.text)}</pre>"))
            console.print(f"{html}")
            return
        console.print(f"To: {letter.to or '(by post)'}\nSubject: {letter.subject}\n", style="bold")
        console.print(letter.text)


def release(
    token: TokenArgument,
    override: Annotated[
        str, typer.Option("--override", help="Why it may leave although something of others was found in it.")
    ] = "",
) -> None:
    """Let a waiting letter go."""
    with here() as opened:
        owner, letter = _find(opened, token)
        why = f"{actor(SETTING.by)} let it pass: {override}" if override else ""
        released = releasing.release(owner, letter.token, now(), why)
        minutes = int(((released.next_try or now()) - now()).total_seconds() / 60)
        when = f"after {minutes} minutes; until then `mailbot outbox drop`" if minutes > 1 else "with the next round"
        doc = {"letter": letter.token, "state": released.state, "leaves_at": released.next_try}
        tell(f"{letter.token}: leaves {when}", doc)


def drop(
    token: TokenArgument,
    reason: ReasonOption = "",
) -> None:
    """Decide that a waiting letter does not leave."""
    with here() as opened:
        owner, letter = _find(opened, token)
        dropped = releasing.drop(owner, letter.token, f"dropped by {actor(SETTING.by)}: {reason}".rstrip(": "), now())
        tell(f"{letter.token}: dropped", {"letter": letter.token, "state": dropped.state})


def posted(
    token: TokenArgument,
    on: Annotated[
        str, typer.Option("--on", help="The day on which you posted it, as 2026-03-05; default: today.")
    ] = "",
) -> None:
    """Say that you printed a waiting letter and posted it, or handed it over: it counts from that day, like a mail."""
    day = day_named(on, "--on")
    with here() as opened:
        owner, letter = _find(opened, token)
        sent = by_letter.post(owner, letter.token, day, actor(SETTING.by, owner.policy), now())
        told_on = owner.policy.day_of(sent.settled_at or now())
        tell(f"{token}: posted on {told_on}", {"letter": token, "state": sent.state, "posted_on": str(told_on)})


def returned(
    token: Annotated[str, typer.Argument(help="The letter that you posted.")],
    reason: Annotated[str, typer.Option("--reason", help="Why: it came back, or was not posted after all.")],
) -> None:
    """Say that a posted letter came back, or never left: what it said was not told, and it waits again."""
    with here() as opened:
        owner, letter = _find(opened, token)
        waits = by_letter.came_back(owner, letter.token, reason, actor(SETTING.by, owner.policy), now())
        tell(f"{token}: not told; it waits to be posted", {"letter": token, "state": waits.state})


def resume() -> None:
    """Let letters leave by themselves again, after there were too many."""
    with here() as opened:
        for one in opened:
            one.require_permission("send")
        stopped = [one.id for one, unit in recorded(opened) if breaker.close(unit)]
    said = f"{', '.join(stopped)}: letters leave again; those that were held wait for `release` or `drop`"
    tell(said if stopped else "no company had stopped", {"resumed": stopped})


def _find(opened: list[Tenant], token: str) -> tuple[Tenant, Letter]:
    found = [(tenant, letter) for tenant, unit in recorded(opened) if (letter := unit.letter(token))]
    if not found:
        raise Usage(f"there is no letter {token}; `mailbot outbox` lists them")
    if len(found) > 1:
        raise Usage(f"{token} exists at {', '.join(tenant.id for tenant, _ in found)}; add --tenant ID")
    return found[0]


def suppressions(
    config: ConfigOption = None,
    tenant: TenantOption = "",
    channel: Annotated[
        Literal["mail", "post", "phone", "sms"] | None, typer.Option("--channel", help="Only who gets none this way.")
    ] = None,
    form: Annotated[Literal["csv", "table"], typer.Option("--format", help="As CSV or to read.")] = "table",
    as_json: JsonOption = False,
) -> None:
    """List who gets no marketing, for the programs that send it: one line for each address and channel."""
    with tenants(config, tenant, classifier=False) as opened:
        rows = [row for one, unit in recorded(opened) for row in _suppressed(one.id, unit, channel)]
    if as_json:
        print_json(rows)
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, ["company", "address", "channel", "since", "source", "customer"])
        writer.writeheader()
        writer.writerows(rows)
    else:
        if not rows:
            console.print("nobody asked to get no marketing")
        for row in rows:
            console.print(f"{row['company']}  {row['address']}  {row['channel']}  {row['source']}")


def _suppressed(company: str, unit: Unit, channel: str | None) -> Iterator[dict[str, Any]]:
    """Who wants no marketing at all stands on a line for each channel, so that a program looks for one word only."""
    told = set()
    for entry in unit.suppressions():
        for one in CHANNELS if entry.channel == ALL else (entry.channel,):
            if channel in (None, one) and (entry.address, one) not in told:
                told.add((entry.address, one))
                yield {"company": company} | to_doc(entry) | {"channel": one}
