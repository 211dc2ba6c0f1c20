"""What we keep: the file about one person's request, its history, and the record of every mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from mailbot.model.kinds import Kind, Reason
from mailbot.model.mail import Address, MatchState, Pointer
from mailbot.model.work import Work


class Status(StrEnum):
    """Where a case stands."""

    TRIAGE = "triage"  # a person must say what it is
    OPEN = "open"
    CLOSED = "closed"
    ANONYMISED = "anonymised"


class Outcome(StrEnum):
    """How one asked right ended."""

    OPEN = "open"
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    NO_REQUEST = "no_request"


#: How a request reached the company.
Channel = Literal["mail", "phone", "post", "counter"]

#: How far it is proven who writes. "asked": our question is on its way; "failed": the mail is not the sender's own.
Identity = Literal["unproven", "known_address", "asked", "confirmed", "denied", "failed"]

#: What became of a mail: it opened a case or joined one; it is on record only, for the reason named.
Disposition = Literal[
    "case",
    "joined",
    "automatic",
    "no_request",
    "before_go_live",
    "duplicate",
    "unreadable",
    "resurfaced",
    "canary",
    "staff",
    "party",
]


@dataclass(frozen=True, slots=True)
class Item:
    """One right asked in a case, with its own outcome."""

    kind: Kind
    outcome: Outcome = Outcome.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    ground: str = ""  # on which a person refused it
    letter: str = ""  # token of the letter that tells the person
    told_at: datetime | None = None  # when that letter left


@dataclass(frozen=True, slots=True)
class Question:
    """A question of ours to the address on file: is this yours? Its keyed Message-ID is the single-use proof (C-02)."""

    message_id: str
    to: str
    answer: str = ""  # yes, no, or not yet


@dataclass(frozen=True, slots=True)
class CaseMail:
    """A mail that belongs to a case: the pointer, and the own text that people work with."""

    key: str
    message_id: str
    pointer: Pointer | None
    received_at: datetime
    sender: str
    subject: str
    text: str
    found_in: tuple[Pointer, ...] = ()  # further places of the same mail, newest last
    box: str = ""  # which of our addresses it was written to
    receipt: str = ""  # the Received line of our own server: the proof of when it came
    guessed: tuple[Kind, ...] = ()  # what it may ask beside the rights of its case, until a person says
    authentic: bool = False  # whether it was proven that it came from the sender's address

    @property
    def newest_place(self) -> Pointer | None:
        """Where the mail was last seen."""
        return self.found_in[-1] if self.found_in else self.pointer


#: The dates that a case keeps. The first four are of the answer; `stop_by` is that of what must stop at once.
DeadlineName = Literal["operating", "act_by", "notice_by", "statutory", "breach", "stop_by"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date on which something must have happened, with its legal basis and its explanation in Dutch.

    `due` is the last moment (UTC). For a date that is the end of that day in the company's zone, `on` is the date.
    """

    name: str  # a DeadlineName; a memory may hold one of another version
    due: datetime
    on: date | None
    basis: str
    explanation: str
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BreachNote:
    """What a person wrote about a breach for the register of article 33(5). `decision` is empty where it only tells
    more, `notified_at` when the authority was told, so far as that is known."""

    at: datetime
    by: str
    decision: str = ""
    notified_at: datetime | None = None
    reason: str = ""  # why the authority is told or not; if later than 72 hours, why so late
    facts: str = ""
    effects: str = ""
    measures: str = ""


@dataclass(frozen=True)
class Case:
    """The file about one person's request. Changed only by `decide.apply`; `version` counts the changes."""

    ref: str
    tenant: str
    status: Status
    received_at: datetime
    items: tuple[Item, ...] = ()
    requester: Address | None = None
    customer_id: str = ""
    known_email: str = ""
    linked: bool = False  # a person said that it is about this customer
    match: MatchState = MatchState.UNKNOWN
    language: str = "nl"
    identity: Identity = "unproven"
    certainty: float = 0.0
    reasons: tuple[Reason, ...] = ()
    signals: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # why a person must look, empty when none must
    deadlines: tuple[Deadline, ...] = ()
    clock: str = ""  # the dates explained in one Dutch line
    clock_reasons: tuple[str, ...] = ()  # the same step by step, each with its article
    alerted: tuple[str, ...] = ()  # escalation steps already sent
    climbed: tuple[str, ...] = ()  # those of them that the deputy got too
    mails: tuple[CaseMail, ...] = ()
    thread: tuple[str, ...] = ()  # Message-IDs of mails and letters of this case
    assignee: str = ""
    restricted_since: datetime | None = None
    suppressed: tuple[str, ...] = ()  # addresses and numbers taken off marketing for this case
    consent_withdrawn_at: datetime | None = None  # marked at once: what rested on this consent must stop (article 7(3))
    stopped_at: datetime | None = None  # a person, or the company's own program, confirmed that it has stopped
    next_at: datetime | None = None  # first moment the clock has work here
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str = ""
    closes_with: tuple[str, ...] = ()  # letters that a person called the answer: the case ends once they have left
    channel: Channel = "mail"
    remarks: tuple[str, ...] = ()
    doubt: str = ""  # why it was reasonable to doubt who writes (article 12(6)); empty when it was not
    proof_asked_at: datetime | None = None  # a letter of ours first asked who writes, of routine or in doubt
    identity_asked_at: datetime | None = None  # the first question in reasonable doubt was sent: it stops the clock
    identity_received_at: datetime | None = None  # sufficient proof was there
    extension_reason: str = ""  # why two more months are necessary, as a person wrote it (article 12(3))
    extended_at: datetime | None = None  # the notice of extension was sent
    by_post: tuple[str, ...] = ()  # the letters that a person posted, by their templates
    breach_decision: str = ""  # "notify" or "register_only", once a person decided (article 33)
    breach_notes: tuple[BreachNote, ...] = ()  # what people wrote about it; outlives the person who reported it
    colleague_wrote_at: datetime | None = None  # a colleague last wrote to the requester; a person says what it was
    reply_at: datetime | None = None  # the person wrote although no term ran any more, and nobody has looked yet
    questions: tuple[Question, ...] = ()
    recipient: str = ""  # another address that a person named for the answer (C-04, C-11)
    moves: int = 0  # how often what stands in people's calendars changed
    work: Work = field(default_factory=Work)  # what was done to carry it out
    forget_on: date | None = None  # from this day on the person in it is forgotten (F-06)
    anonymised_at: datetime | None = None
    version: int = 0

    def changed(self, changes: Mapping[str, Any]) -> Case:
        """The case with other values in these fields: `dataclasses.replace` at a tenth of its cost, because a decision
        makes dozens of cases that differ in a field."""
        if unknown := changes.keys() - self.__dict__.keys():
            raise TypeError(f"a case has no {', '.join(sorted(unknown))}")
        after = object.__new__(Case)
        after.__dict__.update(self.__dict__, **changes)
        return after

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds asked, in order."""
        return tuple(item.kind for item in self.items)

    @property
    def requester_email(self) -> str:
        """The address that the request came from; empty where there is none."""
        return self.requester.email if self.requester else ""

    @property
    def is_open(self) -> bool:
        """Whether the clock still runs for this case."""
        return self.status in (Status.TRIAGE, Status.OPEN)

    @property
    def only_breach(self) -> bool:
        """Whether nothing is asked and a breach is reported: no article sets a day for the answer to that (B-25)."""
        return self.kinds == (Kind.BREACH_REPORT,) and self.status is not Status.TRIAGE

    @property
    def clock_stands_still(self) -> bool:
        """Whether proof of identity is awaited, so that no date of the answer can be named (A-36)."""
        return self.deadline("notice_by") is not None and self.deadline("operating") is None

    @property
    def told_unidentified(self) -> bool:
        """Whether the person was told that we cannot identify him, while what he asked is still open (A-38)."""
        return "sent: cannot_identify" in self.remarks and any(item.outcome is Outcome.OPEN for item in self.items)

    @property
    def appointments(self) -> tuple[Deadline, ...]:
        """What stands in people's calendars: the day to act by and the hour of a breach, until met or closed."""
        names: tuple[DeadlineName, ...] = ("breach",) if self.only_breach else ("act_by", "breach")
        named = (self.deadline(name) for name in names) if self.is_open else ()
        return tuple(deadline for deadline in named if deadline and deadline.met_at is None)

    def deadline(self, name: DeadlineName) -> Deadline | None:
        """The deadline of that name, if the case has one."""
        return next((deadline for deadline in self.deadlines if deadline.name == name), None)


@dataclass(frozen=True, slots=True)
class MailRecord:
    """The record that a mail was taken in: what remains of mail that opened no case."""

    key: str
    message_id: str
    pointer: Pointer
    received_at: datetime
    recorded_at: datetime
    disposition: Disposition
    ref: str = ""
    reason: str = ""
    kind: str = ""
    certainty: float = 0.0
    fingerprint: str = ""  # the same for two deliveries of one mail


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a case's history: who did what when.

    `hash` covers the previous hash, the moment and `commitment`, which is keyed: when the key of the case is destroyed
    and `actions` are wiped, the chain still verifies and says nothing about a person.
    """

    ref: str
    seq: int
    at: datetime
    actor: str
    event: str
    actions: tuple[dict[str, object], ...]
    commitment: str
    previous: str
    hash: str
