"""prove: print the evidence that the term of a case was met; exit 1 where it does not show that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailbot import private_files
from mailbot.app import Tenant
from mailbot.cli.options import ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import console, find_case, print_json, tenants
from mailbot.cli.typed_words import NowOption, RefArgument, as_of
from mailbot.reports import evidence_page, evidence_parts
from mailbot.reports.evidence import DecisiveLine, Evidence, SentLetter, Term, evidence


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
        private_files.write(html, evidence_page.as_html(found, case, history, owner.policy, phrases, moment))
        console.print(f"{html}")
    elif as_json:
        print_json(asdict(found) | {"holds": found.holds})
    else:
        for line in _lines(found, owner, moment):
            console.print(line)
    if not found.holds:
        raise typer.Exit(1)


def _lines(found: Evidence, owner: Tenant, at: datetime) -> Iterator[str]:
    yield f"{found.company}  {found.case}  {found.status}"
    for part in evidence_parts.parts(found, at):
        yield from _told(part, owner.policy.zone)


def _told(part: evidence_parts.Part, zone: ZoneInfo) -> Iterator[str]:
    match part:
        case evidence_parts.Received(at, channel, source, words):
            yield f"received   {_moment(at, zone)}, by {channel}"
            yield from (f"           {one}" for one in [_SOURCES[source].format(words=words)] if one)
        case evidence_parts.Ruled(rules):
            yield f"rules      {', '.join(rules)}"
        case evidence_parts.Extended(at):
            yield f"extended   {_moment(at, zone)}"
        case evidence_parts.Judged(term, standing):
            yield _term(term, standing, zone)
        case SentLetter():
            yield from _letter(part, zone)
        case DecisiveLine(line, at, event, by, says):
            done = f", who said that it was done {_moment(says, zone)}" if says else ""
            yield f"history    line {line}, {_moment(at, zone)}: {event} by {by}{done}"
        case evidence_parts.Forgotten(at):
            yield f"forgotten  {_moment(at, zone)}: only dates, rules and acceptance are left"
        case evidence_parts.Sealed(head):
            yield f"chain      {head}"
        case evidence_parts.Broken(fault):
            yield f"BROKEN     {fault}"
        case evidence_parts.Verdict():
            yield f"{'shown' if part is evidence_parts.Verdict.SHOWN else 'NOT SHOWN'}: {_VERDICTS[part]}"


_SOURCES = {
    evidence_parts.Source.PERSON: "as {words} wrote it down; no server's word is on record for it",
    evidence_parts.Source.SERVER: "{words}",
    evidence_parts.Source.FOLDER: "by the date that our server gave the mail in its folder",
    evidence_parts.Source.GONE: "",
}
_STANDINGS = {evidence_parts.Standing.RUNNING: "still running", evidence_parts.Standing.MISSED: "NOT MET"}
_VERDICTS = {
    evidence_parts.Verdict.BROKEN: "the history does not hold, so it proves nothing",
    evidence_parts.Verdict.TERMLESS: "this case has no term",
    evidence_parts.Verdict.SHOWN: "every term was met in time",
    evidence_parts.Verdict.RUNNING: "a term is still running",
    evidence_parts.Verdict.MISSED: "a term was not met, or not in time",
}


def _term(term: Term, standing: evidence_parts.Standing, zone: ZoneInfo) -> str:
    due = term.on.isoformat() if term.on else _moment(term.due, zone)
    met = _STANDINGS.get(standing, "")
    if term.met_at:
        judged = "in time" if standing is evidence_parts.Standing.IN_TIME else "TOO LATE"
        met = f"met {_moment(term.met_at, zone)}, {judged}"
    return f"term       {term.name}: by {due} ({term.basis}); {met}"


def _letter(letter: SentLetter, zone: ZoneInfo) -> Iterator[str]:
    met = f", met {' and '.join(letter.met)}" if letter.met else ""
    yield f"letter     {letter.letter}, {_moment(letter.sent_at, zone)}{met}"
    if letter.posted_by:
        yield f"           posted, as {letter.posted_by} wrote it down; no server's word is on record for it"
        return
    if letter.message_id:
        yield f"           Message-ID {letter.message_id}"
    yield f"           the server answered: {letter.answer or '(not on record)'}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
