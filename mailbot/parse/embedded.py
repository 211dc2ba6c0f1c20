"""What older programs put into plain text: uuencoded and yEnc files, and PGP armour.

The rule kept: the text stays, the file becomes an attachment that is named and counted, never stored.
"""

from __future__ import annotations

import re

from mailbot.model import Attachment
from mailbot.parse import parts

_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.{0,300})")
_YENC = re.compile(r"=ybegin [^\n]{0,200}?size=(\d{1,12}) [^\n]{0,100}?name=(\S[^\n]{0,300})\n")
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
ENCRYPTED = "-----BEGIN PGP MESSAGE-----"


def take_out(text: str) -> tuple[str, list[Attachment]]:
    """The text without uuencoded files and PGP signature, and the files that were in it."""
    if _SIGNED in text:
        text = _without_armour(text)
    text, files = _without_yenc(text) if "=ybegin " in text else (text, [])
    kept, more = _without_files(text) if "begin " in text else (text, [])
    return kept, files + more


def _without_yenc(text: str) -> tuple[str, list[Attachment]]:
    """A yEnc file ends with its `=yend` line, or with the text."""
    kept: list[str] = []
    files: list[Attachment] = []
    at = 0
    while found := _YENC.search(text, at):
        kept.append(text[at : found.start()])
        files.append(Attachment(parts.safe_name(found[2]), "application/octet-stream", int(found[1])))
        end = text.find("\n=yend", found.end() - 1)
        line_end = text.find("\n", end + 1) if end >= 0 else -1
        at = line_end + 1 if line_end >= 0 else len(text)
    return "".join(kept) + text[at:], files


def _without_files(text: str) -> tuple[str, list[Attachment]]:
    kept: list[str] = []
    files: list[Attachment] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        begin = _BEGIN.fullmatch(lines[at].rstrip("\r"))
        end = _end(lines, at + 1) if begin else None
        if begin is None or end is None:
            kept.append(lines[at])
            at += 1
            continue
        size = sum((ord(line[0]) - 32) & 63 for line in lines[at + 1 : end] if line.strip())
        files.append(Attachment(parts.safe_name(begin[1]), "application/octet-stream", size))
        at = end + 1
    return "\n".join(kept), files


def _end(lines: list[str], at: int) -> int | None:
    """Where a uuencoded file ends; None if what follows `begin` is no such file. Each line tells its own length."""
    for number in range(at, len(lines)):
        line = lines[number].rstrip("\r")
        if line == "end":
            return number
        length = (ord(line[0]) - 32) & 63 if line else 0
        if line and (len(line) > 90 or abs(len(line) - 1 - (length + 2) // 3 * 4) > 2):
            return None
    return len(lines) - 1 if len(lines) > at else None


def _without_armour(text: str) -> str:
    """A clear-signed text (RFC 4880, 7): the words between the hash lines and the signature."""
    before, _, signed = text.partition(_SIGNED)
    words_only, _, after = signed.partition(_SIGNATURE)
    _, _, words_only = words_only.lstrip("\r\n").partition("\n\n")
    _, _, behind = after.partition("-----END PGP SIGNATURE-----")
    lines = [line[2:] if line.startswith("- ") else line for line in words_only.split("\n")]
    return before + "\n".join(lines) + behind
