"""Servers that say exactly what a test wants, for behaviour that no well-kept server shows on demand."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Self

CLOSE, STALL = b"<close>", b"<stall>"


class _Fake:
    """Serves any number of clients, each in a thread, until closed."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.seen: list[bytes] = []
        self.connections = 0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._door.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines, suppress(OSError, EOFError):
            self._talk(client, lines)

    def _talk(self, client: socket.socket, lines: BinaryIO) -> None:
        raise NotImplementedError

    def _say(self, client: socket.socket, answer: bytes) -> None:
        if answer == CLOSE:
            raise EOFError
        if answer == STALL:
            self._over.wait(30)
            raise EOFError
        client.sendall(answer)


class FakeSmtp(_Fake):
    """Answers by verb; "hello" is the banner, "end" comes after the message. A list is used up, its last one stays."""

    EHLO = b"250-fake\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8"

    def __init__(self, **answers: bytes | list[bytes]) -> None:
        super().__init__()
        given = {verb: answer if isinstance(answer, list) else [answer] for verb, answer in answers.items()}
        self._answers = {
            "hello": [b"220 fake"],
            "ehlo": [self.EHLO],
            "data": [b"354 go"],
            "quit": [b"221 bye"],
            **given,
        }
        self._answers.setdefault("auth", [b"235 2.7.0 ok"])
        self.messages: list[bytes] = []

    def _answer(self, client: socket.socket, verb: str) -> bytes:
        answers = self._answers.get(verb, [b"250 2.0.0 ok"])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self._say(client, answer if answer in (CLOSE, STALL) else answer + b"\r\n")
        return answer

    def _talk(self, client: socket.socket, lines: BinaryIO) -> None:
        self._answer(client, "hello")
        for line in lines:
            self.seen.append(line.strip())
            verb = line[:4].decode(errors="replace").strip().lower()
            if self._answer(client, verb)[:3] == b"354":
                self.messages.append(b"".join(iter(lines.readline, b".\r\n")))
                self._answer(client, "end")


class FakeImap(_Fake):
    """An IMAP server of one folder; `tell(command, tag)` gives its whole answer, or None for the usual one."""

    CAPABILITIES = b"IMAP4rev1 IDLE AUTH=PLAIN SASL-IR"

    def __init__(self, tell: Callable[[bytes, bytes], bytes | None]) -> None:
        super().__init__()
        self._tell = tell

    def _talk(self, client: socket.socket, lines: BinaryIO) -> None:
        client.sendall(b"* OK fake\r\n")
        for line in lines:
            tag, _, command = line.strip().partition(b" ")
            self.seen.append(command)
            answer = self._tell(command, tag)
            self._say(client, self._usual(command, tag) if answer is None else answer)

    def _usual(self, command: bytes, tag: bytes) -> bytes:
        told = {
            b"CAPABILITY": b"* CAPABILITY " + self.CAPABILITIES + b"\r\n",
            b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n",
            b"LOGOUT": b"* BYE\r\n",
        }
        verb = command.split(b" ")[0].upper()
        if command.upper() == b"IDLE":
            return b"+ idling\r\n"
        return told.get(verb, b"") + tag + b" OK done\r\n"
