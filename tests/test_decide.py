"""What the program decides, event by event. Pure values in, actions out; each test names the rule it shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, KNOWN, STRANGER, a_case, a_mail, a_policy, a_verdict, after, arrived, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.errors import Refused
from mailbot.model import (
    Address,
    Authentication,
    Kind,
    LetterState,
    Match,
    MatchState,
    Outcome,
    Pointer,
    Status,
    StepEnding,
    Trust,
)

# --- a mail arrives ------------------------------------------------------------------------------


def test_a_request_opens_a_case_that_knows_its_dates() -> None:
    case = a_case(Kind.ACCESS)
    assert (case.status, case.kinds) == (Status.OPEN, (Kind.ACCESS,))
    assert {deadline.name: deadline.on for deadline in case.deadlines} == {
        "notice_by": date(2026, 2, 28),
        "statutory": date(2026, 2, 28),
        "operating": date(2026, 2, 28),
        "act_by": date(2026, 2, 27),
    }


def test_mail_that_asks_nothing_opens_no_case() -> None:
    assert decide(None, arrived(Kind.NOT_A_REQUEST), a_policy(), AT) == []


def test_doubt_opens_a_case_for_a_person_and_sends_the_writer_nothing() -> None:
    event = arrived(verdict=a_verdict(Kind.NOT_A_REQUEST, act="triage", certainty=0.5))
    case = after(None, event)
    assert (case.status, case.needs) == (Status.TRIAGE, ("unsure",))
    assert [send.audience for send in sends(None, event)] == ["staff"]
    assert case.deadline("operating") is not None, "the clock runs from receipt if it turns out to be a request (B-26)"


def test_a_known_customer_gets_an_acknowledgement_and_staff_hears_of_it() -> None:
    letters = sends(None, arrived(Kind.ACCESS))
    assert [(send.template, send.to, send.state) for send in letters] == [
        ("acknowledgement", "piet@klant.example", LetterState.QUEUED),
        ("new_case", "john@staff.example", LetterState.QUEUED),
    ]


@pytest.mark.parametrize("state", [MatchState.UNKNOWN, MatchState.AMBIGUOUS])
def test_a_stranger_gets_the_neutral_letter(state: MatchState) -> None:
    assert sends(None, arrived(Kind.ERASURE, match=Match(state)))[0].template == "neutral"


def test_nobody_proves_who_he_is_to_be_left_alone_by_advertising() -> None:
    assert sends(None, arrived(Kind.DIRECT_MARKETING, match=STRANGER))[0].template == "acknowledgement"


def test_marketing_stops_on_receipt_and_in_every_mode() -> None:
    for mode in ("observe", "hold", "automatic"):
        actions = decide(None, arrived(Kind.DIRECT_MARKETING), a_policy(mode=mode), AT)
        assert do.Suppress("piet@klant.example", "all", AT) in actions


def test_an_objection_freezes_on_receipt_before_any_decision() -> None:
    assert a_case(Kind.OBJECTION).restricted_since == AT


def test_an_observing_company_lets_nothing_out_but_warns_its_people() -> None:
    letters = sends(None, arrived(Kind.ACCESS), a_policy(mode="observe"))
    assert [(send.audience, send.state) for send in letters] == [
        ("requester", LetterState.OBSERVED),
        ("staff", LetterState.QUEUED),
    ]


def test_a_holding_company_waits_for_a_person() -> None:
    assert sends(None, arrived(Kind.ACCESS), a_policy(mode="hold"))[0].state is LetterState.HELD


def test_a_letter_not_on_the_companys_list_waits() -> None:
    assert sends(None, arrived(Kind.ACCESS), a_policy(automatic=frozenset()))[0].state is LetterState.HELD


def test_a_failed_authentication_holds_the_letter_and_never_the_clock() -> None:
    mail = a_mail(authenticated=Authentication(Trust.FAIL, "dmarc=fail"))
    event = arrived(Kind.ACCESS, mail=mail)
    assert sends(None, event)[0].state is LetterState.HELD
    assert after(None, event).deadline("operating") is not None
    assert "not_authentic" in after(None, event).needs


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sender": None}, "no usable sender address"),
        ({"automatic": "no-reply"}, "machine mail: no-reply"),
        ({"reply_to": Address("x@elsewhere.example")}, "replies were asked to another domain"),
        ({"forwarded_from": Address("klant@klant.example")}, "forwarded by a colleague"),
    ],
)
def test_no_letter_leaves_by_itself_when_it_might_reach_the_wrong_one(changes: dict[str, object], why: str) -> None:
    event = arrived(Kind.ACCESS, mail=a_mail(**changes))
    assert [send.audience for send in sends(None, event)] == ["staff"]
    assert f"no letter to the sender: {why}" in after(None, event).remarks


def test_a_request_found_in_junk_is_told_to_a_person_and_not_answered() -> None:
    event = arrived(Kind.ACCESS, junk=True)
    assert [send.template for send in sends(None, event)] == ["needs_person"]
    assert "junk" in after(None, event).needs


def test_an_authoritys_demand_calls_a_person_and_gets_no_letter() -> None:
    event = arrived(verdict=a_verdict(Kind.NOT_A_REQUEST, signals=("authority_demand",)))
    assert after(None, event).needs == ("authority_demand",)
    assert [send.template for send in sends(None, event)] == ["needs_person"]


def test_a_breach_has_72_hours_beside_the_month() -> None:
    breach = a_case(Kind.BREACH_REPORT).deadline("breach")
    assert breach is not None
    assert breach.due == AT + timedelta(hours=72)


def test_two_rights_in_one_mail_are_two_items_with_one_clock() -> None:
    case = a_case(Kind.ACCESS, Kind.ERASURE)
    assert [item.kind for item in case.items] == [Kind.ACCESS, Kind.ERASURE]
    assert len([deadline for deadline in case.deadlines if deadline.name == "operating"]) == 1


def test_an_unreadable_mail_opens_a_case_for_a_person() -> None:
    event = events.MailUnreadable("k", Pointer("INBOX", 1, 1), AT, "broke the program", "AVG-2026-0001")
    case = after(None, event)
    assert (case.status, case.needs) == (Status.TRIAGE, ("unreadable",))


# --- a second mail -------------------------------------------------------------------------------


def test_a_reply_joins_its_case_and_is_told() -> None:
    event = arrived(Kind.NOT_A_REQUEST, mail=a_mail(key="cd" * 32, message_id="<2@klant.example>"))
    case = a_case(Kind.ACCESS)
    assert "<2@klant.example>" in after(case, event).thread
    assert [send.template for send in sends(case, event)] == ["reply_received"]


def test_a_reply_to_a_closed_case_opens_it_again() -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "taken back"))
    reopened = after(closed, arrived(Kind.NOT_A_REQUEST, mail=a_mail(key="cd" * 32)))
    assert reopened.status is Status.OPEN
    assert reopened.closed_at is None
    assert "reply_to_closed" in reopened.needs


# --- time passes ---------------------------------------------------------------------------------


def at(day: int, month: int = 2, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_each_step_is_given_once() -> None:
    case = a_case(Kind.ACCESS)
    first = sends(case, events.TimePassed(), now=at(13))
    assert [send.template for send in first] == ["deadline_near"]
    warned = after(case, events.TimePassed(), now=at(13))
    assert sends(warned, events.TimePassed(), now=at(13, hour=10)) == []


def test_the_deputy_hears_from_three_working_days_on() -> None:
    letters = sends(a_case(Kind.ACCESS), events.TimePassed(), now=at(24))
    assert [send.to for send in letters] == ["john@staff.example", "els@staff.example"]


def test_overdue_cases_are_told_every_day() -> None:
    case = a_case(Kind.ACCESS)
    told = []
    for day in (1, 2, 3):
        told += [
            send.template for send in sends(case, events.TimePassed(), now=at(day, 3)) if send.to.startswith("john")
        ]
        case = after(case, events.TimePassed(), now=at(day, 3))
    assert told == ["overdue"] * 3


def test_after_an_outage_only_the_most_urgent_step_is_sent() -> None:
    letters = sends(a_case(Kind.ACCESS), events.TimePassed(), now=at(26))
    assert len({send.token.removesuffix(":deputy") for send in letters}) == 1


def test_the_clock_wakes_for_a_call_about_a_breach_it_missed() -> None:
    case = a_case(Kind.BREACH_REPORT)
    assert case.next_at == AT + timedelta(hours=24)
    late = AT + timedelta(hours=50)
    assert [send.template for send in sends(case, events.TimePassed(), now=late)] == ["breach_undecided"] * 2


def test_a_closed_case_never_wakes() -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "taken back"))
    assert closed.next_at is None
    assert sends(closed, events.TimePassed(), now=at(1, 4)) == []


# --- letters settle ------------------------------------------------------------------------------


def settled(template: str, state: LetterState, audience: str = "requester") -> events.LetterSettled:
    return events.LetterSettled(f"AVG-2026-0001:{template}", template, state, audience, "550 no")


def test_only_a_sent_answer_meets_the_term() -> None:
    case = a_case(Kind.ACCESS)
    for event in (
        settled("acknowledgement", LetterState.SENT),
        settled("answer", LetterState.UNSURE),
        settled("answer", LetterState.FAILED),
    ):
        assert all(deadline.met_at is None for deadline in after(case, event).deadlines)
    assert all(deadline.met_at == AT for deadline in after(case, settled("answer", LetterState.SENT)).deadlines)


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.UNSURE])
def test_a_letter_that_did_not_surely_arrive_is_told_at_once(state: LetterState) -> None:
    letters = sends(a_case(Kind.ACCESS), settled("acknowledgement", state))
    assert {send.template for send in letters} == {"undelivered"}


def test_trouble_with_a_staff_mail_writes_no_further_staff_mail() -> None:
    assert sends(a_case(Kind.ACCESS), settled("new_case", LetterState.FAILED, "staff")) == []


def test_a_bounced_answer_is_no_answer() -> None:
    answered = after(a_case(Kind.ACCESS), settled("answer", LetterState.SENT))
    skipped = after(answered, events.StepSettled("els", "all", StepEnding.SKIPPED, "sent by post"))
    closed = after(skipped, events.Closed("els", Outcome.GRANTED, "done"))
    bounced = after(closed, events.MailBounced("AVG-2026-0001:answer:1", "answer", "requester"))
    assert bounced.status is Status.OPEN
    assert all(deadline.met_at is None for deadline in bounced.deadlines)
    assert bounced.next_at is not None


def test_a_colleagues_mail_is_noted_and_asks_for_confirmation() -> None:
    case = after(a_case(Kind.ACCESS), events.StaffMailSeen("<c@shop.example>", AT))
    assert "answered_by_colleague" in case.needs
    assert all(deadline.met_at is None for deadline in case.deadlines), "a person confirms that it was the answer"


# --- people act ----------------------------------------------------------------------------------


def in_triage(*kinds: Kind, match: Match = KNOWN) -> events.MailArrived:
    return arrived(verdict=a_verdict(*kinds, act="triage"), match=match)


def test_accepting_a_verdict_sends_what_would_have_been_sent() -> None:
    case = after(None, in_triage(Kind.ACCESS))
    accepted = after(case, events.Accepted("els"))
    assert (accepted.status, accepted.needs) == (Status.OPEN, ())
    assert [send.template for send in sends(case, events.Accepted("els"))] == ["acknowledgement"]


def test_correcting_to_marketing_stops_it_at_once() -> None:
    case = after(None, in_triage(Kind.PRIVACY_QUESTION))
    corrected = after(case, events.Corrected("els", (Kind.DIRECT_MARKETING,)))
    assert corrected.kinds == (Kind.DIRECT_MARKETING,)
    assert corrected.suppressed == ("piet@klant.example",)


def test_correcting_to_a_breach_starts_its_hours_at_receipt() -> None:
    corrected = after(after(None, in_triage(Kind.COMPLAINT)), events.Corrected("els", (Kind.BREACH_REPORT,)))
    breach = corrected.deadline("breach")
    assert breach is not None
    assert breach.due == AT + timedelta(hours=72)


def test_no_request_closes_the_case() -> None:
    closed = after(after(None, in_triage(Kind.ACCESS)), events.Corrected("els", (Kind.NOT_A_REQUEST,)))
    assert (closed.status, closed.items[0].outcome) == (Status.CLOSED, Outcome.NO_REQUEST)


def test_an_unanswered_case_cannot_be_closed_as_done() -> None:
    with pytest.raises(Refused, match="F-15"):
        decide(a_case(Kind.ACCESS), events.Closed("els", Outcome.GRANTED, "done"), a_policy(), AT)


def test_closing_as_answered_elsewhere_meets_the_term() -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.GRANTED, "by phone", answered_elsewhere=True))
    assert closed.status is Status.CLOSED
    assert all(deadline.met_at == AT for deadline in closed.deadlines)


def test_an_answer_is_a_persons_letter_and_leaves_when_the_company_lets_letters_out() -> None:
    event = events.Answered("els", "Hierbij.", Outcome.GRANTED)
    for mode, state in (
        ("observe", LetterState.OBSERVED),
        ("hold", LetterState.QUEUED),
        ("automatic", LetterState.QUEUED),
    ):
        assert [send.state for send in sends(a_case(Kind.ACCESS), event, a_policy(mode=mode))] == [state]


def test_no_setting_makes_an_answer_leave_by_itself() -> None:
    from mailbot.decide.sending import to_requester

    policy = a_policy(automatic=frozenset({"answer"}))
    assert to_requester("t", "answer", a_case(Kind.ACCESS), policy).state is LetterState.HELD


def test_a_corrected_receipt_moves_every_date() -> None:
    earlier = datetime(2026, 1, 20, 9, tzinfo=UTC)
    case = after(a_case(Kind.ACCESS), events.ReceiptCorrected("els", earlier, "it lay in the shop's other box"))
    operating = case.deadline("operating")
    assert operating is not None
    assert operating.on == date(2026, 2, 19)


def test_a_closed_case_takes_no_decisions_until_it_is_reopened() -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "taken back"))
    with pytest.raises(Refused, match="reopen"):
        decide(closed, events.Answered("els", "x", Outcome.GRANTED), a_policy(), AT)
    assert after(closed, events.Reopened("els", "asked again")).status is Status.OPEN


def test_nothing_happens_to_a_case_that_is_not_there() -> None:
    for event in (
        events.TimePassed(),
        events.Noted("els", "x"),
        events.CustomerLookedUp(KNOWN),
        events.PersonForgotten(),
    ):
        with pytest.raises(ValueError, match="needs a case"):
            decide(None, event, a_policy(), AT)
