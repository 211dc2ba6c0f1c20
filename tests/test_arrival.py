"""A mail arrives: why a person must look, whether a file is opened, and who hears of it when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import AT, KNOWN, STRANGER, a_case, a_mail, a_policy, a_verdict, after, arrived, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import opens_case
from mailbot.decide.arrival import first_letter, needs_of
from mailbot.model import (
    HIDE_THE_TEXT,
    Address,
    Authentication,
    Defect,
    Kind,
    Mail,
    Match,
    MatchState,
    Outcome,
    Pointer,
    Status,
    Trust,
)

JOHN, ELS = "john@staff.example", "els@staff.example"
TUESDAY = datetime(2026, 2, 3, 10, tzinfo=UTC)
NIGHT = datetime(2026, 2, 3, 23, tzinfo=UTC)
MORNING = datetime(2026, 2, 4, 8, tzinfo=UTC)  # nine o'clock in Amsterdam


def calls(*kinds: Kind, now: datetime = TUESDAY, received_at: datetime | None = None, **changes: Any) -> list[do.Send]:
    """The mails to colleagues about a new request."""
    event = arrived(*kinds, mail=a_mail(received_at=received_at or now), **changes)
    return [send for send in sends(None, event, now=now) if send.audience == "staff"]


# --- why a person must look ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.BREACH_REPORT, ("breach",)),
        (Kind.DECEASED, ("deceased",)),
        (Kind.MINOR, ("minor",)),
        (Kind.AUTOMATED_DECISION, ("automated_decision",)),
        (Kind.COMPLAINT, ("complaint",)),
        (Kind.PRIVACY_QUESTION, ("question",)),
        (Kind.RESTRICTION_LIFT, ("restriction_lift",)),
        (Kind.ACCESS, ()),
        (Kind.ERASURE, ()),
        (Kind.RECTIFICATION, ()),
        (Kind.PORTABILITY, ()),
        (Kind.OBJECTION, ()),
        (Kind.RESTRICTION, ()),
        (Kind.DIRECT_MARKETING, ()),
        (Kind.CONSENT_WITHDRAWAL, ()),
    ],
)
def test_some_kinds_are_a_persons_matter_from_the_start(kind: Kind, words: tuple[str, ...]) -> None:
    assert needs_of(arrived(kind)) == words


@pytest.mark.parametrize(
    "signal", ["authority_demand", "representative", "identity_document", "address_change", "former_employee"]
)
def test_some_signals_call_a_person(signal: str) -> None:
    assert needs_of(arrived(verdict=a_verdict(signals=(signal, "reminder")))) == (signal,)


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (arrived(mail=a_mail(defects=(Defect.ENCRYPTED,))), "unreadable"),
        (arrived(verdict=a_verdict(act="triage")), "unsure"),
        (arrived(verdict=a_verdict(act="triage"), mail=a_mail(defects=(Defect.EMPTY,))), "unreadable"),
        (arrived(match=Match(MatchState.AMBIGUOUS)), "ambiguous_customer"),
        (arrived(mail=a_mail(authenticated=Authentication(Trust.FAIL, ""))), "not_authentic"),
        (arrived(junk=True), "junk"),
        (arrived(mentions="AVG-2026-0009"), "mentions_case"),
        (arrived(follows="AVG-2026-0009"), "follows_case"),
        (arrived(verdict=a_verdict(language="pl")), "other_language"),
        (arrived(mail=a_mail(forwarded_from=Address("klant@klant.example"))), "forwarded"),
        (arrived(mail=a_mail(sender=None)), "no_sender"),
        (arrived(mail=a_mail(automatic="list")), "machine"),
    ],
)
def test_whatever_may_be_read_wrongly_calls_a_person_for_that_reason_alone(
    event: events.MailArrived, word: str
) -> None:
    assert needs_of(event) == (word,)


@pytest.mark.parametrize("language", ["nl", ""])
def test_dutch_and_a_mail_too_short_to_tell_call_nobody(language: str) -> None:
    assert needs_of(arrived(verdict=a_verdict(language=language))) == ()


# --- whether a file is opened --------------------------------------------------------------------


@pytest.mark.parametrize("defect", sorted(HIDE_THE_TEXT))
def test_what_nobody_could_read_is_a_file_with_a_clock_for_a_person(defect: Defect) -> None:
    event = arrived(Kind.NOT_A_REQUEST, mail=a_mail(text="", defects=(defect,)))
    case = after(None, event)
    assert (case.status, case.needs) == (Status.TRIAGE, ("unreadable",))
    assert case.deadline("operating") is not None
    assert [send.audience for send in sends(None, event)] == ["staff"]


@pytest.mark.parametrize(
    ("mail", "verdict", "opens"),
    [
        (a_mail(), a_verdict(Kind.NOT_A_REQUEST), False),
        (a_mail(), a_verdict(Kind.NOT_A_REQUEST, Kind.ACCESS), True),
        (a_mail(), a_verdict(Kind.NOT_A_REQUEST, act="triage"), True),
        (a_mail(), a_verdict(Kind.NOT_A_REQUEST, signals=("authority_demand",)), True),
        (a_mail(), a_verdict(Kind.NOT_A_REQUEST, signals=("representative",)), False),
        (a_mail(defects=(Defect.UNKNOWN_CHARSET,)), a_verdict(Kind.NOT_A_REQUEST), False),
    ],
)
def test_a_file_is_opened_for_a_request_and_for_doubt(mail: Mail, verdict: Any, opens: bool) -> None:
    assert opens_case(mail, verdict) is opens


def test_the_clock_starts_at_receipt_and_the_file_when_it_was_read() -> None:
    case = after(None, arrived(mail=a_mail(received_at=AT)), now=TUESDAY)
    assert (case.received_at, case.opened_at) == (AT, TUESDAY)


def test_what_a_colleague_passed_on_is_the_customers_request() -> None:
    customer = Address("klant@klant.example")
    case = a_case(mail=a_mail(forwarded_from=customer))
    assert (case.requester, case.identity) == (customer, "unproven")
    assert a_case().requester == a_mail().sender


# --- who hears of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "template", "token"),
    [
        (Kind.ACCESS, "new_case", "AVG-2026-0001:new"),
        (Kind.COMPLAINT, "needs_person", "AVG-2026-0001:needs"),
        (Kind.BREACH_REPORT, "breach_undecided", "AVG-2026-0001:needs"),
    ],
)
def test_the_contact_person_hears_what_kind_of_matter_it_is(kind: Kind, template: str, token: str) -> None:
    assert [(send.to, send.template, send.token) for send in calls(kind)] == [(JOHN, template, token)]


def test_a_request_in_the_night_is_told_in_the_morning_but_a_breach_and_what_must_stop_today_are_not() -> None:
    assert calls(Kind.ACCESS)[0].not_before == TUESDAY
    assert calls(Kind.ACCESS, now=NIGHT)[0].not_before == MORNING
    assert calls(Kind.BREACH_REPORT, now=NIGHT)[0].not_before is None
    evening = datetime(2026, 2, 3, 20, tzinfo=UTC)
    assert calls(Kind.DIRECT_MARKETING, now=evening)[0].not_before == evening


def test_a_request_that_must_be_answered_before_people_are_in_again_is_told_at_once() -> None:
    received = datetime(2026, 1, 3, 12, tzinfo=UTC)  # to act by Monday 2 February
    saturday = datetime(2026, 2, 2, 22, 30, tzinfo=UTC)
    assert calls(Kind.ACCESS, now=saturday, received_at=received)[0].not_before == saturday


def test_a_request_found_late_counts_as_the_step_that_has_passed_and_reaches_the_deputy_where_that_does() -> None:
    found = datetime(2026, 2, 25, 10, tzinfo=UTC)  # after the step of three working days, Tuesday the 24th
    event = arrived(mail=a_mail(received_at=AT))
    case = after(None, event, now=found)
    assert [send.to for send in calls(now=found, received_at=AT)] == [JOHN, ELS]
    assert (case.alerted, case.climbed) == (("3-working-days:2026-02-24",),) * 2
    earlier = datetime(2026, 2, 21, 10, tzinfo=UTC)  # after the step of seven days only
    assert [send.to for send in calls(now=earlier, received_at=AT)] == [JOHN]
    assert after(None, event, now=earlier).climbed == ()
    alone = a_policy(deputy_email="")
    assert after(None, event, alone, found).climbed == ()
    assert [send.to for send in sends(None, event, alone, found) if send.audience == "staff"] == [JOHN]


def test_a_mail_that_broke_the_program_is_told_and_its_clock_runs() -> None:
    event = events.MailUnreadable("k", Pointer("INBOX", 1, 1), AT, "broke the program", "AVG-2026-0001")
    assert [(send.to, send.template) for send in sends(None, event)] == [(JOHN, "needs_person")]
    case = after(None, event)
    assert case.deadline("operating") is not None
    assert case.next_at is not None


def outside(*kinds: Kind, **changes: Any) -> list[str]:
    event = arrived(verdict=a_verdict(*kinds, **changes))
    return [send.template for send in sends(None, event) if send.audience == "requester"]


def test_an_authority_gets_no_letter_by_itself_whatever_else_its_mail_asks() -> None:
    assert outside(Kind.ACCESS) == ["acknowledgement"]
    assert outside(Kind.ACCESS, signals=("authority_demand",)) == []


def test_a_question_about_privacy_is_acknowledged_too() -> None:
    assert outside(Kind.PRIVACY_QUESTION) == ["acknowledgement"]


# --- a further mail ------------------------------------------------------------------------------


def test_a_reply_in_an_open_case_changes_no_status_and_one_in_a_closed_case_wakes_the_clock() -> None:
    further = arrived(Kind.NOT_A_REQUEST, mail=a_mail(key="cd" * 32, text="Dank u."))
    assert after(a_case(), further).needs == ()
    closed = after(a_case(), events.Closed("els", Outcome.WITHDRAWN, "x"))
    again = after(closed, further, now=AT + timedelta(days=1))
    assert (again.is_open, again.needs, again.next_at is not None) == (True, ("reply_to_closed",), True)


def test_a_stranger_and_a_known_customer_open_the_same_file() -> None:
    assert a_case(match=STRANGER).deadlines == a_case(match=KNOWN).deadlines


@pytest.mark.parametrize("state", MatchState)
def test_whom_no_single_customer_was_found_for_gets_the_letter_that_gives_nothing_away(state: MatchState) -> None:
    case = a_case(Kind.ACCESS, match=Match(state, "1001", "piet@klant.example"))
    stranger = state in (MatchState.UNKNOWN, MatchState.AMBIGUOUS, MatchState.NAMED)
    assert first_letter(case, a_policy()).template == ("neutral" if stranger else "acknowledgement")
