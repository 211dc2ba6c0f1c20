"""What every action does to a case beside its own field: versions count up, and dates that move are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import AT, a_case
from mailbot import events as do
from mailbot.decide import apply


def test_each_action_makes_the_next_version() -> None:
    case = a_case()
    versions = []
    for action in (do.Remark("a"), do.Assign("els"), do.Wake(None), do.Remark("b")):
        case = apply(case, action)
        versions.append(case.version)
    first = a_case().version
    assert versions == [first + 1, first + 2, first + 3, first + 4]


def test_a_date_that_moves_is_counted_for_peoples_calendars_and_one_that_stays_is_not() -> None:
    case = a_case()
    same = do.SetDeadlines(case.deadlines)
    later = do.SetDeadlines(tuple(replace(one, due=one.due + timedelta(days=1)) for one in case.deadlines))
    assert apply(case, same).moves == case.moves
    assert apply(case, later).moves == case.moves + 1
    assert apply(apply(case, later), same).moves == case.moves + 2


def test_a_case_that_is_changed_is_another_one_and_has_no_field_of_its_own() -> None:
    case = a_case()
    assert case.changed({"assignee": "els"}) == replace(case, assignee="els")
    assert case.assignee == ""
    with pytest.raises(TypeError, match="a case has no moves_of_it"):
        case.changed({"moves_of_it": 1})


def test_nothing_is_done_to_a_case_that_was_not_opened() -> None:
    with pytest.raises(ValueError, match="before the case was opened"):
        apply(None, do.Remark("x"))


def test_what_was_met_first_stays_the_moment_at_which_it_was_met() -> None:
    met = apply(a_case(), do.MeetDeadlines(AT))
    again = apply(met, do.MeetDeadlines(AT + timedelta(days=9)))
    assert {one.met_at for one in again.deadlines} == {AT}


def test_only_the_named_deadlines_are_met_and_missed() -> None:
    case = a_case()
    names = {one.name for one in case.deadlines}
    met = apply(case, do.MeetDeadlines(AT, ("notice_by",)))
    assert {one.name for one in met.deadlines if one.met_at} == {"notice_by"} & names
    everything = apply(case, do.MeetDeadlines(AT))
    missed = apply(everything, do.MissDeadlines(("operating",)))
    assert {one.name for one in missed.deadlines if one.met_at is None} == {"operating"}


def test_a_case_that_runs_again_has_no_end() -> None:
    closed = apply(a_case(), do.CloseCase(AT, "klaar"))
    planned = apply(closed, do.PlanForgetting(AT.date()))
    running = apply(planned, do.SetStatus(a_case().status))
    assert (running.closed_at, running.close_reason, running.forget_on) == (None, "", None)


def test_a_restriction_keeps_its_first_day_until_it_is_lifted() -> None:
    case = apply(apply(a_case(), do.Restrict(AT)), do.Restrict(AT + timedelta(days=3)))
    assert case.restricted_since == AT
    assert apply(case, do.LiftRestriction(AT)).restricted_since is None
