"""The words of colleagues: what counts as a word and what is talk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.model import Kind, Outcome
from mailbot.staff.named_moments import day_in, moment_in
from mailbot.staff.replywords import (
    ALONE,
    Say,
    Word,
    in_capitals,
    is_doubted,
    kinds_of,
    outcome_of,
    read,
)
from rig.cost import cost

NAMES = {"access": "inzage", "erasure": "verwijdering", "direct_marketing": "geen reclame"}


@pytest.mark.parametrize(
    ("text", "say", "rest"),
    [
        ("AKKOORD", Say.YES, ""),
        ("akkoord.", Say.YES, ""),
        ("\n  Akkoord!\n\nGroet, John", Say.YES, ""),
        ("Akkoord\nJohn Maarse\nPasteurstraat 12", Say.YES, ""),
        ("GEZIEN\n\nMaar ik kom er pas vrijdag aan toe.", Say.SEEN, ""),
        ("**AKKOORD**", Say.YES, ""),
        ("OK", Say.SEEN, ""),
        ("geen  verzoek", Say.NO_REQUEST, ""),
        ("VERLENG te veel gegevens om op tijd na te kijken", Say.EXTEND, "te veel gegevens om op tijd na te kijken"),
        ("Verleng: te veel gegevens", Say.EXTEND, "te veel gegevens"),
        ("NIET MELDEN het adres was al openbaar", Say.REGISTER_ONLY, "het adres was al openbaar"),
        ("Klaar", Say.DONE, ""),
        ("KLAAR gebeld", Say.DONE, "gebeld"),
    ],
)
def test_a_word_on_the_first_line_is_read(text: str, say: Say, rest: str) -> None:
    [word] = read(text)
    assert (word.say, word.rest) == (say, rest)


@pytest.mark.parametrize(
    "text",
    [
        "NIET MELDEN of toch wel",
        "akkoord maar wacht tot vrijdag",
        "Akkoord? Ik weet het niet",
        "Niet akkoord",
        "Vraag me later nog eens",
        "Klaar met dit dossier, hoe sluit ik het?",
        "Verleng maar even",
        "Stop daar eens mee",
        "> AKKOORD",
        "AKKOORDVERKLARING",
        "",
        "\n\n",
    ],
)
def test_talk_is_no_word(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Hoi,\n\nVraag ik ken hem niet", "VRAAG ik ken hem niet"),
        ("antwoord ingewilligd\nHet is gewist.", "ANTWOORD ingewilligd"),
        ("Verleng veel gegevens", "VERLENG veel gegevens"),
        ("Akkoord, maar pas de aanhef aan", ""),
        ("Wie is dit?", ""),
        ("", ""),
    ],
)
def test_a_line_that_only_capitals_keep_from_being_a_word_is_shown_with_them(text: str, meant: str) -> None:
    assert read(text) == []
    assert in_capitals(text) == meant


def test_an_answer_says_how_it_ended() -> None:
    [word] = read("ANTWOORD GEDEELTELIJK\n\nGewist, op de factuur na.")
    assert outcome_of(word) == (Outcome.PARTLY, "Gewist, op de factuur na.")
    [word] = read("ANTWOORD\nDat klopt.")
    assert outcome_of(word) == (Outcome.ANSWERED, "Dat klopt.")
    [word] = read("ANTWOORD gedeeltelijk\n\nGewist.\nDe factuur blijft.")
    assert outcome_of(word) == (Outcome.PARTLY, "Gewist.\nDe factuur blijft.")
    [word] = read("ANTWOORD NOOIT\nDat klopt.")
    assert outcome_of(word) is None


def test_kinds_are_named_in_dutch_or_by_their_own_word() -> None:
    [word] = read("SOORT inzage en geen reclame, erasure")
    assert kinds_of(word, NAMES) == (Kind.ACCESS, Kind.DIRECT_MARKETING, Kind.ERASURE)
    [word] = read("SOORT inzage, iets anders")
    assert kinds_of(word, NAMES) is None


def test_several_words_count_only_where_each_names_its_case() -> None:
    text = "AKKOORD AVG-2026-0001\n\nVERLENG AVG-2026-0002 druk\nGroet\nKLAAR AVG-2026-0003"
    assert [(word.say, word.ref) for word in read(text)] == [
        (Say.YES, "AVG-2026-0001"),
        (Say.EXTEND, "AVG-2026-0002"),
    ]
    assert len(read("AKKOORD\nGEEN VERZOEK")) == 1


@pytest.mark.parametrize("text", ["Gepost op 10 maart", "GEPOST 10 maart 2026", "gepost 10-3", "Gepost op 10/03/2026."])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    [word] = read(text)
    assert day_in(word.rest, date(2026, 3, 12)) == date(2026, 3, 10)


@pytest.mark.parametrize(("text", "day"), [("Gepost vandaag", date(2026, 3, 12)), ("Gepost gisteren", None)])
def test_a_day_without_its_number_is_only_sure_today(text: str, day: date | None) -> None:
    [word] = read(text)
    assert day_in(word.rest, date(2026, 3, 12)) == day


SIGNED = (
    "\n\nMet vriendelijke groet,\n\nAnja de Wit\nNiet printen? Graag!\nAlleen voor de geadresseerde, tenzij anders."
)
BARELY_SIGNED = "\n\nAnja de Wit\nNiet alles, wel veel"


@pytest.mark.parametrize("below", ["", "\nDank!", SIGNED, BARELY_SIGNED, f"\nDank je wel{SIGNED}"])
def test_thanks_and_signatures_put_no_word_in_doubt(below: str) -> None:
    [word] = read(f"Akkoord{below}")
    assert not is_doubted(word)


@pytest.mark.parametrize(
    "text",
    [
        "AKKOORD\nwel eerst de aanhef wijzigen",
        "Akkoord\n\nMaar pas de aanhef nog aan.",
        "AKKOORD\nmits Els het ook goed vindt",
        "Akkoord.\n\nOf toch niet?\n\nGroet, John",
        "AKKOORD AVG-2026-0001\nwijzig nog wel de datum",
        f"AKKOORD{SIGNED}\nPS: de aanhef moet anders",
        "AKKOORD\nSTOP",
        "GEEN VERZOEK\nof toch wel?",
        "GEDAAN\nbehalve bij de boekhouder",
        "SOORT inzage\nTERUG",
        "AKKOORD AVG-2026-0001\nmaar niet vandaag",
    ],
)
def test_what_takes_a_word_back_on_the_lines_below_puts_it_in_doubt(text: str) -> None:
    assert is_doubted(read(text)[0])


@pytest.mark.parametrize(
    "text",
    [
        "GEEN VERZOEK\nhet is geen klant maar een leverancier",
        "STOP\nde aanhef klopt niet",
        "NOTITIE bellen\nof toch mailen?",
        "AKKOORD AVG-2026-0001\nSTOP AVG-2026-0002",
        "TERUG\nhij mag toch niet weg",
    ],
)
def test_what_explains_a_word_or_holds_back_puts_it_in_no_doubt(text: str) -> None:
    assert not is_doubted(read(text)[0])


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        ("Beste Kim,\n\nDe foto is weg.\n\nMvg Jan", "De foto is weg."),
        (
            "De foto is weg.\nMet vriendelijke groet,\n\nJan de Wit\nWinkel | 0570 591234\nwww.winkel.nl",
            "De foto is weg.",
        ),
        ("De foto is weg.\n\nVerstuurd vanaf mijn iPhone", "De foto is weg."),
        (
            "Groetjes\n\nWe hebben alles gewist, ook bij de boekhouder.",
            "Groetjes\n\nWe hebben alles gewist, ook bij de boekhouder.",
        ),
        ("Dag en nacht zijn wij bereikbaar.\nMvg Jan", "Dag en nacht zijn wij bereikbaar."),
        ("Goedemorgen u kunt ons bellen.", "Goedemorgen u kunt ons bellen."),
        ("Weg.\nGroet Jan\nPS: de factuur blijft", "Weg.\nGroet Jan\nPS: de factuur blijft"),
    ],
)
def test_of_an_answer_a_greeting_and_a_closing_with_only_a_signature_below_are_no_part(typed: str, letter: str) -> None:
    assert outcome_of(read(f"ANTWOORD\n{typed}")[0]) == (Outcome.ANSWERED, letter)


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    for word in read(text):
        assert isinstance(word, Word)
        assert word.say not in ALONE or word.say is Say.SEEN or not word.rest


@pytest.mark.parametrize("begins", ["AKKOORD, ", "AKKOORD\n", "VERLENG ", "AKKOORD\nJan "])
@pytest.mark.parametrize(
    "again",
    ["groet ", "dank je wel ", "met vriendelijke ", "alvast ", ",.;!-", "fijne dag ", "van de ", "hoef", "dank\n"],
)
def test_what_a_stranger_writes_beside_a_word_costs_little(begins: str, again: str) -> None:
    text = begins + again * 10_000 + "9"
    assert cost(lambda: [is_doubted(word) for word in read(text)]) < 20


@pytest.mark.parametrize("run", [" ", " ,", "om ", "9:30 "])
@pytest.mark.parametrize("word", ["gemeld:", "GEMELD"])
def test_a_word_with_a_long_run_behind_it_is_read_soon(word: str, run: str) -> None:
    text, now = f"{word} a{run * 20_000}9:30 x", datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert cost(lambda: [moment_in(one.rest, now, ZoneInfo("Europe/Amsterdam")) for one in read(text)]) < 20
