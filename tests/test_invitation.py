"""An invitation: what somebody wrote into it is read, doubt in it is for a person, and no letter goes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, local
from hypothesis import given
from hypothesis import strategies as st

from company import ACCESS, BOX, CONTACT, ORDER, UNCLEAR
from mailbot.parse.invitation import text_of, without_meeting

STRANGER = "piet@klant.example"
COLLEAGUE = "els@mail.test"


def an_invitation(words: str, sender: str = STRANGER, method: str = "REQUEST") -> bytes:
    """A mail that is nothing but a calendar part."""
    told = words.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
    head = f"From: {sender}\r\nTo: {BOX}\r\nSubject: Gesprek\r\nMessage-ID: <1@klant.example>\r\nMIME-Version: 1.0\r\n"
    part = f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n"
    event = (
        f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nDESCRIPTION:{told}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return (head + part + event).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)


@pytest.mark.parametrize("words", [ACCESS, UNCLEAR])
@pytest.mark.parametrize("method", ["REQUEST", "REPLY", "PUBLISH"])
def test_what_is_asked_or_unclear_in_it_opens_a_case_that_only_staff_hear_of(
    desk: Desk, words: str, method: str
) -> None:
    desk.round(an_invitation(words, method=method))
    desk.round(hours=2)
    assert [case.requester.email for case in desk.cases() if case.requester] == [STRANGER]
    assert {to for _, to, _ in desk.left} == {CONTACT}


@pytest.mark.parametrize("words", [ORDER, ""])
def test_one_that_asks_nothing_or_says_nothing_opens_none(desk: Desk, words: str) -> None:
    desk.round(an_invitation(words))
    assert desk.cases() == []


def test_a_colleagues_meeting_opens_a_case_only_if_it_is_plainly_a_request(desk: Desk) -> None:
    desk.round(an_invitation(UNCLEAR, COLLEAGUE))
    assert desk.cases() == []
    desk.round(an_invitation(ACCESS, COLLEAGUE))
    assert len(desk.cases()) == 1


def test_the_words_of_a_page_count_where_there_are_no_others() -> None:
    page = "X-ALT-DESC;FMTTYPE=text/html:<p>Wis mijn <b>account</b></p>"
    assert text_of(f"SUMMARY:Gesprek\n{page}") == "Gesprek\n\nWis mijn account"
    assert text_of(f"DESCRIPTION:Dag\n{page}") == "Dag"


@pytest.mark.parametrize(
    "link", ["https://teams.microsoft.com/l/x", "https://us02web.zoom.us/j/1", "https://meet.google.com/a"]
)
def test_how_one_joins_by_video_is_left_out_and_the_rest_stays(link: str) -> None:
    rule = "_" * 40
    assert without_meeting(f"Dag\n{rule}\nJoin\n{link}\n{rule}\nGroet") == f"Dag\n{rule}\nGroet"
    assert without_meeting(f"Dag, zie {link}\nGroet") == "Groet"


@given(st.text(max_size=400))
def test_no_word_of_a_description_is_lost(words: str) -> None:
    told = words.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "")
    assert text_of("DESCRIPTION:" + told).split() == words.replace("\r", "").split()
