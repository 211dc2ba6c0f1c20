"""The header block of a mail or a part: its fields as raw values, and where the body starts.

The rule kept: a broken line never hides the fields behind it. A first line that is junk, continuations without their
blank, a name cut from its colon, or an early empty line before From are repaired, and each repair is a defect.
Time is linear and memory bounded: only fields that the program reads are kept, each cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.message import Message
from functools import lru_cache

from mailbot.model import Defect
from mailbot.parse import charsets, encoded_words

MAX_FIELD = 16_000
MAX_LINES = 150_000
MAX_SAME = 50
LOOK_AHEAD = 10  # lines of junk that may stand before the next field, as long as From or Subject is missing

_NAME = re.compile(rb"[!-9;-~]{1,76}")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|received|mime-version|reply-to|return-path|delivered-to|references"
    rb"|in-reply-to|sender|content-[a-z-]{1,40}|x-[a-z0-9-]{1,60}|dkim-signature|authentication-results"
    rb"|auto-submitted|precedence|list-[a-z]{1,20})[ \t]*:",
    re.IGNORECASE,
)
_MBOX = (b"From ", b">From ")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FOLDED_PARAMETER = re.compile(rb"[a-z0-9*-]{1,40}=", re.IGNORECASE)
_KEPT = frozenset(
    b"from to cc subject message-id references in-reply-to reply-to received sender return-path delivered-to "
    b"x-original-to date resent-from precedence auto-submitted authentication-results feedback-id mailing-list "
    b"mime-version".split()
)
_KEPT_BEGINNINGS = (
    b"content-",
    b"list-",
    b"x-auto",
    b"x-mail",
    b"x-loop",
    b"x-failed",
    b"x-ms-exchange-",
    b"x-vacation",
)


@dataclass(frozen=True, slots=True)
class HeaderSection:
    """Fields in order, names in lower case, values raw and unfolded."""

    fields: tuple[tuple[bytes, bytes], ...]
    defects: tuple[Defect, ...] = ()

    def all(self, name: bytes) -> list[bytes]:
        """Every value of a field, topmost first."""
        return [value for key, value in self.fields if key == name]

    def text(self, name: bytes) -> str:
        """The first value of a field, decoded, or an empty string."""
        return next((encoded_words.decode(value) for key, value in self.fields if key == name), "")

    def recoded(self, claimed: tuple[str, ...]) -> HeaderSection:
        """The same head with its raw 8-bit values in UTF-8: a header tells no charset, but the mail's parts do."""
        return replace(self, fields=tuple((name, charsets.to_utf8(value, claimed)) for name, value in self.fields))

    def message(self) -> Message:
        """The MIME fields as a standard library message, for its reading of parameters (RFC 2045, RFC 2231)."""
        named = [(name, self.all(name)) for name in (b"content-type", b"content-disposition")]
        return _mime(tuple((name, values[0]) for name, values in named if values))


@lru_cache(maxsize=100)  # most parts of most mails say the same; nobody changes a message
def _mime(fields: tuple[tuple[bytes, bytes], ...]) -> Message:
    message = Message()
    for name, value in fields:
        message[name.decode()] = encoded_words.clean(charsets.decode(value)[0])
    return message


def read(raw: bytes, start: int, end: int, top: bool = False) -> tuple[HeaderSection, int]:
    """The header block that begins at `start`, and the position of the body behind it."""
    reader = _Reader(raw, end, top)
    body = reader.block(start)
    if top and not reader.has(b"from") and _KNOWN.match(raw, body, end):
        reader.defects.append(Defect.BROKEN_HEAD)
        body = reader.block(body)
    return HeaderSection(tuple(reader.closed()), tuple(dict.fromkeys(reader.defects))), body


class _Reader:
    """Collects fields line by line."""

    def __init__(self, raw: bytes, end: int, top: bool) -> None:
        self.raw, self.end, self.top = raw, end, top
        self.cut_name = b""
        self.fields: list[tuple[bytes, list[bytes]]] = []
        self.seen: dict[bytes, int] = {}
        self.size = 0
        self.open = False  # whether the last field still takes continuation lines
        self.defects: list[Defect] = []

    def has(self, name: bytes) -> bool:
        return name in self.seen

    def closed(self) -> list[tuple[bytes, bytes]]:
        return [(name, b"".join(lines).replace(b"\r", b" ").strip()) for name, lines in self.fields]

    def block(self, at: int) -> int:
        """Reads from `at` to the first empty line; returns where the body starts."""
        for _ in range(MAX_LINES):
            if at >= self.end:
                return self.end
            stop = self.raw.find(b"\n", at, self.end)
            after = stop + 1 if stop >= 0 else self.end
            line = self.raw[at : min(stop if stop >= 0 else self.end, at + MAX_FIELD)].rstrip(b"\r")
            if not line or self.is_blank(line, after):
                return after
            if len(line) >= MAX_FIELD:
                self.defects.append(Defect.LONG_HEADER)
            if not self.line(line, after):
                self.defects.append(Defect.NO_SEPARATOR)
                return at
            at = after
        self.defects.append(Defect.LONG_HEADER)
        empty = _EMPTY_LINE.search(self.raw, at, self.end)
        return empty.end() if empty else at

    def line(self, line: bytes, after: int) -> bool:
        """Takes one line in; False if it already belongs to the body."""
        if self.cut_name:
            line = self.joined(line)
        if line[:1] in (b" ", b"\t"):
            self.more(line)
            return True
        name, colon, value = line.partition(b":")
        if colon and _NAME.fullmatch(name.rstrip(b" \t")):
            self.field(name.rstrip(b" \t").lower(), value)
            return True
        if not self.belongs(line, after):
            return False
        if not line.startswith(_MBOX):  # how a mailbox file begins a mail: no fault of the mail
            self.defects.append(Defect.JUNK_LINE)
        if _NAME.fullmatch(line):
            self.cut_name = line
        else:
            self.more(b" " + line)
        return True

    def is_blank(self, line: bytes, after: int) -> bool:
        """Whether a line of blanks ends the block, as many programs mean it, and is no folded line."""
        if line.strip() or _KNOWN.match(self.raw, after, self.end):
            return False
        return self.raw[after : after + 1] not in (b" ", b"\t")

    def joined(self, line: bytes) -> bytes:
        """A folded line that is the colon and the value of the name alone on the line before; else that name belongs
        to the field above."""
        name, self.cut_name = self.cut_name, b""
        if line[:1] in (b" ", b"\t") and line.lstrip().startswith(b":"):
            return name + line.lstrip()
        self.more(b" " + name)
        return line

    def belongs(self, line: bytes, after: int) -> bool:
        """Whether a line that is no field still stands inside the header block."""
        if _KNOWN.match(self.raw, after, self.end) or (not self.fields and line.startswith(_MBOX)):
            return True
        if self.top and not (self.has(b"from") and self.has(b"subject")):
            return self.field_follows(after)
        return bool(self.fields) and _FOLDED_PARAMETER.match(line) is not None

    def field_follows(self, at: int) -> bool:
        """Whether a known field comes within the next lines, before any empty one."""
        for _ in range(LOOK_AHEAD):
            stop = self.raw.find(b"\n", at, self.end)
            if stop < 0 or not self.raw[at:stop].strip():
                return False
            at = stop + 1
            if _KNOWN.match(self.raw, at, self.end):
                return True
        return False

    def field(self, name: bytes, value: bytes) -> None:
        self.open = (name in _KEPT or name.startswith(_KEPT_BEGINNINGS)) and self.seen.get(name, 0) < MAX_SAME
        if self.open:
            self.seen[name] = self.seen.get(name, 0) + 1
            self.fields.append((name, [value]))
            self.size = len(value)

    def more(self, line: bytes) -> None:
        if not self.open or not self.fields:
            return
        self.size += len(line)
        if self.size <= MAX_FIELD:
            self.fields[-1][1].append(line)
        else:
            self.defects.append(Defect.LONG_HEADER)
            self.open = False
