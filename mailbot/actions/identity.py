"""What is known of who writes: actions on the case (rules C)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Identity, MatchState


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """Say which customer the case is about and how far it is proven that he writes."""

    identity: Identity
    match: MatchState
    customer_id: str = ""
    known_email: str = ""
    linked: bool = False  # a person named this customer


@dataclass(frozen=True, slots=True)
class Doubt:
    """Write down why it is reasonable to doubt who writes."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskIdentity:
    """The question who writes was sent at this moment; None: it never arrived."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class AskProof:
    """The first letter that asks who writes left at this moment, of routine or in doubt; None: none arrived."""

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


IdentityAction = (
    SetIdentity
    | Doubt
    | AskIdentity
    | AskProof
    | ProveIdentity
    | PutQuestion
    | TakeAnswer
    | DenyIdentity
    | NameRecipient
)
