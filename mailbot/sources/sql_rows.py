"""Rows of one person from a database, by a query with bound parameters :email and :customer_id.

An address or a number that is not known is NULL, which equals nothing. SQLite is read with Python's own driver,
read-only. Any other database needs SQLAlchemy and its driver (extra `sql`).
"""

from __future__ import annotations

import re
import sqlite3
from functools import partial
from typing import TYPE_CHECKING

from mailbot.accounts import RecordSource
from mailbot.csv_format import Table
from mailbot.errors import TryLater
from mailbot.shop_database import database_at, is_mysql, knock, line_to
from mailbot.sources.cells import as_text
from mailbot.sources.lookalikes import Given, his_alone
from mailbot.sql_drivers import LONGEST, kind_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SQLITE = "sqlite:///"
#: What only reads. Rights of the login are the real guard; this catches a slip in the settings.
_READS = re.compile(r"\s*(?:select|with)\b(?!.*\binto\s+(?:out|dump)file\b)", re.IGNORECASE | re.DOTALL)


def rows_of_query(source: RecordSource, emails: tuple[str, ...], customer_id: str) -> Table:
    """Headings, and the rows of the query for each of his addresses, each row once."""
    if source.url is None:
        raise ValueError("an SQL source needs a url")
    if not _READS.match(source.query):
        raise TryLater(f"source {source.name}: the query must begin with SELECT or WITH, and write no file")
    url = source.url()
    ask = _sqlite if url.startswith(_SQLITE) else _any_database
    headings: tuple[str, ...] = ()
    found: dict[tuple[str, ...], None] = {}
    for email in emails or (None,):
        headings, rows = ask(source, url, {"email": email, "customer_id": customer_id or None})
        found |= dict.fromkeys(rows)
    return headings, list(found)


def _sqlite(source: RecordSource, url: str, given: Given) -> Table:
    try:
        line = sqlite3.connect(f"file:{url.removeprefix(_SQLITE)}?mode=ro", uri=True, timeout=10)
        try:
            cursor = line.execute(source.query, given)
            headings = tuple(column[0] for column in cursor.description or ())
            return headings, [tuple(map(as_text, row)) for row in cursor.fetchall()]
        finally:
            line.close()
    except sqlite3.Error as error:
        raise TryLater(f"source {source.name}: {_without_values(error)}") from None


def _any_database(source: RecordSource, url: str, given: Given) -> Table:
    try:
        database = database_at(url, answer=LONGEST)
        if is_mysql(database):
            knock(database_at(url))
        with line_to(database, LONGEST) as line:
            ask = partial(_ask, line)
            return his_alone(ask, source.query, given) if is_mysql(database) else ask(source.query, given)
    except TryLater as error:
        raise TryLater(f"source {source.name}: {error}") from None
    except Exception as error:  # every driver has kinds of its own, and their texts hold what was asked
        raise TryLater(f"source {source.name}: {_without_values(error)}") from None


def _ask(line: Connection, query: str, given: Given) -> Table:
    from sqlalchemy import text

    result = line.execute(text(query), dict(given))
    return tuple(result.keys()), [tuple(map(as_text, row)) for row in result]


def _without_values(error: Exception) -> str:
    """What went wrong, without what a database may repeat of the person (F-09)."""
    return f"the query failed ({kind_of(error)}); try it by hand with made-up values"
