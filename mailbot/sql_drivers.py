"""How long a database may keep somebody waiting, in the words of its driver.

The rule kept here: no call is waited for without an end. A server that takes a call and never says a word stops nobody.
"""

from __future__ import annotations

from collections.abc import Collection

#: So many seconds a database may take to take the call, or to answer where nothing else is said.
WAIT = 5
#: What each driver calls the time for a call, and behind it the time for an answer. PyMySQL waits for a server's first
#: word as long as for any other, and by itself for ever.
_NAMES = {
    "psycopg": ("connect_timeout",),
    "psycopg2": ("connect_timeout",),
    "pymysql": ("connect_timeout", "read_timeout", "write_timeout"),
    "mysqldb": ("connect_timeout", "read_timeout", "write_timeout"),
}


def timeouts(driver: str, named: Collection[str], answer: int = WAIT) -> dict[str, int]:
    """The times that a driver is told, in seconds; what the URL names itself stays as it is.

    `answer`: so long an answer may take, for drivers that wait for it themselves.
    """
    times = {name: WAIT if name == "connect_timeout" else answer for name in _NAMES.get(driver, ())}
    return {name: seconds for name, seconds in times.items() if name not in named}
