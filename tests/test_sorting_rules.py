"""Rules around the trained sorter: authorities with a complaint, one's own death, a request recalled, signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.classify import Classifier
from mailbot.classify.invoking import invokes
from mailbot.classify.normal import fold
from mailbot.classify.signals import signals_of
from mailbot.model import Kind
from mailbot.parse import answered, own_text
from rig.cost import cost

OPENER = "Op ma 3 nov 2025 om 10:12 schreef Privacy <privacy@x.nl>:"
DISCLAIMER = "U hebt recht op inzage, rectificatie en verwijdering. Dit bericht is vertrouwelijk."
ORDER = "Wanneer komt mijn bestelling 5501? Ik wacht al een week."


@pytest.mark.parametrize(
    "text",
    [
        "De Autoriteit Persoonsgegevens heeft een klacht over uw webshop ontvangen. Wij verzoeken u om een reactie.",
        "In het kader van een sectoronderzoek vraagt de AP u een afschrift van uw verwerkingsregister.",
        "Gelet op artikel 58 AVG gelast de Gegevensbeschermingsautoriteit dat u uw cookies aanpast.",
        "De Inspectiedienst van de GBA verzoekt u de logbestanden te bezorgen.",
        "Het UWV verzoekt u de inkomensgegevens van uw oud-medewerker te verstrekken.",
        "Bij de Geschillenkamer zijn twee klachten binnengekomen. Gelieve uw standpunt te bezorgen.",
        "Er is een klacht ingediend bij de Autoriteit Persoonsgegevens. Uw zienswijze zien wij graag voor 1 mei.",
        "L'Autorité de protection des données a reçu une plainte. Nous vous invitons à nous répondre.",
        "La CNIL est saisie d'une réclamation. Vos observations sont attendues sous un mois.",
        "The Data Protection Authority has received a complaint. We ask you to comment.",
        "Die Datenschutzbehörde hat eine Beschwerde erhalten. Wir bitten Sie um Auskunft.",
    ],
)
def test_an_authority_that_has_a_complaint_and_awaits_an_answer_is_seen(text: str) -> None:
    assert "authority_demand" in signals_of(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "Als u niet reageert, dien ik een klacht in bij de Autoriteit Persoonsgegevens. Ik verzoek u dus om inzage.",
        "De Autoriteit Persoonsgegevens heeft mijn klacht ontvangen. Wat is uw reactie?",
        "De Autoriteit Persoonsgegevens heeft een boete opgelegd. Lees meer.",
        "De Autoriteit Persoonsgegevens heeft een klacht ontvangen over een bank, las ik.",
        "Anders vraag ik de AP om u een boete te geven.",
        "Volgens een mail van de AP vraagt u te veel gegevens.",
        "Mijn advocaat vraagt de AP of u dit mag weigeren.",
        "Het UWV vraagt mij om een verklaring, kunt u die verstrekken?",
        "Het CAK vraagt of ik de facturen wil verstrekken.",
        "Volgens de GBA moet u mij binnen een maand antwoorden.",
        "Ik heb de Autoriteit Persoonsgegevens gevraagd wat uw plicht is.",
    ],
)
def test_who_threatens_with_it_or_tells_of_it_is_none(text: str) -> None:
    assert "authority_demand" not in signals_of(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "Na mijn overlijden mag mijn zus beslissen over de gegevens in de app.",
        "Wat gebeurt er met mijn account als ik er niet meer ben? Ik wil dat het dan weg is.",
        "Je souhaite que mes données soient effacées après ma mort.",
        "After my death my daughter may have a copy of my data.",
        "Nach meinem Tod sollen meine Daten gelöscht werden.",
    ],
)
def test_who_settles_his_own_record_after_his_death_is_for_a_person_as_a_death(sorter: Classifier, text: str) -> None:
    verdict = sorter.classify("", text)
    assert (verdict.kinds, verdict.act) == ((Kind.DECEASED,), "triage")


def test_another_ones_death_and_a_figure_of_speech_are_read_as_before(sorter: Classifier) -> None:
    assert sorter.classify("", "Mijn vader is overleden, wis zijn gegevens alstublieft.").kinds[0] is Kind.DECEASED
    assert sorter.classify("", "Die bestelling wordt mijn dood nog. Verwijder al mijn gegevens.").kinds == (
        Kind.ERASURE,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Mijn verzoek om mijn gegevens te verwijderen kwam terug. Doet u dat alsnog?",
        "Is mijn aanvraag tot een kopie van de gegevens aangekomen?",
    ],
)
def test_who_recalls_a_request_of_his_is_never_passed_as_nothing(sorter: Classifier, text: str) -> None:
    assert invokes(fold(text))
    assert sorter.classify("Undelivered", f"{text}\n\nNot delivered").act == "triage"


# --- what was cut off and asks nothing -----------------------------------------------------------


@pytest.mark.parametrize(
    "footer", [f"-- \n{DISCLAIMER}", "-- \nJan Jansen\nTel. 06-12345678", "Verstuurd vanaf mijn iPhone"]
)
def test_a_signature_or_a_disclaimer_is_no_question_that_is_answered(sorter: Classifier, footer: str) -> None:
    own, quoted = own_text(f"{ORDER}\n\n{footer}")
    assert (own, answered(quoted)) == (ORDER, "")
    verdict = sorter.classify("bestelling", own, quoted=answered(quoted))
    assert (verdict.kinds, verdict.act) == ((Kind.NOT_A_REQUEST,), "auto")


@pytest.mark.parametrize(
    "below",
    [
        f"{OPENER}\n> Mogen wij uw gegevens wissen?",
        f"-- \nJan Jansen\n\n{OPENER}\n> Mogen wij uw gegevens wissen?",
        "> Mogen wij uw gegevens wissen?",
        "-----Oorspronkelijk bericht-----\nVan: Privacy\nAan: Jan\nOnderwerp: Re: wissen\n\nMogen wij dat?",
    ],
)
def test_what_another_wrote_stays_a_question(below: str) -> None:
    quoted = own_text(f"Ja hoor.\n\n{below}")[1]
    assert answered(quoted) == quoted != ""


def test_under_two_dashes_somebody_who_says_i_may_ask_something() -> None:
    assert "Ik wil dat u mijn gegevens wist." in own_text(f"{ORDER}\n\n-- \nIk wil dat u mijn gegevens wist.\nJan")[0]


@given(st.text(alphabet="-> \nikOpschreef:@1.", max_size=300))
def test_what_is_answered_is_all_that_was_cut_off_or_nothing(quoted: str) -> None:
    assert answered(quoted) in (quoted, "")


@pytest.mark.parametrize(
    "text", ["cnil a recu " * 3_000, "de klacht " * 4_000, "a a " * 8_000, "een melding cnil " * 2_000]
)
def test_the_rules_take_linear_time(text: str) -> None:
    assert cost(lambda: signals_of(text)) < 15


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatisch antwoord: mijn vraag",
        "RE: AW: Automatic reply: mijn vraag",
        "Antw: Réponse automatique : mijn vraag",
    ],
)
def test_what_a_machine_put_into_a_subject_is_not_heard(sorter: Classifier, subject: str) -> None:
    text = "Wanneer krijg ik inzage?"
    assert sorter.classify(subject, text) == sorter.classify("Re: mijn vraag", text)


def test_a_writer_who_names_his_absence_in_the_subject_is_heard(sorter: Classifier) -> None:
    subject, text = "Afwezigheid: wanneer bent u terug?", "Wanneer krijg ik inzage?"
    assert sorter.classify(subject, text) != sorter.classify("Re: wanneer bent u terug?", text)
