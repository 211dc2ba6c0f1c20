"""Telling systemd that we are ready, alive or about to stop (sd_notify(3)): one datagram each, nothing without systemd.

The rule kept here: a sign of life comes only from work that was really done, so a worker that hangs is started anew.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Systemd:
    """The line to the service manager; silent when there is none."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._path = environ.get("NOTIFY_SOCKET", "")
        usec, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
        ours = pid in ("", str(os.getpid()))
        self.watchdog_seconds = int(usec) / 1_000_000 if usec.isdigit() and ours else 0.0

    def ready(self, status: str) -> None:
        """The work has begun."""
        self._tell(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        """Every part of the work made progress."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The work ends, on purpose."""
        self._tell("STOPPING=1")

    def _tell(self, words: str) -> None:
        if not self._path:
            return
        address = "\0" + self._path[1:] if self._path.startswith("@") else self._path
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.sendto(words.encode(), address)
