"""A wake-up from another thread ends a wait: a pair of sockets, so that it is polled beside a connection."""

from __future__ import annotations

import select
import socket
from contextlib import suppress


class Wakeup:
    """Called once or often, it ends one wait. A wake-up before the wait ends it too."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def wake(self) -> None:
        """End the wait. May be called by any thread; one that is closed or already called stays as it is."""
        with suppress(OSError):
            self._writer.send(b"!")

    def wait(self, seconds: float, *beside: int) -> tuple[bool, bool]:
        """Wait until woken, until one of the descriptors beside can be read, or until time is up: (woken, readable)."""
        poll = select.poll()
        for fd in (self._reader.fileno(), *beside):
            poll.register(fd, select.POLLIN)
        awake = {fd for fd, _ in poll.poll(max(0.0, seconds) * 1000)}
        woken = self._reader.fileno() in awake
        if woken:
            self._drain()
        return woken, bool(awake - {self._reader.fileno()})

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while self._reader.recv(64):
                pass

    def close(self) -> None:
        """Give the sockets back."""
        self._reader.close()
        self._writer.close()
