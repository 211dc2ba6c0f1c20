"""What we do about it: actions on the case, folded by `decide.apply` in order, and letters to the outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.actions.fulfilment import Anonymise, FulfilmentAction, PlanForgetting
from mailbot.actions.identity import IdentityAction
from mailbot.actions.letters import LetterAction
from mailbot.actions.stopping import StopAction
from mailbot.model import Address, BreachNote, Case, CaseMail, Channel, Deadline, Item, Pointer, Reason, Status


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
    channel: Channel = "mail"


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
class DescribeBreach:
    """Add to what is on record about a breach (article 33(5))."""

    note: BreachNote


@dataclass(frozen=True, slots=True)
class ColleagueWrote:
    """A colleague wrote to the requester from the shared mailbox at this moment; None: it was no answer."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class ReplyWaits:
    """The person wrote at this moment in a case in which no term runs; None: somebody has looked at it."""

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
class HandOver:
    """The mails of this case belong to another one, and so does what comes in answer to them."""

    to: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """These mails, by their keys, and these Message-IDs are not of this case after all."""

    keys: tuple[str, ...]
    thread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterTaken:
    """Our mail server took this letter, and what it answered; `content` is the hash of what the letter said.

    The line that holds it has the moment. `to` is empty in lines of older programs.
    """

    token: str
    message_id: str
    answer: str
    content: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class LetterPosted:
    """A person posted this letter at this moment, so far as he says; `content` is the hash of what it said."""

    token: str
    template: str
    content: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LetterReturned:
    """A letter that was posted came back."""

    token: str
    template: str


@dataclass(frozen=True, slots=True)
class Wake:
    """The first moment at which the clock has work for this case; None when it has none."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class CloseCase:
    """End the case."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CloseWith:
    """A person called these letters the answer: the case ends once they have left. Empty: no longer."""

    letters: tuple[str, ...]


CaseAction = (
    OpenCase
    | AddMail
    | AddPlace
    | SetItems
    | SetStatus
    | SetDeadlines
    | MeetDeadlines
    | MissDeadlines
    | MarkAlerted
    | Climb
    | SetReceipt
    | Assign
    | Remark
    | PlanExtension
    | Extend
    | DecideBreach
    | DescribeBreach
    | ColleagueWrote
    | ReplyWaits
    | SetNeeds
    | TakeBack
    | JoinThread
    | HandOver
    | GiveUp
    | LetterTaken
    | LetterPosted
    | LetterReturned
    | Wake
    | CloseCase
    | CloseWith
    | IdentityAction
    | StopAction
    | FulfilmentAction
    | PlanForgetting
    | Anonymise
)
Action = CaseAction | LetterAction
