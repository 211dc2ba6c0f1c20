"""The configuration as values: what `load` gives to the rest of the program.

The rule kept here: a company that lacks something still loads. `missing` says exactly what must be typed where before
it may run (E-04: never invent a mailbox, a contact person or an address).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailbot.accounts import CustomerSource, ImapAccount, OAuthApp, RecordSource, Secret, SmtpAccount, SuppressionHook
from mailbot.errors import ConfigError, Problem, Usage
from mailbot.model import Policy


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A person of the company confirms that it keeps a promise that software cannot keep."""

    promise: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Log:
    """How much the log says and in which form. It never holds personal data, whatever the level (F-09)."""

    level: str = "info"
    format: str = "text"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A colleague: who he is on this machine, and at which companies he may see, sort, decide and send ("*": all)."""

    user: str
    name: str
    see: frozenset[str] = frozenset()
    triage: frozenset[str] = frozenset()
    decide: frozenset[str] = frozenset()
    send: frozenset[str] = frozenset()
    keep: bool = False  # he keeps the machine too, also through sudo: backup, check, status, the worker
    email: str = ""  # where he hears it when contact person and deputy cannot be reached

    def may(self, permission: str, company: str) -> bool:
        """Whether he has this permission there. Whoever may do anything may see."""
        enough = ("see", "triage", "decide", "send") if permission == "see" else (permission,)
        return any(not {"*", company}.isdisjoint(getattr(self, one)) for one in enough)


@dataclass(frozen=True, slots=True)
class Agency:
    """The office that runs the program for several companies: where its weekly mail goes, and by which server."""

    name: str
    email: str
    sender: str
    zone: str
    smtp: SmtpAccount


@dataclass(frozen=True, slots=True)
class Company:
    """One company: its policy, the way to its servers, and what it still lacks."""

    policy: Policy
    imap: ImapAccount | None = None
    smtp: SmtpAccount | None = None
    customers: CustomerSource | None = None
    suppression_hook: SuppressionHook | None = None
    oauth: OAuthApp | None = None
    alarm_smtp: SmtpAccount | None = None  # an alarm leaves by another server, as `alarm_sender`
    alarm_sender: str = ""
    sources: tuple[RecordSource, ...] = ()
    missing: tuple[Problem, ...] = ()
    usable: bool = True  # False: its file has a fault (`missing` says which), and only its name is known
    confirmed: tuple[Confirmation, ...] = ()
    to_confirm: tuple[str, ...] = ()  # settings that the program found and nobody confirmed

    @property
    def id(self) -> str:
        """The tenant's id: the name of its file."""
        return self.policy.tenant


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that was read from one configuration folder."""

    directory: Path
    state: Path  # absolute; the program makes it when it first writes
    poll_seconds: int
    companies: tuple[Company, ...]
    log: Log = Log()
    database: Secret | None = None  # the address of the PostgreSQL database in use, None for a file per company
    lease_seconds: int = 30  # how long a worker of a common database may be silent before another one takes over
    agency: Agency | None = None
    metrics_port: int | None = None  # where Prometheus finds the figures; None: nowhere
    staff: tuple[StaffMember, ...] | None = None  # who may do what; None: everybody may do everything
    faults: tuple[Problem, ...] = ()  # of files that all share, which keep no company from its turn
    other_database: Secret | None = None  # one that is named but not in use: where `migrate-store` may go

    @property
    def usable(self) -> tuple[Company, ...]:
        """The companies whose own file has no fault."""
        return tuple(company for company in self.companies if company.usable)

    def folder_of(self, tenant: str) -> Path:
        """Where a company keeps its memory and what belongs to it; it need not be there."""
        return self.state / tenant

    def company(self, tenant: str) -> Company:
        """The company with that id. Raises Usage that lists the ids there are, ConfigError where its file is faulty."""
        found = next((company for company in self.companies if company.id == tenant), None)
        if found is None:
            known = ", ".join(company.id for company in self.companies) or "none"
            raise Usage(f"there is no company {tenant!r}; known: {known}")
        if not found.usable:
            raise ConfigError(list(found.missing))
        return found
