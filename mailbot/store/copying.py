"""The files of a memory copied into one: the working store as it is, with what lies in its registers put back in.

The rule kept here: everything is as it was at one moment, also when a worker writes on while the registers are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import orjson

from mailbot.store.case_documents import case_of
from mailbot.store.catalogue import CATALOGUE


def snapshot(path: Path) -> sqlite3.Connection:
    """A file as it is now, whatever is written to it afterwards."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, isolation_level=None)
    connection.execute("begin")
    connection.execute("select 1 from docs limit 1").fetchone()
    return connection


def copy_pages(source: Path, target: Path) -> None:
    """One file as it is now, page by page."""
    old = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)
    with closing(old), closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("pragma journal_mode=delete")


def merge_registers(registers: Collection[sqlite3.Connection], in_transit: Collection[str], target: Path) -> None:
    """Put everything of the registers into the copy, without cases in transit: the working store has these."""
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("pragma secure_delete=on")
        connection.execute("begin")
        for register in registers:
            left_out = set(_of_cases(register, in_transit)) if in_transit else set()
            for table, columns in (("docs", "tbl, id, doc"), ("keys", "tbl, id, name, value")):
                rows = register.execute(f"select {columns} from {table}")
                wanted = (row for row in rows if (row[0], row[1]) not in left_out)
                marks = ", ".join("?" * len(columns.split(",")))
                connection.executemany(f"insert or ignore into {table} ({columns}) values ({marks})", wanted)
        for table in ("docs", "keys"):
            connection.execute(f"delete from {table} where tbl = ?", (CATALOGUE,))
        connection.execute("commit")


def _of_cases(register: sqlite3.Connection, refs: Collection[str]) -> Iterator[tuple[str, str]]:
    for table, id, doc in register.execute("select tbl, id, doc from docs"):
        if case_of(table, id, orjson.loads(doc)) in refs:
            yield table, id
