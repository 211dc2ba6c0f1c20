"""A private Exim 4.96 (Debian 12, `make servers`) beside a Courier: SMTP in, submission (STARTTLS and TLS), delivery.

Nothing leaves the machine: only mail.test and klant.test are taken. Misbehaving on purpose, by the recipient's name:
grey@ is answered 451 and niemand@ 550 to RCPT, spam@ 550 and later@ 451 after the whole letter, traag@ after a second;
bounces@ and verdwenen@ are taken and then bounce. Its limits are what a test asks for by `habits`.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Self

from mailbot.accounts import SmtpAccount
from rig.courier import Courier
from rig.imapserver import PASSWORD, USERS
from rig.real import (
    free_port,
    libraries,
    listens,
    need,
    repainted,
    run,
    unpacked,
    until,
    user_of_servers,
    with_children,
)

CONFIG = """
exim_path = {program}
spool_directory = {base}/exim
log_file_path = {base}/exim/%slog
pid_file_path = {base}/exim/pid
primary_hostname = mail.test
daemon_smtp_ports = {smtp_port} : {submission_port} : {smtps_port}
local_interfaces = 127.0.0.1
tls_on_connect_ports = {smtps_port}
tls_advertise_hosts = *
tls_certificate = {base}/tls/server.pem
tls_privatekey = {base}/tls/server.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
dsn_advertise_hosts = *
smtputf8_advertise_hosts =
message_size_limit = {size}
smtp_accept_max_per_connection = {letters}
smtp_accept_max = 0
host_lookup =
dns_ipv4_lookup = !*
rfc1413_query_timeout = 0s
deliver_drop_privilege = true
never_users =
qualify_domain = mail.test
acl_smtp_mail = sender
acl_smtp_rcpt = recipient
acl_smtp_data = letter
domainlist ours = mail.test : klant.test
log_selector = +smtp_connection
keep_environment = LD_LIBRARY_PATH

begin acl
sender:
  deny    condition = ${{if eq{{$received_port}}{{{smtp_port}}}{{no}}{{yes}}}}
          !authenticated = *
          message = 5.7.0 authentication required
  defer   ratelimit = {rate} / 1h / per_mail / strict / {rate}-$sender_address
          message = 4.7.1 too many letters from you this hour, try again later
  accept
recipient:
  deny    domains = !+ours
          message = 5.7.1 relaying denied
  deny    local_parts = niemand
          message = 5.1.1 <$local_part@$domain>: no such user
  defer   local_parts = grey
          message = 4.7.1 greylisted, try again in five minutes
  accept
letter:
  deny    condition = ${{if match{{$recipients}}{{^spam@}}}}
          message = 5.7.1 this letter looks like spam
  defer   condition = ${{if match{{$recipients}}{{^later@}}}}
          message = 4.3.2 the scanner is down
  accept  condition = ${{if match{{$recipients}}{{^traag@}}}}
          delay = 1s
  accept

begin routers
bounces:
  driver = redirect
  local_parts = bounces : verdwenen
  data = :fail: 5.1.1 no such user any more
  allow_fail
users:
  driver = accept
  local_part_suffix = +*
  local_part_suffix_optional
  address_data = ${{lookup{{$local_part@$domain}}dsearch,filter=dir{{{base}/mail}}{{$value}}fail}}
  transport = maildir
nowhere:
  driver = redirect
  data = :blackhole:

begin transports
maildir:
  driver = appendfile
  directory = {base}/mail/$address_data/Maildir
  maildir_format
  delivery_date_add
  envelope_to_add
  return_path_add
  user = {user}
  group = {user}

begin retry
* * F,1h,5s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{{password}}}}}
  server_set_id = $auth1
"""
#: The largest letter in bytes, letters in one connection, letters of one sender in an hour.
HABITS = {"size": 200_000, "letters": 1000, "rate": 1000}


class Exim:
    """Up between `start` and `stop`; lies in the folder of its Courier and goes with it."""

    def __init__(self, courier: Courier) -> None:
        need(root=True)
        self.boxes, self.base, self.ca = courier, courier.base, courier.ca
        self.smtp_port, self.submission_port, self.smtps_port = (free_port() for _ in range(3))
        place = unpacked("exim", self.base / "programs")
        self._program, self._env = place / "usr/sbin/exim4", libraries(place)
        self._program.chmod(0o755)  # it runs as one user, who may not become another
        repainted(self._program, b"\0Debian-exim\0", b"\0" + user_of_servers().encode())
        (self.base / "exim").mkdir()
        courier.give(self.base / "exim")
        self._server: subprocess.Popen[bytes] | None = None
        self._write_down({})

    def _write_down(self, habits: dict[str, int]) -> None:
        ports = {name: value for name, value in vars(self).items() if name.endswith("_port")}
        facts = {"base": self.base, "program": self._program, "user": user_of_servers(), "password": PASSWORD}
        (self.base / "exim.conf").write_text(CONFIG.format(**facts, **ports, **HABITS | habits))

    def start(self) -> Self:
        """Bring it up, and wait until it answers."""
        user = user_of_servers() if os.geteuid() == 0 else None
        command = [self._program, "-C", self.base / "exim.conf", "-bdf", "-q1s"]
        with (self.base / "exim.log").open("ab") as log:
            self._server = subprocess.Popen(
                command, env=self._env, user=user, group=user, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(lambda: listens(self.submission_port) and listens(self.smtp_port), what="Exim")
        return self

    def stop(self) -> None:
        """Bring it down with all its sessions."""
        if self._server:
            for pid in reversed(with_children(self._server.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._server.wait(20)
        self._server = None

    @contextmanager
    def habits(self, **habits: int) -> Iterator[None]:
        """Other limits for a while: see HABITS."""
        self.stop()
        self._write_down(habits)
        self.start()
        try:
            yield
        finally:
            self.stop()
            self._write_down({})
            self.start()

    def taking_at_most(self, size: int) -> AbstractContextManager[None]:
        """For a while no mail larger than so many bytes is taken."""
        return self.habits(size=size)

    def settle(self) -> None:
        """Wait until everything that was accepted is delivered or bounced."""
        until(lambda: not self.queue, 30, what="an empty queue")

    @property
    def queue(self) -> str:
        """What was accepted and is still on its way."""
        return run(self._program, "-C", self.base / "exim.conf", "-bpr", env=self._env).decode()

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return (self.base / "exim" / "mainlog").read_text(errors="replace")

    def account(self, address: str = USERS[0], **changes: Any) -> SmtpAccount:
        """How the program sends here: submission with STARTTLS and the CA of this instance."""
        facts = {"host": "localhost", "port": self.submission_port, "security": "starttls", "username": address}
        return SmtpAccount(**{**facts, "password": lambda: PASSWORD, "ca_file": self.ca, "timeout": 10.0, **changes})
