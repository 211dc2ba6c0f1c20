"""Every reply to a person that exists, with what it must say (rules B; ids beside each fact).

A company may word them as it likes in `replies/`; what stands here they all say.
"""

from __future__ import annotations

from collections.abc import Iterable

from mailbot.checklist.facts_asked import COPY, ERASED, GROUND, PARTLY, REASONS, SHEET, TOLD, day, lines, words
from mailbot.checklist.reply import Element, Fact, Form, Reply
from mailbot.model.case import Outcome
from mailbot.model.kinds import Kind
from mailbot.model.policy import COUNTRIES

_EVERY = frozenset({Element.COMPANY, Element.REF, Element.RECEIVED, Element.RIGHT, Element.TRANSLATION})
#: Steps on the way: nothing is decided, so nothing can be appealed yet.
_STEP = _EVERY | {Element.FREE}
_FINAL = _STEP | {Element.AUTHORITY}
_DENIAL = _FINAL | {Element.COURT}

_RIGHTS = frozenset(
    {
        *(Kind.ACCESS, Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION, Kind.PORTABILITY, Kind.OBJECTION),
        *(Kind.AUTOMATED_DECISION, Kind.MINOR, Kind.CONSENT_WITHDRAWAL, Kind.RESTRICTION_LIFT),
    }
)
_ANY = frozenset(Kind) - {Kind.NOT_A_REQUEST}
#: Rights that no ground can refuse: they are carried out, or it is explained why there is nothing to do.
UNDENIABLE = frozenset(
    {
        *(Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL, Kind.COMPLAINT, Kind.BREACH_REPORT),
        *(Kind.PRIVACY_QUESTION, Kind.DECEASED, Kind.RESTRICTION_LIFT, Kind.NOT_A_REQUEST),
    }
)


def _reply(
    name: str,
    kinds: Iterable[Kind],
    *outcomes: Outcome,
    facts: tuple[Fact, ...] = (),
    elements: frozenset[Element] | None = None,
    countries: frozenset[str] = frozenset(COUNTRIES),
    verb: str = "reply",
) -> Reply:
    """Elements: those that are named, else those of an answer, or of a step on the way where it decides nothing."""
    usual = _FINAL if outcomes else _STEP
    return Reply(name, frozenset(kinds), outcomes, facts, elements or usual, countries, verb)


_GRANTED, _PART, _REFUSED, _ANSWERED = Outcome.GRANTED, Outcome.PARTLY, Outcome.REFUSED, Outcome.ANSWERED
_FIXED_FREE = _FINAL - {Element.FREE}

_ALL = (
    # access and portability
    _reply("access_granted", {Kind.ACCESS}, _GRANTED, facts=SHEET),
    _reply(
        "access_partly",
        {Kind.ACCESS},
        _PART,
        facts=(*SHEET, lines("withheld", "B-04", "what was left out or blacked out"), REASONS),
        elements=_DENIAL,
    ),
    _reply(
        "nothing_found",
        {Kind.ACCESS, Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION, Kind.PORTABILITY, Kind.OBJECTION},
        _ANSWERED,
        facts=(lines("searched", "B-10", "where you looked"),),
    ),
    _reply(
        "portability_granted",
        {Kind.PORTABILITY},
        _GRANTED,
        facts=(
            COPY,
            words("format", "B-16", "the format: CSV or JSON, never PDF"),
            lines("data", "B-16", "which data are in it"),
        ),
    ),
    _reply(
        "package",
        {Kind.ACCESS, Kind.PORTABILITY, Kind.OBJECTION},
        elements=_DENIAL | {Element.OPENING, Element.PARTS},
        verb="copy",
    ),
    # rectification and erasure
    _reply(
        "rectification_granted",
        {Kind.RECTIFICATION},
        _GRANTED,
        facts=(
            lines("changed", "B-11", "what was changed or added"),
            day("changed_on", "B-11", "the day from which that holds"),
            TOLD,
        ),
    ),
    _reply("erasure_granted", {Kind.ERASURE}, _GRANTED, facts=ERASED),
    _reply(
        "erasure_partly",
        {Kind.ERASURE, Kind.MINOR},
        _PART,
        facts=(
            *ERASED,
            Fact("kept", Form.KEPT, "B-12", "what stays | why, with its article | until YYYY-MM-DD"),
            day("closed_on", "B-12", "the day from which staff cannot open what stays"),
        ),
        elements=_DENIAL,
    ),
    _reply("minor_erased", {Kind.MINOR}, _GRANTED, facts=ERASED),
    # restriction and objection
    _reply(
        "restricted",
        {Kind.RESTRICTION},
        _GRANTED,
        facts=(
            day("frozen_on", "B-13", "the day since which the data are only kept"),
            lines("frozen", "B-13", "which data"),
            TOLD,
        ),
    ),
    _reply(
        "restriction_ended",
        {Kind.RESTRICTION_LIFT},
        _GRANTED,
        facts=(day("ended_on", "B-14", "the day from which the data are used again"),),
    ),
    _reply(
        "restriction_lifted",
        {Kind.RESTRICTION_LIFT, Kind.RESTRICTION, Kind.OBJECTION},
        facts=(words("body", "B-14", "why"),),
        elements=_DENIAL - {Element.RECEIVED, Element.FREE, Element.RIGHT},
        verb="lift",
    ),
    _reply(
        "objection_upheld",
        {Kind.OBJECTION},
        _GRANTED,
        facts=(
            day("stopped_on", "B-17", "the day since which the data are not used"),
            lines("stopped", "B-17", "which use ended"),
            words("copy", "B-17", "how the person got the copies, as a sentence", needed=False),
            TOLD,
        ),
    ),
    _reply(
        "objection_not_upheld",
        {Kind.OBJECTION},
        _REFUSED,
        facts=(
            GROUND,
            REASONS,
            day("resumed_on", "A-54", "the day from which the data are used again, after this letter"),
        ),
        elements=_DENIAL,
        verb="refuse",
    ),
    _reply(
        "marketing_stopped",
        {Kind.DIRECT_MARKETING},
        _GRANTED,
        facts=(
            day("stopped_on", "B-18", "the day since which nothing is sent"),
            lines("channels", "B-18", "which channels: e-mail, post, telephone"),
        ),
    ),
    _reply(
        "withdrawal_done",
        {Kind.CONSENT_WITHDRAWAL},
        _GRANTED,
        facts=(
            day("stopped_on", "B-20", "the day from which the withdrawal counts"),
            lines("stopped", "B-20", "what stopped"),
            lines("continues", "B-20", "what goes on, and on which other basis", needed=False),
        ),
    ),
    _reply(
        "automated_answered",
        {Kind.AUTOMATED_DECISION},
        _ANSWERED,
        _GRANTED,
        facts=(
            words("automated", "B-19", "whether a computer decides alone, as a sentence"),
            words("reviewed", "B-19", "what a person found when looking again, as a sentence", needed=False),
        ),
    ),
    # complaints, breaches, questions
    _reply("complaint_received", {Kind.COMPLAINT}, elements=_FIXED_FREE),
    _reply(
        "complaint_answered",
        {Kind.COMPLAINT},
        _ANSWERED,
        _GRANTED,
        facts=(words("answer", "B-21", "what you found and what you do about it"),),
        elements=_DENIAL,
    ),
    _reply("breach_thanked", {Kind.BREACH_REPORT}, _ANSWERED, elements=_EVERY),
    _reply(
        "question_answered",
        {Kind.PRIVACY_QUESTION},
        _ANSWERED,
        _GRANTED,
        facts=(words("answer", "B-26", "the answer, in plain Dutch"),),
    ),
    # who writes for whom
    _reply("mandate_asked", _ANY),
    _reply("capacity_asked", {Kind.DECEASED}),
    _reply(
        "deceased_answered",
        {Kind.DECEASED},
        _ANSWERED,
        _GRANTED,
        facts=(words("answer", "B-23", "what was done or will be done, and what not"),),
        elements=_DENIAL,
    ),
    _reply(
        "directives_recorded",
        {Kind.DECEASED, Kind.PRIVACY_QUESTION, Kind.ERASURE},
        _ANSWERED,
        _GRANTED,
        facts=(
            lines("directives", "B-23", "what the person wants to happen after his death"),
            words("trusted", "B-23", "who carries it out, or may ask for it, as a sentence"),
        ),
        countries=frozenset({"FR"}),
    ),
    # saying no, in part or in whole
    _reply("partly_granted", _RIGHTS - {Kind.ACCESS, Kind.ERASURE}, _PART, facts=PARTLY, elements=_DENIAL),
    _reply(
        "refused",
        _RIGHTS - UNDENIABLE - {Kind.OBJECTION},
        _REFUSED,
        facts=(GROUND, REASONS),
        elements=_DENIAL,
        verb="refuse",
    ),
    # the person's own words, and letters that the clock asks for
    _reply("answer", _ANY, *Outcome, facts=(words("body", "B-01", "the answer"),), elements=_DENIAL, verb="answer"),
    _reply("message", _ANY, facts=(words("body", "B-01", "what you want to say"),), verb="answer"),
    _reply(
        "extended",
        _ANY,
        facts=(words("body", "A-30", "why"), words("until", "A-30", "the new day")),
        elements=_DENIAL,
        verb="extend",
    ),
    _reply(
        "cannot_identify",
        _ANY,
        elements=_DENIAL - {Element.FREE, Element.RIGHT},
        verb="outbox release",
    ),
    # the file itself
    _reply("request_withdrawn", _ANY, Outcome.WITHDRAWN),
    _reply(
        "closed",
        _ANY,
        facts=(words("reasons", "B-01", "why the file is closed"),),
        elements=_DENIAL,
    ),
    _reply("reopened", _ANY, facts=(words("reasons", "B-01", "why you look at it again"),)),
)

REPLIES: dict[str, Reply] = {reply.name: reply for reply in _ALL}


def reply_for(kind: Kind, outcome: Outcome, country: str) -> Reply | None:
    """The reply that tells this outcome about this right: the one made for it, else the one for many rights."""
    fitting = [
        reply
        for reply in _ALL
        if kind in reply.kinds
        and outcome in reply.outcomes
        and country in reply.countries
        and reply.verb in ("reply", "refuse")
    ]
    return min(fitting, key=lambda reply: len(reply.kinds), default=None)
