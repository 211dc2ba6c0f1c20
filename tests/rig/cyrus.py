"""A private Cyrus IMAP 3.6 (Debian 12, `make servers`): IMAP with and without TLS, LMTP, quotas, ACLs.

Two ways in which companies have it: folders beside the inbox with `/` between their parts and marked by their use, and,
`classic`, folders below it (INBOX.Sent) whose use only their names say.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from rig.imapserver import FULL, LIMITED, PASSWORD, USERS, ImapServer, mails_in
from rig.real import libraries, listens, run, unpacked, until

ADMIN = "cyrus"

IMAPD = """
configdirectory: {kept}/config
defaultpartition: default
partition-default: {kept}/spool
cyrus_user: {user}
cyrus_group: {group}
admins: {admin}
virtdomains: userid
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {kept}/sasldb
sasl_mech_list: PLAIN
allowplaintext: yes
failedloginpause: 0
tls_server_cert: {base}/tls/server.pem
tls_server_key: {base}/tls/server.key
tls_sessions_db_path: {kept}/config/tls.db
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: Drafts | Sent | Junk
autocreate_subscribe_folders: Drafts | Sent | Junk
lmtp_over_quota_perm_failure: no
delete_mode: immediate
expunge_mode: immediate
duplicatesuppression: no
idlesocket: {kept}/run/idle
lmtpsocket: {kept}/run/lmtp
notifysocket: {kept}/run/notify
sync_log: no
allowusermoves: yes
"""
MARKED = """
altnamespace: yes
unixhierarchysep: yes
xlist-drafts: Drafts
xlist-sent: Sent
xlist-junk: Junk
"""
CLASSIC = """
altnamespace: no
unixhierarchysep: no
"""

CYRUS = """
START {{
  recover cmd="{programs}/ctl_cyrusdb -C {base}/imapd.conf -r"
}}
DAEMON {{
  idled cmd="{programs}/idled -C {base}/imapd.conf -d"
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {base}/imapd.conf" listen="127.0.0.1:{imap_port}" prefork=1
  imaps cmd="{programs}/imapd -C {base}/imapd.conf -s" listen="127.0.0.1:{imaps_port}" prefork=0
  lmtp cmd="{programs}/lmtpd -C {base}/imapd.conf -a" listen="127.0.0.1:{lmtp_port}" prefork=0
}}
EVENTS {{
  checkpoint cmd="{programs}/ctl_cyrusdb -C {base}/imapd.conf -c" period=300
}}
"""


class Cyrus(ImapServer):
    """Up between `start` and `stop`; state lies under `base` and goes with `remove`."""

    def __init__(self, users: Sequence[str] = (*USERS, FULL, LIMITED), classic: bool = False) -> None:
        super().__init__(users)
        self.classic = classic
        # Cyrus waits for the disk at every step; in memory it is done at once.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
        self._kept = Path(tempfile.mkdtemp(prefix="mb-", dir=memory))
        place = unpacked("cyrus", self.base)
        self._programs, self._env = place / "usr/lib/cyrus/bin", libraries(place)
        self._env["SASL_PATH"] = str(next(place.glob("usr/lib/*/sasl2")))
        self._register = place / "usr/sbin/saslpasswd2"
        self._write_down()

    def _write_down(self) -> None:
        user = "mail" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        group = run("id", "-gn", user).decode().strip()
        words = {name: value for name, value in vars(self).items() if name.endswith("_port")}
        words |= {
            "base": self.base,
            "kept": self._kept,
            "user": user,
            "group": group,
            "admin": ADMIN,
            "programs": self._programs,
        }
        kind = CLASSIC if self.classic else MARKED
        (self.base / "imapd.conf").write_text(IMAPD.format(**words) + kind)
        (self.base / "cyrus.conf").write_text(CYRUS.format(**words))
        for folder in ("config/db", "config/log", "config/proc", "config/socket", "spool/stage.", "run"):
            (self._kept / folder).mkdir(parents=True)
        for name in (ADMIN, *self.users):
            self._add_user(name)
        if os.geteuid() == 0:
            for path in (self._kept, *self._kept.rglob("*")):
                shutil.chown(path, user, group)

    def _add_user(self, name: str) -> None:
        local, _, domain = name.partition("@")
        words = ("-p", "-c", "-f", self._kept / "sasldb", *(("-u", domain) if domain else ()), local)
        run(self._register, *words, env=self._env, given=PASSWORD.encode())

    # --- running ---------------------------------------------------------------------------------

    def start(self) -> Self:
        command = [self._programs / "master", "-D", "-C", self.base / "imapd.conf", "-M", self.base / "cyrus.conf"]
        command += ["-p", self._kept / "run/master.pid", "-L", self.base / "master.log"]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        # Its end is told to its whole process group, in which nobody else may be.
        self._server = subprocess.Popen(command, env=self._env, start_new_session=True, **streams)
        until(lambda: listens(self.imap_port) and listens(self.lmtp_port), what="Cyrus")
        return self

    def named(self, folder: str) -> str:
        below = "INBOX." if self.classic and folder != "INBOX" else ""
        return below + folder.replace("/", self._separator)

    def remove(self) -> None:
        super().remove()
        shutil.rmtree(self._kept, ignore_errors=True)

    def clear(self) -> None:
        """Empty all mailboxes, folders included; who logs in gets the usual ones."""
        with self._admin() as admin:
            for name in self._listed(admin):
                if name.partition("@")[0].count(self._separator) < 2:
                    admin.setacl(name, ADMIN, "xa")
                    _done(admin.delete(name))

    def allow(self, rights: str, folder: str = "INBOX") -> None:
        with self.client(LIMITED):
            pass  # he has an inbox from now on
        with self._admin() as admin:
            _done(admin.setacl(self._name(LIMITED, folder), LIMITED, rights))

    def share(self, owner: str, reader: str, folder: str = "INBOX", rights: str = "lrswi") -> None:
        """Let somebody into a folder of somebody else."""
        with self.client(owner):
            pass
        with self._admin() as admin:
            _done(admin.setacl(self._name(owner, folder), reader, rights))

    def share_with_all(self, folder: str) -> None:
        """Make a folder that is nobody's, for everybody to read."""
        with self._admin() as admin:
            _done(admin.create(f"{folder}@mail.test"))
            _done(admin.setacl(f"{folder}@mail.test", "anyone", "lrs"))

    def take_away(self, folder: str, address: str = USERS[0]) -> None:
        """Delete a folder, which Cyrus lets a user do with none that has a use."""
        with self.client(address):
            pass
        with self._admin() as admin:
            admin.setacl(self._name(address, folder), ADMIN, "xa")
            _done(admin.delete(self._name(address, folder)))

    def limit(self, room: int, address: str = FULL) -> None:
        """So many KiB there are in this mailbox."""
        with self.client(address):
            pass
        with self._admin() as admin:
            _done(admin.setquota(self._name(address), f"(STORAGE {room})"))

    def drop_sessions(self, address: str) -> None:
        for told in (self._kept / "config/proc").iterdir():
            with suppress(OSError):
                if address in told.read_text().split():
                    os.kill(int(told.name), signal.SIGTERM)

    @contextmanager
    def closed(self, why: str) -> Iterator[None]:
        """Nobody is served, as while its administrator works on it."""
        told = self._kept / "config/msg/shutdown"
        told.parent.mkdir(exist_ok=True)
        told.parent.chmod(0o755)
        told.write_text(f"{why}\n")
        try:
            yield
        finally:
            told.unlink()

    def renumber(self, address: str = USERS[0], folder: str = "INBOX") -> None:
        """It is made anew, and its mails are laid into it."""
        with self.client(address) as client:
            mails, was = list(mails_in(client, folder)), client.response("UIDVALIDITY")[1]
        name = self._name(address, folder)
        with self._admin() as admin:
            admin.setacl(name, ADMIN, "xa")
            while _done(admin.delete(name)):
                _done(admin.create(name))
                with self.client(address) as client:
                    _done(client.select(f'"{folder}"'))
                    if client.response("UIDVALIDITY")[1] != was:
                        break
                time.sleep(0.1)  # it counts by the clock's seconds
        with self.client(address) as client:
            for mail in mails:
                _done(client.append(f'"{folder}"', f"({mail.flags})", mail.internal_date, mail.raw))

    # --- its administrator -----------------------------------------------------------------------

    @property
    def _separator(self) -> str:
        return "." if self.classic else "/"

    def _name(self, address: str, folder: str = "INBOX") -> str:
        """What the administrator calls a folder of a user."""
        local, _, domain = address.partition("@")
        below = folder.removeprefix("INBOX").removeprefix(".")
        return '"' + self._separator.join(("user", local, *([below] if below else ()))) + f'@{domain}"'

    @contextmanager
    def _admin(self) -> Iterator[imaplib.IMAP4]:
        with self.client(ADMIN) as client:
            yield client

    def _listed(self, admin: imaplib.IMAP4) -> list[str]:
        told = _done(admin.list())
        return [line.decode().partition(f'"{self._separator}" ')[2] for line in told if isinstance(line, bytes)]


def _done(response: tuple[str, list[bytes | None]]) -> list[bytes | None]:
    """What came with an OK."""
    assert response[0] == "OK", response
    return response[1]
