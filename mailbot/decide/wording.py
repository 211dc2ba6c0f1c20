"""What a person is about to send, as `checklist.lint` reads it, and what the plan says against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot import checklist
from mailbot.decide.clock import month_is_over
from mailbot.model import Case, Kind, Outcome, Policy
from mailbot.plan import open_required

#: Facts that tell of something done, and the steps that do it.
_DOING = {"changed_on": "correct", "frozen": "freeze"}


def draft_of(
    case: Case, policy: Policy, now: datetime, words: str, kinds: tuple[Kind, ...], outcome: Outcome | None
) -> checklist.Draft:
    """What a person is about to send, as `lint` reads it."""
    return checklist.Draft(
        words=words,
        kinds=kinds,
        outcome=outcome,
        late=_lateness(case, policy, now),
        language=case.language,
        recipients=() if case.work.package_sent_at else _recipients(policy),
    )


def _recipients(policy: Policy) -> tuple[str, ...]:
    """Who must be named where no copy with its explanation has named them."""
    return tuple(one.name for one in policy.processors if one.status == "bevestigd")


def reply_draft(
    chosen: checklist.Reply,
    facts: dict[str, tuple[str, ...]],
    kinds: tuple[Kind, ...],
    outcome: Outcome | None,
    case: Case,
    policy: Policy,
    now: datetime,
) -> checklist.Draft:
    """The same for one of the replies that exist: what people wrote into it."""
    words = "\n".join(line for lines in facts.values() for line in lines)
    draft = draft_of(case, policy, now, words, kinds, outcome)
    denies = chosen.denies and chosen.ends and chosen.fact("reasons") is not None
    late = _lateness(case, policy, now, denies)
    return replace(draft, reasons=" ".join(facts.get("reasons", ())), denies=denies, late=late)


def _lateness(case: Case, policy: Policy, now: datetime, denies: bool = False) -> str:
    """Which term a letter of today misses: "law", "promise" or nothing.

    Neither an extension nor a question about identity gives a no more time than its month (A-35).
    """
    today = policy.day_of(now)
    if case.only_breach:
        return ""
    if denies:
        return "law" if month_is_over(case, policy, now) else ""
    for name, deadline in (("law", case.deadline("statutory")), ("promise", case.deadline("operating"))):
        if deadline and deadline.on and today > deadline.on:
            return name
    return ""


def untrue(chosen: checklist.Reply, case: Case, policy: Policy) -> Iterator[checklist.Objection]:
    """What a reply says was done while the plan still has it to do."""
    left = [step.id for step in open_required(case, policy)]
    for fact, verb in _DOING.items():
        steps = [id for id in left if id.partition(":")[0] == verb]
        if chosen.fact(fact) and steps:
            yield checklist.Objection("B-15", False, f"tells of something that is not done yet: {', '.join(steps)}")
