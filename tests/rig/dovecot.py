"""A private Dovecot 2.3 (Debian 12): IMAP with and without TLS, LMTP, XOAUTH2 against local keys, SASL for Postfix."""

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

from rig.imapserver import PASSWORD, USERS, ImapServer
from rig.real import free_port, listens, need, program, run, until

#: One mailbox for each shipped company, one for a processor, a second person on the staff, and a stranger.
COMPANIES = tuple(f"{name}@mail.test" for name in ("kaviaarshop", "koopjesklik", "3dconfig", "kaliningrad", "kraaft"))
#: Mailboxes that do not take everything: one with room for some mails only, one whose folders obey `Dovecot.allow`, and
#: one that answers NO to every keyword of more than a few letters.
FULL, LIMITED, WORDLESS = "vol@mail.test", "beperkt@mail.test", "kort@mail.test"
_SETTINGS = {
    FULL: "userdb_mail_plugins=notify,mail_log,quota",
    LIMITED: "userdb_mail_plugins=notify,mail_log,acl",
    WORDLESS: "userdb_mail_max_keyword_length=5",
}
#: So many bytes FULL has room for.
ROOM = 30 * 2**10
EVERYBODY = (*USERS, *_SETTINGS, *COMPANIES, "partij@mail.test", "robin@mail.test", "vreemd@mail.test")
TOKEN_KEY = b"a key of thirty-two bytes, no more"

CONFIG = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
instance_name = {name}
log_path = {base}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0 secs
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
mail_home = {base}/mail/%u
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_plugins = notify mail_log
mailbox_idle_check_interval = 1 secs
shutdown_clients = yes
default_client_limit = 4000
default_process_limit = 1500
default_vsz_limit = 512M

disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
ssl = yes
ssl_cert = <{base}/tls/server.pem
ssl_key = <{base}/tls/server.key

passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {base}/users
  default_fields = uid={user} gid={group} home={base}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl_port}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
}}
plugin {{
  acl = vfile
  quota = count:mailbox
  quota_vsizes = yes
  quota_rule = *:bytes={room}
  mail_log_events = delete undelete expunge copy mailbox_delete mailbox_create mailbox_rename flag_change save
}}
protocol imap {{
  mail_max_userip_connections = 200
  {capability}
  imap_idle_notify_interval = 2 mins
}}
"""

OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={base}/keys/
username_attribute = sub
"""


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
        capability = "" if self._idle else "imap_capability = IMAP4rev1 SASL-IR UIDPLUS LIST-EXTENDED SPECIAL-USE"
        config = CONFIG.format(
            base=self.base, name=self.base.name, user=user, group=group, capability=capability, room=ROOM, **ports
        )
        (self.base / "dovecot.conf").write_text(config)
        (self.base / "oauth2.conf").write_text(OAUTH2.format(base=self.base))
        users = (f"{user}:{{PLAIN}}{PASSWORD}::::::{_SETTINGS.get(user, '')}\n" for user in self.users)
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
