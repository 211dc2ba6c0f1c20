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
#: A longer name of a step would be broken in a narrow window, and people type it: then it stands above its words.
WIDEST = 24
_STATES = {
    StepState.OPEN: "open",
    StepState.BLOCKED: "wacht",
    StepState.WAITING: "gevraagd",
    StepState.DONE: "gedaan",
    StepState.SKIPPED: "overgeslagen",
    StepState.NOT_USED: "niet nodig",
}
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
    steps = list(_gathered(plan))
    table = Table(box=None, pad_edge=False, header_style="bold")
    apart = all(len(step.id) <= WIDEST for step in steps)
    for heading in (*(("stap", "wat") if apart else ("stap",)), "wie", "tot", "stand"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("tot", "stand"))
    for step in steps:
        told = _told(step)
        until = dutch_short(step.due) if step.due and not step.is_settled else ""
        first = (Text(step.id), told) if apart else (Text.assemble((step.id, "bold"), "\n", told),)
        table.add_row(*first, Text(step.owner), until, Text(_STATES[step.state], _STYLES[step.state]))
    return table


def _told(step: PlanStep) -> Text:
    told = Text(step.what, "" if step.required else "italic")
    for words in (step.note, f"na {', '.join(_counted(step.waits_for))}" if step.waits_for else ""):
        if words:
            told.append(f"\n{words}", "dim")
    return told


def _counted(waits_for: Sequence[str]) -> Iterator[str]:
    """The steps that come first; many of one kind are a number."""
    for verb, group in groupby(waits_for, key=lambda id: id.partition(":")[0]):
        ids = list(group)
        yield from ids if len(ids) <= MOST else [f"{verb} ({len(ids)})"]


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
