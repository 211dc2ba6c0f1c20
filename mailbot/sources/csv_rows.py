"""Rows of one person in a CSV export."""

from __future__ import annotations

import csv
import io

from mailbot.accounts import RecordSource
from mailbot.errors import TryLater

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def rows_of_csv(source: RecordSource, emails: tuple[str, ...], customer_id: str) -> Table:
    """Headings, and the rows whose address or customer number is his."""
    headings, rows = _read(source)
    by_email = _column(source, headings, source.match_email)
    by_id = _column(source, headings, source.match_id)
    mine = {email.strip().lower() for email in emails}

    def is_his(row: tuple[str, ...]) -> bool:
        email = by_email is not None and row[by_email].strip().lower() in mine
        number = by_id is not None and customer_id != "" and row[by_id].strip().lower() == customer_id.lower()
        return email or number

    return headings, [row for row in rows if is_his(row)]


def _read(source: RecordSource) -> Table:
    if source.path is None:
        raise ValueError("a CSV source needs a path")
    try:
        text = _decoded(source.path.read_bytes(), source.encoding)
    except OSError as error:
        raise TryLater(f"{source.path}: {error.strerror or 'cannot be read'}. Put the export there") from error
    delimiter = source.delimiter or max((";", ",", "\t"), key=text.partition("\n")[0].count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not lines:
        raise TryLater(f"{source.path}: the file is empty; export it again")
    headings = tuple(name.strip() for name in lines[0])
    width = len(headings)
    return headings, [tuple((*line, *[""] * width)[:width]) for line in lines[1:] if any(line)]


def _decoded(raw: bytes, encoding: str) -> str:
    if encoding:
        return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _column(source: RecordSource, headings: tuple[str, ...], name: str) -> int | None:
    if not name:
        return None
    found = [heading.lower() for heading in headings]
    if name.lower() not in found:
        raise TryLater(f'{source.path}: has no column "{name}"; name the right one under [[sources]]')
    return found.index(name.lower())
