"""Rows of one person from a database, by a query with bound parameters :email and :customer_id.

SQLite is read with Python's own driver, read-only. Any other database needs SQLAlchemy and its driver (extra `sql`).
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from mailbot.accounts import RecordSource
from mailbot.errors import TryLater

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]

_SQLITE = "sqlite:///"
#: What only reads. Rights of the login are the real guard; this catches a slip in the settings.
_READS = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)


def rows_of_query(source: RecordSource, emails: tuple[str, ...], customer_id: str) -> Table:
    """Headings, and the rows of the query for each of his addresses, each row once."""
    if source.url is None:
        raise ValueError("an SQL source needs a url")
    if not _READS.match(source.query):
        raise TryLater(f"source {source.name}: the query must begin with SELECT or WITH")
    url = source.url()
    ask = _sqlite if url.startswith(_SQLITE) else _any_database
    headings: tuple[str, ...] = ()
    found: dict[tuple[str, ...], None] = {}
    for email in emails or ("",):
        headings, rows = ask(source, url, {"email": email, "customer_id": customer_id})
        found |= dict.fromkeys(rows)
    return headings, list(found)


def _sqlite(source: RecordSource, url: str, given: dict[str, str]) -> Table:
    try:
        line = sqlite3.connect(f"file:{url.removeprefix(_SQLITE)}?mode=ro", uri=True, timeout=10)
        try:
            cursor = line.execute(source.query, given)
            headings = tuple(column[0] for column in cursor.description or ())
            return headings, [tuple(map(_text, row)) for row in cursor.fetchall()]
        finally:
            line.close()
    except sqlite3.Error as error:
        raise TryLater(f"source {source.name}: {_without_values(error)}") from None


def _any_database(source: RecordSource, url: str, given: dict[str, str]) -> Table:
    try:
        from sqlalchemy import create_engine, text
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise TryLater(f"source {source.name}: this database needs SQLAlchemy: pip install mailbot[sql]") from None
    try:
        engine = create_engine(url)
        with engine.connect() as line:
            result = line.execute(text(source.query), given)
            return tuple(result.keys()), [tuple(map(_text, row)) for row in result]
    except SQLAlchemyError as error:
        raise TryLater(f"source {source.name}: {_without_values(error)}") from None


def _without_values(error: Exception) -> str:
    """What went wrong, without what a database may repeat of the person (law.md F-09)."""
    return f"the query failed ({type(error).__name__}); try it by hand with made-up values"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
