"""When people are warned: the ladder before the last working day, the daily warning after it, and after an outage."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.deadlines import Ladder, due_step, ladder, next_moment
from mailbot.deadlines.calendars import roll_back
from mailbot.model import LADDER, LadderStep

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FRIDAY = date(2026, 2, 27)  # act_by of a mail of 31 January 2026


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def usual(act_by: date = FRIDAY, received: str = "2026-01-31T22:14") -> Ladder:
    return ladder(act_by, LADDER, "NL", AMSTERDAM, local(received))


def test_each_step_is_due_at_nine_on_the_local_clock() -> None:
    assert [(rung.step, rung.due) for rung in usual().rungs] == [
        ("14-days", local("2026-02-13T09:00")),
        ("7-days", local("2026-02-20T09:00")),
        ("3-working-days", local("2026-02-24T09:00")),
        ("1-working-day", local("2026-02-26T09:00")),
    ]


def test_a_step_of_the_day_of_receipt_is_left_out_however_early_the_mail_came() -> None:
    assert usual(date(2026, 2, 16), "2026-02-02T00:10").rungs[0].step == "7-days"
    assert usual(date(2026, 2, 16), "2026-02-01T23:50").rungs[0].step == "14-days"


def test_nine_o_clock_follows_the_change_of_the_clocks() -> None:
    rungs = usual(date(2026, 4, 3), "2026-03-03T09:00").rungs
    assert [(rung.due.day, rung.due.hour) for rung in rungs] == [(20, 8), (27, 8), (31, 7), (2, 7)]


def test_the_second_addressee_joins_from_three_working_days() -> None:
    assert [rung.deputy for rung in usual().rungs] == [False, False, True, True]
    assert usual().overdue(date(2026, 2, 28)).deputy


def test_working_days_skip_good_friday() -> None:
    tuesday = date(2026, 4, 7)  # after Easter
    assert usual(tuesday, "2026-03-08T09:00").rungs[-1].due == local("2026-04-02T09:00")


def test_steps_before_receipt_are_left_out() -> None:
    assert [rung.step for rung in usual(received="2026-02-20T10:00").rungs] == ["3-working-days", "1-working-day"]


def test_a_step_at_the_very_moment_of_receipt_is_left_out_too() -> None:
    assert [rung.step for rung in usual(received="2026-02-20T09:00").rungs] == ["3-working-days", "1-working-day"]


def test_nothing_is_due_before_the_first_step() -> None:
    now = local("2026-02-13T08:59")
    assert due_step(usual(), now, ()) is None
    assert next_moment(usual(), now, ()) == local("2026-02-13T09:00")


def test_a_step_is_due_at_its_moment_and_once() -> None:
    now = local("2026-02-13T09:00")
    rung = due_step(usual(), now, ())
    assert rung is not None
    assert rung.name == "14-days:2026-02-13"
    assert due_step(usual(), now, {rung.name}) is None
    assert next_moment(usual(), now, {rung.name}) == local("2026-02-20T09:00")


def test_after_an_outage_only_the_most_urgent_step_is_given() -> None:
    now = local("2026-02-26T12:00")
    rung = due_step(usual(), now, {"14-days:2026-02-13"})
    assert rung is not None
    assert rung.step == "1-working-day"
    assert due_step(usual(), now, {"14-days:2026-02-13", rung.name}) is None


def test_on_the_last_day_itself_nothing_new_is_due_until_the_next_morning() -> None:
    alerted = {"1-working-day:2026-02-26"}
    assert due_step(usual(), local("2026-02-27T23:00"), alerted) is None
    assert next_moment(usual(), local("2026-02-27T23:00"), alerted) == local("2026-02-28T09:00")


def test_overdue_is_told_once_every_day_weekends_included() -> None:
    alerted: set[str] = set()
    now, told = local("2026-02-27T10:00"), []
    while now < local("2026-03-03T12:00"):
        if rung := due_step(usual(), now, alerted):
            alerted.add(rung.name)
            told.append(rung.name)
        now += timedelta(hours=1)
    assert told == [
        "1-working-day:2026-02-26",
        "overdue:2026-02-28",
        "overdue:2026-03-01",
        "overdue:2026-03-02",
        "overdue:2026-03-03",
    ]


def test_after_a_week_of_outage_overdue_is_told_once() -> None:
    now = local("2026-03-06T08:00")
    rung = due_step(usual(), now, ())
    assert rung is not None
    assert rung.name == "overdue:2026-03-05"  # the morning of the 6th has not come
    assert next_moment(usual(), now, {rung.name}) == local("2026-03-06T09:00")


def test_a_date_that_moved_warns_anew() -> None:
    told = {rung.name for rung in usual().rungs}
    extended = usual(date(2026, 4, 28))
    rung = due_step(extended, local("2026-04-14T09:00"), told)
    assert rung is not None
    assert rung.name == "14-days:2026-04-14"


def test_work_that_is_due_is_due_now() -> None:
    now = local("2026-02-21T15:00")
    assert next_moment(usual(), now, ()) == now


def test_without_steps_the_day_after_is_still_told() -> None:
    bare = ladder(FRIDAY, (), "NL", AMSTERDAM, local("2026-01-31T22:14"))
    assert next_moment(bare, local("2026-02-01T00:00"), ()) == local("2026-02-28T09:00")


@pytest.mark.parametrize("country", ["NL", "BE"])
def test_two_steps_on_one_morning_give_the_one_with_fewer_days_to_go(country: str) -> None:
    monday_after_christmas = date(2025, 12, 29) if country == "NL" else date(2025, 12, 30)
    full = ladder(monday_after_christmas, LADDER, country, AMSTERDAM, local("2025-11-29T10:00"))
    seven, three = full.rungs[1:3]
    assert (seven.step, three.step, seven.due) == ("7-days", "3-working-days", three.due)
    rung = due_step(full, three.due, ())
    assert rung is not None
    assert rung.step == "3-working-days"


def test_a_step_on_the_day_itself_can_be_configured() -> None:
    full = ladder(FRIDAY, (*LADDER, LadderStep("today", 0, working=True)), "NL", AMSTERDAM, local("2026-01-31T22:14"))
    assert full.rungs[-1].due == local("2026-02-27T09:00")


# --- properties --------------------------------------------------------------------------------------

ZONES = st.sampled_from(["Europe/Amsterdam", "Europe/Brussels", "Europe/Paris"]).map(ZoneInfo)
STEPS = st.lists(
    st.builds(LadderStep, st.text("abc", min_size=1), st.integers(0, 30), st.booleans(), st.booleans()), max_size=6
)


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    operating = draw(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
    country = draw(st.sampled_from(["NL", "BE", "FR"]))
    received_on = operating - timedelta(days=draw(st.integers(0, 92)))
    zone = draw(ZONES)
    received = datetime.combine(received_on, draw(st.times()), zone).astimezone(UTC)
    steps = LADDER if draw(st.booleans()) else tuple(draw(STEPS))
    return ladder(roll_back(operating, country), steps, country, zone, received)


@st.composite
def moments(draw: st.DrawFn, full: Ladder) -> datetime:
    start = datetime.combine(full.act_by, time(), UTC)
    return start + draw(st.timedeltas(timedelta(days=-40), timedelta(days=20)))


@given(st.data(), ladders())
def test_what_is_due_has_come_and_nothing_more_urgent_has(data: st.DataObject, full: Ladder) -> None:
    now = data.draw(moments(full))
    rung = due_step(full, now, ())
    come = [one.due for one in full.rungs if one.due <= now]
    if rung is None:
        assert not come
    else:
        assert rung.due <= now
        assert all(due <= rung.due for due in come)


@given(st.data(), ladders())
def test_the_next_moment_is_never_past_and_brings_work_exactly_then(data: st.DataObject, full: Ladder) -> None:
    now = data.draw(moments(full))
    rung = due_step(full, now, ())
    alerted = {rung.name} if rung else set()
    coming = next_moment(full, now, alerted)
    assert coming > now
    assert due_step(full, coming, alerted) is not None
    assert due_step(full, coming - timedelta(microseconds=1), alerted) is None


@given(st.data(), ladders())
def test_walking_from_moment_to_moment_gives_every_warning_once_and_ends_daily(
    data: st.DataObject, full: Ladder
) -> None:
    now = data.draw(moments(full))
    alerted: list[str] = []
    for _ in range(len(full.rungs) + 40):
        if rung := due_step(full, now, alerted):
            alerted.append(rung.name)
        later = next_moment(full, now, alerted)
        assert later > now
        now = later
    assert len(set(alerted)) == len(alerted)
    assert alerted[-1].startswith("overdue:")
    day = now.astimezone(full.zone)
    assert (day.hour, day.minute) == (9, 0)


@given(ladders())
def test_no_step_comes_after_the_last_working_day(full: Ladder) -> None:
    assert all(rung.due.astimezone(full.zone).date() <= full.act_by for rung in full.rungs)
    assert [rung.due for rung in full.rungs] == sorted(rung.due for rung in full.rungs)
