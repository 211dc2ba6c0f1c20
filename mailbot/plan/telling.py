"""The next steps of a plan in one Dutch line each, for the mail to whoever does them."""

from __future__ import annotations

from mailbot.dates import dutch_short
from mailbot.model import Case, Policy
from mailbot.plan.making import plan_of
from mailbot.plan.values import PlanStep, StepState

#: So many steps stand in a mail; the rest is counted.
MOST = 6


def next_steps(case: Case, policy: Policy) -> tuple[list[str], int]:
    """What can be done now, soonest first, and how many steps there are besides."""
    open_steps = [step for step in plan_of(case, policy) if not step.is_settled and step.id != "answer"]
    now = [step for step in open_steps if step.state is not StepState.BLOCKED]
    told = [_line(step) for step in sorted(now, key=lambda step: str(step.due))[:MOST]]
    return told, len(open_steps) - len(told)


def _line(step: PlanStep) -> str:
    until = f", uiterlijk {dutch_short(step.due)}" if step.due else ""
    asked = f" ({step.note})" if step.state is StepState.WAITING else ""
    return f"{step.what}{asked}: {step.owner or 'nog niemand'}{until}"
