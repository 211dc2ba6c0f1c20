"""What anybody may ask about a domain: its SRV and MX records, and a page of its web server.

The rules kept here: every question is bounded in time and every answer in size. A page that was asked for over TLS is
never taken from a place without it, nor from an address of the local network to which a server redirects. No secret is
ever sent. None means that nobody answered, which is not the same as an answer that there is nothing.
"""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import IO, Protocol

import dns.exception
import dns.rdatatype
import dns.resolver
from dns.rdata import Rdata
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.IN.SRV import SRV

LOOK_SECONDS = 3.0
PAGE_SECONDS = 4.0
PAGE_BYTES = 64 * 1024
#: A whole host name: labels with dots between, of which the last one is no number.
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*[a-z0-9]")


class Records(Protocol):
    """Whom `server_search` asks."""

    def srv(self, name: str) -> list[tuple[int, int, int, str]] | None:
        """Priority, weight, port and target of each record."""
        ...

    def mx(self, domain: str) -> list[str] | None:
        """The hosts that take mail for a domain, best first."""
        ...

    def page(self, url: str) -> bytes | None:
        """What a web server gives for this address; empty when it has no such page."""
        ...


class Internet:
    """The name servers that this machine uses, or others, and web servers."""

    def __init__(self, nameserver: str = "", port: int = 53, ca_file: Path | None = None) -> None:
        self._nameserver, self._port, self._ca_file = nameserver, port, ca_file

    def srv(self, name: str) -> list[tuple[int, int, int, str]] | None:
        """Priority, weight, port and target of each record."""
        found = self._look(name, dns.rdatatype.SRV)
        if found is None:
            return None
        return [(one.priority, one.weight, one.port, _name(one.target)) for one in found if isinstance(one, SRV)]

    def mx(self, domain: str) -> list[str] | None:
        """The hosts that take mail for a domain, best first."""
        found = self._look(domain, dns.rdatatype.MX)
        if found is None:
            return None
        rows = sorted((one.preference, _name(one.exchange)) for one in found if isinstance(one, MX))
        return [host for _, host in rows]

    def _look(self, name: str, kind: dns.rdatatype.RdataType) -> list[Rdata] | None:
        try:
            resolver = dns.resolver.Resolver(configure=not self._nameserver)
            if self._nameserver:
                resolver.nameservers, resolver.port = [self._nameserver], self._port
            return list(resolver.resolve(name, kind, lifetime=LOOK_SECONDS, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError):
            return None

    def page(self, url: str) -> bytes | None:
        """What a web server gives for this address; empty when it has no such page, or one that is too large."""
        trusted = ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted), _StaysGuarded())
        try:
            with opener.open(url, timeout=PAGE_SECONDS) as answer:
                page: bytes = answer.read(PAGE_BYTES + 1)
        except urllib.error.HTTPError as error:
            return b"" if error.code in (404, 410) else None  # a proxy that forbids the way is no answer
        except (OSError, http.client.HTTPException, ValueError):
            return None
        return page if len(page) <= PAGE_BYTES else b""


class _StaysGuarded(urllib.request.HTTPRedirectHandler):
    """Follows a web server that points elsewhere, but never from TLS to a bare line, and only to a host with a name."""

    max_redirections = 3

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """None ends the journey."""
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise urllib.error.HTTPError(newurl, code, "leads to a bare line", headers, fp)
        if not (_same_server(req.full_url, newurl) or is_public(newurl)):
            raise urllib.error.HTTPError(newurl, code, "leads to no named host", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _same_server(one: str, other: str) -> bool:
    first, second = urllib.parse.urlsplit(one), urllib.parse.urlsplit(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def is_public(url: str) -> bool:
    """Whether this is a whole host name at the usual port: no address in figures, no machine of our own."""
    parts = urllib.parse.urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    own = host.rpartition(".")[2] in ("localhost", "localdomain")
    usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    return bool(_HOST.fullmatch(host)) and not own and usual


def _name(name: object) -> str:
    return str(name).rstrip(".").lower()
