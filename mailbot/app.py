"""From the configuration to open companies with their edges. The one place that reads the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mailbot.accounts import ImapAccount, Secret, SmtpAccount
from mailbot.config import Company, Installation, StaffMember
from mailbot.customers import Customers, open_source
from mailbot.domains import domain_of
from mailbot.errors import ConfigError, MailbotError, Refused
from mailbot.intake_attempts import IntakeAttempts
from mailbot.memory import opening, rules
from mailbot.model import Policy
from mailbot.signatures import Dns
from mailbot.store import Store

if TYPE_CHECKING:
    from mailbot.classify import Classifier
    from mailbot.letters import Letters
    from mailbot.mailbox import Mailbox, MailboxWriter
    from mailbot.oauth import Tokens
    from mailbot.smtp import SubmissionClient
    from mailbot.store.postgres import Database

Clock = Callable[[], datetime]
Account = TypeVar("Account", ImapAccount, SmtpAccount)
#: So long a server that refused the login is left alone, the first time and afterwards.
FIRST_BACK_OFF, BACK_OFF = timedelta(minutes=1), timedelta(minutes=30)


def now() -> datetime:
    """This moment, in UTC. Nothing else in the program asks for the time."""
    return datetime.now(UTC)


class Busy(MailbotError):
    """Another worker has this company."""


@dataclass(frozen=True, slots=True)
class BackOff:
    """Until when a server is not dialled, but for letters to the company's own domain if it takes those."""

    until: datetime
    but_home: bool = False


@dataclass
class Tenant:
    """One company with everything that its work needs. Edges open at first use: a command pays for what it uses."""

    company: Company
    folder: Path
    letters: Letters
    classifier: Classifier
    dns: Dns | None = None  # how keys of signatures are looked up, None for the system's way
    database: Database | None = None  # where it keeps its memory, None for a file in its folder
    other_database: Secret | None = None  # one that is named and not in use: its memory may lie there
    staff_member: StaffMember | None = None  # in whose hands it is; None: the program's own, or there is no staff file
    alarmed: dict[str, datetime] = field(default_factory=dict, init=False)  # alarms that left without the memory
    #: By step, which of the things that it would write were refused lately: the longest ago first.
    waiting_writes: dict[str, dict[str, None]] = field(default_factory=dict, init=False)
    write_refused: str | None = field(default=None, init=False)  # what its mailbox did not take, as it was told last
    #: How the server of letters (False), or that of alarms (True), is left alone.
    backed_off: dict[bool, BackOff] = field(default_factory=dict, init=False)
    took_outside: bool = field(default=False, init=False)  # a letter to another domain, and refused none since
    unsettled: list[Any] = field(default_factory=list, init=False)  # how letters ended, not written down yet

    @property
    def id(self) -> str:
        """The tenant's id."""
        return self.company.id

    @property
    def policy(self) -> Policy:
        """What the company promises and wants."""
        return self.company.policy

    def require_permission(self, permission: str) -> None:
        """Raises Refused when the colleague who has the company in hand may not do this."""
        if self.staff_member and not self.staff_member.may(permission, self.id):
            who = self.staff_member.user
            raise Refused(f"{who} may not {permission} at {self.id}; whoever keeps staff.toml can change that", "staff")

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that are watched."""
        return self.company.imap.folders if self.company.imap else ()

    @cached_property
    def store(self) -> Store:
        """The company's memory."""
        store = opening.open_store(self.id, self.folder, self.database, self.other_database)
        if rules.must_be_applied(store):
            from mailbot.memory import rules_version  # brings along everything that acts

            rules_version.apply_rules(store, self.policy, self.letters, now)
        return store

    @property
    def has_memory(self) -> bool:
        """Whether anything was ever recorded that can be read by its settings. Asking makes no file."""
        return self.company.usable and opening.exists(self.id, self.folder, self.database)

    @cached_property
    def mailbox(self) -> Mailbox:
        """The company's mailbox."""
        if self.company.imap is None:
            raise ConfigError(list(self.company.missing))
        from mailbot.mailbox import Mailbox

        return Mailbox(self._with_token(self.company.imap))

    @cached_property
    def mailbox_writer(self) -> MailboxWriter:
        """The connection that writes into the mailbox, where a setting asks for it."""
        if self.company.imap is None:
            raise ConfigError(list(self.company.missing))
        from mailbot.mailbox import MailboxWriter

        return MailboxWriter(self._with_token(self.company.imap))

    @cached_property
    def submission(self) -> SubmissionClient:
        """The submission server."""
        if self.company.smtp is None:
            raise ConfigError(list(self.company.missing))
        from mailbot.smtp import SubmissionClient

        return SubmissionClient(self._with_token(self.company.smtp))

    @cached_property
    def tokens(self) -> Tokens | None:
        """The company's access by consent; None when it uses passwords, or gets its tokens elsewhere."""
        from mailbot.oauth import Tokens

        app = self.company.oauth
        return Tokens(app, self.folder, self.id, now) if app else None

    def _with_token(self, account: Account) -> Account:
        if self.tokens is None or account.auth == "password":
            return account
        return replace(account, password=self.tokens, reject_token=self.tokens.reject_token)

    @cached_property
    def alarm_submission(self) -> SubmissionClient | None:
        """The other submission server, for alarms; None when the company named none."""
        from mailbot.smtp import SubmissionClient

        return SubmissionClient(self.company.alarm_smtp) if self.company.alarm_smtp else None

    def submission_for(self, to: str) -> tuple[SubmissionClient, Policy]:
        """By which server a letter to this address leaves, and the policy that names its sender."""
        if self.leaves_aside(to) and self.alarm_submission:
            return self.alarm_submission, replace(self.policy, mailbox=self.company.alarm_sender)
        return self.submission, self.policy

    def leaves_aside(self, to: str) -> bool:
        """Whether a letter to this address leaves by the other server."""
        return to == self.policy.alarm_email and self.alarm_submission is not None

    def is_at_home(self, address: str) -> bool:
        """Whether an address is of the company's own domain."""
        return domain_of(address) == domain_of(self.policy.mailbox)

    def back_off(self, to: str, now: datetime, but_home: bool = False) -> datetime:
        """This letter's server refused us: trying on would lock the account. Returns until when it is left alone.
        `but_home`: our own domain it takes."""
        aside = self.leaves_aside(to)
        before = self.backed_off.get(aside)
        if before is None or before.until <= now:
            pause = BACK_OFF if before else FIRST_BACK_OFF
            self.backed_off[aside] = BackOff(now + pause, but_home)
        self.took_outside = False
        return self.backed_off[aside].until

    def let_in(self, to: str) -> None:
        """The server by which this letter leaves takes letters: what it refuses later is the first again."""
        aside, home = self.leaves_aside(to), self.is_at_home(to)
        self.took_outside = self.took_outside or not (aside or home)
        if aside not in self.backed_off or not (home and self.backed_off[aside].but_home):
            self.backed_off.pop(aside, None)

    def is_backing_off(self, to: str, now: datetime) -> bool:
        """Whether the server by which this letter leaves must not be dialled for it now."""
        found = self.backed_off.get(self.leaves_aside(to))
        return found is not None and found.until > now and not (found.but_home and self.is_at_home(to))

    @cached_property
    def customers(self) -> Customers | None:
        """The known customers, None when the company named no source."""
        return open_source(self.company.customers) if self.company.customers else None

    @cached_property
    def intake_attempts(self) -> IntakeAttempts:
        """The mail at hand, across crashes."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return IntakeAttempts(self.folder / "attempts")

    def claim(self) -> None:
        """Be the only worker of this company. Raises Busy when another has it."""
        if not self.store.claim():
            raise Busy(f"{self.id}: another mailbot worker has this company; stop it first")

    def close(self) -> None:
        """Let go of everything that was opened."""
        for name in ("mailbox", "mailbox_writer", "submission", "alarm_submission", "store"):
            if (edge := self.__dict__.pop(name, None)) is not None:
                edge.close()


def open_tenants(
    installation: Installation, letters: Letters, load_classifier: Callable[[], Classifier], only: str = ""
) -> list[Tenant]:
    """The companies of an installation, or the one named. Opens no connection and creates no file."""
    companies = [installation.company(only)] if only else list(installation.companies)
    classifier = load_classifier()
    database = database_of(installation)
    return [
        Tenant(
            company,
            installation.folder_of(company.id),
            letters,
            classifier,
            database=database,
            other_database=installation.other_database,
        )
        for company in companies
    ]


def tenant_like(other: Tenant, company: Company) -> Tenant:
    """One more company of the same installation, or the same one by other settings; nothing of it is open."""
    return replace(other, company=company, folder=other.folder.parent / company.id)


def close_all(tenants: Sequence[Tenant]) -> None:
    """Let go of companies and of the database that they share."""
    for tenant in tenants:
        tenant.close()
    for database in {tenant.database for tenant in tenants if tenant.database}:
        database.close()


def database_of(installation: Installation) -> Database | None:
    """The common database in use, None for a file per company. Raises ConfigError without its driver, an extra."""
    address = installation.database
    return opening.database_at(address, installation.lease_seconds) if address else None
