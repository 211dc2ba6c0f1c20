"""Carrying a request out, as written on the case: steps, parties, files, what must stay, when a person is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.model import AttachedFile, DataPackage, ProcessorRequest, RetainedDocument, SettledStep


@dataclass(frozen=True, slots=True)
class Settle:
    """A step of the plan came to its end."""

    settled: SettledStep


@dataclass(frozen=True, slots=True)
class Unsettle:
    """A step of the plan is open again."""

    step: str


@dataclass(frozen=True, slots=True)
class SetAsked:
    """A party was asked about a step, or what became of that changed; the same token is written anew."""

    asked: ProcessorRequest


@dataclass(frozen=True, slots=True)
class Attach:
    """A file was added to the copy for the person."""

    attached: AttachedFile


@dataclass(frozen=True, slots=True)
class Detach:
    """A file was taken out of the copy again; 0 takes all of them out."""

    number: int


@dataclass(frozen=True, slots=True)
class Pack:
    """A data package was made, or it left; the same token is written anew."""

    packed: DataPackage


@dataclass(frozen=True, slots=True)
class Keep:
    """A document must stay after erasure; the same document is written anew."""

    kept: RetainedDocument


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


FulfilmentAction = Settle | Unsettle | SetAsked | Attach | Detach | Pack | Keep | Hold
