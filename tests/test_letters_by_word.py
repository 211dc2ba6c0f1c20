"""Which letters a word of a colleague lets go, stops, holds again or records as posted: those that wait, none else."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, letter, local, text_of
from test_byreply import newest, reply

from company import ACCESS, CONTACT, ERASURE, KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts import by_letter
from mailbot.incoming import manual
from mailbot.model import Kind, LetterState, Outcome
from mailbot.outgoing import releasing

STRANGER = "vreemd@elders.test"
#: The question for a number to the stranger, and the one to the owner of the address on file.
NEUTRAL, QUESTION = f"{REF}:ack", f"{REF}:confirm:1"
EXTENDED, MESSAGE = f"{REF}:extended:1", f"{REF}:message:1"


def states(desk: Desk, *tokens: str) -> list[LetterState]:
    return [letter(desk, token).state for token in tokens]


def put(desk: Desk, token: str, state: LetterState) -> None:
    """The letter in that state, and not to be tried before the afternoon."""
    changed = replace(letter(desk, token), state=state, next_try=local(2026, 3, 2, 14))
    with desk.tenant.store.unit() as unit:
        unit.put_letter(changed)


def told(mail: EmailMessage) -> str:
    return " ".join(text_of(mail).split())


# --- by mail -------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two letters of one case wait, put before a colleague in one mail: its writer and the address on file differ."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), trust_staff_mail=True, calendar=False, undo_minutes=10, mode="hold")
    desk.round(a_raw_mail(f"{ERASURE} Ik sta bij u bekend als {KNOWN}.", sender=STRANGER))
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.HELD] * 2
    return desk


def test_one_yes_lets_every_letter_of_the_mail_go_and_one_word_holds_them_all_again(desk: Desk) -> None:
    desk.round(reply(newest(desk, "Nieuw verzoek"), "AKKOORD"), minutes=1)
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.QUEUED] * 2
    desk.round(reply(newest(desk, "Gedaan: AKKOORD"), "TERUG"), minutes=5)
    desk.round(hours=1)
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.HELD] * 2
    desk.round(reply(newest(desk, "Gedaan: TERUG"), "STOP"), minutes=5)
    desk.round(hours=1)
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.DROPPED] * 2
    assert desk.mails_to(STRANGER) == desk.mails_to(KNOWN) == []


@pytest.mark.parametrize(("first", "other"), [(NEUTRAL, QUESTION), (QUESTION, NEUTRAL)])
def test_a_yes_leaves_a_letter_alone_that_was_let_go_before(desk: Desk, first: str, other: str) -> None:
    releasing.release(desk.tenant, first, desk.clock())
    desk.round(reply(newest(desk, "Nieuw verzoek"), "AKKOORD"), minutes=5)
    assert states(desk, first, other) == [LetterState.SENT, LetterState.QUEUED]
    assert letter(desk, other).next_try == local(2026, 3, 2, 10, 15)


@pytest.mark.parametrize(("first", "other"), [(NEUTRAL, QUESTION), (QUESTION, NEUTRAL)])
def test_a_yes_lets_no_letter_go_that_was_dropped_before(desk: Desk, first: str, other: str) -> None:
    releasing.drop(desk.tenant, first, "niet nodig", desk.clock())
    desk.round(reply(newest(desk, "Nieuw verzoek"), "AKKOORD"), minutes=5)
    desk.round(minutes=15)
    assert states(desk, first, other) == [LetterState.DROPPED, LetterState.SENT]


def test_a_yes_where_no_letter_of_the_mail_waits_any_more_is_answered_with_that(desk: Desk) -> None:
    for token in (NEUTRAL, QUESTION):
        releasing.drop(desk.tenant, token, "niet nodig", desk.clock())
    desk.round(reply(newest(desk, "Nieuw verzoek"), "AKKOORD"), minutes=5)
    assert "er wacht niets op dat woord" in told(newest(desk, "Niet gedaan: AKKOORD"))
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.DROPPED] * 2


def test_a_yes_to_a_letter_that_lies_in_the_drafts_is_answered_with_how_it_leaves(desk: Desk) -> None:
    for one in (letter(desk, NEUTRAL), letter(desk, QUESTION)):
        with desk.tenant.store.unit() as unit:
            unit.put_letter(replace(one, draft="lies"))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "AKKOORD"), minutes=5)
    answer = told(newest(desk, "Niet gedaan: AKKOORD"))
    assert "er wacht niets" not in answer
    assert "de brief ligt als concept in het postvak" in answer
    assert "Verstuur hem van daaruit. Of gooi het concept daar weg, wacht een paar minuten en antwoord dan" in answer
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.HELD] * 2


@pytest.mark.parametrize("put_drafts", [False, True])
def test_a_mail_about_a_letter_that_lies_in_the_drafts_says_that_it_leaves_from_there(
    tmp_path: Path, put_drafts: bool
) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), trust_staff_mail=True, calendar=False, mode="hold")
    assert desk.tenant.company.imap
    account = replace(desk.tenant.company.imap, put_drafts=put_drafts)
    desk.tenant.company = replace(desk.tenant.company, imap=account)
    desk.round(a_raw_mail(ACCESS))
    assert ("Ligt de brief als concept in het postvak?" in told(newest(desk, "Nieuw verzoek"))) is put_drafts


@pytest.mark.parametrize("gone", [NEUTRAL, QUESTION])
def test_of_letters_that_were_let_go_together_none_is_held_again_once_one_has_left(desk: Desk, gone: str) -> None:
    desk.round(reply(newest(desk, "Nieuw verzoek"), "AKKOORD"), minutes=1)
    put(desk, gone, LetterState.SENT)
    desk.round(reply(newest(desk, "Gedaan: AKKOORD"), "TERUG"), minutes=1)
    assert newest(desk, "Niet gedaan: TERUG")
    assert sorted(states(desk, NEUTRAL, QUESTION)) == [LetterState.QUEUED, LetterState.SENT]


@pytest.mark.parametrize("state", LetterState)
def test_stop_drops_what_can_still_leave_and_nothing_else(desk: Desk, state: LetterState) -> None:
    releasing.drop(desk.tenant, QUESTION, "niet nodig", desk.clock())
    asked = newest(desk, "Nieuw verzoek")
    put(desk, NEUTRAL, state)
    desk.round(reply(asked, "STOP"), minutes=5)
    if state in (LetterState.HELD, LetterState.QUEUED, LetterState.FAILED):
        assert (letter(desk, NEUTRAL).state, letter(desk, NEUTRAL).why) == (
            LetterState.DROPPED,
            f"stopped by {CONTACT}",
        )
        assert newest(desk, "Gedaan: STOP")
    else:
        assert "er wacht niets op dat woord" in told(newest(desk, "Niet gedaan: STOP"))
        assert (letter(desk, NEUTRAL).state is LetterState.DROPPED) is (state is LetterState.DROPPED)
        assert "stopped by" not in letter(desk, NEUTRAL).why


def test_a_question_that_a_colleague_asks_by_a_word_waits_too_until_he_may_have_thought_it_over(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), trust_staff_mail=True, calendar=False, undo_minutes=10)
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "VRAAG de toon is anders dan anders"), minutes=5)
    [question] = [one for one in desk.letters(LetterState.QUEUED) if one.audience == "requester"]
    assert (question.template, question.next_try) == ("confirmation", local(2026, 3, 2, 10, 15))


# --- on paper ------------------------------------------------------------------------------------


@pytest.fixture
def paper(tmp_path: Path) -> Desk:
    """A request without a mail address of which two letters wait to be posted, told one by one."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), trust_staff_mail=True, calendar=False)
    written = tmp_path / "brief.txt"
    written.write_text(ACCESS, "utf-8")
    manual.add(desk.tenant, written, desk.clock(), "", "post", (Kind.ACCESS,), "els", desk.clock())
    desk.round(minutes=5)
    act(desk, events.ExtensionDecided("els", "veel gegevens"))
    desk.round(minutes=15)
    act(desk, events.Answered("els", "Wij zijn er nog mee bezig.", Outcome.OPEN))
    assert states(desk, EXTENDED, MESSAGE) == [LetterState.HELD] * 2
    return desk


def test_the_letter_that_the_mail_is_about_was_posted_and_the_other_still_waits(paper: Desk) -> None:
    paper.round(reply(newest(paper, "Een brief wacht"), "GEPOST"), minutes=5)
    assert states(paper, EXTENDED, MESSAGE) == [LetterState.SENT, LetterState.HELD]
    assert case_of(paper).by_post == ("extended",)
    assert "Klaar op: dinsdag 2 juni 2026" in told(newest(paper, "Gedaan: GEPOST")), "as the notice extended it"


def test_said_to_a_mail_about_the_case_it_is_asked_which_of_two_letters_was_posted(paper: Desk) -> None:
    paper.round(reply(newest(paper, "Uw oordeel is nodig"), "GEPOST"), minutes=5)
    assert "er wachten meer brieven op papier" in told(newest(paper, "Niet gedaan: GEPOST"))
    assert states(paper, EXTENDED, MESSAGE) == [LetterState.HELD] * 2


@pytest.mark.parametrize(("first", "other"), [(EXTENDED, MESSAGE), (MESSAGE, EXTENDED)])
def test_said_to_a_mail_about_the_case_the_only_letter_that_still_waits_was_posted(
    paper: Desk, first: str, other: str
) -> None:
    by_letter.post(paper.tenant, first, None, "els", paper.clock())
    paper.round(reply(newest(paper, "Uw oordeel is nodig"), "GEPOST"), minutes=5)
    assert states(paper, first, other) == [LetterState.SENT] * 2
    assert len(case_of(paper).by_post) == 2


def test_where_no_letter_waits_for_the_post_none_was_posted(paper: Desk) -> None:
    for token in (EXTENDED, MESSAGE):
        by_letter.post(paper.tenant, token, None, "els", paper.clock())
    paper.round(reply(newest(paper, "Uw oordeel is nodig"), "GEPOST"), minutes=5)
    assert "er wacht niets op dat woord" in told(newest(paper, "Niet gedaan: GEPOST"))
    assert len(case_of(paper).by_post) == 2


def test_a_letter_that_waits_to_be_mailed_is_not_the_one_that_was_posted(desk: Desk) -> None:
    desk.round(reply(newest(desk, "Nieuw verzoek"), "GEPOST"), minutes=5)
    assert "er wacht niets op dat woord" in told(newest(desk, "Niet gedaan: GEPOST"))
    assert states(desk, NEUTRAL, QUESTION) == [LetterState.HELD] * 2
