"""Carrying a request out: what people do to the plan (events) and what that writes on the case (actions)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.model import Asked, Attached, How, Kept, Kind, Outcome, Packed, PartyState, Settled

# --- actions on the case -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settle:
    """A step of the plan came to its end."""

    settled: Settled


@dataclass(frozen=True, slots=True)
class Unsettle:
    """A step of the plan is open again."""

    step: str


@dataclass(frozen=True, slots=True)
class SetAsked:
    """A party was asked about a step, or what became of that changed; the same token is written anew."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class Attach:
    """A file was added to the copy for the person."""

    attached: Attached


@dataclass(frozen=True, slots=True)
class Detach:
    """A file was taken out of the copy again; 0 takes all of them out."""

    number: int


@dataclass(frozen=True, slots=True)
class Pack:
    """A data package was made, or it left; the same token is written anew."""

    packed: Packed


@dataclass(frozen=True, slots=True)
class Keep:
    """A document must stay after erasure; the same document is written anew."""

    kept: Kept


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold with its reason; an empty reason lifts it."""

    reason: str


@dataclass(frozen=True, slots=True)
class PlanForgetting:
    """From this day on the person in the case is forgotten; None while it is open."""

    on: date | None


@dataclass(frozen=True, slots=True)
class Anonymise:
    """Nothing about the person remains in the case; its number, dates, kinds and outcomes do."""

    at: datetime


WorkAction = Settle | Unsettle | SetAsked | Attach | Detach | Pack | Keep | Hold

# --- what people do ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepSettled:
    """A person did a step, or sets it aside with a reason. `step` may name a group: "look_up" is every search."""

    actor: str
    step: str
    how: How = How.DONE
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepReopened:
    """A person says that a step is not done after all."""

    actor: str
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemDecided:
    """A person decides about one of the rights that were asked."""

    actor: str
    kind: Kind
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PartiesTold:
    """A person sends the mails to processors that the plan has ready; `only` names one, `text` says what changed."""

    actor: str
    only: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileAttached:
    """A person adds a file to the copy of the data."""

    actor: str
    attached: Attached


@dataclass(frozen=True, slots=True)
class FileDetached:
    """A person takes a file out of the copy again."""

    actor: str
    number: int


@dataclass(frozen=True, slots=True)
class PackageMade:
    """A person had the data package made; it waits for a second pair of eyes."""

    actor: str
    packed: Packed


@dataclass(frozen=True, slots=True)
class DocumentsKept:
    """A person, or the orders on file, say which documents must stay after erasure."""

    actor: str
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class HeldLegally:
    """A person sets a legal hold, or lifts it with `lift`; either way with a reason."""

    actor: str
    reason: str
    lift: bool = False


@dataclass(frozen=True, slots=True)
class PartyAnswered:
    """A processor answered our mail; `state` and `ticket` are what its words say."""

    token: str
    state: PartyState
    at: datetime
    ticket: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonForgotten:
    """The day came on which the register forgets a person."""


WorkDone = (
    StepSettled
    | StepReopened
    | ItemDecided
    | PartiesTold
    | FileAttached
    | FileDetached
    | PackageMade
    | DocumentsKept
    | HeldLegally
)
