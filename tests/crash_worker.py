"""A worker of its own process, for the crash test: one round, killed (SIGKILL) at the step it was told to die at.

Usage: crash_worker.py FOLDER IMAP_PORT SMTP_PORT STEP HOURS [real]. A step is anything that reaches outside: a mail
fetched, a unit of work begun or committed, a letter about to be sent or just sent; on real servers also each word of
SMTP and each note of what is under way. STEP 0 never dies; the number of steps is printed. HOURS later than the START.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from company import BOX, START, Clock, a_company, opened
from mailbot import worker
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.config import Company
from mailbot.incoming import backlog
from mailbot.intake_attempts import IntakeAttempts
from mailbot.mailbox import Mailbox
from mailbot.smtp import SubmissionClient
from mailbot.store import TinyStore
from rig.imapserver import PASSWORD


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


def arm_words(fuse: Fuse) -> None:
    """Around each word to a mail server that takes letters, and each note of the mails that are under way."""
    command, answer, write = aiosmtplib.SMTP.execute_command, SMTPProtocol.read_response, IntakeAttempts._write

    async def counted_command(self: aiosmtplib.SMTP, *args: Any, **more: Any) -> Any:
        fuse.step()
        return await command(self, *args, **more)

    async def counted_answer(self: SMTPProtocol, *args: Any, **more: Any) -> Any:
        fuse.step()  # behind DATA: the letter was written, and its answer is on the way
        read = await answer(self, *args, **more)
        fuse.step()
        return read

    def counted_write(self: IntakeAttempts, text: str) -> None:
        fuse.step()
        write(self, text)
        fuse.step()

    for owner, name, change in (
        (aiosmtplib.SMTP, "execute_command", counted_command),
        (SMTPProtocol, "read_response", counted_answer),
        (IntakeAttempts, "_write", counted_write),
    ):
        setattr(owner, name, change)


def a_real_company(imap: ImapAccount, smtp: SmtpAccount, folder: Path) -> Company:
    """On a Dovecot and the door of a Postfix that wants no login for its own people."""
    colleagues = {"contact_email": "dpo@mail.test", "deputy_email": "robin@mail.test"}
    return a_company(replace(imap, password=lambda: PASSWORD), replace(smtp, username=""), folder, **colleagues)


def _monday() -> datetime:
    """A real server says when a mail came, and that is now: the next day on which people are in."""
    now = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return now + timedelta(days=7 - now.weekday())


def main(folder: str, imap_port: str, smtp_port: str, step: str, hours: str, real: str = "") -> None:
    fuse = Fuse(int(step))
    arm(fuse)
    imap = ImapAccount("127.0.0.1", int(imap_port), "plain", BOX, lambda: "secret")
    smtp = SmtpAccount("127.0.0.1", int(smtp_port), "plain", BOX, lambda: "secret")
    made = (a_real_company if real else a_company)(imap, smtp, Path(folder))
    if real:
        arm_words(fuse)
        backlog.MOST = 3
    with opened(made, Path(folder)) as tenant:
        tenant.claim()
        print("working", flush=True)
        done = worker.once(tenant, Clock((_monday() if real else START) + timedelta(hours=int(hours))))
    assert not done.trouble, done.trouble
    print(fuse.steps, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
