"""What comes in: a mail as a value, and who its sender is to us."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.domains import to_ascii
from mailbot.model.defects import Defect


@dataclass(frozen=True, slots=True)
class Address:
    """One mail address (RFC 5322 addr-spec, lower-case domain) and the name that stood before it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is remembered of an attachment: never its bytes. `size` in bytes after decoding."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the raw mail lies in the mailbox (RFC 3501): the mailbox keeps the mail, we keep this."""

    folder: str
    uidvalidity: int
    uid: int


def fold_address(email: str) -> str:
    """The form in which two spellings of one address are equal: letters' case, a sub-address after +, the written form
    of an international domain (IDNA), dots at the end. Letters that only look alike stay different."""
    local, _, domain = email.strip().rstrip(".").lower().rpartition("@")
    local = (local.partition("+")[0] or local).rstrip(".")
    with suppress(ValueError):  # a label too long or not allowed: it equals itself only
        domain = to_ascii(domain)
    return f"{local}@{domain}"


class Trust(StrEnum):
    """Whether the From address is proven to be the sender's (RFC 8601)."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authentication:
    """The result for the From domain and the reason, in words without personal data."""

    state: Trust = Trust.UNKNOWN
    reason: str = "no result from our own server"


@dataclass(frozen=True, slots=True)
class Mail:
    """One incoming mail as a value. Never missing a field: what could not be read is named in `defects`."""

    key: str  # SHA-256 of the raw bytes, hex
    message_id: str  # with angle brackets; made from the key when the mail has none
    sender: Address | None
    reply_to: Address | None
    to: tuple[str, ...]  # addresses in To, Cc, Delivered-To, X-Original-To
    subject: str
    text: str  # the writer's own text: no quotes, signature, disclaimer
    quoted: str  # what was cut off from a thread
    received_at: datetime  # UTC; by our own server, never the Date header
    references: tuple[str, ...] = ()  # In-Reply-To and References, newest first
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # names in lower case; the ones that `screen` and `decide` need
    automatic: str | None = None  # why it is machine mail, None if a person wrote it
    authenticated: Authentication = Authentication()
    defects: tuple[Defect, ...] = ()
    claimed_from: Address | None = None  # whom the mail shows as its writer where `sender` is none or another
    opens_with: str = ""  # the first line of the body as it stands, quotes included
    forwarded_from: Address | None = None  # original sender of a mail that somebody forwarded
    forwarded_at: datetime | None = None  # when that mail was sent, as the forward says; naive in the writer's own zone
    receipt: str = ""  # the Received line of our own server, where there is one

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        name = name.lower()
        return next((value for key, value in self.headers if key == name), "")


#: What shops write in the place of a customer's number where an order has no account behind it.
NO_NUMBER = ("", "0")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the company's own records know him. We store only `id` with a case (F-04)."""

    id: str
    emails: tuple[str, ...]
    name: str = ""
    postcode: str = ""
    numbers: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()


class MatchState(StrEnum):
    """Outcome of looking the sender up among the known customers."""

    KNOWN = "known"
    NAMED = "named"  # an unknown address, but the mail names exactly one known customer
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    UNAVAILABLE = "unavailable"  # the customer source could not be read just now


@dataclass(frozen=True, slots=True)
class Match:
    """Who the sender is. Two candidates are ambiguous, never the first one."""

    state: MatchState
    customer_id: str = ""
    known_email: str = ""  # the address on file, where copies may go
    hint: str = ""  # a customer of the same name and postcode: for people to look at, never a proof
