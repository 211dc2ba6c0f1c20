"""How long a mail takes from its bytes to the letters that left, one by one, on a store on disk."""

from __future__ import annotations

import statistics
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter

from desk import Desk

import corpus
from company import a_raw_mail
from mailbot.classify import load_classifier
from mailbot.store import TinyStore

MAILS = 500
MARKS = (50, 90, 99)

Figures = dict[str, float]


def run() -> Figures:
    """Prints the distribution and gives how much longer the slow ones take than the median."""
    mails = corpus.read("train/*.jsonl")
    with tempfile.TemporaryDirectory() as folder, closing(TinyStore(Path(folder))) as store:
        desk = Desk(Path(folder))
        desk.tenant.__dict__["store"] = store
        desk.tenant.classifier = load_classifier()
        times = [_one(desk, mails[number * 7 % len(mails)].text, number) for number in range(MAILS)]
    cuts = statistics.quantiles(times, n=100)
    shown = "  ".join(f"p{mark} {cuts[mark - 1] * 1e3:.1f} ms" for mark in MARKS)
    print(f"{MAILS} mails, each a round of its own (sorting, letters and sending to memory included):")
    print(f"  {shown}  longest {max(times) * 1e3:.1f} ms")
    print(_histogram(times))
    return {f"intake: p{mark} / p50": cuts[mark - 1] / cuts[49] for mark in MARKS[1:]}


def _one(desk: Desk, text: str, number: int) -> float:
    raw = a_raw_mail(text, sender=f"p{number}@klant.test", number=number)
    started = perf_counter()
    desk.round(raw)
    return perf_counter() - started


def _histogram(times: list[float], rows: int = 10) -> str:
    """The times in steps of equal width up to p99, as bars."""
    top = sorted(times)[int(len(times) * 0.99)]
    counts = [0] * rows
    for time in times:
        counts[min(rows - 1, int(time / top * rows))] += 1
    widest = max(counts)
    return "\n".join(
        f"  {top * row / rows * 1e3:>7.1f} ms {'#' * round(40 * count / widest)} {count}"
        for row, count in enumerate(counts)
    )
