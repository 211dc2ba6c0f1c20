"""Runs in a venv with Roundup: every mail of a folder through its mail gateway. Usage: TRACKER FOLDER; prints seconds.

Mails that it would send are written to a file, as its own tests do (SENDMAILDEBUG).
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from email import message_from_bytes
from pathlib import Path
from time import perf_counter


def main(tracker: str, folder: str) -> None:
    os.environ["SENDMAILDEBUG"] = str(Path(folder) / "sent")
    from roundup import instance, mailgw

    raws = [path.read_bytes() for path in sorted(Path(folder).glob("*.eml"))]
    opened = instance.open(tracker)
    gateway = mailgw.MailGW(opened, Namespace(default_class="", set_value=[]))
    gateway.trapExceptions = 0
    started = perf_counter()
    for raw in raws:
        gateway.handle_Message(message_from_bytes(raw, mailgw.RoundupMessage))
    taken = perf_counter() - started
    database = opened.open("admin")
    issues = len(database.issue.list())
    database.close()
    assert issues == len(raws), f"{issues} issues of {len(raws)} mails"
    print(taken)


if __name__ == "__main__":
    main(*sys.argv[1:])
