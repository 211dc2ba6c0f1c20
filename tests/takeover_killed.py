"""A take-over of its own process, for the test that kills it: it ends itself at the step that it was told to die at.

Usage: takeover_killed.py CONFIG ARCHIVE MOMENT STEP
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from itertools import count
from pathlib import Path

from mailbot.config import load
from mailbot.safekeeping import takeover
from mailbot.safekeeping.installing import Destination


def main(config: str, archive: str, moment: str, at: str) -> None:
    steps = count(1)

    def step() -> None:
        if next(steps) == int(at):
            os.kill(os.getpid(), signal.SIGKILL)

    place = Destination(load(Path(config), contained=True, may_be_empty=True), Path(config).parent / "replies")
    takeover.take_over(Path(archive), place, datetime.fromisoformat(moment), step=step)


if __name__ == "__main__":
    main(*sys.argv[1:])
