"""Own words apart from quotes, signatures and disclaimers: every opener in the table leaves nothing over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.parse import answered, own_text
from rig.cost import cost

NEW = "Beste,\n\nHierbij de gevraagde gegevens.\n\nGroet, Jan"
OLD = "Geachte heer,\n\nKunt u uw klantnummer sturen?\nDan verwijderen wij uw gegevens."
MARKED = "\n".join(f"> {line}".rstrip() for line in OLD.splitlines())

#: One opener an entry; `|` folds the line. The quoted text follows with and, where programs do so, without `>`.
OPENERS = [
    # Dutch
    "Op ma 3 nov. 2025 om 10:12 schreef Privacy Bot <privacy@x.nl>:",
    "Op ma 3 nov 2025 om 10:12 schreef Privacy Bot van de Zeer Lange Naam BV <|privacy@x.nl>:",
    "Op ma 3 nov 2025 om 10:12 schreef Privacy Bot van de Zeer Lange|Naam van een Bedrijf BV|<privacy@x.nl>:",
    "Op ma 3 nov 2025, 10:12 schreef Privacy Bot <privacy@x.nl>:",
    "Op 3-11-2025 om 10:12 schreef Privacy Bot:",
    "Op 3-11-2025 om 10:12 schreef Mijn Kaviaarshop:",
    "Op 03-11-2025 om 10:12 schreef privacy@x.nl:",
    "Op maandag 3 november 2025 om 10:12 schreef Privacy Bot <privacy@x.nl>:",
    "Op maandag 3 november 2025 10:12:31 schreef Privacy Bot:",
    "Op maandag 3 november 2025 10:12 heeft Privacy Bot <privacy@x.nl> het volgende geschreven:",
    "Op 3 nov. 2025 om 10:12 heeft Privacy Bot <privacy@x.nl> het volgende geschreven:",
    "Op 3 nov. 2025, om 10:12 heeft Privacy Bot|<privacy@x.nl> het volgende geschreven:",
    "Op 3 november 2025 om 10:12:00 CET, schreef Privacy Bot via Klanten <klanten@x.nl>:",
    "Op 03-11-2025 10:12 CET schreef Privacy Bot <privacy@x.nl>:",
    "Privacy Bot schreef op 2025-11-03 10:12:",
    "Privacy Bot schreef op 3-11-2025 om 10:12:",
    "Privacy Bot <privacy@x.nl> schreef op ma 3 nov 2025 om 10:12:",
    "Privacy Bot <privacy@x.nl>|schreef op ma 3 nov 2025 om 10:12:",
    "Privacy Bot <privacy@x.nl> schreef:",
    "Citeren Privacy Bot <privacy@x.nl>:",
    "Op ma 3 nov 2025 om 10:12 schreef Privacy Bot <privacy@x.nl<mailto:privacy@x.nl>>:",
    "-----Oorspronkelijk bericht-----|Van: Privacy Bot|Verzonden: 3 november 2025|Aan: Jan|Onderwerp: Re: Inzage",
    "-----Oorspronkelijk bericht-----|Van: info@x.nl|Onderwerp: Bevestiging",
    "----- Oorspronkelijk bericht -----|Van: Privacy Bot|Aan: jan@telenet.be|Verzonden: 3 november 2025|Onderwerp: A",
    "-------- Oorspronkelijk bericht --------|Van: Privacy Bot|Datum: 3-11-2025 10:12 (GMT+01:00)|Aan: J|Onderwerp: A",
    "-------- Origineel bericht --------|Onderwerp: Re: A|Van: Privacy Bot|Aan: J",
    "------- Oorspronkelijk bericht -------|Op maandag 3 november 2025 om 10:12 schreef Privacy Bot <privacy@x.nl>:",
    "Van: Privacy Bot <privacy@x.nl>|Verzonden: maandag 3 november 2025|Aan: Jan|Onderwerp: Re: Inzage",
    "Van: Privacy Bot <privacy@x.nl>|Datum: 3 november 2025 om 10:12|Aan: Jan|CC: Piet|Onderwerp: Re: Inzage",
    "________________________________|Van: Privacy Bot <privacy@x.nl>|Verzonden: maandag|Aan: Jan|Onderwerp: Inzage",
    "*Van:* Privacy Bot <privacy@x.nl>|*Verzonden:* maandag 3 november 2025 10:12|*Aan:* Jan|*Onderwerp:* Re: Inzage",
    "Van: Privacy Bot||Verzonden: maandag 3 november 2025||Aan: Jan||Onderwerp: Re: Inzage",
    "Van: Privacy Bot <p@x.nl>|Verzonden: maandag|Aan: A <a@y.nl>; B <b@y.nl>;|C <c@y.nl>|Onderwerp: Inzage",
    "Van: Privacy <p@x.nl> Verzonden: maandag 3 november 2025 Aan: Jan Onderwerp: Re: Inzage",
    "Oorspronkelijk bericht|Van: Privacy Bot <privacy@x.nl>|Aan: Jan",
    # Flemish
    "Op ma 3 nov. 2025 10:12 schreef Privacy Bot <privacy@x.be>:",
    "Op maandag 3 november 2025 om 10u12 schreef Privacy Bot <privacy@x.be>:",
    'Van: "Privacy Bot" <privacy@x.be>|Aan: "jan" <jan@telenet.be>|Verzonden: 3 november 2025 10:12|Onderwerp: A',
    "Van : Privacy Bot|Verzonden : maandag 3 november 2025|Aan : Jan|Onderwerp : Re: Inzage",
    # French
    "Le lun. 3 nov. 2025 à 10:12, Privacy Bot <privacy@x.be> a écrit :",
    "Le lun. 3 nov. 2025 à 10:12, Privacy Bot de la très longue société <|privacy@x.be> a écrit :",
    "Le 3 nov. 2025 à 10:12, Privacy Bot <privacy@x.be> a écrit :",
    "Le 03/11/2025 à 10:12, Privacy Bot a écrit :",
    "Le lundi 3 novembre 2025 à 10:12:11 UTC+1, Privacy Bot <privacy@x.be> a écrit\u00a0:",
    "Le 2025-11-03 10:12, Privacy Bot a écrit :",
    "De : Privacy Bot <privacy@x.be>|Envoyé : lundi 3 novembre 2025 10:12|À : Jan|Objet : RE: Accès",
    "De\u00a0: Privacy Bot|Envoyé\u00a0: lundi 3 novembre 2025|À\u00a0: Jan|Objet\u00a0: RE: Accès",
    "-----Message d'origine-----|De : Privacy Bot|Envoyé : lundi|À : Jan|Objet : RE",
    "-------- Message d’origine --------|De : Privacy Bot|Date : 03/11/2025 10:12|À : Jan|Objet : RE",
    # German
    "Am Mo., 3. Nov. 2025 um 10:12 Uhr schrieb Privacy Bot <privacy@x.de>:",
    "Am 03.11.25 um 10:12 schrieb Privacy Bot:",
    "Am 03.11.2025 um 10:12 schrieb Privacy Bot <privacy@x.de>:",
    "Am Montag, 3. November 2025 um 10:12:11 MEZ hat Privacy Bot <privacy@x.de> Folgendes|geschrieben:",
    "Am 2025-11-03 10:12, schrieb Privacy Bot:",
    "Privacy Bot <privacy@x.de> schrieb am Mo., 3. Nov. 2025, 10:12:",
    "Zitat von Privacy Bot <privacy@x.de>:",
    "Von: Privacy Bot <privacy@x.de>|Gesendet: Montag, 3. November 2025 10:12|An: Jan|Betreff: AW: Auskunft",
    "-----Ursprüngliche Nachricht-----|Von: Privacy Bot|Gesendet: Montag|An: Jan|Betreff: AW",
    "-------- Originalnachricht --------|Betreff: AW|Datum: 2025-11-03|Von: Privacy Bot",
    # English
    "On Mon, Nov 3, 2025 at 10:12 AM Privacy Bot <privacy@x.nl> wrote:",
    "On Mon, Nov 3, 2025 at 10:12\u202fAM Privacy Bot <privacy@x.nl> wrote:",
    "On Mon, Nov 3, 2025 at 10:12 AM Privacy Bot of the Very Long Company Name <|privacy@x.nl> wrote:",
    "On 3 Nov 2025, at 10:12, Privacy Bot <privacy@x.nl> wrote:",
    "On 11/3/25 10:12, Privacy Bot wrote:",
    "On Monday, November 3rd, 2025 at 10:12, Privacy Bot <privacy@x.nl> wrote:",
    "On 2025-11-03 10:12, Privacy Bot wrote:",
    "Quoting Privacy Bot <privacy@x.nl>:",
    "From: Privacy Bot <privacy@x.nl>|Sent: Monday, November 3, 2025 10:12 AM|To: Jan|Subject: Re: Access",
    "-----Original Message-----|From: Privacy Bot|Sent: Monday|To: Jan|Subject: Re",
    "-------- Original message --------|From: Privacy Bot|Date: 03/11/2025 10:12 (GMT+01:00)|To: Jan|Subject: Re",
    "------- Original Message -------|On Monday, November 3rd, 2025 at 10:12, Privacy Bot <privacy@x.nl> wrote:",
    ">>> Privacy Bot <privacy@x.nl> 3-11-2025 10:12 >>>",
]


def opened(opener: str) -> str:
    return opener.replace("|", "\n")


def test_the_table_holds_at_least_sixty_openers() -> None:
    assert len(set(OPENERS)) >= 60


@pytest.mark.parametrize("opener", OPENERS)
def test_nothing_is_left_of_a_quote_without_marks(opener: str) -> None:
    own, quoted = own_text(f"{NEW}\n\n{opened(opener)}\n\n{OLD}\n")
    assert own == NEW
    assert quoted.endswith("Dan verwijderen wij uw gegevens.")


@pytest.mark.parametrize("opener", OPENERS)
def test_nothing_is_left_of_a_quote_with_marks(opener: str) -> None:
    assert own_text(f"{NEW}\n\n{opened(opener)}\n\n{MARKED}\n")[0] == NEW


@pytest.mark.parametrize("opener", OPENERS)
def test_a_device_line_above_the_quote_goes_too(opener: str) -> None:
    assert own_text(f"{NEW}\n\nVerstuurd vanaf mijn iPhone\n\n{opened(opener)}\n{MARKED}")[0] == NEW


@pytest.mark.parametrize("opener", [entry for entry in OPENERS if "|" not in entry and not entry.startswith(">")])
def test_an_opener_that_is_quoted_itself_goes(opener: str) -> None:
    assert own_text(f"{NEW}\n\n> {opener}\n>\n{MARKED}")[0] == NEW


@pytest.mark.parametrize("opener", [entry for entry in OPENERS if ":" in entry[-2:] and "Onderwerp" not in entry])
def test_an_answer_under_marked_lines_stays(opener: str) -> None:
    own, quoted = own_text(f"{opened(opener)}\n{MARKED}\n\n{NEW}\n")
    assert own.endswith(NEW)
    assert "klantnummer" not in own
    assert "klantnummer" in quoted


def test_answers_between_quoted_lines_stay() -> None:
    body = (
        "Op ma 3 nov 2025 om 10:12 schreef Bot <p@x.nl>:\n> Wat is uw naam?\nJan Jansen\n> En uw adres?\n\nKerkweg 1\n"
    )
    assert own_text(body)[0] == "Jan Jansen\n\nKerkweg 1"


def test_a_lone_numbered_question_between_answers_is_quoted() -> None:
    body = "Op ma 3 nov 2025 om 10:12 schreef Bot <p@x.nl>:\n> 1. Uw naam?\n\nJan\n\n> 2. Uw adres?\n\nKerkweg 1\n"
    assert own_text(body)[0] == "Jan\n\nKerkweg 1"


@pytest.mark.parametrize("signature", ["-- \nJan Jansen\nTel 06 - 000 000 01", "--\nJan"])
def test_a_signature_above_a_quote_does_not_take_the_answers_below_it(signature: str) -> None:
    opener = "Op ma 3 nov 2025 om 10:12 schreef Bot <p@x.nl>:"
    body = f"Zie onder.\n\n{signature}\n\n{opener}\n> Wissen?\n\nJa, alles.\n\n> En de foto's?\n\nOok.\n\n{signature}\n"
    assert own_text(body)[0] == "Zie onder.\n\nJa, alles.\n\nOok."


@pytest.mark.parametrize("word", ["PS: ", "P.S. ", "Ps ", "PS2: ", "NB: ", "Naschrift: ", "p.s.\n"])
def test_a_postscript_below_a_signature_stays(word: str) -> None:
    asked = f"{word}wis ook mijn account."
    assert own_text(f"Ik heb een vraag.\n\n-- \nJan\n\n{asked}\n")[0] == f"Ik heb een vraag.\n\n{asked}"
    assert own_text("Dag\n\n-- \nJan\nPs de Vries BV\nPostbus 1")[0] == "Dag"


def test_under_a_rule_and_a_head_answers_stay_where_the_rest_is_marked() -> None:
    head = opened("-----Oorspronkelijk bericht-----|Van: Bot|Verzonden: maandag|Aan: Jan|Onderwerp: vraag")
    between = f"Dag,\n\n{head}\n\n> Wissen?\n\nJa, alles.\n\n> En de foto's?\n\nOok."
    assert own_text(between)[0] == "Dag,\n\nJa, alles.\n\nOok."
    unmarked = f"Dag,\n\n{head}\n\nWissen?\n\n> Ik wil inzage.\n\nGroet, Bot"
    assert own_text(unmarked)[0] == "Dag,"


@pytest.mark.parametrize(
    "text",
    [
        "Op 3 maart 2025 schreef ik u:\nu hebt niet geantwoord.",
        "Op 3 maart 2025 om 10:12 schreef u mij:\ndat u alles had gewist. Dat is niet zo.",
        "Van: Utrecht\nAan: Zeist\nis mijn verhuizing.",
        "Van: Jan Jansen\nDatum: 3 mei\nOnderwerp: klacht\nBericht: verwijder mijn account",
        "Naam: Jan\nE-mail: jan@x.nl\nOnderwerp: Privacy\nBericht: graag inzage",
        "Ik heb uw e-mail ten onrechte ontvangen.\n\nIk ben niet de geadresseerde en heb het bericht verwijderd.",
        "Dag,\n\nAls u mijn gegevens niet verwijdert, informeer ik de afzender van uw reclame.",
        "Verzonden via PostNL op 3 mei, nooit aangekomen.",
        "Dag,\n\n>> Nu betalen <<\n\nIs dit bericht echt van u?",
        "Ik wacht al\n\n> 3 weken\n\nop antwoord.",
        "Op de foto van 3 mei 2025 sta ik: graag weghalen.",
        "Le 3 mars, vous avez écrit :\nque tout est effacé.",
        "Datum: 3 mei\nOnderwerp van gesprek was mijn dossier.",
        "Beste,\n\n- geen folders\n- geen mail\n--\nJan",
    ],
)
def test_words_of_a_person_are_never_cut(text: str) -> None:
    kept = own_text(text)[0]
    assert kept in (text, text.removesuffix("\n--\nJan"))


@pytest.mark.parametrize(
    "footer",
    [
        "Verstuurd vanaf mijn iPhone",
        "Verzonden vanaf mijn Galaxy",
        "Verstuurd vanaf mijn Samsung",
        "Verzonden vanuit Outlook",
        "Verstuurd vanuit Yahoo Mail op Android",
        "Verzonden vanuit Mail voor Windows",
        "Verzonden met een Proton Mail-beveiligde e-mail.",
        "Verzonden via Telenet webmail",
        "Dit bericht is verzonden via Proximus webmail",
        "Verstuurd via mijn mobiel, excuses voor typfouten",
        "Outlook voor Android downloaden",
        "Outlook voor iOS downloaden<https://aka.ms/o0ukef>",
        "Sent from my iPhone",
        "Sent from Outlook for Android",
        "Sent with Proton Mail secure email.",
        "Get Outlook for iOS",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon mobile Orange",
        "Envoyé à partir de Outlook",
        "Télécharger Outlook pour Android",
        "Provenance : Courrier pour Windows",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows",
        "Gesendet mit der Telekom Mail App",
        "Virusvrij.www.avast.com",
        "-- \nJan Jansen\nTel 06 - 000 000 01",
        "--\nDeze e-mail is verzonden via het contactformulier op Koopjesklik",
        "Dit bericht is verstuurd via het contactformulier van de website",
        "This e-mail was sent from a contact form on Kraaft",
        "Dit bericht is uitsluitend bestemd voor de geadresseerde. Indien u dit bericht ten onrechte ontvangt, "
        "gelieve de afzender te verwittigen en het te vernietigen.",
        "----------------------------------------------------\nDit bericht kan vertrouwelijke of persoonsgegevens "
        "bevatten. Bent u niet de geadresseerde, dan verzoeken wij u het bericht te verwijderen.",
        "De informatie in deze e-mail is vertrouwelijk. Als u niet de beoogde ontvanger bent,\nverwijder dit.",
        "DISCLAIMER: This e-mail and any attachments are confidential. If you are not the intended recipient, "
        "please notify the sender and delete it.",
        "Ce message est confidentiel. Si vous n'êtes pas le destinataire, avertissez l'expéditeur et le supprimez.",
        "Diese E-Mail ist vertraulich. Sollten Sie nicht der richtige Adressat sein, informieren Sie bitte den "
        "Absender und vernichten Sie diese E-Mail.",
        "Aan dit bericht kunnen geen rechten worden ontleend.",
        "Denk aan het milieu voordat u deze e-mail print.",
    ],
)
def test_footers_of_devices_lawyers_and_forms_are_cut_and_the_name_stays(footer: str) -> None:
    own, quoted = own_text(f"{NEW}\n\n{footer}\n")
    assert own == NEW
    assert quoted


def test_a_disclaimer_right_under_the_name_goes_without_the_name() -> None:
    body = f"{NEW}\nDeze e-mail is vertrouwelijk. Bent u niet de bestemmeling, verwittig dan de afzender."
    assert own_text(body)[0] == NEW


def test_two_disclaimers_in_two_languages_both_go() -> None:
    dutch = "Dit bericht is vertrouwelijk. Bent u niet de geadresseerde, verwijder het dan."
    english = "This message is confidential. If you are not the intended recipient, delete it."
    assert own_text(f"{NEW}\n\n{dutch}\n\n{english}")[0] == NEW


def test_a_mail_that_is_only_a_quote_stays_whole() -> None:
    assert own_text(MARKED) == (MARKED, "")


def test_a_mail_that_is_only_a_disclaimer_stays_whole() -> None:
    text = "Dit bericht is vertrouwelijk. Bent u niet de geadresseerde, verwijder het dan."
    assert own_text(text)[0] == text


@given(st.text(alphabet=st.sampled_from("> \n-_:@<Op3ma.VanAdschreefj*"), max_size=400))
def test_text_never_becomes_nothing_and_never_grows(body: str) -> None:
    own, quoted = own_text(body)
    assert bool(own) == bool(body.strip())
    assert len(own) + len(quoted) <= len(body) + 1


@given(
    st.lists(st.sampled_from([NEW, OLD, MARKED, "-- ", "> x", "Verstuurd vanaf mijn iPhone", *map(opened, OPENERS)]))
)
def test_every_word_is_in_own_or_quoted(pieces: list[str]) -> None:
    body = "\n".join(pieces)
    own, quoted = own_text(body)
    assert sorted((own + "\n" + quoted).split()) == sorted(body.split())


@pytest.mark.parametrize(
    "body",
    [
        "Op ma 3 nov 2025 om 10:12 schreef " * 30_000,
        "Op ma 3 nov 2025 om 10:12 schreef \n" * 30_000,
        "\n" * 200_000 + "x",
        "a" * 5_000_000,
        "> a\n" * 100_000,
        "Van: x\n" * 50_000,
        "--\n" * 50_000,
        "Dit bericht is vertrouwelijk\n" * 50_000,
        "a\n\n" * 50_000,
        "Jan <j@x.nl>\n" * 50_000,
        ("Verzonden " + "a " * 100 + "\n") * 2_000,
    ],
)
def test_hostile_text_costs_linear_time(body: str) -> None:
    assert cost(lambda: own_text(body)) < 150


def test_the_quotes_of_a_short_mail_are_found_fast() -> None:
    body = f"{NEW}\n\n{opened(OPENERS[0])}\n{MARKED}\n"
    assert cost(lambda: [own_text(body) for _ in range(1_000)]) < 20


#: Cut off from a mail, and nothing that its writer can be answering.
NO_QUOTE = [
    "-- \nJan Jansen\nKerkweg 1, Utrecht\n06 - 000 000 01",
    "Verstuurd vanaf mijn iPhone",
    "Dit bericht is vertrouwelijk. Bent u niet de geadresseerde, verwijder het dan.",
    "Sent from my iPhone\n\nThis message is confidential. If you are not the intended recipient, delete it.",
]


@pytest.mark.parametrize("cut", NO_QUOTE)
def test_a_signature_or_a_disclaimer_is_nothing_that_a_mail_answers(cut: str) -> None:
    _, quoted = own_text(f"{NEW}\n\n{cut}\n")
    assert quoted
    assert answered(quoted) == ""


@pytest.mark.parametrize("opener", OPENERS)
def test_what_stands_below_an_opener_is_what_a_mail_answers(opener: str) -> None:
    _, quoted = own_text(f"{NEW}\n\n{opened(opener)}\n\n{OLD}\n")
    assert answered(quoted) == quoted


@pytest.mark.parametrize("above", ["", *NO_QUOTE])
def test_one_marked_line_makes_it_a_quote_whatever_stands_above_it(above: str) -> None:
    quoted = f"{above}\n  > Kunt u uw klantnummer sturen?"
    assert answered(quoted) == quoted


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("Mijn klantnummer is 12345.", True),
        ("J’ai 16 ans.", True),
        ("Verstuurd vanaf mijn iPhone", False),
        ("Kerkweg 1, Utrecht", False),
    ],
)
def test_somebody_who_speaks_of_himself_below_a_signature_says_more_than_a_signature(line: str, stays: bool) -> None:
    cut = f"-- \nJan Jansen\n{line}"
    assert answered(cut) == (cut if stays else "")


def test_a_signature_is_shorter_than_sixty_lines() -> None:
    assert answered("\n".join(["Jan Jansen"] * 59)) == ""
    long = "\n".join(["Jan Jansen"] * 60)
    assert answered(long) == long
    assert answered(f"{long}\n{long}") == f"{long}\n{long}"


def test_who_quoted_nothing_answers_nothing() -> None:
    assert answered("") == ""
