"""A private Courier IMAP 5.0 (Debian 12, `make servers`): IMAP with and without TLS, over Maildirs that others fill.

As hosters have it: every folder lies below the inbox (INBOX.Sent), its use is said by its name alone, and there is no
MOVE. Who may log in is told by the rig, over the socket and in the words of Courier's own daemon for that.
"""

from __future__ import annotations

import imaplib
import os
import re
import shutil
import signal
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Self

from rig.imapserver import FULL, LIMITED, PASSWORD, ROOM, USERS, ImapServer
from rig.real import libraries, listens, repainted, run, unpacked, until, user_of_servers, with_children

CAPABILITIES = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA"
#: As Debian ships it, but for the seconds after which a silent IDLE looks into its folder, which are 60 there.
SETTINGS = {
    "IMAP_ACL": "1",
    "IMAP_IDLE_TIMEOUT": "1",
    "IMAP_MAILBOX_SANITY_CHECK": "1",
    "IMAP_USELOCKS": "1",
    "IMAP_ENHANCEDIDLE": "0",
    "IMAP_CHECK_ALL_FOLDERS": "0",
    "IMAP_OBSOLETE_CLIENT": "0",
    "IMAP_DISABLETHREADSORT": "0",
    "IMAP_TRASHFOLDERNAME": "Trash",
    "IMAP_EMPTYTRASH": "Trash:7",
    "IMAP_STARTTLS": "YES",
    "IMAP_TLS_REQUIRED": "0",
    "TLS_VERIFYPEER": "NONE",
    "MAILDIRPATH": "Maildir",
}

#: Where a folder's UIDVALIDITY, next UID, and the UID of each mail are written down.
INDEX = "courierimapuiddb"


class Courier(ImapServer):
    """Up between `start` and `stop`; state lies under `base` and goes with `remove`.

    Without `keywords` it keeps none, without `idle` it must be polled; so many `connections` may come from one address.
    """

    opens_to_write = True

    def __init__(
        self,
        users: Sequence[str] = (*USERS, FULL, LIMITED, "traag@mail.test"),
        keywords: bool = True,
        idle: bool = True,
        connections: int = 40,
    ) -> None:
        super().__init__(users)
        place = self._place = unpacked("courier", self.base)
        self._user, self._connections = user_of_servers(), connections
        self._daemons: list[subprocess.Popen[bytes]] = []
        self._deliveries = count(1)
        capabilities = CAPABILITIES + (" IDLE" if idle else "")
        self._env = libraries(place) | SETTINGS | {"GAM_CLIENT_ID": self.base.name}
        self._env |= {"IMAP_CAPABILITY": capabilities, "IMAP_CAPABILITY_TLS": f"{capabilities} AUTH=PLAIN"}
        self._env |= {"IMAP_KEYWORDS": "1" if keywords else "0", "COURIERTLS": str(place / "usr/bin/couriertls")}
        self._env |= {"TLS_CERTFILE": str(self.base / "tls/both.pem"), "TLS_TRUSTCERTS": str(self.ca)}
        self._write_down()

    def _write_down(self) -> None:
        self._login = self._place / "usr/lib/courier/courier/imaplogin"
        repainted(self._login, b"\0courier\0", b"\0" + self._user.encode())
        library = next(self._place.glob("usr/lib/libcourierauth.so.0.*"))
        door = str(self.base / "auth").encode().ljust(31, b"\0")  # two constants, of which the second begins at 15
        repainted(library, b"/run/courier/aut", door[:16])
        repainted(library, b"thdaemon/socket\0", door[15:])
        tls = self.base / "tls"
        (tls / "both.pem").write_bytes((tls / "server.key").read_bytes() + (tls / "server.pem").read_bytes())
        (self.base / "mail").mkdir()
        self.clear()

    # --- running ---------------------------------------------------------------------------------

    def start(self) -> Self:
        """Bring it up, and wait until it answers."""
        self._door = _Doorman(self.base)
        threading.Thread(target=self._door.serve_forever, args=(0.05,), daemon=True).start()
        run("chmod", "777", self.base / "auth")
        self._spawn(self._place / "usr/libexec/gam_server", "--notimeout", self.base.name)
        self._listen(self.imap_port, {})
        tls = (self._place / "usr/bin/couriertls", "-server", "-tcpd")
        self._listen(self.imaps_port, {"IMAP_TLS": "1"}, *tls)
        until(lambda: listens(self.imap_port) and listens(self.imaps_port), what="Courier")
        until(self._has_been_called, what="Courier")
        until(lambda: len(self._processes()) == len(self._daemons), what="the end of these calls")  # of so few allowed
        return self

    def _has_been_called(self) -> bool:
        with suppress(OSError, imaplib.IMAP4.error):
            self._mail_program().logout()
            return True
        return False

    def _listen(self, port: int, more: dict[str, str], *before: str | Path) -> None:
        options = ("-address=127.0.0.1", f"-maxperip={self._connections}", "-maxprocs=200", "-nodnslookup")
        session = (*before, self._login, self._place / "usr/bin/imapd", "Maildir")
        self._spawn(self._place / "usr/sbin/couriertcpd", *options, "-noidentlookup", str(port), *session, **more)

    def _spawn(self, *words: str | Path, **more: str) -> None:
        user = self._user if os.geteuid() == 0 else None
        with (self.base / "courier.log").open("ab") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            self._daemons.append(subprocess.Popen(words, env=self._env | more, user=user, group=user, **streams))

    def _end(self, number: signal.Signals) -> None:
        for pid in reversed(self._processes()):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        for daemon in self._daemons:
            daemon.wait(20)
        if self._daemons:
            self._door.shutdown()
            self._door.server_close()
            (self.base / "auth").unlink()
        self._daemons = []

    def _processes(self) -> list[int]:
        """Its daemons, and the sessions below them, also those that TLS is spoken for."""
        return with_children(*(daemon.pid for daemon in self._daemons))

    def drop_sessions(self, address: str) -> None:
        """Throw a user out, as a server does that restarts."""
        home = str(self.base / "mail" / address)
        for pid in self._processes():
            with suppress(OSError):
                if os.readlink(f"/proc/{pid}/cwd").startswith(home):
                    os.kill(pid, signal.SIGTERM)

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return (self.base / "courier.log").read_text(errors="replace")

    # --- its mailboxes ---------------------------------------------------------------------------

    def named(self, folder: str) -> str:
        within = folder.replace("/", ".")
        return within if within.partition(".")[0] == "INBOX" else f"INBOX.{within}"

    def _mail_program(self) -> imaplib.IMAP4:
        program = _MailProgram("localhost", self.imap_port, timeout=10)
        program.named = self.named
        return program

    def clear(self) -> None:
        """Empty all mailboxes, folders included, but for the usual ones."""
        for user in self.users:
            maildir = self.base / "mail" / user / "Maildir"
            until(lambda: shutil.rmtree(maildir, ignore_errors=True) or not maildir.exists(), what="emptying")  # noqa: B023
            shutil.copytree(self._empty, maildir)
            if user == FULL:
                (maildir / "maildirsize").write_text(f"{ROOM}S\n")
            self.give(maildir.parent)

    @cached_property
    def _empty(self) -> Path:
        """A mailbox as its mail program left it: the usual folders, opened once."""
        make, maildir = self._place / "usr/bin/maildirmake.courier", self.base / "empty"
        run(make, maildir, env=self._env)
        for folder in ("Drafts", "Sent", "Junk"):
            run(make, "-f", folder, maildir, env=self._env)
            (maildir / f".{folder}" / INDEX).write_text("1 7 1\n")
        (maildir / INDEX).write_text("1 7 1\n")
        return maildir

    def give(self, path: Path) -> None:
        """Let a file, or a folder with all that is in it, be of the user of the mailboxes."""
        if os.geteuid() == 0:
            for one in (path, *path.rglob("*")):
                shutil.chown(one, self._user, self._user)

    def deliver(self, raw: bytes, address: str = USERS[0], sender: str = "klant@mail.test", took: float = 0.0) -> None:
        """As the company's own mail system does: a file in the Maildir, with the lines that a delivery adds, named by
        the moment at which the delivery began, so many seconds before it is there."""
        maildir = self._folder(address, "INBOX")
        file = maildir / "tmp" / f"{time.time() - took:.6f}.M{next(self._deliveries)}.mail"
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        file.write_bytes(
            f"Return-Path: <{sender}>\nReceived: by mail.test; {stamp}\n".encode() + raw.replace(b"\r\n", b"\n")
        )
        self.give(file)
        file.rename(maildir / "new" / file.name)

    def renumber(self, address: str = USERS[0], folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY, as when its index is lost: it is made from the file's own moment."""
        index = self._folder(address, folder) / INDEX
        head, _, rest = index.read_text().partition("\n")
        index.write_text(re.sub(r"^(\d+) (\d+)", lambda had: f"{had[1]} {int(had[2]) + 1}", head) + "\n" + rest)

    def unopened(self, folder: str = "INBOX", address: str = USERS[0]) -> None:
        """Let a folder be as it was before a mail program first opened it: its mails have no numbers of their own."""
        (self._folder(address, folder) / INDEX).unlink()

    def allow(self, rights: str, folder: str = "INBOX") -> None:
        """What LIMITED may do in a folder of his own, by the letters of RFC 4314; in sessions that begin after this."""
        file = self._folder(LIMITED, folder) / "courierimapacl"
        file.write_text(f"owner {rights}\n")
        self.give(file)

    def _folder(self, address: str, folder: str) -> Path:
        maildir = self.base / "mail" / address / "Maildir"
        return maildir if folder == "INBOX" else maildir / self.named(folder).removeprefix("INBOX")


class _MailProgram(imaplib.IMAP4):
    """Shows folders without the prefix that all of them have, and moves a mail by copying it, as mail programs do."""

    named: Callable[[str], str]

    def _simple_command(self, name: str, *args: Any) -> Any:
        if name in ("SELECT", "EXAMINE", "CREATE", "DELETE", "RENAME", "APPEND", "STATUS"):
            names = 2 if name == "RENAME" else 1
            args = (*map(self._quoted, args[:names]), *args[names:])
        return super()._simple_command(name, *args)  # type: ignore[misc]

    def uid(self, command: str, *args: Any) -> Any:
        if command != "MOVE":
            return super().uid(command, *args)
        done = super().uid("COPY", args[0], self._quoted(args[1]))
        if done[0] == "OK":
            super().uid("STORE", args[0], "+FLAGS", r"(\Deleted)")
            super().uid("EXPUNGE", args[0])
        return done

    def _quoted(self, name: str | bytes) -> str:
        plain = name.decode() if isinstance(name, bytes) else name
        return f'"{self.named(plain.strip(chr(34)))}"'


class _Doorman(socketserver.ThreadingUnixStreamServer):
    """Answers Courier's login in place of its authdaemond: who has a folder here comes in by the password of all."""

    daemon_threads = True

    def __init__(self, base: Path) -> None:
        self.mail = base / "mail"
        super().__init__(str(base / "auth"), _Caller)


class _Caller(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        words = self.request.recv(65536).decode().split("\n")
        assert isinstance(self.server, _Doorman)
        home = self.server.mail / words[-3]
        if words[-2] != PASSWORD or not home.is_dir():
            self.request.sendall(b"FAIL\n")
            return
        owner = home.stat()
        facts = {"UID": owner.st_uid, "GID": owner.st_gid, "HOME": home, "ADDRESS": words[-3], "MAILDIR": "Maildir"}
        self.request.sendall("".join(f"{name}={value}\n" for name, value in facts.items()).encode() + b".\n")
