"""Figures for Prometheus on a port of this machine: how each company is doing, by company and nothing else.

The rules kept here: no name, address, text or reference is in them (F-10); nobody but this machine can ask; they
come from what is on disk, so that a thread that is dead shows too. The library is optional: extra `metrics`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailbot.app import Clock, Tenant, close_all
from mailbot.errors import ConfigError, Problem
from mailbot.operation import health
from mailbot.operation.health import Condition

if TYPE_CHECKING:
    from prometheus_client.core import Metric

HOST = "127.0.0.1"
#: So long one answer is given again, however often somebody asks.
FRESH = timedelta(seconds=15)
#: So long what was counted holds where no thread counts anew.
STALE = timedelta(minutes=5)

_NUMBERS: tuple[tuple[str, str, Callable[[Condition], float]], ...] = (
    ("open_cases", "Cases whose clock runs.", lambda one: one.open_cases),
    ("overdue_cases", "Open cases past the day on which people must act.", lambda one: len(one.overdue)),
    ("letters_queued", "Letters on their way out.", lambda one: one.queued),
    ("letters_held", "Letters that wait for a person.", lambda one: one.held),
    ("letters_unsure", "Letters of which nobody knows whether they left.", lambda one: one.unsure),
    ("letters_failed", "Letters that were refused for good and still matter.", lambda one: one.failed),
    ("mails_unreadable", "Mails in quarantine.", lambda one: one.quarantine),
    (
        "sending_stopped",
        "1 while nothing leaves by itself until a person has looked: too many letters, or a restored memory.",
        lambda one: bool(one.stopped_at),
    ),
    ("problems", "How many things `mailbot status` finds wrong.", lambda one: len(one.wrong)),
    (
        "working",
        "1 for a company that is complete and has a worker's sign of life.",
        lambda one: one.state == "working",
    ),
)
_MOMENTS: tuple[tuple[str, str, Callable[[Condition], datetime | None]], ...] = (
    ("last_poll_timestamp_seconds", "When every folder was last read.", lambda one: one.polled_at),
    ("last_letter_timestamp_seconds", "When a letter last left.", lambda one: one.sent_at),
    ("next_deadline_timestamp_seconds", "The next moment by which people must act.", lambda one: one.next_deadline),
)


class Figures:
    """What Prometheus asks for. `companies` opens them anew: the worker's threads have lines of their own, and keep
    here what they count after a round, so that an answer opens hardly any memory."""

    def __init__(self, companies: Callable[[], list[Tenant]], clock: Clock) -> None:
        self._companies, self._clock = companies, clock
        self._lock = threading.Lock()
        self._found: list[Condition] = []
        self._at: datetime | None = None
        self._kept: dict[str, tuple[datetime, Condition]] = {}

    def keep(self, tenant: Tenant) -> None:
        """Count what is in the company's memory now, by the thread that has it open. Not twice in a short time."""
        now = self._clock()
        if (kept := self._kept.get(tenant.id)) is None or now - kept[0] >= FRESH:
            self._kept[tenant.id] = now, health.condition_of_one(tenant, now)

    def collect(self) -> Iterable[Metric]:
        """Every figure of every company."""
        from prometheus_client.core import GaugeMetricFamily

        conditions = self._conditions()
        for name, words, value in _NUMBERS:
            figure = GaugeMetricFamily(f"mailbot_{name}", words, labels=["company"])
            for one in conditions:
                figure.add_metric([one.tenant], float(value(one)))
            yield figure
        for name, words, moment in _MOMENTS:
            figure = GaugeMetricFamily(f"mailbot_{name}", words, labels=["company"])
            for one in conditions:
                if at := moment(one):
                    figure.add_metric([one.tenant], at.timestamp())
            yield figure

    def _conditions(self) -> list[Condition]:
        with self._lock:
            now = self._clock()
            if self._at is None or now - self._at >= FRESH:
                opened = self._companies()
                try:
                    self._found = [self._condition(one, now) for one in opened]
                finally:
                    close_all(opened)
                self._at = now
            return self._found

    def _condition(self, tenant: Tenant, now: datetime) -> Condition:
        """By what its thread counted and its sign of life says; of who has no thread here, its memory is opened."""
        at, found = self._kept.get(tenant.id, (None, None))
        if at is None or found is None or now - at >= STALE:
            found = health.condition_of_one(tenant, now)
            self._kept[tenant.id] = now, found
            tenant.close()
        return health.renewed(tenant, found, now)


def serve(port: int, figures: Figures) -> Callable[[], None]:
    """Answer on this port until the function that comes back is called. Raises ConfigError."""
    try:
        from prometheus_client import CollectorRegistry, start_http_server
    except ImportError:
        cure = 'needs the extra: pip install "mailbot[metrics]"'
        raise ConfigError([Problem("mailbot.toml: metrics", cure)]) from None
    registry = CollectorRegistry()
    registry.register(figures)
    try:
        server, thread = start_http_server(port, HOST, registry)
    except OSError as error:
        cure = f"{port} cannot be used ({error.strerror}); name another one"
        raise ConfigError([Problem("mailbot.toml: metrics.port", cure)]) from None

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
