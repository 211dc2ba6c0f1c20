"""A bell that another thread rings to end a wait: a pair of sockets, so that it is polled beside a connection."""

from __future__ import annotations

import select
import socket
from contextlib import suppress


class Bell:
    """Rung once or often, it is heard once. A ring before the wait is heard too."""

    def __init__(self) -> None:
        self._ear, self._hand = socket.socketpair()
        self._ear.setblocking(False)
        self._hand.setblocking(False)

    def ring(self) -> None:
        """End the wait. May be called by any thread; a bell that is closed or already ringing stays as it is."""
        with suppress(OSError):
            self._hand.send(b"!")

    def wait(self, seconds: float, *beside: int) -> tuple[bool, bool]:
        """Wait until rung, until one of the descriptors beside can be read, or until time is up: (rung, readable)."""
        poll = select.poll()
        for fd in (self._ear.fileno(), *beside):
            poll.register(fd, select.POLLIN)
        awake = {fd for fd, _ in poll.poll(max(0.0, seconds) * 1000)}
        rung = self._ear.fileno() in awake
        if rung:
            self._hush()
        return rung, bool(awake - {self._ear.fileno()})

    def _hush(self) -> None:
        with suppress(BlockingIOError):
            while self._ear.recv(64):
                pass

    def close(self) -> None:
        """Give the sockets back."""
        self._ear.close()
        self._hand.close()
