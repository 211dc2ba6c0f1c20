"""One worker process for many companies, as `mailbot run` is one. Usage: many_worker.py FILE (settings as JSON).

The first mailbox is on a server that hangs and the second on one that refuses, where the settings give a port for them.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from company import Sorter, a_company
from mailbot import worker
from mailbot.__main__ import may_open_many
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.app import Tenant, now
from mailbot.classify import load_classifier
from mailbot.letters import Letters
from mailbot.store.postgres import Database

REPLIES = Path(__file__).parent.parent / "replies"


def tenants(settings: dict[str, Any]) -> list[Tenant]:
    shared = {
        "letters": Letters(REPLIES),
        "classifier": load_classifier() if settings["real_sorter"] else Sorter(),
        "database": Database(lambda: settings["database"]) if settings["database"] else None,
    }
    return [_tenant(settings, number, address, shared) for number, address in enumerate(settings["boxes"])]


def _tenant(settings: dict[str, Any], number: int, address: str, shared: dict[str, Any]) -> Tenant:
    folder = Path(settings["folder"]) / f"c{number}"
    folder.mkdir()
    ports = {0: settings["hanging"], 1: settings["refusing"]}
    port = ports.get(number) or settings["imap_port"]
    imap = ImapAccount(
        "localhost", port, "starttls", address, lambda: settings["secret"], ca_file=Path(settings["ca"]), timeout=10.0
    )
    smtp = SmtpAccount("127.0.0.1", settings["smtp_port"], "plain", "", lambda: "")
    company = a_company(
        imap, smtp, folder, tenant=f"c{number}", mailbox=address, addresses=(address,), go_live=now() - timedelta(1)
    )
    return Tenant(company, folder / "state", **shared)


def main(file: str) -> None:
    settings = json.loads(Path(file).read_text("utf-8"))
    logging.basicConfig(level=logging.ERROR)
    may_open_many()
    worker.STOP_GRACE = 2.0  # one mailbox hangs to the end; how long the worker waits for it is asked elsewhere
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with ExitStack() as open_:
        opened = tenants(settings)
        for tenant in opened:
            open_.callback(tenant.close)
        print("working", flush=True)
        worker.run(opened, now, stop, settings["poll_seconds"])


if __name__ == "__main__":
    main(sys.argv[1])
