"""A worker of its own process that a mail kills (SIGKILL) while it is sorted, as a fault in a library would.

Usage: poisoned_worker.py FOLDER IMAP_PORT SMTP_PORT. Works until nothing is left to read; five mails are a batch.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from company import BOX, Clock, Sorter, a_company, opened
from mailbot import worker
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.classify import GENERAL, Rules
from mailbot.incoming import backlog
from mailbot.model import Verdict

POISON = "dit doodt het programma"
BATCH = 5


class Deadly(Sorter):
    """Dies of one text."""

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        if POISON in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().classify(subject, text, quoted=quoted, rules=rules)


def main(folder: str, imap_port: str, smtp_port: str) -> None:
    backlog.MOST = BATCH
    imap = ImapAccount("127.0.0.1", int(imap_port), "plain", BOX, lambda: "secret")
    smtp = SmtpAccount("127.0.0.1", int(smtp_port), "plain", BOX, lambda: "secret")
    with opened(a_company(imap, smtp, Path(folder)), Path(folder)) as tenant:
        tenant.classifier = Deadly()
        done = worker.once(tenant, Clock())
    assert not done.trouble, done.trouble


if __name__ == "__main__":
    main(*sys.argv[1:])
