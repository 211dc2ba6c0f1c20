"""What a server responds, as values: where a folder was left, a mail, the head of one, a mail that cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailbot.mailbox.connection import FolderState
from mailbot.model import Pointer

GROUP_BYTES = 4 * 2**20  # bodies held at once; a single larger mail goes alone
FIRST_BYTES = 256 * 2**10  # of a mail over the account's limit
WINDOW = 50_000  # UIDs in one search answer: imaplib refuses lines over a million bytes

DATE_AND_HEADER = ("INTERNALDATE", "BODY.PEEK[HEADER]")
SIZE_AND_DATE = ("RFC822.SIZE", "INTERNALDATE")
FetchResponses = dict[int, dict[bytes, Any]]  # UID -> part -> value


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last mail of a folder that was taken in."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail as the server gave it. `truncated`: over the account's limit, so only its first bytes are here."""

    pointer: Pointer
    raw: bytes
    internal_date: datetime  # aware, UTC
    size: int  # in bytes, as the server counts
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class FetchedHeader:
    """The header of a mail, for folders of which no text is read."""

    pointer: Pointer
    raw: bytes
    internal_date: datetime  # aware, UTC


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A mail that the server lists but does not give, also when asked alone."""

    pointer: Pointer
    reason: str
    internal_date: datetime | None = None  # aware, UTC; None where not even that is to be had


def fetched_header(pointer: Pointer, response: FetchResponses) -> FetchedHeader | None:
    """The header, when what was asked for is all there."""
    parts = response.get(pointer.uid, {})
    raw, arrived = parts.get(b"BODY[HEADER]"), parts.get(b"INTERNALDATE")
    if isinstance(raw, bytes) and isinstance(arrived, datetime):
        return FetchedHeader(pointer, raw, aware(arrived))
    return None


def fetched_mail(
    pointer: Pointer, attributes: FetchResponses, bodies: FetchResponses, truncated: bool
) -> FetchedMail | None:
    """A mail out of the two answers; None when anything is missing or of the wrong sort (some servers give NIL)."""
    known, parts = attributes.get(pointer.uid, {}), bodies.get(pointer.uid, {})
    size, arrived = known.get(b"RFC822.SIZE"), known.get(b"INTERNALDATE")
    raw = next((value for key, value in parts.items() if key.startswith(b"BODY[")), None)
    if not (isinstance(size, int) and isinstance(arrived, datetime) and isinstance(raw, bytes)):
        return None
    return FetchedMail(pointer, raw[:FIRST_BYTES] if truncated else raw, aware(arrived), size, truncated)


def arrived_in(attributes: FetchResponses, uid: int) -> datetime | None:
    """When a mail arrived, as far as the server says."""
    arrived = attributes.get(uid, {}).get(b"INTERNALDATE")
    return aware(arrived) if isinstance(arrived, datetime) else None


def aware(arrived: datetime) -> datetime:
    """In UTC, also where a server names no zone."""
    return (arrived if arrived.tzinfo else arrived.replace(tzinfo=UTC)).astimezone(UTC)


def body_of(truncated: bool) -> str:
    """What is asked of a mail, whole or its first bytes; either leaves \\Seen as it is."""
    return f"BODY.PEEK[]<0.{FIRST_BYTES}>" if truncated else "BODY.PEEK[]"


def size_of(attributes: FetchResponses, uid: int) -> int:
    """In bytes; 0 where the server did not say."""
    size = attributes.get(uid, {}).get(b"RFC822.SIZE")
    return size if isinstance(size, int) else 0


def windows(low: int, state: FolderState) -> Iterator[tuple[int, str]]:
    """UID ranges with search answers below imaplib's line limit; the last one is open for what comes meanwhile."""
    if state.exists > WINDOW:
        while low + WINDOW < state.uidnext:
            yield low, str(low + WINDOW - 1)
            low += WINDOW
    yield low, "*"


def groups(pointers: list[Pointer], attributes: FetchResponses, limit: int) -> Iterator[list[Pointer]]:
    """Neighbours whose bodies together stay under GROUP_BYTES; one over the limit, or of unknown size, goes alone."""
    group: list[Pointer] = []
    held = 0
    for pointer in pointers:
        size = size_of(attributes, pointer.uid)
        size = size if 0 < size <= limit else GROUP_BYTES
        if group and held + size > GROUP_BYTES:
            yield group
            group, held = [], 0
        group.append(pointer)
        held += size
    if group:
        yield group
