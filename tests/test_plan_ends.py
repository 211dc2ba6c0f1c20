"""No plan has a dead end: every right, alone and in pairs, can be carried out and closed at all five companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from builders import AT, KNOWN, after, arrived
from mailbot import events
from mailbot.config import load
from mailbot.decide.stopping import waits_for_stop
from mailbot.model import REQUEST_KINDS, Case, DataPackage, Kind, LetterState, Outcome, Policy
from mailbot.plan import PlanStep, StepState, open_required, plan_of

CONFIG = Path(__file__).parent.parent / "config"
COMPANIES = {company.id: company.policy for company in load(CONFIG).companies}
KINDS = sorted((REQUEST_KINDS | {Kind.PRIVACY_QUESTION}) - {Kind.NOT_A_REQUEST})
LATER = AT + timedelta(days=1)


def take(case: Case, step: PlanStep, policy: Policy) -> Case:
    """Do one step the way people do it."""
    match step.id.partition(":"):
        case ("identity", _, _):
            event: events.Event = events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres")
        case ("decide", _, kind):
            event = events.ItemDecided("els", Kind(kind), Outcome.GRANTED)
        case ("breach", _, _):
            event = events.BreachDecided("els", "register_only", "geen risico")
        case ("package", _, _):
            event = events.PackageMade("els", DataPackage(f"{case.ref}:package:1", "els", LATER, 1, 1))
        case ("copies", _, _):
            event = events.LetterSettled(f"{case.ref}:package:1", "package", LetterState.SENT, "requester")
        case ("lift", _, _):
            told = after(case, events.RestrictionLifted("els", "u vroeg het", on_request=True), policy, LATER)
            sent = events.LetterSettled(f"{case.ref}:lifted:1", "restriction_lifted", LetterState.SENT, "requester")
            return after(told, sent, policy, LATER)
        case ("second_look", _, _):
            event = events.StepSettled("anna", "second_look")
        case ("stop_marketing" | "stop_consent" | "freeze", _, _) if waits_for_stop(case):
            event = events.StopConfirmed("els", "overal")
        case _:
            event = events.StepSettled("els", step.id)
    return after(case, event, policy, LATER)


def finished(case: Case, policy: Policy) -> Case:
    """The case when every step but the answer is done; fails when nothing can be done any more."""
    for _ in range(200):
        left = [step for step in plan_of(case, policy) if not step.is_settled and step.id != "answer"]
        if not left:
            return case
        free = [step for step in left if step.state is StepState.OPEN]
        assert free, f"dead end: {[(step.id, step.waits_for) for step in left]}"
        case = take(case, free[0], policy)
    raise AssertionError("never done")


def opened(policy: Policy, *kinds: Kind) -> Case:
    return after(None, arrived(*kinds, match=KNOWN), policy)


@pytest.mark.parametrize("tenant", COMPANIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_right_can_be_carried_out_and_closed(tenant: str, kind: Kind) -> None:
    policy = replace(COMPANIES[tenant], contact_email="els@staff.example")
    done = finished(opened(policy, kind), policy)
    closed = after(done, events.Closed("els", Outcome.GRANTED, "klaar", answered_elsewhere=True), policy, LATER)
    assert not closed.is_open
    assert (closed.forget_on is None) is (kind is Kind.RESTRICTION)  # who asked for that must hear before it ends


@pytest.mark.parametrize("tenant", COMPANIES)
def test_every_pair_of_rights_can_be_carried_out_and_closed(tenant: str) -> None:
    policy = replace(COMPANIES[tenant], contact_email="els@staff.example")
    for pair in combinations(KINDS, 2):
        done = finished(opened(policy, *pair), policy)
        assert [step.id for step in open_required(done, policy)] in ([], ["answer"]), pair


@pytest.mark.parametrize("tenant", COMPANIES)
def test_an_erasure_with_access_gives_the_copy_first_at_every_company(tenant: str) -> None:
    policy = replace(COMPANIES[tenant], contact_email="els@staff.example")
    case = opened(policy, Kind.ACCESS, Kind.ERASURE)
    erasing = [step for step in plan_of(case, policy) if step.verb == "erase"]
    assert erasing
    assert all("copies" in step.waits_for for step in erasing)
