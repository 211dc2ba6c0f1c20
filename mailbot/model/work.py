"""What was done to carry a request out: steps that people settled, parties that were asked, files, what must stay.

The rule kept here: the plan itself is never stored; it follows from the case, the company and the law (`plan`). Only
what people did to it is on record, with who, when and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class StepEnding(StrEnum):
    """How a step of the plan came to its end."""

    DONE = "done"
    SKIPPED = "skipped"  # a person set it aside, with a reason that stays on record
    NOT_USED = "not_used"  # the company does not (or no longer) keep data there


@dataclass(frozen=True, slots=True)
class SettledStep:
    """One step of the plan that came to its end."""

    step: str
    how: StepEnding
    by: str
    at: datetime
    note: str = ""


class ProcessorState(StrEnum):
    """What a party made of our mail, as far as its answers say."""

    WAITING = "waiting"
    TICKET = "ticket"  # it confirmed receipt, perhaps with a number of its own
    NEEDS_MORE = "needs_more"
    UNCLEAR = "unclear"  # it answered, and a person must read what
    DONE = "done"
    SILENT = "silent"  # chased and still no answer
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class ProcessorRequest:
    """A mail to a processor about one step, and what became of it. `chase_on` is the day of the next reminder."""

    step: str
    party: str
    token: str
    asked_at: datetime | None = None  # when our mail was accepted; None while it waits in the outbox
    state: ProcessorState = ProcessorState.WAITING
    answered_at: datetime | None = None
    ticket: str = ""
    chased: int = 0
    chase_on: date | None = None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that staff added to the copy for the person. The bytes lie in the company's folder until it is sent."""

    number: int
    name: str
    category: str
    place: str
    size: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DataPackage:
    """A data package that was made: its token names the letter that carries it, or the first of several."""

    token: str
    by: str
    at: datetime
    size: int
    files: int
    sent_at: datetime | None = None  # when the last of its letters left
    parts: int = 1
    left: tuple[str, ...] = ()  # the tokens of its letters that have left

    @property
    def tokens(self) -> tuple[str, ...]:
        """One token for each letter, the first one first."""
        return (self.token, *(f"{self.token}:{part}" for part in range(2, self.parts + 1)))


@dataclass(frozen=True, slots=True)
class RetainedDocument:
    """A document that must stay after erasure: on which duty and until which day (B-40 to B-42)."""

    document: str
    what: str
    dated_on: date
    until: date
    basis: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that was done to carry the request out."""

    settled: tuple[SettledStep, ...] = ()
    asked: tuple[ProcessorRequest, ...] = ()
    attached: tuple[AttachedFile, ...] = ()
    packed: tuple[DataPackage, ...] = ()
    kept: tuple[RetainedDocument, ...] = ()
    hold: str = ""  # a legal hold and its reason: nothing is erased or anonymised until it is lifted

    def of(self, step: str) -> SettledStep | None:
        """How a step ended, the last word counting; None while it is open."""
        return next((one for one in reversed(self.settled) if one.step == step), None)

    def asked_about(self, step: str) -> ProcessorRequest | None:
        """The last mail to a party about this step."""
        return next((one for one in reversed(self.asked) if one.step == step), None)

    def packed_in(self, token: str) -> DataPackage | None:
        """The package that a letter carries, whole or in part."""
        return next((one for one in reversed(self.packed) if token in one.tokens), None)

    @property
    def package_sent_at(self) -> datetime | None:
        """When a copy of the data left."""
        return next((one.sent_at for one in reversed(self.packed) if one.sent_at), None)
