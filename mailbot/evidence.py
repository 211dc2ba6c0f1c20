"""The evidence that a term was met: when our server had the request, which rule gave which day, and what left when.

The rules kept here: a term is met only by a letter that our mail server took (F-15) or by what a person wrote down;
what is told is on record, and a history that does not hold proves nothing. No names, addresses or texts; of a person
who was forgotten only dates, rules and the acceptance (law.md F-05).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbot import histories, rewrites
from mailbot.decide.clock import terms_of
from mailbot.model import Case, Deadline, Entry, Letter, LetterState, Policy
from mailbot.store import Unit

#: The days on which a term ends for the requester; the others are our own.
_TERMS = ("operating", "statutory", "breach")


@dataclass(frozen=True, slots=True)
class Term:
    """One day or moment by which something had to be said. `in_time` is None while nothing was."""

    name: str
    basis: str
    on: date | None
    due: datetime
    met_at: datetime | None
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter to the requester that our server took. `met` names the terms that it met."""

    letter: str
    sent_at: datetime
    message_id: str
    answer: str
    met: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the history that met a term: who did what."""

    line: int
    at: datetime
    event: str
    by: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that shows whether the term was met. `head` is of the company's chain as it is now."""

    company: str
    case: str
    status: str
    channel: str
    received_at: datetime
    receipt: str  # the Received line of our own server; empty when the folder's own date counted
    rules: tuple[str, ...]
    extended_at: datetime | None
    anonymised_at: datetime | None
    terms: tuple[Term, ...]
    letters: tuple[Sent, ...]
    lines: tuple[Written, ...]
    head: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every term was met in time, on a history that holds."""
        return not self.faults and bool(self.terms) and all(term.in_time for term in self.terms)


def evidence(unit: Unit, case: Case, policy: Policy) -> Evidence:
    """The evidence of one case, from what is on record."""
    terms = tuple(_term(one) for one in case.deadlines if one.name in _TERMS)
    met = {term.met_at for term in terms} - {None}
    history = unit.history(case.ref)
    told = (fault for ref, fault in rewrites.faults(unit) if ref in (case.ref, rewrites.CHAIN))
    return Evidence(
        company=case.tenant,
        case=case.ref,
        status=case.status,
        channel=case.channel,
        received_at=case.received_at,
        receipt=_receipt(case),
        rules=tuple(one.rule.value for one in terms_of(case, policy)),
        extended_at=case.extended_at,
        anonymised_at=case.anonymised_at,
        terms=terms,
        letters=tuple(_sent(one, terms) for one in _taken(unit, case)),
        lines=tuple(_written(line) for line in history if line.at in met and _meets(line)),
        head=rewrites.mark_now(unit),
        faults=(*histories.faults_of(unit, case), *told),
    )


def _receipt(case: Case) -> str:
    """The line of the mail whose receipt set the clock going."""
    return next((mail.receipt for mail in case.mails if mail.received_at == case.received_at), "")


def _term(one: Deadline) -> Term:
    return Term(one.name, one.basis, one.on, one.due, one.met_at, one.met_at <= one.due if one.met_at else None)


def _taken(unit: Unit, case: Case) -> list[Letter]:
    letters = (one for one in unit.letters_of(case.ref) if one.audience == "requester")
    taken = [one for one in letters if one.state is LetterState.SENT and one.settled_at]
    return sorted(taken, key=lambda one: (one.settled_at or case.received_at, one.token))


def _sent(letter: Letter, terms: tuple[Term, ...]) -> Sent:
    at = letter.settled_at
    assert at
    met = tuple(term.name for term in terms if term.met_at == at)
    return Sent(letter.template, at, letter.message_id, letter.answer, met)


def _meets(line: Entry) -> bool:
    """Whether the line met a term; of a person who was forgotten only its moment can tell."""
    return not line.actions or any(doc["do"] == "MeetDeadlines" for doc in line.actions)


def _written(line: Entry) -> Written:
    return Written(line.seq, line.at, line.event, line.actor)
