"""Rows of one person in a CSV export."""

from __future__ import annotations

from mailbot.accounts import RecordSource
from mailbot.csv_format import Table
from mailbot.errors import TryLater
from mailbot.regular_files import read_export


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
    headings, rows = read_export(source.path, source.encoding, source.delimiter, "Put the export there")
    if not headings:
        raise TryLater(f"{source.path}: the file is empty; export it again")
    return headings, rows


def _column(source: RecordSource, headings: tuple[str, ...], name: str) -> int | None:
    if not name:
        return None
    found = [heading.lower() for heading in headings]
    if name.lower() not in found:
        raise TryLater(f'{source.path}: has no column "{name}"; name the right one under [[sources]]')
    return found.index(name.lower())
