"""A private Postfix (3.7) beside a Dovecot of the rig: SMTP in, submission (STARTTLS and TLS), delivery by LMTP.

Nothing leaves the machine: every domain but mail.test and klant.test is refused, DNS is off. Misbehaving on purpose:
grey@mail.test is answered 451, x@later.test 450, x@weg.test 550; x@choosy.test and x@strict.test take nothing from
privacy@mail.test; bounces@ and verdwenen@klant.test are accepted and then bounce. Who has logged in may write to
x@outside.test, x@elsewhere.test and x@abroad.test, where it is thrown away.
"""

from __future__ import annotations

import os
import re
import shutil
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from mailbot.accounts import SmtpAccount
from rig.dovecot import EVERYBODY, PASSWORD, USERS, Dovecot
from rig.real import free_port, listens, need, run, until

#: What Dovecot's delivery logs once a mail lies in its folder and is noted.
SAVED = "saved mail to INBOX"

MAIN = """
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
maillog_file = {base}/postfix.log
maillog_file_prefixes = {base}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
alias_maps =
local_recipient_maps =
mynetworks =
virtual_mailbox_domains = mail.test, klant.test
virtual_mailbox_maps = texthash:{base}/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
recipient_delimiter = +
default_transport = error:5.1.2 nothing leaves this machine
relay_transport = $default_transport
transport_maps = inline:{{ {{later.test = retry:4.4.1 try later}} {{weg.test = error:5.1.1 no such user}}
  {{outside.test = discard:}} {{elsewhere.test = discard:}} {{abroad.test = discard:}} }}
smtp_dns_support_level = disabled
disable_dns_lookups = yes
smtpd_tls_cert_file = {base}/tls/server.pem
smtpd_tls_key_file = {base}/tls/server.key
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl_port}
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_restriction_classes = choosy
choosy = check_sender_access inline:{{ {{privacy@mail.test = 550 5.7.1 not from you}} }}
smtpd_recipient_restrictions = check_recipient_access inline:{{
  {{grey@mail.test = 451 4.7.1 come back later}}, {{choosy.test = choosy}}, {{strict.test = choosy}} }}
smtpd_client_connection_count_limit = 0
# One session a process: an idle one would keep its line to a Dovecot that was restarted since, and answer 454 once.
max_use = 1
smtputf8_enable = yes
message_size_limit = 26214400
queue_run_delay = 3s
minimal_backoff_time = 3s
maximal_backoff_time = 6s
"""

SUBMISSION = """
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sender_restrictions=reject_sender_login_mismatch
  -o smtpd_sender_login_maps=texthash:{base}/senders
"""

MASTER = """
127.0.0.1:{smtp_port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt{submission}
127.0.0.1:{smtps_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes{submission}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Up between `start` and `stop`; lies in the folder of its Dovecot and goes with it."""

    def __init__(self, dovecot: Dovecot) -> None:
        need("postfix", root=True)
        self.boxes, self.base, self.ca = dovecot, dovecot.base, dovecot.ca
        self.config = self.base / "postfix"  # absolute, or `postfix -c` fails without a word
        self.smtp_port, self.submission_port, self.smtps_port = (free_port() for _ in range(3))
        self._write_down(dovecot)

    def _write_down(self, dovecot: Dovecot) -> None:
        for folder in (self.config, self.base / "spool" / "pid", self.base / "data"):
            folder.mkdir(parents=True)
        shutil.chown(self.base / "data", "postfix")
        ports = {name: value for name, value in {**vars(dovecot), **vars(self)}.items() if name.endswith("_port")}
        submission = SUBMISSION.format(base=self.base).rstrip()
        (self.config / "main.cf").write_text(MAIN.format(base=self.base, **ports))
        (self.config / "master.cf").write_text(MASTER.format(submission=submission, **ports))
        (self.base / "mailboxes").write_text(
            "".join(f"{user} ok\n" for user in (*EVERYBODY, "bounces@klant.test", "verdwenen@klant.test"))
        )
        send_as = {USERS[0]: f"{USERS[0]},dpo@mail.test"}  # as a delegate does who may send as the shared mailbox
        lines = (f"{user} {send_as.get(user, user)}\n" for user in EVERYBODY)
        (self.base / "senders").write_text("".join(lines))

    def start(self) -> Self:
        """Bring it up, and wait until it answers."""
        try:
            run("postfix", "-c", self.config, "start")
        except RuntimeError as error:  # it complains in its log only
            raise RuntimeError(f"{error}{self.log[-1000:]}") from error
        until(lambda: listens(self.submission_port) and listens(self.smtp_port), what="Postfix")
        return self

    def stop(self) -> None:
        """Bring it down at once, and wait until it is; ends the process named in the pid file of this instance."""
        with suppress(RuntimeError):
            run("postfix", "-c", self.config, "abort")
        until(lambda: not self._runs(), what="the end of Postfix")  # while its master ends, none can start

    def _runs(self) -> bool:
        try:
            run("postfix", "-c", self.config, "status")
        except RuntimeError:
            return False
        return True

    def settle(self) -> None:
        """Wait until everything that was accepted is delivered or bounced."""
        try:
            until(self._is_empty, 10, what="an empty queue")
        except TimeoutError:  # a busy mailbox made it wait, and Postfix would try again in minutes
            run("postqueue", "-c", self.config, "-f")
            until(self._is_empty, 30, what="an empty queue")

    def _is_empty(self) -> bool:
        return b"queue is empty" in run("postqueue", "-c", self.config, "-p")

    def bring(self, raw: bytes, sender: str, box: str, at: datetime) -> None:
        """A stranger's server brings a mail, and Dovecot's date of receipt becomes `at`: the file's own time."""
        place = self.base / "mail" / box / "Maildir" / "new"
        before, saved = set(place.glob("*")), self.boxes.log.count(SAVED)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as line:
            line.sendmail(sender, [box], raw)
        until(lambda: self.boxes.log.count(SAVED) > saved, what="delivery")
        [file] = set(place.glob("*")) - before
        os.utime(file, (at.timestamp(), at.timestamp()))
        (place.parent / "dovecot.index.cache").unlink(missing_ok=True)  # 2.4 has noted the date of delivery there

    @contextmanager
    def taking_at_most(self, size: int) -> Iterator[None]:
        """For a while no mail larger than so many bytes is taken."""
        main = self.config / "main.cf"
        before = main.read_text()
        main.write_text(re.sub(r"message_size_limit = \d+", f"message_size_limit = {size}", before))
        run("postfix", "-c", self.config, "reload")
        try:
            yield
        finally:
            main.write_text(before)
            run("postfix", "-c", self.config, "reload")

    def account(self, address: str = USERS[0], **changes: Any) -> SmtpAccount:
        """How the program sends here: submission with STARTTLS and the CA of this instance."""
        facts = {"host": "localhost", "port": self.submission_port, "security": "starttls", "username": address}
        return SmtpAccount(**{**facts, "password": lambda: PASSWORD, "ca_file": self.ca, "timeout": 10.0, **changes})

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        path: Path = self.base / "postfix.log"
        return re.sub(r"\n\s+", " ", path.read_text(errors="replace"))
