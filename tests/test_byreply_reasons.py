"""What a colleague reads whose word did nothing: the reason, in a mail that goes to the address on file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local, text_of
from test_byreply import MONDAY, NUMBERS, PROVEN, newest, reply, subjects, the_case

from company import ACCESS, BOX, CONTACT, UNCLEAR, a_raw_mail
from mailbot import absence, events
from mailbot.acts import acting
from mailbot.model import Kind, LetterState


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY, trust_staff_mail=True, calendar=False, undo_minutes=10)


def refused(desk: Desk, word: str = "") -> str:
    """What the newest mail about a word that was not carried out says, on one line."""
    return " ".join(text_of(newest(desk, f"Niet gedaan: {word}" if word else "Let op")).split())


def test_a_word_below_the_quote_is_told_to_stand_on_the_first_line(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    mail = newest(desk, "oordeel")
    quoted = "".join(f"> {line}\n" for line in text_of(mail).splitlines())
    below = f"Op ma 2 mrt 2026 om 10:00 schreef Kaviaarshop <privacy@mail.test>:\n{quoted}\nGEEN VERZOEK\n"
    desk.round(a_raw_mail(below, CONTACT, "Re: x", next(NUMBERS), In_Reply_To=str(mail["Message-ID"])), minutes=5)
    assert "maar onder aangehaalde tekst" in " ".join(text_of(desk.mails_to(CONTACT)[-1]).split())
    assert the_case(desk).is_open


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("SOORT iets", "zeg wat er wordt gevraagd met woorden uit deze lijst"),
        ("ANTWOORD MISSCHIEN\n\nTekst.", "achter ANTWOORD staat een woord dat wij niet kennen"),
        ("ANTWOORD", "er stond geen tekst bij"),
        ("NOTITIE", "er stond geen tekst bij"),
        ("AKKOORD", "er wacht niets op dat woord"),
        ("STOP", "er wacht niets op dat woord"),
        ("TERUG", "deze mail bevestigt niets dat is terug te draaien"),
        ("VRAAG", "schrijf dan achter VRAAG waarom"),
        ("MELDEN alles is weg", "Dat kan nu niet bij dit dossier"),
    ],
)
def test_a_word_that_cannot_be_done_is_told_why(desk: Desk, word: str, told: str) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=30)
    acting.act(desk.tenant, "AVG-2026-0001", events.IdentityConfirmed("els", "gebeld"), desk.clock())
    desk.round(reply(newest(desk, "Nieuw verzoek"), word), minutes=5)
    assert told in refused(desk, word.split()[0])


@pytest.mark.parametrize("word", ["NOTITIE", "NOTITIE AVG-2026-0007"])
def test_a_word_to_a_mail_about_no_case_is_told_to_answer_another_mail(desk: Desk, word: str) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(at=local(2026, 3, 9, 9))
    [summary] = [mail for _, to, mail in desk.left if "privacyverzoeken in week" in str(mail["Subject"])]
    desk.round(reply(summary, f"{word} morgen bellen"), minutes=5)
    assert "die mail gaat over geen enkel dossier" in refused(desk, "NOTITIE")


@pytest.mark.parametrize(
    ("word", "subject"),
    [("GEEN VERZOEK AVG-2026-0002", ""), ("GEEN VERZOEK", "Re: [AVG-2026-0002] Uw oordeel is nodig")],
)
def test_a_word_and_a_subject_that_name_another_case_are_told_as_that(desk: Desk, word: str, subject: str) -> None:
    desk.round(a_raw_mail(UNCLEAR), a_raw_mail(ACCESS, number=2, sender="q@klant.test"))
    changed = {"Subject": subject} if subject else {}
    desk.round(reply(newest(desk, "oordeel"), word, **changed), minutes=5)
    assert "het noemt een ander dossier" in refused(desk)


def test_of_a_mail_about_several_cases_another_case_is_no_case_of_it(desk: Desk) -> None:
    desk.round(*(a_raw_mail(ACCESS, number=n, sender=f"p{n}@klant.test") for n in (1, 2)))
    desk.round(at=local(2026, 3, 25, 9))
    mail = newest(desk, "2 verzoeken")
    desk.round(a_raw_mail(ACCESS, number=3, sender="p3@klant.test"), minutes=5)
    desk.round(reply(mail, "KLAAR AVG-2026-0003 gebeld"), minutes=5)
    assert "het noemt een ander dossier" in refused(desk)
    assert all(case.is_open for case in desk.cases())


def test_a_company_that_observes_is_told_that_no_letter_leaves(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Een brief wacht")
    desk.change(mode="observe")
    desk.round(reply(mail, "AKKOORD"), minutes=5)
    assert "het programma kijkt alleen mee" in refused(desk, "AKKOORD")


def test_a_letter_that_left_or_was_stopped_meanwhile_waits_for_no_yes(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Een brief wacht")
    with desk.tenant.store.unit() as unit:
        [held] = unit.letters(LetterState.HELD)
        unit.put_letter(replace(held, state=LetterState.DROPPED))
    desk.round(reply(mail, "AKKOORD"), minutes=5)
    assert "er wacht niets op dat woord" in refused(desk, "AKKOORD")


def test_a_letter_that_was_let_go_and_left_is_not_held_again(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Een brief wacht"), "AKKOORD"), minutes=1)
    desk.round(minutes=11)
    desk.round(reply(newest(desk, "Gedaan: AKKOORD"), "TERUG"), minutes=1)
    assert "de brief is al weg" in refused(desk, "TERUG")
    assert desk.letters(LetterState.HELD) == []


# --- whose mail it is that speaks of a request ----------------------------------------------------


def test_who_uses_a_colleague_s_address_unproven_and_asks_something_is_heard_as_anybody(desk: Desk) -> None:
    desk.change(trust_staff_mail=False, authserv_ids=("mx.test",))
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), f"GEEN VERZOEK\n\n{ACCESS}"), minutes=5)
    assert [case.kinds for case in desk.cases()][1:] == [(Kind.ACCESS,)]
    assert "geen bewijs" in refused(desk)


def test_a_colleague_who_has_seen_a_warning_asks_nothing_whatever_he_writes_below_it(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), f"GEZIEN\n\nDe klant zei: {ACCESS} En nu?"), minutes=5)
    assert [len(case.mails) for case in desk.cases()] == [1]


def test_a_colleague_who_asks_something_himself_is_no_talker(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), f"Ik heb zelf ook een vraag. {ACCESS}"), minutes=5)
    assert not any("niet begrepen" in subject for subject in subjects(desk))
    assert Kind.ACCESS in desk.cases()[-1].kinds


@pytest.mark.parametrize(("kind", "talks"), [("calendar", False), ("html", True)])
def test_the_answer_of_a_calendar_program_in_the_thread_is_no_talk(desk: Desk, kind: str, talks: bool) -> None:
    desk.round(a_raw_mail(ACCESS))
    accepted = EmailMessage()
    accepted["From"], accepted["To"], accepted["Subject"] = CONTACT, BOX, "Accepted: Uiterlijk vandaag klaar"
    accepted["Message-ID"], accepted["In-Reply-To"] = "<9@staff.test>", newest(desk, "Nieuw verzoek")["Message-ID"]
    accepted.set_content("Els heeft dit gezien.")
    accepted.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype=kind)
    desk.round(accepted.as_bytes(), hours=1)
    assert any("niet begrepen" in subject for subject in subjects(desk)) is talks


def test_a_word_of_a_colleague_who_was_away_is_a_sign_of_him(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Nieuw verzoek")
    with desk.tenant.store.unit() as unit:
        unit.put_note("contact_away", desk.clock().isoformat())
        assert absence.policy_now(unit, desk.tenant).contact_away
    desk.round(reply(mail, "NOTITIE ik ben er weer"), minutes=5)
    with desk.tenant.store.unit() as unit:
        assert not absence.policy_now(unit, desk.tenant).contact_away


def test_a_mail_about_several_cases_is_on_record_with_the_one_that_its_word_changed(desk: Desk) -> None:
    desk.round(*(a_raw_mail(ACCESS, number=n, sender=f"p{n}@klant.test") for n in (1, 2)))
    desk.round(at=local(2026, 3, 25, 9))
    desk.round(reply(newest(desk, "2 verzoeken"), "NOTITIE AVG-2026-0002 morgen bellen"), minutes=5)
    with desk.tenant.store.unit() as unit:
        seen = unit.seen_as("staff")
    assert [one.ref for one in seen] == ["AVG-2026-0002"]


# --- what a word does -----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.FAILED, LetterState.HELD])
def test_stop_drops_what_waits_for_people_outside_and_nothing_for_colleagues(desk: Desk, state: LetterState) -> None:
    desk.round(a_raw_mail(ACCESS))
    acting.act(desk.tenant, "AVG-2026-0001", events.ExtensionDecided("els", "veel gegevens"), desk.clock())
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of("AVG-2026-0001") if one.template == "extended"]
        unit.put_letter(replace(letter, state=state, next_try=desk.clock() if state is LetterState.QUEUED else None))
        staff = next(one for one in unit.letters_of("AVG-2026-0001") if one.audience == "staff")
        unit.put_letter(replace(staff, state=LetterState.HELD))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "STOP"), minutes=1)
    states = {one.token: one.state for one in desk.letters()}
    assert (states[letter.token], states[staff.token]) == (LetterState.DROPPED, LetterState.HELD)


def test_a_question_who_it_is_waits_long_enough_to_be_taken_back(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender="iemand@elders.test"))
    desk.round(minutes=30)
    desk.round(reply(newest(desk, "Nieuw verzoek"), "VRAAG er zijn er twee van die naam"), minutes=5)
    [question] = [one for one in desk.letters() if one.template == "identity_question"]
    assert (question.state, question.next_try) == (LetterState.QUEUED, desk.clock.at + timedelta(minutes=10))


def test_the_second_answer_by_reply_has_a_number_of_its_own(desk: Desk) -> None:
    desk.change(trust_staff_mail=False, authserv_ids=("mx.test",))
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "ANTWOORD\n\nWij hebben niets.", **PROVEN), minutes=1)
    desk.round(reply(newest(desk, "Gedaan: ANTWOORD"), "TERUG", **PROVEN), minutes=1)
    desk.round(reply(newest(desk, "Gedaan: TERUG"), "ANTWOORD\n\nWij hebben toch iets.", **PROVEN), minutes=1)
    answers = [one for one in desk.letters() if one.template == "answer"]
    assert {one.token.rpartition(":")[2] for one in answers} == {"1", "2"}
    desk.round(minutes=20)
    assert [("toch iets" in one.text) for one in desk.letters(LetterState.SENT) if one.template == "answer"] == [True]
