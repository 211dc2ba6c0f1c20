"""What happens (events) and what we do about it (actions). Both are values; `decide` turns the first into the second.

Actions on the case are folded by `decide.apply`, in order, so a case can always be rebuilt from its history.
Actions to the outside (`Send`) become rows that wait in the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.model import (
    Address,
    CaseMail,
    Deadline,
    Item,
    Kind,
    LetterState,
    Mail,
    Match,
    MatchState,
    Outcome,
    Pointer,
    Reason,
    Status,
    Verdict,
)

# --- events: a mail arrives, time passes, a person acts ------------------------------------------


@dataclass(frozen=True, slots=True)
class MailArrived:
    """A mail was taken in. `ref` is the reference that a new case would get."""

    mail: Mail
    verdict: Verdict
    match: Match
    pointer: Pointer | None
    ref: str
    junk: bool = False
    mentions: str = ""  # a case that the mail names without proof that it belongs there
    channel: str = "mail"  # mail, phone, post, counter: how it reached the company


@dataclass(frozen=True, slots=True)
class MailUnreadable:
    """A mail that broke the program three times, or that the server could not hand over."""

    key: str
    pointer: Pointer
    received_at: datetime
    reason: str
    ref: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The clock has work for this case."""


@dataclass(frozen=True, slots=True)
class LetterSettled:
    """The outbox knows how a letter ended: sent, failed or unsure."""

    token: str
    template: str
    state: LetterState
    audience: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class MailBounced:
    """A bounce came back for one of our letters: what was said was not heard."""

    token: str
    template: str
    audience: str
    pointer: Pointer | None = None


@dataclass(frozen=True, slots=True)
class StaffMailSeen:
    """A colleague answered the requester from the shared mailbox."""

    message_id: str
    at: datetime


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
    number: int = 1  # the ordinal of the answer in this case: names the letter


@dataclass(frozen=True, slots=True)
class Closed:
    """A person closes the case: `answered_elsewhere` says that the answer left by another way."""

    actor: str
    outcome: Outcome
    reason: str
    answered_elsewhere: bool = False


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


StaffActed = Accepted | Corrected | Noted | Assigned | Answered | Closed | Reopened | Acknowledged | ReceiptCorrected
Event = MailArrived | MailUnreadable | TimePassed | LetterSettled | MailBounced | StaffMailSeen | StaffActed


# --- actions on the case -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Start the file of a request."""

    ref: str
    tenant: str
    status: Status
    received_at: datetime
    opened_at: datetime
    requester: Address | None
    language: str = "nl"
    certainty: float = 0.0
    reasons: tuple[Reason, ...] = ()
    signals: tuple[str, ...] = ()
    channel: str = "mail"


@dataclass(frozen=True, slots=True)
class AddMail:
    """File a mail in the case; its Message-ID joins the thread."""

    mail: CaseMail


@dataclass(frozen=True, slots=True)
class SetItems:
    """Say which rights are asked and how each stands."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Say where the case stands."""

    status: Status


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """Say who the requester is to us and how far that is proven."""

    identity: str
    match: MatchState
    customer_id: str = ""
    known_email: str = ""


@dataclass(frozen=True, slots=True)
class SetDeadlines:
    """Replace the dates of the case. `clock` explains them in one line."""

    deadlines: tuple[Deadline, ...]
    clock: str = ""


@dataclass(frozen=True, slots=True)
class MeetDeadlines:
    """The answer is out: every running deadline is met."""

    at: datetime


@dataclass(frozen=True, slots=True)
class MissDeadlines:
    """What counted as an answer was none (a bounce): the deadlines run again."""


@dataclass(frozen=True, slots=True)
class MarkAlerted:
    """This step of the ladder was taken, so it is never taken twice."""

    step: str


@dataclass(frozen=True, slots=True)
class SetReceipt:
    """The request was received at another moment than we thought."""

    received_at: datetime


@dataclass(frozen=True, slots=True)
class Assign:
    """Say whose case it is."""

    to: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Write down a fact or a reason; changes nothing else."""

    text: str


@dataclass(frozen=True, slots=True)
class Restrict:
    """Freeze the use of this person's data from now on (articles 18, 21; A-51)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Suppress:
    """No more marketing to this address, at once (article 21(3); A-50)."""

    address: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SetNeeds:
    """Say why a person must look; empty when nobody must."""

    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinThread:
    """A letter of ours belongs to the case, so that answers find it."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Wake:
    """The first moment at which the clock has work for this case; None when it has none."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class CloseCase:
    """End the case."""

    at: datetime
    reason: str


# --- actions to the outside ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Compose this letter now and put it into the outbox. The same token is queued once."""

    token: str
    template: str
    to: str
    audience: str  # requester, staff
    state: LetterState
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    body: str = ""  # what a person wrote, for templates that carry it
    why: str = ""


CaseAction = (
    OpenCase
    | AddMail
    | SetItems
    | SetStatus
    | SetIdentity
    | SetDeadlines
    | MeetDeadlines
    | MissDeadlines
    | MarkAlerted
    | SetReceipt
    | Assign
    | Remark
    | Restrict
    | Suppress
    | SetNeeds
    | JoinThread
    | Wake
    | CloseCase
)
Action = CaseAction | Send
