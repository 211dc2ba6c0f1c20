"""Who answers a newsletter with one word leaves it; who says anything else is read whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.classify import Classifier, Rules
from mailbot.classify.opting_out import as_leaving_a_list, opts_out
from mailbot.classify.reading import read
from mailbot.model import Kind

ADVERTISING = "Nog 48 uur 15% korting op alle zalmeitjes! Uitschrijven | Voorkeuren aanpassen"
OFFER = "Re: Nog 48 uur: 15% korting"


@pytest.mark.parametrize(
    "text",
    [
        *("uitschrijven", "Afmelden a.u.b.", "Graag uitschrijven voor de nieuwsbrief", "Haal mij van de lijst"),
        *("Please take me off this list :)", "unsubscribe", "opt-out please", "Stop sending me these e-mails"),
        *("désinscription", "Désabonnez-moi svp", "Bitte abmelden", "Geen mails meer aub.", "Hou op met mailen!"),
        "Beste Kaviaarshop,\n\nIk wil mij afmelden van alle mailings.\n\nMet vriendelijke groet,\nPriya de Vries",
        "uitschrijven j.jansen@example.nl",
    ],
)
def test_words_that_name_the_mailing_end_it_by_themselves(text: str) -> None:
    assert opts_out(read("", text)) in text
    assert opts_out(read("", text))


@pytest.mark.parametrize(
    "text", ["stop", "STOP aub", "niet meer sturen", "Schrap mij maar.", "Remove", "stop\n\nR. Aerts", "no more"]
)
def test_a_bare_word_ends_it_as_an_answer_to_advertising(text: str) -> None:
    assert opts_out(read(OFFER, text, ADVERTISING))
    assert not opts_out(read("", text))


def test_the_subject_may_be_all_of_it() -> None:
    assert opts_out(read("Uitschrijven nieuwsbrief", "")) == "Uitschrijven nieuwsbrief"
    assert opts_out(read("AFMELDEN", "Groet, Bep")) == "AFMELDEN"


@pytest.mark.parametrize(
    ("subject", "text", "quoted"),
    [
        ("", "Zet mij maar op de mailinglijst, dank", ""),
        ("", "Uitschrijven lukt niet", ""),
        ("", "Ik heb geen nieuwsbrief ontvangen", ""),
        ("", "Graag geen nieuwsbrief", ""),
        ("", "Ik wil meer aanbiedingen", ""),
        ("", "niet afmelden aub", ""),
        ("", "Verwijder deze mail a.u.b.", ""),
        ("", "Uitschrijven en wis ook mijn gegevens", ""),
        ("", "Uitschrijven?\nKlik hier", ""),
        ("", "Afmelden.\nHoe kom ik aan een kopie?", ""),
        ("Re: Uitnodiging workshop tapijt", "afmelden", ""),
        ("Re: Uw bestelling 5501, nu met korting", "stop", ADVERTISING),
        ("Black Friday: 50% korting", "Unsubscribe", ""),
        ("Klacht", "stop met die mails", ""),
        (OFFER, "Klacht: genegeerd. En nu stoppen met die reclame!", ADVERTISING),
        (OFFER, "nee dank u", ADVERTISING),
        (OFFER, "stop\ninzage graag", ADVERTISING),
        (OFFER, "stop\n\nInzage", ADVERTISING),
        (OFFER, "stop\n\nde groene is scheef", ADVERTISING),
        (OFFER, "Stop.\nIk dien klacht in", ADVERTISING),
        (OFFER, "stop\n\nMijn moeder is overleden", ADVERTISING),
        (OFFER, "stop\n\nDatalek bij jullie", ADVERTISING),
        ("afmelden", "inzage graag", ""),
        ("", "uitschrijven\nkopie gegevens graag", ""),
    ],
)
def test_what_says_something_else_is_left_to_the_model(subject: str, text: str, quoted: str) -> None:
    assert opts_out(read(subject, text, quoted)) == ""


def test_it_is_advertising_that_ends_and_no_person_need_look(sorter: Classifier) -> None:
    verdict = sorter.classify(OFFER, "stop", quoted=ADVERTISING)
    assert (verdict.kinds, verdict.act) == ((Kind.DIRECT_MARKETING,), "auto")
    assert [reason.quote for reason in verdict.reasons] == ["stop"]
    assert sorter.classify(OFFER, "stop", quoted=ADVERTISING, rules=Rules(certain=1.0)).act == "triage"


@pytest.mark.parametrize(
    "text",
    [
        "De afmeldknop onderaan doet het niet.",
        "Uitschrijven werkt bij mij niet, ik blijf het krijgen.",
        "Jullie uitschrijflink geeft een foutmelding. Kijken jullie even?",
        "ik kan me nergens uitschrijven",
    ],
)
def test_who_tries_in_vain_to_leave_a_list_wants_to_leave_it(text: str) -> None:
    assert as_leaving_a_list((Kind.NOT_A_REQUEST,), read("", text)) == (Kind.DIRECT_MARKETING,)


@pytest.mark.parametrize(
    "text",
    [
        "Afmelden voor de workshop lukt niet.",
        "Ik heb me uitgeschreven voor de les en dat lukte niet.",
        "De uitschrijving bij de KvK lukt niet.",
        "Inloggen werkt niet.",
        "Ik wil me niet afmelden, hoor.",
    ],
)
def test_who_leaves_something_else_or_stays_leaves_no_list(text: str) -> None:
    assert as_leaving_a_list((Kind.NOT_A_REQUEST,), read("", text)) == (Kind.NOT_A_REQUEST,)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_written_what_it_gives_was_written(subject: str, text: str, quoted: str) -> None:
    assert opts_out(read(subject, text, quoted)) in f"{subject}\n{text}"


@given(
    st.lists(
        st.sampled_from(["stop", "uitschrijven", "mails", "geen", "meer", "inzage", "gegevens", "klacht"]), min_size=1
    )
)
def test_a_word_of_another_right_always_leaves_it_to_the_model(words: list[str]) -> None:
    text = " ".join([*words, "gegevens"])
    assert opts_out(read("", text)) == ""
