"""How long a database may keep somebody waiting, and what went wrong there, in the words of its driver.

The rule kept here: no call is waited for without an end. A server that takes a call and never says a word stops nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ssl import CertificateError

#: A query of a person's that only reads, and is one.
ONE_SELECT = re.compile(r"\s*(?:select|with)\b[^;]*;?\s*\Z", re.IGNORECASE)
#: So many seconds a database may take to take the call, or to answer where nothing else is said.
WAIT = 5
#: So many where somebody waits for a long list: all customers, or all that is kept of a person.
LONGEST = 120
#: What each driver calls the time for a call, and behind it the time for an answer. PyMySQL waits for a server's first
#: word as long as for any other, and by itself for ever.
_NAMES = {
    "psycopg": ("connect_timeout",),
    "psycopg2": ("connect_timeout",),
    "pymysql": ("connect_timeout", "read_timeout", "write_timeout"),
    "mysqldb": ("connect_timeout", "read_timeout", "write_timeout"),
}
#: Drivers that tell the server in which letters they write. It must be all of them: a stranger writes any letter.
_LETTERS = frozenset({"pymysql", "mysqldb"})
#: How databases say that an answer took too long.
TOO_LATE = frozenset({"57014", "SQLITE_BUSY", 1969, 3024})
#: MySQL and MariaDB name most of what can be wrong by one kind of error: what their numbers mean to who set it up.
_MEANING = {
    1040: "it has too many connections",
    1044: "this login has no right to the database",
    1045: "it refuses the name or the password",
    1049: "it has no database of that name",
    1054: "a column that the query names is not there",
    1060: "the query gives two columns of one name; write `... as other`",
    1064: "the query is not in its grammar",
    1142: "this login has no right to read a table of the query",
    1143: "this login has no right to read a column of the query",
    1146: "a table that the query names is not there",
    1226: "this login has used up what it may ask",
    1267: "write `collate` behind the bound value, not behind the column",
    1792: "the query would change something",
    1969: "the answer took too long",
    2003: "nobody answers there",
    2006: "the line was lost",
    2013: "no answer came, or the line was lost",
    3024: "the answer took too long",
    3159: "it asks for TLS; add ssl_ca=... to the url",
}


def timeouts(driver: str, named: Collection[str], answer: int = WAIT) -> dict[str, int]:
    """The times that a driver is told, in seconds; what the URL names itself stays as it is.

    `answer`: so long an answer may take, for drivers that wait for it themselves.
    """
    times = {name: WAIT if name == "connect_timeout" else answer for name in _NAMES.get(driver, ())}
    return {name: seconds for name, seconds in times.items() if name not in named}


def letters(driver: str) -> dict[str, str]:
    """The character set that a driver is told, whatever the URL names: what a stranger writes must fit into it."""
    return {"charset": "utf8mb4"} if driver in _LETTERS else {}


def kind_of(error: Exception) -> str:
    """What went wrong, by its kind alone: the texts of drivers hold what was asked."""
    cause = getattr(error, "orig", None) or error
    kind = type(cause).__name__
    number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else None
    if isinstance(cause, RuntimeError) and "cryptography" in str(cause):  # PyMySQL, where MySQL asks for its own login
        return f"{kind}: it takes a password over TLS only; add ssl_ca=... to the url, or install cryptography"
    if kind in ("StatementError", "InvalidRequestError"):
        return f"{kind}: a word behind a colon stands for a value in the query; for a colon write \\:"
    if isinstance(getattr(cause, "original_exception", None), CertificateError):
        return f"{kind}: its certificate is not one for the host in the url, or not by the CA in ssl_ca"
    return f"{kind} {number}: {_MEANING[number]}" if number in _MEANING else kind
