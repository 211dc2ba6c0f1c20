"""Rows of one person from a database, by a query with bound parameters :email and :customer_id.

SQLite is read with Python's own driver, read-only. Any other database needs SQLAlchemy and its driver (extra `sql`).
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

import orjson

from mailbot.accounts import RecordSource
from mailbot.errors import TryLater
from mailbot.sql_drivers import timeouts

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Seconds that a query may take.
LONGEST = 120
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
            return headings, [tuple(map(as_text, row)) for row in cursor.fetchall()]
        finally:
            line.close()
    except sqlite3.Error as error:
        raise TryLater(f"source {source.name}: {_without_values(error)}") from None


def _any_database(source: RecordSource, url: str, given: dict[str, str]) -> Table:
    try:
        from sqlalchemy import create_engine, make_url, text
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.pool import NullPool
    except ImportError:
        raise TryLater(f"source {source.name}: this database needs SQLAlchemy: pip install mailbot[sql]") from None
    try:
        place = make_url(url)
        times = timeouts(place.get_driver_name(), place.query, answer=LONGEST)
        engine = create_engine(place, poolclass=NullPool, hide_parameters=True, connect_args=times)
        with engine.connect() as line:
            _only_read(line)
            result = line.execute(text(source.query), given)
            return tuple(result.keys()), [tuple(map(as_text, row)) for row in result]
    except ImportError as error:  # the driver that the url names
        raise TryLater(f"source {source.name}: {error.name} is not installed; the url asks for it") from None
    except SQLAlchemyError as error:
        raise TryLater(f"source {source.name}: {_without_values(error)}") from None


def _only_read(line: Connection) -> None:
    """Nothing that this query names can be changed by it, not even by a WITH that deletes, where the database knows how
    to promise that; and it does not keep people waiting for ever."""
    match line.dialect.name:
        case "postgresql":
            line.exec_driver_sql("set transaction read only")
            line.exec_driver_sql(f"set local statement_timeout = {LONGEST * 1000}")
        case "mysql" | "mariadb":
            line.exec_driver_sql("set transaction read only")


def _without_values(error: Exception) -> str:
    """What went wrong, without what a database may repeat of the person (F-09)."""
    return f"the query failed ({type(error).__name__}); try it by hand with made-up values"


def as_text(value: Any) -> str:
    """A value as text: what is no text, as a number of bytes may be, in hexadecimal digits; a structure as JSON."""
    match value:
        case None:
            return ""
        case bytes() | memoryview():
            raw = bytes(value)
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError:
                return raw.hex()
        case dict() | list():
            return orjson.dumps(value, default=str).decode()
        case _:
            return str(value)
