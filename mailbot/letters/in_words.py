"""Days, moments, terms and reasons in the words of a letter, on the company's clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from mailbot.checklist.barred import never_extended
from mailbot.dates import days_away, written_date
from mailbot.model import Case, Deadline, DeadlineName, Policy


def date_in_words(deadline: Deadline | None, language: str) -> str:
    """The day of a deadline in words; nothing where there is none."""
    return written_date(deadline.on, language) if deadline and deadline.on else ""


def day_in_words(at: datetime | None, policy: Policy, language: str) -> str:
    """The day of a moment on the company's clock, in words."""
    return written_date(policy.day_of(at), language) if at else ""


def moment_in_words(at: datetime, policy: Policy) -> str:
    """A moment on the company's clock: "zaterdag 31 januari 2026 om 22:14"."""
    return f"{day_in_words(at, policy, 'nl')} om {at.astimezone(policy.zone):%H:%M}"


def days_left(deadline: Deadline | None, policy: Policy, now: datetime) -> int | None:
    """How many days until a deadline, below zero once it has passed."""
    if deadline is None or deadline.on is None:
        return None
    return (deadline.on - policy.day_of(now)).days


def days_left_in_words(days: int | None) -> str:
    """How far away a day is."""
    return "geen datum" if days is None else days_away(days)


def passed(case: Case, policy: Policy, now: datetime) -> str:
    """The heaviest term that is over: "law", "promise", "act_by", or nothing."""
    terms: dict[str, DeadlineName] = {"law": "statutory", "promise": "operating", "act_by": "act_by"}
    for name, deadline in terms.items():
        left = days_left(case.deadline(deadline), policy, now)
        if left is not None and left < 0:
            return name
    return ""


def may_extend(case: Case, policy: Policy, now: datetime) -> bool:
    """Whether two more months can still be had, so that no mail offers what would be refused (A-30 to A-34)."""
    once, act_by = case.extended_at is None and not case.extension_reason, case.deadline("act_by")
    answered = act_by is not None and act_by.met_at is not None
    return not never_extended(case, policy)[0] and once and not answered and passed(case, policy, now) != "law"


def hours_left_in_words(left: timedelta) -> str:
    """What is left of the 72 hours (Article 33)."""
    hours = int(left.total_seconds() // 3600)
    return f"nog {hours} uur" if hours >= 0 else "de 72 uur zijn voorbij"


def held_reason(why: str, phrases: Mapping[str, str]) -> str:
    """Why a letter waits, in words for a person, without anything that only that letter may say."""
    return phrases.get(why) or phrases.get(why.partition(":")[0]) or phrases["other"]


def listed(names: list[str], most: int = 4) -> str:
    """Names in one line that still fits a subject."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" en nog {more}" if more > 0 else "")
