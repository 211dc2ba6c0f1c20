"""What the tests do with any private IMAP server, in the words of the protocol or to its processes."""

from __future__ import annotations

import imaplib
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from imapclient.imap_utf7 import encode

from mailbot.accounts import ImapAccount
from rig.memory import short_folder
from rig.real import certificates, free_port

PASSWORD = "geheim"
USERS = ("privacy@mail.test", "klant@mail.test", "dpo@mail.test")
#: Mailboxes that do not take everything: one with room for so many bytes only, one whose folders obey `allow`.
FULL, LIMITED = "vol@mail.test", "beperkt@mail.test"
ROOM = 30 * 2**10


class ImapServer:
    """Lies under `base`, a folder of its own, until `remove`; speaks IMAP in the clear, with STARTTLS, and over TLS."""

    #: Whether a folder must be opened as if to write, since the numbers of mails last no other way.
    opens_to_write = False

    imap_port: int
    imaps_port: int
    lmtp_port: int

    def __init__(self, users: Sequence[str]) -> None:
        self.users = users
        self.base = short_folder("mb-")
        self.base.chmod(0o755)
        self.ca = certificates(self.base / "tls")
        self.imap_port, self.imaps_port, self.lmtp_port = (free_port() for _ in range(3))
        self._server: subprocess.Popen[bytes] | None = None

    # --- what each does in its own way -----------------------------------------------------------

    def start(self) -> Self:
        """Bring it up, and wait until it answers."""
        raise NotImplementedError

    def clear(self) -> None:
        """Empty all mailboxes, folders included."""
        raise NotImplementedError

    def renumber(self, address: str = USERS[0], folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY, as after a restore. A session that reads it may end."""
        raise NotImplementedError

    def drop_sessions(self, address: str) -> None:
        """Throw a user out, as a server does that restarts."""
        raise NotImplementedError

    def allow(self, rights: str, folder: str = "INBOX") -> None:
        """What LIMITED may do in a folder of his own, by the letters of RFC 4314; in sessions that begin after this."""
        raise NotImplementedError

    def named(self, folder: str) -> str:
        """What a mail program calls a folder here, of which the parts are given with `/` between them."""
        return folder

    # --- its processes ---------------------------------------------------------------------------

    def stop(self) -> None:
        """Bring it down with all its sessions."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Bring it down as a power cut does: nobody is asked."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """End it, and leave nothing behind; what it would still write down goes with it."""
        self.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """A black hole for a while: connections stay, nobody answers."""
        processes = self._processes()
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._server:
            # the master alone would wait for sessions to end, and one that hears of it last begins new children
            _signal(self._processes(), number)
            self._server.communicate(timeout=20)
        self._server = None

    def _processes(self) -> list[int]:
        """The master and its children."""
        assert self._server
        master = self._server.pid
        found = [master]
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = entry.read_text().rpartition(")")[2].split()
                if int(fields[1]) == master:
                    found.append(int(entry.parent.name))
        return found

    # --- for tests -------------------------------------------------------------------------------

    def account(self, address: str = USERS[0], **changes: Any) -> ImapAccount:
        """How the program reads a mailbox here: STARTTLS and the CA of this instance."""
        facts = {"host": "localhost", "port": self.imap_port, "security": "starttls", "username": address}
        return ImapAccount(**{**facts, "password": lambda: PASSWORD, "ca_file": self.ca, "timeout": 10.0, **changes})

    @contextmanager
    def client(self, address: str = USERS[0]) -> Iterator[imaplib.IMAP4]:
        """A colleague's mail program."""
        client = self._mail_program()
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each APPEND waits for 40 ms
        try:
            client.login(address, PASSWORD)
            yield client
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def flags(self, folder: str = "INBOX", address: str = USERS[0]) -> list[str]:
        """Of each mail of a folder what a mail program shows of it; none where there is no such folder."""
        with self.client(address) as client:
            there = client.select(f'"{self.named(folder)}"', readonly=True)[0] == "OK"
            return [found.flags for found in mails_in(client, self.named(folder))] if there else []

    def _mail_program(self) -> imaplib.IMAP4:
        return imaplib.IMAP4("localhost", self.imap_port, timeout=10)

    def deliver(self, raw: bytes, address: str = USERS[0], sender: str = "klant@mail.test") -> None:
        """As the company's own mail system does, by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [address], raw)

    def put(
        self,
        raw: bytes,
        address: str = USERS[0],
        folder: str = "INBOX",
        internal_date: datetime | None = None,
        flags: str = "",
    ) -> int:
        """Lay a mail in a folder, as if it arrived at that moment; gives its UID."""
        at = f'"{internal_date:%d-%b-%Y %H:%M:%S %z}"' if internal_date else None
        name = f'"{encode(folder).decode()}"'
        with self.client(address) as client:
            client.create(name)
            _, told = client.append(name, f"({flags})", at, raw)  # type: ignore[arg-type]
        found = re.search(rb"APPENDUID \d+ (\d+)", told[0])
        assert found, told
        return int(found[1])

    def dump(self, address: str = USERS[0]) -> bytes:
        """Everything a client could see: folders, counters, and of each mail flags, date and bytes. For comparison."""
        with self.client(address) as client:
            told = client.list()[1]
            names = sorted(line.decode().rpartition('" ')[2].strip('"') for line in told if isinstance(line, bytes))
            found = [repr(told)]
            for name in names:
                found.append(repr(client.status(f'"{name}"', "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)")))
                found += map(repr, mails_in(client, name))
        return "\n".join(found).encode()


@dataclass(frozen=True)
class Lying:
    """A mail in a folder, as a mail program sees it."""

    uid: int
    flags: str
    internal_date: str  # quoted, as APPEND wants it
    raw: bytes


def mails_in(client: imaplib.IMAP4, folder: str) -> Iterator[Lying]:
    """The mails of a folder, without a change to it."""
    client.select(f'"{folder}"', readonly=True)
    numbers = client.search(None, "ALL")[1][0].split()
    told = client.fetch(b",".join(numbers).decode(), "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1] if numbers else []
    for part in told:
        if isinstance(part, tuple):
            head = part[0].decode()
            uid, flags = re.search(r"UID (\d+)", head), re.search(r"FLAGS \(([^)]*)\)", head)
            date = re.search(r'INTERNALDATE ("[^"]+")', head)
            assert uid
            assert flags
            assert date
            yield Lying(int(uid[1]), flags[1].replace("\\Recent", "").strip(), date[1], part[1])


def _signal(processes: Sequence[int], number: signal.Signals) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
