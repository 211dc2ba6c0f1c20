"""Who writes, as far as it is known: what each mail, answer, look-up and link makes of it, and who is asked then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from builders import AT, KNOWN, STRANGER, a_case, a_mail, a_policy, a_verdict, after, arrived, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.decide.identity import identity_of
from mailbot.model import (
    Address,
    Authentication,
    Case,
    Defect,
    Kind,
    LetterState,
    Mail,
    Match,
    MatchState,
    Outcome,
    Question,
    Status,
    Trust,
)

NEXT_DAY = AT + timedelta(days=1)
NAMED = Match(MatchState.NAMED, "1001", "piet@klant.example")
NEW = Address("nieuw@elders.example")
ASKED = "<mailbot.aa.bb@shop.example>"
FAILED = Authentication(Trust.FAIL, "dmarc=fail")


def further(text: str = "Ja", match: Match = KNOWN, **changes: Any) -> events.MailArrived:
    given = {"text": text, "references": (ASKED,), "key": "cd" * 32, "message_id": "<2@klant.example>"} | changes
    return arrived(Kind.NOT_A_REQUEST, match=match, mail=a_mail(**given))


def asked_case(*needs: str, **changes: Any) -> Case:
    case = replace(a_case(Kind.ERASURE), questions=(Question(ASKED, "piet@klant.example"),), needs=needs)
    return replace(case, **changes)


def to_people_outside(case: Case, event: events.Event, **policy: Any) -> list[do.Send]:
    return [send for send in sends(case, event, a_policy(**policy), NEXT_DAY) if send.audience == "requester"]


# --- on arrival ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "mail", "identity"),
    [
        (KNOWN, a_mail(), "known_address"),
        (KNOWN, None, "known_address"),
        (KNOWN, a_mail(authenticated=FAILED), "failed"),
        (STRANGER, a_mail(authenticated=FAILED), "failed"),
        (KNOWN, a_mail(forwarded_from=NEW), "unproven"),
        (NAMED, a_mail(), "unproven"),
        (STRANGER, None, "unproven"),
    ],
)
def test_only_a_mail_straight_from_the_address_on_file_is_from_a_known_one(
    match: Match, mail: Mail | None, identity: str
) -> None:
    assert identity_of(match, mail) == identity


def test_the_file_notes_a_paper_a_role_and_a_namesake_and_else_nothing() -> None:
    def remarks(match: Match = KNOWN, **changes: Any) -> str:
        return " / ".join(a_case(match=match, mail=a_mail(**changes)).remarks)

    assert "identity paper" in remarks(defects=(Defect.PAPER_LEFT_OUT,))
    assert "writes for somebody else" in remarks(text="Ik ben de advocaat van Piet en vraag namens mijn cliënt inzage.")
    assert "customer 1002 has this name" in remarks(match=Match(MatchState.UNKNOWN, hint="1002"))
    assert remarks() == ""


# --- the answer of the owner of the address ------------------------------------------------------


def test_a_yes_settles_what_it_answers_and_leaves_what_it_does_not() -> None:
    case = after(asked_case("not_authentic", "ambiguous_customer", "junk"), further("Ja"), now=NEXT_DAY)
    assert (case.identity, case.identity_received_at, case.needs) == ("confirmed", NEXT_DAY, ("junk",))
    assert case.questions[0].answer == "yes"
    assert any("confirmed by a reply" in remark for remark in case.remarks)


def test_a_no_stops_it_and_calls_a_person_once() -> None:
    case = after(asked_case("denied"), further("Nee"), now=NEXT_DAY)
    assert (case.identity, case.needs, case.questions[0].answer) == ("denied", ("denied",), "no")
    assert case.identity_received_at is None


def test_a_second_yes_moves_no_moment_of_proof() -> None:
    proven = asked_case(identity="confirmed", identity_received_at=AT)
    assert after(proven, further("Ja"), now=NEXT_DAY).identity_received_at == AT


def test_a_yes_ends_the_standstill_with_the_days_it_took_and_takes_the_waiting_letter_back() -> None:
    still = asked_case(doubt="een andere naam", identity="asked", identity_asked_at=AT)
    still = replace(still, alerted=("cannot_identify:2026-02-28",))
    actions = decide(still, further("Ja"), a_policy(), NEXT_DAY)
    case = after(still, further("Ja"), now=NEXT_DAY)
    operating = case.deadline("operating")
    assert operating is not None
    assert operating.on == date(2026, 3, 1)
    assert do.Unsend("AVG-2026-0001:cannot_identify:2026-02-28", "identity was confirmed") in actions
    assert do.Wake(case.next_at) in actions


def test_a_yes_in_a_closed_case_opens_it_and_counts() -> None:
    closed = after(asked_case(), events.Closed("els", Outcome.WITHDRAWN, "x"))
    case = after(closed, further("Ja"), now=NEXT_DAY)
    assert (case.is_open, case.identity) == (True, "confirmed")


def test_a_paper_in_a_further_mail_is_answered_that_none_is_needed_unless_a_machine_sent_it() -> None:
    case = a_case(Kind.ACCESS)
    [letter] = to_people_outside(case, further("Hierbij", defects=(Defect.PAPER_LEFT_OUT,)))
    assert (letter.template, letter.to) == ("paper_not_needed", "piet@klant.example")
    assert to_people_outside(case, further("Hierbij", defects=(Defect.PAPER_LEFT_OUT,), automatic="list")) == []
    assert to_people_outside(case, further("Hierbij")) == []
    assert to_people_outside(replace(case, requester=None), further("Hierbij", defects=(Defect.PAPER_LEFT_OUT,))) == []


def told_that_we_cannot_identify(case: Case) -> Case:
    token = f"{case.ref}:cannot_identify"
    return after(case, events.LetterSettled(token, "cannot_identify", LetterState.SENT, "requester"), now=NEXT_DAY)


def test_a_late_yes_makes_the_answer_due_again_that_the_letter_had_met_that_we_cannot_identify() -> None:
    told = told_that_we_cannot_identify(asked_case())
    assert not [one.name for one in told.deadlines if one.met_at is None]
    due = after(told, further("Ja"), now=NEXT_DAY)
    assert {one.name for one in due.deadlines if one.met_at is None} >= {"operating", "statutory"}


def test_a_no_takes_the_letter_back_that_waits_for_who_said_it_and_leaves_that_to_a_stranger() -> None:
    def taken_back(case: Case) -> list[str]:
        actions = decide(replace(case, alerted=("cannot_identify:x",)), further("Nee"), a_policy(), NEXT_DAY)
        return [action.token for action in actions if isinstance(action, do.Unsend)]

    assert taken_back(asked_case()) == ["AVG-2026-0001:cannot_identify:x"]
    elsewhere = replace(asked_case(), requester=NEW)
    assert taken_back(elsewhere) == []


# --- a stranger names himself --------------------------------------------------------------------


def stranger(**changes: Any) -> Case:
    return replace(a_case(Kind.ACCESS, match=STRANGER, mail=a_mail(sender=NEW)), **changes)


def test_a_stranger_who_gives_a_number_leads_to_the_address_on_file_and_one_who_became_known_to_nothing() -> None:
    [letter] = to_people_outside(stranger(), further("5512", NAMED, sender=NEW))
    assert (letter.template, letter.to) == ("confirmation", "piet@klant.example")
    assert to_people_outside(stranger(), further("5512", KNOWN, sender=NEW)) == []
    known = after(stranger(), further("5512", KNOWN, sender=NEW))
    assert (known.identity, known.remarks[-1]) == ("known_address", "a customer was named in a further mail")
    assert after(stranger(), further("5512", NAMED, sender=NEW)).identity == "unproven"
    assert after(stranger(), further("5512", Match(MatchState.AMBIGUOUS), sender=NEW)).match is MatchState.UNKNOWN


def test_that_somebody_else_writes_in_the_case_says_nothing_about_who_asked() -> None:
    for event in (further("5512", NAMED, sender=Address("x@elders.example")), further("5512", NAMED, sender=None)):
        assert after(stranger(), event).match is MatchState.UNKNOWN
    assert after(stranger(identity="confirmed"), further("5512", NAMED, sender=NEW)).match is MatchState.UNKNOWN
    assert after(stranger(requester=None), further("5512", NAMED, sender=NEW)).match is MatchState.UNKNOWN


@pytest.mark.parametrize("identity", ["failed", "asked"])
def test_a_number_takes_neither_a_failed_check_nor_an_open_question_away(identity: Any) -> None:
    assert after(stranger(identity=identity), further("5512", NAMED, sender=NEW)).identity == identity


def test_before_a_person_has_sorted_the_mail_nobody_is_asked() -> None:
    case = after(None, arrived(verdict=a_verdict(act="triage"), match=STRANGER, mail=a_mail(sender=NEW)))
    assert to_people_outside(case, further("5512", NAMED, sender=NEW)) == []


def test_what_a_further_mail_shows_about_its_sender_is_noted_in_the_case() -> None:
    paper = further("Hier is mijn paspoort", STRANGER, sender=NEW, defects=(Defect.PAPER_LEFT_OUT,))
    assert any("it was not kept (C-10)" in one for one in after(stranger(), paper).remarks)
    hint = further("Groet, Piet", Match(MatchState.UNKNOWN, hint="1001"), sender=NEW)
    assert "customer 1001 has this name and postcode: a hint, no proof" in after(stranger(), hint).remarks


# --- the customers could be read at last ---------------------------------------------------------


def unread(**changes: Any) -> Case:
    return replace(a_case(Kind.ERASURE, match=Match(MatchState.UNAVAILABLE)), **changes)


@pytest.mark.parametrize(
    ("before", "match", "identity"),
    [
        ("unproven", KNOWN, "known_address"),
        ("unproven", NAMED, "unproven"),
        ("failed", KNOWN, "failed"),
        ("confirmed", STRANGER, "confirmed"),
    ],
)
def test_a_late_look_up_tells_who_it_is_but_takes_no_failure_and_no_proof_away(
    before: Any, match: Match, identity: str
) -> None:
    case = after(unread(identity=before), events.CustomerLookedUp(match), now=NEXT_DAY)
    assert (case.identity, case.match, case.customer_id) == (identity, match.state, match.customer_id)
    assert case.next_at is not None
    assert f"customers could be read again: {match.state}" in case.remarks


def test_a_late_look_up_looks_at_the_clock_of_an_open_case_again_and_never_of_a_closed_one() -> None:
    def looks(case: Case) -> bool:
        actions = decide(case, events.CustomerLookedUp(KNOWN), a_policy(), NEXT_DAY)
        return any(isinstance(action, do.Wake) for action in actions)

    assert looks(unread())
    assert not looks(after(unread(), events.Closed("els", Outcome.WITHDRAWN, "x")))


def test_two_customers_found_late_are_a_persons_matter_and_the_writer_hears_what_a_stranger_hears() -> None:
    event = events.CustomerLookedUp(Match(MatchState.AMBIGUOUS))
    assert "ambiguous_customer" in after(unread(), event).needs
    letters = to_people_outside(unread(), event)
    assert [(send.template, send.to, send.asks) for send in letters] == [("neutral", "piet@klant.example", False)]
    assert "ambiguous_customer" not in after(unread(), events.CustomerLookedUp(KNOWN)).needs


def test_a_late_question_is_asked_only_in_an_open_case_that_was_sorted_and_whose_sender_did_not_fail() -> None:
    event = events.CustomerLookedUp(KNOWN)
    assert [letter.template for letter in to_people_outside(unread(), event)] == ["confirmation"]
    triage = after(None, arrived(verdict=a_verdict(Kind.ERASURE, act="triage"), match=Match(MatchState.UNAVAILABLE)))
    for case in (unread(identity="failed"), triage, after(unread(), events.Closed("els", Outcome.WITHDRAWN, "x"))):
        assert to_people_outside(case, event) == []
    assert to_people_outside(triage, events.CustomerLookedUp(STRANGER)) == []
    closed = after(unread(), events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert after(closed, event).next_at is None
    assert to_people_outside(unread(identity="failed"), events.CustomerLookedUp(STRANGER)) == []
    assert [send.state for send in to_people_outside(unread(), event, mode="hold")] == [LetterState.HELD]


def test_after_a_late_look_up_a_mail_that_had_to_go_without_a_letter_still_gets_none() -> None:
    away = Match(MatchState.UNAVAILABLE)
    elsewhere = a_mail(reply_to=Address("x@elders.example"))
    silent = a_case(Kind.ERASURE, match=away, mail=elsewhere)
    assert to_people_outside(silent, events.CustomerLookedUp(KNOWN)) == []
    sorted_now = after(None, arrived(verdict=a_verdict(Kind.ERASURE, act="triage"), match=away))
    sorted_now = after(sorted_now, events.Accepted("els"))  # there only a person had to look first
    assert [one.template for one in to_people_outside(sorted_now, events.CustomerLookedUp(KNOWN))] == ["confirmation"]


# --- a person links a customer -------------------------------------------------------------------

LINK = events.CustomerLinked("els", "1001", "piet@klant.example", "gebeld")


def test_linking_asks_the_address_on_file_once_and_at_once() -> None:
    case = stranger()
    assert "linked to customer 1001: gebeld" in after(case, LINK).remarks
    [question] = to_people_outside(case, LINK, mode="hold")
    assert (question.to, question.template, question.state) == (
        "piet@klant.example",
        "confirmation",
        LetterState.QUEUED,
    )
    asked = replace(case, questions=(Question(ASKED, "piet@klant.example"),))
    assert to_people_outside(asked, LINK) == []
    answered = replace(case, questions=(Question(ASKED, "piet@klant.example", "no"),))
    assert len(to_people_outside(answered, LINK)) == 1
    elsewhere = replace(case, questions=(Question(ASKED, "ander@klant.example"),))
    assert len(to_people_outside(elsewhere, LINK)) == 1


def test_linking_asks_nothing_where_the_sender_failed_or_nobody_has_sorted_the_mail() -> None:
    assert to_people_outside(stranger(identity="failed"), LINK) == []
    assert to_people_outside(stranger(status=Status.TRIAGE), LINK) == []


def test_each_question_has_a_name_of_its_own() -> None:
    first = to_people_outside(stranger(), LINK)[0]
    second = to_people_outside(stranger(questions=(Question(ASKED, "x@klant.example"),)), LINK)[0]
    assert (first.token, second.token) == ("AVG-2026-0001:confirm:1", "AVG-2026-0001:confirm:2")
    assert (first.in_reply_to, first.references) == ("", ())


def test_by_itself_a_question_waits_where_letters_wait() -> None:
    mail = a_mail(sender=NEW)
    letters = sends(None, arrived(Kind.ACCESS, match=NAMED, mail=mail), a_policy(mode="hold"))
    assert [send.state for send in letters if send.asks] == [LetterState.HELD]


def test_a_customer_without_an_address_is_asked_nothing() -> None:
    assert to_people_outside(stranger(), replace(LINK, known_email="")) == []
