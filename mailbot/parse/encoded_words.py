"""Header values as people read them: encoded words (RFC 2047), also broken ones, to one clean line.

The rule kept: a header value is one line without control characters, so it can never become a second header.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterator

from mailbot.parse import charsets

#: Longer header values are cut before decoding: 8,000 bytes hold a subject, a name or a long thread.
MAX_VALUE = 8_000

_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?]|\?(?!=))*)\?=")
_GAP = re.compile(rb"[ \t\r\n]*")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANK = re.compile(r"\s+")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode(value: bytes) -> str:
    """A raw header value as one clean line of text."""
    value = value[:MAX_VALUE]
    if b"=?" not in value:
        return clean(charsets.decode(value)[0])
    return clean("".join(_pieces(value)))


def decode_text(value: str) -> str:
    """The same for a value that already is text, such as a file name with encoded words in it."""
    return decode(value.encode("utf-8", "replace"))


def clean(text: str) -> str:
    """One line: control characters, and marks that turn the reading order round, are taken out."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _HIDDEN.sub("", charsets.scrub(text))
    text = _BLANK.sub(" ", text)
    return "".join(sign for sign in text if sign == " " or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


def _pieces(value: bytes) -> Iterator[str]:
    """Plain and encoded stretches in order. Neighbouring words of one charset are joined as bytes first, because
    some senders cut a character in two."""
    at = 0
    waiting, charset = b"", ""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        name = word[1].decode("ascii", "replace").partition("*")[0].lower()
        if waiting and (not _GAP.fullmatch(between) or name != charset):
            yield charsets.decode(waiting, charset)[0]
            waiting = b""
        if not (charset and _GAP.fullmatch(between)):
            yield charsets.decode(between)[0]
        waiting, charset, at = waiting + _content(word), name, word.end()
    yield charsets.decode(waiting, charset)[0]
    yield charsets.decode(value[at:])[0]


def _content(word: re.Match[bytes]) -> bytes:
    if word[2] in b"qQ":
        return binascii.a2b_qp(word[3].replace(b" ", b"_"), header=True)
    letters = _NO_BASE64.sub(b"", word[3])
    return from_base64(letters)


def from_base64(letters: bytes) -> bytes:
    """Base64 without its padding; a lone last letter carries nothing."""
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
