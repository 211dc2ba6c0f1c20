"""A private Dovecot: IMAP with and without TLS, LMTP, XOAUTH2 against local keys, SASL for Postfix."""

from __future__ import annotations

import base64
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Self

from rig.dovecot_config import words
from rig.imapserver import PASSWORD, USERS, ImapServer
from rig.real import free_port, listens, need, program, run, until

#: One mailbox for each shipped company, one for a processor, a second person on the staff, and a stranger.
COMPANIES = tuple(f"{name}@mail.test" for name in ("kaviaarshop", "koopjesklik", "3dconfig", "kaliningrad", "kraaft"))
#: Mailboxes that do not take everything: one with room for some mails only, one whose folders obey `Dovecot.allow`, and
#: one that answers NO to every keyword of more than a few letters.
FULL, LIMITED, WORDLESS = "vol@mail.test", "beperkt@mail.test", "kort@mail.test"
#: So many bytes FULL has room for.
ROOM = 30 * 2**10
EVERYBODY = (*USERS, FULL, LIMITED, WORDLESS, *COMPANIES, "partij@mail.test", "robin@mail.test", "vreemd@mail.test")
TOKEN_KEY = b"a key of thirty-two bytes, no more"


class Dovecot(ImapServer):
    """Up between `start` and `stop`; state lies under `base` and goes with `remove`."""

    def __init__(self, users: Sequence[str] = EVERYBODY, idle: bool = True) -> None:
        need("dovecot", "doveadm", "openssl")
        super().__init__(users)
        self._idle = idle
        self.sasl_port = free_port()
        self._write_down()

    def _write_down(self) -> None:
        user = "dovecot" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        group = run("id", "-gn", user).decode().strip()
        ports = {name: value for name, value in vars(self).items() if name.endswith("_port")}
        spoken = words(run("dovecot", "--version").decode())
        config = spoken.settings + ("" if self._idle else spoken.deaf)
        filled = {"base": self.base, "name": self.base.name, "user": user, "group": group, "room": ROOM, **ports}
        for name, text in {"dovecot.conf": config, **spoken.files}.items():
            (self.base / name).write_text(text.format(**filled))
        unlike = {
            FULL: spoken.with_plugin("quota"),
            LIMITED: spoken.with_plugin("acl"),
            WORDLESS: "userdb_mail_max_keyword_length=5",
        }
        users = (f"{user}:{{PLAIN}}{PASSWORD}::::::{unlike.get(user, '')}\n" for user in self.users)
        (self.base / "users").write_text("".join(users))
        for place in ("keys/shared/default/HS256", "keys/default/HS256"):
            (self.base / place).mkdir(parents=True)
            (self.base / place / "default").write_bytes(base64.b64encode(TOKEN_KEY))
        for name in ("mail", "state", "run"):
            (self.base / name).mkdir()
            if os.geteuid() == 0 and name != "run":
                shutil.chown(self.base / name, user, group)

    # --- running ---------------------------------------------------------------------------------

    def start(self) -> Self:
        command = (program("dovecot") or "dovecot", "-F", "-c", str(self.base / "dovecot.conf"))
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until(lambda: listens(self.imap_port) and listens(self.lmtp_port), what="Dovecot")
        return self

    def clear(self) -> None:
        """Empty all mailboxes, folders included."""
        homes = self.base / "mail"
        until(lambda: [shutil.rmtree(home, ignore_errors=True) for home in homes.iterdir()] == [], what="emptying")

    def allow(self, rights: str, folder: str = "INBOX") -> None:
        home = self.base / "mail" / LIMITED / "Maildir"
        file = (home if folder == "INBOX" else home / folder) / "dovecot-acl"
        file.write_text(f"owner {rights}\n")
        if os.geteuid() == 0:
            shutil.chown(file, "dovecot", "dovecot")

    def drop_sessions(self, address: str) -> None:
        self._doveadm("kick", address)

    def _doveadm(self, *words: str) -> bytes:
        return run("doveadm", "-c", self.base / "dovecot.conf", *words)

    # --- for tests -------------------------------------------------------------------------------

    def lay(self, mails: Iterable[tuple[str, bytes, datetime, bool]], address: str = USERS[0]) -> None:
        """Many mails at once, as files: (folder, bytes, moment of arrival, whether somebody read it)."""
        home = self.base / "mail" / address / "Maildir"
        for number, (folder, raw, at, seen) in enumerate(mails):
            place = home if folder == "INBOX" else home / folder
            for name in ("cur", "new", "tmp"):
                (place / name).mkdir(parents=True, exist_ok=True)
            file = place / "cur" / f"{at.timestamp():.0f}.M{number}.mail:2,{'S' if seen else ''}"
            file.write_bytes(raw)
            os.utime(file, (at.timestamp(), at.timestamp()))
        if os.geteuid() == 0:
            for path in (home.parent, *home.parent.rglob("*")):
                shutil.chown(path, "dovecot", "dovecot")

    def dump(self, address: str = USERS[0]) -> bytes:
        """Everything a client could see: folders, counters, and of each mail flags, date and bytes. For comparison."""
        for _ in range(3):  # a server whose folders were just emptied may drop a session once
            with suppress(imaplib.IMAP4.abort):
                return self._dump(address)
            time.sleep(0.3)
        return self._dump(address)

    def _dump(self, address: str) -> bytes:
        with self.client(address) as client:  # Dovecot makes these folders when somebody first looks into them
            for folder in ("Drafts", "Sent", "Junk"):
                client.select(folder, readonly=True)
        counters = self._doveadm("mailbox", "status", "-u", address, "messages recent unseen uidnext uidvalidity", "*")
        fields = "mailbox uid guid flags date.received text"
        told = sorted(counters.splitlines())
        return b"\n".join(told) + self._doveadm("-f", "flow", "fetch", "-u", address, fields, "ALL")

    def renumber(self, address: str = USERS[0], folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY, as after a restore."""
        told = self._doveadm("-f", "flow", "mailbox", "status", "-u", address, "uidvalidity", folder)
        found = re.search(rb"uidvalidity=(\d+)", told)
        assert found, told
        self._doveadm("mailbox", "update", "-u", address, "--uid-validity", str(int(found[1]) + 1), folder)

    @staticmethod
    def token(address: str = USERS[0], seconds: int = 600, key: bytes = TOKEN_KEY) -> str:
        """An access token (JWT, HS256) as the company's identity provider would give it."""
        head = {"alg": "HS256", "typ": "JWT"}
        claims = {"sub": address, "iat": int(time.time()) - 10, "exp": int(time.time()) + seconds}
        signed = b".".join(_base64url(json.dumps(part).encode()) for part in (head, claims))
        return (signed + b"." + _base64url(hmac.new(key, signed, hashlib.sha256).digest())).decode()

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return (self.base / "dovecot.log").read_text(errors="replace")


def _base64url(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")
