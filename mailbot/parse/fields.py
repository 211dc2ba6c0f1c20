"""The header fields that a mail takes along, and its ids (RFC 5322, 3.6.4).

The rules kept: a mail always has a Message-ID, the same one each time it is read; only fields that the core needs are
kept, decoded, on one line and cut. Facts from inside a delivery report get names that no sender can write as a header.
"""

from __future__ import annotations

import re

from mailbot.model import Defect
from mailbot.parse import encoded_words, received
from mailbot.parse.header import HeaderSection
from mailbot.parse.parts import Part

#: Who wrote a Received line, in its place among the fields; a name that the reader of headers keeps of no sender.
RECEIVED_BY = "received-by"
MAX_VALUE = 500
MAX_RESULTS = 2_000  # Authentication-Results: a cut one would lose its verdict
MAX_REFERENCES = 100

_IDS = re.compile(rb"<([^<>\s\x00-\x1f\x7f-\xff]{1,240})>")
_BARE_ID = re.compile(rb"[^<>\s\x00-\x1f\x7f-\xff]{1,200}@[^<>\s\x00-\x1f\x7f-\xff]{1,40}")
_LEFT_OUT = frozenset(
    b"to cc date subject message-id references in-reply-to reply-to x-original-to delivered-to mime-version "
    b"content-transfer-encoding content-disposition".split()
)
_DELIVERY = {b"action": "dsn-action", b"status": "dsn-status", b"original-envelope-id": "dsn-envelope-id"}
_DELIVERY_LINE = re.compile(rb"^([A-Za-z-]{4,40})[ \t]*:[ \t]*([^\r\n]{0,200})", re.MULTILINE)


def kept_fields(root: Part) -> tuple[tuple[str, str], ...]:
    """Names in lower case with decoded values: the top header, then `dsn-*` and `calendar-method` from the parts."""
    fields = [
        (RECEIVED_BY, received.writer(value[:2_000].decode("latin-1")))
        if name == b"received"
        else (name.decode("ascii", "replace"), _value(name, value))
        for name, value in root.header.fields
        if name not in _LEFT_OUT
    ]
    return tuple(fields[:200] + _from_parts(root))


def _value(name: bytes, value: bytes) -> str:
    return encoded_words.decode(value)[: MAX_RESULTS if name == b"authentication-results" else MAX_VALUE]


def _from_parts(root: Part) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for part in root.walk()[:50]:
        if part.type == "message/delivery-status":
            found += _delivery(part)
        elif part.type == "text/calendar" and (method := part.parameter("method")):
            found.append(("calendar-method", method))
    return found[:20]


def _delivery(part: Part) -> list[tuple[str, str]]:
    """What a delivery report says of the letter (RFC 3464, 2.2 and 2.3)."""
    lines = _DELIVERY_LINE.findall(part.content(8_000)[0])
    return [
        (_DELIVERY[name.lower()], encoded_words.decode(value)) for name, value in lines if name.lower() in _DELIVERY
    ]


def message_id(header: HeaderSection, key: str) -> tuple[str, Defect | None]:
    """The id with its angle brackets, and the defect if it had to be made from the key."""
    for value in header.all(b"message-id"):
        if found := _IDS.search(value):
            return f"<{found[1].decode('ascii')}>", None
        if found := _BARE_ID.fullmatch(value.strip()):
            return f"<{found[0].decode('ascii')}>", None
    return made_id(key), Defect.NO_MESSAGE_ID


def made_id(key: str) -> str:
    return f"<{key[:32]}@no-message-id.invalid>"


def references(header: HeaderSection) -> tuple[str, ...]:
    """The ids that this mail answers, newest first: In-Reply-To, then References from its end."""
    answered = _ids_in(header, b"in-reply-to")
    thread = _ids_in(header, b"references")
    ids = dict.fromkeys(f"<{found.decode('ascii')}>" for found in [*answered, *reversed(thread)])
    return tuple(ids)[:MAX_REFERENCES]


def _ids_in(header: HeaderSection, name: bytes) -> list[bytes]:
    """The ids in a field; some programs write a long one as encoded words, which no id may be (RFC 2047, 5)."""
    values = (encoded_words.decode(value).encode() if b"=?" in value else value for value in header.all(name))
    return [found for value in values for found in _IDS.findall(value)]
