"""Carrying a request out: what people do to the plan, what a processor answers, the day that forgets a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.model import AttachedFile, DataPackage, Kind, Outcome, ProcessorState, RetainedDocument, StepEnding


@dataclass(frozen=True, slots=True)
class StepSettled:
    """A person did a step, or sets it aside with a reason. `step` may name a group: "look_up" is every search."""

    actor: str
    step: str
    how: StepEnding = StepEnding.DONE
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
    attached: AttachedFile


@dataclass(frozen=True, slots=True)
class FileDetached:
    """A person takes a file out of the copy again."""

    actor: str
    number: int


@dataclass(frozen=True, slots=True)
class PackageMade:
    """A person had the data package made; it waits for a second pair of eyes."""

    actor: str
    packed: DataPackage


@dataclass(frozen=True, slots=True)
class DocumentsKept:
    """A person, or the orders on file, say which documents must stay after erasure."""

    actor: str
    kept: tuple[RetainedDocument, ...]


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
    state: ProcessorState
    at: datetime
    ticket: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonForgotten:
    """The day came on which the register forgets a person."""


FulfilmentEvent = (
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
