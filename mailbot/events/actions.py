"""What we do about it: actions on the case, folded by `decide.apply` in order, and letters to the outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.events.working import Anonymise, PlanForgetting, WorkAction
from mailbot.model import Address, Case, CaseMail, Deadline, Item, LetterState, MatchState, Pointer, Reason, Status


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
class AddPlace:
    """A mail of the case lies in this place too."""

    key: str
    pointer: Pointer


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
    """Replace the dates of the case. `clock` explains them in one line, `reasons` step by step with their articles."""

    deadlines: tuple[Deadline, ...]
    clock: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetDeadlines:
    """What was due is out: the running deadlines of these names are met; without names, all of them."""

    at: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissDeadlines:
    """What counted as an answer was none (a bounce): the deadlines of these names, or all, run again."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkAlerted:
    """This step of the ladder was taken, so it is never taken twice."""

    step: str


@dataclass(frozen=True, slots=True)
class Climb:
    """The deputy was warned of this step too."""

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
class LiftRestriction:
    """The data may be used again; the person was told before (article 18(3))."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Doubt:
    """Write down why it is reasonable to doubt who writes."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskIdentity:
    """The question who writes was sent at this moment; None: it never arrived."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class ProveIdentity:
    """Sufficient proof of identity was there at this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PutQuestion:
    """A letter of ours asks the owner of this address whether the request is his; its Message-ID proves an answer."""

    message_id: str
    to: str


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """The owner of the address answered, yes or no. A question is answered once."""

    message_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class DenyIdentity:
    """The owner of the address on file says that the request is not his."""


@dataclass(frozen=True, slots=True)
class NameRecipient:
    """The answer may go to this address too; a person recorded why."""

    email: str


@dataclass(frozen=True, slots=True)
class PlanExtension:
    """A person wrote why the term is extended; it counts when the notice is sent. Empty: the plan is off."""

    reason: str


@dataclass(frozen=True, slots=True)
class Extend:
    """The notice of extension was sent at this moment; None: it never arrived."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class DecideBreach:
    """Write down what was decided about telling the authority."""

    decision: str


@dataclass(frozen=True, slots=True)
class ColleagueWrote:
    """A colleague wrote to the requester from the shared mailbox at this moment; None: it was no answer."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class Suppress:
    """No more marketing to this address, at once (article 21(3); A-50)."""

    address: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unsuppress:
    """A person took back that an address gets no marketing."""

    address: str


@dataclass(frozen=True, slots=True)
class MarkWithdrawn:
    """Mark the data: what rests on this person's consent must stop (article 7(3); A-52)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmStop:
    """What had to stop at once has stopped, at this moment; None: it turned out not to have."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class SetNeeds:
    """Say why a person must look; empty when nobody must."""

    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakeBack:
    """These fields are again as they were before a person's act; `before` holds them and nothing else of the case."""

    fields: tuple[str, ...]
    before: Case


@dataclass(frozen=True, slots=True)
class JoinThread:
    """A letter of ours belongs to the case, so that answers find it."""

    message_id: str


@dataclass(frozen=True, slots=True)
class LetterTaken:
    """Our mail server took this letter, and what it answered; `content` is the hash of what the letter said."""

    token: str
    message_id: str
    answer: str
    content: str


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
    audience: str  # requester, staff, processor
    state: LetterState
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    body: str = ""  # what a person wrote, for templates that carry it
    why: str = ""
    until: date | None = None  # the new date, for a letter that names one
    not_before: datetime | None = None  # people are in from then on
    step: str = ""  # a step of the ladder: it waits for the day's other warnings to the same person
    due_at: datetime | None = None  # when that step was due
    by: datetime | None = None  # the deadline that it warns of
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()  # what people know, for a reply that tells it
    about: tuple[str, ...] = ()  # the rights that a reply is about; empty for all
    asks: bool = False  # it asks the owner of the address whether the request is his
    plan_step: str = ""  # the step of the plan that a mail to a processor is about
    language: str = ""  # the language of a mail to a processor


@dataclass(frozen=True, slots=True)
class Release:
    """A second person looked at a copy: the letter that waited for that leaves with the next round."""

    token: str
    why: str


@dataclass(frozen=True, slots=True)
class Unsend:
    """Drop a letter that still waits for a person: what it says is no longer so."""

    token: str
    why: str


@dataclass(frozen=True, slots=True)
class Overtake:
    """Drop the letters to the requester that the program wrote by itself and that have not left: somebody was first."""

    why: str


CaseAction = (
    OpenCase
    | AddMail
    | AddPlace
    | SetItems
    | SetStatus
    | SetIdentity
    | SetDeadlines
    | MeetDeadlines
    | MissDeadlines
    | MarkAlerted
    | Climb
    | SetReceipt
    | Assign
    | Remark
    | Restrict
    | Suppress
    | SetNeeds
    | JoinThread
    | LetterTaken
    | TakeBack
    | Wake
    | CloseCase
    | LiftRestriction
    | Doubt
    | AskIdentity
    | ProveIdentity
    | PutQuestion
    | TakeAnswer
    | DenyIdentity
    | NameRecipient
    | PlanExtension
    | Extend
    | DecideBreach
    | ColleagueWrote
    | Unsuppress
    | MarkWithdrawn
    | ConfirmStop
    | WorkAction
    | PlanForgetting
    | Anonymise
)
#: What changes no case: letters to write, to drop, to let go.
Outside = Send | Unsend | Overtake | Release
Action = CaseAction | Outside
