"""What is wrong with a draft: words that no letter may hold, a no without reasons, and what only deserves a note."""

from __future__ import annotations

import pytest

from mailbot.checklist import Draft, lint
from mailbot.model import Kind, Outcome


def stops(words: str, **given: object) -> set[str]:
    return {finding.rule for finding in lint(Draft(words, **given)) if finding.stops}  # type: ignore[arg-type]


def notes(words: str, **given: object) -> set[str]:
    return {finding.rule for finding in lint(Draft(words, **given)) if not finding.stops}  # type: ignore[arg-type]


BAD = {
    "C-06": (
        "Stuur ons een kopie van uw identiteitsbewijs.",
        "Graag ontvangen wij een scan van uw paspoort, zodat wij u kunnen helpen.",
        "Wij vragen u een foto van uw rijbewijs te mailen.",
        "Om misbruik te voorkomen hebben wij een kopie van uw ID-kaart nodig.",
        "Zolang wij geen kopie van uw paspoort hebben, kunnen wij niets doen.",
        "Zonder legitimatiebewijs behandelen wij uw verzoek niet.",
        "U dient zich te legitimeren.",
        "Please send us a copy of your passport.",
        "Merci de nous envoyer une copie de votre carte d'identité.",
        "Een rekening hoeft niet, maar stuur wel een kopie van uw paspoort mee.",
    ),
    "C-10": ("Wat is uw BSN?", "Stuur ons ook uw burgerservicenummer.", "Vermeld uw rijksregisternummer."),
    "A-03": (
        "Vul het formulier op onze website in.",
        "Verzoeken behandelen wij alleen via het portaal.",
        "Dien uw verzoek in per post.",
        "Wij nemen dit niet in behandeling omdat u niet het juiste adres gebruikte.",
    ),
    "B-06": (
        "Waarom wilt u dit weten?",
        "Geef alstublieft de reden van uw verzoek.",
        "Motiveer uw verzoek.",
        "Noem het artikel waarop u zich beroept.",
    ),
    "E-07": (
        "Naar alle waarschijnlijkheid kunnen wij de dienstverlening dan niet langer voortzetten.",
        "Uw account wordt daardoor beëindigd.",
    ),
    "B-02": ("De administratiekosten zijn 25 euro.", "Wij vragen een vergoeding van € 5."),
    "D-07": (
        "U kunt klagen bij het College Bescherming Persoonsgegevens.",
        "Schrijf naar de Privacycommissie.",
        "CNIL, TSA 80751",
    ),
    "E-10": ("Uw IP-adres en uw browser zijn geen persoonsgegevens.",),
    "E-12": ("Een verzoek kan alleen door de betrokkene zelf worden gedaan.",),
    "B-05": ("> Ik wil graag inzage\nHier is ons antwoord.", "Op 3 maart 2026 schreef Jan <jan@x.example>:"),
    "B-01": ("Wij hebben [datum] alles gewist.", "Beste XXX, wij wissen alles.", "Bewaard tot ......", "{{ naam }}"),
}


@pytest.mark.parametrize(("rule", "words"), [(rule, words) for rule, many in BAD.items() for words in many])
def test_a_draft_with_such_words_is_stopped_with_the_rule(rule: str, words: str) -> None:
    assert rule in stops(words)


GOOD = (
    "Stuur alstublieft geen kopie van uw identiteitsbewijs: die hebben wij niet nodig.",
    "U hoeft geen kopie van uw paspoort te sturen.",
    "U stuurde een kopie van uw paspoort. Die was niet nodig en is verwijderd.",
    "Wij hebben de kopie van uw rijbewijs uit ons postvak gewist.",
    "een kopie van uw paspoort uit 2019",
    "Wij kunnen u ook zonder identiteitsbewijs helpen.",
    "Antwoord op deze mail met het nummer van uw bestelling of factuur.",
    "Uw BSN hebben wij niet nodig en niet bewaard.",
    "U hoeft geen formulier in te vullen.",
    "Wij hebben uw gegevens gewist uit het contactformulier op onze website.",
    "U hoeft geen reden te geven.",
    "Hieronder leest u waarom een deel blijft.",
    "Dit kost u niets; er zijn geen administratiekosten.",
    "Uw account is op uw verzoek beëindigd.",
    "U kunt een klacht indienen bij de Autoriteit Persoonsgegevens.",
    "Uw IP-adres bewaren wij een jaar.",
    "Uw broer mag ook namens u schrijven.",
    "Het bedrag van € 25 voor bestelling 5512 is terugbetaald.",
    "Uw gegevens staan bij MyOnlineStore, Sisow en MijnDomein.",
    "Bij een vraag over uw foto's: die hebben wij niet.",
    "De beperking geldt tot u haar opheft.",
    "Wij antwoorden binnen een maand, uiterlijk op vrijdag 27 februari 2026.",
)


@pytest.mark.parametrize("words", GOOD)
def test_a_draft_that_says_nothing_wrong_is_not_stopped(words: str) -> None:
    assert stops(words) == set()


@pytest.mark.parametrize("reasons", ["", "Nee.", "Helaas niet mogelijk."])
def test_a_no_without_reasons_is_stopped(reasons: str) -> None:
    assert "A-35" in stops("Wij doen dit niet.", denies=True, reasons=reasons)


def test_a_no_with_reasons_in_time_is_not_stopped() -> None:
    assert stops("x", denies=True, reasons="Uw bestelling is nog niet betaald en wij vorderen dat bedrag.") == set()


def test_a_no_after_the_month_is_stopped_and_a_yes_is_noted() -> None:
    reasons = "Uw bestelling is nog niet betaald en wij vorderen dat bedrag."
    assert "A-35" in stops("x", denies=True, reasons=reasons, late="law")
    assert stops("Uw gegevens zijn gewist.", late="law") == set()
    assert "A-01" in notes("Uw gegevens zijn gewist.", late="law")


def test_an_access_answer_that_leaves_out_a_recipient_is_noted_by_name() -> None:
    draft = Draft(
        "Uw gegevens staan bij Mollie.", (Kind.ACCESS,), Outcome.GRANTED, recipients=("Mollie", "PostNL (bezorging)")
    )
    [finding] = lint(draft)
    assert (finding.rule, finding.stops) == ("B-10", False)
    assert finding.what.endswith("PostNL (bezorging)")


def test_an_answer_in_another_language_is_noted() -> None:
    assert "F-16" in notes("We have deleted the data and your account, and we are sorry.")
    assert "F-16" in notes("Wij hebben uw gegevens gewist.", language="fr")
    assert notes("Wij hebben uw gegevens gewist.") == set()


def test_thirty_days_are_not_called_the_law() -> None:
    assert "A-22" in notes("De wettelijke termijn van 30 dagen is nog niet om.")


def test_what_stops_a_draft_comes_first() -> None:
    found = lint(Draft("De wettelijke termijn is 30 dagen. Wat is uw BSN?"))
    assert [finding.stops for finding in found] == [True, False]
