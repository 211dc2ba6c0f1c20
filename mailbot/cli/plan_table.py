"""The plan of a case in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from rich.table import Table
from rich.text import Text

from mailbot.dates import dutch_short
from mailbot.plan import PlanStep, StepState

#: So many steps of one kind are shown one by one, whatever their state.
MOST = 2
_STYLES = {
    StepState.OPEN: "yellow",
    StepState.BLOCKED: "dim",
    StepState.WAITING: "cyan",
    StepState.DONE: "green",
    StepState.SKIPPED: "magenta",
    StepState.NOT_USED: "dim",
}


def plan_table(plan: Sequence[PlanStep]) -> Table:
    """Step by step: what is to be done, who does it, until when, and how far it is."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("step", "what", "who", "until", "state"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("until", "state"))
    for step in _gathered(plan):
        told = Text(step.what, "" if step.required else "italic")
        for words in (step.note, f"na {', '.join(step.waits_for)}" if step.waits_for else ""):
            if words:
                told.append(f"\n{words}", "dim")
        until = dutch_short(step.due) if step.due and not step.is_settled else ""
        table.add_row(step.id, told, step.owner, until, Text(step.state.value, _STYLES[step.state]))
    return table


def _gathered(plan: Sequence[PlanStep]) -> Iterator[PlanStep]:
    """The same thing in many places is one line while none of it can be done yet, and once all of it is settled."""
    for verb, group in groupby(plan, key=lambda step: step.verb):
        steps = list(group)
        alike = len({step.state for step in steps}) == 1 and steps[0].state not in (StepState.OPEN, StepState.WAITING)
        if len(steps) <= MOST or not alike:
            yield from steps
            continue
        places = ", ".join(step.id.partition(":")[2] for step in steps)
        waits = tuple(dict.fromkeys(wait for step in steps for wait in step.waits_for))
        yield replace(
            steps[0], id=f"{verb}:...", what=f"{len(steps)} plaatsen: {places}", waits_for=waits, owner="", note=""
        )


def step_doc(step: PlanStep) -> dict[str, Any]:
    """A step as JSON."""
    return {
        "step": step.id,
        "what": step.what,
        "owner": step.owner,
        "due": step.due.isoformat() if step.due else None,
        "state": step.state.value,
        "required": step.required,
        "rule": step.rule,
        "waits_for": list(step.waits_for),
        "note": step.note,
    }
