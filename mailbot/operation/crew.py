"""The threads of a worker, one for each company: begun, let go once what is in hand is done, and begun anew.

The rule kept here: nobody serves a company twice at once. Who takes it up anew waits until the thread before has ended
and gave its memory back; no other company waits for that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from mailbot.app import Tenant

#: A thread that gave no sign of life for so long beyond what it announced hangs.
PATIENCE = 300.0


class Liveness:
    """Until when each company's thread promised its next sign of life. Read by the thread that feeds the watchdog."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def promise(self, tenant: str, seconds: float = 0.0) -> None:
        """The thread works, and will be heard again within so many seconds and some patience."""
        self._until[tenant] = time.monotonic() + seconds + PATIENCE

    def forget(self, tenant: str) -> None:
        """The thread ended as it was asked to: it owes no sign of life."""
        self._until.pop(tenant, None)

    @property
    def is_kept(self) -> bool:
        """Whether every thread kept its promise so far."""
        return all(until > time.monotonic() for until in list(self._until.values()))


@dataclass(frozen=True, slots=True)
class _AtWork:
    tenant: Tenant
    leave: threading.Event
    thread: threading.Thread

    def let_go(self) -> None:
        self.leave.set()
        self.tenant.mailbox.wake()


class Crew:
    """Who is at work. `serve` works for one company until its event is set. Used by one thread."""

    def __init__(self, serve: Callable[[Tenant, threading.Event], None], liveness: Liveness) -> None:
        self._serve, self._liveness = serve, liveness
        self._at_work: dict[str, _AtWork] = {}
        self._leaving: dict[str, _AtWork] = {}
        self._next: dict[str, Tenant] = {}

    @property
    def companies(self) -> list[str]:
        """Who is served, or will be as soon as the thread before has ended."""
        return sorted({*self._at_work, *self._next})

    def begin(self, tenant: Tenant) -> None:
        """Serve this company; one that is served already is taken up anew, as it is now."""
        self.let_go(tenant.id)
        if tenant.id in self._leaving:
            self._next[tenant.id] = tenant
            return
        leave = threading.Event()
        thread = threading.Thread(target=self._serve, args=(tenant, leave), name=tenant.id, daemon=True)
        self._at_work[tenant.id] = _AtWork(tenant, leave, thread)
        thread.start()

    def let_go(self, company: str) -> None:
        """Serve this company no more: the mail at hand is finished first."""
        self._next.pop(company, None)
        if one := self._at_work.pop(company, None):
            self._leaving[company] = one
            one.let_go()

    def settle(self) -> list[str]:
        """Give back what those had who ended as they were asked to, and begin those anew that wait for it. Returns the
        companies that were let go."""
        gone = []
        for company, one in list(self._leaving.items()):
            if one.thread.is_alive():
                continue
            del self._leaving[company]
            self._liveness.forget(company)
            one.tenant.close()
            gone.append(company)
            if tenant := self._next.pop(company, None):
                self.begin(tenant)
        return gone

    def end(self, grace: float) -> bool:
        """Let everybody go, and wait so many seconds. Returns whether all came to an end in time."""
        everybody = [*self._at_work.values(), *self._leaving.values()]
        for one in everybody:
            one.let_go()
        until = time.monotonic() + grace
        for one in everybody:
            one.thread.join(timeout=max(0.0, until - time.monotonic()))
            if not one.thread.is_alive():
                one.tenant.close()
        return not any(one.thread.is_alive() for one in everybody)
