"""KLAAR: a colleague calls a case answered. By which way was it, and does a letter of ours still wait?

The rule kept here: a letter that has not left is no answer (F-15). A colleague who says nothing else means that letter,
so the case closes once it has left; a letter that waits for a person closes nothing.
"""

from __future__ import annotations

import re
from datetime import datetime

from mailbot import events
from mailbot.decide import closing, correcting, measures, outcomes
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Letter, LetterState, Outcome
from mailbot.store import Unit

_ON_ITS_WAY = frozenset({LetterState.QUEUED, LetterState.SENDING})
_LOST = frozenset({LetterState.FAILED, LetterState.DROPPED})
_STUCK = frozenset({LetterState.HELD, LetterState.FAILED, LetterState.UNSURE})
#: How somebody says that he told the person no.
_DENIES = re.compile(r"\b(?:ge|af)?weiger\w*|\bafgewezen\b|\bafgeslagen\b|\bnee (?:gezegd|verteld)\b", re.IGNORECASE)
_REASONS = {"letter": closing.BY_LETTER, "both": "answered by our letter and in another way"}


def closing_event(unit: Unit, case: Case, actor: str, how: str) -> events.Closed:
    """What the word does; `how` is what the colleague wrote behind it. Raises Refused for a letter that waits for a
    person, where he does not say that he answered in another way, and where he says that he refused."""
    if not how:
        states = [_states(unit, case, item.letter) for item in outcomes.untold(case)]
        if states and all(one and one <= _ON_ITS_WAY for one in states):
            return events.Closed(actor, Outcome.ANSWERED, closing.BY_LETTER, once_sent=True)
        if any(states):
            raise Refused("the letter with the answer has not left", "letter_waits")
    if _DENIES.search(how):
        raise Refused("a no has a ground, which is not said with a word", "A-35")
    reason = how or _REASONS.get(how_answered(case), "answered in another way")
    return events.Closed(actor, Outcome.ANSWERED, reason, answered_elsewhere=True)


def replaceable_letters(unit: Unit, case: Case) -> tuple[str, ...]:
    """The letters of a case that a new answer stands in for: those that failed, came back or were dropped, and an
    answer that lies still."""
    return tuple(
        letter.token
        for letter in unit.letters_of(case.ref)
        if letter.state in _LOST or (letter.state is LetterState.HELD and letter.template == "answer")
    )


def refuse_unless_leaving(unit: Unit, case: Case) -> None:
    """Raises Refused where a letter that is called the answer does not leave by itself, so that it closes nothing."""
    for item in outcomes.untold(case):
        states = _states(unit, case, item.letter)
        if not states or not states <= _ON_ITS_WAY:
            told = ", ".join(sorted(states)) or "not on its way"
            raise Refused(f"The letter with the answer to {item.kind} is {told}; `mailbot outbox`", "F-15")


def refuse_letter_under_way(unit: Unit, case: Case, kinds: tuple[Kind, ...]) -> None:
    """Raises Refused where a letter that has not left tells a right which is asked no more: it says what is not so."""
    for item in correcting.leaves(case, kinds) if not case.reply_at else ():
        if states := _states(unit, case, item.letter) - {LetterState.FAILED}:
            raise Refused(
                f"The letter that tells {item.kind} is {', '.join(sorted(states))}: drop it first with "
                f"`mailbot outbox drop {item.letter}`, or name {item.kind} too",
                "letter_of_right",
            )


def how_answered(case: Case) -> str:
    """How the person got his answer, of a case that a colleague calls answered: "letter" when letters of ours that
    left told everything, "both" when they told a part, "waits" when the case closes with one, else "elsewhere"."""
    if case.is_open and case.closes_with:
        return "waits"
    told = [item.told_at is not None for item in case.items]
    return "letter" if told and all(told) else "both" if any(told) else "elsewhere"


def waiting(unit: Unit, case: Case) -> list[Letter]:
    """The letters to people outside that have not left and still can."""
    states = (LetterState.QUEUED, LetterState.HELD)
    return [one for one in unit.letters_of(case.ref) if one.audience != "staff" and one.state in states]


def overtaken(unit: Unit, case: Case, now: datetime) -> list[Letter]:
    """The letters to people outside that no longer leave because the case was called done at this moment."""
    ours = (one for one in unit.letters_of(case.ref) if one.audience != "staff" and one.why == measures.ENDED)
    return [one for one in ours if one.state is LetterState.DROPPED and one.settled_at == now]


def _states(unit: Unit, case: Case, token: str) -> set[LetterState]:
    """Where a letter with an outcome stands that has not left and was not dropped; a copy may be several letters."""
    packed = case.work.packed_in(token)
    found = (unit.letter(one) for one in (packed.tokens if packed else (token,)))
    return {letter.state for letter in found if letter} & (_ON_ITS_WAY | _STUCK)
