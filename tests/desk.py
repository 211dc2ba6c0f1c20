"""A company whose mailbox and way out are lists in memory: fast enough for a year, and honest about what left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from builders import a_policy
from company import BOX, CONTACT, DEPUTY, KNOWN, START, UNCLEAR, WIDE, Clock, Sorter, a_raw_mail, shipped_letters
from mailbot import events, worker
from mailbot.accounts import ImapAccount
from mailbot.acts import acting
from mailbot.acts.triage import TriageSession
from mailbot.app import Tenant
from mailbot.config import Company
from mailbot.errors import SendFailed, TryLater
from mailbot.mailbox import FetchedMail
from mailbot.memory import histories
from mailbot.model import Case, Customer, Letter, LetterState, Pointer, fold_address
from mailbot.reports.evidence import Evidence, evidence
from mailbot.reports.register import rows_of
from mailbot.store import TinyStore

#: The first case of the year.
REF = "AVG-2026-0001"
_NO_SERVER = ImapAccount("127.0.0.1", 9, "plain", BOX, lambda: "")


class OneCustomer:
    """The customers of a company that has one, at the usual address."""

    def by_address(self, email: str) -> list[Customer]:
        return [Customer("1001", (KNOWN,))] if fold_address(email) == KNOWN else []

    def by_number(self, number: str) -> list[Customer]:
        return []

    by_iban = by_number

    def by_name(self, name: str, postcode: str) -> list[Customer]:
        return []


class Desk:
    """One company at work, with the mails that left and those that are to come in."""

    def __init__(self, folder: Path, at: datetime = START, **changes: Any) -> None:
        self.clock = Clock(at)
        settings: dict[str, Any] = {
            "mailbox": BOX,
            "addresses": (BOX,),
            "contact_email": CONTACT,
            "deputy_email": DEPUTY,
            "caps": WIDE,
        }
        policy = a_policy(**settings | changes)
        self.tenant = Tenant(Company(policy, _NO_SERVER), folder, shipped_letters(), Sorter())
        self.tenant.__dict__ |= {
            "store": TinyStore(None),
            "mailbox": self,
            "submission": self,
            "customers": OneCustomer(),
        }
        self.sent: list[tuple[datetime, str, bytes]] = []
        self._read = cache(_read)  # a test looks again and again at what left
        self.refused: set[str] = set()
        self.down = False
        self.folder = ""  # where mails come in, if not in the folder that is watched first
        self._coming: list[bytes] = []
        self._uid = 0

    # --- what the mailbox and the way out offer the worker

    def since(self, folder: str, cursor: Any, first_day: Any) -> Iterator[FetchedMail]:
        coming, self._coming = self._coming, []
        for raw in coming:
            self._uid += 1
            yield FetchedMail(Pointer(self.folder or folder, 1, self._uid), raw, self.clock(), len(raw))

    def role(self, role: str) -> str:
        return ""

    def headers(self, folder: str, place: Any, first_day: Any) -> Iterator[Any]:
        return iter(())

    def answered(self, pointers: Sequence[Pointer]) -> set[Pointer]:
        return set()

    def send(self, sender: str, to: str, raw: bytes) -> str:
        if self.down:
            raise TryLater("the server is down")
        if to in self.refused:
            raise SendFailed("550 no such user")
        self.sent.append((self.clock(), to, raw))
        return "250 ok"

    # --- what a test does and sees

    def round(self, *mails: bytes, at: datetime | None = None, **moved: float) -> worker.Round:
        """Mails come in, the clock moves, the worker does one round."""
        self._coming += mails
        if at:
            self.clock.at = at
        elif moved:
            self.clock.move(**moved)
        done = worker.once(self.tenant, self.clock)
        assert self.down or not done.trouble, done.trouble
        return done

    @property
    def left(self) -> list[tuple[datetime, str, EmailMessage]]:
        """Every mail that left: when, to whom, and what it says."""
        return [(at, to, self._read(raw)) for at, to, raw in self.sent]

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Every mail but the weekly summary."""
        mails = (self._read(raw) for _, to, raw in self.sent if to == address)
        return [mail for mail in mails if "privacyverzoeken in week" not in str(mail["Subject"])]

    def forget_mails(self) -> None:
        self.sent.clear()

    def cases(self) -> list[Case]:
        with self.tenant.store.unit() as unit:
            return unit.all_cases()

    def letters(self, *states: LetterState) -> list[Letter]:
        with self.tenant.store.unit() as unit:
            return [letter for state in (states or tuple(LetterState)) for letter in unit.letters(state)]

    def faults(self) -> list[tuple[str, str]]:
        """What does not hold in the memory."""
        with self.tenant.store.unit() as unit:
            return list(histories.faults(unit))

    def change(self, **changes: Any) -> None:
        """The company sets something anew."""
        self.tenant.company = replace(self.tenant.company, policy=replace(self.tenant.policy, **changes))


def _read(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def act(desk: Desk, event: events.StaffActed, ref: str = REF) -> Case:
    """Somebody of the staff does something in a case; the case afterwards."""
    done = acting.act(desk.tenant, ref, event, desk.clock())
    assert done.case
    return done.case


def case_of(desk: Desk, ref: str = REF) -> Case:
    """The case, from the memory or a register."""
    with desk.tenant.store.unit() as unit:
        found = unit.case(ref)
    assert found
    return found


def three_in_doubt(folder: Path) -> Desk:
    """A desk with three mails of which a person must say what they ask."""
    desk = Desk(folder, local(2026, 3, 2, 10), undo_minutes=10)
    desk.round(*(a_raw_mail(f"{UNCLEAR} ({n})", number=n, sender=f"p{n}@klant.test") for n in (1, 2, 3)))
    (folder / "store.db").touch()
    return desk


def session(desk: Desk) -> TriageSession:
    """A sitting at its queue."""
    made = TriageSession([desk.tenant], "els", desk.clock)
    made.fill()
    return made


def local(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment on the clock of Amsterdam."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)


def text_of(mail: EmailMessage) -> str:
    """What a mail says in plain text."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def letter(desk: Desk, token: str) -> Letter:
    """The letter of this token, as it stands now."""
    with desk.tenant.store.unit() as unit:
        found = unit.letter(token)
    assert found
    return found


def register(desk: Desk) -> dict[str, Any]:
    """What the register of requests says of the only case."""
    [row] = rows_of(desk.cases(), desk.tenant.policy, 2026, desk.clock())
    return row


def proof(desk: Desk) -> Evidence:
    """What the dossier of the first case proves."""
    case = case_of(desk)
    with desk.tenant.store.unit() as unit:
        return evidence(unit, case, desk.tenant.policy)
