"""Requests that came in and what was sent about them become findings: answered, late, half, unanswered, running.

The rule kept here: doubt never turns into "answered". A mail counts as an answer when it stands in the thread of the
request, or goes to its writer later under the same subject, or speaks of what he asked. A notice of receipt, a question
back and a machine's mail are no answer. Days are counted as the program itself would have (rules A).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mailbot.audit.wording import Said
from mailbot.deadlines import ClockEvents, Rule, compute
from mailbot.model import Kind, Pointer, Policy, Signal, fold_address
from mailbot.sender.passed_on import company_addresses

#: So long after a request a mail to its writer outside the thread can still be about it.
REACH = timedelta(days=400)
#: So long a second mail about the same rights is a reminder of the first request.
SAME_REQUEST = timedelta(days=120)
_PREFIX = re.compile(r"^\s*(?:(?:re|fw|fwd|antw|aw|tr|wg|sv|ref)\s*:\s*)+", re.IGNORECASE)


class State(StrEnum):
    """What became of a request."""

    UNANSWERED = "unanswered"
    HALF = "half"
    LATE = "late"
    RUNNING = "running"  # its term has not ended
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """One mail that asks something. `sure`: the sorter would have passed it without a person."""

    message_id: str
    pointer: Pointer
    received_at: datetime
    writer: str
    subject: str
    kinds: tuple[Kind, ...]
    sure: bool
    certainty: float
    signals: tuple[Signal, ...] = ()
    references: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail that the company sent."""

    message_id: str
    pointer: Pointer
    sent_at: datetime
    to: tuple[str, ...]
    subject: str
    said: Said
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One request with its fate. `days_over`: full days between the last day of the law and the answer, or today."""

    number: int
    first: FoundRequest
    reminders: tuple[FoundRequest, ...]
    answers: tuple[SentMail, ...]  # everything that was sent about it, oldest first
    state: State
    due_on: date
    promised_on: date | None
    answered_at: datetime | None
    missing: tuple[Kind, ...] = ()  # rights of which no answer speaks
    extended: bool = False
    days_over: int = 0
    promise_broken: bool = False

    @property
    def exposure(self) -> str:
        """How much trouble it can still bring: high, middle, low, or none."""
        pressed = bool(self.reminders) or not PRESSING.isdisjoint((*self.first.kinds, *self.first.signals))
        match self.state:
            case State.UNANSWERED:
                return "high" if pressed or self.days_over > 30 else "middle"
            case State.HALF:
                return "high" if pressed else "middle"
            case State.LATE:
                return "middle" if pressed or self.days_over > 60 else "low"
            case State.RUNNING | State.ANSWERED:
                return "none"


#: Who writes so has one foot at the authority already, or is one whom the law protects more.
PRESSING = frozenset(
    {
        *(Kind.COMPLAINT, Kind.BREACH_REPORT, Kind.MINOR),
        *(Signal.DEADLINE_THREAT, Signal.AUTHORITY_DEMAND, Signal.REMINDER),
    }
)


@dataclass
class _Thread:
    """A request while its mails are gathered."""

    first: FoundRequest
    reminders: list[FoundRequest] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def findings(asked: Iterable[FoundRequest], sent: Sequence[SentMail], policy: Policy, now: datetime) -> list[Finding]:
    """Every request with its fate, oldest first."""
    mails = sorted(asked, key=lambda one: one.received_at)
    threads = _threads(mails)
    by_reference, by_recipient = _indexed(sent)
    own = frozenset(company_addresses(policy))
    found = []
    for number, thread in enumerate(threads, 1):
        about = _about(thread, by_reference, by_recipient, own)
        found.append(_judged(number, thread, about, policy, now))
    return found


def _bare_subject(subject: str) -> str:
    """A subject without its Re: and Fwd:, for comparison."""
    return " ".join(_PREFIX.sub("", subject).lower().split())


def _threads(mails: Sequence[FoundRequest]) -> list[_Thread]:
    """A second mail of the same person in the thread, or about the same right soon after, is a reminder."""
    threads: list[_Thread] = []
    of_writer: dict[str, list[_Thread]] = defaultdict(list)
    for mail in mails:
        known = next((one for one in reversed(of_writer[mail.writer]) if _same(one, mail)), None)
        if known is None:
            known = _Thread(mail)
            threads.append(known)
            of_writer[mail.writer].append(known)
        else:
            known.reminders.append(mail)
        known.ids.add(mail.message_id)
    return threads


def _same(thread: _Thread, mail: FoundRequest) -> bool:
    if thread.ids & set(mail.references):
        return True
    soon = mail.received_at - thread.first.received_at <= SAME_REQUEST
    alike = _bare_subject(mail.subject) == _bare_subject(thread.first.subject) or Signal.REMINDER in mail.signals
    return bool(mail.writer) and soon and alike and bool(set(mail.kinds) & set(thread.first.kinds))


def _indexed(sent: Sequence[SentMail]) -> tuple[dict[str, list[SentMail]], dict[str, list[SentMail]]]:
    by_reference: dict[str, list[SentMail]] = defaultdict(list)
    by_recipient: dict[str, list[SentMail]] = defaultdict(list)
    for mail in sent:
        for reference in set(mail.references):
            by_reference[reference].append(mail)
        for address in {fold_address(address) for address in mail.to}:
            by_recipient[address].append(mail)
    return by_reference, by_recipient


def _about(
    thread: _Thread,
    by_reference: dict[str, list[SentMail]],
    by_recipient: dict[str, list[SentMail]],
    own: frozenset[str],
) -> tuple[SentMail, ...]:
    """What was sent about this request. In the thread any address outside the company counts (he may have two)."""
    first = thread.first
    in_thread = [mail for id in thread.ids for mail in by_reference.get(id, ()) if not own.issuperset(mail.to)]
    to_writer = by_recipient.get(first.writer, []) if first.writer else []
    loose = [mail for mail in to_writer if _speaks_of(mail, first)]
    found = {mail.pointer: mail for mail in (*in_thread, *loose)}.values()
    timely = [mail for mail in found if first.received_at <= mail.sent_at <= first.received_at + REACH]
    return tuple(sorted(timely, key=lambda mail: mail.sent_at))


def _speaks_of(mail: SentMail, first: FoundRequest) -> bool:
    """Outside the thread: under the same subject, or a new mail about what was asked."""
    if _bare_subject(mail.subject) == _bare_subject(first.subject) != "":
        return True
    return not mail.references and bool(mail.said.outcomes & set(first.kinds))


def _judged(number: int, thread: _Thread, about: tuple[SentMail, ...], policy: Policy, now: datetime) -> Finding:
    first = thread.first
    due_on, promised_on, extended = _dates(first, about, policy)
    complete, missing = _completed(_held_to(first), about)
    today = policy.day_of(now)
    day = policy.day_of(complete.sent_at) if complete else today
    over = max(0, (day - due_on).days)
    finding = Finding(
        number=number,
        first=first,
        reminders=tuple(thread.reminders),
        answers=about,
        state=_state(complete, about, over),
        due_on=due_on,
        promised_on=promised_on,
        answered_at=complete.sent_at if complete else None,
        missing=missing,
        extended=extended,
        days_over=over,
    )
    return replace(finding, promise_broken=bool(promised_on and not extended and day > promised_on))


def _held_to(asked: FoundRequest) -> tuple[Kind, ...]:
    """What an answer must speak of: a second right of which the sorter is not sure is held against nobody."""
    return asked.kinds if asked.sure else asked.kinds[:1]


def _state(complete: SentMail | None, about: tuple[SentMail, ...], over: int) -> State:
    if complete:
        return State.LATE if over else State.ANSWERED
    if not over:
        return State.RUNNING
    return State.HALF if about else State.UNANSWERED


def _completed(kinds: tuple[Kind, ...], about: tuple[SentMail, ...]) -> tuple[SentMail | None, tuple[Kind, ...]]:
    """The mail with which every right had its answer, and the rights that never got one.

    Of several rights the answers must speak of each, as far as words can tell; a refusal speaks of all.
    """
    answers = [mail for mail in about if mail.said.answers]
    checkable = {kind for kind in kinds if kind in _TOLD_APART}
    spoken: set[Kind] = set()
    for mail in answers:
        spoken |= checkable if mail.said.refuses and not mail.said.outcomes else set(mail.said.outcomes)
        if len(checkable) < 2 or not spoken & checkable or checkable <= spoken:
            return mail, ()
    return None, tuple(kind for kind in kinds if kind not in spoken)


#: Rights whose answers differ enough in words.
_TOLD_APART = frozenset(
    {Kind.ACCESS, Kind.ERASURE, Kind.RECTIFICATION, Kind.RESTRICTION, Kind.DIRECT_MARKETING, Kind.PORTABILITY}
)


def _dates(first: FoundRequest, about: tuple[SentMail, ...], policy: Policy) -> tuple[date, date | None, bool]:
    """The last day of the law, that of the company's own promise, and whether a valid notice moved the first."""
    plain = compute(Rule.ART12_3, first.received_at, policy.country, policy.zone, policy.promise_days)
    notice = next((mail.sent_at for mail in about if mail.said.extends), None)
    terms = plain
    if notice:
        events = ClockEvents(extended_at=notice)
        terms = compute(Rule.ART12_3, first.received_at, policy.country, policy.zone, policy.promise_days, events)
    extended = bool(terms.extension_valid)
    due = terms.statutory if extended else plain.statutory
    assert isinstance(due, date)
    return (due.date() if isinstance(due, datetime) else due), plain.promise, extended
