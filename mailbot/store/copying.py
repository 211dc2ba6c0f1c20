"""The files of a memory copied into one: the working store as it is, with what lies in its registers put back in.

The rule kept here: everything is as it was at one moment, also when a worker writes on while the registers are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import orjson

from mailbot.store.parts import owner
from mailbot.store.registers import BOOK


def reading(path: Path) -> sqlite3.Connection:
    """A file as it is now, whatever is written to it afterwards."""
    line = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, isolation_level=None)
    line.execute("begin")
    line.execute("select 1 from docs limit 1").fetchone()
    return line


def copy_pages(source: Path, target: Path) -> None:
    """One file as it is now, page by page."""
    old = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)
    with closing(old), closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("pragma journal_mode=delete")


def pour_in(registers: Collection[sqlite3.Connection], between: Collection[str], target: Path) -> None:
    """Put everything of the registers into the copy, without cases that are in between: the working store has these."""
    with closing(sqlite3.connect(target, isolation_level=None)) as line:
        line.execute("pragma secure_delete=on")
        line.execute("begin")
        for register in registers:
            left_out = set(_of_cases(register, between)) if between else set()
            for table, columns in (("docs", "tbl, id, doc"), ("keys", "tbl, id, name, value")):
                rows = register.execute(f"select {columns} from {table}")
                wanted = (row for row in rows if (row[0], row[1]) not in left_out)
                marks = ", ".join("?" * len(columns.split(",")))
                line.executemany(f"insert or ignore into {table} ({columns}) values ({marks})", wanted)
        for table in ("docs", "keys"):
            line.execute(f"delete from {table} where tbl = ?", (BOOK,))
        line.execute("commit")


def _of_cases(register: sqlite3.Connection, refs: Collection[str]) -> Iterator[tuple[str, str]]:
    for table, id, doc in register.execute("select tbl, id, doc from docs"):
        if owner(table, id, orjson.loads(doc)) in refs:
            yield table, id
