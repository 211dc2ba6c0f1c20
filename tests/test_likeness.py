"""Of companies that are alike each letter is looked at in every case once, and each company's own words wherever
letters print them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from builders import a_policy
from company import Sorter
from mailbot.app import Tenant
from mailbot.checklist import REPLIES as REPLY_FORMS
from mailbot.cli.checks import check_company
from mailbot.config import Company
from mailbot.errors import ConfigError, Problem
from mailbot.letters import Letters
from mailbot.letters.likeness import HANGS_ON, IN_NO_LETTER, PRINTED, WORDS, Alike, Printing, settings_of
from mailbot.letters.samples import samples
from mailbot.letters.sampling import sample_letters
from mailbot.model import Authority, Letter, Place, Policy, Processor

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


def wording(policy: Policy, mark: str) -> Iterator[tuple[str, ...]]:
    """Every letter with the mark taken out."""
    for letter in sample_letters(LETTERS, policy, START, Alike()):
        yield letter.template, *(part.replace(mark, "*") for part in (letter.subject, letter.text, letter.html))


def test_companies_that_are_alike_get_the_same_letters_but_for_their_own_words() -> None:
    one, other = worded("kwiebel"), worded("wobbels")
    assert settings_of(one) == settings_of(other)
    assert list(wording(one, "kwiebel")) == list(wording(other, "wobbels"))


@pytest.mark.parametrize(
    "change",
    [
        {"country": "BE"},
        {"mode": "observe"},
        {"promise_days": None},
        {"website": ""},
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
    assert settings_of(worded("kwiebel")) != settings_of(replace(worded("kwiebel"), **change))


def test_letters_ask_of_a_company_s_own_words_only_whether_they_are_there() -> None:
    """A template that compared one, or cut it, would make companies unlike that `settings_of` takes for alike."""
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


def test_a_further_company_has_its_words_looked_at_in_every_kind_of_place_that_prints_them() -> None:
    alike, mark = Alike(), "wobbels"
    everything = list(sample_letters(LETTERS, worded("kwiebel"), START))
    looked_at(worded("kwiebel"), alike)
    few = looked_at(worded(mark), alike)
    assert len(few) * 50 < len(everything)
    printed = {shown for letter in everything for shown in found_in(letter, "kwiebel")}
    assert len(printed) > 10
    assert printed == {shown for letter in few for shown in found_in(letter, mark)}


def found_in(letter: Letter, mark: str) -> set[tuple[str, ...]]:
    """What stands before the mark wherever it is printed: Winkel, Jo, Straat ..., and in what: a paragraph, a link."""
    said = rf"(Winkel |Jo |tel |Straat |info@|jo@|bedrijf-|//){mark}"
    page = set(re.findall(rf"(</?\w+)[^<]*?{said}", letter.html))
    return page | {("subject", one) for one in re.findall(said, letter.subject)}


def other_settings() -> dict[str, list[Any]]:
    """For each setting that is compared at some letters only, and for all that are at none, what else it can be."""
    plain, authority = worded("kwiebel"), Authority("CNIL", "CNIL", "https://cnil.example", "Parijs", "1", "let op")
    return {
        "authority": [{"authority": authority}],
        "authserv_ids": [{"authserv_ids": ("mx.example",)}],
        "automatic": [{"automatic": frozenset[str]()}],
        "contact_name": [{"contact_name": ""}],
        "contact_phone": [{"contact_phone": ""}],
        "country": [{"country": "BE"}, {"country": "FR"}],
        "duties": [{"duties": ()}, {"duties": (("erasure", "let op"), ("access", "en op"))}],
        "leaving_is_erasure": [{"leaving_is_erasure": not plain.leaving_is_erasure}],
        "minor_age": [{"minor_age": 13}],
        "mode": [{"mode": "observe"}, {"mode": "hold"}],
        "only_person_lifts": [{"only_person_lifts": not plain.only_person_lifts}],
        "places": [{"places": ()}, {"places": (Place("Kast"), Place("Zolder"))}],
        "post_address": [{"post_address": ""}],
        "processors": [{"processors": ()}, {"processors": (Processor("Bezorger", "", status="te bevestigen"),)}],
        "promise_days": [{"promise_days": None}, {"promise_days": 14}],
        "trust_staff_mail": [{"trust_staff_mail": True}],
        "website": [{"website": ""}],
        "": [{name: other_than(getattr(plain, name)) for name in IN_NO_LETTER}],
    }


def other_than(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case str():
            return "" if value else "iets"
        case int() | float():
            return value + 1
        case tuple() if value and isinstance(value[0], int):
            return (3, 31)
        case tuple():
            return ()
        case timedelta():
            return value + timedelta(hours=1)
        case None:
            return None
    return value


def test_each_setting_that_letters_can_hang_on_is_tried() -> None:
    assert set(other_settings()) == {*HANGS_ON, ""}
    assert {each.name for each in fields(Policy)} >= {*HANGS_ON, *IN_NO_LETTER}
    assert IN_NO_LETTER.isdisjoint(HANGS_ON)


@pytest.mark.parametrize("setting", sorted(other_settings()))
def test_no_other_value_of_a_letter_hangs_on_a_setting_than_is_said(setting: str) -> None:
    """A value that is not named would leave companies alike whose letters are not."""
    plain, changed = worded("kwiebel"), set()
    for change in other_settings()[setting]:
        other = replace(plain, **change)
        shared = [one for one in samples(plain, START) if one[0].template not in REPLY_FORMS or "country" not in change]
        for send, case, extra in shared[::3]:
            _, here = LETTERS.filled(send, case, plain, START, extra)
            _, there = LETTERS.filled(send, case, other, START, extra)
            assert set(here) == set(there)
            changed |= {name for name, value in here.items() if there[name] != value}
    assert changed <= HANGS_ON.get(setting, frozenset())


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


def test_where_a_letter_shows_a_word_is_told_apart() -> None:
    policy = worded("kwiebel")
    letter = replace(next(sample_letters(LETTERS, policy, START)), subject="", enclosed=())
    printing = Printing(policy)
    pages = (
        "<p>Dag.</p>",
        "<p>tel kwiebel</p>",
        '<a href="https://kwiebel.example">',
        "<p>of</p><p>nu tel kwiebel</p>",
    )
    shown = [printing.add(replace(letter, text="", html=page)) for page in pages]
    assert shown == [set(), {("<p>", "contact_phone")}, {("<a", "website")}, {("<p>", "contact_phone")}]
    assert printing.has_seen(("<p>", "contact_phone"))
    assert not printing.has_seen(("<p>", "website"))


def test_a_word_that_is_escaped_on_the_page_is_found_there() -> None:
    policy = worded("kwiebel", defects=())
    letter = next(sample_letters(LETTERS, policy, START))
    shown = Printing(replace(policy, name="Kwik & Kwak")).add(replace(letter, html="<b>Kwik &amp; Kwak</b>", text=""))
    assert shown == {("<b>", "name")}


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
    policy, letters, every = worded("kwiebel"), Watched(), list(samples(worded("kwiebel"), START))
    assert len(looked_at(policy, Alike(), letters)) * 2 < len(every)
    filled = (letters.filled(send, case, policy, START, extra) for send, case, extra in every)
    assert letters.finished == {(one.path, letters.renderer.words(one, values).text) for one, values in filled}


def test_what_was_looked_at_for_a_company_that_lacks_something_stands_for_a_complete_one(tmp_path: Path) -> None:
    alike, letters, looks = Alike(), Watched(), list[int]()
    for missing in ((Problem("smtp", "is missing"),), ()):
        letters.finished.clear()
        tenant = Tenant(Company(worded("kwiebel"), missing=missing), tmp_path, letters, Sorter())
        assert len(list(check_company(tenant, START, alike))) == len(missing)
        looks.append(len(letters.finished))
    assert looks[1] * 20 < looks[0]


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
