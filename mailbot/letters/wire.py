"""A letter as bytes (RFC 5322): the headers that keep machines quiet, one recipient, text and HTML.

Letters to people outside say that they were made by a machine (RFC 3834), so that no absence notice answers them, but
never ask for silence of bounces. Mail to staff carries only our loop header, so that an absence notice is seen.
The rule kept here (demand 12): the finished bytes are read again, and no header is there that we did not set.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email.header import Header
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailbot.letters.render import clean
from mailbot.model import Enclosed, Letter, Policy

LOOP_HEADER = "X-Mailbot-Loop"
#: Silences absence notices and rule replies, never bounces: those must be heard.
SUPPRESSED = "OOF, AutoReply"
MOST_REFERENCES = 10
_ID_HEADERS = frozenset({"message-id", "in-reply-to", "references"})
#: Headers that are the same in most letters: read and folded once.
_SAME = frozenset(
    {
        *("from", "auto-submitted", "x-auto-response-suppress", "x-mailbot-loop", "mime-version"),
        *("content-transfer-encoding",),
    }
)
_ID = re.compile(r"<[!-;=?-~]{1,250}>")


class _Wire(EmailPolicy):
    """RFC 5322 with CRLF; ids are never encoded, however long, so that threads hold. A subject with accents is encoded
    whole: where only a word is, the fold before it would be read as one more space."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _ID_HEADERS:
            folded = "\r\n ".join(str(value).split())
            return f"{name}: {folded}\r\n".encode("ascii")
        if name.lower() == "subject" and not str(value).isascii():
            encoded = Header(str(value), "utf-8", header_name=name).encode(linesep="\r\n")
            return f"{name}: {encoded}\r\n".encode("ascii")
        return _folded(name, value) if name.lower() in _SAME else super().fold_binary(name, value)

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return _stored(name, value) if name.lower() in _SAME else super().header_store_parse(name, value)


_WIRE = _Wire(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length)


@lru_cache(maxsize=200)
def _sender(name: str, mailbox: str) -> Any:
    return _WIRE.header_factory("From", HeaderAddress(_header(name, 100), addr_spec=mailbox))


@lru_cache(maxsize=200)
def _stored(name: str, value: Any) -> tuple[str, Any]:
    return EmailPolicy.header_store_parse(_WIRE, name, value)


@lru_cache(maxsize=200)
def _folded(name: str, value: Any) -> bytes:
    return EmailPolicy.fold_binary(_WIRE, name, value)


def to_bytes(letter: Letter, policy: Policy, at: datetime, folder: Path | None = None) -> bytes:
    """The finished message. Raises ValueError when an address or header would not survive the wire.

    `folder` is where the files lie that go along with a letter.
    """
    return _finished(letter, lambda: _message(letter, policy, at, folder))


def to_draft(letter: Letter, policy: Policy, at: datetime) -> bytes:
    """The same for a person to change and send: nothing says that a machine wrote it, for then none did.

    Mail programs give what they send an id of their own, but keep the references: so the letter's id stands there too.
    """

    def draft() -> EmailMessage:
        message = _message(letter, policy, at)
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", LOOP_HEADER):
            del message[name]
        references = f"{letter.message_id} {message.get('References', '')}".strip()
        del message["References"]
        message["References"] = references
        return message

    return _finished(letter, draft)


def _finished(letter: Letter, write: Callable[[], EmailMessage]) -> bytes:
    try:
        message = write()
        raw = message.as_bytes()
    except Exception as error:  # the email package fails in many ways on a bad address; the text may hold it
        raise ValueError(f"{letter.token}: the letter cannot be written as a mail ({type(error).__name__})") from None
    names = [name.lower() for name in BytesHeaderParser().parsebytes(raw.partition(b"\r\n\r\n")[0])]
    if names != [name.lower() for name in message]:
        raise ValueError(f"{letter.token}: a header value would add a header")
    return raw


def _message(letter: Letter, policy: Policy, at: datetime, folder: Path | None = None) -> EmailMessage:
    message = EmailMessage(policy=_WIRE)
    message["From"] = _sender(policy.name, policy.mailbox)
    message["To"] = HeaderAddress(addr_spec=_recipient(letter.to))
    message["Subject"] = _header(letter.subject, 200)
    message["Date"] = format_datetime(at.astimezone(policy.zone))
    message["Message-ID"] = letter.message_id
    if _ID.fullmatch(letter.in_reply_to):
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = " ".join(_references(letter))
    if letter.audience == "requester":
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = SUPPRESSED
    elif letter.audience == "customer":
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = SUPPRESSED
    message[LOOP_HEADER] = policy.tenant
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:  # one that left, bounced and is let go again has only its words
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for part in letter.enclosed:
        _enclose(message, part, folder)
    return message


def _enclose(message: EmailMessage, part: Enclosed, folder: Path | None) -> None:
    """Byte for byte: a calendar entry has line ends of its own (RFC 5545, 3.1) and names its method (RFC 6047, 2.4)."""
    kind, *given = (piece.strip() for piece in part.type.split(";"))
    params = dict(piece.split("=", 1) for piece in given)
    main, _, sub = kind.partition("/")
    content = ((folder or Path()) / part.file).read_bytes() if part.file else part.text.encode()
    message.add_attachment(content, maintype=main, subtype=sub, cte="base64", filename=part.name, params=params)


def _header(value: str, limit: int) -> str:
    """A header value on one line that no reader decodes into something else (RFC 2047)."""
    return clean(value, limit).replace("=?", "= ?")


def _recipient(address: str) -> str:
    """One address; a domain with letters outside ASCII in its written form (IDNA)."""
    local, at, domain = address.rpartition("@")
    if not local or not at or not local.isascii() or address != clean(address, 254) or "," in address:
        raise ValueError("address")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"


def _references(letter: Letter) -> list[str]:
    """First and newest ids of the thread (RFC 5322, 3.6.4), well-formed ones only, the one answered last."""
    ids = [id for id in dict.fromkeys(letter.references) if _ID.fullmatch(id) and id != letter.in_reply_to]
    room = MOST_REFERENCES - 1
    return [*(ids if len(ids) <= room else [*ids[:2], *ids[2 - room :]]), letter.in_reply_to]
