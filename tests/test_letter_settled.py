"""What a letter does to its case by having left, failed, come back or been stopped; and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, KNOWN, STRANGER, a_case, a_mail, a_policy, a_proven_case, after, arrived, on, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.model import Address, Case, DataPackage, Item, Kind, LetterState, Match, MatchState, Outcome, Question

NEXT_DAY = AT + timedelta(days=1)
NIGHT = datetime(2026, 2, 14, 2, tzinfo=UTC)  # a Saturday
MONDAY = datetime(2026, 2, 16, 8, tzinfo=UTC)  # nine o'clock in Amsterdam
NAMED = Match(MatchState.NAMED, "1001", "piet@klant.example")
ELSEWHERE = a_mail(sender=Address("nieuw@elders.example"))
JOHN, ELS = "john@staff.example", "els@staff.example"
ASKED = events.IdentityAsked("els", "een andere naam")


def settled(template: str, state: LetterState = LetterState.SENT, audience: str = "requester") -> events.LetterSettled:
    return events.LetterSettled(f"AVG-2026-0001:{template}", template, state, audience, "550 no")


def bounced(template: str, audience: str = "requester") -> events.MailBounced:
    return events.MailBounced(f"AVG-2026-0001:{template}", template, audience)


# --- a question ----------------------------------------------------------------------------------


@pytest.mark.parametrize("match", [KNOWN, NAMED, STRANGER])
def test_a_question_that_came_back_was_not_asked_wherever_it_went(match: Match) -> None:
    case = after(a_case(Kind.ACCESS, match=match, mail=ELSEWHERE), ASKED, now=NEXT_DAY)
    [question] = sends(a_case(Kind.ACCESS, match=match, mail=ELSEWHERE), ASKED, now=NEXT_DAY)
    case = after(case, settled(question.template), now=NEXT_DAY)
    assert (case.identity, on(case, "operating")) == ("asked", None)
    back = after(case, bounced(question.template), now=NEXT_DAY)
    assert (back.identity, on(back, "operating")) == ("unproven", date(2026, 2, 28))
    assert back.next_at is not None


@pytest.mark.parametrize("match", [KNOWN, NAMED])
def test_a_question_of_routine_that_came_back_changes_nothing_about_who_writes(match: Match) -> None:
    case = a_case(Kind.ERASURE, match=match)
    assert after(case, bounced("confirmation"), now=NEXT_DAY).identity == case.identity


def test_a_question_that_came_back_after_the_answer_takes_no_answer_back() -> None:
    asked = after(after(a_case(Kind.ACCESS), ASKED, now=NEXT_DAY), settled("confirmation"), now=NEXT_DAY)
    proven = after(asked, events.IdentityConfirmed("els", "gebeld"), now=NEXT_DAY)
    assert after(proven, bounced("confirmation"), now=NEXT_DAY).identity == "confirmed"
    denied = replace(asked, identity="denied")
    assert after(denied, bounced("confirmation"), now=NEXT_DAY).identity == "denied"


def test_the_clock_stands_still_from_the_first_question_whatever_is_asked_again() -> None:
    asked = after(after(a_case(Kind.ACCESS), ASKED, now=NEXT_DAY), settled("confirmation"), now=NEXT_DAY)
    again = after(asked, settled("confirmation"), now=NEXT_DAY + timedelta(days=2))
    assert again.identity_asked_at == NEXT_DAY


def test_a_question_without_doubt_stops_no_clock_when_it_leaves() -> None:
    case = after(a_case(Kind.ERASURE), settled("confirmation"), now=NEXT_DAY)
    assert (case.identity_asked_at, on(case, "operating")) == (None, date(2026, 2, 28))


# --- what came back ------------------------------------------------------------------------------


def test_a_notice_that_we_cannot_identify_which_came_back_was_none() -> None:
    told = after(a_case(Kind.ACCESS, match=STRANGER), settled("cannot_identify"), now=NEXT_DAY)
    assert {one.name for one in told.deadlines if not one.met_at} == set(), "the clock ran, so no other answer is due"
    back = after(told, bounced("cannot_identify"), now=NEXT_DAY)
    assert [one.name for one in back.deadlines if one.met_at] == []


def test_an_acknowledgement_that_came_back_moves_no_date_and_is_told_to_both() -> None:
    case = a_case(Kind.ACCESS)
    assert after(case, bounced("acknowledgement")).deadlines == case.deadlines
    letters = sends(case, bounced("acknowledgement"))
    assert [(send.template, send.to) for send in letters] == [("undelivered", JOHN), ("undelivered", ELS)]


def test_a_package_is_given_when_its_last_letter_left_and_not_when_one_came_back() -> None:
    packed = DataPackage("AVG-2026-0001:package:1", "els", AT, 2, 2, parts=2)
    case = after(a_proven_case(Kind.ACCESS), events.PackageMade("els", packed), now=NEXT_DAY)
    first, last = packed.tokens
    assert first != last

    def left(case: Case, token: str) -> Case:
        return after(case, events.LetterSettled(token, "package", LetterState.SENT, "requester"), now=NEXT_DAY)

    half = left(case, first)
    assert (half.items[0].told_at, on(half, "operating")) == (None, date(2026, 2, 28))
    assert (half.work.packed[0].left, half.work.packed[0].sent_at) == ((first,), None)
    assert not any(one.met_at for one in half.deadlines)
    assert not any(one.met_at for one in left(half, first).deadlines), "one letter twice is not two"
    whole = left(half, last)
    assert (whole.items[0].told_at, {one.met_at for one in whole.deadlines}) == (NEXT_DAY, {NEXT_DAY})
    assert whole.work.packed[0].sent_at == NEXT_DAY
    back = after(whole, events.MailBounced(last, "package", "requester"), now=NEXT_DAY)
    assert (back.items[0].told_at, back.work.packed[0].left, back.work.packed[0].sent_at) == (None, (first,), None)
    assert not any(one.met_at for one in back.deadlines)
    assert after(whole, events.MailBounced("AVG-2026-0001:x", "package", "requester")).items[0].told_at == NEXT_DAY


def test_a_copy_that_leaves_when_no_right_waits_for_it_any_more_tells_none() -> None:
    packed = DataPackage("AVG-2026-0001:package:1", "els", AT, 2, 1)
    case = after(a_proven_case(Kind.ACCESS), events.PackageMade("els", packed), now=NEXT_DAY)
    anew = replace(case, items=(Item(Kind.ACCESS),))
    left = after(anew, events.LetterSettled(packed.token, "package", LetterState.SENT, "requester"), now=NEXT_DAY)
    assert left.items == (Item(Kind.ACCESS),)
    assert not any(one.met_at for one in left.deadlines)


# --- who hears of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "audience", "told"),
    [
        (LetterState.FAILED, "requester", [JOHN, ELS]),
        (LetterState.UNSURE, "requester", [JOHN, ELS]),
        (LetterState.SENT, "requester", []),
        (LetterState.SENT, "staff", []),
        (LetterState.UNSURE, "staff", []),
    ],
)
def test_a_letter_to_the_person_that_may_not_have_arrived_is_told_to_both(
    state: LetterState, audience: str, told: list[str]
) -> None:
    assert [send.to for send in sends(a_case(Kind.ACCESS), settled("acknowledgement", state, audience))] == told


def warned(*kinds: Kind, now: datetime = NIGHT) -> tuple[Case, str]:
    """A case of which the contact person was warned, and the step."""
    case = after(a_case(*kinds), events.TimePassed(), now=now)
    return case, case.alerted[-1]


def test_a_warning_that_failed_or_came_back_goes_to_the_deputy_once() -> None:
    case, step = warned(Kind.ACCESS)
    token = f"{case.ref}:{step}"
    for event in (
        events.LetterSettled(token, "deadline_near", LetterState.FAILED, "staff", "550"),
        events.MailBounced(token, "deadline_near", "staff"),
    ):
        [letter] = sends(case, event, now=NIGHT)
        assert (letter.to, letter.token) == (ELS, f"{token}:deputy")
        assert sends(after(case, event, now=NIGHT), event, now=NIGHT) == []


def test_a_deputy_who_does_not_get_it_either_is_the_last() -> None:
    case, step = warned(Kind.ACCESS)
    token = f"{case.ref}:{step}:deputy"
    assert sends(case, events.LetterSettled(token, "deadline_near", LetterState.FAILED, "staff"), now=NIGHT) == []
    assert sends(case, events.MailBounced(token, "deadline_near", "staff"), now=NIGHT) == []


def test_the_deputys_warning_waits_for_people_but_one_about_a_breach_does_not() -> None:
    case, step = warned(Kind.ACCESS)
    breach, call = warned(Kind.BREACH_REPORT, now=AT + timedelta(hours=24))
    [calm] = sends(case, events.ContactSilent(step, "away"), now=NIGHT)
    [urgent] = sends(breach, events.ContactSilent(call, "away"), now=NIGHT)
    assert (calm.not_before, calm.template) == (MONDAY, "deadline_near")
    assert (urgent.not_before, urgent.template) == (NIGHT, "breach_undecided")


def test_a_silent_contact_without_a_deputy_or_with_a_step_that_was_seen_calls_nobody() -> None:
    case, step = warned(Kind.ACCESS)
    silent = events.ContactSilent(step, "away")
    assert sends(case, silent, a_policy(deputy_email=""), NIGHT) == []
    assert sends(after(case, events.Acknowledged("john", step)), silent, now=NIGHT) == []
    assert sends(case, events.ContactSilent("7-days:2026-02-20", "away"), now=NIGHT) == []
    closed = after(case, events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert decide(closed, silent, a_policy(), NIGHT) == []


def test_a_colleagues_mail_of_which_nobody_knows_whether_it_left_does_not_climb() -> None:
    case, step = warned(Kind.ACCESS)
    event = events.LetterSettled(f"{case.ref}:{step}", "deadline_near", LetterState.UNSURE, "staff")
    assert sends(case, event, now=NIGHT) == []


# --- an extension --------------------------------------------------------------------------------

EXTEND = events.ExtensionDecided("els", "vier systemen")


@pytest.mark.parametrize(
    ("template", "state", "waits"),
    [
        ("extended", LetterState.FAILED, False),
        ("extended", LetterState.DROPPED, False),
        ("extended", LetterState.UNSURE, True),
        ("acknowledgement", LetterState.FAILED, True),
        ("acknowledgement", LetterState.DROPPED, True),
    ],
)
def test_an_extension_is_decided_until_its_own_letter_did_not_leave(
    template: str, state: LetterState, waits: bool
) -> None:
    case = after(a_case(Kind.ACCESS), EXTEND, now=NEXT_DAY)
    assert bool(after(case, settled(template, state), now=NEXT_DAY).extension_reason) is waits


def test_a_letter_that_a_person_dropped_is_told_to_nobody() -> None:
    assert sends(a_case(Kind.ACCESS), settled("acknowledgement", LetterState.DROPPED)) == []


def test_a_notice_that_left_too_late_calls_both() -> None:
    case = after(a_case(Kind.ACCESS), EXTEND, now=NEXT_DAY)
    letters = sends(case, settled("extended"), now=datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert [(send.template, send.to) for send in letters] == [("needs_person", JOHN), ("needs_person", ELS)]


def test_a_lifting_that_came_back_is_told_to_nobody_yet_as_the_answer_to_who_asked_for_it() -> None:
    case = after(a_case(Kind.RESTRICTION, Kind.RESTRICTION_LIFT), events.StopConfirmed("els"), now=NEXT_DAY)
    case = after(case, events.IdentityConfirmed("els", "gebeld"), now=NEXT_DAY)
    case = after(case, events.RestrictionLifted("els", "u vroeg het"), now=NEXT_DAY)
    token = f"{case.ref}:lifted:1"
    told = after(case, events.LetterSettled(token, "restriction_lifted", LetterState.SENT, "requester"), now=NEXT_DAY)
    assert told.items[1].told_at == NEXT_DAY
    back = after(told, events.MailBounced(token, "restriction_lifted", "requester"), now=NEXT_DAY)
    assert (back.items[1].told_at, "answer_bounced" in back.needs) == (None, True)
    plain = after(
        after(a_case(Kind.RESTRICTION), events.StopConfirmed("els")), events.RestrictionLifted("els", "klaar")
    )
    other = after(plain, events.MailBounced(token, "restriction_lifted", "requester"), now=NEXT_DAY)
    assert "answer_bounced" not in other.needs


def test_a_closed_case_is_forgotten_counted_from_the_lifting_and_not_at_all_once_that_came_back() -> None:
    case = after(a_case(Kind.RESTRICTION), events.StopConfirmed("els"))
    closed = after(case, events.Closed("els", Outcome.WITHDRAWN, "klaar"))
    lifting = after(closed, events.RestrictionLifted("els", "u vroeg het", on_request=True))
    token = f"{case.ref}:lifted:1"
    left = events.LetterSettled(token, "restriction_lifted", LetterState.SENT, "requester")
    back = events.MailBounced(token, "restriction_lifted", "requester")
    year_on = AT + timedelta(days=365)
    lifted = after(lifting, left, now=year_on)
    assert (closed.restricted_since, closed.forget_on) == (AT, date(2028, 1, 31))
    assert (lifted.restricted_since, lifted.forget_on) == (None, date(2029, 1, 31))
    again = after(lifted, back, now=year_on)
    assert (again.restricted_since, again.forget_on, again.is_open) == (year_on, None, False)
    still = after(case, events.RestrictionLifted("els", "klaar", on_request=True))
    for event in (left, back):
        assert not any(isinstance(action, do.PlanForgetting) for action in decide(still, event, a_policy(), NEXT_DAY))


def test_a_lifting_that_came_back_in_another_case_leaves_the_wish_to_be_answered_here() -> None:
    token = "AVG-2026-0001:AVG-2026-0002:lifted:1"
    wish = Item(Kind.RESTRICTION_LIFT, Outcome.GRANTED, "els", AT, letter=token)
    case = replace(a_case(Kind.RESTRICTION_LIFT), items=(wish,))
    told = after(case, events.LetterSettled(token, "restriction_lifted", LetterState.SENT, "requester"))
    assert told.items[0].told_at == AT
    back = after(told, events.MailBounced(token, "restriction_lifted", "requester"), now=NEXT_DAY)
    assert (back.items[0].letter, back.items[0].told_at, back.restricted_since) == ("", None, None)


OVER = datetime(2026, 3, 1, 9, tzinfo=UTC)  # after the month


@pytest.mark.parametrize(
    ("template", "state", "now", "told"),
    [
        ("extended", LetterState.FAILED, OVER, "needs_person"),
        ("extended", LetterState.FAILED, NEXT_DAY, "undelivered"),
        ("extended", LetterState.UNSURE, OVER, "undelivered"),
        ("extended", LetterState.DROPPED, OVER, ""),
        ("acknowledgement", LetterState.FAILED, OVER, "undelivered"),
    ],
)
def test_a_notice_that_failed_when_its_month_is_over_is_told_as_too_late_and_any_other_letter_as_undelivered(
    template: str, state: LetterState, now: datetime, told: str
) -> None:
    case = after(a_case(Kind.ACCESS), EXTEND, now=NEXT_DAY)
    letters = sends(case, settled(template, state), now=now)
    assert [(send.template, send.to) for send in letters] == ([(told, JOHN), (told, ELS)] if told else [])
    assert ("extension_too_late" in after(case, settled(template, state), now=now).needs) is (told == "needs_person")


# --- a letter that failed ------------------------------------------------------------------------


def test_a_letter_that_failed_calls_people_to_the_case_until_it_is_dropped_or_another_one_left() -> None:
    case = after(a_case(Kind.ACCESS), settled("acknowledgement", LetterState.FAILED))
    assert case.needs == ("letter_failed",)
    assert "failed: acknowledgement (550 no)" in case.remarks
    assert after(case, settled("acknowledgement", LetterState.DROPPED)).needs == ()
    assert after(case, settled("message")).needs == ()
    for event in (
        settled("acknowledgement", LetterState.UNSURE),
        settled("acknowledgement", LetterState.OBSERVED),
        settled("new_case", LetterState.DROPPED, "staff"),
        settled("new_case", audience="staff"),
    ):
        assert after(case, event).needs == ("letter_failed",)
    assert after(a_case(Kind.ACCESS), settled("acknowledgement", LetterState.UNSURE)).needs == ()
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert after(closed, settled("acknowledgement", LetterState.FAILED)).needs == ()


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (settled("answer", LetterState.FAILED), "undelivered"),
        (settled("answer", LetterState.UNSURE), "undelivered"),
        (bounced("answer"), "bounced"),
    ],
)
def test_a_letter_that_a_person_let_go_again_and_that_fails_again_is_told_again(
    event: events.LetterSettled | events.MailBounced, name: str
) -> None:
    case, told = a_case(Kind.ACCESS), []
    for _ in range(3):
        told += [send.token for send in sends(case, event) if send.to == JOHN]
        case = after(case, event)
    assert told == [f"{name}:{event.token}", f"{name}-2:{event.token}", f"{name}-3:{event.token}"]


def test_a_letter_that_failed_after_nobody_knew_whether_it_left_is_told_as_that() -> None:
    case = after(a_case(Kind.ACCESS), settled("answer", LetterState.UNSURE))
    failed = settled("answer", LetterState.FAILED)
    assert sends(case, failed)[0].token == f"undelivered-2:{failed.token}"


@pytest.mark.parametrize("state", LetterState)
def test_a_right_that_a_letter_of_another_case_was_to_tell_is_answered_here_once_that_did_not_leave(
    state: LetterState,
) -> None:
    for token in ("AVG-2026-0001:AVG-2026-0002:lifted:1", "AVG-2026-0001:lifted:1"):
        lift = Item(Kind.RESTRICTION_LIFT, Outcome.GRANTED, "els", AT, letter=token)
        case = replace(a_case(Kind.RESTRICTION_LIFT), items=(lift,))
        event = events.LetterSettled(token, "restriction_lifted", state, "requester", "550 no")
        foreign = token.count("AVG") == 2
        gone = foreign and state in (LetterState.FAILED, LetterState.DROPPED)
        assert after(case, event).items[0].letter == ("" if gone else token)
        told = [send for send in sends(case, event) if send.template == "undelivered"]
        assert bool(told) is (not foreign and state not in (LetterState.SENT, LetterState.DROPPED))


# --- nobody is there -----------------------------------------------------------------------------


def test_whom_silence_calls_is_the_deputy_and_after_him_or_without_one_the_next_people() -> None:
    case, beyond = a_case(Kind.ACCESS), ("eigenaar@thuis.test",)
    silent, gone = events.ContactSilent("new", "away"), events.DeputySilent("new", "away")

    def called(event: events.ContactSilent | events.DeputySilent, deputy: str) -> tuple[list[str], str]:
        policy = a_policy(beyond=beyond, deputy_email=deputy)
        to = [send.to for send in sends(case, event, policy, NEXT_DAY)]
        return to, after(case, event, policy, NEXT_DAY).remarks[-1]

    assert called(silent, ELS) == ([ELS], "new to the deputy: away")
    assert called(gone, ELS) == ([*beyond], "new to the next people: away")
    assert called(silent, "") == ([*beyond], "new to the next people: away")


# --- stopped by the airlock ----------------------------------------------------------------------


def test_what_the_airlock_stopped_calls_a_person_each_time_under_a_name_of_its_own() -> None:
    stopped = events.LetterStopped("AVG-2026-0001:answer:1", "answer", "een adres")
    case = a_case(Kind.ACCESS)
    [first] = sends(case, stopped)
    once = after(case, stopped)
    [second] = sends(once, stopped)
    assert (first.to, first.template, first.body) == (JOHN, "stopped", "een adres")
    assert first.token != second.token
    assert after(once, stopped).needs.count("letter_stopped") == 1


@pytest.mark.parametrize(
    ("template", "audience", "cleared"),
    [("answer", "requester", True), ("acknowledgement", "requester", False), ("new_case", "staff", False)],
)
def test_that_a_letter_was_stopped_is_over_when_an_answer_left(template: str, audience: str, cleared: bool) -> None:
    stopped = after(a_case(Kind.ACCESS), events.LetterStopped("AVG-2026-0001:answer:1", "answer", "een adres"))
    case = after(stopped, settled(template, audience=audience))
    assert ("letter_stopped" not in case.needs) is cleared


# --- a colleague wrote ---------------------------------------------------------------------------


def test_a_colleagues_mail_counts_once_and_the_latest_moment_stays() -> None:
    case = after(a_case(Kind.ACCESS), events.StaffMailSeen("<c@shop.example>", NEXT_DAY), now=NEXT_DAY)
    assert case.colleague_wrote_at == NEXT_DAY
    assert "beantwoord door collega" in case.clock
    assert decide(case, events.StaffMailSeen("<c@shop.example>", AT), a_policy(), NEXT_DAY) == []
    earlier = after(case, events.StaffMailSeen("<d@shop.example>", AT), now=NEXT_DAY)
    assert (earlier.colleague_wrote_at, earlier.needs.count("answered_by_colleague")) == (NEXT_DAY, 1)


def test_a_colleagues_mail_in_a_closed_case_is_noted_and_asks_nothing() -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "x"))
    case = after(closed, events.StaffMailSeen("<c@shop.example>", NEXT_DAY), now=NEXT_DAY)
    assert ("<c@shop.example>" in case.thread, case.colleague_wrote_at, case.needs) == (True, None, ())


def test_what_the_program_would_still_say_is_dropped_when_a_colleague_wrote_first() -> None:
    actions = decide(a_case(Kind.ACCESS), events.StaffMailSeen("<c@shop.example>", NEXT_DAY), a_policy(), NEXT_DAY)
    assert any(isinstance(action, do.Overtake) for action in actions)


def test_a_reply_joins_and_is_told_when_people_are_in() -> None:
    [letter] = sends(a_case(Kind.ACCESS), arrived(Kind.NOT_A_REQUEST, mail=a_mail(key="cd" * 32)), now=NIGHT)
    assert (letter.template, letter.not_before) == ("reply_received", MONDAY)


# --- who was asked to show who he is -------------------------------------------------------------


@pytest.mark.parametrize("template", ["neutral", "confirmation", "identity_question"])
def test_a_letter_that_asks_for_proof_counts_from_the_first_that_left_until_all_came_back(template: str) -> None:
    first = after(a_case(Kind.ERASURE, match=STRANGER), settled(template), now=NEXT_DAY)
    assert first.proof_asked_at == NEXT_DAY
    again = after(first, settled("neutral"), now=NIGHT)
    assert again.proof_asked_at == NEXT_DAY
    once_back = after(again, bounced(template), now=MONDAY)
    assert once_back.proof_asked_at == NEXT_DAY
    assert after(once_back, bounced("neutral"), now=MONDAY).proof_asked_at is None
    assert after(first, bounced("extended"), now=MONDAY).proof_asked_at == NEXT_DAY
    proven = after(first, events.IdentityConfirmed("els", "gebeld"), now=MONDAY)
    assert after(proven, bounced(template), now=MONDAY).proof_asked_at == NEXT_DAY


def test_that_another_letter_left_asks_nobody_for_proof_once_the_question_came_back() -> None:
    asked = after(a_case(Kind.ERASURE, match=STRANGER), settled("neutral"), now=NEXT_DAY)
    written = after(after(asked, settled("message"), now=NIGHT), settled("extended"), now=NIGHT)
    assert written.proof_asked_at == NEXT_DAY
    assert after(written, bounced("neutral"), now=MONDAY).proof_asked_at is None


def test_a_letter_that_was_posted_is_on_record_as_sent_like_any_other() -> None:
    token = "AVG-2026-0001:neutral"
    posted = after(a_case(Kind.ERASURE, match=STRANGER), events.SentByPost("els", token, "neutral", "x"), now=NEXT_DAY)
    assert "sent: neutral" in posted.remarks


def test_an_acknowledgement_asks_for_proof_only_where_it_carries_the_question() -> None:
    asks = replace(a_case(Kind.ERASURE), questions=(Question("<q@shop.example>", "piet@klant.example"),))
    assert after(asks, settled("acknowledgement"), now=NEXT_DAY).proof_asked_at == NEXT_DAY
    plain = replace(asks, questions=())
    assert after(plain, settled("acknowledgement"), now=NEXT_DAY).proof_asked_at is None
    assert after(asks, settled("extended"), now=NEXT_DAY).proof_asked_at is None


def test_a_letter_that_was_posted_counts_like_one_that_left_and_one_that_came_back_by_post_does_not() -> None:
    case = after(a_case(Kind.ERASURE, match=STRANGER), settled("neutral", LetterState.FAILED))
    assert case.needs == ("letter_failed",)
    token = f"{case.ref}:neutral"
    by_post = after(case, events.SentByPost("els", token, "neutral", "x"), now=NEXT_DAY)
    assert (by_post.needs, by_post.proof_asked_at, by_post.by_post) == ((), NEXT_DAY, ("neutral",))
    back = after(by_post, events.CameBackByPost("els", token, "neutral", "verhuisd"), now=MONDAY)
    assert (back.proof_asked_at, back.by_post) == (None, ())
    assert "came back by post: neutral (verhuisd)" in back.remarks


# --- a mail to a processor -----------------------------------------------------------------------


def test_what_became_of_a_mail_to_a_processor_is_on_record_and_meets_no_term() -> None:
    case = a_case(Kind.ERASURE)
    for event, words in (
        (settled("processor_request", audience="processor"), "sent: processor_request"),
        (settled("processor_request", LetterState.FAILED, "processor"), "failed: processor_request"),
        (bounced("processor_request", "processor"), "bounced: processor_request"),
    ):
        found = after(case, event, now=NEXT_DAY)
        assert (found.remarks[-1], found.deadlines) == (words, case.deadlines)
