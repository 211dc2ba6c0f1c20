"""The number that a generator gave its mail is found in a case of any length, at little cost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailbot.letters import their_number as module
from mailbot.letters.their_number import their_number
from mailbot.model import Case, CaseMail, Status

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = CaseMail("k", "<1@x>", None, NOON, "klant@mail.test", "vraag", "Wat weet u van mij?")


def a_case(*texts: str) -> Case:
    return Case("AVG-2026-0001", "x", Status.OPEN, NOON, mails=tuple(replace(ONE, text=text) for text in texts))


@pytest.mark.parametrize(
    "told",
    [
        "Mijn referentie: 2026-ab12cd",
        "My reference: 2026-AB12CD",
        "MA RÉFÉRENCE : 2026-AB12CD",
        "Mein Zeichen: 2026-AB12CD",
        "Meine Referenz 2026-AB12CD",
    ],
)
def test_the_number_is_found_in_every_language(told: str) -> None:
    assert their_number(a_case("Goedemorgen", f"Groet, Jan\n{told}")) == "2026-AB12CD"


def test_of_two_numbers_the_first_counts() -> None:
    assert their_number(a_case("Mijn referentie: 2026-AAAAAA", "Mijn referentie: 2026-BBBBBB")) == "2026-AAAAAA"


def test_mails_that_name_none_are_not_searched_for_its_form(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    class Counted:
        def search(self, text: str) -> re.Match[str] | None:
            searched.append(text)
            return None

    monkeypatch.setattr(module, "_NUMBER", Counted())
    assert their_number(a_case(*["nog iets"] * 500, "mijn referentie is zoek")) == ""
    assert len(searched) == 1
