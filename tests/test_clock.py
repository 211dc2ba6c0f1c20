"""The clock of a case: which rule it has, what stays met, which warnings leave when, and when it looks again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, STRANGER, a_case, a_mail, a_policy, a_proven_case, a_verdict, after, arrived, sends
from mailbot import actions as do
from mailbot import events
from mailbot.deadlines import ClockEvents
from mailbot.decide import decide, ladders
from mailbot.decide.clock import answer_terms, clock_events, dates_of, refusal_of, refused_late, wake
from mailbot.model import Case, Item, Kind, LetterState, Outcome

NEXT_DAY = AT + timedelta(days=1)
NIGHT = datetime(2026, 2, 14, 2, tzinfo=UTC)  # a Saturday, after the step of the 13th
MONDAY = datetime(2026, 2, 16, 8, tzinfo=UTC)  # nine o'clock in Amsterdam
JOHN, ELS = "john@staff.example", "els@staff.example"


def names(case: Case, *, met: bool) -> set[str]:
    return {deadline.name for deadline in case.deadlines if (deadline.met_at is not None) is met}


def told(case: Case, template: str, now: datetime = NEXT_DAY) -> Case:
    return after(case, events.LetterSettled(f"{case.ref}:x", template, LetterState.SENT, "requester"), now=now)


# --- which clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "article"),
    [
        (Kind.DIRECT_MARKETING, "art. 21 lid 3 AVG"),
        (Kind.OBJECTION, "art. 21 lid 1 AVG"),
        (Kind.CONSENT_WITHDRAWAL, "art. 7 lid 3 AVG"),
    ],
)
def test_what_must_stop_at_once_has_the_day_of_receipt_by_its_own_article(kind: Kind, article: str) -> None:
    stop = a_case(kind).deadline("stop_by")
    assert stop is not None
    assert (stop.on, stop.basis) == (date(2026, 1, 31), article)
    assert a_case(Kind.ACCESS, kind).deadline("stop_by") == stop


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.NOT_A_REQUEST, Kind.BREACH_REPORT}))
def test_every_other_kind_but_a_breach_has_the_month(kind: Kind) -> None:
    case = a_case(kind)
    stops = kind in (Kind.DIRECT_MARKETING, Kind.OBJECTION, Kind.CONSENT_WITHDRAWAL)
    month = {"notice_by", "statutory", "operating", "act_by"}
    assert names(case, met=False) == month | ({"stop_by"} if stops else set())
    operating = case.deadline("operating")
    assert operating is not None
    assert (operating.on, operating.basis) == (
        date(2026, 2, 28),
        "art. 12 lid 3 AVG" + (", naar analogie" if kind is Kind.CONSENT_WITHDRAWAL else ""),
    )


def test_a_breach_report_has_the_hours_of_the_authority_and_no_term_of_the_law_for_its_answer() -> None:
    case = a_case(Kind.BREACH_REPORT)
    assert [(one.name, one.basis) for one in case.deadlines] == [
        ("breach", "art. 33 lid 1 AVG"),
        ("act_by", "eigen werkwijze"),
        ("operating", "eigen werkwijze"),
    ]
    assert "één maand" not in case.clock
    assert not any("art. 12" in reason for reason in case.clock_reasons)
    assert [one.name for one in case.appointments] == ["breach"]


def test_a_breach_report_that_also_asks_or_may_ask_something_has_the_month_too() -> None:
    both, unsure = a_case(Kind.BREACH_REPORT, Kind.ACCESS), after(None, in_triage(Kind.BREACH_REPORT))
    for case in (both, unsure):
        assert names(case, met=False) == {"notice_by", "statutory", "operating", "act_by", "breach"}
    understood = after(unsure, events.Accepted("els"))
    assert names(understood, met=False) == {"operating", "act_by", "breach"}


def in_triage(*kinds: Kind) -> events.MailArrived:
    return arrived(verdict=a_verdict(*kinds, act="triage"))


def test_the_dates_stand_in_the_order_in_which_they_come() -> None:
    due = [deadline.due for deadline in a_case(Kind.BREACH_REPORT, Kind.OBJECTION).deadlines]
    assert due == sorted(due)


def test_what_moved_the_clock_is_taken_from_the_case_as_it_stands() -> None:
    case = replace(a_case(), doubt="x", identity_asked_at=AT, identity_received_at=NEXT_DAY, extended_at=NEXT_DAY)
    assert clock_events(case) == ClockEvents(
        identity_doubt_reasonable=True, identity_asked_at=AT, identity_received_at=NEXT_DAY, extended_at=NEXT_DAY
    )


def test_the_line_names_the_first_box_that_any_mail_was_written_to() -> None:
    policy = a_policy(mailbox="privacy@shop.example")
    case = a_case(mail=a_mail(to=("ergens@elders.example",)))
    assert " op privacy@ " in dates_of(case, policy).clock
    [first] = case.mails
    again = replace(case, mails=(first, replace(first, box="info@shop.example")))
    assert " op info@ " in dates_of(again, policy).clock


def test_a_term_runs_as_long_as_the_answer_or_the_notice_before_it_is_due() -> None:
    case = a_case()
    extended = after(case, events.ExtensionDecided("els", "vier systemen"), now=NEXT_DAY)
    asked = after(case, events.IdentityAsked("els", "een andere naam"), now=NEXT_DAY)
    for one in (case, told(extended, "extended"), told(asked, "confirmation")):
        assert ladders.term_runs(one, a_policy())
    assert not ladders.term_runs(after(case, events.Closed("els", Outcome.WITHDRAWN, "x")), a_policy())
    met = tuple(replace(one, met_at=NEXT_DAY) for one in case.deadlines)
    assert not ladders.term_runs(replace(case, deadlines=met), a_policy())


def test_the_line_names_the_box_that_was_written_to() -> None:
    case = a_case()
    assert " op info@ ->" in case.clock
    assert " op " not in dates_of(replace(case, channel="post"), a_policy()).clock.partition("->")[0]


# --- what stays met ------------------------------------------------------------------------------


def test_what_was_met_stays_met_when_the_dates_are_counted_anew() -> None:
    case = told(a_case(Kind.ACCESS), "answer")
    moved = after(case, events.ReceiptCorrected("els", AT - timedelta(days=10), "x"), now=NEXT_DAY)
    assert {deadline.met_at for deadline in moved.deadlines} == {NEXT_DAY}
    assert moved.deadline("operating") != case.deadline("operating")


def test_an_answer_meets_neither_the_authoritys_hours_nor_the_day_of_the_stop() -> None:
    case = told(a_case(Kind.BREACH_REPORT, Kind.OBJECTION), "answer")
    assert names(case, met=False) == {"breach", "stop_by"}
    assert set(answer_terms(case)) == {"notice_by", "statutory", "operating", "act_by"}


def test_once_the_notice_left_while_the_clock_stands_still_no_day_is_left_to_act_by() -> None:
    asked = told(after(a_case(match=STRANGER), events.IdentityAsked("els"), now=NEXT_DAY), "identity_question")
    assert names(asked, met=False) == {"notice_by", "act_by"}
    noticed = told(asked, "cannot_identify")
    assert (names(noticed, met=False), names(noticed, met=True)) == (set(), {"notice_by"})
    extended = told(after(a_case(), events.ExtensionDecided("els", "vier systemen"), now=NEXT_DAY), "extended")
    assert "act_by" in names(extended, met=False)


def test_proof_after_the_letter_that_we_cannot_identify_makes_the_answer_due_again_and_not_the_notice() -> None:
    month, proof = {"notice_by", "statutory", "operating", "act_by"}, events.IdentityConfirmed("els", "gebeld")
    noticed = told(a_case(Kind.ERASURE), "cannot_identify")
    assert names(noticed, met=True) == month
    assert names(after(noticed, proof, now=NEXT_DAY), met=True) == {"notice_by"}
    refused = replace(noticed, items=tuple(replace(item, outcome=Outcome.REFUSED) for item in noticed.items))
    assert names(after(refused, proof, now=NEXT_DAY), met=True) == month
    untold = after(a_case(Kind.ERASURE), proof, now=NEXT_DAY)
    assert names(untold, met=True) == set()
    answered = replace(told(a_case(Kind.ERASURE), "answer"), items=(Item(Kind.ERASURE),))
    assert names(after(answered, proof, now=NEXT_DAY), met=True) == month


def test_the_term_of_a_no_is_met_by_the_last_no_that_left_and_by_none_while_one_has_not() -> None:
    first, second = Item(Kind.ACCESS, Outcome.REFUSED, told_at=AT), Item(Kind.ERASURE, Outcome.REFUSED)
    case = a_case(Kind.ACCESS, Kind.ERASURE)

    def met_at(*items: Item) -> datetime | None:
        term = refusal_of(replace(case, items=items), a_policy())
        assert term
        return term.met_at

    assert met_at(first, second) is None
    assert met_at(first, replace(second, told_at=NEXT_DAY)) == NEXT_DAY
    assert met_at(replace(second, told_at=NEXT_DAY), first) == NEXT_DAY
    assert met_at(first, Item(Kind.ERASURE, Outcome.GRANTED)) == AT, "what was granted is no no"
    assert met_at(first, Item(Kind.ERASURE, Outcome.PARTLY, ground="legal_duty")) is None
    assert refusal_of(replace(case, items=(Item(Kind.ERASURE, Outcome.PARTLY),)), a_policy()) is None


def test_a_no_of_which_no_day_stands_on_record_was_told_when_the_month_was_met() -> None:
    case = replace(a_case(), items=(Item(Kind.ACCESS, Outcome.REFUSED),))
    met = replace(case, deadlines=tuple(replace(one, met_at=NEXT_DAY) for one in case.deadlines))
    term = refusal_of(met, a_policy())
    assert term
    assert (term.name, term.on, term.met_at) == ("refusal", date(2026, 2, 28), NEXT_DAY)
    open_still = refusal_of(case, a_policy())
    assert open_still
    assert open_still.met_at is None


@pytest.mark.parametrize(
    ("told_at", "late"),
    [
        (None, False),
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), False),  # a minute before midnight in Amsterdam
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), True),
    ],
)
def test_a_no_is_late_once_it_was_said_after_its_month(told_at: datetime | None, late: bool) -> None:
    refused = replace(a_case(), items=(Item(Kind.ACCESS, Outcome.REFUSED, told_at=told_at),))
    assert refused_late(refused, a_policy()) is late
    granted = replace(a_case(), items=(Item(Kind.ACCESS, Outcome.GRANTED, told_at=told_at),))
    assert not refused_late(granted, a_policy())


# --- warnings ------------------------------------------------------------------------------------


def test_a_warning_in_the_night_waits_for_people_and_says_when_it_was_due() -> None:
    [letter] = sends(a_case(), events.TimePassed(), now=NIGHT)
    step = "14-days:2026-02-13"
    assert (letter.to, letter.template, letter.token) == (JOHN, "deadline_near", f"AVG-2026-0001:{step}")
    assert (letter.step, letter.not_before) == (step, MONDAY)
    assert letter.due_at == datetime(2026, 2, 13, 8, tzinfo=UTC)
    assert letter.by == datetime(2026, 2, 27, 23, tzinfo=UTC)
    assert (letter.audience, letter.state) == ("staff", LetterState.QUEUED)


def test_a_call_about_a_breach_waits_for_nobody() -> None:
    [letter] = sends(a_case(Kind.BREACH_REPORT), events.TimePassed(), now=AT + timedelta(hours=24))
    assert (letter.to, letter.template, letter.not_before, letter.by) == (JOHN, "breach_undecided", None, None)


def test_whom_the_ladder_told_already_is_not_told_again_by_silence() -> None:
    three = datetime(2026, 2, 24, 9, tzinfo=UTC)
    both = after(a_case(), events.TimePassed(), now=three)
    assert both.climbed == (both.alerted[-1],)
    assert sends(both, events.ContactSilent(both.alerted[-1], "away"), now=three) == []
    alone = after(a_case(), events.TimePassed(), now=NIGHT)
    assert alone.climbed == ()
    assert [send.to for send in sends(alone, events.ContactSilent(alone.alerted[-1], "away"), now=NIGHT)] == [ELS]


def test_without_a_deputy_nothing_climbs() -> None:
    case = after(a_case(), events.TimePassed(), a_policy(deputy_email=""), datetime(2026, 2, 24, 9, tzinfo=UTC))
    assert case.climbed == ()


def test_the_first_mail_about_a_breach_reaches_the_deputy_by_night() -> None:
    breach, plain = a_case(Kind.BREACH_REPORT), a_case(Kind.MINOR)
    [urgent] = sends(breach, events.ContactSilent("needs", "away"), now=NIGHT)
    [calm] = sends(plain, events.ContactSilent("needs", "away"), now=NIGHT)
    assert (urgent.to, urgent.not_before, calm.not_before) == (ELS, NIGHT, MONDAY)
    assert (urgent.template, urgent.state, urgent.audience) == ("needs_person", LetterState.QUEUED, "staff")


def test_the_letter_that_we_cannot_identify_is_written_once_and_on_paper_where_there_is_no_address() -> None:
    asked = told(after(a_case(match=STRANGER), events.IdentityAsked("els"), now=NEXT_DAY), "identity_question")
    ready = datetime(2026, 2, 24, 8, tzinfo=UTC)
    written = after(asked, events.TimePassed(), now=ready)
    assert "cannot_identify:2026-02-28" in written.alerted
    assert [one.template for one in sends(written, events.TimePassed(), now=ready) if one.audience == "requester"] == []
    nameless = replace(asked, requester=None)
    [paper] = [one for one in sends(nameless, events.TimePassed(), now=ready) if one.audience == "requester"]
    assert (paper.template, paper.to, paper.state) == ("cannot_identify", "", LetterState.HELD)
    assert "cannot_identify:2026-02-28" in after(nameless, events.TimePassed(), now=ready).alerted


# --- when it looks again -------------------------------------------------------------------------


def test_the_clock_looks_again_at_the_first_step_and_never_at_a_closed_case() -> None:
    case = a_case()
    assert case.next_at == datetime(2026, 2, 13, 8, tzinfo=UTC)
    assert wake(case, a_policy(), AT) == do.Wake(case.next_at)
    assert wake(case, a_policy(), NIGHT) == do.Wake(NIGHT)
    closed = after(case, events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert wake(closed, a_policy(), AT) == do.Wake(None)
    assert decide(closed, events.TimePassed(), a_policy(), NIGHT) == [do.Wake(None)]


def test_an_answered_case_that_is_open_is_looked_at_no_more() -> None:
    assert told(a_proven_case(Kind.ACCESS), "answer").next_at is None
