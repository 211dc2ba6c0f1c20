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


def told(case: Case, policy: Policy) -> dict[str, list[str] | str]:
    """The same as a mail to staff says it, with the step of a copy that is done at the keyboard and with no word."""
    steps, left = next_steps(case, policy)
    return {"steps": steps, "steps_left": str(left), "copy_step": _copy_step(case, policy)}


def _copy_step(case: Case, policy: Policy) -> str:
    ready = [step.id for step in plan_of(case, policy) if step.state is StepState.OPEN]
    return next((id for id in ("package", "second_look") if id in ready), "")


def _line(step: PlanStep) -> str:
    until = f", uiterlijk {dutch_short(step.due)}" if step.due else ""
    asked = f" ({step.note})" if step.state is StepState.WAITING else ""
    return f"{step.what}{asked}: {step.owner or 'nog niemand'}{until}"
