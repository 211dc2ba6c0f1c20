"""The tree of parts of a mail (RFC 2046), as positions in the raw bytes.

The rule kept: size is bounded before anything is decoded. The standard library's parser takes quadratic time on nested
parts and gives up with RecursionError; this one scans each level once with `bytes.find`, stops at `MAX_PARTS` and
`MAX_DEPTH`, copies nothing, and leaves the reading of parameters to the standard library.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import lru_cache
from typing import TypeVar

from mailbot.model import Defect
from mailbot.parse import charsets, encoded_words, header, smime
from mailbot.parse.header import HeaderSection

MAX_PARTS = 500
MAX_DEPTH = 30
MAX_NAME = 200

_FIRST_BOUNDARY = re.compile(
    rb"(?:\A|\n)--(?=[^\r\n]{0,69}[A-Za-z0-9])(\S[^\r\n]{0,69})\r?\n(?=Content-|\r?\n|[!-9;-~]{1,76}:)", re.IGNORECASE
)
_PATH = re.compile(r".*[/\\]", re.DOTALL)
_SOFT_BREAK = re.compile(rb"=[ \t]+\r?\n")  # gateways add blanks to a line; they say nothing (RFC 2045, 6.7)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its head, where its body lies in `raw`, and the parts inside it."""

    header: HeaderSection
    type: str
    raw: bytes
    start: int
    end: int
    message: Message
    children: tuple[Part, ...] = ()

    @property
    def charset(self) -> str:
        return _charset(self.message)

    @property
    def disposition(self) -> str:
        return self.header.text(b"content-disposition").partition(";")[0].strip().lower()

    @property
    def encoding(self) -> str:
        return self.header.text(b"content-transfer-encoding").partition(";")[0].strip().lower()

    def parameter(self, name: str) -> str:
        """A Content-Type parameter in lower case, or an empty string."""
        return tried(lambda: str(self.message.get_param(name) or "").lower()[:200], "")

    @property
    def name(self) -> str:
        """The file name as a name only: no folder, no control character, at most 200 characters. Where a plain and an
        encoded one stand side by side (RFC 2231), the encoded one is the true one."""
        return _name(self.message)

    def walk(self) -> list[Part]:
        """This part and every part inside it, in reading order."""
        found: list[Part] = []
        waiting = [self]
        while waiting:
            part = waiting.pop()
            found.append(part)
            waiting.extend(reversed(part.children))
        return found

    def content(self, limit: int) -> tuple[bytes, Defect | None]:
        """The decoded bytes, at most about `limit`, and the defect met on the way."""
        body = self.raw[self.start : min(self.end, self.start + limit * 3)]
        match self.encoding:
            case "base64":
                return _base64(body, limit)
            case "quoted-printable":
                return binascii.a2b_qp(_SOFT_BREAK.sub(b"=\n", body))[:limit], None
            case "" | "7bit" | "8bit" | "binary":
                return body[:limit], None
            case "x-uuencode" | "uuencode" | "x-uue" | "uue":
                return _uuencoded(body, limit)
            case _:
                return body[:limit], Defect.BROKEN_ENCODING

    def size(self) -> int:
        """Bytes after decoding, counted without decoding."""
        length = self.end - self.start
        if self.encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return len(self.content(length)[0])
        if self.encoding != "base64":
            return length
        length -= sum(self.raw.count(blank, self.start, self.end) for blank in (b"\n", b"\r", b" "))
        padding = self.raw.count(b"=", max(self.start, self.end - 8), self.end)
        return max(length * 3 // 4 - padding, 0)


def tried(read: Callable[[], T], otherwise: T) -> T:
    """What was read, or what stands for it: the standard library raises at will on damaged or crafted headers."""
    try:
        return read()
    except Exception:
        return otherwise


@lru_cache(maxsize=100)
def _charset(message: Message) -> str:
    return tried(lambda: str(message.get_param("charset") or "")[:60], "")


@lru_cache(maxsize=100)
def _name(message: Message) -> str:
    return safe_name(tried(lambda: _file_name(message), ""))


def _file_name(message: Message) -> str:
    parameters = message.get_params([], "content-disposition")
    encoded = (value for key, value in parameters if key == "filename" and isinstance(value, tuple))
    return collapse_rfc2231_value(next(encoded, "")) or message.get_filename() or ""


@dataclass
class Limits:
    """What is left of the allowance for one mail, and the defects met."""

    parts: int = MAX_PARTS
    defects: list[Defect] = field(default_factory=list)


def read(raw: bytes, start: int, end: int, limits: Limits, depth: int = 0, default: str = "text/plain") -> Part:
    """The part that begins with a header block at `start`."""
    limits.parts -= 1
    found, body = header.read(raw, start, end, top=depth == 0)
    limits.defects.extend(found.defects)
    return _part(found, raw, body, end, limits, depth, default)


def _part(found: HeaderSection, raw: bytes, start: int, end: int, limits: Limits, depth: int, default: str) -> Part:
    message = found.message()
    kind = _type(message, default)
    leaf = Part(found, kind, raw, start, end, message)
    if depth >= MAX_DEPTH:
        limits.defects.extend([Defect.TOO_DEEP] if kind.startswith(("multipart/", "message/rfc822")) else [])
        return leaf
    if kind.startswith("multipart/"):
        inner = _multipart(leaf, limits, depth)
    elif kind in ("message/rfc822", "message/global"):
        inner = _enclosed(leaf, limits, depth)
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        inner = _signed(leaf, limits, depth)
    else:
        return leaf
    shown = "text/plain" if kind.startswith("multipart/") and not inner else kind
    return Part(found, shown, raw, start, end, message, tuple(inner))


def _type(message: Message, default: str) -> str:
    return tried(lambda: message.get_content_type() if "content-type" in message else default, default)


def _multipart(part: Part, limits: Limits, depth: int) -> list[Part]:
    told = _boundary(part)
    spans = _spans(part, told, limits) if told else []
    guess = b"" if spans else _guessed_boundary(part)
    spans = _spans(part, guess, limits) if guess else spans
    if not spans or (told and guess):
        limits.defects.append(Defect.BROKEN_MULTIPART)
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    inner = []
    for start, end in spans:
        if limits.parts <= 0:
            limits.defects.append(Defect.TOO_MANY_PARTS)
            break
        inner.append(read(part.raw, start, end, limits, depth + 1, default))
    return inner


def _boundary(part: Part) -> bytes:
    told = tried(lambda: part.message.get_boundary() or "", "")
    return charsets.scrub(told)[:200].encode("utf-8", "replace")


def _guessed_boundary(part: Part) -> bytes:
    """Where none is told, or one that does not occur: the first line that looks like a boundary and comes back, or
    that has a field of a part under it."""
    guess = _FIRST_BOUNDARY.search(part.raw, max(part.start - 1, 0), min(part.end, part.start + 10_000))
    if guess and (
        part.raw[guess.end() : guess.end() + 8].lower() == b"content-"
        or part.raw.find(b"\n--" + guess[1], guess.end(), part.end) >= 0
    ):
        return guess[1].rstrip()
    return b""


def _spans(part: Part, boundary: bytes, limits: Limits) -> list[tuple[int, int]]:
    """Start and end of each inner part. What stands before the first and after the last boundary is no part."""
    line = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")
    spans: list[tuple[int, int]] = []
    open_at = -1
    for found in _boundary_lines(line, b"--" + boundary, part):
        if open_at >= 0:
            spans.append((open_at, _before_line_end(part.raw, open_at, found.start())))
        open_at = -1 if found[1] else found.end()
        if found[1] or len(spans) > MAX_PARTS:
            return spans
    if open_at >= 0:
        limits.defects.append(Defect.UNFINISHED)
        spans.append((open_at, part.end))
    return spans


def _boundary_lines(line: re.Pattern[bytes], mark: bytes, part: Part) -> list[re.Match[bytes]]:
    found: list[re.Match[bytes]] = []
    at = part.raw.find(mark, part.start, part.end)
    while at >= 0 and len(found) <= MAX_PARTS + 1:
        if (at == part.start or part.raw[at - 1 : at] in (b"\n", b"\r")) and (
            hit := line.match(part.raw, at, part.end)
        ):
            found.append(hit)
            if hit[1]:
                break
        at = part.raw.find(mark, at + len(mark), part.end)
    return found


def _before_line_end(raw: bytes, start: int, end: int) -> int:
    """The line end before a boundary belongs to the boundary (RFC 2046, 5.1.1)."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
    if end > start and raw[end - 1 : end] == b"\r":
        end -= 1
    return end


def _enclosed(part: Part, limits: Limits, depth: int) -> list[Part]:
    """The mail inside a message/rfc822 part; some programs encode it, against RFC 2046, 5.2.1."""
    if limits.parts <= 0:
        limits.defects.append(Defect.TOO_MANY_PARTS)
        return []
    if part.encoding in ("base64", "quoted-printable"):
        raw = part.content(4_000_000)[0]
        return [read(raw, 0, len(raw), limits, depth + 1)]
    return [read(part.raw, part.start, part.end, limits, depth + 1)]


def _signed(part: Part, limits: Limits, depth: int) -> list[Part]:
    """The mail inside an opaque signature: signed is not secret, it is only packed (RFC 8551, 3.5.2)."""
    raw = smime.content(part.content(4_000_000)[0]) if limits.parts > 0 else None
    return [read(raw, 0, len(raw), limits, depth + 1)] if raw else []


def safe_name(told: str) -> str:
    """A name that is only a name: the last path element, clean, at most 200 characters."""
    name = encoded_words.decode_text(told[:4_000]) if "=?" in told else encoded_words.clean(told[:4_000])
    name = _PATH.sub("", name).strip(" .")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return stem[: MAX_NAME - len(ending) - 1] + dot + ending if dot and len(ending) <= 10 else name[:MAX_NAME]


def _uuencoded(body: bytes, limit: int) -> tuple[bytes, Defect | None]:
    """What stands between `begin` and `end`, or the whole where a program left those out. A bad line ends it."""
    lines = body.split(b"\n")
    begin = next((at for at, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    found: list[bytes] = []
    for line in lines[begin + 1 :]:
        if line.rstrip() == b"end":
            break
        try:
            found.append(binascii.a2b_uu(line.rstrip(b"\r")))
        except binascii.Error:
            return (b"".join(found) if begin >= 0 else body)[:limit], Defect.BROKEN_ENCODING
    return b"".join(found)[:limit], None


def _base64(body: bytes, limit: int) -> tuple[bytes, Defect | None]:
    lines = body.partition(b"=\r\n")[0] if b"=" in body[:-8] else body
    letters = _NO_BASE64.sub(b"", lines)
    visible = len(lines) - sum(lines.count(blank) for blank in (b"\n", b"\r", b" ", b"\t", b"="))
    if visible - len(letters) > visible // 10:
        return body[:limit], Defect.BROKEN_ENCODING  # plain text under a wrong label
    return encoded_words.from_base64(letters)[:limit], None
