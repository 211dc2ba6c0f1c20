"""How many mails a second are parsed and sorted, side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import corpus
from mailbot.classify import load_classifier
from mailbot.parse import parse

GOLDEN = sorted((Path(__file__).parent.parent / "mails").glob("*.eml"))


def run() -> dict[str, float]:
    """Prints mails a second and gives the ratio of both."""
    started = perf_counter()
    sorter = load_classifier()
    loaded = perf_counter() - started
    mails = corpus.read("heldout/dev.jsonl")
    started = perf_counter()
    for mail in mails:
        sorter.classify(mail.subject, mail.text, quoted=mail.quoted, rules=mail.rules)
    sorting = len(mails) / (perf_counter() - started)
    raws, at = [file.read_bytes() for file in GOLDEN], datetime(2026, 1, 1, tzinfo=UTC)
    started = perf_counter()
    for raw in raws:
        parse(raw, at)
    parsing = len(raws) / (perf_counter() - started)
    print(f"load the sorter  {loaded:.2f} s")
    print(f"sort             {sorting:,.0f} mails/s")
    print(f"parse            {parsing:,.0f} mails/s (golden mails), {parsing / sorting:.1f} times as fast as sorting")
    return {"parsing / sorting, mails a second": parsing / sorting}
