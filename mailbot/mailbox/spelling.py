"""How a server spells what it tells, as text. Never raises: what nobody could write down is empty."""

from __future__ import annotations

from imapclient.imap_utf7 import decode as decode_utf7


def folder_name(response: bytes | str) -> str:
    """A folder's name out of modified UTF-7 (RFC 3501, 5.1.3); empty where it is none, such as "R&D", or nobody could
    write it down."""
    try:
        name = text(decode_utf7(response))
        name.encode()
        return name
    except ValueError:
        return ""


def text(response: bytes | str | None) -> str:
    """What came as bytes, or not at all."""
    return response.decode("utf-8", "replace") if isinstance(response, bytes) else response or ""
