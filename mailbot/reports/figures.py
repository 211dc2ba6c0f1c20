"""Figures of one company over a period: what came in, what was answered and how fast, what is open. No names in them.

The rule kept here: a request counts in the period in which it was received, and "in time" is judged by the day to which
the company works, which is never later than the law's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median

from mailbot.deadlines import is_within
from mailbot.decide.clock import refused_late
from mailbot.model import Case, Policy


@dataclass(frozen=True, slots=True)
class Figures:
    """`overdue` are open and past their day; `late` were answered after it."""

    received: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    withdrawn: int = 0  # closed without an answer that the clock asks for
    median_days: float | None = None  # of what was answered
    slowest_days: float | None = None  # 90th percentile

    @property
    def in_time_percent(self) -> int | None:
        """Of what was answered or should have been, how much was in time; None while nothing is to be judged."""
        judged = self.in_time + self.late + self.overdue
        return 100 * self.in_time // judged if judged else None  # never a hundred while one was late


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case as the figures see it."""

    received_on: date
    kinds: tuple[str, ...]
    state: str  # in_time, late, open, overdue, withdrawn
    days: float | None  # from receipt to the answer


def case_results(cases: Iterable[Case], policy: Policy, first: date, last: date, now: datetime) -> list[CaseResult]:
    """The cases received from `first` to `last`, both included, in the company's own zone."""
    found = [_case_result(case, policy, now) for case in cases]
    return sorted((one for one in found if first <= one.received_on <= last), key=lambda one: one.received_on)


def figures_of(found: Sequence[CaseResult]) -> Figures:
    """The cases in numbers."""
    days = [one.days for one in found if one.days is not None]
    middle, slowest = spread(days)
    count = {state: sum(1 for one in found if one.state == state) for state in STATES}
    return Figures(
        received=len(found),
        answered=len(days),
        in_time=count["in_time"],
        late=count["late"],
        open=count["open"] + count["overdue"],
        overdue=count["overdue"],
        withdrawn=count["withdrawn"],
        median_days=middle,
        slowest_days=slowest,
    )


def spread(days: Iterable[float]) -> tuple[float | None, float | None]:
    """The median and the 90th percentile (nearest rank); None of nothing."""
    ordered = sorted(days)
    return (median(ordered), ordered[ceil(len(ordered) * 0.9) - 1]) if ordered else (None, None)


def answered_at(case: Case) -> datetime | None:
    """When the person had his answer, or a reporter his thanks. An extension, a question who he is, a stop and a
    decision about a breach meet dates of their own and are none."""
    term = case.deadline("statutory") or case.deadline("operating")
    return term.met_at if term else None


def days_to_answer(case: Case) -> float | None:
    """From receipt to the answer; none less than no days, also where a clock was set back in between."""
    at = answered_at(case)
    return max((at - case.received_at) / timedelta(days=1), 0.0) if at else None


STATES = ("in_time", "late", "overdue", "open", "withdrawn")


def _case_result(case: Case, policy: Policy, now: datetime) -> CaseResult:
    due, answered = case.deadline("operating") or case.deadline("notice_by"), answered_at(case)
    if answered:
        late = (due and not is_within(due, answered)) or refused_late(case, policy)
        state = "late" if late else "in_time"
    elif not case.is_open:
        state = "withdrawn"
    else:
        state = "overdue" if due and not is_within(due, due.met_at or now) else "open"
    kinds = tuple(map(str, case.kinds))
    return CaseResult(policy.day_of(case.received_at), kinds, state, days_to_answer(case))
