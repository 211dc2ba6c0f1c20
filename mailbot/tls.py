"""TLS for both mail edges: whom it trusts, how a connection is protected by it, and why a connection failed.

The rule kept here: an error text says what to do and never repeats what the server said, for that may name a person.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from mailbot import regular_files


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that checks certificate and host name, against the system's authorities or one file of our own.

    Shared by all connections that trust the same: one holds every authority in memory.
    """
    return _context(ca_file, ca_file.stat().st_mtime_ns if ca_file else 0)


@lru_cache(maxsize=50)
def _context(ca_file: Path | None, changed: int) -> ssl.SSLContext:
    if ca_file:
        regular_files.check(ca_file)
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)


@dataclass(frozen=True, slots=True)
class TlsState:
    """How a connection is protected: the version of TLS, and until when the server's certificate is good."""

    version: str
    certificate_until: datetime


def tls_state(sock: object) -> TlsState | None:
    """How this socket, or what stands for it, is protected; None without TLS."""
    if not isinstance(sock, ssl.SSLSocket | ssl.SSLObject):
        return None
    certificate = sock.getpeercert() or {}
    until = ssl.cert_time_to_seconds(str(certificate.get("notAfter", "Jan  1 00:00:00 1970 GMT")))
    return TlsState(sock.version() or "?", datetime.fromtimestamp(until, UTC))


def failure_reason(error: BaseException) -> str:
    """Why a connection failed, with the cure, found in the error or in what caused it."""
    chain = list(_causes(error))
    for kind, reason in _REASONS:
        if any(isinstance(cause, kind) for cause in chain):
            return reason
    return "the connection was lost"


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted; set ca_file, or have the certificate renewed"),
    (ssl.SSLError, 'TLS could not be set up; check security and port: "tls" at 993 and 465, "starttls" at 143 and 587'),
    (regular_files.NotRegular, "the ca_file is no regular file; check its path"),
    (FileNotFoundError, "the ca_file does not exist; check its path"),
    (socket.gaierror, "the host name is unknown; check host"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "nothing listens there; check host and port"),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
