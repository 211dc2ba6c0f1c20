"""A line between a client and a server that writes down what the client says, and can be cut, blocked or slowed."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Self


class Proxy:
    """Listens on a loopback port of its own. What the client sent is in `sent` (useful only without TLS)."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.sent = bytearray()
        self.connections = 0
        self._left: int | None = None  # bytes of answers until the line is cut
        self._blocked = self._muted = False
        self._mark: bytes | None = None
        self._pieces = 0.0
        self._cut_at: bytes | None = None
        self._room: int | None = None  # bytes that the client may still say
        self._lines: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        self.cut()

    @property
    def commands(self) -> list[str]:
        """Every command of the client without its tag, in capitals."""
        lines = bytes(self.sent).decode(errors="replace").upper().split("\r\n")
        return [line.partition(" ")[2] or line for line in lines if line]

    def cut(self) -> None:
        """End all connections that are open now; new ones are welcome."""
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def cut_after(self, answered: int) -> None:
        """End a connection when so many bytes more came from the server."""
        self._left = answered

    def cut_at(self, word: bytes) -> None:
        """End a connection right after the client next says this, before the answer."""
        self._cut_at = word

    def cut_after_sent(self, said: int) -> None:
        """End a connection when the client has said so many bytes more."""
        self._room = said

    def block(self) -> None:
        """Swallow everything from now on."""
        self._blocked = True

    def mute_after(self, mark: bytes) -> None:
        """Let the server hear everything, but swallow its answers once the client has sent this."""
        self._mark = mark

    def in_pieces(self, seconds: float) -> None:
        """Hand answers over in two halves, with a pause between."""
        self._pieces = seconds

    def heal(self) -> None:
        """Carry everything at once again."""
        self._left, self._mark, self._blocked, self._muted, self._pieces = None, None, False, False, 0.0
        self._cut_at, self._room = None, None

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                self.connections += 1
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:  # the server is down just now; the next client may find it up
                    _end(client)
                    continue
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._lines += [client, server]
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                self.sent += said
                self._muted = self._muted or bool(self._mark and self._mark in self.sent)
                if self._room is not None and self._room < len(said):
                    server.sendall(said[: self._room])
                    self._room = None
                    break
                if self._room is not None:
                    self._room -= len(said)
                if not self._blocked:
                    server.sendall(said)
                if self._cut_at and self._cut_at in said:
                    self._cut_at = None
                    break
        _end(server)
        _end(client)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                if self._blocked or self._muted:
                    continue
                if self._left is not None and self._left < len(said):
                    client.sendall(said[: self._left])
                    break
                if self._left is not None:
                    self._left -= len(said)
                self._carry(client, said)
        _end(server)
        _end(client)

    def _carry(self, client: socket.socket, said: bytes) -> None:
        if self._pieces:
            half = len(said) // 2
            client.sendall(said[:half])
            time.sleep(self._pieces)
            said = said[half:]
        client.sendall(said)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
