"""The legal clock of a request: its dates, how they are told, and when people are warned.

`terms` computes, `telling` explains in Dutch, `ladder` says who must be warned when, `vectors` answers from JSON.
"""

from mailbot.deadlines.terms import ClockEvents, Rule, Terms, add_months, compute
from mailbot.deadlines.vectors import ZONES, answer_vector

__all__ = ["ZONES", "ClockEvents", "Rule", "Terms", "add_months", "answer_vector", "compute"]
