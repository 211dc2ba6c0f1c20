"""The way to a company's own database, the same for all who read there.

The rules kept here: a line on which nothing can be changed, and on which the server itself gives up what takes too
long, so that nothing of ours goes on at a shop after we hung up. A value equals itself: what MySQL takes for equal
(é and e, ß and ss) is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailbot.errors import TryLater
from mailbot.sql_drivers import WAIT, letters, timeouts

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_MYSQL = ("mysql", "mariadb")
_DRIVERS = dict.fromkeys(_MYSQL, 'type pip install "mailbot[sql]" and write mysql+pymysql://')
_DRIVERS |= {"postgresql": 'type pip install "mailbot[postgres]" and write postgresql+psycopg://'}
#: So many seconds before we hang up MySQL gives up what we asked: it would not notice that nobody listens any more.
_BEFORE_US = 0.5
#: Collations that every MySQL and MariaDB knows: of values that equal themselves alone, and of those that differ in
#: nothing but case, accents and the like.
EXACT, GENEROUS = "utf8mb4_bin", "utf8mb4_unicode_520_ci"
#: A bound value, by the rule of SQLAlchemy.
_BOUND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def database_at(secret: str, answer: int = WAIT) -> Engine:
    """The database of an URL; nothing is opened yet. `answer`: so many seconds an answer may take.

    Raises TryLater, with what to install or to type.
    """
    try:
        from sqlalchemy import create_engine, make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool
    except ImportError:
        raise TryLater('SQLAlchemy is not installed; type: pip install "mailbot[sql]"') from None
    try:
        url = make_url(secret)
        driver = url.get_driver_name()
        told = {**timeouts(driver, url.query, answer), **letters(driver)}
        return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=told)
    except ImportError as error:
        cure = _DRIVERS.get(url.get_backend_name(), "install it")
        raise TryLater(f"{error.name} is not installed; the url asks for it: {cure}") from None
    except (ArgumentError, NoSuchModuleError) as error:
        cure = "write mysql+pymysql://USER:PASSWORD@HOST/DATABASE or postgresql+psycopg://..."
        raise TryLater(f"the URL cannot be used ({type(error).__name__}); {cure}") from None


def is_mysql(database: Engine) -> bool:
    """Whether it compares as MySQL and MariaDB do."""
    return database.dialect.name in _MYSQL


@contextmanager
def line_to(database: Engine, seconds: int = WAIT) -> Iterator[Connection]:
    """A call in which nothing can be changed, where the database knows how to promise that, not even by a WITH that
    deletes; it answers within so many seconds, or gives the question up itself."""
    with database.connect() as line:
        _bind(line, seconds)
        yield line


def _bind(line: Connection, seconds: int) -> None:
    match line.dialect.name:
        case "sqlite":
            line.exec_driver_sql("pragma query_only = on")
        case "postgresql":
            line.exec_driver_sql("set transaction read only")
            line.exec_driver_sql(f"set local statement_timeout = {seconds * 1000}")
        case "mysql" | "mariadb":
            mariadb = getattr(line.dialect, "is_mariadb", False)
            sooner = seconds - _BEFORE_US
            limit = f"max_statement_time = {sooner}" if mariadb else f"max_execution_time = {sooner * 1000:.0f}"
            line.exec_driver_sql(f"set session {limit}")
            line.exec_driver_sql("set session transaction read only")  # all of them: what it reads may end one


def knock(database: Engine) -> None:
    """Hear whether somebody is there. Whoever gives a long time for an answer would wait as long for a first word."""
    with database.connect():
        pass


def collated(words: str, collation: str = EXACT, names: Collection[str] = ()) -> str:
    """The words of a query for MySQL or MariaDB in which bound values (all, or these) are compared by this collation,
    whatever that of a column is. They then fit beside any column, as a letter does not that its table has no room for.
    """

    def bound(found: re.Match[str]) -> str:
        if names and found[1] not in names:
            return found[0]
        return f"(convert({found[0]} using utf8mb4) collate {collation})"  # to MySQL a bare NULL is of no letters

    return _BOUND.sub(bound, words)


def as_column(database: Engine, name: str) -> str:
    """The name of a column as this database quotes it, in a text of SQLAlchemy's: its signs there mean nothing."""
    quoted = str(database.dialect.identifier_preparer.quote(name))
    doubled = "%" in name and quoted.count("%") > name.count("%")
    return (quoted.replace("%%", "%") if doubled else quoted).replace(":", "\\:")
