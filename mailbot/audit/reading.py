"""The folders of a mailbox, read once from the oldest day asked, mail by mail, for requests and for what was sent.

The rule kept here: nothing is written and no text is kept; of each mail only the facts that a finding needs remain.
A lost connection is made again and the reading goes on at the mail where it ended.
"""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.parser import BytesHeaderParser

from mailbot.app import Tenant
from mailbot.audit.findings import FoundRequest, SentMail
from mailbot.audit.wording import said
from mailbot.decide import is_unreadable
from mailbot.errors import FolderRefused, LoginRefused, TryLater
from mailbot.incoming.requests import content_wins
from mailbot.incoming.understanding import read, rules_of
from mailbot.mailbox import Cursor, FetchedMail, Unfetched, roles
from mailbot.model import REQUEST_KINDS, Mail, Verdict, fold_address
from mailbot.outgoing.sent_mail import sent_folder
from mailbot.sender import lookup
from mailbot.sender.passed_on import as_requester, company_addresses, first_receipt
from mailbot.sender.screen import Automatic

#: So often a connection that breaks without giving one more mail is tried again.
TRIES = 3
#: From this chance of the nearest right a person must look, although the sorter says that nothing is asked: of 336
#: requests that it had never seen five lie below. Live any doubt is shown; a list of years of doubt nobody would read.
NEAR = 0.04
_HEADER_BYTES = 100_000
#: A date that a mail tells counts only if it lies in this span before the day on which it was laid in the folder.
_MOVED_AT_MOST = timedelta(days=20 * 366)

Progress = Callable[[int], None]


@dataclass
class FoundMails:
    """What the folders held. `doubtful`: mails that may ask something, which only a person can tell."""

    asked: list[FoundRequest] = field(default_factory=list)
    sent: list[SentMail] = field(default_factory=list)
    doubtful: list[FoundRequest] = field(default_factory=list)
    mails: int = 0
    machine: int = 0
    unread: int = 0  # that the server could not hand over
    folders: tuple[str, ...] = ()


def folders_of(tenant: Tenant, since: date, named: Iterable[str] = ()) -> dict[str, int]:
    """Every folder but the drafts, with how many mails there are to read: people file mail away, and a request may lie
    among what was thrown away. Names that hold only other folders are left out, and so are folders that other people
    share with this mailbox, unless they are `named`."""
    drafts = tenant.mailbox.role(roles.DRAFTS)
    found: dict[str, int] = {}
    for name in dict.fromkeys((*tenant.mailbox.folder_names(), *named)):
        if name and name != drafts:
            with suppress(FolderRefused):
                found[name] = tenant.mailbox.count(name, since)
    return found


def follow(tenant: Tenant, folders: Iterable[str], since: date, progress: Progress = lambda _: None) -> FoundMails:
    """Read the folders. `progress` hears of each mail. Raises TryLater when the server stays away."""
    folders = tuple(folders)
    trail = FoundMails(folders=folders)
    seen: set[str] = set()
    sent = sent_folder(tenant)
    for folder in folders:
        for mail in _mails(tenant, folder, since):
            progress(1)
            if isinstance(mail, Unfetched):
                trail.unread += 1
            else:
                _take(tenant, trail, mail, folder == sent, since, seen)
    return trail


def _mails(tenant: Tenant, folder: str, since: date) -> Iterator[FetchedMail | Unfetched]:
    """Every mail of a folder, over as many connections as it takes."""
    cursor: Cursor | None = None
    failed = 0
    while True:
        try:
            for mail in tenant.mailbox.since(folder, cursor, since):
                cursor = Cursor(folder, mail.pointer.uidvalidity, mail.pointer.uid)
                failed = 0
                yield mail
        except LoginRefused:
            raise
        except TryLater:
            failed += 1
            if failed >= TRIES:
                raise
        else:
            return


def _take(tenant: Tenant, trail: FoundMails, incoming: FetchedMail, in_sent: bool, since: date, seen: set[str]) -> None:
    mail, verdict = read(tenant, incoming.raw, incoming.internal_date, incoming.truncated)
    told = _told_at(incoming, sent=in_sent)
    at = told or mail.received_at
    print_ = lookup.fingerprint(mail)
    if print_ in seen or tenant.policy.day_of(at) < since:
        return
    seen.add(print_)
    trail.mails += 1
    if in_sent or _is_ours(mail, tenant):
        _note_sent(trail, mail, incoming, at)
    else:
        _note_asked(tenant, trail, mail, verdict, incoming, at)


def _is_ours(mail: Mail, tenant: Tenant) -> bool:
    """Whether the company wrote it: a colleague who files his answers beside the questions."""
    ours = company_addresses(tenant.policy)
    outside = [address for address in mail.to if address.lower() not in ours]
    return mail.automatic == Automatic.OWN and mail.sender is not None and mail.sender.email in ours and bool(outside)


def _note_sent(trail: FoundMails, mail: Mail, incoming: FetchedMail, at: datetime) -> None:
    """A mail of the company's. What a machine of ours answered by itself is no answer."""
    if mail.header("auto-submitted").lower().startswith(("auto-replied", "auto-notified")):
        trail.machine += 1
        return
    words = said(f"{mail.subject}\n{mail.text}", len(mail.attachments))
    to = tuple(address.lower() for address in mail.to)
    trail.sent.append(SentMail(mail.message_id, incoming.pointer, at, to, mail.subject, words, mail.references))


def _note_asked(
    tenant: Tenant, trail: FoundMails, mail: Mail, verdict: Verdict, incoming: FetchedMail, at: datetime
) -> None:
    if mail.automatic and not content_wins(mail, verdict, tenant.policy):
        trail.machine += 1
        return
    requester = as_requester(mail)
    writer = requester.sender or requester.claimed_from
    if mail.forwarded_from:
        at = min(at, first_receipt(mail, tenant.policy))
    asked = FoundRequest(
        message_id=mail.message_id,
        pointer=incoming.pointer,
        received_at=at,
        writer=fold_address(writer.email) if writer else "",
        subject=mail.subject,
        kinds=tuple(kind for kind in verdict.kinds if kind in REQUEST_KINDS),
        sure=verdict.act == "auto",
        certainty=round(verdict.certainty, 3),
        signals=verdict.signals,
        references=mail.references,
        quotes=tuple(reason.quote for reason in verdict.reasons),
    )
    if asked.kinds:
        trail.asked.append(asked)
    elif is_unreadable(mail) or (verdict.act == "triage" and _is_near(tenant, mail)):
        trail.doubtful.append(asked)


def _is_near(tenant: Tenant, mail: Mail) -> bool:
    rules = rules_of(tenant.policy)
    return tenant.classifier.nearest_right(mail.subject, mail.text, quoted=mail.quoted, rules=rules) >= NEAR


def _told_at(incoming: FetchedMail, sent: bool) -> datetime | None:
    """When the mail moved, where its own server says earlier than the folder does.

    A mailbox that was moved to another provider carries the day of the move as the date of every mail. The topmost
    Received line is the receiving server's own; on what we sent, the Date is our own program's.
    """
    fields = BytesHeaderParser().parsebytes(incoming.raw[:_HEADER_BYTES].partition(b"\r\n\r\n")[0])
    text = str(fields.get("Date", "")) if sent else str(fields.get("Received", "")).rpartition(";")[2]
    try:
        told = email.utils.parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    filed = incoming.internal_date
    return told.astimezone(UTC) if filed - _MOVED_AT_MOST < told < filed else None
