"""Before anybody is told that his data were erased, or they are: does the plan say so, and has he not taken it back?

The rules kept here: what is erased does not come back, so what the person wrote since is read first, because he may
stop it while nothing was erased (B-33); a letter says that data were erased once every place is done, and where data
stay it says which, why and until when (B-12).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailbot import events
from mailbot.dates import dutch_moment
from mailbot.decide.apply import WROTE_AGAIN
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Outcome, Policy
from mailbot.plan import PlanStep, StepState, plan_of
from mailbot.sender import proof

ERASES = frozenset({Kind.ERASURE, Kind.MINOR})
_GIVEN = (Outcome.GRANTED, Outcome.PARTLY)


def may_take_back(case: Case, event: events.MailArrived) -> bool:
    """Whether this further mail may stop an erasure that nobody has been told of. Who answers our question does not."""
    waits = any(item.kind in ERASES and item.told_at is None for item in case.items)
    if not (case.is_open and waits) or event.mail.automatic:
        return False
    return proof.answer_in(case, event.mail) is None


def refuse_unread(case: Case, policy: Policy) -> None:
    """Raises Refused while nobody has said that he read what the person wrote since."""
    if WROTE_AGAIN not in case.needs:
        return
    at = dutch_moment(case.mails[-1].received_at, policy.zone) if case.mails else ""
    raise Refused(
        f"The person wrote again on {at}; read it first. It takes nothing back: `mailbot accept {case.ref}`. It does: "
        f"`mailbot reply {case.ref} --template request_withdrawn`, which tells so",
        "B-33",
    )


def refuse_letter(case: Case, kinds: Iterable[Kind], outcome: Outcome | None, policy: Policy) -> None:
    """Raises Refused for a letter that tells of an erasure which the plan does not show."""
    named = ERASES & set(kinds)
    if not named or outcome not in _GIVEN:
        return
    refuse_unread(case, policy)
    decided = tuple(
        replace(item, outcome=outcome) if item.kind in named and item.outcome is Outcome.OPEN else item
        for item in case.items
    )
    steps = [step for step in plan_of(replace(case, items=decided), policy) if step.verb == "erase"]
    _refuse_undone(case, [step for step in steps if not step.is_settled], named)
    aside = ", ".join(step.id for step in steps if step.state is StepState.SKIPPED)
    if outcome is Outcome.GRANTED and aside:
        raise Refused(
            f"{aside} was set aside, so data stay there. Tell which, why and until when: `mailbot fulfil {case.ref} "
            f"--partly --set kept='what | why | until'`. No data of this person there: `mailbot undo {case.ref} STEP`, "
            "then `mailbot done`",
            "B-12:aside",
        )


def _refuse_undone(case: Case, undone: list[PlanStep], named: frozenset[Kind]) -> None:
    if not undone:
        return
    left = ", ".join(f"{one.id} (asked)" if one.state is StepState.WAITING else one.id for one in undone)
    open_ones = [item.kind for item in case.items if item.kind in named and item.outcome is Outcome.OPEN]
    first = f"`mailbot decide {case.ref} {open_ones[0]} granted`, then " if open_ones else ""
    which = "STEP" if any(one.state is StepState.WAITING for one in undone) else "erase"
    raise Refused(
        f"The plan still has to erase: {left}. Erased there: {first}`mailbot done {case.ref} {which}`. Data stay in a "
        f"place: `mailbot skip {case.ref} STEP --reason ...`, and tell which with `mailbot fulfil {case.ref} --partly`",
        "B-12",
    )
