"""A worker of its own process, for the crash test: one round, killed (SIGKILL) at the step it was told to die at.

Usage: crash_worker.py FOLDER IMAP_PORT SMTP_PORT STEP. A step is anything that reaches outside: a mail fetched, a unit
of work begun or committed, a letter about to be sent or just sent. STEP 0 never dies; the number of steps is printed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from company import BOX, START, Clock, a_company, opened
from mailbot import worker
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.mailbox import Mailbox
from mailbot.smtp import SubmissionClient
from mailbot.store import TinyStore


class Fuse:
    """Counts steps and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(fuse: Fuse) -> None:
    """Put the fuse around everything that reaches outside."""
    since, unit, send = Mailbox.since, TinyStore.unit, SubmissionClient.send

    def counted_since(self: Mailbox, *args: Any) -> Iterator[Any]:
        for incoming in since(self, *args):
            fuse.step()
            yield incoming

    @contextmanager
    def counted_unit(self: TinyStore) -> Iterator[Any]:
        fuse.step()
        with unit(self) as inside:
            yield inside
        fuse.step()

    def counted_send(self: SubmissionClient, *args: Any, **more: Any) -> str:
        fuse.step()
        answer = send(self, *args, **more)
        fuse.step()
        return answer

    changes: list[tuple[type, str, Callable[..., Any]]] = [
        (Mailbox, "since", counted_since),
        (TinyStore, "unit", counted_unit),
        (SubmissionClient, "send", counted_send),
    ]
    for owner, name, change in changes:
        setattr(owner, name, change)


def main(folder: str, imap_port: str, smtp_port: str, step: str, hours: str) -> None:
    fuse = Fuse(int(step))
    arm(fuse)
    imap = ImapAccount("127.0.0.1", int(imap_port), "plain", BOX, lambda: "secret")
    smtp = SmtpAccount("127.0.0.1", int(smtp_port), "plain", BOX, lambda: "secret")
    with opened(a_company(imap, smtp, Path(folder)), Path(folder)) as tenant:
        tenant.claim()
        print("working", flush=True)
        done = worker.once(tenant, Clock(START + timedelta(hours=int(hours))))
    assert not done.trouble, done.trouble
    print(fuse.steps, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
