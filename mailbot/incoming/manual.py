"""A request that did not come in by itself is taken in by hand: an older mail, a phone call, a letter (A-04).

The rule kept here: it is read, sorted and decided upon as one that came by mail, and its dates run from the day on
which the company had it; the history says by whom and by which channel. Where its mail is in a case already, under
another date, the person hears which.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from mailbot import events, regular_files
from mailbot.acts.acting import act_in
from mailbot.app import Tenant
from mailbot.errors import Refused, Usage
from mailbot.incoming.requests import find_or_open
from mailbot.incoming.understanding import Understood, understand
from mailbot.model import Case, Channel, Kind, Mail, MailRecord, Pointer, Verdict
from mailbot.store import Unit

_CHANNELS: dict[str, Channel] = {channel: channel for channel in get_args(Channel)}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The case of what was taken in, and the other cases that have the same mail."""

    case: Case
    same_mail_in: tuple[str, ...]


def add(
    tenant: Tenant,
    file: Path,
    received_at: datetime,
    address: str,
    channel: str,
    kinds: tuple[Kind, ...],
    actor: str,
    now: datetime,
) -> TakenIn:
    """Open a case for a request that did not come in by itself: an older mail, a call, a letter (A-04).

    Raises Usage when the file cannot be read or is on record already, Refused for a receipt that has not been yet.
    """
    tenant.require_permission("triage")
    if (by := _CHANNELS.get(channel)) is None:
        raise Usage(f"--channel {channel}: use one of {', '.join(_CHANNELS)}")
    if received_at > now:
        raise Refused("It cannot have been received in the future", "A-04")
    try:
        raw = regular_files.read(file, regular_files.EXPORT)
    except OSError as error:
        raise Usage(f"{file}: {error.strerror}") from error
    understood = _understood(tenant, file, raw, received_at.astimezone(UTC), address)
    understood = replace(understood, verdict=_as_named(understood.verdict, kinds))
    with tenant.store.unit() as unit:
        if (known := unit.seen(understood.mail.key)) and known.ref:
            raise Usage(f"this mail is on record already: {known.ref}")
        earlier = _cases_with(unit, understood.mail, file)
        done = find_or_open(unit, tenant, understood, None, now, by)
        if done is None or done.case is None:
            raise Refused("nothing was opened; name what it asks with --as")
        act_in(unit, tenant, done.case.ref, events.Noted(actor, f"taken in by hand, received by {by}"), now)
        unit.record(_record(understood, done.case.ref, now, known))
        case = unit.case(done.case.ref) or done.case
    return TakenIn(case, tuple(ref for ref in earlier if ref != case.ref))


def _cases_with(unit: Unit, mail: Mail, file: Path) -> list[str]:
    """The cases that have this mail. A text file is none: two people can ask the same in the same words."""
    seen = unit.seen_with_message(mail.message_id) if _is_mail(file) else []
    return sorted({one.ref for one in seen if one.ref})


def _is_mail(file: Path) -> bool:
    return file.suffix.lower() == ".eml"


def _understood(tenant: Tenant, file: Path, raw: bytes, received_at: datetime, address: str) -> Understood:
    """What stands in the file, as a mail that a person wrote: whoever takes it in says so."""
    if not _is_mail(file):
        head = f"From: {address}\r\nSubject: {file.stem}\r\n" if address else f"Subject: {file.stem}\r\n"
        raw = head.encode() + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + raw
    understood = understand(tenant, raw, received_at)
    key = hashlib.sha256(raw + str(received_at).encode()).hexdigest()
    return replace(understood, mail=replace(understood.mail, received_at=received_at, key=key, automatic=None))


def _as_named(verdict: Verdict, kinds: tuple[Kind, ...]) -> Verdict:
    """What the person says that it asks. He took it in, so it is looked at, whatever he or the sorter thinks."""
    if kinds:
        verdict = replace(verdict, kinds=kinds, act="auto", certainty=1.0)
    return verdict if verdict.kinds != (Kind.NOT_A_REQUEST,) else replace(verdict, act="triage")


def _record(understood: Understood, ref: str, now: datetime, known: MailRecord | None) -> MailRecord:
    mail, pointer = understood.mail, known.pointer if known else Pointer("", 0, 0)
    return MailRecord(
        mail.key, mail.message_id, pointer, mail.received_at, now, "case", ref, kind=understood.verdict.kinds[0]
    )
