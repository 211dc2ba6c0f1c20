"""Sending a letter by SMTP submission (RFC 6409): the only place that imports aiosmtplib, and the only `async`.

The rule kept here: of every letter we know whether the server took it, refused it, or may have taken it. Once the end
of the message was written, only the server's own answer decides; without one the letter is SendUnsure and stays so.
TLS is asked for by name and never given up (aiosmtplib's own default would send the password in clear).
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected

from mailbot.accounts import SmtpAccount
from mailbot.domains import with_ascii_domain
from mailbot.errors import LoginRefused, MailbotError, SendFailed, SendUnsure, TryLater, Unreachable
from mailbot.smtp_replies import SMALLER, Replies
from mailbot.smtp_wire import as_kept, dot_stuffed
from mailbot.tls import TlsState, failure_reason, tls_context, tls_state

ADDRESS = re.compile(r"[^\s<>\"(),:;\\\[\]@\x00-\x1f\x7f]{1,64}@[^\s<>\"(),:;\\@\x00-\x1f\x7f]{1,255}")
EHLO_NAME = "[127.0.0.1]"  # our name in EHLO: an address literal is always allowed (RFC 5321, 4.1.4) and tells nothing
SERVICE_CLOSING = 421  # the server's last word on a connection (RFC 5321, 3.8)
ALIVE_FOR = 5.0  # so long after an answer (seconds) a connection is not asked again whether it is alive
PATIENCE_AFTER_DATA = 4  # times the timeout: scanners answer late, and giving up here makes a letter unsure


class _Closed(TryLater):
    """The server ended the connection before anything was taken."""


class SubmissionClient:
    """One connection to the submission server, kept for the next letter and opened anew when it was lost.

    Used by one thread, outside of any event loop: it has a private one.
    """

    def __init__(self, account: SmtpAccount) -> None:
        self.account = account
        self._runner = asyncio.Runner()
        self._smtp: aiosmtplib.SMTP | None = None
        self._replied_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, sender: str, recipient: str, raw: bytes) -> str:
        """Hand one letter to the server for one recipient; gives its answer, as '250 2.0.0 Ok: queued as X'.

        `sender` is the envelope's (empty: no bounces wanted). TryLater and LoginRefused: nothing was taken, the same
        call may be made again. SendFailed: never again like this. SendUnsure: perhaps taken, so never again by itself.
        """
        sender, recipient = _on_the_wire(sender) if sender else "", _on_the_wire(recipient)
        return self._runner.run(self._send(sender, recipient, raw))

    def check(self) -> TlsState | None:
        """Connect and log in as for a letter; how the connection is protected. Raises TryLater, LoginRefused."""
        smtp = self._runner.run(self._ready())
        return tls_state(smtp.get_transport_info("ssl_object"))

    def close(self) -> None:
        """Say QUIT and give everything back."""
        with suppress(SMTPException, OSError):
            if self._smtp:
                self._runner.run(self._smtp.quit())
        self._disconnect()
        self._runner.close()

    # --- one letter ------------------------------------------------------------------------------

    async def _send(self, sender: str, recipient: str, raw: bytes) -> str:
        try:
            smtp = await self._mail_accepted(sender, recipient, raw)
            await self._rcpt_to(smtp, sender, recipient)
            answer = await self._data(smtp, sender, recipient, raw)
        except BaseException:  # also Ctrl-C: a reply that is still to come must never be taken for the next letter's
            self._disconnect()
            raise
        self._replied_at = asyncio.get_running_loop().time()
        return answer

    async def _mail_accepted(self, sender: str, recipient: str, raw: bytes) -> aiosmtplib.SMTP:
        """A connection on which MAIL was accepted; a new one when the one at hand was closed meanwhile."""
        kept = self._smtp
        smtp = await self._ready()
        try:
            await self._mail_from(smtp, sender, recipient, raw)
        except _Closed:
            if smtp is not kept:
                raise
            self._disconnect()
            smtp = await self._ready()
            await self._mail_from(smtp, sender, recipient, raw)
        return smtp

    async def _mail_from(self, smtp: aiosmtplib.SMTP, sender: str, recipient: str, raw: bytes) -> None:
        encoding = _encoding(sender, recipient)
        if encoding == "utf-8" and not smtp.supports_extension("smtputf8"):
            raise SendFailed(f"{self._server} cannot write to this address (no SMTPUTF8); write to another one")
        if refused := self._too_large(smtp, len(raw)):
            raise refused
        options = ["SMTPUTF8"] if encoding == "utf-8" else []
        options += ["BODY=8BITMIME"] if not raw.isascii() and smtp.supports_extension("8bitmime") else []
        options += ["RET=HDRS"] if smtp.supports_extension("dsn") else []
        with self._translated_errors(lambda code, text: self._replies.at_sender(code, text, sender)):
            await smtp.mail(sender, options=options, encoding=encoding)

    async def _rcpt_to(self, smtp: aiosmtplib.SMTP, sender: str, recipient: str) -> None:
        notify = ["NOTIFY=FAILURE,DELAY"] if smtp.supports_extension("dsn") and sender else []
        with self._translated_errors(lambda code, text: self._replies.at_recipient(code, text, sender, recipient)):
            await smtp.rcpt(recipient, options=notify, encoding=_encoding(sender, recipient))

    @contextmanager
    def _translated_errors(self, refusal: Callable[[int, str], MailbotError]) -> Iterator[None]:
        try:
            yield
        except SMTPResponseException as error:
            if 200 <= error.code < 300:  # aiosmtplib knows 250 and 251; any 2yz is a yes (RFC 5321, 4.2.1 and 4.3.2)
                return
            failure = refusal(error.code, error.message)
            raise (_Closed(str(failure)) if error.code == SERVICE_CLOSING else failure) from None
        except (SMTPException, OSError) as error:
            failure = self._try_later(error)
            raise (_Closed(str(failure)) if isinstance(error, SMTPServerDisconnected) else failure) from None

    def _too_large(self, smtp: aiosmtplib.SMTP, size: int) -> SendFailed | None:
        """What the server says beforehand about the largest letter it takes (RFC 1870): 0 or nothing is no limit."""
        said = smtp.esmtp_extensions.get("size", "").strip()
        most = int(said) if said.isdigit() else 0
        if not most or size <= most:
            return None
        failure = f"{self._server} takes letters of at most {_megabytes(most)}, and this one has {_megabytes(size)}"
        return SendFailed(f"{failure}; {SMALLER}")

    async def _data(self, smtp: aiosmtplib.SMTP, sender: str, recipient: str, raw: bytes) -> str:
        protocol = smtp.protocol
        try:
            go = await smtp.execute_command(b"DATA")
            if go.code != 354 or protocol is None:
                raise self._replies.at_recipient(go.code, go.message, sender, recipient, "refused DATA")
            protocol.write(dot_stuffed(raw))  # raises when the line is already gone: then nothing was written
        except (SMTPException, OSError) as error:
            raise self._try_later(error) from None
        try:
            answer = await protocol.read_response(timeout=PATIENCE_AFTER_DATA * self.account.timeout)
        except (SMTPException, OSError) as error:
            raise SendUnsure(
                f"{self._server} got a whole letter but its answer is missing ({failure_reason(error)}); "
                "look in the mailbox or ask the recipient before sending it again"
            ) from None
        if 200 <= answer.code < 300:
            return as_kept(f"{answer.code} {answer.message}")
        raise self._replies.at_end(answer.code, answer.message, sender, recipient)

    # --- the connection --------------------------------------------------------------------------

    async def _ready(self) -> aiosmtplib.SMTP:
        """A connection that answers: the one of the last letter, or a new one."""
        if self._smtp is not None and asyncio.get_running_loop().time() - self._replied_at < ALIVE_FOR:
            return self._smtp
        if self._smtp is not None:
            try:
                if (await self._smtp.rset()).code == 250:
                    return self._smtp
            except (SMTPException, OSError):
                pass  # servers close what stays silent for some minutes
            self._disconnect()
        self._smtp = await self._connect()
        return self._smtp

    async def _connect(self) -> aiosmtplib.SMTP:
        account = self.account
        smtp = None
        try:
            smtp = aiosmtplib.SMTP(
                hostname=account.host,
                port=account.port,
                local_hostname=EHLO_NAME,
                timeout=account.timeout,
                use_tls=account.security == "tls",
                start_tls=account.security not in ("tls", "plain"),
                tls_context=None if account.security == "plain" else tls_context(account.ca_file),
            )
            await smtp.connect()
            await smtp.ehlo()
            if account.username:
                await self._log_in(smtp)
        except BaseException as error:
            if smtp is not None:
                smtp.close()
            if isinstance(error, SMTPResponseException):
                raise self._login_error(error) from None
            if isinstance(error, SMTPException | OSError | UnicodeError):  # the last: a host that no name can be
                raise Unreachable(str(self._try_later(error))) from None
            raise
        return smtp

    async def _log_in(self, smtp: aiosmtplib.SMTP) -> None:
        """One attempt by one mechanism: aiosmtplib's login() tries all of them, which soon locks an account."""
        user, secret, offered = self.account.username, self.account.password(), smtp.server_auth_methods
        match self.account.auth:
            case "xoauth2":
                await smtp.auth_xoauth2(user, secret)
            case "oauthbearer":
                await self._oauthbearer(smtp, user, secret)
            case _ if "plain" in offered:
                await smtp.auth_plain(user, secret)
            case _ if "login" in offered:
                await smtp.auth_login(user, secret)
            case _ if "cram-md5" in offered:
                await smtp.auth_crammd5(user, secret)
            case _:
                raise LoginRefused(f"{self._server} offers no login by password; check `security`, `port` and `auth`")

    async def _oauthbearer(self, smtp: aiosmtplib.SMTP, user: str, token: str) -> None:
        """RFC 7628, which aiosmtplib does not have."""
        name = user.replace("=", "=3D").replace(",", "=2C")
        first = f"n,a={name},\x01host={self.account.host}\x01port={self.account.port}\x01auth=Bearer {token}\x01\x01"
        answer = await smtp.execute_command(b"AUTH", b"OAUTHBEARER", base64.b64encode(first.encode()))
        if answer.code == 334:  # the reason for the refusal, which wants an empty reply
            answer = await smtp.execute_command(base64.b64encode(b"\x01"))
        if answer.code != 235:
            raise aiosmtplib.SMTPAuthenticationError(answer.code, answer.message)

    def _disconnect(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    # --- errors ----------------------------------------------------------------------------------

    @property
    def _server(self) -> str:
        return f"smtp server {self.account.host}:{self.account.port}"

    @property
    def _replies(self) -> Replies:
        return Replies(self._server, bool(self.account.username))

    def _login_error(self, error: SMTPResponseException) -> TryLater:
        """Before any letter: nothing can have failed for good but the login."""
        if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
            self.account.reject_token()
            return LoginRefused(
                f"{self._server} refused the login ({error.code}); check `username`, its secret and `auth`"
            )
        return TryLater(f"{self._server} is not ready ({error.code})")

    def _try_later(self, error: BaseException) -> TryLater:
        if type(error) is SMTPException:  # aiosmtplib's word for an extension that is not offered
            return TryLater(
                f"{self._server} lacks STARTTLS, which `security` asks for; no password and no letter was sent"
            )
        return TryLater(f"{self._server}: {failure_reason(error)}")


def _on_the_wire(address: str) -> str:
    """Only a local part outside ASCII needs SMTPUTF8 (RFC 6531): a domain has its A-labels. Raises SendFailed."""
    with suppress(ValueError):
        if ADDRESS.fullmatch(written := with_ascii_domain(address)):
            return written
    raise SendFailed("a letter has an envelope address that is no mail address; correct it and send again")


def _encoding(sender: str, recipient: str) -> str:
    return "ascii" if (sender + recipient).isascii() else "utf-8"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
