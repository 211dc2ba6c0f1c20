"""What a database gives, as text that people and machines read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson

_BLANKS = str.maketrans("", "", "\t\r\n")


def as_text(value: Any) -> str:
    """A value as text: what is no text, as a number of bytes may be, in hexadecimal digits; a structure as JSON."""
    match value:
        case None:
            return ""
        case bytes() | memoryview():
            return _of_bytes(bytes(value))
        case dict() | list():
            return orjson.dumps(value, default=str).decode()
        case Decimal():
            return format(value, "f")  # str() gives 0E-8 for the nought of a shop's tax
        case timedelta() if value < timedelta(0):
            return f"-{-value}"
        case _:
            return str(value)


def _of_bytes(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.hex()
    return text if text.translate(_BLANKS).isprintable() else raw.hex()
