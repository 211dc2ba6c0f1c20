"""Play six weeks in about a minute: real worker, real IMAP and SMTP on loopback, only the clock is moved by hand."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from mailbot import events, worker
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.classify import Classifier
from mailbot.config import Company, Installation, load
from mailbot.decide.stopping import waits_for_stop
from mailbot.demo.script import ANSWERS, DAYS, FIRST_DAY, Scene, scenes, to_bytes
from mailbot.demo.servers import MailServers
from mailbot.letters import Letters
from mailbot.model import Case, Status, StepEnding
from mailbot.plan import open_required, plan_of

#: Rounds of the worker in a day of the demonstration, in hours of the day.
HOURS = (8, 9, 12, 17, 21)
#: A colleague looks at doubtful mail within a day.
TRIAGE_TAKES = timedelta(hours=20)
OVERLAY = Path(__file__).parent / "overlay"


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the play, for those who watch."""

    day: int
    at: datetime
    arrived: tuple[Scene, ...]
    rounds: tuple[worker.Round, ...]


@dataclass
class Play:
    """The demonstration in a folder of its own; `moments` runs it."""

    config: Path
    replies: Path
    folder: Path
    classifier: Classifier
    at: datetime = FIRST_DAY
    tenants: list[Tenant] = field(default_factory=list)
    servers: MailServers | None = None

    @property
    def _sent(self) -> Path:
        return self.folder / "sent"

    def clock(self) -> datetime:
        """The moment in the play."""
        return self.at

    @contextlib.contextmanager
    def stage(self) -> Iterator[None]:
        """Servers up and companies opened; everything from an earlier play is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._sent.mkdir(parents=True)  # first of all: the mark of a demonstration, also of one that was broken off
        installation = load(self.config, OVERLAY)
        with MailServers(_everybody(installation), clock=self.clock) as servers:
            self.servers = servers
            self.tenants = [self._open(company, servers) for company in installation.companies]
            try:
                yield
                self._keep_mails(servers)
            finally:
                for tenant in self.tenants:
                    tenant.close()

    def _open(self, company: Company, servers: MailServers) -> Tenant:
        box = company.policy.mailbox
        ready = replace(company, imap=servers.imap_account(box), smtp=servers.smtp_account(box), missing=())
        return Tenant(ready, self.folder / "state" / company.id, Letters(self.replies), self.classifier)

    def moments(self) -> Iterator[Moment]:
        """Six weeks, a few rounds a day."""
        waiting = list(enumerate(scenes(), 1))
        for day in range(DAYS):
            for hour in HOURS:
                self.at = (FIRST_DAY + timedelta(days=day)).replace(hour=hour, minute=0).astimezone(UTC)
                arrived = []
                while waiting and waiting[0][1].at <= self.at:
                    number, scene = waiting.pop(0)
                    self._arrive(number, scene)
                    arrived.append(scene)
                self._colleagues_answer()
                yield Moment(
                    day + 1, self.at, tuple(arrived), tuple(worker.once(one, self.clock) for one in self.tenants)
                )

    def _arrive(self, number: int, scene: Scene) -> None:
        assert self.servers is not None
        tenant = next(one for one in self.tenants if one.id == scene.tenant)
        answers = self._our_letter(tenant, scene.reply_to_case) if scene.reply_to_case else ""
        box = scene.box or tenant.policy.mailbox
        raw = to_bytes(scene, number, box, answers)
        self.servers.put(tenant.policy.mailbox, raw, internal_date=scene.at)

    def _our_letter(self, tenant: Tenant, address: str) -> str:
        with tenant.store.unit() as unit:
            letters = [letter for case in unit.cases_of(address) for letter in unit.letters_of(case.ref)]
        return next((letter.message_id for letter in letters if letter.to == address), "")

    def _colleagues_answer(self) -> None:
        for tenant in self.tenants:
            for case in self.open_cases(tenant):
                address = case.requester_email
                if case.status is Status.TRIAGE and self.at - case.received_at >= TRIAGE_TAKES:
                    _triage(tenant, case, self.at)
                elif address in ANSWERS and self.at - case.received_at >= ANSWERS[address][0]:
                    _answer(tenant, case, address, self.at)

    def open_cases(self, tenant: Tenant) -> list[Case]:
        """The company's open cases."""
        with tenant.store.unit() as unit:
            return unit.open_cases()

    def _keep_mails(self, servers: MailServers) -> None:
        """Lay every mail that left beside the play, to open in a mail program."""
        for number, mail in enumerate(servers.accepted, 1):
            (self._sent / f"{number:03d}-{mail.recipient.partition('@')[0]}.eml").write_bytes(mail.raw)


def _everybody(installation: Installation) -> list[str]:
    """Every address that gets mail in the play."""
    staff = [
        address
        for company in installation.companies
        for address in (company.policy.mailbox, company.policy.contact_email, company.policy.deputy_email)
    ]
    return list(dict.fromkeys([*staff, *(parseaddr(scene.sender)[1] for scene in scenes())]))


def _triage(tenant: Tenant, case: Case, now: datetime) -> None:
    """A colleague agrees with what was understood."""
    acting.act(tenant, case.ref, events.Accepted(tenant.policy.contact_name), now)


def _answer(tenant: Tenant, case: Case, address: str, now: datetime) -> None:
    _, outcome, text = ANSWERS[address]
    if waits_for_stop(case):
        acting.act(tenant, case.ref, events.StopConfirmed(tenant.policy.contact_name, "in every list"), now)
    name = tenant.policy.contact_name
    if "sent: answer" in case.remarks:
        if open_required(case, tenant.policy):
            acting.act(tenant, case.ref, events.StepSettled(name, "all", StepEnding.SKIPPED, "demonstration"), now)
        acting.act(tenant, case.ref, events.Closed(name, outcome, "answered"), now)
    elif all(item.decided_at is None for item in case.items):
        if any(step.verb == "confirm" and not step.is_settled for step in plan_of(case, tenant.policy)):
            acting.act(tenant, case.ref, events.StepSettled(name, "confirm", note="demonstration"), now)
        acting.act(tenant, case.ref, events.Answered(name, text, outcome), now)
