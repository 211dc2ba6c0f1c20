"""What was decided about each right that was asked, and which letter tells it.

The rule kept here: the clock of a case stops when a letter has told the outcome of every right, not before (F-15).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import checklist
from mailbot.decide.clock import answer_terms
from mailbot.decide.decision import Decision
from mailbot.model import Case, Item, Kind, Outcome, Status

#: Outcomes that need no letter to be complete.
_SILENT = (Outcome.WITHDRAWN, Outcome.NO_REQUEST)


def with_outcome(
    case: Case, kinds: tuple[Kind, ...], outcome: Outcome, actor: str, now: datetime, ground: str = ""
) -> tuple[Item, ...]:
    """The items with what was decided; what a person decided before stays."""
    return tuple(
        replace(item, outcome=outcome, decided_by=actor, decided_at=now, ground=ground or item.ground)
        if item.kind in kinds and (item.outcome is Outcome.OPEN or outcome is Outcome.WITHDRAWN)
        else replace(item, ground=ground or item.ground)
        if item.kind in kinds
        else item
        for item in case.items
    )


def with_letter(items: tuple[Item, ...], kinds: tuple[Kind, ...], token: str) -> tuple[Item, ...]:
    """The items once this letter is to tell the outcome of these rights."""
    return tuple(replace(item, letter=token, told_at=None) if item.kind in kinds else item for item in items)


def granted(case: Case, kind: Kind, actor: str, token: str, now: datetime) -> tuple[Item, ...]:
    """The items once a letter tells that this right was carried out."""
    return with_letter(with_outcome(case, (kind,), Outcome.GRANTED, actor, now), (kind,), token)


def mark_told(decision: Decision, token: str, *, own_words: bool = False) -> None:
    """A letter with an outcome left: those rights are told; when all are, the term is met."""
    told = _told_by(token, own_words, decision.case)
    items = tuple(replace(item, told_at=decision.now) if item in told else item for item in decision.case.items)
    if items != decision.case.items:
        decision.do(do.SetItems(items))
    if not untold(decision.case):
        decision.do(do.MeetDeadlines(decision.now, answer_terms(decision.case)))


def _told_by(token: str, own_words: bool, case: Case) -> list[Item]:
    """The rights that a letter tells. A right that was added after own words were written is not in them."""
    unnamed = own_words and not any(item.letter for item in case.items)
    return [item for item in case.items if unnamed or item.letter == token]


def mark_untold(decision: Decision, token: str) -> None:
    """A letter with an outcome came back: those rights are not told, the case is open and the term runs."""
    case = decision.case
    items = tuple(replace(item, told_at=None) if item.letter == token else item for item in case.items)
    if items != case.items:
        decision.do(do.SetItems(items))
    decision.do(do.MissDeadlines(answer_terms(case)), do.SetStatus(Status.OPEN))
    decision.need("answer_bounced")


def untold(case: Case) -> tuple[Item, ...]:
    """The rights of which no letter has told the outcome yet."""
    return tuple(item for item in case.items if item.told_at is None and item.outcome not in _SILENT)


def ends(template: str) -> bool:
    """Whether a letter of this name tells an outcome."""
    found = checklist.REPLIES.get(template)
    return bool(found and found.ends)
