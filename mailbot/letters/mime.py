"""The body of a letter as bytes (RFC 2045, RFC 2046): text, HTML beside it, and what goes along.

The rule kept here: lines are at most 76 long, and a boundary needs no search, for no line of quoted-printable or base64
can hold "=_" (RFC 2045, 6.7).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from mailbot.model import Enclosed, Letter


def body(letter: Letter, folder: Path | None) -> bytes:
    """The letter from its Content-Type on. `folder` is where the files lie that go along with it."""
    whole = _text("plain", letter.text)
    if letter.html:  # one that left, bounced and is let go again has only its words
        whole = _multipart("alternative", [whole, _text("html", letter.html)])
    if letter.enclosed:
        whole = _multipart("mixed", [whole, *(_enclosed(part, folder) for part in letter.enclosed)])
    return whole


def _text(kind: str, words: str) -> bytes:
    lines = b"".join(line + b"\r\n" for line in words.encode("utf-8").splitlines())
    return _entity(
        binascii.b2a_qp(lines),
        f'Content-Type: text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    )


def _enclosed(part: Enclosed, folder: Path | None) -> bytes:
    """Byte for byte: a calendar entry has line ends of its own (RFC 5545, 3.1) and names its method (RFC 6047, 2.4)."""
    content = ((folder or Path()) / part.file).read_bytes() if part.file else part.text.encode("utf-8")
    kind, *given = (piece.strip() for piece in part.type.split(";"))
    params = (f'{name}="{value}"' for name, _, value in (piece.partition("=") for piece in given))
    return _entity(
        base64.encodebytes(content).replace(b"\n", b"\r\n"),
        f"Content-Type: {'; '.join([kind, *params])}",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{part.name}"',
    )


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    fence = f"--=_{kind}".encode("ascii")
    inside = b"".join(fence + b"\r\n" + part + b"\r\n" for part in parts)
    return _entity(inside + fence + b"--\r\n", f'Content-Type: multipart/{kind}; boundary="=_{kind}"')


def _entity(content: bytes, *headers: str) -> bytes:
    return "\r\n".join((*headers, "", "")).encode("ascii") + content
