"""A table as CSV, as it is read in our countries: semicolons, and no cell that a spreadsheet runs as a formula."""

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
