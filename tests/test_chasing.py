"""Processors by the day: who is written to, until when, when silence is chased, and when a person is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, a_case, a_policy, after, sends
from mailbot import events
from mailbot.decide import decide
from mailbot.errors import Refused
from mailbot.model import Case, Kind, LetterState, Outcome, Policy, Processor, ProcessorRequest, ProcessorState

MAIL = "privacy@mollie.example"
MOLLIE = Processor("Mollie", "Betalingen", "betaalgegevens", contact=MAIL, language="en")
BOOKS = Processor("E-boekhouden", "Boekhouding", "facturen", contact="avg@boeken.example")
MUTE = Processor("Sisow", "Betalingen")
POLICY = a_policy(processors=(MOLLIE, BOOKS, MUTE))
TELL = events.PartiesTold("els")
TOKEN = "AVG-2026-0001:party:erase:mollie"
MONDAY = datetime(2026, 2, 2, 9, tzinfo=UTC)
NINE = datetime(2026, 2, 9, 8, tzinfo=UTC)  # the fifth working day after it, nine o'clock in Amsterdam


def ready(policy: Policy = POLICY) -> Case:
    """An erasure in which the processors can be told to erase."""
    case = a_case(Kind.ERASURE, policy=policy)
    for event in (
        events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"),
        events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED),
        events.StepSettled("els", "keep", note="geen facturen"),
    ):
        case = after(case, event, policy, MONDAY)
    return case


def told(policy: Policy = POLICY) -> Case:
    """The same once the mail to Mollie has left, on Monday the second."""
    return left(after(ready(policy), TELL, policy, MONDAY), MONDAY)


def left(case: Case, now: datetime, token: str = TOKEN, state: LetterState = LetterState.SENT) -> Case:
    return after(case, events.LetterSettled(token, "processor", state, "processor"), POLICY, now)


def answered(case: Case, state: ProcessorState, now: datetime = NINE, **changes: str) -> Case:
    return after(case, events.PartyAnswered(TOKEN, state, now, **changes), POLICY, now)


def mollie(case: Case) -> ProcessorRequest:
    found = case.work.asked_about("erase:mollie")
    assert found
    return found


def chased(case: Case, now: datetime) -> list[str]:
    return [send.token for send in sends(case, events.TimePassed(), POLICY, now) if send.audience == "processor"]


# --- who is written to ---------------------------------------------------------------------------


def test_each_processor_with_an_address_gets_a_mail_of_its_own_at_that_address() -> None:
    letters = [send for send in sends(ready(), TELL, POLICY, MONDAY) if send.audience == "processor"]
    assert [(send.to, send.language, send.state) for send in letters] == [
        (MAIL, "en", LetterState.QUEUED),
        ("avg@boeken.example", "nl", LetterState.QUEUED),
    ]
    assert {send.template for send in letters} == {"processor"}


def test_one_is_named_by_its_name_or_its_step_and_nobody_else_is_written_to() -> None:
    for only in ("Mollie", "mollie"):
        letters = sends(ready(), replace(TELL, only=only), POLICY, MONDAY)
        assert [send.to for send in letters if send.audience == "processor"] == [MAIL]
    with pytest.raises(Refused, match="nothing to tell sisow"):
        decide(ready(), replace(TELL, only="sisow"), POLICY, MONDAY)


def test_who_cannot_be_told_yet_is_named_and_no_step_of_our_own_is() -> None:
    with pytest.raises(Refused) as refused:
        decide(a_case(Kind.ERASURE, policy=POLICY), TELL, POLICY, MONDAY)
    assert str(refused.value).endswith("; these wait for other steps: erase:mollie, erase:e-boekhouden")


def test_nobody_is_told_twice_but_whoever_did_not_get_it_wants_more_or_keeps_silent() -> None:
    again = replace(TELL, only="mollie")
    with pytest.raises(Refused):
        decide(told(), again, POLICY, NINE)
    with pytest.raises(Refused):
        decide(answered(told(), ProcessorState.UNCLEAR), again, POLICY, NINE)
    for state in (ProcessorState.BOUNCED, ProcessorState.NEEDS_MORE, ProcessorState.SILENT):
        [letter, *_] = sends(answered(told(), state), again, POLICY, NINE)
        assert (letter.to, letter.token) == (MAIL, f"{TOKEN}@2")


def test_who_is_asked_for_the_first_time_after_another_has_a_plain_name() -> None:
    alone = left(after(ready(), replace(TELL, only="mollie"), POLICY, MONDAY), MONDAY)
    [letter] = [send for send in sends(alone, TELL, POLICY, NINE) if send.audience == "processor"]
    assert letter.token == "AVG-2026-0001:party:erase:e-boekhouden"


def test_an_observing_company_writes_to_nobody() -> None:
    watching = replace(POLICY, mode="observe")
    letters = [one for one in sends(ready(watching), TELL, watching, MONDAY) if one.audience == "processor"]
    assert {send.state for send in letters} == {LetterState.OBSERVED}


def test_a_correction_says_what_is_wrong() -> None:
    case = after(a_case(Kind.RECTIFICATION, policy=POLICY), events.IdentityConfirmed("els", "gebeld"), POLICY, MONDAY)
    case = after(case, events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED), POLICY, MONDAY)
    with pytest.raises(Refused, match="B-11"):
        decide(case, replace(TELL, text=" "), POLICY, MONDAY)
    assert sends(case, replace(TELL, text="naam: Jansen wordt Janssen"), POLICY, MONDAY)


def test_the_mail_names_the_day_of_its_step_but_leaves_two_working_days() -> None:
    def until(now: datetime) -> date | None:
        return sends(ready(), replace(TELL, only="mollie"), POLICY, now)[0].until

    early, late = until(MONDAY), until(datetime(2026, 2, 26, 9, tzinfo=UTC))
    assert (early, late) == (date(2026, 2, 26), date(2026, 3, 2))


# --- silence -------------------------------------------------------------------------------------


def test_silence_is_chased_on_the_fifth_working_day_at_nine_and_not_before() -> None:
    case = told()
    assert (mollie(case).asked_at, mollie(case).chase_on) == (MONDAY, NINE.date())
    assert case.next_at == NINE
    assert chased(case, NINE - timedelta(seconds=1)) == []
    assert chased(case, NINE) == [f"{TOKEN}:reminder:1"]


def test_the_reminder_goes_to_the_same_address_with_five_more_working_days() -> None:
    letters = [send for send in sends(told(), events.TimePassed(), POLICY, NINE) if send.audience == "processor"]
    [letter] = letters
    assert (letter.to, letter.template, letter.language) == (MAIL, "processor_reminder", "en")
    assert (letter.until, letter.plan_step) == (date(2026, 2, 16), "erase:mollie")
    reminded = after(told(), events.TimePassed(), POLICY, NINE)
    assert (mollie(reminded).chased, mollie(reminded).chase_on) == (1, date(2026, 2, 16))


def test_after_two_reminders_a_person_is_called_and_nobody_is_reminded_any_more() -> None:
    case = told()
    for day in (9, 16):
        case = after(case, events.TimePassed(), POLICY, datetime(2026, 2, day, 8, tzinfo=UTC))
    last = datetime(2026, 2, 23, 8, tzinfo=UTC)
    calls = [send for send in sends(case, events.TimePassed(), POLICY, last) if send.template == "needs_person"]
    assert [send.to for send in calls] == ["john@staff.example"]
    silent = after(case, events.TimePassed(), POLICY, last)
    assert (mollie(silent).state, mollie(silent).chase_on) == (ProcessorState.SILENT, None)
    assert "party_silent" in silent.needs
    assert chased(silent, last + timedelta(days=9)) == []


def test_a_step_that_a_person_settled_is_chased_no_more() -> None:
    case = after(told(), events.StepSettled("els", "erase:mollie", note="gebeld"), POLICY, MONDAY)
    assert chased(case, NINE) == []
    assert mollie(after(case, events.TimePassed(), POLICY, NINE)).chase_on is None


def test_the_mail_sent_a_second_time_keeps_the_day_of_the_first() -> None:
    assert mollie(left(told(), MONDAY + timedelta(days=1), f"{TOKEN}:reminder:1")).asked_at == MONDAY


# --- what they answer ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [ProcessorState.WAITING, ProcessorState.TICKET])
def test_a_notice_of_receipt_gives_five_more_working_days(state: ProcessorState) -> None:
    case = answered(told(), state, ticket="104433")
    asked = mollie(case)
    assert (asked.state, asked.ticket, asked.answered_at) == (state, "104433", NINE)
    assert asked.chase_on == date(2026, 2, 16)
    assert mollie(answered(case, state)).ticket == "104433"


def test_done_is_done_and_a_late_notice_of_receipt_takes_nothing_back() -> None:
    case = answered(told(), ProcessorState.DONE, message_id="<a@mollie.example>")
    assert (mollie(case).state, mollie(case).chase_on) == (ProcessorState.DONE, None)
    assert "<a@mollie.example>" in case.thread
    assert sends(told(), events.PartyAnswered(TOKEN, ProcessorState.DONE, NINE), POLICY, NINE) == []
    assert case.needs == told().needs
    assert mollie(answered(case, ProcessorState.TICKET)).state is ProcessorState.DONE
    assert mollie(answered(case, ProcessorState.UNCLEAR)).state is ProcessorState.UNCLEAR


@pytest.mark.parametrize("state", [ProcessorState.UNCLEAR, ProcessorState.NEEDS_MORE])
def test_words_that_a_machine_cannot_act_on_call_a_person_once(state: ProcessorState) -> None:
    event = events.PartyAnswered(TOKEN, state, NINE)
    assert [send.template for send in sends(told(), event, POLICY, NINE)] == ["needs_person"]
    case = answered(answered(told(), state), state)
    assert case.needs.count(f"party_{state}") == 1
    assert mollie(case).chase_on is None


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.UNSURE])
def test_a_mail_that_did_not_surely_leave_calls_a_person(state: LetterState) -> None:
    case = left(after(ready(), TELL, POLICY, MONDAY), MONDAY, state=state)
    assert (mollie(case).state, mollie(case).chase_on) == (ProcessorState.BOUNCED, None)
    assert "party_bounced" in case.needs


def test_a_mail_that_came_back_calls_a_person_also_when_it_was_the_reminder() -> None:
    for token in (TOKEN, f"{TOKEN}:reminder:1"):
        case = after(told(), events.MailBounced(token, "processor", "processor"), POLICY, NINE)
        assert (mollie(case).state, "party_bounced" in case.needs) == (ProcessorState.BOUNCED, True)


def test_an_answer_about_something_that_was_never_asked_is_none() -> None:
    with pytest.raises(Refused, match="asked nobody"):
        decide(told(), events.PartyAnswered(f"{TOKEN}9", ProcessorState.DONE, AT), POLICY, NINE)


def test_a_person_who_settled_the_step_is_called_about_it_no_more() -> None:
    case = answered(told(), ProcessorState.UNCLEAR)
    assert "party_unclear" in after(case, events.StepSettled("els", "close_off", note="x"), POLICY, NINE).needs
    assert "party_unclear" not in after(case, events.StepSettled("els", "erase:mollie", note="x"), POLICY, NINE).needs
