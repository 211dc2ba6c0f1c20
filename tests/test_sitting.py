"""A person at the queue, without a screen: which case is at hand after each act, and which letter is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk, local, session, three_in_doubt

from mailbot import events
from mailbot.acts.triage import TriageSession
from mailbot.errors import Refused
from mailbot.model import Kind, LetterState

ONE, TWO, THREE = (f"AVG-2026-000{number}" for number in (1, 2, 3))
NOTHING = events.Corrected("els", (Kind.NOT_A_REQUEST,))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return three_in_doubt(tmp_path)


def at_hand(row: TriageSession) -> str:
    return row.case_at_hand()[1].ref


def refs(row: TriageSession) -> list[str]:
    return [ref for _, ref in row.queue]


def test_what_needs_nobody_any_more_leaves_and_the_next_one_is_at_hand(desk: Desk) -> None:
    row = session(desk)
    row.move(1)
    row.act(NOTHING)
    assert (refs(row), at_hand(row)) == ([ONE, THREE], THREE)
    row.act(NOTHING)
    assert (refs(row), at_hand(row)) == ([ONE], ONE)
    row.act(NOTHING)
    assert refs(row) == []
    for refused in (row.case_at_hand, row.today, lambda: row.act(NOTHING)):
        with pytest.raises(Refused, match="nothing needs a person"):
            refused()


def test_what_still_needs_somebody_stays_at_hand(desk: Desk) -> None:
    row = session(desk)
    row.act(events.Assigned("els", "kim"))
    assert (refs(row), at_hand(row)) == ([ONE, TWO, THREE], ONE)


def test_what_is_put_aside_or_joined_leaves_too(desk: Desk) -> None:
    row = session(desk)
    row.snooze(row.today() + timedelta(days=2))
    assert (refs(row), at_hand(row)) == ([TWO, THREE], TWO)
    for ref in (ONE, TWO):
        with desk.tenant.store.unit() as unit:
            case = unit.named_case(ref)
            unit.put_case(replace(case, customer_id="1001", known_email="klant@mail.test", identity="confirmed"))
    row.link(ONE.lower(), "dezelfde vraag")
    assert (refs(row), at_hand(row)) == ([THREE], THREE)


def test_acts_are_undone_from_the_newest_on_and_each_once(desk: Desk) -> None:
    row = session(desk)
    row.act(NOTHING)
    row.act(NOTHING)
    assert (row.undo(), refs(row), at_hand(row)) == (TWO, [TWO, THREE], TWO)
    assert (row.undo(), refs(row), at_hand(row)) == (ONE, [ONE, TWO, THREE], ONE)
    with pytest.raises(Refused, match="nothing was done in this sitting"):
        row.undo()


def test_only_letters_to_people_outside_wait_for_second_thoughts(desk: Desk) -> None:
    row = session(desk)
    done = row.act(events.Corrected("els", (Kind.ACCESS,)))
    assert {one.audience for one in done.letters} >= {"requester"}
    waits = {one.audience: one.next_try for one in desk.letters(LetterState.QUEUED)}
    assert waits.pop("requester") == desk.clock() + timedelta(minutes=10)
    assert all(at is None or at < desk.clock() + timedelta(minutes=10) for at in waits.values())


@pytest.mark.parametrize("state", LetterState)
def test_the_newest_letter_that_waits_for_the_requester_is_shown_and_no_other(desk: Desk, state: LetterState) -> None:
    desk.change(mode="hold")
    row = session(desk)
    row.act(events.Corrected("els", (Kind.ACCESS, Kind.BREACH_REPORT)))
    [first] = [one for one in desk.letters(LetterState.HELD) if one.audience == "requester"]
    newest = replace(first, token=f"{ONE}:zz", subject="het nieuwste", state=state)
    with desk.tenant.store.unit() as unit:
        unit.put_letter(newest)
        unit.put_letter(replace(newest, token=f"{ONE}:zzz", audience="staff", subject="aan ons"))
    row.queue, row.at = [(desk.tenant, ONE)], 0
    shown = row.proposed()
    waits = state in (LetterState.HELD, LetterState.QUEUED, LetterState.OBSERVED)
    assert shown
    assert shown.subject == ("het nieuwste" if waits else first.subject)


def test_with_nothing_at_hand_no_letter_is_shown(desk: Desk) -> None:
    row = session(desk)
    row.queue = []
    assert (row.here, row.proposed()) == (None, None)


def test_a_case_can_be_put_aside_until_the_very_day_on_which_people_must_act_and_wakes_with_it(desk: Desk) -> None:
    row = session(desk)
    act_by = row.case_at_hand()[1].deadline("act_by")
    assert act_by
    assert act_by.on
    with pytest.raises(Refused, match="must be done by"):
        row.snooze(act_by.on + timedelta(days=1))
    row.snooze(act_by.on)
    desk.clock.at = local(act_by.on.year, act_by.on.month, act_by.on.day, 0) - timedelta(seconds=1)
    assert ONE not in refs(session(desk))
    desk.clock.at += timedelta(seconds=1)
    assert ONE in refs(session(desk))


def test_the_row_begins_again_behind_its_end(desk: Desk) -> None:
    row = session(desk)
    row.move(-1)
    assert at_hand(row) == THREE
    assert row.snooze() == "put at the end; its clock runs on"
    assert at_hand(row) == THREE
    row.move(1)
    assert at_hand(row) == ONE
