"""A table as CSV, as spreadsheets and shops of our countries read and write it.

Written: semicolons, and no cell that a spreadsheet runs as a formula. Read: whatever sign stands between the cells.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: Headings, and rows as wide as these.
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]

#: What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Why a table is not read although it is text.
_UNCLOSED = 'has a quote (") that is never closed; export it again, or close it'


class NotCsv(ValueError):
    """This is no table that can be read; the words say why and what to do."""


def as_csv(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The table with its headings, in lines that end with CR LF (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([formula_safe(value) for value in row] for row in (headings, *rows))
    return text.getvalue()


def formula_safe(value: str) -> str:
    """A value that no spreadsheet runs as a formula; numbers stay numbers."""
    if not value.startswith(_FORMULA) or value.replace(".", "").replace(",", "").lstrip("+-").isdigit():
        return value
    return f"'{value}"


def from_csv(raw: bytes, encoding: str = "", delimiter: str = "") -> Table:
    """The headings, and the rows that hold something, each as wide as the headings; nothing at all for an empty file.

    Without a delimiter it is the one that the first line has most of. Raises NotCsv.
    """
    headings, lines = all_lines(raw, encoding, delimiter)
    width = len(headings)
    return headings, [tuple((*line, *[""] * width)[:width]) for line in lines if any(line)]


def all_lines(raw: bytes, encoding: str = "", delimiter: str = "") -> tuple[tuple[str, ...], list[list[str]]]:
    """The same as it stands: empty rows too, and each as wide as it is. Raises NotCsv."""
    text = decoded(raw, encoding)
    if "\0" in text:
        raise NotCsv("is no text (a spreadsheet?); save it as CSV")
    between = delimiter or max((";", ",", "\t"), key=text.partition("\n")[0].count)
    lines = iter(_lines(text, between))
    return tuple(name.strip() for name in next(lines, ())), list(lines)


def _lines(text: str, between: str) -> list[list[str]]:
    """Raises NotCsv where a quote that is never closed swallows all that comes behind it: those rows would be lost."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error:  # a cell of more than 128 kB
        raise NotCsv(_UNCLOSED) from None
    if lines and any("\n" in cell for cell in lines[-1]) and _ends_open(text, between):
        raise NotCsv(_UNCLOSED)
    return lines


def _ends_open(text: str, between: str) -> bool:
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def decoded(raw: bytes, encoding: str = "") -> str:
    """The text in this encoding, else in UTF-8, else as older Windows programs write."""
    if encoding:
        return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
