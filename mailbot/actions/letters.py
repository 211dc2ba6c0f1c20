"""What changes no case: letters to write, to drop, to let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.model import Audience, LetterState


@dataclass(frozen=True, slots=True)
class Send:
    """Compose this letter now and put it into the outbox. The same token is queued once."""

    token: str
    template: str
    to: str
    audience: Audience
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
    asked_in: str = ""  # the later case whose wish this letter answers too
    asked_on: date | None = None
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
    """Drop the letters to the requester that the program wrote by itself and that have not left: somebody was first.

    `observed`: also those that a company which only observes never sends; they tell what would have left.
    """

    why: str
    observed: bool = True


LetterAction = Send | Release | Unsend | Overtake
