"""Of companies that are alike each letter is looked at in every case once, and in it each company's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from builders import a_policy
from mailbot.errors import ConfigError
from mailbot.letters import Letters
from mailbot.letters.likeness import PRINTED, WORDS, Alike, Printing, likeness
from mailbot.letters.samples import _samples, sample_letters
from mailbot.model import Letter, Place, Policy, Processor

REPLIES = Path(__file__).parent.parent / "replies"
LETTERS = Letters(REPLIES)
START = datetime(2026, 2, 2, 9, tzinfo=UTC)


def worded(mark: str, **changes: Any) -> Policy:
    """A company of which every own word holds this mark."""
    return a_policy(
        tenant=f"bedrijf-{mark}",
        name=f"Winkel {mark}",
        mailbox=f"info@{mark}.example",
        addresses=(f"info@{mark}.example",),
        contact_name=f"Jo {mark}",
        contact_email=f"jo@{mark}.test",
        contact_phone=f"tel {mark}",
        post_address=f"Straat {mark}",
        website=f"https://{mark}.example",
        deputy_email=f"els@{mark}.test",
        purposes=(f"doel {mark}",),
        processors=(Processor(f"Bezorger {mark}", f"soort {mark}", holds=f"adres {mark}"),),
        places=(Place(f"Kast {mark}"),),
        duties=(("access", f"let op {mark}"),),
        **changes,
    )


def wording(policy: Policy, mark: str) -> Iterator[tuple[str, str, str, str]]:
    """Every letter with the mark taken out."""
    for letter in sample_letters(LETTERS, policy, START, Alike()):
        yield letter.template, *(part.replace(mark, "*") for part in (letter.subject, letter.text, letter.html))


def test_companies_that_are_alike_get_the_same_letters_but_for_their_own_words() -> None:
    one, other = worded("kwiebel"), worded("wobbels")
    assert likeness(one) == likeness(other)
    assert list(wording(one, "kwiebel")) == list(wording(other, "wobbels"))


@pytest.mark.parametrize(
    "change",
    [
        {"country": "BE"},
        {"mode": "observe"},
        {"promise_days": None},
        {"website": ""},
        {"deputy_email": ""},
        {"trust_staff_mail": True},
        {"minor_age": 13},
        {"calendar": False},
        {"processors": (Processor("Bezorger", "soort", status="te bevestigen"),)},
        {"processors": ()},
        {"places": ()},
        {"duties": (("erasure", "let op"),)},
    ],
    ids=str,
)
def test_what_a_letter_can_hang_on_makes_companies_unlike(change: dict[str, Any]) -> None:
    assert likeness(worded("kwiebel")) != likeness(replace(worded("kwiebel"), **change))


def test_letters_ask_of_a_company_s_own_words_only_whether_they_are_there() -> None:
    """A template that compared one, or cut it, would make companies unlike that `likeness` takes for alike."""
    asked = []
    for path in REPLIES.rglob("*"):
        if path.suffix in (".md", ".txt", ".html") and "package" not in path.parts:  # a copy's pages are no letters
            tree = ImmutableSandboxedEnvironment().parse(path.read_text("utf-8"))
            for node in tree.find_all((nodes.Compare, nodes.Getitem, nodes.Getattr, nodes.Test, nodes.Filter)):
                names = {name.name for name in node.find_all(nodes.Name)} & PRINTED
                if names and not (isinstance(node, nodes.Filter) and node.name == "e"):
                    asked.append((path.name, type(node).__name__, names))
    assert asked == []
    assert len(PRINTED) == len(WORDS) - 1, "the contact's address stands in no letter"


def looked_at(policy: Policy, alike: Alike, letters: Letters = LETTERS) -> list[Letter]:
    return list(sample_letters(letters, policy, START, alike))


def test_a_further_company_has_its_words_looked_at_in_every_letter_that_prints_them() -> None:
    alike, mark = Alike(), "wobbels"
    everything = list(sample_letters(LETTERS, worded("kwiebel"), START))
    looked_at(worded("kwiebel"), alike)
    few = looked_at(worded(mark), alike)
    assert len(few) * 10 < len(everything)
    assert {letter.template for letter in few} == {letter.template for letter in everything}
    printed = {(letter.template, said) for letter in everything for said in found_in(letter, "kwiebel")}
    assert printed == {(letter.template, said) for letter in few for said in found_in(letter, mark)}


def found_in(letter: Letter, mark: str) -> set[str]:
    """What stands before the mark wherever it is printed: Winkel, Jo, Straat ..."""
    return set(
        re.findall(
            rf"(Winkel |Jo |tel |Straat |info@|jo@|bedrijf-|//){mark}",
            f"{letter.subject} {letter.text} {letter.html} {letter.enclosed}",
        )
    )


@pytest.fixture
def replies(tmp_path: Path) -> Path:
    for path in REPLIES.rglob("*"):
        if path.is_file():
            (tmp_path / path.relative_to(REPLIES)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path.relative_to(REPLIES)).write_bytes(path.read_bytes())
    return tmp_path


#: Shows where somebody asks for erasure and for nothing else.
FAULT = "{% if kind_words == ['erasure'] %}{{ kinds }}{% endif %}\n"


def test_a_company_that_words_a_letter_itself_has_everything_looked_at(replies: Path) -> None:
    own = replies / "tenants" / "bedrijf-wobbels" / "nl"
    own.mkdir(parents=True)
    (own / "acknowledgement.md").write_text(f"Onderwerp: Dank u\n\nDank u.\n{FAULT}", "utf-8")
    letters, alike = Letters(replies), Alike()
    looked_at(worded("kwiebel"), alike, letters)
    with pytest.raises(ConfigError, match="holds a list"):
        looked_at(worded("wobbels"), alike, letters)


def spoil(replies: Path, fault: str, path: str = "nl/acknowledgement.md") -> None:
    """Put a fault into a common letter."""
    (replies / path).write_text((replies / path).read_text("utf-8") + fault, "utf-8")


def test_a_company_of_another_likeness_has_every_letter_filled_in_every_case(replies: Path) -> None:
    spoil(replies, FAULT.replace("{% if", "{% if country == 'BE' and"))
    letters, alike = Letters(replies), Alike()
    looked_at(worded("kwiebel"), alike, letters)
    with pytest.raises(ConfigError, match="holds a list"):
        looked_at(worded("wobbels", country="BE"), alike, letters)


def test_its_own_letters_stand_for_no_other_company(replies: Path) -> None:
    own = replies / "tenants" / "bedrijf-wobbels" / "nl"
    own.mkdir(parents=True)
    (own / "acknowledgement.md").write_text("Onderwerp: Dank u\n\nDank u.\n", "utf-8")
    spoil(replies, FAULT)
    letters, alike = Letters(replies), Alike()
    looked_at(worded("wobbels"), alike, letters)
    with pytest.raises(ConfigError, match="holds a list"):
        looked_at(worded("kwiebel"), alike, letters)


def test_a_common_letter_that_is_faulty_is_told_at_each_company(replies: Path) -> None:
    """In a case that only the first of two alike companies would be looked at for."""
    spoil(replies, FAULT)
    letters, alike = Letters(replies), Alike()
    for mark in ("kwiebel", "wobbels"):
        with pytest.raises(ConfigError, match="holds a list"):
            looked_at(worded(mark), alike, letters)


def test_a_letter_that_names_a_further_word_of_the_company_is_looked_at_too() -> None:
    policy = worded("kwiebel")
    letter = next(sample_letters(LETTERS, policy, START))
    printing = Printing(policy)
    for sample, text in enumerate(("Dag.", "Dag.", "Bel tel kwiebel.", "Bel tel kwiebel.")):
        printing.add(sample, "nl/answer.md", replace(letter, subject="", text=text, html="", enclosed=()))
    assert printing.samples == {0, 2}


class Watched(Letters):
    """Remembers what was finished: of which template, and what it said, with a mark for each value."""

    def __init__(self) -> None:
        super().__init__(REPLIES)
        self.finished: set[tuple[str, str]] = set()

    def written(self, *given: Any) -> Letter:
        template, filled = given[-2:]
        self.finished.add((template.path, self.renderer.words(template, filled).text))
        return super().written(*given)


def test_whatever_a_template_says_in_any_case_is_looked_at() -> None:
    policy, letters, samples = worded("kwiebel"), Watched(), list(_samples(worded("kwiebel"), START))
    assert len(looked_at(policy, Alike(), letters)) * 2 < len(samples)
    filled = (letters.filled(send, case, policy, START, extra) for send, case, extra in samples)
    assert letters.finished == {(one.path, letters.renderer.words(one, values).text) for one, values in filled}


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("layout.html", "{% if template == 'caps' %}{{ weg }}{% endif %}"),
        ("layout.txt", "{% if template == 'word_refused' %}{{ 1 / 0 }}{% endif %}"),
        ("layout.txt", "{% if language == 'de' %}{{ 1 / 0 }}{% endif %}"),
    ],
)
def test_a_fault_in_the_frame_of_one_letter_is_told(replies: Path, path: str, fault: str) -> None:
    spoil(replies, fault, path)
    letters, alike = Letters(replies), Alike()
    for mark in ("kwiebel", "wobbels"):
        with pytest.raises(ConfigError, match=path):
            looked_at(worded(mark), alike, letters)
