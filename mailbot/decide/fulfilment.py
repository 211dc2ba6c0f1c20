"""A person works through the plan: does a step, sets one aside, decides about one right, adds files, sets a hold.

The rules kept here: a step is not done before the steps that come first (B-17, B-30); a step is set aside only
with a reason, which stays on record; nothing is decided by the program (F-01).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import contacts, events
from mailbot.decide import erasing, processors
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import Case, Item, Kind, Outcome, Policy, SettledStep, StepEnding
from mailbot.plan import EVERYTHING, PlanStep, StepState, belongs, is_ticked, open_required, plan_of

#: Steps that have a verb of their own, because more happens than a tick.
_OWN_VERB = {
    "identity": "mailbot confirm {ref} --reason ...",
    "breach": "mailbot breach {ref} --notify or --register-only",
    "decide": "mailbot decide {ref} KIND OUTCOME",
    "answer": "mailbot answer {ref} --file ... (or mailbot close {ref} --answered-elsewhere)",
    "lift": "mailbot lift {ref} --reason ...",
}
#: What no ground can refuse (articles 7(3) and 21(3)).
_NEVER_REFUSED = frozenset({Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL})
#: What must not happen before another step by another rule than the one that asks for it.
_ORDER = {"erase": "B-30", "copies": "F-11"}
#: The steps that an answer by another way stands for: the copy went with it.
ANSWERED_ELSEWHERE = frozenset({"answer", "package", "second_look", "copies"})


def on_work(decision: Decision, event: events.FulfilmentEvent, policy: Policy) -> None:
    """What a person's work writes on the case. Raises Refused with the rule that forbids it."""
    match event:
        case events.StepSettled():
            _settle(decision, event, policy)
        case events.StepReopened():
            _reopen(decision, event, policy)
        case events.ItemDecided():
            _decide(decision, event, policy)
        case events.PartiesTold():
            processors.tell(decision, event, policy)
        case events.FileAttached(_, attached):
            decision.do(do.Attach(attached))
        case events.FileDetached(_, number):
            _detach(decision, number)
        case events.PackageMade():
            _pack(decision, event)
        case events.DocumentsKept(_, kept):
            for one in kept:
                decision.do(do.Keep(one))
        case events.HeldLegally():
            _hold(decision, event)
    processors.clear_needs(decision, policy)


def _settle(decision: Decision, event: events.StepSettled, policy: Policy) -> None:
    if event.step == EVERYTHING and event.how is StepEnding.DONE:
        _settle_all(decision, event, policy)
        return
    case = decision.case
    named = _named(case, event.step, policy)
    if event.how is StepEnding.DONE and any(step.verb == "erase" for step in named):
        erasing.refuse_unread(case, policy)
    if event.how is StepEnding.DONE:
        named = _doable(case, named, event, policy)
    elif not event.note.strip():
        raise Refused("Say why with --reason; it stays on record", "F-15")
    if event.how is StepEnding.NOT_USED and any(":" not in step.id for step in named):
        raise Refused("Only a place or a processor can be out of use; set another step aside with `mailbot skip`")
    for step in named:
        decision.do(do.Settle(SettledStep(step.id, event.how, event.actor, decision.now, event.note)))
        if step.id == "second_look" and event.how is StepEnding.DONE and case.work.packed:
            decision.do(*(do.Release(token, f"seen by {event.actor}") for token in case.work.packed[-1].tokens))


def _settle_all(decision: Decision, event: events.StepSettled, policy: Policy) -> None:
    """All that a tick can end; what becomes free by one is ticked after it. Raises Refused where there is nothing."""
    before = decision.case.work.settled
    if any(step.verb == "erase" and not step.is_settled for step in plan_of(decision.case, policy)):
        erasing.refuse_unread(decision.case, policy)
    while free := [step for step in plan_of(decision.case, policy) if is_ticked(step)]:
        for step in free:
            decision.do(do.Settle(SettledStep(step.id, event.how, event.actor, decision.now, event.note)))
    if decision.case.work.settled == before:
        raise Refused(f"No open step of {decision.case.ref} is done by a tick alone", "F-15:own")


def _named(case: Case, name: str, policy: Policy) -> list[PlanStep]:
    """The open steps that a word names: one step, or a group of them."""
    plan = plan_of(case, policy)
    found = [step for step in plan if belongs(step.id, name)]
    if not found:
        steps = ", ".join(step.id for step in plan if not step.is_settled)
        raise Refused(f"{case.ref} has no step {name}. Open: {steps or 'none'}")
    if not (still := [step for step in found if not step.is_settled]):
        raise Refused(f"{name} is settled already; `mailbot undo {case.ref} {name} --reason ...` opens it again")
    return still


def _doable(case: Case, named: list[PlanStep], event: events.StepSettled, policy: Policy) -> list[PlanStep]:
    """Those of the steps that can be done now. Raises Refused, naming what comes first, when there is none."""
    for step in named:
        if step.verb in _OWN_VERB:
            raise Refused(f"{step.id} is done with `{_OWN_VERB[step.verb].format(ref=case.ref)}`")
    asked = (StepState.BLOCKED,) if len(named) == 1 else (StepState.BLOCKED, StepState.WAITING)
    free = [step for step in named if step.state not in asked]
    if not free:
        first = named[0]
        if first.state is StepState.WAITING:
            raise Refused(f"{first.id} was asked of {first.party}; name it alone if you know that it is done")
        waits = ", ".join(first.waits_for)
        raise Refused(f"{first.id} comes after {waits}: do these first", _ORDER.get(first.verb, first.rule))
    packed = case.work.packed
    if any(step.id == "second_look" for step in free) and packed and _may_be_one(packed[-1].by, event.actor, policy):
        raise Refused(_by_another(packed[-1].by, event.actor, case.ref, policy), "F-11")
    return free


def _by_another(maker: str, looker: str, ref: str, policy: Policy) -> str:
    """That somebody else must look, and what that person types."""
    others = [name for name in contacts.names(policy) if not _may_be_one(maker, name, policy)]
    return (
        f"{maker} made this copy, and {looker} can be the same person. Another one looks at it: "
        f"`mailbot done {ref} second_look {contacts.to_type(others)}`"
    )


def _may_be_one(maker: str, looker: str, policy: Policy) -> bool:
    """Whether two actors can be one person. At the keyboard a person has a name, by reply an address: these two are
    apart only where the name is that of the other colleague on file."""
    one, other = maker.strip().casefold(), looker.strip().casefold()
    if one == other or ("@" in one) == ("@" in other):
        return one == other
    address, name = (one, other) if "@" in one else (other, one)
    on_file = ((policy.contact_email, policy.contact_name), (policy.deputy_email, policy.deputy_name))
    people = {email.casefold(): named.strip().casefold() for email, named in on_file if email}
    own = people.pop(address, None)
    return own is None or own == name or name not in people.values()


def _reopen(decision: Decision, event: events.StepReopened, policy: Policy) -> None:
    case = decision.case
    if not event.reason.strip():
        raise Refused("Say why with --reason; it stays on record", "F-15")
    found = [step for step in plan_of(case, policy) if belongs(step.id, event.step) and case.work.of(step.id)]
    if not found:
        raise Refused(f"Nobody said that {event.step} is done in {case.ref}")
    decision.do(do.Remark(f"{event.step} open again: {event.reason}"))
    for step in found:
        decision.do(do.Unsettle(step.id))


def _decide(decision: Decision, event: events.ItemDecided, policy: Policy) -> None:
    """One right gets its own outcome; the clock of the case stays one (B-30)."""
    case = decision.case
    if event.kind not in case.kinds:
        raise Refused(f"{case.ref} does not ask {event.kind}; it asks {', '.join(case.kinds) or 'nothing yet'}")
    if event.outcome is Outcome.REFUSED and not event.reason.strip():
        raise Refused("A refusal needs its reasons: add --reason", "A-35")
    refuse_outcome(case, event.kind, event.outcome)
    identity = next((step for step in plan_of(case, policy) if step.id == "identity"), None)
    if event.outcome in (Outcome.GRANTED, Outcome.PARTLY) and identity and not identity.is_settled:
        raise Refused(f"First who writes: `mailbot confirm {case.ref} --reason ...`", "C-02")
    decided = tuple(
        replace(item, outcome=event.outcome, decided_by=event.actor, decided_at=decision.now)
        if item.kind is event.kind
        else item
        for item in case.items
    )
    decision.do(do.SetItems(decided))
    decision.do(do.Remark(f"decided, {event.kind}: {event.outcome}" + (f": {event.reason}" if event.reason else "")))


def refuse_outcome(case: Case, kind: Kind, outcome: Outcome) -> None:
    """An erasure of which documents stay is a part refusal, with authority and court in its letter (B-12); advertising
    and what rests on a consent cannot be refused."""
    if outcome is Outcome.REFUSED and kind in _NEVER_REFUSED:
        raise Refused(f"Nothing can refuse {kind}; it is carried out", "B-18")
    if kind in (Kind.ERASURE, Kind.MINOR) and outcome is Outcome.GRANTED and case.work.kept:
        raise Refused("Documents must stay, so this erasure is granted in part: use the outcome partly", "B-40")


def refuse_answer(case: Case, kinds: tuple[Kind, ...], outcome: Outcome | None, policy: Policy) -> None:
    """An access answer names every recipient, so doubtful entries of the list are confirmed first (E-23)."""
    if outcome not in (Outcome.GRANTED, Outcome.PARTLY, Outcome.ANSWERED):
        return
    for kind in kinds:
        refuse_outcome(case, kind, outcome)
    if Kind.OBJECTION in kinds and outcome is not Outcome.ANSWERED:
        _copies_first(case, outcome, policy)
    if Kind.ACCESS not in kinds:
        return
    answer = next((step for step in plan_of(case, policy) if step.id == "answer"), None)
    if answer and answer.waits_for:
        raise Refused(
            f"First confirm who holds data: {', '.join(answer.waits_for)} "
            f"(`mailbot done {case.ref} confirm:NAME`, or `mailbot absent {case.ref} confirm:NAME --reason ...`)",
            "E-23",
        )


def _copies_first(case: Case, outcome: Outcome, policy: Policy) -> None:
    """Where the policy promises it, a founded objection gives the copies before it is said that use ended for good."""
    founded = tuple(replace(one, outcome=outcome) if one.kind is Kind.OBJECTION else one for one in case.items)
    plan = plan_of(replace(case, items=founded), policy)
    waits = policy.copies_before_stopping and any(one.id == "copies" and not one.is_settled for one in plan)
    if waits:
        raise Refused(
            f"The policy promises copies of the data first: `mailbot decide {case.ref} objection {outcome}`, then "
            f"`mailbot copy {case.ref}`. The person wants none: `mailbot skip {case.ref} copies --reason ...`",
            "B-17",
        )


def refuse_close(
    case: Case, policy: Policy, outcome: Outcome, answered_elsewhere: bool, with_letter: frozenset[str] = frozenset()
) -> None:
    """Nothing closes while a step that the law requires is open (a step that was set aside is not open, nor one that
    is done by the letter that waits)."""
    if outcome in (Outcome.NO_REQUEST, Outcome.WITHDRAWN):
        return
    other_way = ANSWERED_ELSEWHERE if answered_elsewhere else with_letter | {"answer"}
    left = [step.id for step in open_required(case, policy) if step.id not in other_way]
    if left:
        raise Refused(
            f"{case.ref} has open steps: {', '.join(left)}. Do them (`mailbot done {case.ref} STEP`) "
            f"or set them aside (`mailbot skip {case.ref} STEP --reason ...`)",
            "F-15",
        )


def _detach(decision: Decision, number: int) -> None:
    if number not in [one.number for one in decision.case.work.attached]:
        raise Refused(f"{decision.case.ref} has no file {number}")
    decision.do(do.Detach(number))


def _pack(decision: Decision, event: events.PackageMade) -> None:
    """A copy that was made anew replaces the one that waits."""
    for before in decision.case.work.packed:
        if before.sent_at is None and before.token != event.packed.token:
            decision.do(*(do.Unsend(token, "a newer copy was made") for token in before.tokens))
    if decision.case.work.of("second_look"):
        decision.do(do.Unsettle("second_look"))
    decision.do(do.Pack(event.packed))
    given, items = (Kind.ACCESS, Kind.PORTABILITY), decision.case.items
    decision.do(do.SetItems(tuple(_given(item, event, decision.now) if item.kind in given else item for item in items)))


def _given(item: Item, event: events.PackageMade, now: datetime) -> Item:
    """A right that the copy answers: its letter tells the outcome."""
    if item.outcome is Outcome.OPEN:
        item = replace(item, outcome=Outcome.GRANTED, decided_by=event.actor, decided_at=now)
    return replace(item, letter=event.packed.token, told_at=None)


def _hold(decision: Decision, event: events.HeldLegally) -> None:
    """A legal hold stops erasure, retention and anonymisation; it is set and lifted by a person with a reason."""
    if not event.reason.strip():
        raise Refused("Say why with --reason; it stays on record", "F-15")
    if event.lift and not decision.case.work.hold:
        raise Refused(f"{decision.case.ref} is not held")
    decision.do(do.Remark(f"legal hold {'lifted' if event.lift else 'set'} by {event.actor}: {event.reason}"))
    decision.do(do.Hold("" if event.lift else event.reason))
