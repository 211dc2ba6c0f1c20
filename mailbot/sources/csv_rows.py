"""Rows of one person in a CSV export."""

from __future__ import annotations

from mailbot import regular_files
from mailbot.accounts import RecordSource
from mailbot.csv_format import NotCsv, from_csv
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
        headings, rows = from_csv(
            regular_files.read(source.path, regular_files.EXPORT), source.encoding, source.delimiter
        )
    except OSError as error:
        raise TryLater(f"{source.path}: {error.strerror or 'cannot be read'}. Put the export there") from error
    except NotCsv as error:
        raise TryLater(f"{source.path}: {error}") from None
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
