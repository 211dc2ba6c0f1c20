"""A person says what a case really asks, also after a part of it was answered.

The rules kept here: what a letter has told stays on record as it was decided, whoever sorts the mail anew; a right that
is named again keeps its outcome; only what is new is open, and then the term runs (F-15). A right that a later mail
asked is not added here, it is a case of its own (A-39; `acts.new_request`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot.decide import breaches, measures, outcomes
from mailbot.decide.apply import ASKS_MORE
from mailbot.decide.clock import answer_terms
from mailbot.decide.decision import Decision
from mailbot.model import Case, CaseMail, Item, Kind, Outcome


def set_kinds(decision: Decision, kinds: tuple[Kind, ...]) -> None:
    """The rights that the case asks from now on. Whether the term runs follows from what nobody has been told."""
    case = decision.case
    before = {item.kind: item for item in case.items}
    decision.do(do.SetItems((*(before.get(kind, Item(kind)) for kind in kinds), *stays(case, kinds))))
    was_answered, told = _all_told(case), _all_told(decision.case)
    terms = tuple(name for name in answer_terms(decision.case) if not (case.extended_at and name == "notice_by"))
    if was_answered and not told:
        decision.do(do.MissDeadlines(terms))
    elif told and not was_answered:
        decision.do(do.MeetDeadlines(told, terms))


def _all_told(case: Case) -> datetime | None:
    """When the last outcome was told; None while one is not, or nothing was."""
    told = [item.told_at for item in case.items if item.told_at]
    return max(told) if told and not outcomes.untold(case) else None


def ask_nothing(decision: Decision) -> None:
    """The mail asks nothing under the GDPR: the case ends. What was told before stays; no more is told. Raises Refused
    for a breach that the authority is still to be told of."""
    case = decision.case
    breaches.refuse_untold(case)
    ended = tuple(item if item.told_at else replace(item, outcome=Outcome.NO_REQUEST, letter="") for item in case.items)
    decision.do(do.SetItems(ended if stays(case, ()) else (Item(Kind.NOT_A_REQUEST, Outcome.NO_REQUEST),)))
    measures.end(decision, "no request under the GDPR")


def stays(case: Case, kinds: tuple[Kind, ...]) -> tuple[Item, ...]:
    """What was told and is not named any more: it stays on record, because the person has it in writing. So does a
    breach about which it was decided, for the register of article 33(5)."""
    return tuple(item for item in case.items if item.kind not in kinds and (item.told_at or _is_decided(case, item)))


def _is_decided(case: Case, item: Item) -> bool:
    return item.kind is Kind.BREACH_REPORT and bool(case.breach_decision)


def leaves(case: Case, kinds: tuple[Kind, ...]) -> tuple[Item, ...]:
    """What is asked no more although a letter about it was written and has not told it yet."""
    return tuple(item for item in case.items if item.letter and not item.told_at and item.kind not in kinds)


def asked_later(case: Case, kinds: tuple[Kind, ...]) -> tuple[CaseMail, tuple[Kind, ...]] | None:
    """The later mail that asks rights which the case does not hold, and these; None where its first mail asks them.

    It is the mail of which the sorter was not sure, or else the first that came after everything was told.
    """
    fresh, later = tuple(kind for kind in kinds if kind not in case.kinds), case.mails[1:]
    if not (fresh and later):
        return None
    if ASKS_MORE in case.needs:
        guessed = [mail for mail in later if mail.guessed]
        same = [mail for mail in guessed if set(mail.guessed) & set(fresh)]
        return (same or guessed or later[-1:])[0], fresh
    if (told := _all_told(case)) is None:
        return None
    found = next((mail for mail in later if mail.received_at > told), None)
    return (found, fresh) if found else None
