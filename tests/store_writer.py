"""A writer of its own process, for the kill test of the store: case after case, each told once it is on record.

Usage: store_writer.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from store_contract import a_case

from mailbot.store import TinyStore


def main(folder: str) -> None:
    store = TinyStore(Path(folder))
    print("ready", flush=True)
    for number in range(1, 10_000):
        with store.unit() as unit:
            unit.put_case(a_case(f"AVG-2026-{number:04d}"))
        print(f"AVG-2026-{number:04d}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
