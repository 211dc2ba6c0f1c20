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
from mailbot.app import Tenant, now
from mailbot.cli.acts import RefArgument
from mailbot.cli.setting import ConfigOption, JsonOption, TenantOption, console, find_case, print_json, tenants
from mailbot.reports import dossier
from mailbot.reports.evidence import Evidence, Sent, Term, evidence


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
    as_json: JsonOption = False,
) -> None:
    """Print the evidence that the term was met: receipt, rules, days, what left and what the server answered.

    Names, addresses and texts are not in it. Exit code 1 when something is not (yet) shown. Example: mailbot prove
    AVG-2026-0042 --html bewijs.html
    """
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        with owner.store.unit() as unit:
            found, history = evidence(unit, case, owner.policy), unit.history(ref)
        kinds = owner.letters.phrases["nl"]["kind_names"]
    if html:
        private.write(html, dossier.as_html(found, case, history, owner.policy, kinds, now()))
        console.print(f"{html}", markup=False, soft_wrap=True)
    elif as_json:
        print_json(asdict(found) | {"holds": found.holds})
    else:
        for line in _lines(found, owner):
            console.print(line, markup=False, soft_wrap=True)
    if not found.holds:
        raise typer.Exit(1)


def _lines(found: Evidence, owner: Tenant) -> Iterator[str]:
    zone = owner.policy.zone
    yield f"{found.company}  {found.case}  {found.status}"
    yield f"received   {_moment(found.received_at, zone)}, by {found.channel}"
    if found.receipt_by:
        yield f"           as {found.receipt_by} wrote it down; no server's word is on record for it"
    elif found.receipt:
        yield f"           {found.receipt}"
    elif found.channel == "mail" and not found.anonymised_at:
        yield "           by the date that our server gave the mail in its folder"
    yield f"rules      {', '.join(found.rules)}"
    if found.extended_at:
        yield f"extended   {_moment(found.extended_at, zone)}"
    for term in found.terms:
        yield _term(term, zone)
    for letter in found.letters:
        yield from _letter(letter, zone)
    for line in found.lines:
        says = f", who said that it was done {_moment(line.says, zone)}" if line.says else ""
        yield f"history    line {line.line}, {_moment(line.at, zone)}: {line.event} by {line.by}{says}"
    if found.anonymised_at:
        yield f"forgotten  {_moment(found.anonymised_at, zone)}: only dates, rules and acceptance are left"
    yield f"chain      {found.head}"
    for fault in found.faults:
        yield f"BROKEN     {fault}"
    yield f"{'shown' if found.holds else 'NOT SHOWN'}: {_verdict(found)}"


def _term(term: Term, zone: ZoneInfo) -> str:
    due = term.on.isoformat() if term.on else _moment(term.due, zone)
    met = "still running" if term.due > now() else "NOT MET"
    if term.met_at:
        met = f"met {_moment(term.met_at, zone)}, {'in time' if term.in_time else 'TOO LATE'}"
    return f"term       {term.name}: by {due} ({term.basis}); {met}"


def _letter(letter: Sent, zone: ZoneInfo) -> Iterator[str]:
    met = f", met {' and '.join(letter.met)}" if letter.met else ""
    yield f"letter     {letter.letter}, {_moment(letter.sent_at, zone)}{met}"
    if letter.message_id:
        yield f"           Message-ID {letter.message_id}"
    yield f"           the server answered: {letter.answer or '(not on record)'}"


def _verdict(found: Evidence) -> str:
    if found.faults:
        return "the history does not hold, so it proves nothing"
    if not found.terms:
        return "this case has no term"
    if found.holds:
        return "every term was met in time"
    if all(term.in_time or (term.met_at is None and term.due > now()) for term in found.terms):
        return "a term is still running"
    return "a term was not met, or not in time"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
