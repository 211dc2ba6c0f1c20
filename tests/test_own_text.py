"""The writer's own text in whole mails of many programs: nothing of the quote stays, no word of his is cut."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mailbot.parse import own_text

BLOCKS = (Path(__file__).parent / "data" / "own_text.txt").read_text("utf-8").split("\n=== ")[1:]


def taken_apart(block: str) -> tuple[str, str, str]:
    """The name, the whole body and the own words of a case."""
    name, _, text = block.partition("\n")
    pieces = [piece.strip("\n") for piece in ("\n" + text).split("\n%%\n")]
    body = "\n".join(("\n" + text).split("\n%%\n")).strip("\n")
    return name, body, "\n".join(pieces[::2])


CASES = [taken_apart(block) for block in BLOCKS]


def test_there_are_at_least_a_hundred_and_fifty_cases() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize(
    ("name", "body", "own"), CASES, ids=[f"{number}-{case[0]}" for number, case in enumerate(CASES)]
)
def test_own_words_and_only_those_are_kept(name: str, body: str, own: str) -> None:
    assert own_text(body)[0].split() == own.split()


@pytest.mark.parametrize(
    ("name", "body", "own"), CASES, ids=[f"{number}-{case[0]}" for number, case in enumerate(CASES)]
)
def test_no_word_is_lost(name: str, body: str, own: str) -> None:
    kept, cut = own_text(body)
    assert Counter((kept + " " + cut).split()) == Counter(body.split())


@pytest.mark.parametrize("body", ["", "\n\n", "Let op: externe e-mail", "[EXTERNAL]"])
def test_a_mail_of_nothing_but_warnings_keeps_its_text(body: str) -> None:
    assert own_text(body)[0].split() == body.split()
