"""Does a mail cost more when there are more cases? The same mails through the same path, on stores of growing size."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from curve import svg
from desk import Desk

from company import ACCESS, ORDER, a_raw_mail
from mailbot.model import Status
from mailbot.store import Store, TinyStore, Unit

SIZES = (500, 5_000, 50_000)
CURVE = Path(__file__).parent / "growth.svg"
#: Of so many cases the clock runs; the rest is closed.
OPEN = 2_000
MAILS = 40

Figures = dict[str, float]


def run() -> Figures:
    """Prints a row per size and gives the figures."""
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            with closing(TinyStore(Path(folder) / str(size))) as store:
                fill(store, size)
        alone = {size: _alone(Path(folder), size) for size in SIZES}
        costs = _side_by_side(Path(folder))
    print(f"a mail through the whole path (half are requests), {MAILS} for each size, in turn:")
    print(f"  {'cases':>7} {'open':>6} {'ms':>7} {'ratio':>6} {'start s':>8} {'memory MB':>10} {'file MB':>8}")
    for size in SIZES:
        start, memory, file = alone[size]
        ratio = costs[size] / costs[SIZES[0]]
        print(
            f"  {size:>7} {min(size, OPEN):>6} {costs[size] * 1e3:>7.1f} {ratio:>6.2f} {start:>8.2f} "
            f"{memory:>10.0f} {file:>8.0f}"
        )
    _draw(costs)
    start, memory, _ = alone[SIZES[-1]]
    flat = {f"mail at {size} cases / at {SIZES[0]}": costs[size] / costs[SIZES[0]] for size in SIZES[1:]}
    return flat | {f"start with {SIZES[-1]} cases / 3 s": start / 3, "memory / 300 MB": memory / 300}


def _draw(costs: dict[int, float]) -> None:
    ratios = [costs[size] / costs[SIZES[0]] for size in SIZES]
    title = "What a mail costs as the number of cases grows"
    CURVE.write_text(svg(title, [f"{size:,}" for size in SIZES], {"a mail": ratios}, 1.3, "ratio"), "utf-8")
    print(f"  drawn in {CURVE.relative_to(Path.cwd()) if CURVE.is_relative_to(Path.cwd()) else CURVE}")


def _alone(folder: Path, size: int) -> tuple[float, float, float]:
    """Seconds from the start of a process to the end of its first round, its memory at the highest (without the
    sorter), and its files (MB)."""
    started = perf_counter()
    memory = float(subprocess.check_output([sys.executable, __file__, str(folder / str(size))], text=True))
    return perf_counter() - started, memory, sum(file.stat().st_size for file in (folder / str(size)).iterdir()) / 1e6


def _first_round(folder: Path) -> None:
    desk = Desk(folder)
    with closing(TinyStore(folder)) as store:
        desk.tenant.__dict__["store"] = store
        desk.round()
        print(_memory())


def _side_by_side(folder: Path) -> dict[int, float]:
    """The median cost of a mail per size, measured in turn, so that a busy machine slows all alike."""
    desks = {}
    for size in SIZES:
        desks[size] = Desk(folder)
        desks[size].tenant.__dict__["store"] = TinyStore(folder / str(size))
        desks[size].round()
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    for number in range(MAILS):
        for size in SIZES:
            times[size].append(_one(desks[size], number))
    for desk in desks.values():
        desk.tenant.store.close()
    return {size: statistics.median(times[size]) for size in SIZES}


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
            doc |= {
                "message_id": f"<{number}.{id}@mail.test>",
                "settled_at": f"2025-01-{1 + number % 28:02d}T12:00:00Z",
            }
        unit.tables.put(table, id, doc)
    unit.put_note(f"key:{ref}", key)


if __name__ == "__main__":
    _first_round(Path(sys.argv[1]))
