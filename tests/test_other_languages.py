"""Quotes as mail programs in other languages open them, and quotes that a program folded, drew or left unmarked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.parse import own_text, parse

NEW = "Beste,\n\nWilt u mijn gegevens verwijderen?\n\nGroet, Jan"
OLD = "Geachte heer,\n\nWij hebben uw bestelling verstuurd."
MARKED = "\n".join(f"> {line}".rstrip() for line in OLD.splitlines())

#: One opener an entry; `|` folds the line.
OPENERS = [
    "Il giorno lun 3 nov 2025 alle ore 10:12 Negozio <info@x.nl> ha scritto:",
    "Il giovedì 6 novembre 2025, Negozio <info@x.nl>|ha scritto:",
    "Da: Negozio<mailto:info@x.nl>|Inviato: lunedì 3 novembre 2025 10:12|A: jan@y.nl|Oggetto: Ordine",
    "El lun, 3 nov 2025 a las 10:12, Tienda (<info@x.nl>) escribió:",
    "De: Tienda <info@x.nl>|Enviado: lunes, 3 de noviembre de 2025 10:12|Para: Jan <jan@y.nl>|Asunto: Pedido",
    "-----Mensaje original-----|De: Tienda|Asunto: Pedido",
    "Em 3 de novembro de 2025 às 10:12:35, Loja (|info@x.nl) escreveu:",
    "man. 3. nov. 2025 kl. 10:12 skrev Butik <info@x.nl|>:",
    "Den mån 3 nov. 2025 kl 10:12 skrev Butik <info@x.nl>:",
    "På 3 november 2025 på 10:12:18, Butik (info@x.nl) skrev:",
    "Från: Butik [mailto:info@x.nl]|Skickat: den 3 november 2025 10:12|Till: Jan|Ämne: Order",
    "Fra: Butik <info@x.nl>|Sendt: 3. november 2025 10:12|Til: Jan|Emne: Ordre",
    "-----Oprindelig meddelelse-----|Fra: Butik|Emne: Ordre",
    "ma 3. marraskuuta 2025 klo 10.12 Kauppa|<info@x.nl> kirjoitti:",
    "Lähettäjä: Kauppa <info@x.nl>|Lähetetty: maanantai 3. marraskuuta 2025|Vastaanottaja: Jan|Aihe: Tilaus",
    "W dniu 3.11.2025 o 10:12, Sklep pisze:",
    "pon., 3 lis 2025 o 10:12 Sklep <info@x.nl> napisał(a):",
    "Od: Sklep <info@x.nl>|Wysłano: poniedziałek, 3 listopada 2025|Do: Jan|Temat: Zamówienie",
    "po 3. 11. 2025 v 10:12 odesílatel Obchod <info@x.nl> napsal:",
    "Od: Obchod <info@x.nl>|Odesláno: pondělí 3. listopadu 2025|Komu: Jan|Předmět: Objednávka",
    "2025. nov. 3., H 10:12, Bolt <info@x.nl> ezt írta:",
    "În lun., 3 nov. 2025 la 10:12, Magazin <info@x.nl> a scris:",
    "пн, 3 нояб. 2025 г. в 10:12, Магазин <info@x.nl>:",
    "От: Магазин <info@x.nl>|Отправлено: 3 ноября 2025 г. 10:12|Кому: Jan|Тема: Заказ",
    "3 Kas 2025 Pzt 10:12 tarihinde Mağaza <info@x.nl> şunu yazdı:",
    # without a colon, folded before the address, by two fields alone
    "On Mon, 03 Nov 2025 10:12:43 +0100 Privacy Bot <privacy@x.nl> wrote",
    "2025-11-03 10:12 GMT+01:00 Privacy Bot <|privacy@x.nl>:",
    "Van: Privacy Bot <privacy@x.nl>|Verzonden: maandag 3 november 2025 10:12",
    "From: Privacy Bot [mailto:privacy@x.nl]|Sent: Monday, November 3, 2025 10:12 AM",
    "Message du : 03/11/2025 10:12|De : Boutique <info@x.fr>|A : jan@y.fr|Copie à :|Objet : Commande",
]


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("old", [OLD, MARKED], ids=["unmarked", "marked"])
def test_nothing_is_left_of_a_quote_in_another_language(opener: str, old: str) -> None:
    own, quoted = own_text(f"{NEW}\n\n{opener.replace('|', chr(10))}\n\n{old}\n")
    assert own == NEW
    assert quoted.endswith("Wij hebben uw bestelling verstuurd.")


@pytest.mark.parametrize("opener", ["2025/11/3 Privacy Bot <privacy@x.nl>"])
def test_a_day_and_an_address_open_a_quote_only_above_marked_lines(opener: str) -> None:
    assert own_text(f"{NEW}\n\n{opener}\n\n{MARKED}")[0] == NEW
    assert own_text(f"{NEW}\n\n{opener}\n\nTot dan")[0] == f"{NEW}\n\n{opener}\n\nTot dan"


@pytest.mark.parametrize(
    "text",
    [
        "Van: jan@x.nl\nDatum: 3-11-2025 10:12\n\nGraag inzage in mijn gegevens.",
        "Data: 3 mei\nDo: mijn naam en adres\n\nWist u dat?",
        "Mijn gegevens:\nDe: heer Jansen\nData: 3-5-1980\nTel: 06",
        "Ik mailde op 3-11-2025 om 10:12 met jan@x.nl en kreeg geen antwoord.",
    ],
)
def test_words_that_look_like_fields_of_another_language_stay(text: str) -> None:
    assert own_text(f"Dag,\n\n{text}")[0] == f"Dag,\n\n{text}"


LONG = "> Wij hebben uw bestelling op dinsdag 4 november 2025 verstuurd aan het adres dat"


def test_the_rest_of_a_quoted_line_that_was_folded_without_a_mark_is_quoted() -> None:
    own, quoted = own_text(f"{NEW}\n\nOp 3-11-2025 om 10:12 schreef W <i@x.nl>:\n{LONG}\nbij ons bekend is.\n> Dag")
    assert own == NEW
    assert "bij ons bekend is." in quoted


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (LONG + " klopt?", "ja dat klopt"),  # a question
        (LONG, "Verwijder dat adres"),  # a capital
        ("> Uw adres is", "ja verwijder het"),  # room for the word on the line above
    ],
)
def test_an_answer_right_under_a_quoted_line_stays(asked: str, answer: str) -> None:
    assert own_text(f"Dag,\n\n{asked}\n{answer}\n> Groet")[0] == f"Dag,\n\n{answer}"


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my Wiko RIDGE FAB 4G",
        "Verzonden vanaf mijn Gigaset GS5",
        "Envoyé de mon Crosscall",
        "Verkrijg BlueMail voor Android",
        "Sent from Edison Mail",
        "Sent with Airmail<https://airmailapp.example/?s=1>",
        "Verzonden met Vivaldi (https://vivaldi.example)",
    ],
)
def test_the_line_of_a_device_that_nobody_listed_goes(line: str) -> None:
    assert own_text(f"{NEW}\n\n{line}") == (NEW, line)


@pytest.mark.parametrize("line", ["Verzonden met mijn excuses.", "Sent from my heart, but too late: erase my account."])
def test_a_sentence_that_begins_like_a_device_stays(line: str) -> None:
    assert own_text(f"{NEW}\n\n{line}")[0] == f"{NEW}\n\n{line}"


def page(body: str) -> str:
    head = "From: jan@y.nl\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n"
    return parse((head + body).encode(), datetime(2025, 11, 4, tzinfo=UTC)).text


@pytest.mark.parametrize(
    "quote",
    [
        "<div>Op 3 nov schreef Winkel &lt;<a href='#'>i@x.nl</a>&gt;:<br><br><blockquote>oud</blockquote></div>",
        "<div>On Jan 1, Shop wrote:</div><blockquote>oud</blockquote>",
        "<blockquote style='border-left: 1px solid #ccc'>oud</blockquote>",
    ],
)
def test_a_block_that_a_program_drew_or_cited_is_quoted(quote: str) -> None:
    assert page(f"<p>Wis alles.</p>{quote}") == "Wis alles."


@pytest.mark.parametrize(
    "block",
    [
        "<blockquote style='margin:0 0 0 40px;border:none'>en mijn adres</blockquote>",
        "<div>In uw verklaring staat:</div><blockquote>en mijn adres</blockquote>",
    ],
)
def test_a_block_that_a_person_indented_is_his_own(block: str) -> None:
    assert page(f"<p>Wis alles.</p>{block}").endswith("en mijn adres")
