"""What a policy says is read whatever words it uses, and what it says of something else is not taken for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot.cli import app
from mailbot.config import load
from mailbot.setup.policy_contradictions import contradictions
from mailbot.setup.policy_file import policy_text
from mailbot.setup.policy_retention import retention
from mailbot.setup.policy_text import propose

RIGHTS = "U kunt ons een verzoek sturen om inzage in uw gegevens. "


def values(text: str, setting: str) -> list[str]:
    """What is proposed for a setting, in its order."""
    return [one.value for one in propose(text) if one.setting == setting]


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("We reageren zo snel mogelijk, maar binnen vier weken, op jouw verzoek.", "28"),
        ("Wij bezorgen u een antwoord binnen de 30 dagen, zoals de wet bepaalt.", "30"),
        ("U ontvangt binnen 21 dagen na ontvangst van uw verzoek een overzicht.", "21"),
        ("Binnen veertien dagen na uw verzoek ligt de kopie voor u klaar.", "14"),
        ("Wij verbinden ons ertoe om binnen een termijn van 15 werkdagen te antwoorden op uw verzoek.", "21"),
        ("U krijgt binnen 5 werkdagen een ontvangstbevestiging en uiterlijk binnen 30 dagen een reactie.", "30"),
        ("Nous vous répondrons dans les 15 jours suivant la réception de votre demande.", "15"),
        ("We will respond to your request within ten business days.", "14"),
    ],
)
def test_a_term_is_read_in_weeks_working_days_and_words_and_in_three_languages(sentence: str, days: str) -> None:
    assert values(RIGHTS + sentence, "promise_days") == [days]


@pytest.mark.parametrize(
    "sentence",
    [
        "Bestellingen kunt u binnen 14 dagen retourneren.",
        "Als we uw gegevens verbeteren, geven wij dat binnen twee weken door aan de bond.",
        "We wissen binnen 30 dagen; back-ups verdwijnen later.",
        "Onze klantenservice beantwoordt gewone vragen binnen 2 werkdagen.",
        "Na ontvangst van uw klacht krijgt u binnen 10 werkdagen antwoord.",
        "Wij nemen binnen drie werkdagen telefonisch contact met u op om uw verzoek te bespreken.",
        "Wij streven ernaar uw verzoek binnen een week te beantwoorden.",
        "We aim to answer most requests within ten business days.",
        "Wij reageren binnen een maand op uw verzoek.",
        "Vous disposez d'un délai de rétractation de 14 jours.",
    ],
)
def test_days_for_something_else_than_an_answer_are_no_promise(sentence: str) -> None:
    assert values(RIGHTS + sentence, "promise_days") == []


def test_of_two_terms_the_shortest_is_proposed_first() -> None:
    text = RIGHTS + "U krijgt binnen 4 weken een reactie op uw verzoek. Een kopie volgt binnen 14 dagen na uw verzoek."
    assert values(text, "promise_days") == ["14", "28"]


def test_a_term_where_no_request_is_spoken_of_counts_only_where_no_other_is_said() -> None:
    asked = "Schrijf ons gerust, wij antwoorden binnen 3 dagen."
    assert values(asked, "promise_days") == ["3"]
    assert values(f"{asked}\n{'Over ons bedrijf. ' * 40}\n{RIGHTS}Wij antwoorden binnen 21 dagen.", "promise_days") == [
        "21"
    ]


def test_a_picture_that_was_pasted_along_is_passed_over_and_costs_no_time() -> None:
    text = f"{'A.' * 100_000}\nNeem contact op via info@zon.example.\n{'a@b.' * 50_000}"
    assert values(text, "email") == ["info@zon.example"]


# --- who the company is


@pytest.mark.parametrize(
    ("text", "name", "address", "country"),
    [
        (
            "Wol.nl, onderdeel van De Spoel B.V., gevestigd aan Lange Nieuwstraat 14, 3512 PH Utrecht, KvK 1, "
            "is verantwoordelijk voor de verwerking.",
            "De Spoel B.V.",
            "Lange Nieuwstraat 14, 3512 PH Utrecht",
            "NL",
        ),
        (
            "Biebels BV, met zetel te 2018 Antwerpen, Mechelsesteenweg 77, KBO 0699.812.334.",
            "Biebels BV",
            "Mechelsesteenweg 77, 2018 Antwerpen",
            "BE",
        ),
        (
            "Les Jardins SRL, dont le siège social est établi rue de la Motte 21, 4577 Modave, est responsable. "
            "Le droit belge est applicable.",
            "Les Jardins SRL",
            "rue de la Motte 21, 4577 Modave",
            "BE",
        ),
        (
            'This applies to Brightloom B.V. ("we"), a company registered with the Chamber of Commerce, with its '
            "office at Herengracht 449A, 1017 BR Amsterdam, The Netherlands.",
            "Brightloom B.V.",
            "Herengracht 449A, 1017 BR Amsterdam",
            "NL",
        ),
        (
            "Privacyverklaring Tennisclub De Lobbers\nSecretariaat: Postbus 318, 8000 AH Zwolle",
            "Tennisclub De Lobbers",
            "Postbus 318, 8000 AH Zwolle",
            "NL",
        ),
    ],
)
def test_a_company_is_found_by_its_form_its_seat_or_its_title(text: str, name: str, address: str, country: str) -> None:
    said = [values(text, setting)[:1] for setting in ("name", "post_address", "country")]
    assert said == [[name], [address], [country]]


@pytest.mark.parametrize(
    "seat",
    [
        "Dorpsstraat 12 in Diepenveen (7431 CK)",
        "Dorpsstraat 12, Diepenveen (7431CK)",
        "Dorpsstraat 12 te 7431 CK Diepenveen",
    ],
)
def test_the_seat_comes_before_the_address_that_goods_are_sent_to(seat: str) -> None:
    text = f"Retouren kun je sturen naar ons magazijn, Handelsweg 3, 7418 BC Deventer. Je vindt ons op {seat}. Bel ons."
    own, goods = values(text, "post_address")
    assert own.replace("7431CK", "7431 CK") == "Dorpsstraat 12, 7431 CK Diepenveen"
    assert goods == "Handelsweg 3, 7418 BC Deventer"


def test_what_belongs_to_an_authority_is_not_the_company_s_own() -> None:
    text = (
        "U kunt een klacht indienen bij het College Bescherming Persoonsgegevens, Juliana van Stolberglaan 4, "
        "2595 CL Den Haag, of bij de Gegevensbeschermingsautoriteit, Drukpersstraat 35, 1000 Brussel "
        "(contact@apd-gba.be, https://www.autoriteitpersoonsgegevens.nl)."
    )
    assert [one.setting for one in propose(text) if one.setting != "country"] == []


def test_the_address_for_requests_is_proposed_before_other_addresses() -> None:
    text = (
        "Onze FG: fg@zon.example. Algemeen: info@zon.example.\nFacturen: facturen@zon.example.\n"
        "Stuur een verzoek tot inzage naar leden@zon.example."
    )
    boxes = [one.partition("@")[0] for one in values(text, "email")]
    assert boxes == ["leden", "info", "facturen", "fg"]


def test_a_policy_under_two_laws_proposes_both_countries() -> None:
    assert values("Belgisch recht of, voor Nederland, Nederlands recht is van toepassing.", "country") == ["BE", "NL"]


def test_who_oversees_privacy_is_told_and_not_proposed_as_who_answers() -> None:
    text = "Onze DPO is An Lievens (dpo@zon.example).\nPrivacy officer: Naomi de Wit, privacy@zon.example.\n"
    assert values(text, "contact") == ["Naomi de Wit"]
    assert values(text, "officer") == ["An Lievens"]


@pytest.mark.parametrize("name", ["Anna van der Berg", "Jan van den Hove-Smit", "Els ter Steege", "P.J. van 't Hof"])
def test_the_name_of_who_handles_privacy_is_whole(name: str) -> None:
    assert values(f"Contactpersoon voor privacyzaken: {name}\nTuinweg 1", "contact") == [name]
    assert values(f"Onze Privacy Officer {name} zit te wachten. Hij helpt u.", "contact") == [name]
    assert values(f"Onze DPO is {name}.", "officer") == [name]


# --- who gets data


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("Naam\tDoel\tGegevens\nMollie\tBetalingen\tNaam\nTrusted Shops\tBeoordelingen\tAdres", "Mollie|Trusted Shops"),
        ("| Verwerker | Dienst |\n|---|---|\n| Postmark (ActiveCampaign LLC) | E-mail |", "Postmark"),
        ("Doel | Partij\nBetalingen | Mollie\nBezorging | PostNL", "Mollie|PostNL"),
        ("- Hosting: TransIP\n- betalingen\n- vervoerders: DHL", "Hosting|TransIP|DHL"),
        ("Name / Purpose / Country\nTwilio SendGrid / e-mail / US", "Twilio SendGrid"),
        (
            "o SD Worx (lonen)\n- bpost (post)\n* Drukkerij Van Dalen - blad\n- Voor- en achternaam\n- Adresgegevens",
            "SD Worx|bpost|Drukkerij Van Dalen",
        ),
        (
            "Onze boekhouder, Kantoor Ter Steege, ziet uw gift. Het pakje gaat met PostNL of DHL.",
            "Kantoor Ter Steege|PostNL|DHL",
        ),
        (
            "Wij maken gebruik van: Shopify International (webshop), Exact Online (boekhouding).",
            "Shopify International|Exact Online",
        ),
        (
            "Klarna Bank AB, Bpost, Meta Ireland. Wij verkopen uw gegevens nooit, ook niet in Nederland.",
            "Klarna Bank AB|Bpost|Meta Ireland",
        ),
    ],
)
def test_who_gets_data_is_read_from_tables_lists_and_sentences(lines: str, named: str) -> None:
    text = (
        f"4. Met wie delen wij gegevens\n{lines}\n\n5. Cookies, of vergelijkbare technieken\nWij gaan verder via Kalm."
    )
    assert "|".join(values(text, "processor")) == named


def test_who_does_something_for_a_shop_is_named_in_whatever_part_says_so() -> None:
    text = (
        "Wat weten we van je?\nDe factuur bewaren we 7 jaar. Betalen gaat via Mollie en de pakketjes gaan met PostNL of"
        " soms DHL. De site draait bij TransIP en onze nieuwsbrief versturen we met Mailchimp (dat is een Amerikaans"
        " bedrijf). De boekhouding wordt gedaan door Administratiekantoor Bos uit Raalte. Bellen kan met Marjan."
    )
    assert values(text, "processor") == ["Mollie", "PostNL", "DHL", "TransIP", "Mailchimp", "Administratiekantoor Bos"]


def test_a_table_of_a_page_that_the_browser_saved_keeps_its_cells(tmp_path: Path) -> None:
    rows = "<tr><th>Doel</th><th>Verwerker</th></tr><tr><td>Betalingen</td>\n<td>Mollie</td></tr>"
    (tmp_path / "beleid.html").write_text(f"<html><body><table>{rows}</table></body></html>", "utf-8")
    assert values(policy_text(tmp_path / "beleid.html"), "processor") == ["Mollie"]


def test_a_company_holds_no_data_for_itself() -> None:
    text = "Privacyverklaring Fietsdokter Rijnmond\nDerden\nAlles blijft bij Fietsdokter Rijnmond. De site is van Kalm."
    assert values(text, "processor") == ["Kalm"]


# --- what is promised beyond the law


@pytest.mark.parametrize(
    "sentence",
    [
        "Zeg je je account op, dan beschouwen wij dat ook als een verzoek om al je gegevens te wissen.",
        "Wilt u niet langer klant zijn, dan zien wij dat als een vergeetverzoek.",
        "If you cancel your subscription, we will treat this as a request to delete your personal data.",
    ],
)
def test_leaving_is_an_erasure_where_the_policy_sees_it_so(sentence: str) -> None:
    assert values(sentence, "leaving_is_erasure") == ["true"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Opzeggen van het lidmaatschap geldt niet als een verzoek tot verwijdering.",
        "La clôture de votre compte ne vaut pas demande d'effacement.",
        "Wij bewaren een lijst, ook in het geval van een vergeetverzoek.",
        "U kunt ons een verzoek tot verwijdering sturen. Wij behandelen het zorgvuldig.",
        "U kan zich daartegen verzetten.",
    ],
)
def test_a_right_that_is_named_or_denied_is_no_promise(sentence: str) -> None:
    assert [one.setting for one in propose(sentence)] == []


@pytest.mark.parametrize(
    ("sentence", "age"),
    [
        ("Wie jonger is dan 16 jaar, laat het verzoek door een ouder doen. Belgisch recht.", ["16"]),
        ("Vanaf 16 jaar beslist u zelf.", ["16"]),
        ("Notre site ne s'adresse pas aux mineurs de moins de 13 ans. Droit belge: le droit belge.", ["13"]),
        ("Niet voor wie jonger is dan 13 jaar. Nederlands recht is van toepassing.", []),
        ("U moet minstens 18 jaar zijn om wijn te bestellen.", []),
    ],
)
def test_an_age_below_which_parents_speak_is_never_lower_than_the_law_s(sentence: str, age: list[str]) -> None:
    assert values(sentence, "minor_age") == age


# --- where it collides with the law or itself


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Wij vragen jou een kopie van je identiteitsbewijs met het verzoek mee te sturen.", "C-06"),
        ("Joignez une copie recto de votre carte d'identité.", "C-06"),
        ("De kosten bedragen 5 euro.", "B-04"),
        ("Klagen kan bij het College Bescherming Persoonsgegevens, Den Haag.", "E-06"),
        ("Wij houden ons aan de Wet bescherming persoonsgegevens (Wbp).", "E-28"),
        ("U kunt dit alleen schriftelijk of per e-mail doen.", "E-11"),
        ("Een verzoek tot vernietiging voeren wij binnen drie maanden uit.", "A-34"),
        ("Wij appen of bellen u altijd terug binnen één werkdag.", "A-20"),
        ("Zet er wel even je klantnummer bij, anders kunnen we er niks mee.", "C-01"),
        ("Zonder uw geboortedatum kunnen wij uw verzoek niet behandelen.", "C-01"),
        ("Je krijgt binnen 14 dagen een overzicht. Klopt er iets niet, dan regelen we dat binnen 4 weken.", "A-22"),
        ("U krijgt binnen 21 dagen een reactie. Een overzicht krijgt u binnen 4 weken.", "A-22"),
        ("Wij antwoorden binnen 4 weken. Een verzoek wordt binnen een maand afgehandeld.", "A-22"),
    ],
)
def test_what_a_policy_says_and_the_program_does_not_do_is_told_by_rule(sentence: str, rule: str) -> None:
    assert [one.rule for one in contradictions(sentence)] == [rule]


@pytest.mark.parametrize(
    "sentence",
    [
        "Een kopie van uw identiteitsbewijs vragen wij nooit.",
        "Zet uw nummer op het pakket, anders kunnen wij uw retour niet verwerken.",
        "Zonder uw toestemming delen wij uw nummer niet.",
        "Ook zonder nummer kunnen wij u helpen.",
        "Zonder postcode kunnen wij de pakketten niet versturen.",
        "Uw gegevens hebben wij nodig voor de bestelling, anders kunnen wij niets versturen.",
        "Wij vragen uw telefoonnummer, anders kunnen wij u niet bellen.",
        "Binnen 14 dagen ligt de kopie voor u klaar; neem een geldig identiteitsbewijs mee.",
        "Voor een tweede kopie vragen wij een vergoeding van 25 euro.",
        "U kunt ons ook bellen. Deze termijn kunnen wij met twee maanden verlengen.",
    ],
)
def test_what_the_law_allows_is_no_contradiction(sentence: str) -> None:
    assert list(contradictions(sentence)) == []


def test_contradictions_stand_in_the_company_s_file_under_their_sentences(tmp_path: Path) -> None:
    policy = tmp_path / "beleid.txt"
    policy.write_text("Zon B.V., KvK 1. Stuur altijd een kopie van uw paspoort mee.", "utf-8")
    own = tmp_path / "own"
    words = ["new-company", "zon", "--name", "Zon", "--policy", str(policy), "--config", str(own)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert [one.partition(":")[0] for one in load(own).company("zon").policy.defects] == ["C-06"]
    assert "# Stuur altijd een kopie van uw paspoort mee." in (own / "tenants" / "zon.toml").read_text("utf-8")


# --- how long data are kept


def test_how_long_data_are_kept_is_taken_from_tables_and_sentences_as_it_stands_there() -> None:
    text = (
        "Hoe lang bewaren we\nCategorie | Bewaartermijn\nFacturen | 7 jaar\nNieuwsbrief | tot afmelding\n"
        "Onze rechten\nBeelden (bijv. van de entree) worden na vier weken gewist. Wij antwoorden binnen 4 weken.\n"
        "Uw verzoek wissen wij na 2 jaar. Wij wissen alles binnen 21 dagen. Wie jonger is dan 16 jaar vraagt."
    )
    kept = ["Facturen: 7 jaar", "Nieuwsbrief: tot afmelding"]
    assert retention(text) == [*kept, "Beelden (bijv. van de entree) worden na vier weken gewist."]


def test_periods_wait_in_the_company_s_file_for_a_person_to_take_over(tmp_path: Path) -> None:
    policy, own = tmp_path / "beleid.txt", tmp_path / "own"
    policy.write_text('Wij bewaren facturen ("stukken") zeven jaar.', "utf-8")
    words = ["new-company", "zon", "--name", "Zon", "--policy", str(policy), "--config", str(own)]
    assert CliRunner().invoke(app, words).exit_code == 0
    file = own / "tenants" / "zon.toml"
    assert load(own).company("zon").policy.retention == ()
    lines = file.read_text("utf-8").split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("# retention"))
    file.write_text("\n".join(line[2:] if start <= at <= start + 2 else line for at, line in enumerate(lines)), "utf-8")
    assert load(own).company("zon").policy.retention == ('Wij bewaren facturen ("stukken") zeven jaar.',)


# --- whole policies, as shops, clubs and clinics write them: invented, each beside what is to be read from it


INVENTED = sorted((Path(__file__).parent / "policies" / "invented").glob("*.txt"))


@pytest.mark.parametrize("policy", INVENTED, ids=[one.stem for one in INVENTED])
def test_a_policy_is_read_as_a_careful_person_reads_it(policy: Path) -> None:
    text = policy_text(policy)
    said: dict[str, list[str]] = {}
    for one in propose(text):
        said.setdefault(one.setting, []).append(one.value)
    if rules := [one.rule for one in contradictions(text)]:
        said["contradiction"] = rules
    if kept := retention(text):
        said["retention"] = kept
    assert said == tomllib.loads(policy.with_suffix(".toml").read_text("utf-8"))
