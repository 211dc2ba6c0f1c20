"""Which calls to a colleague go at once, and until when the others may wait to be told together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import AT, a_case
from mailbot.decide import call_batching
from mailbot.decide.call_batching import AT_ONCE, NEAR, PAUSE, STRETCH, TODAY, can_wait, turn
from mailbot.model import Case, Deadline, Kind

MINUTE = timedelta(minutes=1)
SOON = AT + PAUSE


def due_in(case: Case, name: str, left: timedelta, met: bool = False) -> Case:
    deadline = Deadline(name, SOON + left, None, "", "", AT if met else None)
    return replace(case, deadlines=(deadline,))


def test_who_was_told_nothing_can_be_told_at_once() -> None:
    assert turn([], AT) == call_batching.Turn(AT_ONCE, AT)


def test_each_case_told_within_the_stretch_takes_a_place() -> None:
    assert turn([AT - STRETCH, AT - STRETCH + MINUTE], AT) == call_batching.Turn(AT_ONCE - 1, AT)


def test_once_all_places_are_taken_the_next_mail_follows_the_last_after_a_pause() -> None:
    told = [AT - 50 * MINUTE, AT - 20 * MINUTE, AT - 5 * MINUTE]
    assert turn(told, AT) == call_batching.Turn(0, AT + 25 * MINUTE)


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_the_pause() -> None:
    assert turn([AT + timedelta(days=9)] * AT_ONCE, AT).until == AT + PAUSE


def test_a_request_with_weeks_to_go_can_wait() -> None:
    assert can_wait(a_case(Kind.ACCESS), SOON)


@pytest.mark.parametrize(
    "changes",
    [
        {"needs": ("breach",)},
        {"signals": ("authority_demand",)},
        {"signals": ("deadline_threat",)},
        {"signals": ("authority_demand", "known_generator")},
    ],
)
def test_a_breach_an_authority_and_a_threat_never_wait(changes: dict[str, tuple[str, ...]]) -> None:
    assert not can_wait(replace(a_case(Kind.ACCESS), **changes), SOON)


def test_the_threat_in_the_text_of_a_web_site_is_no_haste() -> None:
    assert can_wait(replace(a_case(Kind.ACCESS), signals=("deadline_threat", "known_generator")), SOON)


def test_a_case_whose_breach_is_undecided_never_waits() -> None:
    assert not can_wait(due_in(a_case(Kind.ACCESS), "breach", timedelta(days=3)), SOON)


@pytest.mark.parametrize(("name", "margin"), [("act_by", NEAR), ("notice_by", NEAR), ("stop_by", TODAY)])
def test_a_day_that_is_near_is_told_at_once(name: str, margin: timedelta) -> None:
    case = a_case(Kind.ACCESS)
    assert not can_wait(due_in(case, name, margin - MINUTE), SOON)
    assert can_wait(due_in(case, name, margin), SOON)
    assert can_wait(due_in(case, name, margin - MINUTE, met=True), SOON)
