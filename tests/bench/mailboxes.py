"""Five hundred mailboxes on one worker: how soon a new mail is acknowledged, and what the worker takes."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from rig.many import working
from rig.real import program

COMPANIES, MAILS = 500, 200

Figures = dict[str, float]


def run() -> Figures:
    """Prints what was seen; only when asked by name, it takes minutes."""
    if not (program("dovecot") and program("doveadm")):
        print("no dovecot here: many mailboxes were not measured")
        return {}
    with (
        tempfile.TemporaryDirectory() as folder,
        working(Path(folder), COMPANIES, poll_seconds=60, real_sorter=True) as many,
    ):
        told = many.write_to(MAILS, a_second=2, patience=300)
    p90 = statistics.quantiles(told.waits, n=10)[-1]
    print(f"{COMPANIES} mailboxes, one that hangs and one that is down, on one worker by IDLE:")
    print(f"  all read once after {told.ready:.0f} s; {len(told.waits)} of {MAILS} mails acknowledged")
    print(f"  acknowledged after {told.median:.2f} s at the median, p90 {p90:.2f} s, longest {max(told.waits):.1f} s")
    print(f"  {told.megabytes:.0f} MB at the highest, the sorter included; {told.threads} threads")
    return {f"{COMPANIES} mailboxes: median wait / 5 s": told.median / 5, "memory / 1 GB": told.megabytes / 1024}
