"""The evidence that a term was met: when our server had the request, which rule gave which day, and what left when.

The rules kept here: a term is met only by a letter that our mail server took (F-15) or by what a person wrote down;
what is told is on record, and a history that does not hold proves nothing. No names, addresses or texts; of a person
who was forgotten only dates, rules and the acceptance (F-05).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from mailbot.deadlines import Rule, is_within
from mailbot.decide.breach_record import settled_at
from mailbot.decide.clock import refusal_of, terms_of
from mailbot.memory import histories, tampering
from mailbot.model import Case, Channel, Deadline, HistoryEntry, LetterState, Policy, Status, numbers
from mailbot.parse.received import own_words
from mailbot.store import Unit

#: The days on which a term ends for the requester; the others are our own, as is the day to thank a reporter by.
_TERMS = ("operating", "statutory", "breach")
#: While proof of identity is awaited the answer has no day, but a notice that it is has one (A-38).
_WHILE_PROOF_IS_AWAITED = ("notice_by", "breach")


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
class SentLetter:
    """A letter to the requester that our server took, or that somebody posted. `met` names the terms that it met."""

    letter: str
    sent_at: datetime
    message_id: str
    answer: str
    met: tuple[str, ...]
    posted_by: str = ""  # who says that he posted it; empty where our server took it


@dataclass(frozen=True, slots=True)
class DecisiveLine:
    """A line of the history that met a term: who did what. `says` is the moment that counted where it was another."""

    line: int
    at: datetime
    event: str
    by: str
    says: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that shows whether the term was met. `head` is of the company's chain as it is now."""

    company: str
    case: str
    status: str
    channel: Channel
    received_at: datetime
    receipt: str  # what our own server wrote down; empty when the folder's own date counted, or a person's word
    receipt_by: str  # the person who wrote down when it was received; empty when a server did
    rules: tuple[str, ...]
    extended_at: datetime | None
    anonymised_at: datetime | None
    terms: tuple[Term, ...]
    letters: tuple[SentLetter, ...]
    lines: tuple[DecisiveLine, ...]
    head: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every term was met in time, on a history that holds."""
        return not self.faults and bool(self.terms) and all(term.in_time for term in self.terms)


def evidence(unit: Unit, case: Case, policy: Policy) -> Evidence:
    """The evidence of one case, from what is on record."""
    names = ("breach",) if case.only_breach else _WHILE_PROOF_IS_AWAITED if case.clock_stands_still else _TERMS
    refusal = refusal_of(case, policy)
    said = [one for one in case.deadlines if one.name in names] + ([refusal] if refusal else [])
    terms = tuple(_term(one, case) for one in said)
    met = {term.met_at for term in terms} - {None}
    history, faults = unit.history(case.ref), histories.faults_of(unit, case)
    by = taken_in_by(history)
    told = (fault for ref, fault in tampering.faults(unit) if ref in (case.ref, tampering.CHAIN))
    return Evidence(
        company=case.tenant,
        case=case.ref,
        status=case.status,
        channel=case.channel,
        received_at=case.received_at,
        receipt="" if by else _receipt(case),
        receipt_by=by,
        rules=(*(one.rule.value for one in terms_of(case, policy)), *([Rule.REFUSAL_12_4.value] if refusal else [])),
        extended_at=case.extended_at,
        anonymised_at=case.anonymised_at,
        terms=terms,
        letters=() if faults else tuple(_letters(unit, case, history, terms)),
        lines=tuple(_lines(case, history, met)),
        head=tampering.current_head(unit),
        faults=(*faults, *told),
    )


def _receipt(case: Case) -> str:
    """What our server wrote on the mail whose receipt set the clock going."""
    return own_words(next((mail.receipt for mail in case.mails if mail.received_at == case.received_at), ""))


def taken_in_by(history: Sequence[HistoryEntry]) -> str:
    """Who said when it was received, if a person did: corrected it, or took the request in by hand."""
    corrected = [line.actor for line in history if line.event == "ReceiptCorrected"]
    by_hand = [two.actor for one, two in pairwise(history[:2]) if two.event == "Noted" and two.at == one.at]
    return next(iter([*corrected[-1:], *by_hand]), "")


def _term(one: Deadline, case: Case) -> Term:
    """A breach of which the authority is told is in time by the moment of that, not by the decision to do so."""
    met_at = settled_at(case) if one.name == "breach" else one.met_at
    return Term(one.name, one.basis, one.on, one.due, met_at, is_within(one, met_at) if met_at else None)


def _letters(unit: Unit, case: Case, history: Sequence[HistoryEntry], terms: tuple[Term, ...]) -> Iterator[SentLetter]:
    """The letters that our server took or a person posted, by the lines that say so; of a person who was forgotten, as
    they are sealed."""
    if case.status is Status.ANONYMISED:
        kept = (one for one in unit.letters_of(case.ref) if one.audience == "requester")
        sent = [(at, one) for one in kept if one.state is LetterState.SENT and (at := one.settled_at)]
    else:
        at_line = {token: line.at for token, (line, _) in histories.taken(history).items()}
        at_line |= {token: posted.at for token, (_, posted) in histories.posted(history).items()}
        found = ((at, unit.letter(token)) for token, at in at_line.items())
        sent = [(at, one) for at, one in found if one and one.state is LetterState.SENT]
    for at, one in sorted(sent, key=lambda pair: (pair[0], pair[1].token)):
        met = tuple(term.name for term in terms if term.met_at == at)
        if one.posted_by:
            yield SentLetter(one.template, at, "", "", met, one.posted_by)
        else:
            yield SentLetter(one.template, at, one.message_id, numbers(one.answer), met)


def _lines(case: Case, history: Sequence[HistoryEntry], met: set[datetime | None]) -> Iterator[DecisiveLine]:
    """The lines that met a term; of a person who was forgotten only their moments can tell, and who closed the case."""
    wiped = case.status is Status.ANONYMISED
    lines = [line for line in history if line.event != "StaffMailSeen"]  # it meets nothing until a person says so
    elsewhere = wiped and not met <= {line.at for line in lines}
    for line in lines:
        said = set(_said(line)) & met
        closed = elsewhere and line.event == "Closed" and line.at == case.closed_at
        if said or closed or (wiped and line.at in met):
            yield DecisiveLine(line.seq, line.at, line.event, line.actor, next(iter(said - {line.at}), None))


def _said(line: HistoryEntry) -> Iterator[datetime]:
    """The moments at which, by this line, something was done."""
    for doc in line.actions:
        note = doc.get("note")
        told = note.get("notified_at") if doc["do"] == "DescribeBreach" and isinstance(note, dict) else None
        if at := doc["at"] if doc["do"] == "MeetDeadlines" else told:
            yield datetime.fromisoformat(str(at))
