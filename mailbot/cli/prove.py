"""prove: print the evidence that the term of a case was met; exit 1 where it does not show that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailbot import private
from mailbot.app import Tenant
from mailbot.cli.acts import NowOption, RefArgument, as_of
from mailbot.cli.setting import ConfigOption, JsonOption, TenantOption, console, find_case, print_json, tenants
from mailbot.reports import dossier, walk
from mailbot.reports.evidence import Evidence, Sent, Term, Written, evidence


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(prove)


def prove(
    ref: RefArgument,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write it with every step to this file, in Dutch, to print.")
    ] = None,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    at: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the evidence that the term was met: receipt, rules, days, what left and what the server answered.

    Names, addresses and texts are not in it. Exit code 1 when something is not (yet) shown. Example: mailbot prove
    AVG-2026-0042 --html bewijs.html
    """
    moment = as_of(at)
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        with owner.store.unit() as unit:
            found, history = evidence(unit, case, owner.policy), unit.history(ref)
        phrases = owner.letters.phrases["nl"]
    if html:
        private.write(html, dossier.as_html(found, case, history, owner.policy, phrases, moment))
        console.print(f"{html}", markup=False, soft_wrap=True)
    elif as_json:
        print_json(asdict(found) | {"holds": found.holds})
    else:
        for line in _lines(found, owner, moment):
            console.print(line, markup=False, soft_wrap=True)
    if not found.holds:
        raise typer.Exit(1)


def _lines(found: Evidence, owner: Tenant, at: datetime) -> Iterator[str]:
    yield f"{found.company}  {found.case}  {found.status}"
    for part in walk.parts(found, at):
        yield from _told(part, owner.policy.zone)


def _told(part: walk.Part, zone: ZoneInfo) -> Iterator[str]:
    match part:
        case walk.Received(at, channel, source, words):
            yield f"received   {_moment(at, zone)}, by {channel}"
            yield from (f"           {one}" for one in [_SOURCES[source].format(words=words)] if one)
        case walk.Ruled(rules):
            yield f"rules      {', '.join(rules)}"
        case walk.Extended(at):
            yield f"extended   {_moment(at, zone)}"
        case walk.Judged(term, standing):
            yield _term(term, standing, zone)
        case Sent():
            yield from _letter(part, zone)
        case Written(line, at, event, by, says):
            done = f", who said that it was done {_moment(says, zone)}" if says else ""
            yield f"history    line {line}, {_moment(at, zone)}: {event} by {by}{done}"
        case walk.Forgotten(at):
            yield f"forgotten  {_moment(at, zone)}: only dates, rules and acceptance are left"
        case walk.Sealed(head):
            yield f"chain      {head}"
        case walk.Broken(fault):
            yield f"BROKEN     {fault}"
        case walk.Verdict():
            yield f"{'shown' if part is walk.Verdict.SHOWN else 'NOT SHOWN'}: {_VERDICTS[part]}"


_SOURCES = {
    walk.Source.PERSON: "as {words} wrote it down; no server's word is on record for it",
    walk.Source.SERVER: "{words}",
    walk.Source.FOLDER: "by the date that our server gave the mail in its folder",
    walk.Source.GONE: "",
}
_STANDINGS = {walk.Standing.RUNNING: "still running", walk.Standing.MISSED: "NOT MET"}
_VERDICTS = {
    walk.Verdict.BROKEN: "the history does not hold, so it proves nothing",
    walk.Verdict.TERMLESS: "this case has no term",
    walk.Verdict.SHOWN: "every term was met in time",
    walk.Verdict.RUNNING: "a term is still running",
    walk.Verdict.MISSED: "a term was not met, or not in time",
}


def _term(term: Term, standing: walk.Standing, zone: ZoneInfo) -> str:
    due = term.on.isoformat() if term.on else _moment(term.due, zone)
    met = _STANDINGS.get(standing, "")
    if term.met_at:
        met = f"met {_moment(term.met_at, zone)}, {'in time' if standing is walk.Standing.IN_TIME else 'TOO LATE'}"
    return f"term       {term.name}: by {due} ({term.basis}); {met}"


def _letter(letter: Sent, zone: ZoneInfo) -> Iterator[str]:
    met = f", met {' and '.join(letter.met)}" if letter.met else ""
    yield f"letter     {letter.letter}, {_moment(letter.sent_at, zone)}{met}"
    if letter.message_id:
        yield f"           Message-ID {letter.message_id}"
    yield f"           the server answered: {letter.answer or '(not on record)'}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
