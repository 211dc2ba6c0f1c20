"""What stops on receipt, for which addresses, who is called for it, and what counts as having stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders import AT, a_case, a_mail, a_policy, a_verdict, after, arrived, met, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.decide.stopping import asks_marketing, waits_for_stop
from mailbot.model import Kind, Match, MatchState, Outcome

NEXT_DAY = AT + timedelta(days=1)
NAMED_ELSEWHERE = Match(MatchState.NAMED, "1001", "oud@klant.example")
NO_MORE = "Stuur mij geen reclame meer."


def suppressed(*kinds: Kind, text: str, **changes: Any) -> list[tuple[str, str]]:
    event = arrived(*kinds, mail=a_mail(text=text), **changes)
    actions = decide(None, event, a_policy(), AT)
    return [(action.address, action.channel) for action in actions if isinstance(action, do.Suppress)]


def needs(*kinds: Kind, text: str = NO_MORE, act: Any = "auto", **policy: Any) -> set[str]:
    event = arrived(verdict=a_verdict(*kinds, act=act), mail=a_mail(text=text))
    return set(after(None, event, a_policy(**policy)).needs)


# --- what is asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "asked"),
    [
        (Kind.DIRECT_MARKETING, "Ik wil dit niet.", True),
        (Kind.ACCESS, NO_MORE, True),
        (Kind.ACCESS, "Uw reclame is mooi.", False),
        (Kind.CONSENT_WITHDRAWAL, "Mijn toestemming voor de nieuwsbrief vervalt.", True),
        (Kind.CONSENT_WITHDRAWAL, "Mijn toestemming voor de foto's vervalt.", False),
        (Kind.ERASURE, "Verwijder mijn gegevens.", False),
    ],
)
def test_the_kind_or_the_words_ask_for_an_end_of_advertising(kind: Kind, text: str, asked: bool) -> None:
    assert asks_marketing(a_case(kind), text) is asked


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.NOT_A_REQUEST}))
def test_an_objection_and_a_wish_for_restriction_freeze_and_nothing_else_does(kind: Kind) -> None:
    case = a_case(kind)
    freezes = kind in (Kind.OBJECTION, Kind.RESTRICTION)
    assert (case.restricted_since == AT) is freezes
    assert ("freeze" in case.needs) is freezes


def test_what_is_frozen_is_not_frozen_anew_by_a_further_mail() -> None:
    event = arrived(Kind.OBJECTION, mail=a_mail(key="cd" * 32, text="Hoe staat het ermee?"))
    case = after(a_case(Kind.OBJECTION), event, now=NEXT_DAY)
    assert (case.restricted_since, case.needs.count("freeze")) == (AT, 1)


def test_a_withdrawn_consent_is_marked_once_where_it_is_none_for_advertising() -> None:
    case = a_case(Kind.CONSENT_WITHDRAWAL, mail=a_mail(text="Mijn toestemming voor de foto's vervalt."))
    assert (case.consent_withdrawn_at, "stop_consent" in case.needs, case.suppressed) == (AT, True, ())
    letter = a_case(Kind.CONSENT_WITHDRAWAL, mail=a_mail(text="Mijn toestemming voor de nieuwsbrief vervalt."))
    assert (letter.consent_withdrawn_at, "stop_consent" in letter.needs) == (None, False)
    assert letter.suppressed == ("piet@klant.example",)


# --- for which addresses -------------------------------------------------------------------------


def test_who_wrote_who_is_on_file_and_who_is_named_are_all_taken_off() -> None:
    text = f"{NO_MORE} Ook niet aan Tante@klant.example."
    assert suppressed(Kind.DIRECT_MARKETING, text=text, match=NAMED_ELSEWHERE) == [
        ("piet@klant.example", "all"),
        ("oud@klant.example", "all"),
        ("tante@klant.example", "all"),
    ]


def test_our_own_address_in_the_text_is_not_taken_off() -> None:
    found = suppressed(Kind.DIRECT_MARKETING, text=f"{NO_MORE} (aan info@shop.example)")
    assert found == [("piet@klant.example", "all")]


def test_only_the_channels_that_were_named_end_and_a_number_only_where_it_is_used() -> None:
    by_mail = suppressed(Kind.DIRECT_MARKETING, text="Geen reclame meer per mail. Tel. 06 12345678")
    by_phone = suppressed(Kind.DIRECT_MARKETING, text="Bel mij niet meer met reclame op 06 12345678")
    by_all = suppressed(Kind.DIRECT_MARKETING, text=f"{NO_MORE} Mijn nummer is 06 12345678.")
    assert by_mail == [("piet@klant.example", "mail")]
    assert by_phone == [("piet@klant.example", "phone"), ("+31612345678", "phone")]
    assert by_all == [("piet@klant.example", "all"), ("+31612345678", "all")]


# --- who is called -------------------------------------------------------------------------------


def test_a_person_stops_it_unless_a_program_does() -> None:
    assert needs(Kind.DIRECT_MARKETING) == {"stop_marketing"}
    assert needs(Kind.DIRECT_MARKETING, stops_by_program=True) == set()


def test_what_was_not_surely_asked_is_stopped_all_the_same_and_a_person_says_whether_it_was() -> None:
    assert needs(Kind.ACCESS) == {"stop_marketing", "marketing_unsure"}
    assert needs(Kind.DIRECT_MARKETING, act="triage") == {"unsure", "stop_marketing", "marketing_unsure"}
    text = "Mijn toestemming voor de nieuwsbrief vervalt."
    assert needs(Kind.CONSENT_WITHDRAWAL, text=text) == {"stop_marketing"}


def test_a_person_who_accepts_it_has_said_that_it_was_asked() -> None:
    event = arrived(verdict=a_verdict(Kind.DIRECT_MARKETING, act="triage"))
    assert after(after(None, event), events.Accepted("els")).needs == ("stop_marketing",)


# --- that it stopped -----------------------------------------------------------------------------


def test_what_a_person_confirms_has_stopped_from_then_on() -> None:
    case = after(a_case(Kind.OBJECTION), events.StopConfirmed("els"), now=NEXT_DAY)
    assert (case.stopped_at, waits_for_stop(case), met(case)) == (NEXT_DAY, False, {"stop_by"})


def program(**changes: Any) -> events.ProgramEnded:
    return replace(events.ProgramEnded("mail", True), **changes)


def test_the_program_has_stopped_it_when_it_heard_the_last_address() -> None:
    case = a_case(Kind.DIRECT_MARKETING, policy=a_policy(stops_by_program=True))
    assert after(case, program(left=1), now=NEXT_DAY).stopped_at is None
    assert after(case, program(undo=True), now=NEXT_DAY).stopped_at is None
    assert after(replace(case, suppressed=()), program(), now=NEXT_DAY).stopped_at is None
    stopped = after(case, program(), now=NEXT_DAY)
    assert (stopped.stopped_at, met(stopped)) == (NEXT_DAY, {"stop_by"})


def test_a_program_that_stopped_advertising_has_frozen_nothing() -> None:
    both = a_case(Kind.DIRECT_MARKETING, Kind.OBJECTION, policy=a_policy(stops_by_program=True))
    case = after(both, program(), now=NEXT_DAY)
    assert (case.stopped_at, case.needs, met(case)) == (None, ("freeze",), set())


def test_a_program_that_failed_calls_a_person_once_and_never_about_a_closed_case() -> None:
    case = a_case(Kind.DIRECT_MARKETING, policy=a_policy(stops_by_program=True))
    failed = program(done=False, why="exit 1")
    assert [(one.template, one.to) for one in sends(case, failed)] == [("needs_person", "john@staff.example")]
    told = after(case, failed)
    assert ("program_failed" in told.needs, waits_for_stop(told)) == (True, True)
    assert sends(told, failed) == []
    assert after(told, program(), now=NEXT_DAY).needs == ()
    closed = after(after(case, program()), events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert sends(closed, failed) == []


def test_taking_it_back_takes_every_address_off_the_list_and_every_call_away() -> None:
    case = a_case(Kind.ACCESS, mail=a_mail(text=f"{NO_MORE} Ook niet aan tante@klant.example."))
    actions = decide(case, events.SuppressionLifted("els", "vergissing"), a_policy(), NEXT_DAY)
    assert {one.address for one in actions if isinstance(one, do.Unsuppress)} == set(case.suppressed)
    assert after(case, events.SuppressionLifted("els", "vergissing")).needs == ()
    frozen = replace(case, needs=(*case.needs, "freeze"))
    assert after(frozen, events.SuppressionLifted("els", "vergissing")).needs == ("freeze",)
