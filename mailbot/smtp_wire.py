"""What goes over an SMTP line and comes back, as bytes and text (RFC 5321). Pure."""

from __future__ import annotations

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463
#: The longest reply line (RFC 5321, 4.5.3.1.5): so much is kept of what the server says to a letter.
LONGEST_ANSWER = 512


def dot_stuffed(raw: bytes) -> bytes:
    """CRLF line ends, dots doubled, and the end of the message (RFC 5321, 4.5.2)."""
    lines = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", raw))
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def code_in(code: int, text: str) -> str:
    """The codes of a reply, without its words: these may name the recipient."""
    found = ENHANCED.match(text)
    return f"{code}{' ' + found[1] if found else ''}"


def as_kept(answer: str) -> str:
    """A server's words as a letter keeps them and a terminal may show them. Bytes beyond ASCII come as lone surrogates,
    which no JSON takes."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(answer.split()))[:LONGEST_ANSWER]
