"""Finds the servers of a mailbox: everything is asked at once, and what has not answered in time is left out.

The rule kept here: what is believed first is a file that came over TLS; then SRV records, the provider that the MX
names, and what that provider's own domain says. A file that came without TLS is last, and is marked as such.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar
from urllib.parse import quote

from mailbot.setup import autoconfig
from mailbot.setup.autoconfig import Found
from mailbot.setup.public_records import Records

SECONDS = 8.0
Answer = TypeVar("Answer")
_FILE = "mail/config-v1.1.xml"
_BARE = "it came over a line that anybody may have touched: check these names with your provider"


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, best first, and whether anybody answered at all."""

    found: tuple[Found, ...]
    answered: bool


def find(address: str, records: Records, seconds: float = SECONDS) -> Search:
    """Proposals for the servers of this mailbox. Takes no longer than `seconds`, and never raises."""
    domain = autoconfig.domain_of(address)
    if not domain:
        return Search((), True)
    until = time.monotonic() + seconds
    names = [name for rows in autoconfig.SERVICES.values() for name, _ in rows]
    srv = ParallelQuestions({name: partial(records.srv, f"{name}.{domain}") for name in names})
    mx = ParallelQuestions({"mx": partial(records.mx, domain)}).by(time.monotonic() + seconds / 2).get("mx")
    ranks = dict(_pages(domain, autoconfig.hoster_of(mx or ()), address))
    pages = ParallelQuestions({url: partial(records.page, url) for url in ranks}).by(until)
    told = srv.by(until)
    read = {ranks[url]: page for url, page in pages.items() if page}
    proposals = [
        *_files(read, address, ("https",)),
        autoconfig.by_srv({name: rows for name, rows in told.items() if rows}, address),
        autoconfig.by_mx(mx or (), address),
        *_files(read, address, ("hoster", "http")),
    ]
    heard = any(one is not None for one in (mx, *pages.values(), *told.values()))
    return Search(tuple(_distinct(one for one in proposals if one)), heard)


def _pages(domain: str, hoster: str, address: str) -> Iterator[tuple[str, tuple[str, int]]]:
    """The addresses that mail programs try, each with its rank."""
    who = f"?emailaddress={quote(address)}"
    yield f"https://autoconfig.{domain}/{_FILE}{who}", ("https", 0)
    yield f"https://{domain}/.well-known/autoconfig/{_FILE}", ("https", 1)
    if hoster and hoster != domain:
        yield f"https://autoconfig.{hoster}/{_FILE}{who}", ("hoster", 0)
    yield f"http://autoconfig.{domain}/{_FILE}", ("http", 0)
    yield f"http://{domain}/.well-known/autoconfig/{_FILE}", ("http", 1)


def _files(read: Mapping[tuple[str, int], bytes], address: str, ways: tuple[str, ...]) -> Iterator[Found | None]:
    domain = autoconfig.domain_of(address)
    for way, number in sorted((rank for rank in read if rank[0] in ways), key=lambda rank: (ways.index(rank[0]), rank)):
        where = f"autoconfig.{domain}" if number == 0 else f"{domain}/.well-known"
        source = "the autoconfig file of the provider" if way == "hoster" else f"the autoconfig file at {where}"
        yield autoconfig.by_xml(read[way, number], address, source, _BARE if way == "http" else "")


def _distinct(proposals: Iterator[Found]) -> Iterator[Found]:
    seen = set()
    for one in proposals:
        if (one.imap, one.smtp) not in seen:
            seen.add((one.imap, one.smtp))
            yield one


class ParallelQuestions(Generic[Answer]):
    """Questions that are all asked at once. One that goes on too long is left to end by itself."""

    def __init__(self, questions: Mapping[str, Callable[[], Answer]]) -> None:
        self._answers: dict[str, Answer] = {}
        self._threads = [threading.Thread(target=self._ask, args=one, daemon=True) for one in questions.items()]
        for thread in self._threads:
            thread.start()

    def _ask(self, name: str, question: Callable[[], Answer]) -> None:
        self._answers[name] = question()

    def by(self, moment: float) -> dict[str, Answer]:
        """The answers that came by then, on the monotonic clock."""
        for thread in self._threads:
            thread.join(max(moment - time.monotonic(), 0))
        return dict(self._answers)
