"""The next steps of a plan in one Dutch line each, for the mail to whoever does them."""

from __future__ import annotations

from datetime import date

from mailbot.dates import dutch_short
from mailbot.model import Case, Policy
from mailbot.plan.planning import plan_of
from mailbot.plan.step import PlanStep, StepState, is_ticked

#: So many steps stand in a mail; the rest is counted.
MOST = 6


def next_steps(case: Case, policy: Policy) -> dict[str, list[str] | str | bool]:
    """What can be done now, soonest first, as a mail to staff says it; how many steps there are besides; the step of
    a copy that is done at the keyboard and with no word, if it can be taken; whether a word ticks anything."""
    plan = plan_of(case, policy)
    open_steps = [step for step in plan if not step.is_settled and step.id != "answer"]
    now = [step for step in open_steps if step.state is not StepState.BLOCKED]
    lines = [_line(step) for step in sorted(now, key=lambda step: step.due or date.max)[:MOST]]
    return {
        "steps": lines,
        "steps_left": str(len(open_steps) - len(lines)),
        "copy_step": _copy_step(plan),
        "can_tick": any(map(is_ticked, plan)),
    }


def _copy_step(plan: tuple[PlanStep, ...]) -> str:
    ready = [step.id for step in plan if step.state is StepState.OPEN]
    return next((id for id in ("package", "second_look") if id in ready), "")


def _line(step: PlanStep) -> str:
    until = f", uiterlijk {dutch_short(step.due)}" if step.due else ""
    asked = f" ({step.note})" if step.state is StepState.WAITING else ""
    return f"{step.what}{asked}: {step.owner or 'nog niemand'}{until}"
