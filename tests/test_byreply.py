"""A contact person who works only by reply: what his words do, and what nobody else's words do."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local, text_of

from company import ACCESS, CONTACT, DEPUTY, ERASURE, KNOWN, MARKETING, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.errors import Refused
from mailbot.model import Case, Kind, LetterState, Outcome, Place, Processor, Signal, Status, StepEnding
from mailbot.plan import plan_of
from mailbot.staff.wordmail import MOST_REPORTS

MONDAY = local(2026, 3, 2, 10)
CLOSE_ONCE_SENT = events.Closed("els", Outcome.ANSWERED, "klaar", once_sent=True)
AUTHORITY = "klachten@autoriteitpersoonsgegevens.nl"
DEMAND = "De Autoriteit Persoonsgegevens verzoekt u binnen twee weken de gevraagde gegevens te verstrekken."
NUMBERS = iter(range(1000, 100_000))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY, trust_staff_mail=True, calendar=False, undo_minutes=10)


def reply(mail: EmailMessage, text: str, sender: str = CONTACT, **headers: str) -> bytes:
    """What a mail program sends when a person answers above the quote."""
    quoted = "".join(f"> {line}\n" for line in text_of(mail).splitlines())
    body = f"{text}\n\nOp ma 2 mrt 2026 om 10:00 schreef Kaviaarshop <privacy@mail.test>:\n{quoted}"
    ours = {"In_Reply_To": str(mail["Message-ID"])} | headers
    subject = headers.pop("Subject", f"Re: {mail['Subject']}")
    ours.pop("Subject", None)
    return a_raw_mail(body, sender=sender, subject=subject, number=next(NUMBERS), **ours)


def newest(desk: Desk, words: str, to: str = CONTACT) -> EmailMessage:
    """The last mail to a person whose subject holds these words."""
    return next(mail for mail in reversed(desk.mails_to(to)) if words in str(mail["Subject"]))


def subjects(desk: Desk, to: str = CONTACT) -> list[str]:
    return [str(mail["Subject"]) for mail in desk.mails_to(to)]


def the_case(desk: Desk) -> Case:
    [case] = desk.cases()
    return case


# --- what words do -------------------------------------------------------------------------------


def test_a_yes_accepts_and_is_confirmed(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{ACCESS} {UNCLEAR}"))
    acting.act(desk.tenant, "AVG-2026-0001", events.Corrected("x", (Kind.ACCESS,)), desk.clock())
    desk.round(a_raw_mail(UNCLEAR, number=2, sender="q@klant.test"), minutes=1)
    desk.round(reply(newest(desk, "AVG-2026-0002"), "SOORT inzage"), minutes=5)
    case = desk.cases()[1]
    assert (case.status, case.kinds) == (Status.OPEN, (Kind.ACCESS,))
    said = text_of(newest(desk, "Gedaan: SOORT"))
    assert "inzage" in said
    assert "TERUG" in said
    assert desk.faults() == []


def test_a_yes_to_no_request_closes_and_says_so(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "AKKOORD"), minutes=5)
    assert the_case(desk).status is Status.CLOSED
    assert "gesloten" in text_of(newest(desk, "Gedaan: AKKOORD"))
    desk.round(reply(newest(desk, "Gedaan: AKKOORD"), "TERUG"), minutes=5)
    assert the_case(desk).status is Status.TRIAGE
    assert desk.faults() == []


def test_no_request_closes_and_back_opens_again(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    before = the_case(desk)
    desk.round(reply(newest(desk, "oordeel"), "GEEN VERZOEK"), minutes=5)
    assert the_case(desk).status is Status.CLOSED
    desk.round(reply(newest(desk, "Gedaan: GEEN VERZOEK"), "TERUG"), minutes=5)
    after = the_case(desk)
    assert (after.status, after.kinds, after.needs) == (before.status, before.kinds, before.needs)
    assert [one.due for one in after.deadlines] == [one.due for one in before.deadlines]
    assert after.next_at is not None
    assert "Klaar op" in text_of(newest(desk, "Gedaan: TERUG")), "it tells of the case as it is now"
    assert desk.faults() == []


def test_an_extension_whose_notice_was_stopped_can_be_decided_anew(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    for attempt in (1, 2):
        extend = events.ExtensionDecided("els", "vier systemen met veel gegevens")
        acting.act(desk.tenant, the_case(desk).ref, extend, desk.clock())
        desk.round(reply(newest(desk, "AVG"), "STOP"))
        told = [letter for letter in desk.letters(LetterState.DROPPED) if letter.template == "extended"]
        assert (len(told), the_case(desk).extension_reason) == (attempt, "")
    assert desk.faults() == []


def test_an_extension_waits_long_enough_to_be_taken_back(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "VERLENG er zijn veel gegevens"), minutes=5)
    [waits] = [one for one in desk.letters() if one.template == "extended"]
    assert (waits.state, waits.next_try) == (LetterState.QUEUED, local(2026, 3, 2, 10, 15))
    said = text_of(newest(desk, "Gedaan: VERLENG"))
    assert "er zijn veel gegevens" in said
    desk.round(reply(newest(desk, "Gedaan: VERLENG"), "TERUG"), minutes=5)
    desk.round(hours=1)
    assert [one.state for one in desk.letters() if one.template == "extended"] == [LetterState.DROPPED]
    assert the_case(desk).extension_reason == ""
    desk.round(reply(newest(desk, "Gedaan: TERUG"), "VERLENG er zijn toch veel gegevens"), minutes=5)
    desk.round(minutes=11)
    assert the_case(desk).extended_at is not None
    assert desk.faults() == []


def test_what_has_left_cannot_be_taken_back(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "VERLENG er zijn veel gegevens"), minutes=5)
    desk.round(minutes=11)
    desk.round(reply(newest(desk, "Gedaan: VERLENG"), "TERUG"), minutes=5)
    assert the_case(desk).extended_at is not None
    assert "al weg" in text_of(newest(desk, "Niet gedaan: TERUG"))


def test_an_answer_is_written_below_its_word_and_leaves_after_the_time_to_think(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "ANTWOORD\n\nWij hebben alleen uw adres."), minutes=5)
    assert "Wij hebben alleen uw adres." in text_of(newest(desk, "Gedaan: ANTWOORD"))
    desk.round(minutes=11)
    assert any("Wij hebben alleen uw adres." in text_of(mail) for mail in desk.mails_to(KNOWN))
    assert all(one.met_at for one in the_case(desk).deadlines)


def test_a_closing_and_a_signature_below_an_answer_stay_out_of_the_letter_which_has_its_own(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    typed = "ANTWOORD\nBeste Kim,\nWij hebben alleen uw adres.\n\nGroetjes Marjan\nTuinplezier | 0570 591234"
    desk.round(reply(newest(desk, "Nieuw verzoek"), typed), minutes=5)
    said = text_of(newest(desk, "Gedaan: ANTWOORD"))
    assert "Wij hebben alleen uw adres." in said
    assert "Groetjes" not in said
    assert "0570" not in said


def test_after_the_answer_left_no_extension_is_offered(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "ANTWOORD\nWij hebben alleen uw adres."), minutes=5)
    desk.round(minutes=11)
    desk.round(reply(newest(desk, "Gedaan: ANTWOORD"), "NOTITIE gebeld"), minutes=5)
    assert "- VERLENG" not in text_of(newest(desk, "Gedaan: NOTITIE"))


def test_where_nothing_is_asked_no_extension_is_offered_and_none_is_given(desk: Desk) -> None:
    desk.round(a_raw_mail(DEMAND, sender=AUTHORITY))
    mail = newest(desk, "oordeel")
    assert the_case(desk).kinds == (Kind.NOT_A_REQUEST,)
    assert "- VERLENG" not in text_of(mail)
    desk.round(reply(mail, "VERLENG wij zoeken het uit"), minutes=5)
    assert "geen termijn om te verlengen" in text_of(newest(desk, "Niet gedaan: VERLENG"))


def test_who_writes_for_somebody_else_is_asked_for_whom_and_the_mail_says_so(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender="mr@kantoor.test"))
    case = replace(the_case(desk), signals=(Signal.REPRESENTATIVE,))
    with desk.tenant.store.unit() as unit:
        unit.put_case(case)
    desk.round(reply(newest(desk, "Nieuw verzoek"), "NOTITIE gebeld"), minutes=5)
    assert "- VRAAG en waarom u twijfelt: wij vragen de aanvrager om wie het gaat" in " ".join(
        text_of(newest(desk, "Gedaan: NOTITIE")).split()
    )


def test_a_refusal_which_no_word_writes_is_offered_by_no_mail(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Nieuw verzoek")
    assert "- ANTWOORD" in text_of(mail)
    assert "GEWEIGERD" not in text_of(mail)
    desk.round(reply(mail, "ANTWOORD GEWEIGERD\nDat doen wij niet."), minutes=5)
    assert "mailbot refuse" in text_of(newest(desk, "Niet gedaan: ANTWOORD"))


def test_an_answer_to_who_asked_for_no_right_names_no_complaint_and_no_court(desk: Desk) -> None:
    """Such as an authority, which would read how to complain with itself."""
    desk.round(a_raw_mail(DEMAND, sender=AUTHORITY))
    case = the_case(desk)
    assert (case.kinds, "authority_demand" in case.needs) == ((Kind.NOT_A_REQUEST,), True)
    desk.round(reply(newest(desk, "oordeel"), "ANTWOORD\nBijgaand ons antwoord."), minutes=5)
    desk.round(minutes=11)
    letter = text_of(desk.mails_to(AUTHORITY)[-1])
    assert "Bijgaand ons antwoord." in letter
    assert "klacht in te dienen" not in letter
    assert "rechtbank" not in letter


def test_an_answer_that_is_only_a_closing_is_no_answer(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "ANTWOORD\n\nGroetjes Marjan"), minutes=5)
    assert "Schrijf die op de regels onder het woord" in text_of(newest(desk, "Niet gedaan: ANTWOORD"))


def test_done_closes_with_how_it_was_done(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "KLAAR gebeld"), minutes=5)
    assert (the_case(desk).status, the_case(desk).close_reason) == (Status.CLOSED, "gebeld")


def test_done_after_no_letter_of_ours_says_that_the_answer_went_another_way(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "KLAAR"), minutes=5)
    assert "langs een andere weg" in text_of(newest(desk, "Gedaan: KLAAR"))
    assert the_case(desk).close_reason == "answered in another way"


def test_done_after_our_letter_left_says_that_the_letter_was_the_answer(desk: Desk) -> None:
    answered_by_letter(desk)
    desk.round(reply(newest(desk, "Gedaan: ANTWOORD"), "KLAAR"), minutes=5)
    said = text_of(newest(desk, "Gedaan: KLAAR"))
    assert "onze brief, die al is verstuurd" in said
    assert "andere weg" not in said.partition("Toch niet")[0]
    assert the_case(desk).close_reason == "answered by our letter"


def done_while_the_letter_waits(desk: Desk, word: str = "KLAAR") -> str:
    """What a colleague reads who says that it is done a minute after he wrote the answer."""
    answered_by_letter(desk, minutes=1)
    desk.round(reply(newest(desk, "Gedaan: ANTWOORD"), word), minutes=1)
    return " ".join(text_of(newest(desk, "KLAAR")).split())


def test_done_while_our_letter_still_waits_says_that_the_letter_is_the_answer_and_when_it_leaves(desk: Desk) -> None:
    said = done_while_the_letter_waits(desk)
    assert "gaat dicht zodra onze brief met het antwoord is verstuurd" in said
    assert "is nog niet weg, en gaat weg op ma 02-03-2026 10:11" in said
    assert "andere weg" not in said.partition("Toch niet")[0]


def test_until_that_letter_has_left_the_case_is_open_and_its_term_runs(desk: Desk) -> None:
    done_while_the_letter_waits(desk)
    assert the_case(desk).is_open
    assert not any(one.met_at for one in the_case(desk).deadlines)


def test_once_that_letter_has_left_the_case_is_closed_and_the_term_met_by_it(desk: Desk) -> None:
    done_while_the_letter_waits(desk)
    desk.round(minutes=15)
    case = the_case(desk)
    assert (case.status, case.close_reason, case.closed_at) == (Status.CLOSED, "answered by our letter", desk.clock())
    assert {one.met_at for one in case.deadlines} == {desk.clock()}
    assert case.forget_on
    assert desk.faults() == []


def test_a_letter_that_is_stopped_after_all_closes_nothing_and_neither_does_the_next_one(desk: Desk) -> None:
    done_while_the_letter_waits(desk)
    desk.round(reply(newest(desk, "Gedaan: KLAAR"), "STOP"), minutes=1)
    desk.round(minutes=15)
    assert desk.mails_to(KNOWN)[-1]["Subject"] != "Antwoord"
    desk.round(reply(newest(desk, "Gedaan: STOP"), "ANTWOORD\n\nNu met de goede tekst."), minutes=1)
    desk.round(minutes=15)
    assert "Nu met de goede tekst" in text_of(desk.mails_to(KNOWN)[-1])
    assert the_case(desk).is_open


def test_what_the_person_writes_before_that_letter_left_keeps_the_case_open(desk: Desk) -> None:
    done_while_the_letter_waits(desk)
    desk.round(a_raw_mail("En mijn bestellingen dan?", number=70, In_Reply_To="<1@klant.test>"), minutes=1)
    desk.round(minutes=15)
    assert len(the_case(desk).mails) == 2
    assert the_case(desk).is_open


def test_that_it_is_done_with_that_letter_can_be_taken_back_until_it_left(desk: Desk) -> None:
    assert "Dat kan tot de brief weg is" in done_while_the_letter_waits(desk)
    desk.round(reply(newest(desk, "Gedaan: KLAAR"), "TERUG"), minutes=1)
    desk.round(minutes=15)
    assert the_case(desk).is_open
    assert all(one.met_at for one in the_case(desk).deadlines)


def test_a_colleague_who_says_how_he_answered_has_answered_and_reads_what_still_leaves(desk: Desk) -> None:
    said = done_while_the_letter_waits(desk, "KLAAR gebeld")
    assert (the_case(desk).status, the_case(desk).close_reason) == (Status.CLOSED, "gebeld")
    assert "andere weg" in said
    assert "is nog niet weg, en gaat weg op ma 02-03-2026 10:11" in said
    desk.round(reply(newest(desk, "Gedaan: KLAAR"), "STOP"), minutes=1)
    desk.round(minutes=15)
    assert "Er is niets meer van u" not in text_of(desk.mails_to(KNOWN)[-1])


def test_a_letter_that_waits_for_a_person_closes_nothing_and_the_colleague_is_told_what_to_say(desk: Desk) -> None:
    answered_by_letter(desk, minutes=1)
    with desk.tenant.store.unit() as unit:
        [answer] = [one for one in unit.letters_of("AVG-2026-0001") if one.template == "answer"]
        unit.put_letter(replace(answer, state=LetterState.HELD, next_try=None))
    desk.round(reply(newest(desk, "Gedaan: ANTWOORD"), "KLAAR"), minutes=1)
    said = text_of(newest(desk, "Niet gedaan: KLAAR"))
    assert "onze brief met het antwoord is nog niet weg" in said
    assert "KLAAR gebeld" in said
    assert the_case(desk).is_open


def acknowledgements(desk: Desk) -> list[LetterState]:
    return [one.state for one in desk.letters() if one.template == "acknowledgement"]


def test_once_it_is_done_an_acknowledgement_that_still_waited_leaves_no_more_and_the_colleague_reads_that(
    desk: Desk,
) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    assert acknowledgements(desk) == [LetterState.HELD]
    desk.round(reply(newest(desk, "Nieuw verzoek"), "KLAAR gebeld"), minutes=5)
    assert acknowledgements(desk) == [LetterState.DROPPED]
    assert "De ontvangstbevestiging wachtte nog en gaat niet meer weg" in text_of(newest(desk, "Gedaan: KLAAR"))
    assert "De ontvangstbevestiging is nog niet weg" not in text_of(newest(desk, "Gedaan: KLAAR"))
    assert desk.faults() == []


def test_done_with_the_letter_that_waits_stops_the_acknowledgement_and_not_that_letter(desk: Desk) -> None:
    desk.change(mode="hold")
    said = done_while_the_letter_waits(desk)
    assert acknowledgements(desk) == [LetterState.DROPPED]
    assert "gaat dicht zodra onze brief" in said
    assert [one.state for one in desk.letters() if one.template == "answer"] == [LetterState.QUEUED]


def test_an_acknowledgement_that_was_stopped_so_waits_again_when_done_is_taken_back(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "KLAAR gebeld"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan: KLAAR"), "TERUG"), minutes=5)
    assert acknowledgements(desk) == [LetterState.HELD]
    assert the_case(desk).is_open


def test_what_would_have_left_of_a_company_that_only_observes_is_still_counted_when_the_case_is_done(
    desk: Desk,
) -> None:
    desk.change(mode="observe")
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "KLAAR gebeld"), minutes=5)
    assert acknowledgements(desk) == [LetterState.OBSERVED]


@pytest.mark.parametrize("state", [LetterState.HELD, LetterState.OBSERVED, LetterState.DROPPED, LetterState.FAILED])
def test_at_the_keyboard_too_a_letter_that_does_not_leave_by_itself_closes_nothing(
    desk: Desk, state: LetterState
) -> None:
    answered_by_letter(desk, minutes=1)
    with desk.tenant.store.unit() as unit:
        [answer] = [one for one in unit.letters_of("AVG-2026-0001") if one.template == "answer"]
        unit.put_letter(replace(answer, state=state, next_try=None))
    with pytest.raises(Refused, match="letter with the answer to erasure is"):
        acting.act(desk.tenant, "AVG-2026-0001", CLOSE_ONCE_SENT, desk.clock())


def test_at_the_keyboard_too_a_case_closes_once_its_letter_has_left(desk: Desk) -> None:
    answered_by_letter(desk, minutes=1)
    acting.act(desk.tenant, "AVG-2026-0001", CLOSE_ONCE_SENT, desk.clock())
    assert the_case(desk).is_open
    desk.round(minutes=15)
    assert not the_case(desk).is_open


def answered_by_letter(desk: Desk, minutes: int = 15) -> None:
    """A request that a colleague answered by reply; so long ago that the letter left, unless it says less."""
    desk.round(a_raw_mail(ERASURE))
    acting.act(desk.tenant, "AVG-2026-0001", events.IdentityConfirmed("els", "gebeld"), desk.clock())
    desk.round(reply(newest(desk, "Nieuw verzoek"), "ANTWOORD\n\nEr is niets meer van u."), minutes=1)
    acting.act(desk.tenant, "AVG-2026-0001", events.StepSettled("els", "all", StepEnding.SKIPPED, "nvt"), desk.clock())
    desk.round(minutes=minutes - 1)


@pytest.mark.parametrize("words", ["VERLENG", "VERLENG druk"])
def test_what_the_law_forbids_is_refused_in_dutch_and_the_mail_may_be_answered_again(desk: Desk, words: str) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), words), minutes=5)
    assert "met een reden" in text_of(newest(desk, "Niet gedaan: VERLENG"))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "KLAAR gebeld"), minutes=5)
    assert the_case(desk).status is Status.CLOSED


def test_a_held_letter_is_shown_whole_and_a_yes_lets_it_go(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Een brief wacht")
    [held] = desk.letters(LetterState.HELD)
    assert held.text.splitlines()[2].strip() in text_of(mail)
    desk.round(hours=5)
    assert desk.mails_to(KNOWN) == []  # no answer is never a yes
    desk.round(reply(mail, "AKKOORD"), minutes=1)
    assert desk.mails_to(KNOWN) == []
    desk.round(minutes=11)
    assert len(desk.mails_to(KNOWN)) == 1


def test_a_yes_that_the_next_line_limits_lets_nothing_go_and_is_asked_about(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    before = len(desk.mails_to(CONTACT))
    desk.round(reply(newest(desk, "Een brief wacht"), "Akkoord\n\nMaar pas de aanhef nog aan."), minutes=1)
    desk.round(hours=1)
    assert (desk.mails_to(KNOWN), len(desk.letters(LetterState.HELD))) == ([], 1)
    [asked] = desk.mails_to(CONTACT)[before:]
    assert "onder het woord stond nog iets" in text_of(asked)


def test_stop_keeps_a_held_letter_in(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Een brief wacht"), "STOP"), minutes=1)
    desk.round(hours=1)
    assert (desk.mails_to(KNOWN), desk.letters(LetterState.HELD)) == ([], [])


def test_a_released_letter_is_held_again_by_the_word_back(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Een brief wacht"), "AKKOORD"), minutes=1)
    desk.round(reply(newest(desk, "Gedaan: AKKOORD"), "TERUG"), minutes=5)
    desk.round(hours=1)
    assert desk.mails_to(KNOWN) == []
    assert len(desk.letters(LetterState.HELD)) == 1


def test_what_a_person_adds_below_a_word_is_told_to_be_unread(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "GEEN VERZOEK\n\nDe heer belde voor zijn pakje."), minutes=5)
    assert "De heer belde voor zijn pakje" in text_of(newest(desk, "Gedaan"))


def test_a_closing_and_a_signature_below_a_word_are_nothing_that_was_left_unread(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    signed = "Geen verzoek\n\nGroetjes Marjan\nTuinplezier | 0570 591234\n\nVerstuurd vanaf mijn iPhone"
    desk.round(reply(newest(desk, "oordeel"), signed), minutes=5)
    assert "door niemand gelezen" not in text_of(newest(desk, "Gedaan"))


def test_a_second_word_below_the_first_is_told_how_it_counts(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.round(reply(newest(desk, "oordeel"), "Gestopt\nAkkoord\n\nGroet Anja"), minutes=5)
    told = " ".join(text_of(newest(desk, "Gedaan: GESTOPT")).split())
    assert "“Akkoord”" in told
    assert "met het nummer erachter: AKKOORD AVG-2026-0001" in told


def test_talk_is_answered_once_with_the_words_that_exist(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "Dat is volgens mij geen verzoek hoor."), minutes=5)
    told = newest(desk, "niet begrepen")
    assert "GEEN VERZOEK" in text_of(told)
    count = len(subjects(desk))
    desk.round(reply(told, "Dank u wel"), minutes=5)
    assert len(subjects(desk)) == count


def test_who_wrote_a_word_in_small_letters_is_shown_how_it_is_written(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw verzoek"), "Verleng er zijn veel gegevens"), minutes=5)
    assert "in hoofdletters: VERLENG er zijn veel gegevens" in " ".join(text_of(newest(desk, "niet begrepen")).split())


def test_in_a_mail_about_several_cases_a_word_names_its_case(desk: Desk) -> None:
    desk.round(*(a_raw_mail(ACCESS, number=n, sender=f"p{n}@klant.test") for n in (1, 2)))
    desk.round(at=local(2026, 3, 25, 9))
    mail = newest(desk, "2 verzoeken")
    desk.round(reply(mail, "KLAAR gebeld"), minutes=5)
    assert "meer dan één dossier" in text_of(newest(desk, "Niet gedaan"))
    desk.round(reply(mail, "GEEN VERZOEK AVG-2026-0002\nNOTITIE AVG-2026-0001 morgen bellen"), minutes=5)
    assert [case.status for case in desk.cases()] == [Status.OPEN, Status.CLOSED]
    assert any("morgen bellen" in remark for remark in desk.cases()[0].remarks)


# --- whose words count ---------------------------------------------------------------------------


def attacked(desk: Desk, *mails: bytes) -> bool:
    """Whether these mails changed what the case says."""
    before = the_case(desk)
    desk.round(*mails, minutes=5)
    after = next(case for case in desk.cases() if case.ref == before.ref)
    return (before.status, before.items, before.extension_reason) != (after.status, after.items, after.extension_reason)


def test_a_stranger_with_the_mail_in_hand_does_nothing_and_it_is_told(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    assert not attacked(desk, reply(newest(desk, "oordeel"), "GEEN VERZOEK", sender="vreemd@elders.test"))
    assert "niet van een collega" in text_of(newest(desk, "Let op"))
    assert not any("vreemd" in to for _, to, _ in desk.left)


@pytest.mark.parametrize("results", ["mx.test; dmarc=fail", "elders.test; dmarc=pass", "mx.test; spf=pass"])
def test_an_address_that_nobody_vouches_for_does_nothing_and_it_is_told(desk: Desk, results: str) -> None:
    desk.change(trust_staff_mail=False, authserv_ids=("mx.test",))
    desk.round(a_raw_mail(UNCLEAR))
    assert not attacked(desk, reply(newest(desk, "oordeel"), "GEEN VERZOEK", Authentication_Results=results))
    assert "geen bewijs" in text_of(newest(desk, "Let op"))


def test_a_warning_that_was_seen_by_nobody_we_can_believe_is_told(desk: Desk) -> None:
    desk.change(trust_staff_mail=False)
    desk.round(a_raw_mail(UNCLEAR))
    desk.round(reply(newest(desk, "oordeel"), "OK"))
    assert not any(step.startswith("seen:") for step in the_case(desk).alerted)
    assert "geen bewijs" in text_of(newest(desk, "Let op"))


def test_a_word_that_answers_no_mail_of_ours_does_nothing_and_it_is_told(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    guessed = {"In_Reply_To": "<mailbot.0123456789abcdef.0123456789abcdef0123456789abcdef@mail.test>"}
    for headers in ({}, guessed):
        forged = a_raw_mail(
            "GEEN VERZOEK", CONTACT, "Re: [AVG-2026-0001] Uw oordeel is nodig", next(NUMBERS), **headers
        )
        assert not attacked(desk, forged)
    assert "geen antwoord op een mail van ons" in text_of(newest(desk, "Let op"))


def test_the_same_word_to_the_same_mail_counts_once(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    mail = newest(desk, "oordeel")
    desk.round(reply(mail, "GEEN VERZOEK"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan"), "TERUG"), minutes=5)
    assert not attacked(desk, reply(mail, "GEEN VERZOEK"))
    assert "één keer" in text_of(newest(desk, "Let op"))


# --- a second word to the same mail --------------------------------------------------------------

PROVEN = {"Authentication_Results": "mx.test; dmarc=pass"}


@pytest.fixture
def proven(desk: Desk) -> Desk:
    """A company whose own server says which mail is really its colleagues'."""
    desk.change(trust_staff_mail=False, authserv_ids=("mx.test",))
    return desk


def test_a_second_other_word_to_the_same_mail_counts(proven: Desk) -> None:
    proven.round(a_raw_mail(ERASURE))
    acting.act(proven.tenant, "AVG-2026-0001", events.IdentityConfirmed("els", "gebeld"), proven.clock())
    mail = newest(proven, "Nieuw verzoek")
    proven.round(reply(mail, "GEDAAN", **PROVEN), minutes=5)
    proven.round(reply(mail, "KLAAR gebeld", **PROVEN), days=2)
    assert (the_case(proven).status, the_case(proven).close_reason) == (Status.CLOSED, "gebeld")


def test_a_word_is_put_right_by_the_same_word_with_something_else_behind_it(proven: Desk) -> None:
    proven.round(a_raw_mail(UNCLEAR))
    mail = newest(proven, "oordeel")
    proven.round(reply(mail, "SOORT inzage", **PROVEN), minutes=5)
    proven.round(reply(mail, "SOORT inzage, rectificatie", **PROVEN), minutes=5)
    assert the_case(proven).kinds == (Kind.ACCESS, Kind.RECTIFICATION)


@pytest.mark.parametrize("again", ["GEEN VERZOEK", "geen verzoek", "GEEN VERZOEK\n\nmet iets eronder"])
def test_a_copy_of_a_word_does_nothing_however_well_it_is_proven(proven: Desk, again: str) -> None:
    proven.round(a_raw_mail(UNCLEAR))
    mail = newest(proven, "oordeel")
    proven.round(reply(mail, "GEEN VERZOEK", **PROVEN), minutes=5)
    proven.round(reply(newest(proven, "Gedaan"), "TERUG", **PROVEN), minutes=5)
    assert not attacked(proven, reply(mail, again, **PROVEN))
    said = text_of(newest(proven, "Let op"))
    assert "één keer" in said
    assert "antwoord dan op deze mail" in said


def test_of_answers_to_a_person_each_mail_takes_one_whatever_their_text(proven: Desk) -> None:
    proven.round(a_raw_mail(ERASURE))
    mail = newest(proven, "Nieuw verzoek")
    for text in ("ANTWOORD\n\nEr is niets.", "ANTWOORD\n\nEr is niets. En klik hier: elders.test"):
        proven.round(reply(mail, text, **PROVEN), minutes=5)
    proven.round(minutes=30)
    assert not any("elders.test" in text_of(one) for one in proven.mails_to(KNOWN))
    assert sum("Er is niets." in text_of(one) for one in proven.mails_to(KNOWN)) == 1


@pytest.mark.parametrize("results", ["mx.test; dmarc=fail", "elders.test; dmarc=pass", "mx.test; spf=pass"])
def test_a_second_word_that_nobody_vouches_for_does_nothing(proven: Desk, results: str) -> None:
    proven.round(a_raw_mail(UNCLEAR))
    mail = newest(proven, "oordeel")
    proven.round(reply(mail, "SOORT inzage", **PROVEN), minutes=5)
    assert not attacked(proven, reply(mail, "GEEN VERZOEK", Authentication_Results=results))


def test_where_unproven_mail_is_believed_a_second_word_is_said_to_the_mail_that_says_so(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    mail = newest(desk, "oordeel")
    desk.round(reply(mail, "SOORT inzage"), minutes=5)
    assert not attacked(desk, reply(mail, "GEEN VERZOEK"))
    said = newest(desk, "Let op")
    assert "telt alleen als uw mailserver bewijst" in text_of(said)
    desk.round(reply(said, "GEEN VERZOEK"), minutes=5)
    assert not the_case(desk).is_open


def test_after_a_copy_was_refused_the_colleague_can_say_it_again_to_the_refusal(proven: Desk) -> None:
    proven.round(a_raw_mail(UNCLEAR))
    mail = newest(proven, "oordeel")
    proven.round(reply(mail, "GEEN VERZOEK", **PROVEN), minutes=5)
    proven.round(reply(newest(proven, "Gedaan"), "TERUG", **PROVEN), minutes=5)
    proven.round(reply(mail, "GEEN VERZOEK", **PROVEN), minutes=5)
    proven.round(reply(newest(proven, "Let op"), "GEEN VERZOEK", **PROVEN), minutes=5)
    assert not the_case(proven).is_open


def test_a_word_for_a_case_that_is_closed_is_refused_with_the_way_to_open_it(proven: Desk) -> None:
    proven.round(a_raw_mail(ACCESS))
    mail = newest(proven, "Nieuw verzoek")
    proven.round(reply(mail, "KLAAR gebeld", **PROVEN), minutes=5)
    proven.round(reply(mail, "VERLENG te veel werk", **PROVEN), minutes=5)
    said = text_of(newest(proven, "Niet gedaan: VERLENG"))
    assert "antwoord dan met TERUG op de bevestiging van het woord dat het sloot" in said
    proven.round(reply(newest(proven, "Gedaan: KLAAR"), "TERUG", **PROVEN), minutes=5)
    assert the_case(proven).is_open


def test_two_words_about_one_case_in_one_mail_are_confirmed_each(proven: Desk) -> None:
    proven.round(a_raw_mail(UNCLEAR))
    words = "SOORT AVG-2026-0001 inzage\nNOTITIE AVG-2026-0001 morgen bellen"
    proven.round(reply(newest(proven, "oordeel"), words, **PROVEN), minutes=5)
    assert {"[AVG-2026-0001] Gedaan: SOORT", "[AVG-2026-0001] Gedaan: NOTITIE"} <= set(subjects(proven))


def test_a_letter_that_was_let_go_once_is_let_go_again_by_the_newest_mail_about_it(proven: Desk) -> None:
    proven.change(mode="hold")
    proven.round(a_raw_mail(ACCESS))
    mail = newest(proven, "Een brief wacht")
    proven.round(reply(mail, "AKKOORD", **PROVEN), minutes=1)
    proven.round(reply(newest(proven, "Gedaan: AKKOORD"), "TERUG", **PROVEN), minutes=1)
    proven.round(reply(mail, "AKKOORD", **PROVEN), minutes=1)
    assert "antwoord dan op de nieuwste mail over die brief" in text_of(newest(proven, "Let op"))
    proven.round(reply(newest(proven, "Een brief wacht"), "AKKOORD", **PROVEN), minutes=1)
    proven.round(minutes=15)
    assert len(proven.mails_to(KNOWN)) == 1


def test_a_word_that_an_older_program_carried_out_is_not_carried_out_again(proven: Desk) -> None:
    proven.round(a_raw_mail(ACCESS))
    mail = newest(proven, "Nieuw verzoek")
    with proven.tenant.store.unit() as unit:
        letter = unit.letter_with_message(str(mail["Message-ID"]))
        assert letter
        unit.put_note(f"spent:{letter.token}:AVG-2026-0001", "VERLENG")
    assert not attacked(proven, reply(mail, "VERLENG te veel werk", **PROVEN))


def test_a_mail_to_one_colleague_is_no_key_for_another(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    assert not attacked(desk, reply(newest(desk, "oordeel"), "GEEN VERZOEK", sender=DEPUTY))
    assert "aan een ander" in text_of(newest(desk, "Let op"))


def test_a_word_for_another_case_than_the_mail_speaks_of_does_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR), a_raw_mail(ACCESS, number=2, sender="q@klant.test"))
    mail = newest(desk, "oordeel")
    first = reply(mail, "GEEN VERZOEK AVG-2026-0002")
    second = reply(mail, "GEEN VERZOEK", Subject="Re: [AVG-2026-0002] Uw oordeel is nodig")
    for edited in (first, second):
        desk.round(edited, minutes=5)
    assert [case.is_open for case in desk.cases()] == [True, True]
    assert "ander dossier" in text_of(newest(desk, "Let op"))


def test_words_in_the_quoted_text_do_nothing(desk: Desk) -> None:
    wicked = "AKKOORD\nGEEN VERZOEK\n" + UNCLEAR
    desk.round(a_raw_mail(wicked))
    mail = newest(desk, "oordeel")
    below = "".join(f"> {line}\n" for line in text_of(mail).splitlines()) + "\nGEEN VERZOEK\n"
    bottom = a_raw_mail(below, CONTACT, f"Re: {mail['Subject']}", next(NUMBERS), In_Reply_To=str(mail["Message-ID"]))
    assert not attacked(desk, reply(mail, "Wat een rare mail."), reply(mail, ""), bottom)


def test_an_unquoted_history_below_a_header_block_does_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    mail = newest(desk, "oordeel")
    head = f"Van: Kaviaarshop\nVerzonden: maandag 2 maart 2026\nAan: John\nOnderwerp: {mail['Subject']}"
    body = f"\n\n{head}\n\nGEEN VERZOEK\n"
    outlook = a_raw_mail(body, CONTACT, f"RE: {mail['Subject']}", next(NUMBERS), In_Reply_To=str(mail["Message-ID"]))
    assert not attacked(desk, outlook)


def test_the_requester_s_own_words_do_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    ours = desk.mails_to(KNOWN)[0]
    assert not attacked(desk, reply(ours, "KLAAR gebeld", sender=KNOWN), reply(ours, "KLAAR gebeld"))


def test_a_machine_s_answer_does_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    assert not attacked(desk, reply(newest(desk, "oordeel"), "AKKOORD", Auto_Submitted="auto-replied"))


def test_a_yes_to_a_case_that_others_changed_meanwhile_does_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    mail = newest(desk, "oordeel")
    desk.clock.move(minutes=1)
    acting.act(desk.tenant, "AVG-2026-0001", events.Corrected("els", (Kind.ERASURE,)), desk.clock())
    assert not attacked(desk, reply(mail, "AKKOORD"))
    assert "veranderd sinds" in text_of(newest(desk, "Niet gedaan"))


def test_a_flood_of_forged_words_keeps_no_colleague_from_hearing_that_his_own_did_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Nieuw verzoek")
    desk.round(*(a_raw_mail("AKKOORD", CONTACT, number=next(NUMBERS)) for _ in range(MOST_REPORTS + 5)), minutes=5)
    desk.round(reply(mail, "SOORT weetniet"), minutes=5)
    assert newest(desk, "Niet gedaan: SOORT")


def test_a_flood_of_forged_words_is_not_a_flood_of_reports(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    mail = newest(desk, "oordeel")
    desk.forget_mails()
    flood = [reply(mail, "GEEN VERZOEK", sender=f"v{n}@elders.test") for n in range(MOST_REPORTS + 20)]
    desk.round(*flood, minutes=5)
    assert len([subject for subject in subjects(desk) if "Let op" in subject]) == MOST_REPORTS


def test_a_letter_let_go_late_in_the_evening_leaves_the_same_day(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    mail = newest(desk, "Nieuw verzoek")
    desk.round(reply(mail, "VERLENG er zijn veel gegevens"), at=local(2026, 4, 1, 23, 55))
    assert the_case(desk).extended_at is not None


# --- a week --------------------------------------------------------------------------------------


def test_a_week_in_which_the_contact_person_only_answers_mails(desk: Desk) -> None:
    desk.change(mode="hold")
    senders = ["a@klant.test", "b@klant.test", "c@klant.test"]
    desk.round(
        a_raw_mail(ACCESS, senders[0], number=1),
        a_raw_mail(ERASURE, senders[1], number=2),
        a_raw_mail(UNCLEAR, senders[2], number=3),
    )
    waiting = [mail for mail in desk.mails_to(CONTACT) if "Een brief wacht" in str(mail["Subject"])]
    assert len(waiting) == 2
    desk.round(*(reply(mail, "Akkoord.\n\nMvg, John") for mail in waiting), at=local(2026, 3, 2, 14))
    desk.round(minutes=15)
    assert len(desk.mails_to(senders[0])) == len(desk.mails_to(senders[1])) == 1
    desk.round(reply(newest(desk, "[AVG-2026-0003] Uw oordeel"), "GEEN VERZOEK"), at=local(2026, 3, 3, 9))
    asked = newest(desk, "[AVG-2026-0001]")
    desk.round(reply(asked, "NOTITIE gegevens opgevraagd bij de webshop"), at=local(2026, 3, 3, 11))
    extend = newest(desk, "[AVG-2026-0002]")
    desk.round(reply(extend, "VERLENG"), at=local(2026, 3, 4, 9))
    desk.round(reply(extend, "VERLENG de webshop levert de gegevens laat"), at=local(2026, 3, 4, 10))
    desk.round(at=local(2026, 3, 4, 11))
    done = newest(desk, "[AVG-2026-0001] Gedaan")
    desk.round(reply(done, "ANTWOORD INGEWILLIGD\n\nWij hebben uw naam en adres."), at=local(2026, 3, 5, 9))
    assert "wie dit is" in text_of(newest(desk, "[AVG-2026-0001] Niet gedaan"))
    desk.round(reply(done, "BEVESTIGD hij noemde zijn klantnummer"), at=local(2026, 3, 5, 9, 10))
    desk.round(reply(newest(desk, "Gedaan: BEVESTIGD"), "KLAAR per post gestuurd"), at=local(2026, 3, 5, 9, 20))
    one, two, three = desk.cases()
    assert (one.status, one.items[0].outcome) == (Status.CLOSED, Outcome.ANSWERED)
    assert all(deadline.met_at for deadline in one.deadlines)
    assert two.extended_at is not None
    assert three.status is Status.CLOSED
    assert desk.faults() == []
    assert desk.mails_to(senders[2]) == []


# --- a step, a breach, a stop ----------------------------------------------------------------------


def settled(case: Case) -> dict[str, str]:
    return {one.step: str(one.how) for one in case.work.settled}


def an_open_step(desk: Desk) -> str:
    """A step of the plan that a person says is done."""
    return next(one.id for one in plan_of(the_case(desk), desk.tenant.policy) if one.id.startswith("look_up:"))


def test_a_step_that_is_done_is_said_with_its_name(desk: Desk) -> None:
    desk.change(places=(Place("webshop", holds="klanten"),))
    desk.round(a_raw_mail(ACCESS))
    step = an_open_step(desk)
    desk.round(reply(newest(desk, "Nieuw"), f"GEDAAN {step}"), minutes=5)
    assert settled(the_case(desk)) == {step: "done"}
    assert "TERUG" in text_of(newest(desk, "Gedaan: GEDAAN"))
    assert desk.faults() == []


def test_done_without_a_name_ticks_what_a_person_can_tick_and_says_what_is_left(desk: Desk) -> None:
    doubtful = Processor("Sisow", "Betalingen", status="te bevestigen")
    desk.change(places=(Place("webshop", holds="klanten"),), processors=(doubtful,))
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw"), "GEDAAN"), minutes=5)
    assert set(settled(the_case(desk))) == {"confirm:sisow", "look_up:sisow", "look_up:webshop"}
    said = text_of(newest(desk, "Gedaan: GEDAAN"))
    assert "Beslissen over: inzage" in said
    assert "Opzoeken" not in said
    desk.round(reply(newest(desk, "Gedaan: GEDAAN"), "KLAAR gebeld"), minutes=5)
    assert the_case(desk).status is Status.CLOSED
    assert desk.faults() == []


def test_done_without_a_name_is_refused_with_the_reason_where_nothing_is_left_to_tick(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw"), "GEDAAN"), minutes=5)
    assert "ANTWOORD" in text_of(newest(desk, "Niet gedaan: GEDAAN")).partition("Het dossier")[0]


def test_that_steps_are_done_is_offered_only_where_a_step_is_done_by_saying_so(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    assert "- GEDAAN" not in text_of(newest(desk, "Nieuw"))
    desk.round(reply(newest(desk, "Nieuw"), "GEDAAN"), minutes=5)
    assert "- GEDAAN" not in text_of(newest(desk, "Niet gedaan: GEDAAN"))
    desk.change(places=(Place("webshop", holds="klanten"),))
    desk.round(a_raw_mail(ACCESS, number=2, sender="q@klant.test"), minutes=5)
    mail = newest(desk, "AVG-2026-0002")
    assert "- GEDAAN" in text_of(mail)
    desk.round(reply(mail, "NOTITIE zoek ik op"), minutes=5)
    assert "- GEDAAN" in text_of(newest(desk, "Gedaan: NOTITIE"))


def test_a_mail_about_what_must_stop_offers_the_word_for_it_and_no_other_word_says_it(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    assert "- GESTOPT:" in text_of(newest(desk, "oordeel"))
    desk.round(reply(newest(desk, "oordeel"), "GEDAAN"), minutes=5)
    assert the_case(desk).stopped_at is None
    assert "Uit elke mailinglijst halen" in text_of(newest(desk, "Niet gedaan: GEDAAN"))
    desk.round(days=1)
    assert "- GESTOPT:" in text_of(newest(desk, "Nog niet gestopt"))
    desk.round(reply(newest(desk, "Nog niet gestopt"), "GESTOPT"), minutes=5)
    assert the_case(desk).stopped_at is not None


@pytest.mark.parametrize("word", ["ANTWOORD INGEWILLIGD", "NOTITIE", "KLAAR", "GEDAAN iets-anders"])
def test_a_word_that_cannot_be_done_is_no_request_of_the_colleague(desk: Desk, word: str) -> None:
    """It may speak of anything: what a customer asked, a breach, an erasure."""
    desk.round(a_raw_mail(ERASURE))
    desk.round(reply(newest(desk, "Nieuw"), f"{word}\n\nDe klant zei: {ACCESS}"), minutes=5)
    assert the_case(desk).kinds == (Kind.ERASURE,)
    assert len(the_case(desk).mails) == 1


def test_a_step_that_is_done_is_open_again_by_a_word(desk: Desk) -> None:
    desk.change(places=(Place("webshop", holds="klanten"),))
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw"), f"GEDAAN {an_open_step(desk)}"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan: GEDAAN"), "TERUG"), minutes=5)
    assert settled(the_case(desk)) == {}


def test_a_step_that_does_not_exist_changes_nothing_and_is_reported(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw"), "GEDAAN iets-anders"), minutes=5)
    assert settled(the_case(desk)) == {}
    assert any("Niet gedaan" in subject for subject in subjects(desk))


def a_breach(desk: Desk) -> EmailMessage:
    """A report of a breach that a person recognised, and the mail that calls for the decision."""
    desk.round(a_raw_mail(UNCLEAR))
    acting.act(desk.tenant, "AVG-2026-0001", events.Corrected("x", (Kind.BREACH_REPORT,)), desk.clock())
    desk.round(minutes=1)
    desk.round(minutes=60)
    return newest(desk, "AVG-2026-0001")


@pytest.mark.parametrize(("word", "decision"), [("MELDEN", "notify"), ("NIET MELDEN", "register_only")])
def test_a_breach_is_decided_by_a_word_with_its_reason(desk: Desk, word: str, decision: str) -> None:
    desk.round(reply(a_breach(desk), f"{word} adressen van tien klanten"), minutes=5)
    case = the_case(desk)
    assert case.breach_decision == decision
    assert any("adressen van tien klanten" in remark for remark in case.remarks)
    breach = case.deadline("breach")
    assert breach is not None
    assert (breach.met_at is not None) is (decision == "register_only")
    assert word in str(newest(desk, f"Gedaan: {word}")["Subject"])
    assert desk.faults() == []


def test_who_decided_to_notify_is_called_until_he_says_that_it_was_done(desk: Desk) -> None:
    desk.round(reply(a_breach(desk), "MELDEN adressen van tien klanten"), minutes=5)
    assert "GEMELD" in text_of(newest(desk, "Gedaan: MELDEN"))
    assert "afspraak" not in " ".join(subjects(desk))
    desk.round(days=2)
    mail = newest(desk, "Datalek nog niet gemeld: nog 22 uur")
    assert "- GEMELD:" in text_of(mail)
    assert "- MELDEN" not in text_of(mail)
    desk.round(reply(mail, "GEMELD"), minutes=5)
    told, count = the_case(desk).breach_notes[-1].notified_at, len(subjects(desk))
    assert told is not None
    assert "GEMELD" not in text_of(newest(desk, "Gedaan: GEMELD")).partition("Antwoorden met één woord")[2]
    desk.round(days=2)
    assert not any("nog niet gemeld" in subject for subject in subjects(desk)[count:])
    assert desk.faults() == []


def test_a_breach_that_nobody_has_notified_yet_is_not_done_and_its_colleague_reads_what_to_say(desk: Desk) -> None:
    desk.round(reply(a_breach(desk), "MELDEN adressen van tien klanten"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan: MELDEN"), "KLAAR gebeld"), minutes=5)
    assert the_case(desk).is_open
    refused = newest(desk, "Niet gedaan: KLAAR")
    assert "antwoord dan met GEMELD" in " ".join(text_of(refused).split())
    desk.round(reply(refused, "GEMELD"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan: GEMELD"), "KLAAR gebeld"), minutes=5)
    assert not the_case(desk).is_open
    assert desk.faults() == []


@pytest.mark.parametrize("word", ["GEMELD", "Gemeld"])
@pytest.mark.parametrize("moment", ["02-03-2026 10:30", "2 maart om 10:30 uur", "10.30 uur"])
def test_the_moment_at_which_the_authority_was_told_can_be_named(desk: Desk, moment: str, word: str) -> None:
    desk.round(reply(a_breach(desk), "MELDEN adressen van tien klanten"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan: MELDEN"), f"{word} {moment}"), hours=6)
    breach = the_case(desk).deadline("breach")
    assert breach is not None
    assert breach.met_at == local(2026, 3, 2, 10, 30)


@pytest.mark.parametrize("moment", ["onder nummer 12", "vandaag", "01-03-2026 09:00", "23:59", "12.03"])
def test_a_moment_that_is_none_or_cannot_be_or_may_be_a_day_is_asked_again(desk: Desk, moment: str) -> None:
    desk.round(reply(a_breach(desk), "MELDEN adressen van tien klanten"), minutes=5)
    desk.round(reply(newest(desk, "Gedaan: MELDEN"), f"GEMELD {moment}"), hours=4)
    assert "GEMELD 15-01-2026 14:30" in text_of(newest(desk, "Niet gedaan: GEMELD"))
    assert the_case(desk).breach_notes[-1].notified_at is None


@pytest.mark.parametrize("word", ["MELDEN", "NIET MELDEN"])
def test_a_breach_is_not_decided_without_a_reason(desk: Desk, word: str) -> None:
    desk.round(reply(a_breach(desk), word), minutes=5)
    assert the_case(desk).breach_decision == ""
    assert any("Niet gedaan" in subject for subject in subjects(desk))


def test_not_reporting_is_never_read_as_reporting(desk: Desk) -> None:
    desk.round(reply(a_breach(desk), "niet melden: het was een proef"), minutes=5)
    assert the_case(desk).breach_decision == "register_only"


def test_a_breach_word_under_another_case_is_refused(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(reply(newest(desk, "Nieuw"), "MELDEN alles is weg"), minutes=5)
    assert the_case(desk).breach_decision == ""
    assert any("Niet gedaan" in subject for subject in subjects(desk))


def test_a_stop_everywhere_is_said_and_stays_after_a_replay(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    mail = desk.mails_to(CONTACT)[-1]
    desk.round(reply(mail, "GESTOPT"), minutes=5)
    stopped = the_case(desk).stopped_at
    assert stopped is not None
    desk.round(reply(mail, "GESTOPT"), minutes=60)
    assert the_case(desk).stopped_at == stopped
    assert desk.faults() == []


def test_that_the_use_of_a_photo_stopped_is_not_told_as_an_end_of_advertising(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR))
    acting.act(desk.tenant, "AVG-2026-0001", events.Corrected("x", (Kind.CONSENT_WITHDRAWAL,)), desk.clock())
    desk.round(days=1)
    desk.round(reply(newest(desk, "Nog niet gestopt"), "GESTOPT"), minutes=5)
    said = text_of(newest(desk, "Gedaan: GESTOPT"))
    assert "overal is gestopt" in said
    assert "reclame" not in said


def test_a_mail_about_several_cases_names_the_word_for_what_had_to_stop(desk: Desk) -> None:
    desk.round(*(a_raw_mail(MARKETING, number=n, sender=f"p{n}@klant.test") for n in (1, 2)))
    desk.round(days=1)
    mail = newest(desk, "2 verzoeken")
    assert "GESTOPT AVG-2026-0001" in text_of(mail)
    desk.round(reply(mail, "GESTOPT AVG-2026-0001"), minutes=5)
    assert [case.stopped_at is not None for case in desk.cases()] == [True, False]


def test_that_it_stopped_can_be_said_before_it_is_sure_what_is_asked(desk: Desk) -> None:
    desk.round(a_raw_mail(f"Stop met die nieuwsbrief. {UNCLEAR}"))
    mail = newest(desk, "oordeel")
    assert the_case(desk).status is Status.TRIAGE
    assert "- GESTOPT:" in text_of(mail)
    desk.round(reply(mail, "GESTOPT"), minutes=5)
    assert the_case(desk).stopped_at is not None
    desk.round(days=1)
    assert not any("Nog niet gestopt" in subject for subject in subjects(desk))


def test_a_stranger_stops_nothing(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.round(reply(desk.mails_to(CONTACT)[-1], "GESTOPT", sender="dief@elders.test"), minutes=5)
    assert the_case(desk).stopped_at is None
