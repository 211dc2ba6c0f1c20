"""What one write costs: TinyDB as it comes, TinyDB on rows (ours), bare SQLite; side by side, at a growing number."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from tinydb import TinyDB

from mailbot.store.rows import RowDB, Rows

SIZES = (100, 1_000, 10_000)
WRITES = 15
DOCUMENT: dict[str, Any] = {"ref": "AVG-2026-0001", "text": "x" * 900, "kinds": ["access"], "open": True}

Figures = dict[str, float]
Write = Callable[[int], object]


def run() -> Figures:
    """Prints a row per size and gives the ratios."""
    print(f"one insert of 1 KB, median of {WRITES}, in turn:")
    print(f"  {'documents':>9} {'TinyDB ms':>10} {'on rows ms':>11} {'SQLite ms':>10} {'rows / TinyDB':>14}")
    figures: Figures = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            stock, rows, bare = _times(Path(folder), size)
        print(f"  {size:>9} {stock * 1e3:>10.2f} {rows * 1e3:>11.2f} {bare * 1e3:>10.2f} {rows / stock:>14.4f}")
        figures[f"insert on rows / TinyDB at {size}"] = rows / stock
        figures[f"insert on rows / SQLite at {size}"] = rows / bare
    return figures


def _times(folder: Path, size: int) -> tuple[float, float, float]:
    path = folder / "stock.json"
    path.write_bytes(orjson.dumps({"cases": {str(number): DOCUMENT for number in range(1, size + 1)}}))
    with closing(TinyDB(path)) as stock, closing(_rows(folder, size)) as rows, closing(_bare(folder, size)) as bare:
        writes: list[Write] = [
            lambda number: stock.table("cases").insert(DOCUMENT),
            lambda number: rows.table("cases").set(str(size + 1 + number), DOCUMENT),  # type: ignore[attr-defined]
            lambda number: bare.execute("insert into docs values (?, ?)", (size + 1 + number, orjson.dumps(DOCUMENT))),
        ]
        times: list[list[float]] = [[], [], []]
        for number in range(WRITES):
            for write, taken in zip(writes, times, strict=True):
                started = perf_counter()
                write(number)
                taken.append(perf_counter() - started)
    stock_time, rows_time, bare_time = (statistics.median(taken) for taken in times)
    return stock_time, rows_time, bare_time


def _rows(folder: Path, size: int) -> RowDB:
    rows = RowDB(folder / "rows.db", {}, 30.0, storage=Rows)
    storage = rows.storage
    assert isinstance(storage, Rows)
    with storage.transaction():
        for number in range(1, size + 1):
            storage.put("cases", str(number), DOCUMENT)
    return rows


def _bare(folder: Path, size: int) -> sqlite3.Connection:
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.executescript(
        "pragma journal_mode=wal; pragma synchronous=full; create table docs(id integer primary key, doc)"
    )
    bare.execute("begin")
    bare.executemany(
        "insert into docs values (?, ?)", ((number, orjson.dumps(DOCUMENT)) for number in range(1, size + 1))
    )
    bare.execute("commit")
    return bare
