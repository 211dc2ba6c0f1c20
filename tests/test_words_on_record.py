"""What a colleague's word leaves behind: who said it, what is taken back by which mail, and when its letter leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, text_of
from test_byreply import MONDAY, newest, reply

from company import ACCESS, CONTACT, DEPUTY, MARKETING, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.model import Kind, LetterState


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY, trust_staff_mail=True, calendar=False, undo_minutes=10)


def actors(desk: Desk, event: str) -> list[str]:
    with desk.tenant.store.unit() as unit:
        return [line.actor for line in unit.history(REF) if line.event == event]


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("SOORT inzage", "Corrected"),
        ("NOTITIE gebeld", "Noted"),
        ("KLAAR gebeld", "Closed"),
        ("VERLENG er zijn veel gegevens", "ExtensionDecided"),
        ("BEVESTIGD noemde bestelling 5512", "IdentityConfirmed"),
        ("ANTWOORD\n\nWij hebben niets van u.", "Answered"),
    ],
)
def test_what_a_word_did_is_on_record_with_who_said_it(desk: Desk, word: str, event: str) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), word), minutes=5)
    assert actors(desk, event)[-1:] == [CONTACT]


def test_that_a_letter_was_let_go_is_on_record_with_who_said_it(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=15)
    desk.round(reply(newest(desk, "brief wacht"), "AKKOORD"), minutes=5)
    assert actors(desk, "Noted") == [CONTACT]
    assert "let go: acknowledgement" in case_of(desk).remarks


def test_back_to_the_older_of_two_confirmations_undoes_that_one(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "SOORT inzage"), minutes=5)
    sorted_so = newest(desk, "Gedaan: SOORT")
    act(desk, events.HeldLegally("els", "dagvaarding"))
    desk.round(reply(sorted_so, "TERUG"), minutes=1)
    case = case_of(desk)
    assert (case.work.hold, Kind.ACCESS in case.kinds) == ("dagvaarding", False)


def test_a_note_says_nothing_that_could_be_taken_back(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    act(desk, events.Corrected("els", (Kind.ACCESS,)))
    desk.round(reply(newest(desk, "oordeel"), "NOTITIE belde, komt er op terug"), minutes=5)
    noted = newest(desk, "Gedaan: NOTITIE")
    assert "Toch niet?" not in text_of(noted)
    desk.round(reply(noted, "TERUG"), minutes=1)
    assert case_of(desk).kinds == (Kind.ACCESS,)
    assert "bevestigt niets dat is terug te draaien" in " ".join(text_of(newest(desk, "Niet gedaan: TERUG")).split())


def test_that_it_stopped_everywhere_is_on_record_with_the_words_of_the_colleague_or_as_said_by_reply(
    desk: Desk,
) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.round(reply(newest(desk, "oordeel"), "GESTOPT"), minutes=5)
    assert any("said by reply" in remark for remark in case_of(desk).remarks)


def test_the_words_of_the_colleague_stand_there_where_he_gave_some(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.round(reply(newest(desk, "oordeel"), "GESTOPT ook bij Mailchimp"), minutes=5)
    assert any("ook bij Mailchimp" in remark for remark in case_of(desk).remarks)
    assert not any("said by reply" in remark for remark in case_of(desk).remarks)


# --- when its letters leave ----------------------------------------------------------------------


def test_only_letters_to_people_outside_wait_for_second_thoughts(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "SOORT inzage"), minutes=5)
    [waits] = [one for one in desk.letters(LetterState.QUEUED) if one.audience == "requester"]
    assert waits.next_try == desk.clock() + timedelta(minutes=10)
    assert [one.to for one in desk.letters(LetterState.QUEUED) if one.audience == "staff"] == []


@pytest.mark.parametrize("mode", ["hold", "observe"])
def test_a_letter_that_waits_for_a_person_has_no_moment(desk: Desk, mode: str) -> None:
    desk.change(mode=mode)
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "SOORT inzage"), minutes=5)
    [waits] = [one for one in desk.letters() if one.template == "acknowledgement"]
    assert waits.state in (LetterState.HELD, LetterState.OBSERVED)
    assert waits.next_try is None


def test_a_yes_to_a_letter_that_was_let_go_by_another_colleague_says_that_none_waits(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=15)
    mail = newest(desk, "brief wacht")
    with desk.tenant.store.unit() as unit:
        letter = next(one for one in unit.letters(LetterState.HELD) if one.audience == "requester")
        unit.put_letter(replace(letter, state=LetterState.DROPPED))
    desk.round(reply(mail, "AKKOORD"), minutes=5)
    assert "Niet gedaan: AKKOORD" in str(desk.mails_to(CONTACT)[-1]["Subject"])
    assert [one.state for one in desk.letters() if one.token == letter.token] == [LetterState.DROPPED]
    assert desk.mails_to(DEPUTY) == []
