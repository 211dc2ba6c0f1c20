"""What people do to the clock, and what it does to the case. Each test names the rule it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, STRANGER, a_case, a_mail, a_policy, after, arrived, on, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.errors import Refused
from mailbot.model import Authentication, Case, Kind, LetterState, Outcome, Policy, Trust

NEXT_DAY = AT + timedelta(days=1)


def sent(case: Case, template: str, at: datetime, policy: Policy | None = None) -> Case:
    """The case once that letter left."""
    event = events.LetterSettled(f"{case.ref}:{template}", template, LetterState.SENT, "requester")
    return after(case, event, policy, at)


def asked(at: datetime = NEXT_DAY) -> Case:
    """A stranger's case whose identity was asked and is awaited."""
    case = after(a_case(Kind.ACCESS, match=STRANGER), events.IdentityAsked("els"), now=at)
    return sent(case, "identity_question", at)


def extended(reason: str = "vier systemen") -> events.ExtensionDecided:
    return events.ExtensionDecided("els", reason)


# --- extension (A-30 to A-35) --------------------------------------------------------------------


def test_an_extension_counts_from_the_moment_its_notice_was_sent() -> None:
    decided = after(a_case(Kind.ACCESS), extended(), now=NEXT_DAY)
    assert on(decided, "operating") == date(2026, 2, 28)
    told = sent(decided, "extended", NEXT_DAY)
    assert (on(told, "operating"), told.extended_at) == (date(2026, 4, 28), NEXT_DAY)
    assert "verlengd tot" in told.clock


def test_where_the_policy_promises_two_months_at_most_the_notice_and_the_clock_end_there() -> None:
    policy = a_policy(promise_days=None, promise_months=2)
    [letter] = sends(a_case(Kind.ACCESS), extended(), policy, NEXT_DAY)
    told = sent(after(a_case(Kind.ACCESS), extended(), policy, NEXT_DAY), "extended", NEXT_DAY, policy)
    assert letter.until == on(told, "operating") == date(2026, 3, 31)
    assert on(told, "statutory") == date(2026, 4, 30)
    operating = told.deadline("operating")
    assert operating
    assert operating.basis == "privacybeleid"
    assert "het beleid belooft een antwoord in hoogstens 2 maanden" in operating.explanation


def test_the_notice_names_the_reasons_and_the_new_date() -> None:
    [letter] = sends(a_case(Kind.ACCESS), extended(), now=NEXT_DAY)
    assert (letter.template, letter.body, letter.until) == ("extended", "vier systemen", date(2026, 4, 28))
    assert letter.state is LetterState.QUEUED


def test_the_notice_meets_what_was_due_in_the_first_month_and_nothing_else() -> None:
    told = sent(after(a_case(Kind.ACCESS), extended(), now=NEXT_DAY), "extended", NEXT_DAY)
    assert {one.name for one in told.deadlines if one.met_at} == {"notice_by"}


def test_an_extension_after_the_first_month_is_refused_with_its_rule() -> None:
    with pytest.raises(Refused, match=r"Too late.*A-34"):
        decide(a_case(Kind.ACCESS), extended(), a_policy(), datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    assert sends(a_case(Kind.ACCESS), extended(), now=datetime(2026, 2, 28, 22, 30, tzinfo=UTC))


def test_an_extension_is_possible_once() -> None:
    told = sent(after(a_case(Kind.ACCESS), extended(), now=NEXT_DAY), "extended", NEXT_DAY)
    with pytest.raises(Refused, match="A-30"):
        decide(told, extended(), a_policy(), NEXT_DAY)


def test_an_extension_needs_a_reason_that_a_person_wrote() -> None:
    with pytest.raises(Refused, match="A-30"):
        decide(a_case(Kind.ACCESS), extended("  "), a_policy(), NEXT_DAY)


def test_a_case_of_a_minor_in_france_is_never_extended() -> None:
    policy = a_policy(country="FR")
    with pytest.raises(Refused, match="A-60"):
        decide(a_case(Kind.MINOR, policy=policy), extended(), policy, NEXT_DAY)


def test_what_must_stop_at_once_gets_no_more_time_and_access_beside_it_does() -> None:
    for kind in (Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL):
        with pytest.raises(Refused, match="A-50"):
            decide(a_case(kind), extended(), a_policy(), NEXT_DAY)
    assert sends(a_case(Kind.DIRECT_MARKETING, Kind.ACCESS), extended(), now=NEXT_DAY)


@pytest.mark.parametrize(
    "text",
    ["Ik ben 16 en wil alles weg.", "Ik was 14 toen ik begon.", "J'ai 15 ans.", "I'm 17.", "Ik ben minderjarig."],
)
def test_nor_is_erasure_in_france_for_whoever_says_that_he_is_or_was_a_minor(text: str) -> None:
    policy = a_policy(country="FR")
    young = a_case(Kind.ERASURE, policy=policy, mail=a_mail(text=text))
    with pytest.raises(Refused, match="A-60"):
        decide(young, extended(), policy, NEXT_DAY)
    assert sends(a_case(Kind.ERASURE, mail=a_mail(text=text)), extended(), now=NEXT_DAY)


@pytest.mark.parametrize(
    "text", ["Ik ben 10 jaar klant.", "Ik ben 16 april verhuisd.", "Ik ben 18.", "J'ai 12 commandes.", "Ik was 5 keer"]
)
def test_another_number_makes_nobody_a_minor(text: str) -> None:
    policy = a_policy(country="FR")
    assert sends(a_case(Kind.ERASURE, policy=policy, mail=a_mail(text=text)), extended(), policy, NEXT_DAY)


def test_a_notice_that_left_after_the_month_extends_nothing_and_calls_people() -> None:
    decided = after(a_case(Kind.ACCESS), extended(), now=datetime(2026, 2, 28, 22, tzinfo=UTC))
    late = datetime(2026, 3, 1, 9, tzinfo=UTC)
    told = sent(decided, "extended", late)
    assert on(told, "operating") == date(2026, 2, 28)
    assert "extension_too_late" in told.needs
    assert "verlenging niet geldig" in told.clock


def test_a_notice_that_failed_may_be_tried_again_under_another_name() -> None:
    decided = after(a_case(Kind.ACCESS), extended(), now=NEXT_DAY)
    failed = after(decided, events.LetterSettled("t", "extended", LetterState.FAILED, "requester", "550"), now=NEXT_DAY)
    tokens = [sends(case, extended(), now=NEXT_DAY)[0].token for case in (a_case(Kind.ACCESS), failed)]
    assert len(set(tokens)) == 2


def test_a_question_that_bounced_lets_the_clock_run_wherever_it_was_sent() -> None:
    doubted = a_case(Kind.ACCESS, mail=a_mail(authenticated=Authentication(Trust.FAIL, "dmarc=fail")))
    asked = after(doubted, events.IdentityAsked("els", ""))
    sent = after(asked, events.LetterSettled("AVG-2026-0001:identity:1", "confirmation", LetterState.SENT, "requester"))
    assert sent.clock_stands_still
    bounced = after(sent, events.MailBounced("AVG-2026-0001:identity:1", "confirmation", "requester"))
    assert not bounced.clock_stands_still
    assert bounced.deadline("operating") == doubted.deadline("operating")


def test_a_bounced_notice_extends_nothing() -> None:
    told = sent(after(a_case(Kind.ACCESS), extended(), now=NEXT_DAY), "extended", NEXT_DAY)
    bounced = after(told, events.MailBounced("t", "extended", "requester"), now=NEXT_DAY)
    assert (on(bounced, "operating"), bounced.extended_at) == (date(2026, 2, 28), None)
    assert all(deadline.met_at is None for deadline in bounced.deadlines)


def test_a_notice_between_promise_and_month_is_lawful_and_noted() -> None:
    received = datetime(2026, 3, 1, 12, tzinfo=UTC)  # promise 31 March, month 1 April
    case = after(a_case(Kind.ACCESS), events.ReceiptCorrected("els", received, "x"), now=received)
    at = datetime(2026, 4, 1, 8, tzinfo=UTC)
    told = sent(after(case, extended(), now=at), "extended", at)
    assert on(told, "operating") == date(2026, 6, 1)
    assert any(remark.startswith("promise_missed") for remark in told.remarks)


# --- identity (A-36 to A-38) ---------------------------------------------------------------------


def test_a_question_stops_the_clock_and_both_dates_are_shown() -> None:
    case = asked()
    assert case.clock_stands_still
    assert on(case, "notice_by") == date(2026, 2, 28)
    assert "zonder stilstand: za 28-02" in case.clock


def test_proof_adds_the_days_that_the_clock_stood_still() -> None:
    proven = after(asked(), events.IdentityConfirmed("els", "order number"), now=NEXT_DAY + timedelta(days=10))
    assert (on(proven, "operating"), proven.identity) == (date(2026, 3, 10), "confirmed")
    assert "10 dagen stilgestaan: di 10-03 (zonder: za 28-02)" in proven.clock


def test_a_question_asked_on_the_sixth_day_stops_nothing() -> None:
    late = asked(AT + timedelta(days=6))
    assert on(late, "operating") == date(2026, 2, 28)
    assert on(asked(AT + timedelta(days=5)), "operating") is None


def test_a_question_that_was_not_sent_stops_nothing() -> None:
    case = after(a_case(Kind.ACCESS, match=STRANGER), events.IdentityAsked("els"), now=NEXT_DAY)
    assert on(case, "operating") == date(2026, 2, 28)


def test_a_bounced_question_was_not_asked() -> None:
    case = after(asked(), events.MailBounced("t", "identity_question", "requester"), now=NEXT_DAY)
    assert on(case, "operating") == date(2026, 2, 28)


@pytest.mark.parametrize("kinds", [(Kind.DIRECT_MARKETING,), (Kind.CONSENT_WITHDRAWAL, Kind.COMPLAINT)])
def test_who_wants_no_advertising_is_never_asked_who_he_is(kinds: tuple[Kind, ...]) -> None:
    with pytest.raises(Refused, match="need not show who he is"):
        after(a_case(*kinds, match=STRANGER), events.IdentityAsked("els", "onbekend adres"), now=NEXT_DAY)
    both = after(a_case(*kinds, Kind.ACCESS, match=STRANGER), events.IdentityAsked("els", "onbekend"), now=NEXT_DAY)
    assert both.doubt


def test_a_known_address_is_asked_nothing_without_a_reason() -> None:
    with pytest.raises(Refused, match="C-01"):
        decide(a_case(Kind.ACCESS), events.IdentityAsked("els"), a_policy(), NEXT_DAY)
    assert sends(a_case(Kind.ACCESS), events.IdentityAsked("els", "another name under it"), now=NEXT_DAY)


def test_checking_an_erasure_from_a_known_address_stops_no_clock() -> None:
    case = sent(after(a_case(Kind.ERASURE), events.IdentityAsked("els"), now=NEXT_DAY), "identity_question", NEXT_DAY)
    assert on(case, "operating") == date(2026, 2, 28)


READY = datetime(2026, 2, 24, 8, tzinfo=UTC)  # Tuesday 9:00, three working days before Friday the 27th


@pytest.mark.parametrize("mode", ["hold", "automatic"])
def test_the_letter_that_we_cannot_identify_is_ready_three_working_days_before_and_waits(mode: str) -> None:
    policy = a_policy(mode=mode, automatic=frozenset({"cannot_identify"}))
    before = READY - timedelta(minutes=1)
    assert all(send.audience == "staff" for send in sends(asked(), events.TimePassed(), policy, before))
    letters = sends(asked(), events.TimePassed(), policy, READY)
    assert [(send.template, send.state) for send in letters if send.audience == "requester"] == [
        ("cannot_identify", LetterState.HELD)
    ]
    assert {send.to for send in letters if send.template == "notice_near"} == {
        "john@staff.example",
        "els@staff.example",
    }


def test_a_company_without_steps_is_still_told_that_the_letter_is_ready() -> None:
    letters = sends(asked(), events.TimePassed(), a_policy(ladder=()), READY)
    assert "notice_near" in [send.template for send in letters]


def test_the_clock_wakes_for_the_letter() -> None:
    case = asked()
    for _ in range(5):
        assert case.next_at is not None
        case = after(case, events.TimePassed(), now=case.next_at)
        if any(step.startswith("cannot_identify") for step in case.alerted):
            break
    assert case.next_at is not None
    assert case.next_at > READY


def test_the_unreleased_letter_escalates_every_day() -> None:
    case, told = asked(), []
    for day in range(1, 6):
        now = datetime(2026, 3, day, 9, tzinfo=UTC)
        told += [send.template for send in sends(case, events.TimePassed(), now=now) if send.to.startswith("john")]
        case = after(case, events.TimePassed(), now=now)
    assert told == ["notice_near"] * 5


def test_the_released_letter_meets_the_notice_and_the_case_stays_open_for_proof() -> None:
    ready = after(asked(), events.TimePassed(), now=READY)
    told = sent(ready, "cannot_identify", READY)
    assert told.is_open
    assert told.next_at is None
    proven = after(told, events.IdentityConfirmed("els", "order number"), now=READY + timedelta(days=30))
    assert on(proven, "operating") == date(2026, 2, 28) + timedelta(days=53)
    assert proven.next_at is not None


def test_proof_takes_the_waiting_letter_back() -> None:
    ready = after(asked(), events.TimePassed(), now=READY)
    actions = decide(ready, events.IdentityConfirmed("els", "order number"), a_policy(), READY)
    assert do.Unsend(f"{ready.ref}:cannot_identify:2026-02-28", "identity was confirmed") in actions


def test_after_proof_a_notice_with_content_is_still_due_in_the_first_month() -> None:
    proven = after(asked(), events.IdentityConfirmed("els", "order number"), now=NEXT_DAY + timedelta(days=10))
    letters = sends(proven, events.TimePassed(), now=datetime(2026, 2, 26, 8, tzinfo=UTC))
    assert "notice_near" in {send.template for send in letters}


# --- breach, restriction, receipt, acknowledgement -----------------------------------------------


def decided(decision: str = "register_only") -> events.BreachDecided:
    return events.BreachDecided("els", decision, "no risk")


def test_a_decision_not_to_notify_ends_the_calls_about_a_breach() -> None:
    case = after(a_case(Kind.BREACH_REPORT), decided())
    assert sends(case, events.TimePassed(), now=AT + timedelta(hours=50)) == []
    assert (case.breach_decision, "breach" in case.needs) == ("register_only", False)


def test_a_decision_to_notify_calls_on_until_somebody_says_that_the_authority_was_told() -> None:
    case = after(a_case(Kind.BREACH_REPORT), decided("notify"))
    assert (case.breach_decision, "breach" in case.needs) == ("notify", False)
    [called, _] = sends(case, events.TimePassed(), now=AT + timedelta(hours=50))
    assert called.template == "breach_undecided"
    told = after(case, events.BreachDescribed("els", notified_at=AT + timedelta(hours=1)), now=AT + timedelta(hours=2))
    assert sends(told, events.TimePassed(), now=AT + timedelta(hours=50)) == []


def test_who_decides_to_notify_after_all_is_called_again() -> None:
    case = after(after(a_case(Kind.BREACH_REPORT), decided()), decided("notify"))
    assert sends(case, events.TimePassed(), now=AT + timedelta(hours=50))


def test_thanking_the_reporter_decides_nothing_about_the_breach() -> None:
    case = sent(a_case(Kind.BREACH_REPORT), "answer", AT)
    assert [one.name for one in case.deadlines if one.met_at is None] == ["breach"]
    assert sends(case, events.TimePassed(), now=AT + timedelta(hours=50))


@pytest.mark.parametrize(("hours", "deputy"), [(13, False), (50, True), (90, True)])
def test_a_mail_that_a_person_calls_a_breach_later_calls_people_at_once_and_once(hours: int, deputy: bool) -> None:
    then = AT + timedelta(hours=hours)  # 10:14 on a Sunday, and later
    act = events.Corrected("els", (Kind.BREACH_REPORT,), "er stonden gegevens van anderen in")
    calls = [one for one in sends(a_case(Kind.ACCESS), act, now=then) if one.template == "breach_undecided"]
    assert [(one.to == "els@staff.example", one.not_before) for one in calls] == [(False, None), (True, None)][
        : 1 + deputy
    ]
    case = after(a_case(Kind.ACCESS), act, now=then)
    assert "breach" in case.needs
    assert [one for one in sends(case, events.TimePassed(), now=then) if one.template == "breach_undecided"] == []
    seen = after(case, events.Acknowledged("john", ""), now=then)
    assert any(step.startswith("seen:breach-") for step in seen.alerted)


def test_an_undecided_breach_cannot_be_closed() -> None:
    case = sent(a_case(Kind.BREACH_REPORT), "answer", AT)
    with pytest.raises(Refused, match="A-55"):
        decide(case, events.Closed("els", Outcome.ANSWERED, "thanked"), a_policy(), AT)


def test_an_undecided_breach_is_called_for_every_day_after_the_72_hours() -> None:
    case, told = a_case(Kind.BREACH_REPORT), []
    for hour in range(0, 24 * 7, 6):
        now = AT + timedelta(hours=hour)
        if case.next_at and case.next_at <= now:
            told += [hour for send in sends(case, events.TimePassed(), now=now) if send.template == "breach_undecided"]
            case = after(case, events.TimePassed(), now=now)
    assert sorted(set(told)) == [24, 48, 60, 72, 96, 120, 144]


def test_an_acknowledged_breach_is_still_called_for_but_climbs_no_further() -> None:
    case = a_case(Kind.BREACH_REPORT)
    at = AT + timedelta(hours=50)
    assert {send.to[:3] for send in sends(case, events.TimePassed(), now=at)} == {"joh", "els"}
    seen = after(case, events.Acknowledged("john", ""))
    assert {send.to[:3] for send in sends(seen, events.TimePassed(), now=at)} == {"joh"}


def test_an_acknowledgement_ends_its_own_step_and_no_later_one() -> None:
    warned = after(a_case(Kind.ACCESS), events.TimePassed(), now=datetime(2026, 2, 13, 9, tzinfo=UTC))
    seen = after(warned, events.Acknowledged("john", ""))
    assert "seen:14-days:2026-02-13" in seen.alerted
    assert sends(seen, events.TimePassed(), now=datetime(2026, 2, 20, 9, tzinfo=UTC))
    assert sends(seen, events.TimePassed(), now=datetime(2026, 3, 2, 9, tzinfo=UTC))


def test_a_step_that_nobody_was_warned_of_cannot_be_acknowledged() -> None:
    with pytest.raises(Refused, match="warned"):
        decide(a_case(Kind.ACCESS), events.Acknowledged("john", "7-days:2026-02-20"), a_policy(), AT)


def test_a_restriction_ends_only_after_the_person_was_told() -> None:
    case = a_case(Kind.RESTRICTION)
    lifting = after(case, events.RestrictionLifted("els", "you asked for it"))
    assert lifting.restricted_since == AT
    assert sent(lifting, "restriction_lifted", NEXT_DAY).restricted_since is None


def test_a_restriction_outlives_its_case_and_is_lifted_there() -> None:
    told = after(a_case(Kind.RESTRICTION), events.StopConfirmed("els", "overal"))
    closed = after(told, events.Closed("els", Outcome.WITHDRAWN, "klaar"))
    lifting = after(closed, events.RestrictionLifted("els", "u vroeg ons dit op 3 maart", on_request=True))
    lifted = sent(lifting, "restriction_lifted", NEXT_DAY)
    assert (lifted.restricted_since, lifted.is_open) == (None, False)


def test_the_letter_that_lifts_answers_who_asked_for_it() -> None:
    case = after(a_case(Kind.RESTRICTION, Kind.RESTRICTION_LIFT), events.StopConfirmed("els"))
    case = after(case, events.IdentityConfirmed("els", "gebeld"))
    lifting = after(case, events.RestrictionLifted("els", "u vroeg ons dit op 3 maart"))
    token = f"{case.ref}:lifted:1"
    told = after(
        lifting, events.LetterSettled(token, "restriction_lifted", LetterState.SENT, "requester"), now=NEXT_DAY
    )
    by_kind = {item.kind: item for item in told.items}
    assert (by_kind[Kind.RESTRICTION_LIFT].outcome, by_kind[Kind.RESTRICTION_LIFT].told_at) == (
        Outcome.GRANTED,
        NEXT_DAY,
    )
    assert by_kind[Kind.RESTRICTION].told_at is None


def test_a_lifting_that_nobody_heard_of_did_not_happen() -> None:
    lifting = after(a_case(Kind.RESTRICTION), events.RestrictionLifted("els", "u vroeg ons dit op 3 maart"))
    token = f"{lifting.ref}:lifted:1"
    told = after(
        lifting, events.LetterSettled(token, "restriction_lifted", LetterState.SENT, "requester"), now=NEXT_DAY
    )
    assert told.restricted_since is None
    back = after(told, events.MailBounced(token, "restriction_lifted", "requester"), now=NEXT_DAY)
    assert back.restricted_since == NEXT_DAY


def test_a_company_that_promised_it_lifts_only_when_the_person_asks() -> None:
    policy, case = a_policy(only_person_lifts=True), a_case(Kind.RESTRICTION)
    with pytest.raises(Refused, match="A-54"):
        decide(case, events.RestrictionLifted("els", "done"), policy, AT)
    assert sends(case, events.RestrictionLifted("els", "you asked", on_request=True), policy)


def test_a_receipt_is_not_corrected_into_the_future_or_without_a_reason() -> None:
    for at, reason in ((NEXT_DAY, "x"), (AT, " ")):
        with pytest.raises(Refused, match="A-04"):
            decide(a_case(Kind.ACCESS), events.ReceiptCorrected("els", at, reason), a_policy(), AT)


def test_closing_drops_the_letter_that_still_waits() -> None:
    ready = after(asked(), events.TimePassed(), now=READY)
    actions = decide(ready, events.Closed("els", Outcome.WITHDRAWN, "taken back"), a_policy(), READY)
    assert any(isinstance(action, do.Unsend) for action in actions)


def test_a_case_opened_twice_asks_again_about_nothing_that_was_decided() -> None:
    case = after(a_case(Kind.BREACH_REPORT), decided())
    closed = after(sent(case, "answer", AT), events.Closed("els", Outcome.ANSWERED, "done"))
    reopened = after(closed, arrived(Kind.NOT_A_REQUEST))
    assert sends(reopened, events.TimePassed(), now=AT + timedelta(hours=50)) == []


@pytest.mark.parametrize("outcome", Outcome)
def test_while_an_objection_stands_only_the_person_himself_has_its_restriction_lifted(outcome: Outcome) -> None:
    case = after(a_case(Kind.RESTRICTION, Kind.OBJECTION), events.StopConfirmed("els"))
    case = replace(case, items=tuple(replace(one, outcome=outcome) for one in case.items if one.kind is Kind.OBJECTION))
    lifts = events.RestrictionLifted("els", "het is nagekeken")
    if outcome in (Outcome.OPEN, Outcome.GRANTED, Outcome.PARTLY):
        with pytest.raises(Refused) as refused:
            after(case, lifts)
        assert refused.value.rule == "A-51"
    else:
        assert sends(case, lifts)
    assert sends(case, replace(lifts, on_request=True))


@pytest.mark.parametrize(
    ("kinds", "stops"),
    [
        ((Kind.DIRECT_MARKETING,), True),
        ((Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL), True),
        ((Kind.DIRECT_MARKETING, Kind.ACCESS), False),
        ((Kind.PRIVACY_QUESTION,), False),
    ],
)
def test_what_must_stop_at_once_is_not_extended_and_asks_nobody_who_he_is(kinds: tuple[Kind, ...], stops: bool) -> None:
    case = a_case(*kinds)
    for event, rule in (
        (events.ExtensionDecided("els", "veel werk"), "A-50:extend"),
        (events.IdentityAsked("els", "een andere naam"), "C-05"),
    ):
        if stops:
            with pytest.raises(Refused) as refused:
                after(case, event)
            assert refused.value.rule == rule
        else:
            assert [one.audience for one in sends(case, event)] == ["requester"]


def test_a_right_that_a_letter_of_another_case_tells_calls_nobody_for_it_any_more() -> None:
    case = replace(a_case(Kind.RESTRICTION_LIFT), needs=("restriction_lift", "unsure", "follows_case"))
    told = after(case, events.ToldElsewhere("els", Kind.RESTRICTION_LIFT, "AVG-2026-0002:lifted:1"))
    assert told.needs == ("unsure",)
    assert (told.items[0].outcome, told.items[0].letter) == (
        Outcome.GRANTED,
        "AVG-2026-0001:AVG-2026-0002:lifted:1",
    )
    assert told.remarks[-1] == "told by a letter of another case: AVG-2026-0002:lifted:1"
