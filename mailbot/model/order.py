"""Which case comes first."""

from __future__ import annotations

from datetime import UTC, datetime

from mailbot.model import Case, Deadline

#: The dates by which people must have done something.
_CALLS = ("act_by", "breach", "operating")
_LATE = datetime.max.replace(tzinfo=UTC)


def urgency(case: Case) -> tuple[bool, datetime, datetime]:
    """Sorts open cases before closed ones, and each by the first date that is not met."""
    due = [deadline.due for deadline in case.deadlines if deadline.met_at is None and deadline.name in _CALLS]
    first = min(due, default=_LATE) if case.is_open else _LATE
    return (not case.is_open, first, case.received_at)


def first_due(case: Case) -> Deadline | None:
    """The first thing that people must do: decide before the hour of a breach, or answer by the day to act by. None
    where nothing is due any more."""
    answer = case.deadline("act_by") if case.is_open else None
    left = case.appointments or ((answer,) if answer and not answer.met_at else ())
    return min(left, key=lambda deadline: deadline.due, default=None)
