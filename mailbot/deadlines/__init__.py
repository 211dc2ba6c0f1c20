"""The legal clock of a request: its dates, how they are told, and when people are warned.

`terms` computes, `explanation` tells them in Dutch, `ladder` says who must be warned when, `vectors` answers from JSON.
"""

from mailbot.deadlines.explanation import ClockStep, end_of_day, explain, is_within, steps, thanking_days, to_deadlines
from mailbot.deadlines.ladder import Ladder, Rung, due_step, ladder, next_moment
from mailbot.deadlines.terms import ClockEvents, Rule, Terms, add_months, compute
from mailbot.deadlines.vectors import ZONES, answer_vector
from mailbot.deadlines.working_hours import leaves_at, next_day_start, next_start

__all__ = [
    "ZONES",
    "ClockEvents",
    "ClockStep",
    "Ladder",
    "Rule",
    "Rung",
    "Terms",
    "add_months",
    "answer_vector",
    "compute",
    "due_step",
    "end_of_day",
    "explain",
    "is_within",
    "ladder",
    "leaves_at",
    "next_day_start",
    "next_moment",
    "next_start",
    "steps",
    "thanking_days",
    "to_deadlines",
]
