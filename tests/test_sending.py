"""Which letter goes to whom, and whether it may leave by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders import AT, a_case, a_mail, a_policy, arrived, sends
from mailbot import actions as do
from mailbot.decide import decide
from mailbot.decide.sending import on_paper, reason_for_silence, reason_to_hold, state_of, to_requester, to_staff
from mailbot.model import (
    FIXED,
    ONLY_BY_A_PERSON,
    Address,
    Authentication,
    Defect,
    Kind,
    LetterState,
    Match,
    MatchState,
    Trust,
)

ACK = frozenset({"acknowledgement"})
JOHN, ELS = "john@staff.example", "els@staff.example"


@pytest.mark.parametrize(
    ("mode", "template", "hold", "released", "state"),
    [
        ("observe", "acknowledgement", "", False, LetterState.OBSERVED),
        ("observe", "answer", "", True, LetterState.OBSERVED),
        ("observe", "acknowledgement", "doubt", False, LetterState.OBSERVED),
        ("hold", "acknowledgement", "", False, LetterState.HELD),
        ("hold", "answer", "", True, LetterState.QUEUED),
        ("automatic", "acknowledgement", "", False, LetterState.QUEUED),
        ("automatic", "acknowledgement", "doubt", False, LetterState.HELD),
        ("automatic", "acknowledgement", "doubt", True, LetterState.QUEUED),
        ("automatic", "neutral", "", False, LetterState.HELD),
    ],
)
def test_a_letter_leaves_by_itself_only_where_the_mode_and_the_list_say_so_and_nobody_doubts(
    mode: Any, template: str, hold: str, released: bool, state: LetterState
) -> None:
    found, why = state_of(template, a_policy(mode=mode, automatic=ACK), hold, released)
    assert found is state
    assert bool(why) is (state is not LetterState.QUEUED)


@pytest.mark.parametrize("template", sorted(ONLY_BY_A_PERSON))
def test_no_list_makes_a_persons_letter_leave_by_itself(template: str) -> None:
    assert state_of(template, a_policy(automatic=frozenset({template})), "", False)[0] is LetterState.HELD


def test_a_held_letter_says_what_it_waits_for() -> None:
    assert state_of("acknowledgement", a_policy(automatic=ACK), "doubt", False)[1] == "doubt"


# --- to whom -------------------------------------------------------------------------------------


def test_our_fixed_words_go_to_who_wrote_and_an_answer_to_the_address_on_file() -> None:
    case = replace(a_case(), requester=Address("jan@werk.example"), known_email="jan@thuis.example")
    for template in FIXED:
        assert to_requester("t", template, case, a_policy()).to == "jan@werk.example"
    assert to_requester("t", "answer", case, a_policy()).to == "jan@thuis.example"


def test_a_letter_answers_the_newest_mail_of_the_case() -> None:
    case = a_case()
    further = replace(case.mails[0], key="cd" * 32, message_id="<2@klant.example>")
    case = replace(case, mails=(*case.mails, further))
    assert to_requester("t", "answer", case, a_policy()).in_reply_to == "<2@klant.example>"
    assert to_requester("t", "answer", replace(case, mails=()), a_policy()).in_reply_to == ""


@pytest.mark.parametrize(
    ("deputy", "away", "email", "told"),
    [
        (False, False, ELS, [JOHN]),
        (True, False, ELS, [JOHN, ELS]),
        (False, True, ELS, [JOHN, ELS]),
        (True, True, "", [JOHN]),
    ],
)
def test_the_deputy_hears_when_he_is_called_or_the_contact_is_away(
    deputy: bool, away: bool, email: str, told: list[str]
) -> None:
    letters = to_staff("t", "new_case", a_policy(deputy_email=email, contact_away=away), deputy=deputy)
    assert [letter.to for letter in letters] == told
    assert [letter.token for letter in letters] == ["t", "t:deputy"][: len(told)]
    assert {(letter.audience, letter.state) for letter in letters} == {("staff", LetterState.QUEUED)}


# --- why it stays --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({}, False),
        ({"sender": None}, True),
        ({"automatic": "list"}, True),
        ({"forwarded_from": Address("klant@klant.example")}, True),
        ({"reply_to": Address("x@elders.example")}, True),
        ({"reply_to": Address("piet.2@Klant.example")}, False),
    ],
)
def test_no_letter_answers_what_may_not_have_been_written_by_its_sender(changes: dict[str, Any], silent: bool) -> None:
    assert bool(reason_for_silence(a_mail(**changes), junk=False)) is silent
    assert reason_for_silence(a_mail(**changes), junk=True)


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, False),
        ({"authenticated": Authentication(Trust.FAIL, "dmarc=fail")}, True),
        ({"authenticated": Authentication(Trust.UNKNOWN, "")}, False),
        ({"defects": (Defect.TWO_SENDERS,)}, True),
        ({"defects": (Defect.OTHER_NAME,)}, True),
        ({"defects": (Defect.UNKNOWN_CHARSET,)}, False),
    ],
)
def test_a_letter_waits_while_the_sender_is_in_doubt(changes: dict[str, Any], held: bool) -> None:
    assert bool(reason_to_hold(a_mail(**changes))) is held


def test_an_acknowledgement_waits_as_long_as_the_company_wants() -> None:
    [first, *_] = sends(None, arrived(Kind.ACCESS), a_policy(acknowledge_after=timedelta(minutes=20)))
    assert first.not_before == AT + timedelta(minutes=20)
    assert sends(None, arrived(Kind.ACCESS))[0].not_before is None


def test_a_letter_on_paper_or_by_form_gets_no_mail_by_itself() -> None:
    assert [send.audience for send in sends(None, arrived(Kind.ACCESS, channel="post"))] == ["staff"]


@pytest.mark.parametrize(
    ("state", "template"),
    [
        (MatchState.KNOWN, "acknowledgement"),
        (MatchState.NAMED, "neutral"),
        (MatchState.UNKNOWN, "neutral"),
        (MatchState.AMBIGUOUS, "neutral"),
        (MatchState.UNAVAILABLE, "acknowledgement"),
    ],
)
def test_who_is_not_known_gets_the_letter_that_gives_nothing_away(state: MatchState, template: str) -> None:
    match = Match(state, "1001", "oud@klant.example") if state is MatchState.NAMED else Match(state)
    assert sends(None, arrived(Kind.ACCESS, match=match))[0].template == template
    assert sends(None, arrived(Kind.COMPLAINT, match=match))[0].template == "acknowledgement"


def test_a_mail_that_only_mentions_a_case_says_so_in_the_file() -> None:
    actions = decide(None, arrived(Kind.ACCESS, mentions="AVG-2026-0009"), a_policy(), AT)
    assert do.Remark("mentions AVG-2026-0009") in actions


@pytest.mark.parametrize(
    ("mode", "state"), [("observe", LetterState.OBSERVED), ("hold", LetterState.HELD), ("automatic", LetterState.HELD)]
)
def test_a_letter_on_paper_waits_for_a_person_and_of_a_company_that_only_observes_not_even_that(
    mode: str, state: LetterState
) -> None:
    assert on_paper(a_policy(mode=mode))[0] is state
