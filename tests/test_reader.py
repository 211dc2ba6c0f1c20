"""What a representative, a parent, a child of sixteen and an heir read is about the data of whom it is about."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from test_letters import LETTERS, a_case, a_letter

from mailbot.checklist import REPLIES
from mailbot.letters.sample_facts import sample_facts
from mailbot.letters.samples import FIRST_LETTERS, WRITTEN
from mailbot.model import Address, Case, Kind, asks_for_another

#: Words that make the data the reader's own.
OWN = re.compile(
    r"\b(?:"
    r"[Uu]w (?:persoons)?gegevens|[Uu]w (?:klant(?:profiel|relatie)|toestemming|account|adres|bezwaar)\b"
    r"|gegevens van u\b|bij u (?:horen|blijken)|dat u het bent|vos données|votre (?:opposition|consentement|profil)"
    r"|données vous concernant|les vôtres|[Yy]our (?:personal data|data|consent|objection|customer profile)|about you\b"
    r"|Ihr(?:e|er|en)? (?:personenbezogene[nr]?|Einwilligung|Widerspruch|Kundenprofil)|zu Ihnen vor"
    r")"
)
#: Letters to the owner of the address on file, or to who records his own wishes.
TO_HIMSELF = {"confirmation", "directives_recorded"}
ASKED = [Kind.ACCESS, Kind.ERASURE, Kind.OBJECTION, Kind.CONSENT_WITHDRAWAL, Kind.RESTRICTION, Kind.DIRECT_MARKETING]


def for_another(*kinds: Kind, **changes: Any) -> Case:
    """A case of somebody who writes for somebody else, with everything that letters can tell."""
    case = a_case(
        "kaviaarshop", *(kinds or ASKED), signals=("representative",), suppressed=("w.devries@klant.example",)
    )
    told = {"restricted_since": case.received_at, "identity_asked_at": case.received_at, **changes}
    return replace(case, **told)


def said(template: str, case: Case, language: str = "nl") -> str:
    reply = REPLIES.get(template)
    kinds = tuple(kind for kind in case.kinds if reply and kind in reply.kinds)
    facts = {"facts": sample_facts(template), "about": kinds} if reply else {}
    body = "Wij hebben gekeken." if template in WRITTEN else ""
    letter = a_letter(template, replace(case, language=language), body=body, **facts)
    return f"{letter.subject}\n{letter.text}"


@pytest.mark.parametrize("template", sorted({*FIRST_LETTERS, *REPLIES, "package"} - TO_HIMSELF))
@pytest.mark.parametrize("stopped", [False, True])
def test_nothing_in_a_letter_to_a_representative_makes_the_data_his_own(template: str, stopped: bool) -> None:
    kinds = sorted(REPLIES[template].kinds) if template in REPLIES else ASKED
    case = for_another(*kinds)
    if stopped:
        case = replace(case, stopped_at=case.received_at)
    assert OWN.findall(said(template, case)) == []


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
@pytest.mark.parametrize("template", ["acknowledgement", "neutral"])
def test_the_first_letters_do_not_in_any_language(template: str, language: str) -> None:
    assert OWN.findall(said(template, for_another(), language)) == []


@pytest.mark.parametrize("kind", [Kind.MINOR, Kind.DECEASED])
def test_a_parent_a_child_and_an_heir_read_the_same_words(kind: Kind) -> None:
    case = a_case("kraaft", kind, Kind.ERASURE)
    assert OWN.findall(said("acknowledgement", case)) == []
    assert "verwijdering van persoonsgegevens" in said("acknowledgement", case)


def test_who_asks_for_himself_reads_of_his_own_data() -> None:
    case = a_case("kaviaarshop", Kind.ERASURE)
    assert "verwijdering van uw persoonsgegevens" in said("acknowledgement", case)
    assert "Uw gegevens zijn verwijderd" in said("erasure_granted", case)


def test_the_owner_of_the_address_on_file_reads_of_his_own_data_and_may_say_that_another_asks_for_him() -> None:
    case = replace(for_another(Kind.ERASURE), known_email="eigenaar@klant.example")
    letter = a_letter("confirmation", case, to="eigenaar@klant.example", extra={"confirm_code": "ABCD-EFGH-2345"})
    assert "verwijdering van uw persoonsgegevens" in letter.text
    assert "Mag de afzender dit namens u vragen" in letter.text


@pytest.mark.parametrize(
    ("case", "to", "other"),
    [
        (a_case("kraaft", Kind.ACCESS), "w.devries@klant.example", False),
        (a_case("kraaft", Kind.ACCESS, remarks=("answer may go to representative: x",)), "a@b.example", True),
        (a_case("kraaft", Kind.ACCESS, remarks=("answer may go to another address: x",)), "a@b.example", False),
        (a_case("kraaft", Kind.ACCESS, signals=("representative",), known_email="W.deVries@klant.example"), "", True),
        (a_case("kraaft", Kind.MINOR, known_email="kind@klant.example"), "kind@klant.example", False),
        (replace(a_case("kraaft", Kind.MINOR), requester=None), "", True),
        (a_case("kraaft", Kind.ACCESS, requester=Address("baas@bedrijf.example")), "baas@bedrijf.example", False),
    ],
)
def test_for_whom_the_reader_asks(case: Case, to: str, other: bool) -> None:
    assert asks_for_another(case, to) is other


def test_a_young_person_of_that_age_is_told_that_he_asks_for_himself() -> None:
    text = said("mandate_asked", a_case("kaviaarshop", Kind.MINOR))
    assert "bent u 16 jaar of ouder" in text
    assert "het kind" not in said("minor_erased", a_case("kaviaarshop", Kind.MINOR))


def test_a_language_without_such_wording_has_one_for_all() -> None:
    assert "kinds_of_other" in LETTERS.phrases["de"]
    assert asks_for_another(for_another(), "x@y.example")
