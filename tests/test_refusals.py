"""What a person may not do: each refusal with its rule, and beside it the nearest thing that is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, KNOWN, STRANGER, a_case, a_mail, a_policy, a_proven_case, a_verdict, after, arrived, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.decide.apply import apply
from mailbot.errors import Refused
from mailbot.model import (
    ON_PAPER,
    Address,
    Case,
    Defect,
    Item,
    Kind,
    LetterState,
    Match,
    MatchState,
    Outcome,
    Place,
    Policy,
    Processor,
    RetainedDocument,
    Status,
    StepEnding,
)

NEXT_DAY = AT + timedelta(days=1)
NAMED = Match(MatchState.NAMED, "1001", "piet@klant.example")
EXTEND = events.ExtensionDecided("els", "vier systemen")
LIFT = events.RestrictionLifted("els", "u vroeg het", on_request=True)
BREACH = events.BreachDecided("els", "notify", "groot lek")
CONFIRM = events.IdentityConfirmed("els", "teruggebeld")
LINK = events.CustomerLinked("els", "1002", "jan@thuis.example", "gebeld")


def refused(case: Case, event: events.Event, policy: Policy | None = None, now: datetime = NEXT_DAY) -> str:
    """The rule, or the words of a refusal that has none."""
    with pytest.raises(Refused) as caught:
        decide(case, event, policy or a_policy(), now)
    return str(caught.value)


def allowed(case: Case, event: events.Event, policy: Policy | None = None, now: datetime = NEXT_DAY) -> Case:
    return after(case, event, policy, now)


def nameless(*kinds: Kind) -> Case:
    """A case whose mail showed no address."""
    return replace(a_case(*kinds), requester=None)


def answered(case: Case, at: datetime = NEXT_DAY) -> Case:
    """The case once its answer has left."""
    event = events.Answered("els", "Hierbij.", Outcome.ANSWERED)
    [letter] = sends(case, event, now=at)
    case = after(case, event, now=at)
    return after(case, events.LetterSettled(letter.token, "answer", LetterState.SENT, "requester"), now=at)


# --- the clock -----------------------------------------------------------------------------------


def test_nobody_extends_what_was_answered() -> None:
    assert "A-30" in refused(answered(a_proven_case(Kind.ACCESS)), EXTEND)


def test_an_extension_that_waits_for_its_letter_is_not_decided_twice() -> None:
    assert "A-30" in refused(allowed(a_case(Kind.ACCESS), EXTEND), EXTEND)


def test_a_minors_case_is_extended_everywhere_but_in_france_and_another_case_there_too() -> None:
    assert allowed(a_case(Kind.MINOR), EXTEND).extension_reason
    french = a_policy(country="FR")
    assert allowed(a_case(Kind.ACCESS, policy=french), EXTEND, french).extension_reason


def test_the_last_day_for_an_extension_is_the_one_on_the_companys_own_clock() -> None:
    last = datetime(2026, 2, 28, 22, 59, tzinfo=UTC)  # 23:59 in Amsterdam
    assert allowed(a_case(Kind.ACCESS), EXTEND, now=last).extension_reason
    assert "A-34" in refused(a_case(Kind.ACCESS), EXTEND, now=last + timedelta(minutes=1))


def test_the_notice_names_the_day_with_the_standstill_or_where_that_lasts_without_it() -> None:
    asked = after(a_case(Kind.ACCESS), events.IdentityAsked("els", "een andere naam"), now=NEXT_DAY)
    asked = after(asked, events.LetterSettled("t", "confirmation", LetterState.SENT, "requester"), now=NEXT_DAY)
    [waiting] = sends(asked, EXTEND, now=NEXT_DAY)
    proven = after(asked, CONFIRM, now=NEXT_DAY + timedelta(days=10))
    [counted] = sends(proven, EXTEND, now=NEXT_DAY + timedelta(days=10))
    assert (waiting.until, counted.until) == (date(2026, 4, 28), date(2026, 5, 8))


def test_a_receipt_is_corrected_up_to_this_very_moment() -> None:
    assert allowed(a_case(), events.ReceiptCorrected("els", NEXT_DAY, "x")).received_at == NEXT_DAY
    late = events.ReceiptCorrected("els", NEXT_DAY + timedelta(seconds=1), "x")
    assert "A-04" in refused(a_case(), late)


# --- who writes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [EXTEND, events.IdentityAsked("els", "twijfel"), events.Answered("els", "Hierbij.", Outcome.ANSWERED)],
    ids=lambda event: type(event).__name__,
)
def test_whoever_has_no_address_is_told_on_paper_which_waits_to_be_posted(event: events.StaffActed) -> None:
    case = replace(nameless(Kind.ACCESS), known_email="", match=MatchState.UNKNOWN, identity="unproven")
    [send] = [one for one in sends(case, event) if one.audience == "requester"]
    assert (send.to, send.state, send.why) == ("", LetterState.HELD, ON_PAPER)


@pytest.mark.parametrize("match", [STRANGER, NAMED, Match(MatchState.AMBIGUOUS)])
def test_whoever_does_not_write_from_the_address_on_file_may_be_asked(match: Match) -> None:
    assert allowed(a_case(Kind.ACCESS, match=match), events.IdentityAsked("els")).doubt


@pytest.mark.parametrize("kind", [Kind.ERASURE, Kind.RECTIFICATION])
def test_what_cannot_be_undone_may_be_checked_without_any_doubt(kind: Kind) -> None:
    assert allowed(a_case(kind), events.IdentityAsked("els")).doubt == ""


@pytest.mark.parametrize("kind", [Kind.PORTABILITY, Kind.RESTRICTION, Kind.OBJECTION])
def test_the_rest_is_not_asked_at_the_address_on_file(kind: Kind) -> None:
    assert "C-01" in refused(a_case(kind), events.IdentityAsked("els", "  "))


def test_a_sender_that_failed_its_check_may_be_asked() -> None:
    failed = replace(a_case(Kind.ACCESS), identity="failed")
    assert allowed(failed, events.IdentityAsked("els")).doubt


def test_the_question_goes_to_the_address_on_file_else_to_who_wrote() -> None:
    stranger = a_mail(sender=Address("nieuw@elders.example"))
    known = sends(a_case(Kind.ACCESS, match=NAMED, mail=stranger), events.IdentityAsked("els"))
    unknown = sends(a_case(Kind.ACCESS, match=STRANGER, mail=stranger), events.IdentityAsked("els"))
    assert [(send.template, send.to) for send in known] == [("confirmation", "piet@klant.example")]
    assert [(send.template, send.to) for send in unknown] == [("identity_question", "nieuw@elders.example")]


def test_proof_comes_once_not_from_the_future_and_with_a_word_on_how() -> None:
    case = a_case(Kind.ERASURE)
    assert allowed(case, replace(CONFIRM, at=AT)).identity_received_at == AT
    assert allowed(case, replace(CONFIRM, at=NEXT_DAY)).identity_received_at == NEXT_DAY
    assert allowed(case, CONFIRM).identity_received_at == NEXT_DAY
    assert "future" in refused(case, replace(CONFIRM, at=NEXT_DAY + timedelta(seconds=1)))
    assert "C-12" in refused(case, replace(CONFIRM, reason=" "))
    assert "already" in refused(allowed(case, CONFIRM), CONFIRM)


def test_a_customer_is_linked_with_a_reason_and_only_while_it_is_open_who_writes() -> None:
    case = a_case(Kind.ACCESS, match=STRANGER)
    assert allowed(case, LINK).customer_id == "1002"
    assert "C-03" in refused(case, replace(LINK, reason=" "))
    for identity in ("confirmed", "denied"):
        assert "C-03" in refused(replace(case, identity=identity), LINK)


def test_linking_the_address_that_wrote_makes_it_known_and_another_one_makes_it_named() -> None:
    case = a_case(Kind.ACCESS, match=Match(MatchState.AMBIGUOUS))
    own = allowed(case, replace(LINK, known_email="Piet@klant.example"))
    other = allowed(case, LINK)
    assert (own.match, own.identity) == (MatchState.KNOWN, "known_address")
    assert (other.match, other.identity) == (MatchState.NAMED, "unproven")
    assert "ambiguous_customer" in case.needs
    assert "ambiguous_customer" not in other.needs


def test_a_failed_check_stays_failed_whoever_is_linked() -> None:
    case = replace(a_case(Kind.ACCESS, match=STRANGER), identity="failed")
    assert allowed(case, replace(LINK, known_email="piet@klant.example")).identity == "failed"


def test_a_question_that_a_person_asks_leaves_at_once_and_asks_for_an_answer() -> None:
    hold = a_policy(mode="hold")
    [known] = sends(a_case(Kind.ERASURE), events.IdentityAsked("els"), hold)
    [unknown] = sends(a_case(Kind.ACCESS, match=STRANGER), events.IdentityAsked("els"), hold)
    assert (known.state, known.asks, unknown.state) == (LetterState.QUEUED, True, LetterState.QUEUED)


def test_each_question_that_a_person_asks_is_a_letter_of_its_own() -> None:
    ask = events.IdentityAsked("els", "een andere naam")
    first, case = sends(a_case(), ask)[0], after(a_case(), ask)
    assert [first.token, sends(case, ask)[0].token] == ["AVG-2026-0001:identity:1", "AVG-2026-0001:identity:2"]


def test_the_first_doubt_stays_the_reason_of_the_question() -> None:
    case = allowed(a_case(Kind.ACCESS), events.IdentityAsked("els", "een andere naam"))
    assert allowed(case, events.IdentityAsked("els", "nog iets")).doubt == "een andere naam"


# --- where an answer goes ------------------------------------------------------------------------


def test_copies_never_go_to_a_colleague_however_he_is_written() -> None:
    for email in ("info@shop.example", "John@Staff.example", " els@staff.example "):
        assert "F-11" in refused(a_case(), events.RecipientNamed("els", email, "handig", representative=True))


def test_another_address_needs_a_reason_and_proof_or_a_mandate() -> None:
    new = events.RecipientNamed("els", "Nieuw@elders.example", "volmacht gezien")
    assert "C-11" in refused(a_proven_case(), replace(new, reason=" "))
    assert "C-04" in refused(a_case(), new)
    assert allowed(a_proven_case(), new).recipient == "nieuw@elders.example"
    assert allowed(a_case(), replace(new, representative=True)).recipient == "nieuw@elders.example"


# --- breach, restriction, marketing --------------------------------------------------------------


def test_a_breach_is_decided_where_there_is_one_by_one_of_two_words_with_a_reason() -> None:
    case = a_case(Kind.BREACH_REPORT)
    assert allowed(case, BREACH).breach_decision == "notify"
    assert "no report" in refused(a_case(), BREACH)
    assert "A-55" in refused(case, replace(BREACH, decision="later"))
    assert "A-55" in refused(case, replace(BREACH, reason=" "))


def test_a_decision_not_to_notify_a_breach_meets_its_hours_and_leaves_the_month() -> None:
    case = allowed(a_case(Kind.BREACH_REPORT), replace(BREACH, decision="register_only"))
    assert {deadline.name for deadline in case.deadlines if deadline.met_at} == {"breach"}


def test_a_restriction_is_lifted_where_there_is_one_with_a_reason_and_somebody_to_tell() -> None:
    case = a_case(Kind.RESTRICTION)
    assert [send.template for send in sends(case, LIFT)] == ["restriction_lifted"]
    assert "Nothing is restricted" in refused(a_case(), LIFT)
    assert "A-54" in refused(case, replace(LIFT, reason=" "))
    [paper] = sends(replace(case, requester=None, known_email=""), LIFT)
    assert (paper.to, paper.state) == ("", LetterState.HELD)


def test_each_try_to_lift_has_a_letter_of_its_own_that_leaves_at_once_and_asks_for_no_paper() -> None:
    case = a_case(Kind.RESTRICTION)
    [first] = sends(case, LIFT, a_policy(mode="hold"))
    [second] = sends(allowed(case, LIFT), LIFT)
    assert (first.token, second.token) == ("AVG-2026-0001:lifted:1", "AVG-2026-0001:lifted:2")
    assert first.state is LetterState.QUEUED
    assert "C-06" in refused(case, replace(LIFT, reason="Stuur ons eerst een kopie van uw paspoort."))


def test_who_promised_it_lifts_when_asked_in_the_mail_or_by_word() -> None:
    policy, unasked = a_policy(only_person_lifts=True), replace(LIFT, on_request=False)
    assert "A-54" in refused(a_case(Kind.RESTRICTION), unasked, policy)
    proven = allowed(a_case(Kind.RESTRICTION, Kind.RESTRICTION_LIFT), events.IdentityConfirmed("els", "gebeld"))
    assert sends(proven, unasked, policy)
    assert sends(a_case(Kind.RESTRICTION), unasked)


def test_that_it_stopped_is_said_once_and_only_where_something_had_to() -> None:
    stopped = events.StopConfirmed("els")
    case = allowed(a_case(Kind.DIRECT_MARKETING), stopped)
    assert case.remarks[-1] == "stopped"
    assert "already" in refused(case, stopped)
    assert "Nothing has to stop" in refused(a_case(), stopped)
    for kind in (Kind.OBJECTION, Kind.CONSENT_WITHDRAWAL):
        assert allowed(a_case(kind), stopped).stopped_at == NEXT_DAY


def test_an_address_comes_off_the_list_only_where_there_is_one_and_with_a_reason() -> None:
    case = a_case(Kind.DIRECT_MARKETING)
    lifted = allowed(case, events.SuppressionLifted("els", "vergissing"))
    assert lifted.suppressed == ()
    assert "marketing not stopped after all: vergissing" in lifted.remarks
    assert "A-50" in refused(case, events.SuppressionLifted("els", " "))
    assert "No address" in refused(a_case(), events.SuppressionLifted("els", "vergissing"))


# --- kinds, closing, opening ---------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [(), (Kind.NOT_A_REQUEST, Kind.ERASURE)])
def test_a_correction_names_the_kinds_and_no_request_stands_alone(kinds: tuple[Kind, ...]) -> None:
    assert "Name the kinds" in refused(a_case(), events.Corrected("els", kinds))


def test_several_rights_may_be_named_together_and_no_request_is_recorded_as_such() -> None:
    both = (Kind.ACCESS, Kind.ERASURE)
    assert allowed(a_case(), events.Corrected("els", both, "gelezen")).kinds == both
    none = allowed(a_case(), events.Corrected("els", (Kind.NOT_A_REQUEST,), "reclame"))
    assert (none.items, none.status) == ((Item(Kind.NOT_A_REQUEST, Outcome.NO_REQUEST),), Status.CLOSED)
    assert any("reclame" in remark for remark in none.remarks)
    assert "is closed" in refused(none, events.Corrected("els", (Kind.NOT_A_REQUEST,)))


@pytest.mark.parametrize(
    "event", [events.Corrected("els", (Kind.NOT_A_REQUEST,)), events.Closed("els", Outcome.WITHDRAWN, "x"), CONFIRM]
)
def test_only_the_letter_that_waits_is_taken_back_and_no_warning(event: events.Event) -> None:
    case = replace(a_case(), alerted=("7-days:2026-02-20", "cannot_identify:2026-02-28"))
    taken = [one.token for one in decide(case, event, a_policy(), NEXT_DAY) if isinstance(one, do.Unsend)]
    assert taken == ["AVG-2026-0001:cannot_identify:2026-02-28"]


def test_what_a_person_notes_stands_in_the_file_of_an_open_and_of_a_closed_case() -> None:
    closed = allowed(a_case(), events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    for case in (a_case(), closed):
        assert "gebeld" in allowed(case, events.Noted("els", "gebeld")).remarks


def test_a_closed_case_takes_no_correction_no_acceptance_and_no_second_end() -> None:
    closed = allowed(a_case(), events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    for event in (
        events.Corrected("els", (Kind.ERASURE,)),
        events.Accepted("els"),
        events.Closed("els", Outcome.WITHDRAWN, "nogmaals"),
        events.IdentityAsked("els", "twijfel"),
        EXTEND,
    ):
        assert "is closed" in refused(closed, event)
    assert "is open" in refused(a_case(), events.Reopened("els", "x"))


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.NO_REQUEST])
def test_what_was_no_request_or_was_taken_back_closes_without_an_answer(outcome: Outcome) -> None:
    closed = allowed(a_case(Kind.ERASURE), events.Closed("els", outcome, "x"))
    assert (closed.status, closed.items[0].outcome) == (Status.CLOSED, outcome)
    assert [deadline for deadline in closed.deadlines if deadline.met_at] == []


def test_a_breach_that_was_none_closes_undecided_and_one_taken_back_does_not() -> None:
    case = a_case(Kind.BREACH_REPORT)
    assert allowed(case, events.Closed("els", Outcome.NO_REQUEST, "geen lek")).status is Status.CLOSED
    assert "A-55" in refused(case, events.Closed("els", Outcome.WITHDRAWN, "x"))


def test_a_breach_that_is_to_be_notified_closes_once_somebody_says_that_it_was() -> None:
    decided, done = (
        allowed(a_case(Kind.BREACH_REPORT), BREACH),
        events.Closed("els", Outcome.ANSWERED, "gebeld", answered_elsewhere=True),
    )
    before = replace(decided, breach_notes=())  # as a program without that word left it: its hours are met
    before = apply(before, do.MeetDeadlines(AT, ("breach",)))
    told = events.BreachDescribed("els", notified_at=AT)
    for case in (decided, before):
        for end in (done, replace(done, outcome=Outcome.NO_REQUEST), events.Corrected("els", (Kind.NOT_A_REQUEST,))):
            assert "--notified" in refused(case, end)
        assert allowed(allowed(case, told), done).status is Status.CLOSED
        assert allowed(allowed(case, replace(BREACH, decision="register_only")), done).status is Status.CLOSED


def test_what_must_stop_must_stop_before_the_case_closes() -> None:
    case, done = a_case(Kind.DIRECT_MARKETING), events.Closed("els", Outcome.GRANTED, "x", answered_elsewhere=True)
    assert "A-50" in refused(case, done)
    assert "A-50" not in refused(allowed(case, events.StopConfirmed("els")), replace(done, answered_elsewhere=False))


def test_an_answer_by_another_way_counts_from_when_the_colleague_wrote() -> None:
    case = after(a_case(Kind.PRIVACY_QUESTION), events.StaffMailSeen("<c@shop.example>", AT))
    closed = allowed(case, events.Closed("els", Outcome.ANSWERED, "per mail", answered_elsewhere=True))
    assert {deadline.met_at for deadline in closed.deadlines} == {AT}
    later = allowed(a_case(Kind.PRIVACY_QUESTION), events.Closed("els", Outcome.ANSWERED, "x", answered_elsewhere=True))
    assert {deadline.met_at for deadline in later.deadlines} == {NEXT_DAY}


def test_an_answered_case_that_opens_again_runs_again_with_its_rights_undecided() -> None:
    case = allowed(a_case(Kind.PRIVACY_QUESTION), events.Closed("els", Outcome.ANSWERED, "x", answered_elsewhere=True))
    opened = allowed(case, events.Reopened("els", "niet beantwoord"))
    assert (opened.status, opened.items) == (Status.OPEN, (Item(Kind.PRIVACY_QUESTION),))
    assert [deadline for deadline in opened.deadlines if deadline.met_at] == []
    assert opened.next_at is not None
    wrote = after(a_case(Kind.PRIVACY_QUESTION), events.StaffMailSeen("<c@shop.example>", AT))
    closed = allowed(wrote, events.Closed("els", Outcome.ANSWERED, "x", answered_elsewhere=True))
    again = allowed(closed, events.Reopened("els", "niet beantwoord"))
    assert (again.colleague_wrote_at, "door collega" in again.clock) == (None, False)


def test_accepting_takes_the_doubt_away_and_nothing_else() -> None:
    event = arrived(verdict=a_verdict(Kind.ACCESS, act="triage"), match=Match(MatchState.AMBIGUOUS), junk=True)
    case = after(None, event)
    assert set(case.needs) == {"unsure", "ambiguous_customer", "junk"}
    assert set(allowed(case, events.Accepted("els")).needs) == {"ambiguous_customer", "junk"}


def test_accepting_an_open_case_says_that_what_was_not_surely_asked_was() -> None:
    case = a_case(mail=a_mail(text="Welke gegevens hebt u van mij? En stuur mij geen reclame meer."))
    assert case.needs == ("stop_marketing", "marketing_unsure")
    assert allowed(case, events.Accepted("els")).needs == ("stop_marketing",)


def test_accepting_a_further_mail_writes_no_first_letter_anew_and_ends_no_doubt_about_the_first() -> None:
    open_case, doubted = a_case(), after(None, arrived(verdict=a_verdict(Kind.ERASURE, act="triage")))
    asks_more = replace(open_case, needs=("asks_more",))
    assert (allowed(asks_more, events.Accepted("els")).needs, sends(asks_more, events.Accepted("els"))) == ((), [])
    wrote_again = replace(doubted, needs=(*doubted.needs, "wrote_again"))
    accepted = allowed(wrote_again, events.Accepted("els"))
    assert (accepted.status, accepted.needs) == (Status.OPEN, ())


def test_agreeing_that_nothing_is_asked_ends_the_case_save_for_what_an_authority_demands() -> None:
    verdict = a_verdict(Kind.NOT_A_REQUEST, act="triage")
    ended = allowed(after(None, arrived(verdict=verdict)), events.Accepted("els"))
    assert (ended.status, ended.items[0].outcome, ended.next_at) == (Status.CLOSED, Outcome.NO_REQUEST, None)
    demand = arrived(verdict=replace(verdict, signals=("authority_demand",)))
    assert allowed(after(None, demand), events.Accepted("els")).status is Status.OPEN


def test_accepting_asks_the_customer_who_was_named() -> None:
    event = arrived(verdict=a_verdict(Kind.ERASURE, act="triage"), match=NAMED)
    letters = sends(after(None, event), events.Accepted("els"))
    assert [(send.template, send.asks) for send in letters] == [("neutral", False), ("confirmation", True)]
    none = arrived(verdict=a_verdict(Kind.NOT_A_REQUEST, act="triage"))
    assert [send.audience for send in sends(after(None, none), events.Accepted("els"))] == ["staff"]


def test_accepting_acknowledges_a_question_but_writes_to_no_authority_and_to_nobody_without_an_address() -> None:
    question = after(None, arrived(verdict=a_verdict(Kind.PRIVACY_QUESTION, act="triage")))
    demand = after(None, arrived(verdict=a_verdict(Kind.NOT_A_REQUEST, act="triage", signals=("authority_demand",))))
    unsure = after(None, arrived(verdict=a_verdict(Kind.ACCESS, act="triage")))
    for case, templates in (
        (question, ["acknowledgement"]),
        (demand, []),
        (replace(unsure, requester=None), []),
    ):
        letters = sends(case, events.Accepted("els"))
        assert [send.template for send in letters if send.audience == "requester"] == templates


def test_accepting_what_was_stopped_already_calls_nobody_to_stop_it_again() -> None:
    text = "Stuur mij geen reclame meer."
    event = arrived(verdict=a_verdict(Kind.DIRECT_MARKETING, act="triage"), mail=a_mail(text=text))
    stopped = allowed(after(None, event), events.StopConfirmed("els", "lijst geleegd"))
    assert "stopped: lijst geleegd" in stopped.remarks
    assert allowed(stopped, events.Accepted("els")).needs == ()


def test_a_guess_at_a_mail_that_could_not_be_read_takes_nobody_off_a_list_and_accepting_ends_that_doubt() -> None:
    event = arrived(Kind.DIRECT_MARKETING, mail=a_mail(defects=(Defect.ENCRYPTED,), text="", subject="bericht"))
    case = after(None, event)
    assert (case.suppressed, case.needs) == ((), ("unreadable",))
    assert "unreadable" not in allowed(case, events.Accepted("els")).needs


def test_only_addresses_that_are_known_come_on_the_list() -> None:
    assert a_case(Kind.DIRECT_MARKETING, match=STRANGER).suppressed == ("piet@klant.example",)


def test_only_a_correction_that_makes_it_a_breach_calls_people_about_one() -> None:
    def called(case: Case, *kinds: Kind) -> bool:
        letters = sends(case, events.Corrected("els", kinds), now=NEXT_DAY)
        return any(send.template == "breach_undecided" for send in letters)

    assert called(a_case(), Kind.BREACH_REPORT)
    assert not called(a_case(), Kind.ERASURE)
    assert not called(a_case(Kind.BREACH_REPORT), Kind.BREACH_REPORT, Kind.ACCESS)
    still = allowed(a_case(Kind.BREACH_REPORT), events.Corrected("els", (Kind.BREACH_REPORT, Kind.ACCESS)))
    assert "breach" in still.needs, "it is one still, and nobody has decided about it"


def test_what_needed_not_stop_after_all_keeps_no_answered_case_open() -> None:
    lifted = allowed(answered(a_proven_case(Kind.DIRECT_MARKETING)), events.SuppressionLifted("els", "vergissing"))
    aside = allowed(lifted, events.StepSettled("els", "stop_marketing", StepEnding.SKIPPED, "vergissing"))
    assert [deadline.name for deadline in aside.deadlines if deadline.met_at is None] == ["stop_by"]
    assert allowed(aside, events.Closed("els", Outcome.ANSWERED, "beantwoord")).status is Status.CLOSED


# --- answers -------------------------------------------------------------------------------------


def test_a_refusal_is_never_written_in_own_words() -> None:
    assert "A-35" in refused(a_proven_case(), events.Answered("els", "Nee.", Outcome.REFUSED))


@pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.PARTLY])
@pytest.mark.parametrize("kind", [Kind.ERASURE, Kind.RECTIFICATION])
def test_nothing_is_granted_in_whole_or_part_before_it_is_known_who_writes(kind: Kind, outcome: Outcome) -> None:
    assert "C-02" in refused(a_case(kind), events.Answered("els", "Gedaan.", outcome))
    assert sends(a_case(kind), events.Answered("els", "Daar kijken wij naar.", Outcome.ANSWERED))


def test_an_earlier_joiner_is_refused_by_the_first_receipt_and_by_the_person() -> None:
    later = replace(a_case(Kind.ACCESS), ref="AVG-2026-0002", received_at=NEXT_DAY)
    first = a_case(Kind.ACCESS)
    same_moment = replace(first, ref="AVG-2026-0003")
    assert allowed(later, events.BelongsTo("els", first, "vervolg")).status is Status.CLOSED
    assert allowed(first, events.BelongsTo("els", same_moment, "dubbel")).status is Status.CLOSED
    assert "A-04" in refused(first, events.BelongsTo("els", later, "vervolg"))
    stranger = replace(
        first, ref="AVG-2026-0004", requester=Address("x@elders.example"), known_email="", customer_id=""
    )
    assert "C-03" in refused(later, events.BelongsTo("els", stranger, "vervolg"))
    nobody = replace(later, requester=Address("y@elders.example"), known_email="", customer_id="")
    assert "C-03" in refused(nobody, events.BelongsTo("els", stranger, "beiden zonder klantnummer"))


def test_a_case_joins_neither_itself_nor_a_closed_one_and_never_without_a_reason() -> None:
    first = a_case(Kind.ACCESS)
    later = replace(first, ref="AVG-2026-0002", received_at=NEXT_DAY)
    closed = allowed(first, events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert "itself" in refused(later, events.BelongsTo("els", later, "vervolg"))
    assert "Say why" in refused(later, events.BelongsTo("els", first, " "))
    assert "is closed" in refused(later, events.BelongsTo("els", closed, "vervolg"))


def test_one_customer_number_or_one_address_makes_two_cases_one_persons() -> None:
    first = a_case(Kind.ACCESS)
    later = replace(first, ref="AVG-2026-0002", received_at=NEXT_DAY)
    by_number = replace(later, requester=Address("x@elders.example"), known_email="")
    by_address = replace(later, customer_id="")
    for case in (by_number, by_address):
        assert allowed(case, events.BelongsTo("els", first, "vervolg")).status is Status.CLOSED


def test_what_the_later_case_asks_besides_is_lost_in_no_case() -> None:
    first = a_case(Kind.ACCESS)
    later = replace(a_case(Kind.ERASURE, match=KNOWN), ref="AVG-2026-0002", received_at=NEXT_DAY)
    assert "F-15" in refused(later, events.BelongsTo("els", first, "vervolg"))
    nothing = replace(later, items=(Item(Kind.NOT_A_REQUEST),))
    joined = allowed(nothing, events.BelongsTo("els", first, "vervolg"))
    assert joined.items[0].outcome is Outcome.NO_REQUEST


# --- work ----------------------------------------------------------------------------------------

SHOP = a_policy(places=(Place("WooCommerce", "klantprofiel"),))


def settled(step: str, how: StepEnding, note: str = "x") -> events.StepSettled:
    return events.StepSettled("els", step, how, note)


def test_a_step_is_set_aside_with_a_reason_once_and_only_a_place_can_be_out_of_use() -> None:
    case = a_proven_case(Kind.ACCESS, policy=SHOP)
    assert "F-15" in refused(case, settled("look_up", StepEnding.SKIPPED, " "), SHOP)
    assert "Only a place" in refused(case, settled("package", StepEnding.NOT_USED), SHOP)
    aside = allowed(case, settled("look_up", StepEnding.NOT_USED), SHOP)
    assert "settled already" in refused(aside, settled("look_up", StepEnding.SKIPPED), SHOP)


@pytest.mark.parametrize(
    ("kind", "step", "verb"),
    [
        (Kind.ACCESS, "identity", "mailbot confirm"),
        (Kind.BREACH_REPORT, "breach", "mailbot breach"),
        (Kind.ACCESS, "decide:access", "mailbot decide"),
        (Kind.ACCESS, "answer", "mailbot answer"),
        (Kind.RESTRICTION_LIFT, "lift", "mailbot lift"),
    ],
)
def test_no_tick_does_what_has_a_verb_of_its_own_because_more_happens(kind: Kind, step: str, verb: str) -> None:
    case = replace(a_case(kind, match=STRANGER, policy=SHOP), restricted_since=AT)
    assert f"is done with `{verb}" in refused(case, settled(step, StepEnding.DONE), SHOP)


@pytest.mark.parametrize("kind", [Kind.ERASURE, Kind.MINOR])
def test_an_erasure_of_which_documents_stay_is_granted_in_part_only(kind: Kind) -> None:
    kept = events.DocumentsKept(
        "els", (RetainedDocument("F1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52 AWR"),)
    )
    case = replace(allowed(a_proven_case(kind), kept), recipient="piet@klant.example")
    assert "B-40" in refused(case, events.Answered("els", "Alles is gewist.", Outcome.GRANTED))
    assert sends(case, events.Answered("els", "Een deel is gewist.", Outcome.PARTLY), now=NEXT_DAY)


@pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.PARTLY, Outcome.ANSWERED])
def test_no_access_answer_leaves_while_a_processor_is_in_doubt(outcome: Outcome) -> None:
    policy = a_policy(processors=(Processor("AddThis", "b", status="te bevestigen"),))
    case = a_proven_case(Kind.ACCESS, policy=policy)
    assert "E-23" in refused(case, events.Answered("els", "Hierbij.", outcome), policy)


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.NO_REQUEST])
def test_work_that_is_left_keeps_no_case_open_that_was_taken_back_or_was_none(outcome: Outcome) -> None:
    case = a_proven_case(Kind.ERASURE, policy=SHOP)
    done = events.Closed("els", Outcome.GRANTED, "x", answered_elsewhere=True)
    assert "F-15" in refused(case, done, SHOP)
    assert allowed(case, replace(done, outcome=outcome, answered_elsewhere=False), SHOP).status is Status.CLOSED


def test_a_hold_needs_a_reason_and_a_file_is_taken_out_only_where_it_is() -> None:
    assert "F-15" in refused(a_case(), events.HeldLegally("els", " "))
    assert "is not held" in refused(a_case(), events.HeldLegally("els", "klaar", lift=True))
    assert "has no file 3" in refused(a_case(), events.FileDetached("els", 3))


def test_that_nobody_knows_what_is_right_is_no_answer_while_the_data_are_used() -> None:
    """Article 18(1)(a): the letter says that they are not used meanwhile, so that has to be so (B-11)."""
    belgian = a_policy(country="BE")
    facts = (("ground", ("accuracy_unknown",)), ("reasons", ("Wij vinden geen stuk waarin uw geboortejaar staat.",)))
    event = events.Replied("els", "refused", facts, (Kind.RECTIFICATION,))
    case = a_proven_case(Kind.RECTIFICATION, policy=belgian)
    assert "not used as long as nobody knows" in refused(case, event, belgian)
    both = allowed(case, events.Corrected("els", (Kind.RECTIFICATION, Kind.RESTRICTION)), belgian)
    assert "not used as long as nobody knows" in refused(both, event, belgian)
    told = allowed(allowed(both, events.StopConfirmed("els", "overal"), belgian), event, belgian)
    assert [item.kind for item in told.items if item.letter] == [Kind.RECTIFICATION]
