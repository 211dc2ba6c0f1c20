"""One IMAP connection that can read and do nothing else: the only place that imports imapclient.

The rule kept here: these verbs are all there are (LIST, NAMESPACE, EXAMINE, UID SEARCH, UID FETCH of PEEK parts, NOOP,
IDLE, and SELECT for servers that number no mail without it), so nothing in the program can change a mailbox. Errors are
told in our own words: what a server says may name a person.
"""

from __future__ import annotations

import imaplib
import logging
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from mailbot.accounts import ImapAccount
from mailbot.errors import FolderRefused, LoginRefused, TryLater
from mailbot.mailbox.namespaces import Namespaces
from mailbot.mailbox.roles import Listed
from mailbot.mailbox.spelling import folder_name, text
from mailbot.mailbox.wakeup import Wakeup
from mailbot.tls import TlsState, failure_reason, tls_context, tls_state

GARBLED = (IMAPClientError, ValueError, TypeError, LookupError, AssertionError, RecursionError)
THROTTLED = re.compile(
    r"Suggested Backoff Time|throttl|authenticated but not connected|too many (simultaneous )?connections"
    r"|\[(UNAVAILABLE|INUSE|LIMIT)\]",
    re.IGNORECASE,
)
BACKOFF = re.compile(r"Suggested Backoff Time: (\d+) milliseconds", re.IGNORECASE)
ATOM = re.compile(r"[\w.@+-]+", re.ASCII)  # a login name that LOGIN can carry unquoted

# imapclient writes whole commands and answers at DEBUG: names, subjects, texts.
logging.getLogger("imapclient").setLevel(logging.WARNING)


class Unreadable(Exception):
    """The answer to a FETCH was no, or could not be parsed; the connection is still good."""


@dataclass(frozen=True, slots=True)
class FolderState:
    """What EXAMINE tells of a folder (RFC 3501, 6.3.2); 0 where the server kept silent."""

    uidvalidity: int
    uidnext: int
    exists: int

    @property
    def mark(self) -> tuple[int, int]:
        """Changes when a mail arrives. Without UIDNEXT the count must do."""
        return self.uidvalidity, self.uidnext or self.exists


class Connection:
    """Made when first needed, and anew after it was lost. Whatever breaks on it ends it and is a TryLater."""

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self.folder = ""  # the one that is open
        self._client: IMAPClient | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as we know."""
        return self._client is not None

    def close(self) -> None:
        """Log out, if there is somebody to tell."""
        if self._client:
            with suppress(OSError, *GARBLED):
                self._client.logout()
        self._drop()

    # --- the verbs -------------------------------------------------------------------------------

    def folders(self) -> list[Listed]:
        """Every folder with its flags; without those whose name the server spells in a way that cannot be read."""
        with self._command("listing the folders") as client:
            client.folder_encode = False  # else one such name would cost the whole list
            try:
                response = client.list_folders()
            finally:
                client.folder_encode = True
        listed = ((tuple(map(text, flags)), text(delimiter), folder_name(name)) for flags, delimiter, name in response)
        return [one for one in listed if one[2]]

    def namespaces(self) -> Namespaces | None:
        """Whose folders are whose; None where the server does not tell."""
        with self._command("asking for the namespaces") as client:
            if not client.has_capability("NAMESPACE"):
                return None
            try:
                told = client.namespace()
            except imaplib.IMAP4.abort:
                raise
            except GARBLED:
                return None
        own, others, shared = (tuple((prefix, text(sign)) for prefix, sign in part or ()) for part in told)
        return Namespaces(own, others, shared) if own else None

    def examine(self, folder: str) -> FolderState:
        """Open a folder for reading only, as far as its numbers last that way (`_numbered`)."""
        with self._command(f"opening folder {folder}") as client:
            try:
                response = client.select_folder(folder, readonly=True)
                response = response if response.get(b"UIDNEXT") else _numbered(client, folder)
            except imaplib.IMAP4.abort:
                raise
            except IMAPClientError as error:
                if THROTTLED.search(str(error)):
                    raise
                self.folder = ""
                what = f"opening folder {folder}: the server refused; check `folders`"
                raise FolderRefused(f"{self._server}, {what}") from None
        self.folder = folder
        return FolderState(*(int(response.get(key, 0)) for key in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS")))

    def search(self, start: int, end: str, after: date | None = None) -> list[int]:
        """The UIDs from `start` to `end` ("*": the last), rising; `after` leaves out mail of more than a day before."""
        criteria: list[object] = ["UID", f"{start}:{end}"]
        if after:  # SINCE compares dates without a zone, hence the day to spare (RFC 3501, 6.4.4)
            criteria += ["SINCE", after - timedelta(days=1)]
        with self._command("searching") as client:
            found = client.search(criteria)
        return sorted({uid for uid in found if uid >= start})  # n:* always names the last mail, even below n

    def fetch(self, uids: list[int], parts: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """The parts of each mail, as imapclient parses them. Raises Unreadable."""
        with self._command("fetching") as client:
            try:
                return dict(client.fetch(uids, parts))
            except imaplib.IMAP4.abort:
                raise
            except GARBLED as error:  # a line cut at imaplib's limit leaves the connection out of step
                if "got more than" in str(error) or THROTTLED.search(str(error)):
                    raise
        raise Unreadable

    def noop(self) -> None:
        """Let the server tell what it kept back, such as mails that were removed."""
        with self._command("asking for news") as client:
            client.noop()

    def tls_state(self) -> TlsState | None:
        """How this connection is protected; None without TLS."""
        with self._command("asking for news") as client:
            client.noop()
            return tls_state(client.socket())

    def offers(self, capability: str) -> bool:
        """Whether the server knows IDLE (RFC 2177), MOVE (RFC 6851) or something else that not all do."""
        with self._command("asking for capabilities") as client:
            return bool(client.has_capability(capability))

    def idle(self, wakeup: Wakeup, seconds: float) -> tuple[bool, bool]:
        """Wait in IDLE for the server, a wake-up or the time: (woken, news).

        imapclient's own idle_check spins when the server is gone and breaks on a line that comes in two pieces; so the
        socket is polled, and idle_done then reads whole lines, or raises when nobody is there.
        """
        with self._command("waiting for mail") as client:
            client.idle()
            woken = False if _buffered(client) else wakeup.wait(seconds, client.socket().fileno())[0]
            _, response = client.idle_done()
        return woken, any(b"EXISTS" in line for line in response if isinstance(line, tuple))

    # --- keeping it ------------------------------------------------------------------------------

    @contextmanager
    def _command(self, doing: str, cure: str = "") -> Iterator[IMAPClient]:
        if self._client is None:
            self._client = self._connect()
        try:
            yield self._client
        except (OSError, *GARBLED) as error:
            self._drop()
            raise self._try_later(error, doing, cure) from None

    def _drop(self) -> None:
        if self._client:
            _hang_up(self._client)
        self._client, self.folder = None, ""

    def _connect(self) -> IMAPClient:
        with ExitStack() as undo:
            try:
                client = self._dial()
                undo.callback(_hang_up, client)
                self._log_in(client)
            except (OSError, *GARBLED) as error:
                raise self._try_later(error, "connecting") from None
            undo.pop_all()
        return client

    def _dial(self) -> IMAPClient:
        account = self.account
        client = IMAPClient(
            account.host,
            account.port,
            ssl=account.security == "tls",
            ssl_context=tls_context(account.ca_file) if account.security == "tls" else None,
            timeout=account.timeout,
        )
        client.normalise_times = False  # else INTERNALDATE comes in this machine's zone, without saying so
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def _log_in(self, client: IMAPClient) -> None:
        account = self.account
        if account.security not in ("tls", "plain"):
            client.starttls(tls_context(account.ca_file))
        disabled = account.auth == "password" and client.has_capability("LOGINDISABLED")  # RFC 3501, 6.2.3
        if disabled and not client.has_capability("AUTH=PLAIN"):
            raise TryLater(f"{self._server} takes no password on a bare line; set `security`; none was sent")
        secret = account.password()
        try:
            match account.auth:
                case "xoauth2":
                    client.oauth2_login(account.username, secret)
                case "oauthbearer":
                    client.oauthbearer_login(account.username, secret)
                case _ if not disabled and _fits_login(account.username, secret):
                    client.login(account.username, secret)
                case _:
                    client.plain_login(account.username, secret)
        except LoginError as error:
            refusal = self._refusal(error)
            if isinstance(refusal, LoginRefused):
                account.reject_token()
            raise refusal from None

    # --- errors ----------------------------------------------------------------------------------

    @property
    def _server(self) -> str:
        return f"imap server {self.account.host}:{self.account.port}"

    def _refusal(self, error: LoginError) -> TryLater:
        """imapclient says LoginError too when the line broke or the server was busy: that locks no account."""
        cause = error.__context__
        if isinstance(cause, imaplib.IMAP4.abort) or THROTTLED.search(str(error)):
            return self._try_later(cause if isinstance(cause, Exception) else error, "logging in")
        return LoginRefused(f"{self._server} refused the login; check `username`, its secret and `auth`")

    def _try_later(self, error: Exception, doing: str, cure: str = "") -> TryLater:
        if THROTTLED.search(str(error)):
            asked = BACKOFF.search(str(error))
            return TryLater(f"{self._server} asks to come back later", int(asked[1]) / 1000 if asked else None)
        if isinstance(error, CapabilityError):
            return TryLater(f"{self._server} lacks STARTTLS, which `security` asks for; no password was sent")
        lost = isinstance(error, OSError | imaplib.IMAP4.abort)
        what = failure_reason(error) if lost else f"the server refused, or its answer makes no sense{cure}"
        return TryLater(f"{self._server}, {doing}: {what}")


def _numbered(client: IMAPClient, folder: str) -> dict[bytes, Any]:
    """Open a folder as a server needs it that tells no UIDNEXT: Courier keeps UIDVALIDITY and the mails' numbers for
    who could write; to who only reads it gives others with every look, behind which a mail can hide."""
    response: dict[bytes, Any] = {}
    with suppress(IMAPClientError):
        response |= client.folder_status(folder, ["UIDNEXT"])  # before: a mail that comes between is then above it
    try:
        response |= client.select_folder(folder)
    except imaplib.IMAP4.readonly:  # imaplib would take no other command from here
        response |= client.select_folder(folder, readonly=True)
    return response


def _fits_login(username: str, secret: str) -> bool:
    """Whether LOGIN as imaplib writes it carries them: neither quoted names nor UTF-8."""
    return bool(ATOM.fullmatch(username)) and secret.isascii() and secret.isprintable()


def _hang_up(client: IMAPClient) -> None:
    with suppress(OSError, *GARBLED):
        client.shutdown()


def _buffered(client: IMAPClient) -> bool:
    """Whether an answer was already read off the line together with the last one: poll cannot see that."""
    sock = client.socket()
    if getattr(sock, "pending", lambda: 0)():
        return True
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        return bool(client._imap.file.peek(1))
    except (OSError, ValueError):
        return False
    finally:
        sock.settimeout(timeout)
