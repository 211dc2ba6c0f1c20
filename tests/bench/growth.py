"""Does a mail cost more when there are more cases? The same mails through the same path, on stores of growing size."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from desk import Desk

from company import ACCESS, ORDER, a_raw_mail
from mailbot.model import Status
from mailbot.store import Store, TinyStore, Unit

SIZES = (500, 5_000, 50_000)
#: Of so many cases the clock runs; the rest is closed.
OPEN = 2_000
MAILS = 60


def main() -> None:
    """Prints a row per size, each as a ratio to the smallest."""
    print(f"cost of a mail (record, case, letters, history), {MAILS} mails, half of them requests, on TinyDB")
    print(f"  {'cases':>7} {'open':>6} {'ms a mail':>10} {'ratio':>6} {'start s':>8} {'memory MB':>10} {'file MB':>8}")
    first = 0.0
    for size in SIZES:
        row = orjson.loads(subprocess.check_output([sys.executable, __file__, str(size)]))
        first = first or row["mail"]
        print(
            f"  {size:>7} {row['open']:>6} {row['mail'] * 1e3:>10.2f} {row['mail'] / first:>6.2f} {row['start']:>8.2f} "
            f"{row['memory']:>10.0f} {row['file']:>8.0f}"
        )


def measure(size: int) -> dict[str, float]:
    """One size, in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder), size)


def _measured(folder: Path, size: int) -> dict[str, float]:
    with closing(TinyStore(folder / "company")) as store:
        fill(store, size)
    started, before = perf_counter(), _memory()
    desk = Desk(folder)
    with closing(TinyStore(folder / "company")) as store:
        desk.tenant.__dict__["store"] = store
        desk.round()
        start = perf_counter() - started
        times = [_one(desk, number) for number in range(MAILS)]
        grown = _memory() - before
    return {
        "mail": sorted(times)[MAILS // 2],
        "open": min(size, OPEN),
        "start": start,
        "memory": grown,
        "file": sum(file.stat().st_size for file in (folder / "company").iterdir()) / 1e6,
    }


def _one(desk: Desk, number: int) -> float:
    text = ACCESS if number % 2 else ORDER
    mail = a_raw_mail(f"{text} {number}", sender=f"nieuw{number}@klant.test", number=100 + number)
    started = perf_counter()
    desk.round(mail)
    return perf_counter() - started


def _memory() -> float:
    """Of this process, at its highest (MB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(store: Store, size: int) -> None:
    """As many cases as a company would have after years: each with its mail, letters and history."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.round(a_raw_mail(ACCESS, sender="klant-0@klant.test", number=0))
        with desk.tenant.store.unit() as unit:
            docs = [row for row in unit.tables.everything() if row[0] != "notes"]
            key = unit.note("key:AVG-2026-0001")
    for start in range(0, size, 1000):
        with store.unit() as unit:
            for number in range(start + 1, min(start + 1000, size) + 1):
                _copy(unit, docs, key or "", number)
    with store.unit() as unit:
        unit.put_note("refs:2026", str(size))


def _copy(unit: Unit, docs: list[tuple[str, str, dict[str, Any]]], key: str, number: int) -> None:
    ref = f"AVG-2026-{number:04d}"
    for table, id, doc in docs:
        text = orjson.dumps([id, doc]).replace(b"AVG-2026-0001", ref.encode())
        id, doc = orjson.loads(text.replace(b"klant-0@", b"klant-%d@" % number).replace(b"<0@", b"<%d@" % number))
        if table == "cases" and number > OPEN:
            doc |= {"status": Status.CLOSED, "next_at": None}
        if table == "seen":
            id = doc["key"] = f"{number:064x}"
            doc |= {"recorded_at": f"2026-02-{1 + number % 28:02d}T12:00:00Z"}
        if table == "letters":
            doc |= {"message_id": f"<{number}.{id}@mail.test>", "settled_at": f"2025-01-{1 + number % 28:02d}T12:00:00Z"}
        unit.tables.put(table, id, doc)
    unit.put_note(f"key:{ref}", key)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.write(1, orjson.dumps(measure(int(sys.argv[1]))))
    else:
        main()
