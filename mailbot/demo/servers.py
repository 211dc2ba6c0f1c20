"""A whole mail system on loopback, in memory, by pip alone: pymap (IMAP) and aiosmtpd (submission) in one thread.

For the demo and for tests. The rule kept here: it listens on 127.0.0.1 only, delivers to the envelope's recipient byte
for byte, and nothing ever leaves it. The demo may give it a clock that it turns.

    with MailServers(["privacy@mail.test", "klant@mail.test"]) as servers:
        servers.put("privacy@mail.test", b"Subject: Inzage\\r\\n\\r\\nGraag.\\r\\n")
        Mailbox(servers.imap_account("privacy@mail.test")); SubmissionClient(servers.smtp_account("privacy@mail.test"))
"""

from __future__ import annotations

import asyncio
import logging
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.backend.mailbox import MailboxDataInterface
from pymap.imap import IMAPService
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag, Recent, Wildcard, get_system_flags
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.app import now
from mailbot.demo import sessions

HOST = "127.0.0.1"
T = TypeVar("T")
STALL = 60.0  # seconds without an answer, unless the client gives up before

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns about its own old names

# pymap keeps keywords but does not offer them, and so drops them without a word; the wildcard is all it lacks.
MailboxDataInterface.permanent_flags = property(lambda _: (get_system_flags() | {Wildcard}) - {Recent})  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the SMTP server took (or, with a scripted `cut`, took without saying so)."""

    sender: str
    recipient: str
    raw: bytes
    login: str  # empty when the client did not log in


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail in a folder as it lies there."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    internal_date: datetime


@dataclass
class Script:
    """What the SMTP server does with one recipient instead of accepting.

    `answer`: a reply line ('451 4.3.0 later', '550 5.1.1 no'); "cut" takes the mail and closes the line before its
    answer, "drop" closes it too but loses the mail, "stall" stays silent. `at`: "rcpt", or "end" = after the message.
    """

    answer: str
    at: str = "rcpt"
    times: int | None = None  # None: until `unscript`


@dataclass
class MailServers:
    """The two servers. A context manager; its methods may be called from the thread that opened it."""

    addresses: Iterable[str]
    password: str = "secret"
    folders: tuple[str, ...] = ("Sent", "Drafts", "Junk", "Trash", "Archive")
    clock: Callable[[], datetime] = now
    accepted: list[Accepted] = field(default_factory=list)
    imap_port: int = 0  # chosen when the servers start
    smtp_port: int = 0
    _scripts: dict[str, Script] = field(default_factory=dict)

    # --- for the one who plays -------------------------------------------------------------------

    def imap_account(self, address: str, **changes: Any) -> ImapAccount:
        """How to read a mailbox here; `changes` are fields of ImapAccount."""
        facts = {"host": HOST, "port": self.imap_port, "security": "plain", "username": address, "timeout": 10.0}
        return ImapAccount(**{**facts, "password": lambda: self.password, **changes})

    def smtp_account(self, address: str, **changes: Any) -> SmtpAccount:
        """How to send from an address here; `changes` are fields of SmtpAccount."""
        facts = {"host": HOST, "port": self.smtp_port, "security": "plain", "username": address, "timeout": 10.0}
        return SmtpAccount(**{**facts, "password": lambda: self.password, **changes})

    def put(
        self,
        address: str,
        raw: bytes,
        folder: str = "INBOX",
        internal_date: datetime | None = None,
        flags: Iterable[str] = (),
    ) -> int:
        """Lay a mail in a folder, as if it arrived at that moment; gives its UID. Without a date: now."""
        return self._call(self._append(address, raw, folder, internal_date or self.clock(), flags))

    def messages(self, address: str, folder: str = "INBOX") -> list[Stored]:
        """Everything in a folder, by UID, read beside IMAP: it changes nothing."""
        return self._call(self._stored(address, folder))

    def script(self, recipient: str, answer: str, at: str = "rcpt", times: int | None = None) -> None:
        """Do this with mail for that recipient from now on; see Script."""
        self._scripts[recipient.lower()] = Script(answer, at, times)

    def unscript(self, recipient: str) -> None:
        """Accept mail for that recipient again."""
        self._scripts.pop(recipient.lower(), None)

    def renumber(self, address: str, folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY, as a server does after a restore."""

        async def change() -> None:
            box = await self._box(address, folder)
            box._uid_validity += 1

        self._call(change())

    # --- delivery --------------------------------------------------------------------------------

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _box(self, address: str, folder: str) -> MailboxData:
        boxes, _ = self._config.set_cache[_base(address)]
        if folder.upper() != "INBOX" and folder not in [entry.name for entry in (await boxes.list_mailboxes()).list()]:
            await boxes.add_mailbox(folder)
        return await boxes.get_mailbox(folder)

    async def _append(self, address: str, raw: bytes, folder: str, at: datetime, flags: Iterable[str]) -> int:
        box = await self._box(address, folder)
        message = await box.append(AppendMessage(raw, at, frozenset(Flag(flag.encode()) for flag in flags)))
        if message._content:
            message._content._raw = memoryview(raw)  # pymap loses the last byte of a mail without a body
        return message.uid

    async def _stored(self, address: str, folder: str) -> list[Stored]:
        box = await self._box(address, folder)
        return [
            Stored(each.uid, bytes(each._content or b""), _words(each.permanent_flags), each.internal_date)
            async for each in box.messages()
        ]

    # --- what aiosmtpd asks ----------------------------------------------------------------------

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:
        """Called by aiosmtpd for each recipient: a scripted refusal, an unknown mailbox, or yes."""
        script = self._scripts.get(address.lower())
        if script and script.at == "rcpt":
            return await self._act(script, address)
        if _base(address) not in self._config.set_cache:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with the whole message: deliver to each recipient, or do as scripted."""
        answer = f"250 2.0.0 OK queued as {len(self.accepted) + 1:06X}"
        for recipient in envelope.rcpt_tos:
            script = self._scripts.get(recipient.lower())
            act = script.answer if script and script.at == "end" else ""
            if act in ("", "cut"):
                await self._deliver(session, envelope, recipient)
            if script and act:
                answer = await self._act(script, recipient)
            if act in ("cut", "drop") and server.transport:
                server.transport.close()
        return answer

    async def _deliver(self, session: Session, envelope: Envelope, recipient: str) -> None:
        raw = envelope.original_content or b""
        login = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else ""
        self.accepted.append(Accepted(envelope.mail_from or "", recipient, raw, login))
        await self._append(recipient, raw, "INBOX", self.clock(), ())

    async def _act(self, script: Script, recipient: str) -> str:
        if script.times is not None:
            script.times -= 1
            if script.times <= 0:
                self.unscript(recipient)
        if script.answer == "stall":
            await asyncio.sleep(STALL)
        return script.answer if script.answer[:3].isdigit() else "451 4.3.0 scripted"

    def _authenticate(self, _: SMTP, __: Session, ___: Envelope, ____: str, given: object) -> AuthResult:
        if not isinstance(given, LoginPassword) or given.password != self.password.encode():
            return AuthResult(success=False, handled=False)
        return AuthResult(
            success=given.login.decode().lower() in self._config.set_cache, handled=False, auth_data=given
        )

    # --- running ---------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._up = threading.Event()
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="mail servers", daemon=True)
        self._thread.start()
        if not self._up.wait(20) or self._failed:
            raise RuntimeError("the embedded mail servers did not start") from next(iter(self._failed), None)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failed.append(error)
        finally:
            self._up.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_task_factory(sessions.Held())
        async with AsyncExitStack() as stack:
            await self._serve_imap(stack)
            smtp = await self._loop.create_server(self._smtp_session, HOST, self.smtp_port)
            self.smtp_port = smtp.sockets[0].getsockname()[1]
            self._up.set()
            await self._stop.wait()
            smtp.close()
        await sessions.end()

    async def _serve_imap(self, stack: AsyncExitStack) -> None:
        self.imap_port = self.imap_port or await _free_port()
        first = next(iter(self.addresses))
        # Half a million rounds, as usual, would guard a password that stands in this file, at each login.
        hash = BuiltinHash(rounds=1)
        self._config = Config.from_args(_pymap_arguments(self.imap_port, first, self.password), hash_context=hash)
        login = Login(self._config)
        secret = await Passwords(self._config).hash_password(self.password)
        for address in self.addresses:
            login.users_dict[address] = UserMetadata(self._config, address, password=secret)
            boxes = MailboxSet()
            for folder in self.folders:
                await boxes.add_mailbox(folder)
            self._config.set_cache[_base(address)] = (boxes, FilterSet())
        self._config.apply_context()
        await IMAPService(DictBackend(login, self._config), self._config).start(stack)

    def _smtp_session(self) -> SMTP:
        options: dict[str, Any] = {"hostname": "mail.test", "enable_SMTPUTF8": True, "auth_require_tls": False}
        return SMTP(self, authenticator=self._authenticate, loop=self._loop, **options)


def _pymap_arguments(port: int, user: str, password: str) -> Namespace:
    off = dict.fromkeys(("cert", "key", "passlib_cfg", "proxy_protocol", "inherited_sockets"))
    demo = {"demo_data": False, "demo_user": user, "demo_password": password}
    return Namespace(host=HOST, port=port, tls=False, debug=False, **demo, **off)


async def _free_port() -> int:
    probe = await asyncio.start_server(lambda *_: None, HOST, 0)
    port: int = probe.sockets[0].getsockname()[1]
    probe.close()
    await probe.wait_closed()
    return port


def _base(address: str) -> str:
    """The mailbox of an address: lower case, and privacy+zaak@ is privacy@."""
    local, _, domain = address.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _words(flags: Iterable[Flag]) -> frozenset[str]:
    return frozenset(bytes(flag).decode() for flag in flags)
