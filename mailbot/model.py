"""The words of the program: what comes in, what we know, what we keep.

Everything here is a frozen value. `_at` is a moment (aware, UTC), `_on` a date in the company's own zone.
"Mail" comes in, a "letter" goes out, a "case" is the file about one person's request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What a mail asks, in the terms of the GDPR."""

    ACCESS = "access"  # article 15
    RECTIFICATION = "rectification"  # article 16
    ERASURE = "erasure"  # article 17
    RESTRICTION = "restriction"  # article 18
    RESTRICTION_LIFT = "restriction_lift"  # article 18(3)
    PORTABILITY = "portability"  # article 20
    OBJECTION = "objection"  # article 21(1)
    DIRECT_MARKETING = "direct_marketing"  # article 21(2)-(3)
    CONSENT_WITHDRAWAL = "consent_withdrawal"  # article 7(3)
    AUTOMATED_DECISION = "automated_decision"  # article 22
    COMPLAINT = "complaint"  # articles 12, 77
    BREACH_REPORT = "breach_report"  # articles 33, 34
    MINOR = "minor"  # articles 8, 17(1)(f)
    DECEASED = "deceased"  # recital 27
    PRIVACY_QUESTION = "privacy_question"  # articles 13, 14
    NOT_A_REQUEST = "not_a_request"


#: Kinds that ask the company to do something under the GDPR.
REQUEST_KINDS = frozenset(Kind) - {Kind.PRIVACY_QUESTION, Kind.NOT_A_REQUEST}


# --- what comes in -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """One mail address (RFC 5322 addr-spec, lower-case domain) and the name that stood before it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is remembered of an attachment: never its bytes. `size` in bytes after decoding."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the raw mail lies in the mailbox (RFC 3501): the mailbox keeps the mail, we keep this."""

    folder: str
    uidvalidity: int
    uid: int


class Trust(StrEnum):
    """Whether the From address is proven to be the sender's (RFC 8601)."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authentication:
    """The result for the From domain and the reason, in words without personal data."""

    state: Trust = Trust.UNKNOWN
    reason: str = "no result from our own server"


@dataclass(frozen=True, slots=True)
class Mail:
    """One incoming mail as a value. Never missing a field: what could not be read is named in `defects`."""

    key: str  # SHA-256 of the raw bytes, hex
    message_id: str  # with angle brackets; made from the key when the mail has none
    sender: Address | None
    reply_to: Address | None
    to: tuple[str, ...]  # addresses in To, Cc, Delivered-To, X-Original-To
    subject: str
    text: str  # the writer's own text: no quotes, signature, disclaimer
    quoted: str  # what was cut off from a thread
    received_at: datetime  # UTC; by our own server, never the Date header
    references: tuple[str, ...] = ()  # In-Reply-To and References, newest first
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # names in lower case; the ones that `screen` and `decide` need
    automatic: str | None = None  # why it is machine mail, None if a person wrote it
    authenticated: Authentication = Authentication()
    defects: tuple[str, ...] = ()
    forwarded_from: Address | None = None  # original sender of a mail that a colleague forwarded

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        return next((value for key, value in self.headers if key == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Reason:
    """The sentence that decided a kind; `quote` stands verbatim in the mail."""

    kind: Kind
    quote: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the mail asks. `act` speaks of the sorting only: "auto" = may be recorded unchecked."""

    kinds: tuple[Kind, ...]
    certainty: float  # 0..1
    act: str  # "auto" or "triage"
    language: str = "nl"
    reasons: tuple[Reason, ...] = ()
    signals: tuple[str, ...] = ()

    @property
    def is_request(self) -> bool:
        """Whether any kind asks the company to do something."""
        return any(kind in REQUEST_KINDS for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the company's own records know him. We store only `id` with a case (law.md F-04)."""

    id: str
    emails: tuple[str, ...]
    name: str = ""
    postcode: str = ""
    numbers: tuple[str, ...] = ()


class MatchState(StrEnum):
    """Outcome of looking the sender up among the known customers."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    UNAVAILABLE = "unavailable"  # the customer source could not be read just now


@dataclass(frozen=True, slots=True)
class Match:
    """Who the sender is. Two candidates are ambiguous, never the first one."""

    state: MatchState
    customer_id: str = ""
    known_email: str = ""  # the address on file, where copies may go


# --- what we keep --------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Item:
    """One right asked in a case, with its own outcome."""

    kind: Kind
    outcome: Outcome = Outcome.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None


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
    found_in: tuple[Pointer, ...] = ()  # further deliveries of the same mail


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date on which something must have happened, with its legal basis and its explanation in Dutch.

    `due` is the last moment (UTC). For a date that is the end of that day in the company's zone, `on` is the date.
    """

    name: str  # operating, act_by, notice_by, statutory, breach
    due: datetime
    on: date | None
    basis: str
    explanation: str
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
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
    match: MatchState = MatchState.UNKNOWN
    language: str = "nl"
    identity: str = "unproven"  # unproven, known_address, asked, confirmed, failed
    certainty: float = 0.0
    reasons: tuple[Reason, ...] = ()
    signals: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # why a person must look, empty when none must
    deadlines: tuple[Deadline, ...] = ()
    clock: str = ""  # the dates explained in one Dutch line
    alerted: tuple[str, ...] = ()  # escalation steps already sent
    mails: tuple[CaseMail, ...] = ()
    thread: tuple[str, ...] = ()  # Message-IDs of mails and letters of this case
    assignee: str = ""
    restricted_since: datetime | None = None
    suppressed: tuple[str, ...] = ()  # addresses taken off marketing for this case
    next_at: datetime | None = None  # first moment the clock has work here
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str = ""
    channel: str = "mail"  # how the request reached the company: mail, phone, post, counter
    remarks: tuple[str, ...] = ()
    version: int = 0

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds asked, in order."""
        return tuple(item.kind for item in self.items)

    @property
    def is_open(self) -> bool:
        """Whether the clock still runs for this case."""
        return self.status in (Status.TRIAGE, Status.OPEN)

    def deadline(self, name: str) -> Deadline | None:
        """The deadline of that name, if the case has one."""
        return next((deadline for deadline in self.deadlines if deadline.name == name), None)


class LetterState(StrEnum):
    """A letter on its way out. Only `sent` counts as said (law.md F-15)."""

    OBSERVED = "observed"  # composed in observe mode; never leaves
    HELD = "held"  # waits for a person
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Letter:
    """What we send. `token` names the decision behind it: the same decision is queued once."""

    token: str
    tenant: str
    ref: str
    template: str
    to: str
    audience: str  # "requester" or "staff"
    subject: str
    text: str
    html: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    state: LetterState = LetterState.HELD
    why: str = ""  # why it is held, failed, dropped
    attempts: int = 0
    created_at: datetime | None = None
    next_try: datetime | None = None
    settled_at: datetime | None = None
    answer: str = ""  # the mail server's last answer
    digest: str = ""  # hash of the template it was made from


@dataclass(frozen=True, slots=True)
class Seen:
    """The record that a mail was taken in: what remains of mail that opened no case."""

    key: str
    message_id: str
    pointer: Pointer
    received_at: datetime
    recorded_at: datetime
    disposition: str  # case, joined, automatic, no_request, before_go_live, duplicate, unreadable
    ref: str = ""
    reason: str = ""
    kind: str = ""
    certainty: float = 0.0
    fingerprint: str = ""  # the same for two deliveries of one mail


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class Suppression:
    """A person who gets no more marketing (article 21(3)). `source` is the case that asked it."""

    address: str
    channel: str  # mail, post, phone, sms, all
    since: datetime
    source: str


# --- what a company promises and wants -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Authority:
    """A supervisory authority (law.md D)."""

    name: str
    short: str
    complaint_url: str
    post: str
    phone: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Processor:
    """A party that holds data for the company. Status "te bevestigen" blocks an access answer (E-23)."""

    name: str
    category: str
    holds: str = ""
    contact: str = ""
    outside_eu: str = ""
    status: str = "bevestigd"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the escalation ladder: `days` before act_by, calendar or working."""

    name: str
    days: int
    working: bool = False
    deputy: bool = False


LADDER = (
    Step("14-days", 14),
    Step("7-days", 7),
    Step("3-working-days", 3, working=True, deputy=True),
    Step("1-working-day", 1, working=True, deputy=True),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic letters may leave before the breaker stops sending (demand 10)."""

    per_case_and_letter: int = 1
    per_address_a_day: int = 2
    per_hour: int = 20


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about one company that decisions and letters depend on. Made by `config`, read by the core."""

    tenant: str
    name: str
    country: str  # NL, BE, FR: the controller's own
    zone: ZoneInfo
    authority: Authority
    mailbox: str  # the address that replies come from
    addresses: tuple[str, ...]  # every address of the company's own, the mailbox included
    contact_name: str
    contact_email: str
    contact_phone: str = ""
    post_address: str = ""
    deputy_name: str = ""
    deputy_email: str = ""
    promise_days: int | None = None
    mode: str = "observe"  # observe, hold, automatic
    automatic: frozenset[str] = frozenset()  # letters that leave by themselves in mode automatic
    go_live: datetime | None = None
    leaving_is_erasure: bool = False  # law.md B-33
    minor_age: int = 16
    certainty_auto: float = 0.0  # a company may ask for more than the classifier's own threshold
    ladder: tuple[Step, ...] = LADDER
    caps: Caps = Caps()
    processors: tuple[Processor, ...] = ()
    purposes: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    website: str = ""
    own_hosts: tuple[str, ...] = ()  # names of our own mail servers in Received lines
    authserv_ids: tuple[str, ...] = ()
    defects: tuple[str, ...] = field(default=())  # contradictions of the policy still open (law.md E)
