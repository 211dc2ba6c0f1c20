"""Addresses in header fields (RFC 5322, 3.4), read twice.

The rule kept: we write back only to an address that two independent readings agree on. The standard library's reader
and the strict one here differ on crafted headers (CVE-2023-27043); then there is no sender, and a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email import utils

from mailbot.model import Address, Defect
from mailbot.parse import charsets, encoded_words

MAX_VALUE = 8_000
MAX_ADDRESSES = 200

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LABEL = r"[A-Za-z0-9_\u00a1-\U0010ffff](?:[A-Za-z0-9_\u00a1-\U0010ffff-]*[A-Za-z0-9_\u00a1-\U0010ffff])?"
_SPEC = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\.?@{_LABEL}(?:\.{_LABEL})*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[()<>,;:"]|[^()<>,;:"]+', re.DOTALL)
_LOCAL = re.compile(r"(?:[^<>@]{0,200}<)?([A-Za-z0-9._-]{1,64})>?(?:\s*\(([^()]{0,200})\))?")
_WITH_AT = re.compile(r"[^\s<>(),;:\"]{1,64}@[^\s<>(),;\"]{1,255}")
_LOOKS_LIKE = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


#: From 3.13, and patches of 3.11 and 3.12, on the library refuses fields that a person can read, such as one that ends
#: in a comma. Who is in doubt here is the strict reader, on every Python alike.
_AS_EVER = {"strict": False} if hasattr(utils, "supports_strict_parsing") else {}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a field says: its addresses, and whether it could be read in one way only."""

    addresses: tuple[Address, ...]
    sure: bool = True


def sender(values: list[bytes]) -> tuple[Address | None, list[Defect]]:
    """The one address that all From fields agree on, and the defects."""
    found: dict[str, Address] = {}
    for value in values[:10]:
        reading = _twice(value)
        if not reading.sure:
            return None, [Defect.UNCLEAR_SENDER]
        found.update({address.email.lower(): address for address in reversed(reading.addresses)})
    if len(found) != 1:
        return None, [Defect.TWO_SENDERS if found else Defect.NO_SENDER]
    address = next(iter(found.values()))
    return address, [Defect.OTHER_NAME] if _shows_another(address) else []


def claimed(fields: Callable[[bytes], list[bytes]]) -> Address | None:
    """What the mail shows as its writer where there is no sure sender: for people to see, never to write to.

    The first readable address of From, else of Reply-To, Return-Path and Sender; a bare local part such as
    MAILER-DAEMON counts where a field has no address.
    """
    for name in (b"from", b"reply-to", b"return-path", b"sender"):
        texts = [_text(value) for value in fields(name)[:10]]
        whole = (_whole(text) for text in texts)
        odd = (Address(found[0]) for text in texts if (found := _WITH_AT.search(text)))
        if shown := next((address for address in (*whole, *odd, *map(_local_only, texts)) if address), None):
            return shown
    return None


def _whole(text: str) -> Address | None:
    found = next(iter(_strict(text).addresses), None) or mentioned(text)
    return replace(found, email=encoded_words.decode_text(found.email)) if found and "=?" in found.email else found


def _local_only(text: str) -> Address | None:
    bare = _LOCAL.fullmatch(text.strip())
    return Address(bare[1], encoded_words.decode_text((bare[2] or "").strip())) if bare else None


def reply_to(values: list[bytes]) -> tuple[Address | None, list[Defect]]:
    """The first Reply-To address, and the defects. More than one is told, because a reply can go to one only."""
    readings = [_twice(value) for value in values[:10] if value.strip()]
    addresses = [address for reading in readings for address in reading.addresses]
    if not addresses or not all(reading.sure for reading in readings):
        return None, [Defect.UNCLEAR_REPLY_TO] if readings else []
    different = len({address.email.lower() for address in addresses}) > 1
    return addresses[0], [Defect.TWO_REPLY_TO] if different else []


def recipients(values: list[bytes]) -> tuple[str, ...]:
    """Every address of recipient fields, once, in order."""
    found = [address.email for value in values[:40] for address in _strict(_text(value)).addresses]
    return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]


def mentioned(text: str) -> Address | None:
    """The first address in a line of text, such as the `Van:` line of a forwarded mail, with the name before it."""
    text = text[:1_000]
    found = _LOOKS_LIKE.search(text)
    if found is None or (email := addr_spec(found[0].strip("._-"))) is None:
        return None
    return Address(
        email, encoded_words.clean(text[: found.start()].partition("<")[0].replace("mailto:", "")).strip("\"'<[(*: ")
    )


def addr_spec(text: str) -> str | None:
    """An addr-spec with its domain in lower case, or None if it is not one that we would write to."""
    local, at, domain = text.strip().rpartition("@")
    if local.startswith('"') and local.endswith('"') and len(local) > 2:
        local = local[1:-1]
    email = f"{local}@{domain.lower()}"
    return email if at and len(email) <= 254 and _SPEC.fullmatch(email) else None


def _twice(value: bytes) -> Reading:
    text = _text(value)
    if "@" not in text and "=?" in text:  # the whole field was encoded, against RFC 2047, section 5
        text = encoded_words.decode(value)
    mine = _strict(text)
    theirs = _library(text)
    same = {address.email.lower() for address in mine.addresses} == theirs
    encoded = any("=?" in address.email for address in mine.addresses)  # another program would decode it
    return Reading(mine.addresses, mine.sure and same and not encoded)


def _library(text: str) -> set[str] | None:
    try:
        found = {addr_spec(email.strip("'")) for _, email in utils.getaddresses([text], **_AS_EVER) if "@" in email}
    except Exception:  # the reader of 3.11 can raise anything on crafted input, RecursionError too
        return None
    return {email.lower() for email in found if email} if None not in found else None


def _text(value: bytes) -> str:
    return charsets.decode(value[:MAX_VALUE])[0].replace("\r", " ").replace("\n", " ").replace("\0", "")


def _strict(text: str) -> Reading:
    reader = _Strict()
    for token in _TOKEN.findall(text):
        reader.take(token)
    return reader.finish()


class _Strict:
    """Reads one field token by token. Anything that another program could read otherwise makes it unsure."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self.sure = True
        self.depth = 0
        self.inside = False
        self.comment = ""
        self.clear()

    def clear(self) -> None:
        self.name, self.bare, self.angle, self.angled = "", "", "", False

    def take(self, token: str) -> None:
        if self.depth or token in ("(", ")"):
            self.remark(token)
        elif self.inside and token != ">":
            self.sure = self.sure and token not in ("<", '"')
            self.angle += token
        elif token in ("<", ">"):
            self.sure = self.sure and self.inside == (token == ">") and not (token == "<" and self.angle)
            self.inside = token == "<"
            self.angled = True
        elif token in (",", ";"):
            self.flush()
        elif token == ":":
            self.clear()  # the name of a group
        else:
            self.word(token)

    def remark(self, token: str) -> None:
        self.depth += (token == "(") - (token == ")")
        self.sure = self.sure and self.depth >= 0
        self.depth = max(self.depth, 0)
        self.comment += token if token not in ("(", ")") else ""

    def word(self, token: str) -> None:
        if token == '"' or (self.angle and "@" in token):
            self.sure = False
        if token.startswith('"'):
            self.name += " " + token[1:-1].replace("\\", "")
            self.bare += token
        else:
            self.name += " " + token
            self.bare += token

    def flush(self) -> None:
        written = self.angle if self.angle else self.bare
        email = addr_spec(written)
        if email is None:
            self.sure = self.sure and "@" not in written
            kept = self.name + "," if self.name.strip() and not self.angled else ""
            self.clear()
            self.name = kept  # `Jansen, Jan <jan@...>` without quotes
            return
        if self.angle and "@" in self.bare and not self.bare.strip().startswith('"'):
            self.sure = self.sure and addr_spec(self.bare.strip(" '")) == email
        if len(self.found) < MAX_ADDRESSES:
            self.found.append(Address(email, self.label()))
        self.clear()

    def label(self) -> str:
        text = encoded_words.decode_text((self.name if self.angle else self.comment).strip())[:200].strip()
        if text.count('"') % 2 or text[:1] == text[-1:] == '"':  # a nickname in quotes keeps them
            text = text.strip('" ')
        return text[1:-1].strip() if text[:1] == text[-1:] == "'" else text

    def finish(self) -> Reading:
        self.sure = self.sure and not self.depth
        self.flush()
        return Reading(tuple(self.found), self.sure)


def _shows_another(address: Address) -> bool:
    shown = [found.lower() for found in _LOOKS_LIKE.findall(address.name)]
    return any(found != address.email.lower() for found in shown) or ("@" in address.name and not shown)
