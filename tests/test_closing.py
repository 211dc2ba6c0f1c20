"""A case that closes with its answer: when the letter has left, not before, and not past what came meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, a_case, a_mail, a_policy, a_proven_case, after, arrived
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.decide.closing import BY_LETTER
from mailbot.decide.moments import moment_of
from mailbot.errors import Refused
from mailbot.model import Case, DataPackage, Item, Kind, LetterState, Outcome, RetainedDocument, StepEnding

TOKEN, OTHER = "AVG-2026-0001:answer:1", "AVG-2026-0001:answer:2"
ONCE_SENT = events.Closed("els", Outcome.ANSWERED, "", once_sent=True)
LATER = AT + timedelta(hours=1)


def answered(*letters: str, kind: Kind = Kind.PRIVACY_QUESTION) -> Case:
    """A case in which every right is decided and told by one of these letters, none of which has left."""
    case = after(a_case(kind), events.StepSettled("els", "all", StepEnding.SKIPPED, "nvt"))
    return replace(case, items=tuple(Item(kind, Outcome.ANSWERED, "els", AT, letter=one) for one in letters))


def left(case: Case, token: str = TOKEN, state: LetterState = LetterState.SENT) -> Case:
    return after(case, events.LetterSettled(token, "answer", state, "requester"), now=LATER)


def test_a_case_closes_when_the_letter_that_answers_it_has_left() -> None:
    waits = after(answered(TOKEN), ONCE_SENT)
    assert (waits.is_open, [one.met_at for one in waits.deadlines if one.met_at]) == (True, [])
    closed = left(waits)
    assert (closed.is_open, closed.closed_at, closed.close_reason) == (False, LATER, BY_LETTER)
    assert closed.deadline("operating").met_at == LATER  # type: ignore[union-attr]
    assert (closed.closes_with, closed.next_at, closed.forget_on is None) == ((), None, False)


@pytest.mark.parametrize("event", [ONCE_SENT, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken")])
def test_what_the_program_would_still_say_ends_with_the_case_but_not_what_an_observing_company_would_have_said(
    event: events.Closed,
) -> None:
    actions = decide(answered(TOKEN), event, a_policy(), AT)
    [overtaken] = [action for action in actions if isinstance(action, do.Overtake)]
    assert overtaken == do.Overtake("the case is closed", observed=False)


def test_it_closes_with_the_last_of_several_letters() -> None:
    waits = after(answered(TOKEN, OTHER), ONCE_SENT)
    assert left(waits).is_open
    assert not left(left(waits), OTHER).is_open


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.UNSURE, LetterState.DROPPED])
def test_a_letter_that_did_not_leave_closes_nothing(state: LetterState) -> None:
    assert left(after(answered(TOKEN), ONCE_SENT), state=state).is_open


def test_a_right_that_was_taken_back_meanwhile_closes_no_case_over_a_letter_that_still_waits() -> None:
    waits = after(answered(TOKEN, OTHER), ONCE_SENT)
    told, other = waits.items
    assert left(replace(waits, items=(told, replace(other, outcome=Outcome.WITHDRAWN)))).is_open


def test_a_letter_that_leaves_closes_no_breach_that_is_meanwhile_to_be_notified() -> None:
    small = after(a_case(Kind.BREACH_REPORT), events.BreachDecided("els", "register_only", "klein"))
    thanked = replace(small, items=(Item(Kind.BREACH_REPORT, Outcome.ANSWERED, "els", AT, letter=TOKEN),))
    waits = after(thanked, ONCE_SENT)
    assert waits.closes_with == (TOKEN,)
    larger = after(waits, events.BreachDecided("els", "notify", "toch groot"))
    assert (left(waits).is_open, left(larger).is_open) == (False, True)


@pytest.mark.parametrize("names", [True, False])
def test_that_a_no_by_another_way_named_authority_and_court_stands_on_record_where_a_person_said_so(
    names: bool,
) -> None:
    no = events.Closed("els", Outcome.ANSWERED, "gebeld", answered_elsewhere=True, names_remedies=names)
    closed = after(answered(TOKEN), no)
    assert ("the no by another way named the authority and the court" in closed.remarks) is names


def test_a_case_closes_with_its_answer_also_while_the_question_who_writes_lets_no_day_be_named() -> None:
    waits = after(after(answered(TOKEN), events.StepReopened("els", "answer", "komt nog")), ONCE_SENT)
    still = tuple(one for one in waits.deadlines if one.name in ("act_by", "notice_by"))
    assert not left(replace(waits, deadlines=still, doubt="een andere naam", identity_asked_at=AT)).is_open


def test_another_letter_than_the_one_that_was_meant_closes_nothing() -> None:
    waits = after(answered(TOKEN), ONCE_SENT)
    rewritten = replace(waits, items=tuple(replace(item, letter=OTHER) for item in waits.items))
    assert left(rewritten, OTHER).is_open


def test_a_right_that_another_letter_tells_by_now_keeps_it_open() -> None:
    waits = after(answered(TOKEN, TOKEN), ONCE_SENT)
    told, anew = waits.items
    assert left(replace(waits, items=(told, replace(anew, letter=OTHER)))).is_open
    assert not left(waits).is_open


def test_a_case_whose_answer_nobody_called_the_end_stays_open_when_it_leaves() -> None:
    assert left(answered(TOKEN)).is_open


def test_what_a_person_must_look_at_meanwhile_keeps_it_open() -> None:
    waits = after(answered(TOKEN), ONCE_SENT)
    assert left(replace(waits, needs=("answered_by_colleague",))).is_open


def test_a_mail_of_the_person_meanwhile_keeps_it_open_and_a_machine_s_answer_does_not() -> None:
    waits = after(answered(TOKEN), ONCE_SENT)
    for automatic, is_open in ((None, True), ("auto-reply", False)):
        mail = a_mail(key="cd" * 32, message_id="<2@klant.example>", automatic=automatic)
        assert left(after(waits, arrived(Kind.PRIVACY_QUESTION, mail=mail))).is_open is is_open, automatic


def test_a_step_that_was_opened_again_meanwhile_keeps_it_open() -> None:
    waits = after(answered(TOKEN, kind=Kind.ERASURE), ONCE_SENT)
    step = next(one.step for one in waits.work.settled if one.step != "answer")
    assert left(after(waits, events.StepReopened("els", step, "toch niet"))).is_open
    assert not left(waits).is_open


NOON = datetime(2026, 2, 2, 11, tzinfo=UTC)  # twelve o'clock in Amsterdam


@pytest.mark.parametrize(
    ("day", "now", "moment"),
    [
        (date(2026, 2, 2), NOON + timedelta(days=3), NOON),
        (date(2026, 2, 2), NOON - timedelta(hours=2), NOON - timedelta(hours=2)),  # it is not noon yet
        (date(2026, 1, 31), NOON, AT),  # the day of receipt: received in the evening
    ],
)
def test_an_answer_by_another_way_counts_from_noon_of_its_day_within_what_is_possible(
    day: date, now: datetime, moment: datetime
) -> None:
    assert moment_of(day, a_case(), a_policy(), now) == moment


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 2, 3), "F-15"), (date(2026, 1, 30), "A-04")])
def test_no_answer_was_given_tomorrow_or_before_the_request(day: date, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        moment_of(day, a_case(), a_policy(), NOON)
    assert refused.value.rule == rule


@pytest.mark.parametrize("letters", [("",), (TOKEN, "")])
def test_a_right_that_no_letter_tells_is_not_closed_by_one(letters: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="F-15"):
        after(answered(*letters), ONCE_SENT)


def test_a_case_whose_letters_have_all_left_has_none_to_wait_for() -> None:
    with pytest.raises(Refused, match="F-15"):
        after(left(answered(TOKEN)), ONCE_SENT)


def test_whoever_closes_a_case_too_early_reads_that_its_letter_may_wait() -> None:
    with pytest.raises(Refused, match="--once-sent"):
        after(answered(TOKEN), events.Closed("els", Outcome.ANSWERED, "klaar"))


@pytest.mark.parametrize(
    ("kind", "outcome", "rule"),
    [
        (Kind.DIRECT_MARKETING, Outcome.REFUSED, "B-18"),
        (Kind.CONSENT_WITHDRAWAL, Outcome.REFUSED, "B-18"),
        (Kind.ERASURE, Outcome.GRANTED, "B-40"),
    ],
)
def test_closing_makes_no_outcome_of_what_can_be_none(kind: Kind, outcome: Outcome, rule: str) -> None:
    bill = RetainedDocument("factuur 12", "facturen", AT.date(), AT.date(), "AWR")
    case = a_proven_case(kind)
    if kind is not Kind.ERASURE:
        case = after(case, events.StopConfirmed("els", "overal"))
    case = replace(case, work=replace(case.work, kept=(bill,)))
    with pytest.raises(Refused) as refused:
        after(case, events.Closed("els", outcome, "gebeld", answered_elsewhere=True))
    assert refused.value.rule == rule


def with_a_copy_that_waits() -> Case:
    """The copy is the answer; a second person has looked at it, and it has not left."""
    packed = DataPackage(TOKEN, "els", AT, size=100, files=1)
    case = after(a_proven_case(Kind.ACCESS), events.PackageMade("els", packed))
    return after(case, events.StepSettled("jan", "second_look", StepEnding.DONE, "gezien"))


def test_a_case_may_close_with_the_copy_that_waits() -> None:
    assert after(with_a_copy_that_waits(), ONCE_SENT).closes_with == (TOKEN,)


def test_a_case_whose_copy_no_letter_takes_along_does_not_close_with_that_letter() -> None:
    case = with_a_copy_that_waits()
    case = replace(case, items=tuple(replace(item, letter=OTHER) for item in case.items))
    with pytest.raises(Refused, match="copies"):
        after(case, ONCE_SENT)
