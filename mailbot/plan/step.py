"""One step of the plan of a case, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class StepState(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    BLOCKED = "blocked"  # another step comes first
    WAITING = "waiting"  # a party was asked and has not done it yet
    DONE = "done"
    SKIPPED = "skipped"  # a person set it aside, with a reason
    NOT_USED = "not_used"  # no data are kept there


#: States in which nothing more has to be done.
SETTLED = frozenset({StepState.DONE, StepState.SKIPPED, StepState.NOT_USED})


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step before its state is known: what the law, the policy or good order asks, and which steps come first."""

    id: str
    what: str  # in Dutch, for the people who do it
    rule: str  # the id in `mailbot guide rules` that asks it
    required: bool = True  # the law or the policy wants it: the case does not close before it
    after: tuple[str, ...] = ()  # steps, or groups of steps, that come first
    owner: str = ""
    moment: str = "work"  # receipt, identity, work, ready, carry_out, answer: see `timing`
    party: str = ""  # the name of the processor that does it when it is asked by mail


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the plan: what, who, until when, and how far it is."""

    id: str
    what: str
    rule: str
    required: bool
    owner: str
    due: date | None
    state: StepState
    waits_for: tuple[str, ...] = ()  # steps that come first and are still open
    note: str = ""
    party: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more has to be done."""
        return self.state in SETTLED

    @property
    def verb(self) -> str:
        """What is done, without the place: "look_up" of "look_up:mollie"."""
        return self.id.partition(":")[0]


#: Steps that no tick ends: some have an act of their own, a copy is made, seen by a second person and sent (F-11), and
#: that something stopped is said as such (A-50, A-52).
_NOT_TICKED = frozenset(
    {
        *("identity", "breach", "decide", "answer", "lift"),
        *("package", "second_look", "copies", "stop_marketing", "stop_consent"),
    }
)


def is_ticked(step: PlanStep) -> bool:
    """Whether a tick ends it now: nothing comes first and nobody outside was asked. Who says that he has erased
    everything has decided on it, also where only the letter will tell the outcome."""
    free = step.state is StepState.OPEN or (step.verb == "erase" and step.waits_for == ("decide:erasure",))
    return free and step.verb not in _NOT_TICKED


#: All steps at once, as a colleague says it who works by reply.
EVERYTHING = "all"


def names_of(id: str) -> frozenset[str]:
    """What a step can be called: by itself, by its group ("look_up" names every "look_up:..."), or with every step."""
    return frozenset((id, id.partition(":")[0], EVERYTHING))


def belongs(id: str, named: str) -> bool:
    """Whether a step is the named one, or of the named group."""
    return named in names_of(id)
