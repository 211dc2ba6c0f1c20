"""A person answers: what is refused, what leaves, and when the term of a case is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders import AT, STRANGER, a_policy, after, arrived, met, sends
from builders import a_proven_case as a_case
from mailbot import events
from mailbot.checklist import reply_for
from mailbot.decide import decide
from mailbot.decide.replying import objections
from mailbot.errors import Refused
from mailbot.model import Case, Item, Kind, LetterState, MatchState, Outcome, Policy, Processor

NEXT_DAY = AT + timedelta(days=1)
HIS_WORDS = "Uw huisnummer is verbeterd; uw geboortedatum hadden wij al goed."
WHY = "Uw bestelling van 3 januari is nog niet betaald en onze vordering ligt bij de rechter."
NOTHING = events.Replied("els", "nothing_found", (("searched", ("Outlook",)),), (Kind.ACCESS,))
ERASED = (("erased", ("uw klantprofiel",)), ("erased_on", ("2026-02-01",)))


def reply(name: str, *kinds: Kind, number: int = 1, late: str = "", **given: str) -> events.Replied:
    facts = tuple((key, (value,)) for key, value in given.items())
    return events.Replied("els", name, facts, kinds, number, late)


def refusal(*kinds: Kind, ground: str = "legal_claims", reasons: str = WHY, late: str = "") -> events.Replied:
    return reply("refused", *kinds, ground=ground, reasons=reasons, late=late)


def erasure() -> events.Replied:
    return events.Replied("els", "erasure_granted", ERASED, (Kind.ERASURE,))


def sent(case: Case, event: events.Replied, at: datetime = NEXT_DAY) -> Case:
    """The case once that reply has left."""
    letter = sends(case, event, now=at)[0]
    case = after(case, event, now=at)
    return after(case, events.LetterSettled(letter.token, letter.template, LetterState.SENT, "requester"), now=at)


def outcomes(case: Case) -> list[Outcome]:
    return [item.outcome for item in case.items]


def refused(case: Case, event: events.StaffActed, policy: Policy | None = None, now: datetime = NEXT_DAY) -> str:
    with pytest.raises(Refused) as caught:
        decide(case, event, policy or a_policy(), now)
    return str(caught.value)


# --- a reply -------------------------------------------------------------------------------------


def test_a_reply_carries_what_the_person_gave_and_decides_the_right_it_is_about() -> None:
    [letter] = sends(a_case(Kind.ERASURE), erasure(), now=NEXT_DAY)
    assert (letter.template, letter.state, letter.about) == ("erasure_granted", LetterState.QUEUED, (Kind.ERASURE,))
    assert dict(letter.facts)["erased"] == ("uw klantprofiel",)
    assert outcomes(after(a_case(Kind.ERASURE), erasure(), now=NEXT_DAY)) == [Outcome.GRANTED]


def test_what_is_lacking_is_named_with_its_rule_and_nothing_is_sent() -> None:
    told = refused(a_case(Kind.ERASURE), events.Replied("els", "erasure_partly", ERASED, (Kind.ERASURE,)))
    assert "--set kept=" in told
    assert "(B-12)" in told
    assert "erased_on" not in told


def test_what_the_settings_say_need_not_be_typed() -> None:
    policy = a_policy(
        purposes=("bestellingen leveren",), retention=("facturen: zeven jaar",), processors=(Processor("Mollie", "b"),)
    )
    event = reply("access_granted", copy="Als bijlage.", categories="uw naam", source="Van u zelf.", automated="Nee.")
    [letter] = sends(a_case(Kind.ACCESS, policy=policy), event, policy, NEXT_DAY)
    facts = dict(letter.facts)
    assert facts["purposes"] == ("bestellingen leveren",)
    assert facts["recipients"] == ("Mollie, categorie b",)


def test_a_gap_in_the_settings_stops_the_reply() -> None:
    processor = Processor("SparkPost", "E-mail", outside_eu="Verenigde Staten; vul hier in welke waarborg")
    policy = a_policy(purposes=("x",), retention=("y",), processors=(processor,))
    event = reply("access_granted", copy="Als bijlage.", categories="uw naam", source="Van u zelf.", automated="Nee.")
    assert "a gap" in refused(a_case(Kind.ACCESS, policy=policy), event, policy)


def test_a_fact_that_no_reply_takes_is_refused() -> None:
    assert "takes no fact colour" in refused(a_case(Kind.ERASURE), reply("erasure_granted", colour="rood"))


@pytest.mark.parametrize("day", ["2 maart", "2026-02-30", "gisteren"])
def test_a_day_is_written_as_a_day(day: str) -> None:
    assert "2026-03-31" in refused(a_case(Kind.ERASURE), reply("erasure_granted", erased="x", erased_on=day))


@pytest.mark.parametrize("kept", ["facturen", "facturen | de wet", "facturen | de wet | ooit"])
def test_what_stays_is_named_with_reason_and_end(kept: str) -> None:
    event = reply("erasure_partly", erased="x", erased_on="2026-02-01", closed_on="2026-02-01", kept=kept)
    assert refused(a_case(Kind.ERASURE), event)


def test_a_reply_about_something_that_was_not_asked_is_refused() -> None:
    assert "asks nothing that" in refused(a_case(Kind.ACCESS), erasure_for(()))
    assert "does not ask erasure" in refused(a_case(Kind.ACCESS), erasure())


def erasure_for(kinds: tuple[Kind, ...]) -> events.Replied:
    return events.Replied("els", "erasure_granted", ERASED, kinds)


def test_a_reply_about_a_right_that_it_does_not_tell_is_refused() -> None:
    both = a_case(Kind.ACCESS, Kind.ERASURE)
    assert "no reply about access" in refused(both, erasure_for((Kind.ACCESS,)))
    assert "no reply about direct_marketing" in refused(
        a_case(Kind.DIRECT_MARKETING), refusal(Kind.DIRECT_MARKETING, ground="legal_claims")
    )


def test_what_nobody_can_refuse_is_not_refused_in_part_either() -> None:
    event = reply("partly_granted", Kind.CONSENT_WITHDRAWAL, ground="legal_claims", reasons=WHY, done="x", left="y")
    assert "B-18" in refused(a_case(Kind.CONSENT_WITHDRAWAL), event)


def test_whoever_was_named_with_his_mandate_needs_no_further_proof_and_a_childs_case_none_at_all() -> None:
    stranger = after(None, arrived(Kind.ERASURE, match=STRANGER))
    named = events.RecipientNamed("els", "mr@advocaat.example", "volmacht gezien", representative=True)
    [letter] = sends(after(stranger, named), erasure(), now=NEXT_DAY)
    assert letter.to == "mr@advocaat.example"
    child = after(None, arrived(Kind.MINOR, match=STRANGER))
    event = reply("minor_erased", erased="uw profiel", erased_on="2026-02-01")
    assert sends(child, event, now=NEXT_DAY)


def test_a_part_is_carried_out_for_nobody_unproven_and_a_no_needs_no_proof() -> None:
    stranger = after(None, arrived(Kind.ERASURE, match=STRANGER))
    partly = reply(
        "erasure_partly", erased="x", erased_on="2026-02-01", closed_on="2026-02-01", kept="facturen | de wet | 2033"
    )
    assert "C-02" in refused(stranger, partly)
    assert sends(after(None, arrived(Kind.ACCESS, match=STRANGER)), NOTHING, now=NEXT_DAY)


def test_no_reply_is_written_in_a_closed_case() -> None:
    closed = after(a_case(Kind.ERASURE), events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    assert "is closed" in refused(closed, erasure())


def test_a_right_that_was_told_is_not_told_again_by_itself() -> None:
    assert "asks nothing that" in refused(sent(a_case(Kind.ERASURE), erasure()), erasure_for(()))


def test_an_access_answer_of_any_form_waits_for_the_list_of_recipients() -> None:
    policy = a_policy(processors=(Processor("AddThis", "b", status="te bevestigen"),))
    case = a_case(Kind.ACCESS, policy=policy)
    assert "E-23" in refused(case, NOTHING, policy)
    assert "E-23" in refused(case, events.Answered("els", "Hierbij.", Outcome.ANSWERED), policy)


def test_own_words_leave_as_an_answer_in_the_thread() -> None:
    [letter] = sends(a_case(Kind.ACCESS), events.Answered("els", "Hierbij.", Outcome.ANSWERED), now=NEXT_DAY)
    assert (letter.template, letter.token, letter.body) == ("answer", "AVG-2026-0001:answer:1", "Hierbij.")


def test_a_right_that_was_taken_back_keeps_no_term_open() -> None:
    case = a_case(Kind.ACCESS, Kind.ERASURE)
    case = after(case, events.ItemDecided("els", Kind.ACCESS, Outcome.WITHDRAWN, "gebeld"), now=NEXT_DAY)
    assert "operating" in met(sent(case, erasure()))


def test_a_reply_decides_what_a_person_decided_before_where_it_can_tell_that() -> None:
    case = a_case(Kind.PRIVACY_QUESTION)
    event = reply("question_answered", answer="Wij bewaren facturen zeven jaar.")
    assert outcomes(after(case, event, now=NEXT_DAY)) == [Outcome.ANSWERED]
    decided = after(case, events.ItemDecided("els", Kind.PRIVACY_QUESTION, Outcome.GRANTED), now=NEXT_DAY)
    assert outcomes(after(decided, event, now=NEXT_DAY)) == [Outcome.GRANTED]


def test_what_was_decided_about_one_right_is_told_of_the_others_in_the_same_reply() -> None:
    policy = a_policy(country="FR")
    case = a_case(Kind.DECEASED, Kind.ERASURE, Kind.ACCESS, policy=policy)
    case = after(case, events.ItemDecided("els", Kind.DECEASED, Outcome.GRANTED), policy, NEXT_DAY)
    case = after(case, events.ItemDecided("els", Kind.ACCESS, Outcome.ANSWERED), policy, NEXT_DAY)
    event = reply("directives_recorded", Kind.DECEASED, Kind.ERASURE, directives="wissen", trusted="Uw broer.")
    assert outcomes(after(case, event, policy, NEXT_DAY)) == [Outcome.GRANTED, Outcome.GRANTED, Outcome.ANSWERED]


def test_a_reply_that_grants_is_not_about_a_right_that_a_person_refused() -> None:
    case = after(a_case(Kind.ERASURE), events.ItemDecided("els", Kind.ERASURE, Outcome.REFUSED, WHY), now=NEXT_DAY)
    assert "asks nothing that" in refused(case, erasure_for(()))


def test_no_reply_tells_another_outcome_than_the_one_on_record_until_that_is_decided_anew() -> None:
    case = sent(a_case(Kind.ERASURE), refusal())
    assert "on record as refused" in refused(case, erasure())
    assert sends(case, reply("mandate_asked", Kind.ERASURE), now=NEXT_DAY)
    anew = after(case, events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED, "toch"), now=NEXT_DAY)
    assert outcomes(sent(anew, erasure())) == [Outcome.GRANTED]


def test_own_words_decide_nothing_else_than_what_is_on_record_until_that_is_decided_anew() -> None:
    case = after(
        a_case(Kind.RECTIFICATION), events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED), now=NEXT_DAY
    )
    assert "rectification is on record as granted" in refused(case, events.Answered("els", HIS_WORDS, Outcome.PARTLY))
    assert outcomes(after(case, events.Answered("els", HIS_WORDS, Outcome.ANSWERED), now=NEXT_DAY)) == [Outcome.GRANTED]
    anew = after(case, events.ItemDecided("els", Kind.RECTIFICATION, Outcome.PARTLY, "toch"), now=NEXT_DAY)
    assert outcomes(after(anew, events.Answered("els", HIS_WORDS, Outcome.PARTLY), now=NEXT_DAY)) == [Outcome.PARTLY]


@pytest.mark.parametrize(
    ("outcome", "ground", "answered"),
    [
        (Outcome.REFUSED, "", False),
        (Outcome.PARTLY, "rights_of_others", False),
        (Outcome.PARTLY, "", True),
        (Outcome.GRANTED, "", True),
    ],
)
def test_own_words_stand_in_for_a_letter_that_did_not_leave_but_never_for_a_no(
    outcome: Outcome, ground: str, answered: bool
) -> None:
    lost = Item(Kind.ACCESS, outcome, "els", AT, letter="AVG-2026-0001:x:1", ground=ground)
    case = replace(a_case(Kind.ACCESS, Kind.COMPLAINT), items=(lost, Item(Kind.COMPLAINT)))
    event = events.Answered("els", "Wij legden het u hier uit.", Outcome.ANSWERED, instead=(lost.letter,))
    written = after(case, event, now=NEXT_DAY)
    assert [item.letter == "AVG-2026-0001:answer:1" for item in written.items] == [answered, True]


def test_what_another_letter_tells_gives_own_words_that_decide_nothing_no_effect() -> None:
    told = Item(Kind.ACCESS, Outcome.GRANTED, "els", AT, letter="AVG-2026-0001:x:1")
    denied = Item(Kind.COMPLAINT, Outcome.REFUSED, "els", AT)
    case = replace(a_case(Kind.ACCESS, Kind.COMPLAINT), items=(told, denied))
    assert "complaint is on record as refused" in refused(case, events.Answered("els", HIS_WORDS, Outcome.GRANTED))


def test_a_refusal_names_its_rule_and_no_word_of_the_program() -> None:
    case = after(
        a_case(Kind.RECTIFICATION), events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED), now=NEXT_DAY
    )
    assert refused(case, events.Answered("els", HIS_WORDS, Outcome.PARTLY)).endswith("--reason ...` first")
    assert refused(case, events.Answered("els", HIS_WORDS, Outcome.REFUSED)).endswith("(A-35)")


def test_own_words_decide_what_is_open_beside_what_was_decided() -> None:
    case = after(
        a_case(Kind.RECTIFICATION, Kind.PRIVACY_QUESTION),
        events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED),
    )
    answered = after(case, events.Answered("els", HIS_WORDS, Outcome.PARTLY), now=NEXT_DAY)
    assert outcomes(answered) == [Outcome.GRANTED, Outcome.PARTLY]


def test_a_question_on_the_way_is_about_what_is_decided_too() -> None:
    case = after(a_case(Kind.ERASURE), events.ItemDecided("els", Kind.ERASURE, Outcome.REFUSED, WHY), now=NEXT_DAY)
    [letter] = sends(case, reply("mandate_asked"), now=NEXT_DAY)
    assert letter.about == (Kind.ERASURE,)


def test_what_must_still_stop_stands_in_the_way_of_no_other_reply() -> None:
    case = a_case(Kind.ERASURE, Kind.DIRECT_MARKETING)
    assert case.needs == ("stop_marketing",)
    assert sends(case, erasure(), now=NEXT_DAY)


def test_why_a_person_had_to_look_is_over_when_every_right_is_answered_but_what_must_stop_must_stop() -> None:
    case = a_case(Kind.COMPLAINT, Kind.OBJECTION, Kind.ACCESS)
    assert case.needs == ("complaint", "freeze")
    objection = reply("objection_not_upheld", ground="compelling_grounds", reasons=WHY, resumed_on="2026-02-10")
    half = after(after(case, NOTHING, now=NEXT_DAY), objection, now=NEXT_DAY)
    assert half.needs == ("complaint", "freeze")
    whole = after(half, reply("complaint_answered", answer="Wij hebben het hersteld."), now=NEXT_DAY)
    assert whole.needs == ("freeze",)
    own = after(case, events.Answered("els", "Wij hebben niets over u.", Outcome.ANSWERED), now=NEXT_DAY)
    assert own.needs == ("freeze",)


def test_the_ground_of_a_refusal_stays_with_its_right_also_when_that_was_decided_before() -> None:
    case = after(
        a_case(Kind.ERASURE, Kind.RECTIFICATION), events.ItemDecided("els", Kind.ERASURE, Outcome.REFUSED, WHY)
    )
    case = after(case, refusal(Kind.ERASURE), now=NEXT_DAY)
    assert [item.ground for item in case.items] == ["legal_claims", ""]
    case = after(case, events.ItemDecided("els", Kind.ERASURE, Outcome.WITHDRAWN), now=NEXT_DAY)
    withdrawn = after(case, reply("request_withdrawn", Kind.ERASURE), now=NEXT_DAY)
    assert [item.ground for item in withdrawn.items] == ["legal_claims", ""]


def test_a_reply_that_does_not_exist_is_refused() -> None:
    assert "mailbot replies" in refused(a_case(Kind.ACCESS), reply("sorry"))


def test_a_letter_of_the_clock_keeps_its_own_verb() -> None:
    assert "mailbot extend" in refused(a_case(Kind.ACCESS), reply("extended"))


def test_directives_for_after_death_are_for_a_french_company_only() -> None:
    event = reply("directives_recorded", directives="wissen", trusted="Uw broer.")
    assert "not for a company in NL" in refused(a_case(Kind.DECEASED), event)
    policy = a_policy(country="FR")
    assert sends(a_case(Kind.DECEASED, policy=policy), event, policy, NEXT_DAY)


def test_nothing_is_carried_out_for_a_stranger() -> None:
    assert "C-02" in refused(after(None, arrived(Kind.ERASURE, match=STRANGER)), erasure())


def test_a_second_reader_lets_the_letter_wait() -> None:
    event = events.Replied("els", "erasure_granted", ERASED, (Kind.ERASURE,), waits=True)
    [letter] = sends(a_case(Kind.ERASURE), event, now=NEXT_DAY)
    assert (letter.state, letter.why) == (LetterState.HELD, "a second person reads this letter first")


def test_in_observe_mode_no_reply_leaves() -> None:
    [letter] = sends(a_case(Kind.ERASURE), erasure(), a_policy(mode="observe"), NEXT_DAY)
    assert letter.state is LetterState.OBSERVED


def test_advertising_is_not_called_stopped_before_somebody_said_so() -> None:
    event = reply("marketing_stopped", channels="e-mail", stopped_on="2026-01-31")
    case = a_case(Kind.DIRECT_MARKETING)
    assert "mailbot stopped" in refused(case, event)
    stopped = after(case, events.StopConfirmed("els"), now=NEXT_DAY)
    assert sends(stopped, event, now=NEXT_DAY)


# --- when the term is met ------------------------------------------------------------------------


def test_the_term_is_met_when_the_only_right_was_told() -> None:
    case = sent(a_case(Kind.ERASURE), erasure())
    assert met(case) == {"act_by", "operating", "notice_by", "statutory"}
    assert case.items[0].told_at == NEXT_DAY


def test_a_reply_that_waits_or_fails_meets_nothing() -> None:
    case = after(a_case(Kind.ERASURE), erasure(), now=NEXT_DAY)
    assert met(case) == set()
    token = f"{case.ref}:erasure_granted:1"
    failed = after(case, events.LetterSettled(token, "erasure_granted", LetterState.FAILED, "requester", "550"))
    assert met(failed) == set()


def test_one_of_two_rights_told_meets_nothing_and_both_do() -> None:
    half = sent(a_case(Kind.ACCESS, Kind.ERASURE), NOTHING)
    assert (met(half), outcomes(half)) == (set(), [Outcome.ANSWERED, Outcome.OPEN])
    assert [item.told_at for item in half.items] == [NEXT_DAY, None]
    assert "operating" in met(sent(half, erasure()))


def test_access_is_told_before_erasure() -> None:
    case = a_case(Kind.ERASURE, Kind.ACCESS)
    assert "B-30" in refused(case, erasure())
    assert sends(sent(case, NOTHING), erasure(), now=NEXT_DAY)


def test_own_words_answer_whatever_no_other_letter_tells() -> None:
    half = sent(a_case(Kind.ACCESS, Kind.RECTIFICATION), NOTHING)
    told = after(half, events.Answered("els", "Wij hebben niets over u.", Outcome.ANSWERED), now=NEXT_DAY)
    assert outcomes(told) == [Outcome.ANSWERED, Outcome.ANSWERED]
    assert [item.letter.split(":")[1] for item in told.items] == ["nothing_found", "answer"]
    token = f"{half.ref}:answer:1"
    done = after(told, events.LetterSettled(token, "answer", LetterState.SENT, "requester"), now=NEXT_DAY)
    assert "operating" in met(done)


def test_a_question_on_the_way_decides_and_meets_nothing() -> None:
    case = sent(a_case(Kind.ACCESS), reply("mandate_asked"))
    assert (outcomes(case), met(case)) == ([Outcome.OPEN], set())


def test_a_reply_that_bounced_was_not_told() -> None:
    case = sent(a_case(Kind.ERASURE), erasure())
    back = after(case, events.MailBounced(case.items[0].letter, "erasure_granted", "requester"), now=NEXT_DAY)
    assert (met(back), back.items[0].told_at) == (set(), None)
    assert "answer_bounced" in back.needs


def test_what_a_person_decided_before_stays_decided() -> None:
    case = after(a_case(Kind.PRIVACY_QUESTION), reply("question_answered", answer="Zeven jaar."), now=NEXT_DAY)
    again = after(case, reply("question_answered", answer="Zeven jaar en drie maanden.", number=2), now=NEXT_DAY)
    assert outcomes(again) == [Outcome.ANSWERED]
    assert again.items[0].letter.endswith(":2")


# --- refusal (A-35, F-01) ------------------------------------------------------------------------


def test_a_refusal_keeps_its_ground_and_who_decided_it() -> None:
    case = after(a_case(Kind.ERASURE), refusal(), now=NEXT_DAY)
    [item] = case.items
    assert (item.outcome, item.ground, item.decided_by, item.decided_at) == (
        Outcome.REFUSED,
        "legal_claims",
        "els",
        NEXT_DAY,
    )


def test_a_refusal_on_no_known_ground_is_stopped_and_the_known_ones_are_named() -> None:
    told = refused(a_case(Kind.ERASURE), refusal(ground="no_time"))
    assert "legal_duty" in told
    assert "compelling_grounds" not in told


@pytest.mark.parametrize("reasons", ["", "  ", "Helaas, dat kan niet."])
def test_a_refusal_without_reasons_is_stopped(reasons: str) -> None:
    assert "A-35" in refused(a_case(Kind.ERASURE), refusal(reasons=reasons))


def test_a_ground_against_another_right_is_no_ground() -> None:
    assert "no ground against erasure" in refused(a_case(Kind.ERASURE), refusal(ground="rights_of_others"))


def test_others_rights_leave_out_a_part_and_never_refuse_all() -> None:
    assert "E-15" in refused(a_case(Kind.ACCESS), refusal(ground="rights_of_others"))


def test_a_policy_that_promises_more_takes_grounds_away() -> None:
    told = refused(a_case(Kind.RESTRICTION), refusal(ground="no_restriction_ground"), a_policy(only_person_lifts=True))
    assert "E-09" in told
    assert sends(a_case(Kind.RESTRICTION), refusal(ground="no_restriction_ground"), now=NEXT_DAY)


def test_advertising_and_withdrawal_cannot_be_refused() -> None:
    for kind in (Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL):
        assert "refused" in refused(a_case(kind), refusal())


def test_own_words_do_not_refuse() -> None:
    assert "mailbot refuse" in refused(a_case(Kind.ACCESS), events.Answered("els", WHY, Outcome.REFUSED))


LAST_DAY = datetime(2026, 2, 28, 22, 30, tzinfo=UTC)  # 23:30 in Amsterdam; received 31 January


def test_a_refusal_on_the_last_evening_is_in_time_and_an_hour_later_is_not() -> None:
    assert sends(a_case(Kind.ERASURE), refusal(), now=LAST_DAY)
    told = refused(a_case(Kind.ERASURE), refusal(), now=LAST_DAY + timedelta(hours=1))
    assert "after the month" in told
    assert "--late" in told


def test_an_extension_gives_a_refusal_no_more_time() -> None:
    case = after(a_case(Kind.ERASURE), events.ExtensionDecided("els", "vier systemen en een archief"), now=NEXT_DAY)
    token = f"{case.ref}:extended:1"
    extended = after(case, events.LetterSettled(token, "extended", LetterState.SENT, "requester"), now=NEXT_DAY)
    operating = extended.deadline("operating")
    assert operating is not None
    assert operating.on == date(2026, 4, 28)
    assert "after the month" in refused(extended, refusal(), now=datetime(2026, 3, 10, tzinfo=UTC))


def test_a_refusal_that_goes_late_all_the_same_says_why_on_record() -> None:
    late = refusal(late="de behandelaar was ziek")
    case = after(a_case(Kind.ERASURE), late, now=LAST_DAY + timedelta(days=3))
    assert "late, and sent all the same: de behandelaar was ziek" in case.remarks


def how_late(case: Case, now: datetime, policy: Policy) -> list[str]:
    """By which term an answer of this moment is late."""
    found = objections(case, events.Answered("els", "Hierbij uw gegevens.", Outcome.GRANTED), policy, now)
    return [one.what.split()[4] for one in found if one.rule == "A-01"]


def test_an_answer_is_late_from_the_day_after_the_last_one_by_the_promise_and_then_by_the_law() -> None:
    policy = a_policy(promise_days=14)  # 14 February; the month ends on the 28th
    case = a_case(Kind.ACCESS, policy=policy)
    assert how_late(case, datetime(2026, 2, 14, 22, 30, tzinfo=UTC), policy) == []
    assert how_late(case, datetime(2026, 2, 14, 23, 30, tzinfo=UTC), policy) == ["policy"]
    assert how_late(case, LAST_DAY, policy) == ["policy"]
    assert how_late(case, LAST_DAY + timedelta(hours=1), policy) == ["law"]


def test_an_extension_gives_an_answer_two_months_more() -> None:
    case = after(a_case(Kind.ACCESS), events.ExtensionDecided("els", "vier systemen en een archief"), now=NEXT_DAY)
    left = events.LetterSettled(f"{case.ref}:extended:1", "extended", LetterState.SENT, "requester")
    extended = after(case, left, now=NEXT_DAY)
    assert how_late(extended, datetime(2026, 4, 28, 12, tzinfo=UTC), a_policy()) == []
    assert how_late(extended, datetime(2026, 5, 1, 12, tzinfo=UTC), a_policy()) == ["law"]


def test_an_objection_is_turned_down_with_its_own_letter() -> None:
    event = reply("objection_not_upheld", ground="compelling_grounds", reasons=WHY, resumed_on="2026-02-10")
    [letter] = sends(a_case(Kind.OBJECTION), event, now=NEXT_DAY)
    assert letter.template == "objection_not_upheld"


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        events.Answered("els", "Stuur ons een kopie van uw paspoort.", Outcome.ANSWERED),
        reply("question_answered", Kind.PRIVACY_QUESTION, answer="Stuur ons een kopie van uw paspoort."),
        events.ExtensionDecided("els", "Wij wachten op een kopie van uw paspoort; stuur ons die."),
    ],
)
def test_no_word_of_staff_asks_for_a_copy_of_an_identity_document(event: events.StaffActed) -> None:
    told = refused(a_case(Kind.PRIVACY_QUESTION), event)
    assert "C-06" in told
    assert "--override REASON" in told


def test_what_a_paper_does_not_excuse_is_offered_no_such_way_out() -> None:
    words = "Vul eerst het formulier op onze website in."
    told = refused(a_case(Kind.PRIVACY_QUESTION), events.Answered("els", words, Outcome.ANSWERED))
    assert "A-03" in told
    assert "--override" not in told


@pytest.mark.parametrize("country", ["NL", "BE", "FR"])
def test_a_question_is_answered_as_a_question_in_every_country(country: str) -> None:
    found = reply_for(Kind.PRIVACY_QUESTION, Outcome.GRANTED, country)
    assert found is not None
    assert found.name == "question_answered"


def test_a_message_before_the_answer_may_hold_no_identity_number_and_asks_for_no_paper_without_a_reason() -> None:
    case = a_case(Kind.ACCESS)
    with pytest.raises(Refused, match="identity number"):
        after(case, events.Answered("els", "Uw BSN 123456782 kennen wij al.", Outcome.OPEN))
    with pytest.raises(Refused, match="C-06"):
        after(case, events.Answered("els", "Stuur ons een kopie van uw paspoort.", Outcome.OPEN))
    said = after(case, events.Answered("els", "Wij zijn er nog mee bezig.", Outcome.OPEN))
    assert (said.items, said.deadlines) == (case.items, case.deadlines)
    assert "a message before the answer by els" in said.remarks


@pytest.mark.parametrize(
    ("match", "proven", "tells"),
    [
        (MatchState.NAMED, False, False),
        (MatchState.AMBIGUOUS, False, False),
        (MatchState.NAMED, True, True),
        (MatchState.UNKNOWN, False, True),
    ],
)
def test_that_nothing_was_found_is_not_told_to_who_named_a_customer_and_is_not_proven(
    match: MatchState, proven: bool, tells: bool
) -> None:
    case = replace(a_case(Kind.ACCESS), match=match, identity="confirmed" if proven else "unproven")
    if tells:
        assert after(case, NOTHING).items[0].letter
    else:
        assert "First who writes" in refused(case, NOTHING)


def test_own_words_that_decide_nothing_new_are_refused_by_a_rule_and_a_withdrawal_fits_any_record() -> None:
    case = a_case(Kind.RECTIFICATION)
    case = after(case, events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED))
    with pytest.raises(Refused) as error:
        after(case, events.Answered("els", HIS_WORDS, Outcome.PARTLY))
    assert error.value.rule == "other_outcome"
    assert after(case, events.Answered("els", HIS_WORDS, Outcome.WITHDRAWN)).items[0].outcome is Outcome.WITHDRAWN
    both = after(
        a_case(Kind.RECTIFICATION, Kind.COMPLAINT), events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED)
    )
    assert after(both, events.Answered("els", HIS_WORDS, Outcome.PARTLY)).items[1].outcome is Outcome.PARTLY


@pytest.mark.parametrize("outcome", [Outcome.OPEN, Outcome.ANSWERED])
def test_no_own_words_leave_in_a_case_that_is_closed(outcome: Outcome) -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    assert "is closed; `mailbot reopen" in refused(closed, events.Answered("els", HIS_WORDS, outcome))
