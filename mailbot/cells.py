"""A table as CSV, as spreadsheets and shops of our countries read and write it.

Written: semicolons, and no cell that a spreadsheet runs as a formula. Read: whatever sign stands between the cells.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The table with its headings, in lines that end with CR LF (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([cell(value) for value in row] for row in (headings, *rows))
    return text.getvalue()


def cell(value: str) -> str:
    """A value that no spreadsheet runs as a formula; numbers stay numbers."""
    if not value.startswith(_FORMULA) or value.replace(".", "").replace(",", "").lstrip("+-").isdigit():
        return value
    return f"'{value}"


def from_csv(raw: bytes, encoding: str = "", delimiter: str = "") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings, and the rows that hold something, each as wide as the headings; nothing at all for an empty file.

    Without a delimiter it is the one that the first line has most of.
    """
    text = decoded(raw, encoding)
    between = delimiter or max((";", ",", "\t"), key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=between)
    headings = tuple(name.strip() for name in next(lines, ()))
    width = len(headings)
    return headings, [tuple((*line, *[""] * width)[:width]) for line in lines if any(line)]


def decoded(raw: bytes, encoding: str = "") -> str:
    """The text in this encoding, else in UTF-8, else as older Windows programs write."""
    if encoding:
        return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
