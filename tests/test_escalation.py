"""What goes to the next people when the deputy is away: one mail each, to staff, once, while the step stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import AT, a_case, a_policy
from mailbot import actions as do
from mailbot.decide.decision import Decision
from mailbot.decide.escalation import follow, pass_on
from mailbot.model import Case, Kind, LetterState

NEXT = ("eigenaar@thuis.test", "beheer@kantoor.test")
POLICY = a_policy(beyond=NEXT, deputy_away=True)


CASE = a_case(Kind.ACCESS, policy=POLICY)


def passed_on(case: Case, step: str = "new", later: timedelta = timedelta()) -> list[do.Action]:
    decision = Decision(case, AT + later)
    pass_on(decision, step, POLICY)
    return decision.actions


def test_each_of_them_gets_the_list_of_steps_that_names_no_requester() -> None:
    sent = [one for one in passed_on(CASE) if isinstance(one, do.Send)]
    assert [one.to for one in sent] == list(NEXT)
    assert {(one.template, one.audience, one.state, one.step) for one in sent} == {
        ("warnings", "staff", LetterState.QUEUED, "new")
    }
    assert len({one.token for one in sent}) == len(NEXT)


def test_a_step_is_passed_on_once() -> None:
    decision = Decision(CASE, AT)
    pass_on(decision, "new", POLICY)
    before = len(decision.actions)
    pass_on(decision, "new", POLICY)
    assert len(decision.actions) == before


def test_what_was_acknowledged_or_never_told_or_is_closed_is_not_passed_on() -> None:
    assert passed_on(replace(CASE, alerted=(*CASE.alerted, "seen:new"))) == []
    assert passed_on(CASE, "week") == []
    assert passed_on(replace(CASE, status="closed")) == []  # type: ignore[arg-type]


def test_it_waits_for_working_hours_unless_data_are_out() -> None:
    night = timedelta(hours=12)
    [calm, *_] = passed_on(CASE, later=night)
    [urgent, *_] = passed_on(replace(CASE, needs=("breach",)), later=night)
    assert isinstance(calm, do.Send)
    assert isinstance(urgent, do.Send)
    assert calm.not_before is not None
    assert calm.not_before > AT + night == urgent.not_before


@pytest.mark.parametrize(
    ("to", "suffix", "changes", "passed"),
    [
        ("els@staff.example", ":deputy", {}, True),
        ("els@staff.example", ":deputy", {"deputy_away": False}, False),
        ("john@staff.example", "", {"contact_away": True}, False),
        ("john@staff.example", "", {"contact_away": True, "deputy_email": ""}, True),
        ("john@staff.example", "", {"contact_away": True, "deputy_email": "John@staff.example"}, True),
        ("john@staff.example", "", {"deputy_email": ""}, False),
        ("els@staff.example", ":deputy", {"beyond": ()}, False),
    ],
)
def test_only_a_warning_that_reaches_nobody_is_followed(
    to: str, suffix: str, changes: dict[str, object], passed: bool
) -> None:
    warning = do.Send(f"{CASE.ref}:new{suffix}", "warnings", to, "staff", LetterState.QUEUED, step="new")
    found = follow(CASE, [warning], replace(POLICY, **changes), AT)  # type: ignore[arg-type]
    assert [one.to for one in found if isinstance(one, do.Send)] == (list(NEXT) if passed else [])
    assert bool(found) is passed  # nor is it noted as passed on


def test_a_letter_to_the_requester_is_never_followed() -> None:
    letter = do.Send(f"{CASE.ref}:new:deputy", "acknowledgement", "kim@klant.test", "requester", LetterState.QUEUED)
    assert follow(CASE, [letter], POLICY, AT) == []
