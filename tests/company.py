"""A company for tests of the whole path: complete, on the servers that a test gives it, with a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

from builders import a_policy
from mailbot import worker
from mailbot.accounts import CustomerSource, ImapAccount, SmtpAccount
from mailbot.app import Tenant
from mailbot.classify import GENERAL, Classifier, Rules, load_classifier
from mailbot.config import Company
from mailbot.letters import Letters
from mailbot.model import Caps, Case, Kind, Letter, LetterState, Reason, Verdict
from mailbot.operation import heartbeat

REPLIES = Path(__file__).parent.parent / "replies"
BOX = "privacy@mail.test"
CONTACT, DEPUTY = "contact@staff.test", "deputy@staff.test"
KNOWN = "klant@mail.test"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WIDE = Caps(per_address_a_day=1000, per_hour=1000)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


def a_company(imap: ImapAccount, smtp: SmtpAccount, folder: Path, **changes: Any) -> Company:
    """A complete company. `changes` are fields of its policy."""
    customers = folder / "customers.csv"
    customers.write_text(f"id;naam;e-mail\n1001;Klant;{KNOWN}\n", "utf-8")
    facts = {
        "mailbox": BOX,
        "addresses": (BOX,),
        "contact_email": CONTACT,
        "deputy_email": DEPUTY,
        "go_live": START - timedelta(days=1),
        "post_address": "Straat 1, 1000 AA Stad",
        "caps": WIDE,
    }
    policy = a_policy(**{**facts, **changes})
    return Company(policy, imap, smtp, CustomerSource("csv", customers))


@cache
def shipped_letters() -> Letters:
    """The letters as they are shipped, read once: they stay what they were while a program runs."""
    return Letters(REPLIES)


@cache
def shipped_sorter() -> Classifier:
    """The sorter as it is shipped, read once: half a second, and some ten megabytes."""
    return load_classifier()


@contextmanager
def opened(company: Company, folder: Path) -> Iterator[Tenant]:
    """The company, ready to work, with its store in `folder`."""
    tenant = Tenant(company, folder / "state", shipped_letters(), Sorter())
    try:
        yield tenant
    finally:
        tenant.close()


def work(tenant: Tenant, clock: Clock, rounds: int = 1) -> worker.Round:
    """So many rounds that nothing stands in the way of; what the last one did."""
    for _ in range(rounds):
        done = worker.once(tenant, clock)
        assert not done.trouble, done.trouble
    return done


def with_mode(tenant: Tenant, mode: str) -> None:
    """Let the company observe, hold or send from now on."""
    tenant.company = replace(tenant.company, policy=replace(tenant.policy, mode=mode))


def cases(tenant: Tenant) -> list[Case]:
    with tenant.store.unit() as unit:
        return unit.all_cases()


def letters(tenant: Tenant, *states: LetterState) -> list[Letter]:
    with tenant.store.unit() as unit:
        return [letter for state in (states or tuple(LetterState)) for letter in unit.letters(state)]


def a_raw_mail(
    text: str, sender: str = KNOWN, subject: str = "vraag", number: int = 1, to: str = BOX, **headers: str
) -> bytes:
    """A mail as it arrives."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{number}@klant.test>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def a_bounce(message_id: str, to: str) -> bytes:
    """What a server sends back about a mail of ours that it could not deliver."""
    told = f"Onbekend adres. Uw bericht {message_id} kwam niet aan."
    machine = {"Auto_Submitted": "auto-replied", "Return_Path": "<>", "X_Failed_Recipients": to}
    return a_raw_mail(told, "MAILER-DAEMON@mx.test", "Undelivered Mail", 91, **machine)


ACCESS = "Goedemorgen, ik wil graag weten welke persoonsgegevens u van mij hebt. Stuurt u mij daar een kopie van? Groet"
ERASURE = "Verwijder mijn account en wis al mijn gegevens. Bedankt."
MARKETING = "Stop met die nieuwsbrief, ik wil geen reclame meer."
ORDER = "Wanneer wordt mijn bestelling 5512 bezorgd? De track en trace staat stil."
UNCLEAR = "Kunt u daar nog eens naar kijken?"
_MEANS = {
    "welke persoonsgegevens": Kind.ACCESS,
    "Verwijder mijn account": Kind.ERASURE,
    "geen reclame": Kind.DIRECT_MARKETING,
}


class Sorter(Classifier):
    """Knows the few texts of these tests for certain, so that they say nothing about how well mails are sorted."""

    def __init__(self) -> None:
        pass

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        kinds = tuple(kind for words, kind in _MEANS.items() if words in text)
        if not kinds:
            return Verdict((Kind.NOT_A_REQUEST,), 0.9, "triage" if UNCLEAR in text else "auto")
        return Verdict(kinds, 0.97, "auto", "nl", tuple(Reason(kind, text.strip()[:40]) for kind in kinds))


def status(tenant: Tenant) -> str:
    """What stood in the way of the last round, as its sign of life says."""
    beat = heartbeat.read(tenant.folder)
    assert beat
    return beat.trouble


def rounds(tenant: Tenant, clock: Clock, many: int = 3) -> None:
    """Rounds two minutes apart."""
    for _ in range(many):
        clock.move(minutes=2)
        work(tenant, clock)
