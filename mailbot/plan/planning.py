"""The plan of a case: every step with its owner, its day and its state.

The rule kept here: the plan follows from what is on record, so it is never out of date. Some steps the case itself
shows to be done (a confirmed identity, an answer that was sent); for all others a person, or a party, says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from mailbot.dates import dutch_short
from mailbot.model import CHANGES, Case, Outcome, Policy, ProcessorState, StepEnding
from mailbot.plan.needed_steps import needed_steps
from mailbot.plan.step import PlanStep, StepDraft, StepState, names_of
from mailbot.plan.timing import day_of

_HOW = {StepEnding.DONE: StepState.DONE, StepEnding.SKIPPED: StepState.SKIPPED, StepEnding.NOT_USED: StepState.NOT_USED}
_ASKED = {
    ProcessorState.WAITING: "gevraagd",
    ProcessorState.TICKET: "ontvangst bevestigd",
    ProcessorState.NEEDS_MORE: "wil meer van ons weten",
    ProcessorState.UNCLEAR: "antwoordde; lees wat",
    ProcessorState.SILENT: "antwoordt niet",
    ProcessorState.BOUNCED: "onze mail kwam terug",
    ProcessorState.DONE: "meldt dat het is gedaan",
}


def plan_of(case: Case, policy: Policy) -> tuple[PlanStep, ...]:
    """Every step of the case, in order."""
    drafts = list({draft.id: draft for draft in needed_steps(case, policy)}.values())
    settled = {draft.id: state for draft in drafts if (state := _ended(draft, case))}
    unused = {id.partition(":")[2] for id, state in settled.items() if _says_unused(id, state)}
    undone = {draft.id: names_of(draft.id) for draft in drafts if not (draft.id in settled or _place(draft) in unused)}
    return tuple(_step(draft, undone, settled, unused, case, policy) for draft in drafts)


def open_required(case: Case, policy: Policy) -> tuple[PlanStep, ...]:
    """The steps that the law or the policy wants and that are still open."""
    return tuple(step for step in plan_of(case, policy) if step.required and not step.is_settled)


def _step(
    draft: StepDraft,
    undone: Mapping[str, frozenset[str]],
    settled: Mapping[str, StepState],
    unused: set[str],
    case: Case,
    policy: Policy,
) -> PlanStep:
    waits = tuple(id for id, names in undone.items() if id != draft.id and not names.isdisjoint(draft.after))
    state = settled.get(draft.id) or (StepState.BLOCKED if waits else StepState.OPEN)
    if draft.id not in settled and _place(draft) in unused:
        state, waits = StepState.NOT_USED, ()
    asked = case.work.asked_about(draft.id)
    if asked and draft.id not in settled and state is not StepState.NOT_USED:
        state = StepState.WAITING
    step = PlanStep(
        draft.id,
        draft.what,
        draft.rule,
        draft.required,
        draft.owner or _owner(draft.id, case, policy),
        day_of(draft.moment, case, policy),
        state,
        waits if state is StepState.BLOCKED else (),
        party=draft.party,
    )
    return replace(step, note=_note(step, case))


def _place(draft: StepDraft) -> str:
    return draft.id.partition(":")[2]


def _says_unused(id: str, state: StepState) -> bool:
    return id.startswith("confirm:") and state is StepState.NOT_USED


def _ended(draft: StepDraft, case: Case) -> StepState | None:
    """How a step ended: by what a person said, else by what the case shows."""
    if said := case.work.of(draft.id):
        return _HOW[said.how]
    asked = case.work.asked_about(draft.id)
    if asked and asked.state is ProcessorState.DONE:
        return StepState.DONE
    if draft.id.startswith("freeze:") and not draft.party:
        return StepState.DONE if case.stopped_at else None
    shown = _SHOWN.get(draft.id) or (_decided(draft.id) if draft.id.startswith("decide:") else None)
    return StepState.DONE if shown and shown(case) else None


def _decided(id: str) -> Callable[[Case], bool]:
    kind = id.partition(":")[2]
    return lambda case: all(item.outcome is not Outcome.OPEN for item in case.items if item.kind == kind)


def _identified(case: Case) -> bool:
    return case.identity == "confirmed" or (case.identity == "known_address" and not CHANGES & set(case.kinds))


def _answered(case: Case) -> bool:
    terms = [deadline for deadline in case.deadlines if deadline.name == "statutory" or deadline.name == "operating"]
    return bool(terms) and all(deadline.met_at is not None for deadline in terms)


#: Steps that the case itself shows to be done.
_SHOWN: dict[str, Callable[[Case], bool]] = {
    "identity": _identified,
    "stop_marketing": lambda case: case.stopped_at is not None,
    "stop_consent": lambda case: case.stopped_at is not None,
    "breach": lambda case: bool(case.breach_decision),
    "package": lambda case: bool(case.work.packed),
    "second_look": lambda case: case.work.package_sent_at is not None,
    "copies": lambda case: case.work.package_sent_at is not None,
    "keep": lambda case: bool(case.work.kept),
    "lift": lambda case: case.restricted_since is None,
    "answer": _answered,
}


def _owner(id: str, case: Case, policy: Policy) -> str:
    if id == "second_look":
        return policy.deputy_name or "een tweede persoon"
    return case.assignee or policy.contact_name


def _note(step: PlanStep, case: Case) -> str:
    """Who said what, or what a party made of our mail."""
    if said := case.work.of(step.id):
        return f"{said.by}: {said.note}" if said.note else said.by
    if (asked := case.work.asked_about(step.id)) and step.state is not StepState.NOT_USED:
        return "; ".join(_told(asked.state, asked.ticket, asked.chased, asked.chase_on))
    return ""


def _told(state: ProcessorState, ticket: str, chased: int, chase_on: date | None) -> Iterator[str]:
    yield _ASKED[state]
    if ticket:
        yield f"nummer {ticket}"
    if chased:
        yield f"{chased} keer herinnerd"
    if chase_on and state in (ProcessorState.WAITING, ProcessorState.TICKET):
        yield f"herinnering op {dutch_short(chase_on)}"
