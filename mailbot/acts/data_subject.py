"""All cases of one person together, and what one of them holds back in another.

The rule kept here: data are not erased while the person waits for a copy of them, also where he asked for that in a
case of its own, before or after (B-30, B-34): what was held at receipt can be given no more once it is gone. Nor are
they while one of his cases is held for a dispute (article 17(3)(e)); that something is kept for it can be told.
"""

from __future__ import annotations

from mailbot import checklist, events
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Outcome, Policy, Status, StepEnding
from mailbot.plan import belongs, plan_of
from mailbot.sender.lookup import person_addresses
from mailbot.store import Unit

_GIVES_COPY = frozenset({Kind.ACCESS, Kind.PORTABILITY})
_NO_COPY = (Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.NO_REQUEST)


def cases_of_person(unit: Unit, case: Case) -> list[Case]:
    """Every case of this person that is not anonymous yet, the given one first; also one that he wrote from elsewhere,
    where a yes from his address on file proved that it is his."""
    others = {
        one.ref: one
        for address in sorted(person_addresses(case))
        for one in unit.cases_to(address)
        if one.requester_email.lower() == address
        or (one.identity == "confirmed" and address == one.known_email.lower())
    }
    others.pop(case.ref, None)
    return [case, *(one for one in others.values() if one.status is not Status.ANONYMISED)]


def refuse_erasure(unit: Unit, case: Case, event: events.StaffActed, policy: Policy) -> None:
    """Raises Refused for an act that erases, or tells so, while a case of the person is held or another one still owes
    him a copy."""
    if not _erases(case, event, policy):
        return
    together = cases_of_person(unit, case)
    held = next((one.ref for one in together if one.work.hold), "")
    if held and not _tells_what_stays(event):
        raise Refused(
            f"{held} is held for a dispute, so nothing of this person is erased. The dispute is over: "
            f"`mailbot hold {held} --lift --reason ...`",
            "B-12:hold",
        )
    for other in together[1:]:
        if _waits_for_copy(other):
            asked = next(item.kind for item in other.items if item.kind in _GIVES_COPY)
            raise Refused(
                f"{other.ref} of the same person asks {asked}, and he has no answer yet: that comes first, then the "
                f"erasure (`mailbot show {other.ref}`)",
                "B-30",
            )


def _waits_for_copy(case: Case) -> bool:
    open_ones = [one for one in case.items if one.kind in _GIVES_COPY and one.outcome not in _NO_COPY]
    untold = any(one.told_at is None for one in open_ones)
    return case.is_open and untold and case.identity != "denied" and case.work.package_sent_at is None


def _erases(case: Case, event: events.StaffActed, policy: Policy) -> bool:
    match event:
        case events.StepSettled(step=named, how=StepEnding.DONE):
            return any(_is_erasing(step, named) for step in _open_steps(case, policy))
        case events.PartiesTold():
            return any(_is_erasing(step, "erase") for step in _open_steps(case, policy))
        case events.Replied(reply=name):
            return name in checklist.REPLIES and checklist.REPLIES[name].fact("erased_on") is not None
        case events.Answered(outcome=Outcome.GRANTED | Outcome.PARTLY):
            return any(item.kind is Kind.ERASURE and item.told_at is None for item in case.items)
    return False


def _tells_what_stays(event: events.StaffActed) -> bool:
    match event:
        case events.Replied(reply=name):
            return Outcome.PARTLY in checklist.REPLIES[name].outcomes
        case events.Answered(outcome=Outcome.PARTLY):
            return True
    return False


def _open_steps(case: Case, policy: Policy) -> list[str]:
    return [step.id for step in plan_of(case, policy) if not step.is_settled]


def _is_erasing(step: str, named: str) -> bool:
    return step.startswith("erase:") and belongs(step, named)
