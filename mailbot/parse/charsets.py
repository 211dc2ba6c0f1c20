"""Bytes to characters, whatever the mail claims.

The rule kept: a wrong or unknown charset never loses a letter and never raises. What is claimed is tried strictly
first; then UTF-8; then Windows-1252. Every departure from the claim is a defect.
"""

from __future__ import annotations

import codecs
import re

from mailbot.model import Defect

#: What senders call a charset, and what they really use: the larger set of the same family.
_LARGER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
#: Names that Python does not know.
_FOREIGN = {
    "gb2312-80": "gb18030",
    "iso-gb2312": "gb18030",
    "x-gbk": "gb18030",
    "ks-c-5601-1987": "cp949",
    "ks-c-5601": "cp949",
    "x-sjis": "cp932",
    "shift-jis": "cp932",
    "iso-8859-8-i": "iso8859-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "windows-874": "cp874",
    "ansi": "cp1252",
    "cp-850": "cp850",
    "cp-1252": "cp1252",
    "win-1252": "cp1252",
}
#: Python codecs that are no charset of mail; some take quadratic time or run escapes.
_NEVER = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_WESTERN = frozenset({"cp1252", "iso8859-15", "cp850", "mac_roman"})
#: What Windows-1252 shows for a byte that goes on in UTF-8, and the byte.
_GOES_ON = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0xC0)}
_TRAIL = f"[{re.escape(''.join(_GOES_ON))}]"
_ENCODED_TWICE = re.compile(f"[\u00c2\u00c3]{_TRAIL}|\u00e2{_TRAIL}{{2}}|\u00f0{_TRAIL}{{3}}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,40}")


def _codec_of(charset: str) -> str | None:
    """The Python codec for what a mail calls its charset; None if nobody knows it."""
    found = _NAME.match(charset.strip().strip("\"'"))
    if found is None:
        return None
    name = found[0].lower().replace("_", "-").removeprefix("cs")
    return _FOREIGN.get(name) or _known(name) or _known(name.removeprefix("x-"))


def _known(name: str) -> str | None:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if info.name.replace("-", "_") in _NEVER or not getattr(info, "_is_text_encoding", True):
        return None
    return _LARGER.get(info.name, info.name)


def decode(raw: bytes, charset: str = "") -> tuple[str, Defect | None]:
    """The text, and the defect if the claimed charset did not fit. An empty claim means: find out."""
    text, wrong = _decoded(raw, charset)
    once = text if text.isascii() else _ENCODED_TWICE.sub(_once, text)
    return once, wrong if once == text else wrong or Defect.ENCODED_TWICE


def _once(twice: re.Match[str]) -> str:
    """The sign that a program took for several signs of Windows-1252 and encoded again; "Ã«" is no Dutch."""
    raw = bytes(_GOES_ON.get(sign, ord(sign)) for sign in twice[0])
    return _strictly(raw, "utf-8") or twice[0]


def _decoded(raw: bytes, charset: str) -> tuple[str, Defect | None]:
    codec = _codec_of(charset) if charset else "utf-8"
    if codec is None:
        return _guess(raw), Defect.UNKNOWN_CHARSET
    text = _strictly(raw, codec)
    if text is None:
        return (_damaged(raw, codec), Defect.WRONG_CHARSET) if charset else (_guess(raw), None)
    if codec in _WESTERN and not raw.isascii() and (better := _strictly(raw, "utf-8")) is not None:
        # bytes that happen to be valid UTF-8 are UTF-8: "Ã©" is no Dutch
        return better, Defect.WRONG_CHARSET
    return scrub(text), None


def to_utf8(raw: bytes, claimed: tuple[str, ...]) -> bytes:
    """Raw 8-bit bytes of a header in UTF-8, read in the first of the claimed charsets that fits and is not Western:
    Western bytes are found out anyway."""
    if raw.isascii() or _strictly(raw, "utf-8") is not None:
        return raw
    codecs_claimed = (codec for name in claimed if (codec := _codec_of(name)) not in _WESTERN | {None, "utf-8"})
    texts = (_strictly(raw, codec) for codec in codecs_claimed if codec)
    return next((scrub(text).encode() for text in texts if text), raw)


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _damaged(raw: bytes, codec: str) -> str:
    """A cut at the end, or one bad byte among many good characters, does not make the claim wrong; more does."""
    try:
        text = raw.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return _guess(raw)
    bad = text.count("\ufffd")
    good = sum(not sign.isascii() for sign in text[:100_000]) - bad
    cut = bad == 1 and text.endswith("\ufffd") and codec not in _WESTERN
    return scrub(text) if cut or good >= 5 * bad else _guess(raw)


def _guess(raw: bytes) -> str:
    return _strictly(raw, "utf-8") or raw.decode("cp1252", "replace")


def scrub(text: str) -> str:
    """Lone surrogates (UTF-7 can make them) would break every later encoder."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
