"""What processors answer, read: plain words of what has happened count as done, and nothing else does."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailbot.model import ProcessorState
from mailbot.plan.processor_answers import read_answer

ANSWERS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "party_answers.toml").read_text("utf-8")
)
SUBJECT = "Re: [AVG-2026-0042] Verzoek over persoonsgegevens (kenmerk ABCD-EFGH-2345)"


def read(text: str, automatic: bool = False) -> str:
    words = read_answer(SUBJECT, text, automatic)
    return "nothing" if words.nothing_found else str(words.state)


def cases() -> list[tuple[str, str]]:
    return [(wanted, text) for wanted, texts in ANSWERS.items() for text in texts]


@pytest.mark.parametrize(("wanted", "text"), cases(), ids=lambda value: value[:40])
def test_an_answer_is_read_as_what_it_says(wanted: str, text: str) -> None:
    automatic = wanted.startswith("automatic_")
    assert read(text, automatic) == wanted.removeprefix("automatic_")


@pytest.mark.parametrize("text", [text for wanted, text in cases() if wanted not in ("done", "nothing")])
def test_what_was_not_done_is_never_read_as_done(text: str) -> None:
    assert read(text) not in ("done", "nothing")


@pytest.mark.parametrize(
    ("subject", "text", "number"),
    [
        (SUBJECT, "Uw ticketnummer is 482915.", "482915"),
        (SUBJECT, "Zaaknummer: PR-20417", "PR-20417"),
        ("[Ticket #10443] Re: verzoek", "Ontvangen.", "10443"),
        ("Re: verzoek ##88123##", "Ontvangen.", "88123"),
        (SUBJECT, "Reference: GDPR-5512", "GDPR-5512"),
        (SUBJECT, "Ontvangen, dank u.", ""),
    ],
)
def test_the_number_of_the_other_side_is_kept_and_never_one_of_ours(subject: str, text: str, number: str) -> None:
    assert read_answer(subject, text, False).ticket == number


def test_an_answer_without_words_goes_to_a_person() -> None:
    assert read_answer("", "", False).state is ProcessorState.UNCLEAR
