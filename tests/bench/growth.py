"""Does a mail cost more when there are more cases? The same mails through the same path, on stores of growing size:
two thousand cases are open, the closed ones lie in the registers of five years. Once more with all of them at hand."""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from curve import svg
from desk import Desk

from company import ACCESS, ORDER, a_raw_mail
from mailbot.model import Status
from mailbot.store import Store, TinyStore, Unit, ledger, migrations

SIZES = (500, 5_000, 50_000)
#: The largest once more, as it is before the closed cases have gone into registers.
AT_HAND = "50000 at hand"
CURVE = Path(__file__).parent / "growth.svg"
#: Of so many cases the clock runs; the rest is closed.
OPEN = 2_000
MAILS = 40
#: What is older has gone.
LONG_AGO = datetime(2026, 2, 1, tzinfo=UTC)

Figures = dict[str, float]


def run() -> Figures:
    """Prints a row per size and gives the figures."""
    names = [*map(str, SIZES), AT_HAND]
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            with closing(TinyStore(Path(folder) / str(size))) as store:
                fill(store, size)
        shutil.copytree(Path(folder) / str(SIZES[-1]), Path(folder) / AT_HAND)
        slow = [_put_away(Path(folder) / str(size), size) for size in SIZES][-1]
        alone = {name: _alone(Path(folder) / name) for name in names}
        costs = _side_by_side(Path(folder), names)
    print(f"a mail through the whole path (half are requests), {MAILS} for each size, in turn:")
    print(
        f"  {'cases':>13} {'ms':>7} {'ratio':>6} {'start s':>8} {'memory MB':>10} {'store MB':>9} {'registers MB':>13}"
    )
    for name in names:
        start, memory, file, registers = alone[name]
        print(
            f"  {name:>13} {costs[name] * 1e3:>7.1f} {costs[name] / costs[names[0]]:>6.2f} {start:>8.2f} "
            f"{memory:>10.0f} {file:>9.0f} {registers:>13.0f}"
        )
    print(f"  a hundred cases go into their registers in {slow:.2f} s")
    _draw({size: costs[str(size)] for size in SIZES})
    start, memory, *_ = alone[names[-2]]
    flat = {f"mail at {size} cases / at {SIZES[0]}": costs[str(size)] / costs[names[0]] for size in SIZES[1:]}
    return flat | {f"start with {SIZES[-1]} cases / 3 s": start / 3, "memory / 300 MB": memory / 300}


def _put_away(folder: Path, size: int) -> float:
    """Put the closed cases away, as the clock does; the median of the seconds that a hundred take."""
    times = [0.0]
    with closing(TinyStore(folder)) as store:
        for start in range(OPEN + 1, size, 100):
            began = perf_counter()
            store.archive([_ref(number) for number in range(start, min(start + 100, size + 1))], lambda unit, ref: True)
            store.archive_links(LONG_AGO, 1000)
            times.append(perf_counter() - began)
        store.vacuum()
    return statistics.median(times)


def _draw(costs: dict[int, float]) -> None:
    ratios = [costs[size] / costs[SIZES[0]] for size in SIZES]
    title = "What a mail costs as the number of cases grows"
    CURVE.write_text(svg(title, [f"{size:,}" for size in SIZES], {"a mail": ratios}, 1.3, "ratio"), "utf-8")
    print(f"  drawn in {CURVE.relative_to(Path.cwd()) if CURVE.is_relative_to(Path.cwd()) else CURVE}")


def _alone(folder: Path) -> tuple[float, float, float, float]:
    """Seconds from the start of a process to the end of its first round, its memory at the highest (without the
    sorter), and the sizes of its working store and its registers (MB)."""
    started = perf_counter()
    memory = float(subprocess.check_output([sys.executable, __file__, str(folder)], text=True))
    took = perf_counter() - started
    store, registers = (sum(file.stat().st_size for file in folder.glob(name)) / 1e6 for name in ("store*", "reg*"))
    return took, memory, store, registers


def _first_round(folder: Path) -> None:
    desk = Desk(folder, register_after=timedelta(days=36_500))
    with closing(TinyStore(folder)) as store:
        desk.tenant.__dict__["store"] = store
        desk.round()
        print(_memory())


def _side_by_side(folder: Path, names: list[str]) -> dict[str, float]:
    """The median cost of a mail per size, measured in turn, so that a busy machine slows all alike."""
    desks = {}
    for name in names:
        desks[name] = Desk(folder, register_after=timedelta(days=36_500))
        desks[name].tenant.__dict__["store"] = TinyStore(folder / name)
        desks[name].round()
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(MAILS):
        for name in names if number % 4 < 2 else reversed(names):  # whoever comes first finds the caches cold
            times[name].append(_one(desks[name], number))
    for desk in desks.values():
        desk.tenant.store.close()
    return {name: statistics.median(times[name]) for name in names}


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
    lines = sum(table == ledger.TABLE for table, _, _ in docs)
    with store.unit() as unit:
        unit.put_note("refs:2026", str(size))
        unit.put_note(ledger.TABLE, f"{size * lines} {docs[0][2].get('head', '0' * 64)}")
        unit.put_note("form", str(migrations.SCHEMA_VERSION))


def _ref(number: int) -> str:
    """What is open is of this year; the rest of the five before."""
    return f"AVG-{2026 if number <= OPEN else 2021 + number % 5}-{number:04d}"


def _copy(unit: Unit, docs: list[tuple[str, str, dict[str, Any]]], key: str, number: int) -> None:
    ref, lines = _ref(number), 0
    for table, id, doc in docs:
        text = orjson.dumps([id, doc]).replace(b"AVG-2026-0001", ref.encode())
        id, doc = orjson.loads(text.replace(b"klant-0@", b"klant-%d@" % number).replace(b"<0@", b"<%d@" % number))
        if table == "cases" and number > OPEN:
            doc |= {"status": Status.CLOSED, "next_at": None, "closed_at": f"{ref[4:8]}-12-01T12:00:00Z"}
        if table == ledger.TABLE:
            lines += 1
            doc["number"] = (number - 1) * sum(row[0] == ledger.TABLE for row in docs) + lines
            id = f"{doc['number']:012d}"
            doc["at"] = f"{ref[4:8]}-01-01T12:00:00Z"
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
