"""A letter as bytes (RFC 5322): the headers that keep machines quiet, one recipient, text and HTML.

Letters to people outside say that they were made by a machine (RFC 3834), so that no absence notice answers them, but
never ask for silence of bounces. Mail to staff carries only our loop header, so that an absence notice is seen.
The rule kept here: the finished bytes are read again, and no header is there that we did not set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import HeaderRegistry
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from string import ascii_letters, digits
from textwrap import wrap

from mailbot.domains import to_ascii
from mailbot.letters.mime import body
from mailbot.letters.render import clean
from mailbot.model import Letter, Policy

LOOP_HEADER = "X-Mailbot-Loop"
#: Silences absence notices and rule replies, never bounces: those must be heard.
SUPPRESSED = "OOF, AutoReply"
MOST_REFERENCES = 10
#: How a letter to people outside came about (RFC 3834, 5).
_SUBMITTED = {"requester": "auto-replied", "customer": "auto-generated"}
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
#: An address, or a subject, that stands on a line of 78 as it is (RFC 5322, 2.1.1); nothing in it needs a grammar.
_PLAIN_ADDRESS = re.compile(r"(?=.{1,74}$)[\w+-]+(?:\.[\w+-]+)*@[a-z\d-]+(?:\.[a-z\d-]+)+", re.ASCII | re.IGNORECASE)
_PLAIN_SUBJECT = re.compile(r"[!-~](?:[ -~]{0,67}[!-~])?")
#: What stands in an encoded word as it is, wherever that word stands (RFC 2047, 5).
_UNENCODED = frozenset(f"{ascii_letters}{digits}-!*+/")

Headers = dict[str, bytes]

#: The email package makes a new class for each header; one for each name is enough.
_kind_of = lru_cache(maxsize=10)(HeaderRegistry().__getitem__)


def to_bytes(letter: Letter, policy: Policy, at: datetime, folder: Path | None = None) -> bytes:
    """The finished message. Raises ValueError when an address or header would not survive the wire.

    `folder` is where the files lie that go along with a letter.
    """
    return _finished(letter, lambda: _headers(letter, policy, at), folder)


def to_draft(letter: Letter, policy: Policy, at: datetime) -> bytes:
    """The same for a person to change and send: nothing says that a machine wrote it, for then none did.

    Mail programs give what they send an id of their own, but keep the references: so the letter's id stands there too.
    """

    def headers() -> Headers:
        written = _headers(letter, policy, at)
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", LOOP_HEADER):
            written.pop(name, None)
        return written | {"References": _ids("References", [letter.message_id, *_references(letter)])}

    return _finished(letter, headers)


def _finished(letter: Letter, write: Callable[[], Headers], folder: Path | None = None) -> bytes:
    try:
        headers = write()
        head = b"".join(headers.values())
        raw = head + b"MIME-Version: 1.0\r\n" + body(letter, folder)
    except Exception as error:  # the email package fails in many ways on a bad address; the text may hold it
        raise ValueError(f"{letter.token}: the letter cannot be written as a mail ({type(error).__name__})") from None
    if BytesHeaderParser().parsebytes(head).keys() != list(headers):
        raise ValueError(f"{letter.token}: a header value would add a header")
    return raw


def _headers(letter: Letter, policy: Policy, at: datetime) -> Headers:
    """The headers in order, each as it is written."""
    headers = {
        "From": _sender(policy.name, policy.mailbox),
        "To": _to(letter.to),
        "Subject": _subject(letter.subject),
        "Date": _line("Date", format_datetime(at.astimezone(policy.zone))),
        "Message-ID": _ids("Message-ID", [letter.message_id]),
    }
    if references := _references(letter):
        headers["In-Reply-To"] = _ids("In-Reply-To", [letter.in_reply_to])
        headers["References"] = _ids("References", references)
    if submitted := _SUBMITTED.get(letter.audience):
        headers["Auto-Submitted"] = _line("Auto-Submitted", submitted)
        headers["X-Auto-Response-Suppress"] = _line("X-Auto-Response-Suppress", SUPPRESSED)
    headers[LOOP_HEADER] = _line(LOOP_HEADER, policy.tenant)
    return headers


@lru_cache(maxsize=200)
def _sender(name: str, mailbox: str) -> bytes:
    return _folded("From", HeaderAddress(_header(name, 100), addr_spec=mailbox))


def _to(address: str) -> bytes:
    written = _recipient(address)
    if _PLAIN_ADDRESS.fullmatch(written):
        return _line("To", written)
    return _folded("To", HeaderAddress(addr_spec=written))


def _subject(subject: str) -> bytes:
    """With accents it is encoded whole: where only a word is, the fold before it would be read as one more space.
    Without, it begins on the line of its name, which the email package leaves empty before what just fits a line."""
    value = _header(subject, 200)
    if _PLAIN_SUBJECT.fullmatch(value):
        return _line("Subject", value)
    if value.isascii():
        lines = wrap(value, 76, initial_indent="Subject: ", break_long_words=False, break_on_hyphens=False)
        return ("\r\n ".join(lines) + "\r\n").encode("ascii")
    return _line("Subject", "\r\n ".join(_encoded_words(value)))


def _encoded_words(subject: str) -> Iterator[str]:
    """A subject in words that fill their lines of 76 and break no letter (RFC 2047, 2 and 4.2)."""
    word, room = "", 76 - len("Subject: =?utf-8?q??=")
    for letter in map(_encoded, subject):
        if len(word) + len(letter) > room:
            yield f"=?utf-8?q?{word}?="
            word, room = "", 76 - len(" =?utf-8?q??=")
        word += letter
    yield f"=?utf-8?q?{word}?="


def _encoded(letter: str) -> str:
    if letter in _UNENCODED:
        return letter
    return "_" if letter == " " else "".join(f"={byte:02X}" for byte in letter.encode("utf-8"))


def _folded(name: str, value: str | HeaderAddress) -> bytes:
    """As the email package writes it."""
    written: str = _kind_of(name)(name, value).fold(policy=SMTP)
    return written.encode("ascii")


def _ids(name: str, ids: list[str]) -> bytes:
    """Never encoded, however long, so that threads hold."""
    return _line(name, "\r\n ".join(ids))


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


def _header(value: str, limit: int) -> str:
    """A header value on one line that no reader decodes into something else (RFC 2047)."""
    return clean(value, limit).replace("=?", "= ?")


def _recipient(address: str) -> str:
    """One address; a domain with letters outside ASCII as A-labels."""
    local, at, domain = address.rpartition("@")
    if not local or not at or not local.isascii() or address != clean(address, 254) or "," in address:
        raise ValueError("address")
    return f"{local}@{to_ascii(domain)}"


def _references(letter: Letter) -> list[str]:
    """First and newest ids of the thread (RFC 5322, 3.6.4), well-formed ones only, the one answered last; none where
    that one is not well-formed."""
    if not _ID.fullmatch(letter.in_reply_to):
        return []
    ids = [id for id in dict.fromkeys(letter.references) if _ID.fullmatch(id) and id != letter.in_reply_to]
    room = MOST_REFERENCES - 1
    return [*(ids if len(ids) <= room else [*ids[:2], *ids[2 - room :]]), letter.in_reply_to]
