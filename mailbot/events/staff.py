"""What a person did about a case: his words, as a value with his name in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.events.fulfilment import FulfilmentEvent
from mailbot.model import Case, Kind, Outcome


@dataclass(frozen=True, slots=True)
class Accepted:
    """A person agrees with the verdict."""

    actor: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A person says what the mail really asks."""

    actor: str
    kinds: tuple[Kind, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskedAnew:
    """A person says that a reply in this case asks something new, which is case `ref` now (A-39)."""

    actor: str
    kinds: tuple[Kind, ...]
    ref: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A person writes something down."""

    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person takes or hands over a case."""

    actor: str
    to: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A person wrote the answer, to be sent by the outbox, and says what it decides."""

    actor: str
    text: str
    outcome: Outcome
    number: int = 1  # the ordinal of the answer in this case: names the letter; `acts.acting` counts
    override: str = ""  # why it may ask for an identity paper after all (C-06)
    instead: tuple[str, ...] = ()  # tokens of letters that were to tell an outcome and did not leave, or came back


@dataclass(frozen=True, slots=True)
class Replied:
    """A person sends one of the replies that exist, with the facts that go into it.

    `kinds` are the rights that it is about, empty for all that fit; `late` says why it goes although it is too late.
    """

    actor: str
    reply: str
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    kinds: tuple[Kind, ...] = ()
    number: int = 1  # likewise, of this reply
    late: str = ""
    waits: bool = False  # a second person reads it before it leaves


@dataclass(frozen=True, slots=True)
class Closed:
    """A person closes the case: `answered_elsewhere` says that the answer left by another way, `once_sent` that it is
    in a letter of ours which still waits, so that the case closes when that has left. Of the former: the day, if not
    today; the grounds of a no, each with its right or "" for all; whether it named authority and court."""

    actor: str
    outcome: Outcome
    reason: str
    answered_elsewhere: bool = False
    once_sent: bool = False
    told_on: date | None = None
    grounds: tuple[tuple[str, str], ...] = ()
    names_remedies: bool = False


@dataclass(frozen=True, slots=True)
class Reopened:
    """A person opens a closed case again."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A person has seen the warning of this step; later steps still come."""

    actor: str
    step: str


@dataclass(frozen=True, slots=True)
class ReceiptCorrected:
    """A person corrects when the request was received (A-04)."""

    actor: str
    received_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class IdentityAsked:
    """A person asks the requester to show who he is (article 12(6)). `reason` says why there is doubt; `by_letter`: he
    is asked himself, on paper, also where an address on file could be asked by mail."""

    actor: str
    reason: str = ""
    by_letter: bool = False


@dataclass(frozen=True, slots=True)
class IdentityConfirmed:
    """A person says that the requester has shown who he is, and how (never by keeping the proof, C-12)."""

    actor: str
    reason: str
    at: datetime | None = None  # when the proof came, if not now


@dataclass(frozen=True, slots=True)
class RecipientNamed:
    """A person says where the answer may go instead of the address on file, and why (C-04, C-11): a new address that
    was confirmed, or a representative whose mandate he has seen."""

    actor: str
    email: str
    reason: str
    representative: bool = False


@dataclass(frozen=True, slots=True)
class CustomerLinked:
    """A person says which customer a case is about, and how he knows. It proves nothing about who writes (C-03)."""

    actor: str
    customer_id: str
    known_email: str
    reason: str


@dataclass(frozen=True, slots=True)
class BelongsTo:
    """A person says that this case is no request of its own but belongs to an earlier one of the same person."""

    actor: str
    other: Case
    reason: str


@dataclass(frozen=True, slots=True)
class TakesOver:
    """The other side of that: the earlier case gets the mails of the later one."""

    actor: str
    later: Case


@dataclass(frozen=True, slots=True)
class GivesBack:
    """Taken back: the earlier case loses again what it got of the later one."""

    actor: str
    later: str
    keys: tuple[str, ...]
    thread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExtensionDecided:
    """A person extends the term by two months and wrote why (article 12(3); A-30 to A-34)."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class BreachDecided:
    """A person decided whether the authority hears of a breach (article 33). `decision`: notify, register_only.

    `notified_at`: when the authority was told, if it was by then.
    """

    actor: str
    decision: str
    reason: str
    facts: str = ""
    effects: str = ""
    measures: str = ""
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BreachDescribed:
    """A person tells more of a breach: what happened, what it can lead to, what was done, when it was notified."""

    actor: str
    facts: str = ""
    effects: str = ""
    measures: str = ""
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RestrictionLifted:
    """A person wants to lift a restriction; the requester hears it first (article 18(3))."""

    actor: str
    reason: str
    on_request: bool = False  # the person himself asked for it
    asked_in: str = ""  # the later case in which he did, if it is one for sure
    asked_on: date | None = None  # when that was received


@dataclass(frozen=True, slots=True)
class ToldElsewhere:
    """The letter of another case, by its token, tells a right of this one as granted."""

    actor: str
    kind: Kind
    letter: str


@dataclass(frozen=True, slots=True)
class StopConfirmed:
    """A person says that what had to stop at once has stopped: marketing, use of frozen data, what consent allowed."""

    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SuppressionLifted:
    """A person says that this case asked for no end of marketing after all."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A person undoes an act: `fields` are again as `before` has them. `what` names the act for the record."""

    actor: str
    what: str
    fields: tuple[str, ...]
    before: Case


#: What a person does to the clock, to the plan, or to what a case is about.
Measure = (
    Acknowledged
    | ReceiptCorrected
    | IdentityAsked
    | IdentityConfirmed
    | RecipientNamed
    | CustomerLinked
    | BelongsTo
    | TakesOver
    | GivesBack
    | ExtensionDecided
    | BreachDecided
    | BreachDescribed
    | RestrictionLifted
    | ToldElsewhere
    | StopConfirmed
    | SuppressionLifted
    | FulfilmentEvent
)
StaffActed = (
    Accepted | Corrected | AskedAnew | Noted | Assigned | Answered | Replied | Closed | Reopened | TakenBack | Measure
)
