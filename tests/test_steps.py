"""Which step is due for a case, by which name, for whom, and whether there is still a reason to give it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, STRANGER, a_case, a_policy, after, arrived
from mailbot import events
from mailbot.decide import ladders
from mailbot.model import LADDER, Case, Kind, LadderStep, LetterState, Outcome, Status

POLICY = a_policy()
NEXT_DAY = AT + timedelta(days=1)
READY = datetime(2026, 2, 24, 8, tzinfo=UTC)  # three working days before Friday the 27th, nine o'clock


def nine(month: int, day: int) -> datetime:
    """Nine o'clock in Amsterdam, in winter."""
    return datetime(2026, month, day, 8, tzinfo=UTC)


def told(case: Case, template: str, now: datetime = NEXT_DAY) -> Case:
    return after(case, events.LetterSettled(f"{case.ref}:x", template, LetterState.SENT, "requester"), now=now)


def asked() -> Case:
    return told(after(a_case(match=STRANGER), events.IdentityAsked("els"), now=NEXT_DAY), "identity_question")


def due(case: Case, now: datetime) -> list[tuple[str, bool]]:
    return [(rung.name, rung.deputy) for rung in ladders.due_steps(case, POLICY, now)]


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "family", "template"),
    [
        ("needs", "answer", "needs_person"),
        ("new", "answer", "new_case"),
        ("7-days:2026-02-20", "answer", "deadline_near"),
        ("overdue:2026-03-02", "answer", "overdue"),
        ("breach-24h:2026-01-31", "breach-", "breach_undecided"),
        ("notice-7-days:2026-02-20", "notice-", "notice_near"),
        ("notice-overdue:2026-03-02", "notice-", "notice_near"),
        ("stop-unconfirmed:2026-02-01", "stop-", "stop_unconfirmed"),
        ("reply:2026-02-03", "reply:", "reply_unseen"),
    ],
)
def test_each_step_has_its_matter_and_its_letter(step: str, family: str, template: str) -> None:
    assert (ladders.family(step), ladders.template_of(step)) == (family, template)


@pytest.mark.parametrize(
    ("alerted", "needs", "current"),
    [
        ((), (), "new"),
        ((), ("junk",), "needs"),
        (("14-days:x", "7-days:y"), ("junk",), "7-days:y"),
        (("7-days:y", "seen:7-days:y", "cannot_identify:2026-02-28"), (), "7-days:y"),
        (("seen:new",), (), "new"),
    ],
)
def test_the_step_at_hand_is_the_last_that_people_were_warned_of(
    alerted: tuple[str, ...], needs: tuple[str, ...], current: str
) -> None:
    assert ladders.current_step(replace(a_case(), alerted=alerted, needs=needs)) == current


def test_a_step_is_one_that_people_heard_of_and_no_acknowledgement() -> None:
    case = replace(a_case(), alerted=("7-days:y", "seen:7-days:y"))
    found = {step: ladders.is_step(case, step) for step in ("needs", "new", "7-days:y", "seen:7-days:y", "3-days:z")}
    assert [step for step, known in found.items() if known] == ["needs", "new", "7-days:y"]


# --- the calls about a breach --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "call"),
    [
        (23.9, []),
        (24, [("breach-24h:2026-01-31", False)]),
        (48, [("breach-48h:2026-01-31", True)]),
        (60, [("breach-60h:2026-01-31", True)]),
        (71.9, [("breach-60h:2026-01-31", True)]),
        (72, [("breach-72h:2026-01-31", True)]),
        (95.9, [("breach-72h:2026-01-31", True)]),
        (96, [("breach-96h:2026-01-31", True)]),
    ],
)
def test_a_breach_is_called_for_by_the_hour(hours: float, call: list[tuple[str, bool]]) -> None:
    assert due(a_case(Kind.BREACH_REPORT), AT + timedelta(hours=hours)) == call


@pytest.mark.parametrize(("passed", "hours"), [(0, 24), (24, 48), (48, 60), (60, 72), (72, 96), (96, 120)])
def test_the_clock_wakes_for_the_next_call_about_a_breach(passed: int, hours: int) -> None:
    now = AT + timedelta(hours=passed)
    case = replace(a_case(Kind.BREACH_REPORT), alerted=tuple(f"breach-{n}h:2026-01-31" for n in (24, 48, 60, 72, 96)))
    assert min(ladders.moments(case, POLICY, now)) == AT + timedelta(hours=hours)


def test_what_was_called_for_and_missed_is_due_now() -> None:
    now = AT + timedelta(hours=50)
    assert min(ladders.moments(a_case(Kind.BREACH_REPORT), POLICY, now)) == now


@pytest.mark.parametrize("seen", ["seen:needs", "seen:new", "seen:breach-24h:2026-01-31"])
def test_a_breach_that_somebody_has_seen_is_not_called_for_at_the_deputys(seen: str) -> None:
    case = replace(a_case(Kind.BREACH_REPORT), alerted=(seen,))
    assert due(case, AT + timedelta(hours=48)) == [("breach-48h:2026-01-31", False)]


def test_a_breach_that_need_not_be_notified_is_called_for_no_more() -> None:
    case = after(a_case(Kind.BREACH_REPORT), events.BreachDecided("els", "register_only", "klein"))
    assert due(case, AT + timedelta(hours=50)) == []
    assert min(ladders.moments(case, POLICY, AT)) == nine(2, 13)


# --- a reply that nobody has looked at -----------------------------------------------------------


def replied(*alerted: str) -> Case:
    """A closed case in which the person writes on the Saturday evening; people are told on Monday 2 February."""
    closed = after(a_case(), events.Closed("els", Outcome.WITHDRAWN, "x"))
    return replace(after(closed, arrived(Kind.ACCESS)), alerted=alerted)


def reply_calls(case: Case, now: datetime) -> list[tuple[str, bool]]:
    return [one for one in due(case, now) if one[0].startswith("reply:")]


def test_a_reply_is_called_for_on_the_working_mornings_after_people_were_told_of_it() -> None:
    assert reply_calls(replied(), nine(2, 3) - timedelta(seconds=1)) == []
    assert reply_calls(replied(), nine(2, 3)) == [("reply:2026-02-03", False)]
    told = replied("reply:2026-02-03")
    assert reply_calls(told, nine(2, 4) - timedelta(seconds=1)) == []
    assert reply_calls(told, nine(2, 4)) == [("reply:2026-02-04", True)]


def test_a_call_for_a_reply_that_was_missed_is_made_once_however_many_there_should_have_been() -> None:
    assert reply_calls(replied(), nine(2, 6) - timedelta(seconds=1)) == [("reply:2026-02-05", True)]
    assert reply_calls(replied(), nine(2, 6)) == [("reply:2026-02-06", True)]
    assert reply_calls(replied(), nine(2, 8)) == [("reply:2026-02-06", True)]  # a Sunday
    assert reply_calls(replied("reply:2026-02-06"), nine(2, 8)) == []


def test_the_clock_wakes_for_the_next_morning_on_which_a_reply_is_called_for() -> None:
    told = after(replied("reply:2026-02-03"), events.TimePassed(), now=nine(2, 4) - timedelta(hours=1))
    assert told.next_at == nine(2, 4)


# --- what had to stop at once --------------------------------------------------------------------


def test_what_must_stop_is_called_for_every_morning_and_from_the_second_at_the_deputys() -> None:
    case = a_case(Kind.DIRECT_MARKETING)  # on Saturday evening
    stop = "stop-unconfirmed:2026-02-0"
    assert due(case, nine(2, 1) - timedelta(seconds=1)) == []
    assert due(case, nine(2, 1)) == [(f"{stop}1", False)]
    assert due(case, nine(2, 2) - timedelta(seconds=1)) == [(f"{stop}1", False)]
    assert due(case, nine(2, 2)) == [(f"{stop}2", True)]
    called = replace(case, alerted=(f"{stop}2",))
    assert due(called, nine(2, 2)) == []
    assert due(called, nine(2, 3)) == [(f"{stop}3", True)]


def test_the_clock_wakes_for_the_next_morning_on_which_it_must_have_stopped() -> None:
    case = a_case(Kind.DIRECT_MARKETING)
    assert case.next_at == nine(2, 1)
    called = after(case, events.TimePassed(), now=nine(2, 1))
    assert called.next_at == nine(2, 2)
    stopped = after(called, events.StopConfirmed("els"), now=nine(2, 1))
    assert (due(stopped, nine(2, 2)), stopped.next_at) == ([], nine(2, 13))


# --- answer and notice ---------------------------------------------------------------------------


def test_what_is_answered_closed_or_standing_still_has_no_ladder_to_the_answer() -> None:
    case = a_case()
    assert ladders.answer_ladder(case, POLICY) is not None
    assert ladders.answer_ladder(told(case, "answer"), POLICY) is None
    assert ladders.answer_ladder(asked(), POLICY) is None
    assert ladders.answer_ladder(replace(case, deadlines=()), POLICY) is None


def test_the_notice_has_a_ladder_of_its_own_only_where_it_is_not_the_answer() -> None:
    assert ladders.notice_ladder(a_case(), POLICY) is None
    waiting = ladders.notice_ladder(asked(), POLICY)
    assert waiting is not None
    assert waiting.act_by == date(2026, 2, 27)
    assert ladders.notice_ladder(told(asked(), "cannot_identify"), POLICY) is None
    proven = after(asked(), events.IdentityConfirmed("els", "gebeld"), now=NEXT_DAY + timedelta(days=10))
    assert ladders.notice_ladder(proven, POLICY) is not None
    assert ladders.notice_ladder(replace(a_case(), deadlines=()), POLICY) is None


def test_the_ladder_to_a_notice_always_has_the_day_on_which_the_letter_is_ready() -> None:
    def names(policy_steps: tuple[LadderStep, ...]) -> list[str]:
        ladder = ladders.notice_ladder(asked(), a_policy(ladder=policy_steps))
        assert ladder
        return [f"{rung.step}/{rung.deputy}" for rung in ladder.rungs if rung.due == READY]

    assert names(LADDER) == ["3-working-days/True"]
    assert names(()) == ["letter-ready/True"]
    assert "letter-ready/True" in names((LadderStep("3-days", 3, working=False, deputy=False),))
    assert names((LadderStep("1-working-day", 1, working=True, deputy=True),)) == ["letter-ready/True"]


def test_the_letter_is_ready_three_working_days_before_and_not_three_days() -> None:
    received = datetime(2026, 2, 3, 12, tzinfo=UTC)  # the notice is due on Tuesday 3 March
    case = after(asked(), events.ReceiptCorrected("els", received, "x"), now=received)
    ladder = ladders.notice_ladder(case, a_policy(ladder=()))
    assert ladder
    assert [(rung.name, rung.deputy) for rung in ladder.rungs] == [("letter-ready:2026-02-26", True)]


def test_a_step_of_the_notice_has_a_name_of_its_own() -> None:
    [(name, deputy)] = due(asked(), READY)
    assert (name, deputy) == ("notice-3-working-days:2026-02-24", True)
    assert due(replace(asked(), alerted=(name,)), READY) == []
    assert due(replace(asked(), alerted=("3-working-days:2026-02-24",)), READY) == [(name, deputy)]


def test_the_letter_that_we_cannot_identify_is_written_three_working_days_before_and_once() -> None:
    assert ladders.cannot_identify_at(asked(), POLICY) == READY
    assert ladders.cannot_identify_at(a_case(), POLICY) is None
    assert ladders.cannot_identify_at(told(asked(), "cannot_identify"), POLICY) is None
    assert ladders.cannot_identify_at(replace(asked(), alerted=("cannot_identify:2026-02-28",)), POLICY) is None
    assert READY in ladders.moments(asked(), POLICY, NEXT_DAY)
    assert READY + timedelta(hours=1) in ladders.moments(asked(), POLICY, READY + timedelta(hours=1))


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (nine(2, 13) - timedelta(seconds=1), None),
        (nine(2, 13), "14-days"),
        (nine(2, 27), "1-working-day"),
        (nine(2, 28), None),  # overdue is told by itself
    ],
)
def test_a_case_found_late_tells_the_step_that_has_passed(now: datetime, step: str | None) -> None:
    rung = ladders.passed_step(a_case(), POLICY, now)
    assert (rung.step if rung else None) == step
    assert ladders.passed_step(told(a_case(), "answer"), POLICY, now) is None


# --- whether it still stands ---------------------------------------------------------------------


@pytest.mark.parametrize("step", ["7-days:2026-02-20", "notice-7-days:2026-02-20", "new", "needs"])
def test_a_step_stands_while_the_case_is_open_and_nobody_has_seen_it(step: str) -> None:
    case = a_case()
    assert ladders.still_stands(case, step)
    assert not ladders.still_stands(replace(case, alerted=(f"seen:{step}",)), step)
    assert not ladders.still_stands(after(case, events.Closed("els", Outcome.WITHDRAWN, "x")), step)
    assert ladders.still_stands(told(case, "answer"), step) is (step in ("new", "needs"))


def test_a_call_about_a_breach_stands_until_that_is_notified_or_need_not_be() -> None:
    case, step = a_case(Kind.BREACH_REPORT), "breach-24h:2026-01-31"
    assert ladders.still_stands(told(case, "answer"), step)
    decided = after(case, events.BreachDecided("els", "notify", "groot"))
    assert ladders.still_stands(decided, step)
    assert not ladders.still_stands(after(decided, events.BreachDescribed("els", notified_at=AT)), step)
    assert not ladders.still_stands(after(case, events.BreachDecided("els", "register_only", "klein")), step)
    assert not ladders.still_stands(a_case(), step)


def test_a_call_about_what_must_stop_stands_until_it_stopped() -> None:
    case, step = a_case(Kind.DIRECT_MARKETING), "stop-unconfirmed:2026-02-01"
    assert ladders.still_stands(replace(case, alerted=(f"seen:{step}",)), step)
    assert not ladders.still_stands(after(case, events.StopConfirmed("els")), step)
    assert not ladders.still_stands(after(case, events.Closed("els", Outcome.WITHDRAWN, "x")), step)


def test_a_call_about_a_reply_stands_until_somebody_looked_or_the_case_is_closed() -> None:
    case, step = replied(), "reply:2026-02-03"
    assert ladders.still_stands(replace(case, alerted=(f"seen:{step}",)), step)
    assert not ladders.still_stands(after(case, events.Accepted("els")), step)
    assert not ladders.still_stands(replace(case, status=Status.CLOSED), step)


def test_each_step_warns_of_its_own_moment() -> None:
    case = a_case(Kind.BREACH_REPORT, Kind.DIRECT_MARKETING)
    extended = told(after(a_case(), events.ExtensionDecided("els", "vier systemen"), now=NEXT_DAY), "extended")
    assert ladders.deadline_of(case, "breach-24h:x") == AT + timedelta(hours=72)
    assert ladders.deadline_of(case, "stop-unconfirmed:x") == AT
    assert ladders.deadline_of(case, "7-days:x") == datetime(2026, 2, 27, 23, tzinfo=UTC)
    assert ladders.deadline_of(extended, "7-days:x") == datetime(2026, 4, 28, 22, tzinfo=UTC)
    assert ladders.deadline_of(extended, "notice-7-days:x") == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert ladders.deadline_of(replace(case, deadlines=()), "7-days:x") is None


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("2026-02-20", "2026-02-25"),  # three working days, Friday among them
        ("2026-02-24", "2026-02-27"),
        ("2026-02-26", "2026-02-27"),  # no later than the last working day on which the notice can leave
        ("2026-02-27", "2026-02-27"),
        ("2026-02-28", "2026-03-04"),  # its day had passed before anybody was asked
        ("2026-02-10", "2026-02-24"),  # no sooner than three working days before
    ],
)
def test_who_was_asked_late_has_three_working_days_to_answer_as_far_as_the_notice_allows(
    asked: str, written: str
) -> None:
    asked_at = datetime.fromisoformat(f"{asked}T12:00+00:00")
    case = replace(a_case(match=STRANGER), proof_asked_at=asked_at, remarks=("sent: neutral",))
    at = ladders.cannot_identify_at(case, POLICY)
    assert at is not None
    assert at.date().isoformat() == written
