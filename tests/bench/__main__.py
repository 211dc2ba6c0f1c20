"""`make bench`: figures as ratios, measured side by side in one run and kept, so that a slow-down shows."""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import growth
import latency
import mailboxes
import orjson
import path
import peer
import speed
import stores

RESULTS = Path(__file__).parent / "results.jsonl"
PARTS: dict[str, Callable[[], dict[str, float]]] = {
    "sorting and parsing": speed.run,
    "writes": stores.run,
    "growth": growth.run,
    "latency": latency.run,
    "backlog and sending": path.run,
}
#: Minutes each, or something from elsewhere: only when asked by name.
ASKED: dict[str, Callable[[], dict[str, float]]] = {
    "peer": peer.run,
    "mailboxes": mailboxes.run,
}


def main() -> None:
    """Runs every part, or those named, and adds a line to the results."""
    logging.disable(logging.WARNING)
    figures: dict[str, float] = {}
    words = sys.argv[1:]
    for name, run in (PARTS | ASKED).items():
        if any(word in name for word in words) or (not words and name in PARTS):
            print(f"\n{name}")
            figures |= run()
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "mailbot": version("mailbot"),
        "python": platform.python_version(),
        "figures": {name: round(value, 4) for name, value in figures.items()},
    }
    _compare(line["figures"])  # type: ignore[arg-type]
    with RESULTS.open("ab") as kept:
        kept.write(orjson.dumps(line) + b"\n")


def _compare(figures: dict[str, float]) -> None:
    """Beside what each figure was when it was last measured; a run may have measured other parts only."""
    before: dict[str, float] = {}
    for line in RESULTS.read_bytes().splitlines() if RESULTS.exists() else ():
        before |= orjson.loads(line)["figures"]
    print(f"\n{'ratio':<75} {'now':>9} {'before':>9}")
    for name, value in figures.items():
        then = f"{before[name]:>9.4f}" if name in before else f"{'-':>9}"
        print(f"{name:<75} {value:>9.4f} {then}")


if __name__ == "__main__":
    main()
