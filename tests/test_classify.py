"""The sorter: honest about doubt, quotes what decided, and is not slowed down by hostile text."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import pytest

from mailbot.classify import Classifier, load_classifier
from mailbot.model import REQUEST_KINDS, Kind
from mailbot.parse import own_text

HELD_OUT = Path(__file__).parent / "corpus" / "heldout" / "dev.jsonl"
MAILS = [json.loads(line) for line in HELD_OUT.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def sorter() -> Classifier:
    return load_classifier()


def test_two_in_three_unseen_mails_are_exactly_right(sorter: Classifier) -> None:
    right = 0
    for mail in MAILS:
        text, quoted = own_text(mail["body"])
        right += set(sorter.classify(mail["subject"], text, quoted=quoted).kinds) == set(mail["kinds"])
    assert right / len(MAILS) > 0.66


def test_no_request_among_them_is_recorded_unchecked_as_none(sorter: Classifier) -> None:
    missed = []
    for mail in MAILS:
        verdict = sorter.classify(mail["subject"], own_text(mail["body"])[0])
        asked = any(kind in REQUEST_KINDS for kind in map(Kind, mail["kinds"]))
        if asked and verdict.act == "auto" and not verdict.is_request:
            missed.append(mail["id"])
    assert missed == []


def test_every_request_kind_carries_a_quote_that_stands_in_the_mail(sorter: Classifier) -> None:
    for mail in MAILS:
        text, quoted = own_text(mail["body"])
        verdict = sorter.classify(mail["subject"], text, quoted=quoted)
        whole = "\n".join((mail["subject"], text, quoted))
        assert {reason.kind for reason in verdict.reasons} == {kind for kind in verdict.kinds if kind in REQUEST_KINDS}
        assert all(reason.quote in whole for reason in verdict.reasons)


def test_the_same_mail_gets_the_same_verdict(sorter: Classifier) -> None:
    assert sorter.classify("a", "Verwijder mijn account.") == load_classifier().classify("a", "Verwijder mijn account.")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ik wil graag weten welke gegevens u van mij hebt.", "nl"),
        ("Please delete my account and all of the data that you have.", "en"),
        ("Je souhaite obtenir une copie de mes données, merci de votre réponse.", "fr"),
        ("Bitte löschen Sie mein Konto und alle meine Daten, ich möchte das nicht.", "de"),
    ],
)
def test_the_language_is_seen(sorter: Classifier, text: str, language: str) -> None:
    assert sorter.classify("", text).language == language


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Op grond van artikel 126nd Sv vorder ik de verstrekking van de klantgegevens.", "authority_demand"),
        ("Namens mijn cliënt, met volmacht in bijlage, vraag ik inzage.", "representative"),
        ("Ik heb nog geen antwoord gekregen op mijn mail.", "reminder"),
        ("Anders dien ik een klacht in bij de Autoriteit Persoonsgegevens.", "deadline_threat"),
        ("In bijlage een kopie van mijn paspoort.", "identity_document"),
        ("Mijn nieuwe e-mailadres staat hieronder.", "address_change"),
    ],
)
def test_signals_are_seen_and_absent_from_an_order_question(sorter: Classifier, text: str, signal: str) -> None:
    assert signal in sorter.classify("", text).signals
    assert sorter.classify("", "Wanneer komt mijn pakje aan?").signals == ()


@pytest.mark.parametrize(
    "text",
    [
        "wis mijn gegevens " * 280_000,
        "x" * 2_000_000,
        "\u202e\u200b" * 200_000 + "verwijder mijn account",
        ". " * 500_000,
    ],
    ids=["5 MB", "one line", "invisible", "dots"],
)
def test_hostile_text_takes_bounded_time(sorter: Classifier, text: str) -> None:
    started = perf_counter()
    sorter.classify("vraag", text)
    assert perf_counter() - started < 5
