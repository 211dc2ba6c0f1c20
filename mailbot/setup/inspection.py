"""Whether a company can work here and now: its servers, its folders, a mail to itself, the clock, who may read what.

The rule kept here: every line says what was found, and a fault says what to do; one fault never hides the others. What
is only worth knowing is a note, not a fault. The mailbox stays as it is, but for the one mail that a person asked for.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from mailbot.accounts import CustomerSource, ImapAccount, RecordSource
from mailbot.actions import Send
from mailbot.app import Clock, Tenant
from mailbot.errors import FolderRefused, MailbotError, SharedRefusal
from mailbot.incoming import watching
from mailbot.letters import to_bytes
from mailbot.mailbox import Cursor, FetchedHeader, roles
from mailbot.model import LetterState
from mailbot.outgoing import sent_mail
from mailbot.sources import Person, read
from mailbot.tls import TlsState

#: So long a mail to ourselves may take, and so often we look.
PATIENCE, LOOK_EVERY = 60.0, 1.0
#: So much two clocks may differ, and so long before its end a certificate is named.
CLOCK_SLACK, CERTIFICATE_LEFT = timedelta(seconds=90), timedelta(days=7)
_RESULTS = re.compile(rb"^authentication-results:\s*([^\s;]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at. What a fault says ends with what to do."""

    where: str
    what: str
    state: Literal["good", "note", "fault"] = "good"


def look(tenant: Tenant, send: bool, clock: Clock, patience: float = PATIENCE) -> Iterator[Line]:
    """Everything that can be looked at from here."""
    yield from _permissions(tenant)
    yield from _tried("imap", lambda: _imap(tenant, clock()))
    yield from _tried("smtp", lambda: _protected("smtp", tenant.submission.check(), clock()))
    yield from _tried("alarm", lambda: _alarm(tenant, clock()))
    yield from _tried("customers", lambda: _customers(tenant))
    for source in tenant.company.sources:
        yield from _tried("sources", partial(_source, source, tenant.company.customers))
    if send:
        yield from _tried("mail to itself", lambda: _to_itself(tenant, clock, patience))


def _tried(where: str, steps: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """Lines until something breaks, and that as a fault."""
    try:
        yield from steps()
    except MailbotError as error:
        yield Line(where, str(error).removeprefix(f"{where}: "), "fault")


# --- servers and folders


def _imap(tenant: Tenant, now: datetime) -> Iterator[Line]:
    yield from _protected("imap", tenant.mailbox.tls_state(), now)
    account = tenant.company.imap
    for folder in watching.folders(tenant):
        yield from _tried(f"folder {folder}", partial(_watched, tenant, folder))
    sent, drafts = sent_mail.sent_folder(tenant), _drafts(tenant, account)
    yield from _tried("Sent", lambda: _role(tenant, "sent", sent, bool(account and account.file_sent)))
    yield from _tried("Drafts", lambda: _role(tenant, "drafts", drafts, bool(account and account.put_drafts)))
    if account and (account.trash or account.filing == "move") and not tenant.mailbox.can_move():
        cure = "set filing to keyword or off, and no trash: people then clear the mailbox themselves"
        yield Line("moving", f"the server moves no mail (RFC 6851); {cure}", "fault")
    yield from _tried("Trash", lambda: _trash(tenant, account.trash if account else ""))


def _watched(tenant: Tenant, folder: str) -> Iterator[Line]:
    try:
        tenant.mailbox.folder_state(folder)
    except FolderRefused as error:
        yield Line(f"folder {folder}", f"{error}; there are: {_some_names(tenant)}", "fault")
        return
    yield Line(f"folder {folder}", "opens, and is read without a change")


def _trash(tenant: Tenant, folder: str) -> Iterator[Line]:
    """The folder of what is known of forgotten people, where the company named one."""
    if not folder:
        return
    told = f"is folder {folder}: the mails of a person who is to be forgotten are moved there"
    if folder in tenant.mailbox.folder_names():
        yield Line("Trash", told)
    elif tenant.mailbox.can_make(folder):
        yield Line("Trash", f"{told}; it is made when that is first asked", "note")
    else:
        _, prefix = tenant.mailbox.namespace()
        where = f'is not there and cannot be made: folders lie below "{prefix}" here'
        yield Line("Trash", f'folder {folder} {where}; type trash = "{prefix}{folder}" under [imap]', "fault")


def _some_names(tenant: Tenant) -> str:
    return ", ".join(tenant.mailbox.folder_names()[:12])


def _drafts(tenant: Tenant, account: ImapAccount | None) -> str:
    return (account.drafts if account else "") or tenant.mailbox.role(roles.DRAFTS)


_USE = {
    "sent": "answers of colleagues and letters of which the fate is unknown are looked up there",
    "drafts": "with put_drafts = true letters that wait for a person lie there",
}


def _role(tenant: Tenant, key: str, folder: str, needed: bool) -> Iterator[Line]:
    """The folder of sent mail, or of drafts."""
    where = key.capitalize()
    if folder:
        tenant.mailbox.folder_state(folder)
        yield Line(where, f"is folder {folder}: {_USE[key]}")
        return
    cure = f'no folder has this role ({_USE[key]}); type {key} = "..." under [imap], one of: {_some_names(tenant)}'
    yield Line(where, cure, "fault" if needed else "note")


def _protected(where: str, state: TlsState | None, now: datetime) -> Iterator[Line]:
    if state is None:
        yield Line(where, "logs in; the line is bare, which is for this machine only", "note")
        return
    until = state.certificate_until.date().isoformat()
    if state.certificate_until - now < CERTIFICATE_LEFT:
        yield Line(where, f"logs in; the server's certificate ends on {until}; see that it is renewed", "note")
    else:
        yield Line(where, f"logs in; {state.version}, certificate good until {until}")


def _alarm(tenant: Tenant, now: datetime) -> Iterator[Line]:
    """The second way out, which nobody misses until it is the only one."""
    if (other := tenant.alarm_submission) is None:
        told = "names no server of its own, so while the one under [smtp] takes no letter nobody is mailed of it"
        cure = "type email, sender and an [alarm.smtp] table at another provider, or watch `mailbot status`"
        yield Line("alarm", f"{told}; {cure}", "note")
        return
    yield from _protected("alarm", other.check(), now)


def _customers(tenant: Tenant) -> Iterator[Line]:
    if tenant.customers is None:
        yield Line("customers", "no source named; requests of customers wait for a person. Fill in [customers]", "note")
        return
    tenant.customers.by_address("nobody@invalid")
    yield Line("customers", "can be read")


def _source(source: RecordSource, customers: CustomerSource | None) -> Iterator[Line]:
    """Where the rows for a copy are: better heard now than when somebody has asked for one."""
    read(source, Person(("nobody@invalid",)), customers)
    yield Line("sources", f"{source.name}: can be read")


# --- a mail to itself, and the clock


def _to_itself(tenant: Tenant, clock: Clock, patience: float) -> Iterator[Line]:
    """Send a mail as the mailbox to the mailbox, wait for it, and compare the server's clock with ours."""
    names = list(watching.folders(tenant))
    before = {name: tenant.mailbox.folder_state(name) for name in names}
    policy, at = tenant.policy, clock()
    order = Send(f"check:{at.isoformat()}", "canary", policy.mailbox, "staff", LetterState.QUEUED)
    letter = tenant.letters.compose(order, None, policy, at, secrets.token_hex(32), {})
    try:
        tenant.submission.send(policy.mailbox, policy.mailbox, to_bytes(letter, policy, at))
    except SharedRefusal as refusal:  # at home there is nobody else whose refusal it can be
        raise refusal.if_all from None
    until = time.monotonic() + patience
    while (found := _arrived(tenant, before, letter.message_id)) is None and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
    if found is None:
        cure = "look in the other folders, add the one it is in to folders under [imap], or ask your provider"
        yield Line("mail to itself", f"was taken by the server and is not here after {patience:.0f} s; {cure}", "fault")
        return
    yield from _came(tenant, found, at, clock())


def _arrived(tenant: Tenant, before: dict[str, tuple[int, int]], message_id: str) -> FetchedHeader | None:
    for folder, (validity, uidnext) in before.items():
        for header in tenant.mailbox.headers(folder, Cursor(folder, validity, max(uidnext - 1, 0)), None):
            if message_id.encode() in header.raw:
                return header
    return None


def _came(tenant: Tenant, header: FetchedHeader, sent_at: datetime, now: datetime) -> Iterator[Line]:
    folder, took = header.pointer.folder, (now - sent_at).total_seconds()
    if folder == tenant.mailbox.role(roles.JUNK):
        cure = "have SPF and DKIM of the domain set right by your provider, or the answers land in junk folders too"
        yield Line("mail to itself", f"landed in {folder}; {cure}", "fault")
    else:
        yield Line("mail to itself", f"sent as {tenant.policy.mailbox}, came into {folder} within {took:.0f} s")
    arrived = header.internal_date
    if sent_at - CLOCK_SLACK <= arrived <= now + CLOCK_SLACK:
        yield Line("clock", "this machine and the mail server agree")
    else:
        apart = arrived - sent_at if arrived < sent_at else arrived - now
        told = f"the mail server's clock is {apart.total_seconds():+.0f} s from this machine's"
        cure = "set this one by NTP (timedatectl set-ntp true), for legal days are counted by it"
        yield Line("clock", f"{told}; {cure}", "fault")
    yield from _signed(tenant, header.raw)


def _signed(tenant: Tenant, raw: bytes) -> Iterator[Line]:
    """By which name the server vouches for senders: work by reply and trust hang on it."""
    names = list(dict.fromkeys(name.decode("ascii", "replace").lower() for name in _RESULTS.findall(raw)))
    if tenant.policy.authserv_ids or not names:
        return
    typed = ", ".join(f'"{name}"' for name in names[:3])
    cure = f"if that is your own server, type authserv_ids = [{typed}] under [mail], and colleagues can work by reply"
    yield Line("authentication", f"the server writes its results as {typed}; {cure}", "note")


# --- who may read what


def _permissions(tenant: Tenant) -> Iterator[Line]:
    faults = [*_state(tenant), *_secrets(tenant)]
    yield from faults
    if not faults:
        yield Line("permissions", "state, secrets and tokens are closed to others")
    source = tenant.company.customers.path if tenant.company.customers else None
    if source and _mode(source) & stat.S_IROTH:
        yield Line("permissions", f"{source}: every user of this machine may read the customers; chmod o-r it", "note")


def _state(tenant: Tenant) -> Iterator[Line]:
    folder = tenant.folder
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        cure = "run as the user who owns it, or chown it"
        yield Line("permissions", f"{there}: this user may not write here; {cure}", "fault")
    elif there == folder and _mode(folder) & 0o077:
        yield Line("permissions", f"{folder}: others may look into the memory; chmod 700 it", "fault")


def _secrets(tenant: Tenant) -> Iterator[Line]:
    company = tenant.company
    places = [account.password for account in (company.imap, company.smtp, company.alarm_smtp) if account]
    places += [company.oauth.client_secret] if company.oauth else []
    files = {path for place in places if isinstance(path := getattr(place, "path", None), Path)}
    for path in sorted(files):
        if _mode(path) & 0o027:
            yield Line("permissions", f"{path}: others may read or change this secret; chmod 600 it", "fault")
    tokens = tenant.folder / "oauth.json"
    if _mode(tokens) & 0o077:
        yield Line("permissions", f"{tokens}: others may read the tokens; chmod 600 it", "fault")


def _mode(path: Path) -> int:
    """The permission bits, 0 for what is not there."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
