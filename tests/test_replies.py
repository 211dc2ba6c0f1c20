"""The replies to people: what each must say, and that one which does not say it is never written.

`MAILBOT_WRITE_LETTERS=1 pytest tests/test_replies.py` writes the golden replies anew; read the difference first.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from test_letters import COMPANIES, FOLDER, LETTERS, RECEIVED, TENANTS, a_case, a_letter, company

from mailbot.checklist import GROUNDS, REPLIES, Element, Form, Reply, reply_for
from mailbot.checklist.catalogue import UNDENIABLE
from mailbot.errors import ConfigError
from mailbot.letters import Letters
from mailbot.letters.sample_facts import sample_facts
from mailbot.model import FIXED, ONLY_BY_A_PERSON, Kind, Letter, MatchState, Outcome

GOLDEN = Path(__file__).parent / "letters" / "replies"
AT = datetime(2026, 2, 16, 9, tzinfo=UTC)
Facts = tuple[tuple[str, tuple[str, ...]], ...]


def facts(**given: str | tuple[str, ...]) -> Facts:
    return tuple((name, (value,) if isinstance(value, str) else value) for name, value in given.items())


def sheet_of(tenant: str) -> dict[str, tuple[str, ...]]:
    """What the company's settings say about purposes, terms and recipients."""
    policy = company(tenant)
    return {
        "purposes": policy.purposes,
        "retention": policy.retention,
        "recipients": tuple(f"{one.name}, categorie {one.category}: {one.holds}" for one in policy.processors),
        "transfers": tuple(
            f"{one.name}: Verenigde Staten, met standaardbepalingen" for one in policy.processors if one.outside_eu
        ),
    }


def access(tenant: str) -> dict[str, Any]:
    return sheet_of(tenant) | {
        "copy": "De kopie zit als bijlage bij deze mail. U kunt haar openen zonder internet.",
        "categories": ("uw naam, adres en e-mailadres", "drie bestellingen uit 2025", "uw mails aan ons"),
        "source": "U gaf ons deze gegevens zelf.",
        "automated": "Een computer neemt bij ons geen besluiten over u en wij maken geen profiel van u.",
    }


ERASED: dict[str, Any] = {
    "erased": ("uw klantprofiel met naam, adres en telefoonnummer", "uw aanmelding voor de nieuwsbrief"),
    "erased_on": "2026-02-12",
    "told": ("MyOnlineStore", "Sisow"),
}
KEPT: dict[str, Any] = {"closed_on": "2026-02-12"}
NL = "de wet verplicht ons onze boekhouding zeven jaar te bewaren (artikel 52, lid 4, AWR)"
BE = "de wet verplicht ons facturen tien jaar te bewaren (artikel 315 WIB 92)"
WHY = "Uw bestelling van 3 januari is nog niet betaald en onze vordering ligt bij de rechter."

#: name -> company, rights asked, reply, facts, and what else is so
GOLDENS: dict[str, tuple[str, tuple[Kind, ...], str, dict[str, Any], dict[str, Any]]] = {
    "access-nl": ("kaviaarshop", (Kind.ACCESS,), "access_granted", access("kaviaarshop"), {}),
    "access-be-and-erasure-follows": (
        "3dconfig",
        (Kind.ACCESS, Kind.ERASURE),
        "access_granted",
        access("3dconfig"),
        {},
    ),
    "restriction-ended": (
        "kaviaarshop",
        (Kind.RESTRICTION_LIFT,),
        "restriction_ended",
        {"ended_on": "2026-02-12"},
        {},
    ),
    "access-partly-fr": (
        "kraaft",
        (Kind.ACCESS,),
        "access_partly",
        access("kraaft")
        | {
            "withheld": "de namen van collega's in twee berichten",
            "reasons": "Die berichten gaan ook over anderen. Hun namen hebben wij zwart gemaakt; de rest hebt u.",
        },
        {},
    ),
    "nothing-found": (
        "koopjesklik",
        (Kind.ACCESS,),
        "nothing_found",
        {"searched": ("WooCommerce", "Mailchimp", "E-boekhouden")},
        {"match": MatchState.UNKNOWN},
    ),
    "portability": (
        "koopjesklik",
        (Kind.PORTABILITY,),
        "portability_granted",
        {
            "copy": "Het bestand zit als bijlage bij deze mail.",
            "format": "CSV en JSON",
            "data": ("uw account", "uw bestellingen"),
        },
        {},
    ),
    "rectification": (
        "kaviaarshop",
        (Kind.RECTIFICATION,),
        "rectification_granted",
        {"changed": "uw huisnummer: 12 werd 21", "changed_on": "2026-02-12", "told": "PostNL"},
        {},
    ),
    "erasure": ("kaliningrad", (Kind.ERASURE,), "erasure_granted", ERASED | {"told": ()}, {}),
    "erasure-partly-nl": (
        "kaviaarshop",
        (Kind.ERASURE,),
        "erasure_partly",
        ERASED | KEPT | {"kept": f"factuur 2026-0012 | {NL} | 2033-12-31"},
        {},
    ),
    "erasure-partly-be": (
        "3dconfig",
        (Kind.ERASURE,),
        "erasure_partly",
        ERASED | KEPT | {"kept": f"factuur 88 | {BE} | 2036-12-31"},
        {},
    ),
    "restricted-until-lifted": (
        "kaviaarshop",
        (Kind.RESTRICTION,),
        "restricted",
        {"frozen_on": "2026-01-31", "frozen": "uw klantprofiel en uw bestellingen"},
        {},
    ),
    "restricted-be": (
        "kaliningrad",
        (Kind.RESTRICTION,),
        "restricted",
        {"frozen_on": "2026-01-31", "frozen": "uw adresgegevens"},
        {},
    ),
    "objection-upheld": (
        "koopjesklik",
        (Kind.OBJECTION,),
        "objection_upheld",
        {
            "stopped_on": "2026-01-31",
            "stopped": "metingen van uw bezoek aan onze website",
            "copy": "De kopieën van uw gegevens kreeg u op 10 februari 2026 per e-mail.",
        },
        {},
    ),
    "objection-not-upheld": (
        "kraaft",
        (Kind.OBJECTION,),
        "objection_not_upheld",
        {"ground": "claims_outweigh", "reasons": WHY, "resumed_on": "2026-02-23"},
        {},
    ),
    "marketing-stopped": (
        "kaliningrad",
        (Kind.DIRECT_MARKETING,),
        "marketing_stopped",
        {"stopped_on": "2026-01-31", "channels": ("de nieuwsbrief per e-mail", "de reclamefolder per post")},
        {},
    ),
    "withdrawal": (
        "kaliningrad",
        (Kind.CONSENT_WITHDRAWAL,),
        "withdrawal_done",
        {
            "stopped_on": "2026-01-31",
            "stopped": "de nieuwsbrief",
            "continues": "berichten over uw bestelling: die horen bij de koop",
        },
        {},
    ),
    "automated": (
        "3dconfig",
        (Kind.AUTOMATED_DECISION,),
        "automated_answered",
        {"automated": "Een computer neemt bij ons geen besluiten over u. Een mens bekijkt elke bestelling."},
        {},
    ),
    "complaint-received": ("kaliningrad", (Kind.COMPLAINT,), "complaint_received", {}, {}),
    "complaint-answered": (
        "kaviaarshop",
        (Kind.COMPLAINT,),
        "complaint_answered",
        {"answer": "U kreeg twee keer een folder nadat u had gezegd dat u die niet wilde.\nDat was onze fout."},
        {},
    ),
    "breach-thanked": ("kaliningrad", (Kind.BREACH_REPORT,), "breach_thanked", {}, {}),
    "question": (
        "koopjesklik",
        (Kind.PRIVACY_QUESTION,),
        "question_answered",
        {"answer": "Wij bewaren facturen zeven jaar, omdat de wet dat eist."},
        {},
    ),
    "mandate": ("kaviaarshop", (Kind.ACCESS,), "mandate_asked", {}, {}),
    "guardian": ("kraaft", (Kind.MINOR,), "mandate_asked", {}, {}),
    "minor-erased": ("kaliningrad", (Kind.MINOR,), "minor_erased", ERASED | {"told": ()}, {}),
    "capacity": ("koopjesklik", (Kind.DECEASED,), "capacity_asked", {}, {}),
    "deceased-nl": (
        "koopjesklik",
        (Kind.DECEASED,),
        "deceased_answered",
        {"answer": "Wij hebben het account gesloten. Er komt geen post meer."},
        {},
    ),
    "deceased-fr": (
        "kraaft",
        (Kind.DECEASED,),
        "deceased_answered",
        {"answer": "Wij hebben het account gesloten."},
        {},
    ),
    "directives": (
        "kraaft",
        (Kind.DECEASED,),
        "directives_recorded",
        {"directives": "het account wordt gewist", "trusted": "U noemde daarvoor uw broer. Hij mag ons schrijven."},
        {},
    ),
    "partly": (
        "kaliningrad",
        (Kind.PORTABILITY,),
        "partly_granted",
        {
            "done": "u kreeg uw adresgegevens als bestand",
            "done_on": "2026-02-12",
            "not_done": "onze eigen aantekeningen over uw bestelling",
            "reasons": "U hebt deze aantekeningen niet zelf aan ons gegeven (artikel 20, lid 1, AVG).",
        },
        {},
    ),
    "refused-nl": (
        "koopjesklik",
        (Kind.ERASURE,),
        "refused",
        {"ground": "legal_claims", "reasons": WHY},
        {},
    ),
    "refused-be-french-writer": (
        "3dconfig",
        (Kind.ERASURE,),
        "refused",
        {"ground": "legal_claims", "reasons": WHY},
        {"language": "fr"},
    ),
    "withdrawn": ("kaviaarshop", (Kind.ERASURE,), "request_withdrawn", {}, {}),
    "closed": (
        "kaviaarshop",
        (Kind.ACCESS,),
        "closed",
        {"reasons": "U schreef ons dat u alles hebt gekregen wat u wilde."},
        {},
    ),
    "reopened": (
        "kaviaarshop",
        (Kind.ACCESS,),
        "reopened",
        {"reasons": "U schreef ons dat er een bestelling ontbreekt."},
        {},
    ),
}


def golden(name: str, letters: Letters = LETTERS) -> Letter:
    tenant, kinds, reply, given, changes = GOLDENS[name]
    case = a_case(tenant, *kinds, **changes)
    about = tuple(kind for kind in kinds if kind in REPLIES[reply].kinds)
    return a_letter(reply, case, now=AT, letters=letters, facts=facts(**given), about=about)


@pytest.mark.parametrize("name", GOLDENS)
def test_a_reply_reads_as_it_is_kept(name: str) -> None:
    letter = golden(name)
    told = f"Subject: {letter.subject}\n\n{letter.text}"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MAILBOT_WRITE_LETTERS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")


def test_no_kept_reply_is_forgotten() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(GOLDENS)


# --- the catalogue -------------------------------------------------------------------------------


def test_every_reply_that_a_person_writes_is_kept_as_a_golden_letter() -> None:
    written = {name for name, reply in REPLIES.items() if reply.verb in ("reply", "refuse")}
    assert written == {reply for _, _, reply, _, _ in GOLDENS.values()}


def test_no_reply_ever_leaves_by_itself() -> None:
    assert REPLIES.keys() <= ONLY_BY_A_PERSON


def test_every_reply_has_its_template_and_its_name_in_words() -> None:
    for name in REPLIES:
        assert (FOLDER / "nl" / f"{name}.md").is_file(), name
        assert name in LETTERS.phrases["nl"]["letters"], name


def test_every_ground_has_its_words_with_an_article() -> None:
    words = LETTERS.phrases["nl"]["grounds"]
    assert set(words) == set(GROUNDS)
    for text in words.values():
        assert re.search(r"artikel \d+", text)


@pytest.mark.parametrize("country", ["NL", "BE", "FR"])
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.NOT_A_REQUEST, Kind.RESTRICTION_LIFT)])
def test_every_right_has_a_reply_that_ends_well(kind: Kind, country: str) -> None:
    assert any(reply_for(kind, outcome, country) for outcome in (Outcome.GRANTED, Outcome.ANSWERED))


@pytest.mark.parametrize("kind", sorted(set(Kind) - UNDENIABLE))
def test_every_right_that_can_be_refused_has_a_part_refusal_and_a_refusal(kind: Kind) -> None:
    for outcome in (Outcome.PARTLY, Outcome.REFUSED):
        reply = reply_for(kind, outcome, "NL")
        assert reply is not None, outcome
        assert reply.denies
        assert reply.fact("reasons") or reply.fact("kept")


@pytest.mark.parametrize("reply", [one for one in REPLIES.values() if one.ends], ids=lambda one: one.name)
def test_a_final_reply_names_the_authority(reply: Reply) -> None:
    assert Element.AUTHORITY in reply.elements or reply.name == "breach_thanked"


@pytest.mark.parametrize("outcome", [Outcome.PARTLY, Outcome.REFUSED])
def test_whatever_says_no_names_reasons_authority_and_court(outcome: Outcome) -> None:
    for reply in REPLIES.values():
        if outcome in reply.outcomes:
            assert {Element.AUTHORITY, Element.COURT} <= reply.elements, reply.name


def test_the_letter_with_a_copy_in_parts_says_in_how_many_mails_it_comes() -> None:
    text = a_letter("package", a_case("kraaft", Kind.ACCESS), extra={"part": "2", "parts": "3"}).text
    assert "in 3 mails; dit is mail 2" in text


# --- a reply that lacks something cannot be rendered ---------------------------------------------


def lacks(name: str, case: Any, letters: Letters = LETTERS, **changes: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        a_letter(name, case, now=AT, letters=letters, **changes)
    return str(caught.value)


NEEDED = [(reply.name, fact.name) for reply in REPLIES.values() for fact in reply.facts if fact.needed]


@pytest.mark.parametrize(("name", "fact"), NEEDED)
def test_without_one_of_its_facts_a_reply_is_not_rendered(name: str, fact: str) -> None:
    reply, case = REPLIES[name], a_case("kraaft", Kind.ACCESS, restricted_since=RECEIVED)
    if fact in ("body", "until"):
        told = lacks(name, case, **({"body": ""} if fact == "body" else {"body": "Daarom.", "until": None}))
    else:
        rest = tuple((key, lines) for key, lines in sample_facts(name) if key != fact)
        told = lacks(name, case, facts=rest, body="Daarom.")
    found = reply.fact(fact)
    assert found is not None
    assert f"{fact} ({found.rule})" in told


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "replies")
    return tmp_path / "replies"


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_a_company_s_own_wording_that_leaves_everything_out_is_not_rendered(edited: Path, name: str) -> None:
    own = edited / "tenants" / "kraaft" / "nl"
    own.mkdir(parents=True)
    (own / f"{name}.md").write_text("Onderwerp: Kort\n\nGeregeld.\n", "utf-8")
    case, parts = a_case("kraaft", Kind.ACCESS, restricted_since=RECEIVED), {"part": "2", "parts": "3"}
    told = lacks(name, case, Letters(edited), body="Ja.", extra=parts)
    assert f"replies/tenants/kraaft/nl/{name}.md" in told
    for element in REPLIES[name].elements - {Element.TRANSLATION, Element.COMPANY, Element.REF}:
        assert element.value in told, element


@pytest.mark.parametrize(
    ("words", "rule"),
    [("authority_post", "authority (B-04)"), ("court", "court (B-04)"), ("authority_url", "authority (B-04)")],
)
def test_an_appeal_without_its_address_is_not_rendered(edited: Path, words: str, rule: str) -> None:
    part = edited / "nl" / "parts" / "appeal.md"
    part.write_text(part.read_text("utf-8").replace("{{ " + words + " }}", ""), "utf-8")
    with pytest.raises(ConfigError, match=re.escape(rule)):
        golden("refused-nl", Letters(edited))


def test_a_reply_to_somebody_who_wrote_french_offers_a_translation_or_is_not_rendered(edited: Path) -> None:
    (edited / "nl" / "parts" / "translation.md").write_text("\n", "utf-8")
    assert golden("refused-nl", Letters(edited))
    with pytest.raises(ConfigError, match=r"translation \(F-16\)"):
        golden("refused-be-french-writer", Letters(edited))


def test_a_company_may_word_a_reply_itself(edited: Path) -> None:
    own = edited / "tenants" / "kaviaarshop" / "nl"
    own.mkdir(parents=True)
    text = (edited / "nl" / "refused.md").read_text("utf-8").replace("Wij kunnen uw", "Helaas kunnen wij uw")
    (own / "refused.md").write_text(text, "utf-8")
    case = a_case("kaviaarshop", Kind.ERASURE)
    given = facts(ground="legal_claims", reasons=WHY)
    assert "Helaas" in a_letter("refused", case, letters=Letters(edited), facts=given).text
    assert "Helaas" not in golden("refused-nl", Letters(edited)).text


# --- what letters say ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOLDENS)
def test_text_and_html_of_a_reply_say_the_same(name: str) -> None:
    letter = golden(name)
    words = re.sub(r"\s+", "", re.sub(r"&(amp|lt|gt|quot);", "", re.sub(r"<[^>]+>", "", letter.html)))
    for line in letter.text.partition("\n-- \n")[0].splitlines():
        plain = re.sub(r"^[-#]+ ", "", line).replace("**", "").replace('"', "")
        assert re.sub(r"[&<>\s]", "", plain) in words, line


@pytest.mark.parametrize("name", GOLDENS)
def test_a_reply_is_short_and_in_plain_words(name: str) -> None:
    text = golden(name).text
    own = [line for line in re.split(r"(?<=[.!?:])\s+|\n+", text) if line and not line.startswith(("- ", "http"))]
    given = {value for _, lines in facts(**GOLDENS[name][3]) for value in lines}
    for sentence in own:
        if sentence not in given and "artikel" not in sentence and "TSA" not in sentence:
            assert len(sentence.split()) <= 32, sentence
    for word in ("derhalve", "alsmede", "middels", "te dezen", "betrokkene", "onverwijld", "voornoemd", "ons inziens"):
        assert word not in text.lower()


@pytest.mark.parametrize("name", GOLDENS)
def test_a_reply_says_u_and_never_je(name: str) -> None:
    assert not re.search(r"\b(je|jij|jou|jouw|jullie)\b", golden(name).text)


def test_the_rest_of_a_request_is_promised_with_a_date() -> None:
    text = golden("access-be-and-erasure-follows").text
    assert "Over de rest van uw bericht krijgt u apart antwoord, uiterlijk op zaterdag 28 februari 2026" in text
    assert "- verwijdering van uw persoonsgegevens" in text


def test_a_reply_that_is_late_says_so_and_a_timely_one_does_not() -> None:
    case, given = a_case("kaviaarshop", Kind.ERASURE), facts(**ERASED)
    late = a_letter("erasure_granted", case, now=datetime(2026, 3, 9, tzinfo=UTC), facts=given).text
    assert "later dan de wet toestaat" in late
    assert "later dan" not in a_letter("erasure_granted", case, now=AT, facts=given).text


def test_a_copy_that_is_late_says_so_too() -> None:
    case = a_case("kaviaarshop", Kind.ACCESS)
    late = a_letter("package", case, now=datetime(2026, 3, 9, tzinfo=UTC)).text
    assert "Dit antwoord komt later dan de wet toestaat. Onze excuses daarvoor." in " ".join(late.split())
    assert "excuses" not in a_letter("package", case, now=AT).text


def test_what_was_told_in_time_is_not_called_late_when_it_is_explained_once_more() -> None:
    case = a_case("kaviaarshop", Kind.ACCESS)
    told = replace(case, items=tuple(replace(item, told_at=AT) for item in case.items))
    assert "later dan" not in a_letter("answer", told, now=datetime(2026, 3, 9, tzinfo=UTC), body="Zoals gezegd.").text


@pytest.mark.parametrize(
    ("reply", "kind", "term"),
    [
        ("complaint_answered", Kind.COMPLAINT, False),
        ("answer", Kind.PRIVACY_QUESTION, False),
        ("extended", Kind.ACCESS, False),
        ("answer", Kind.ACCESS, True),
        ("refused", Kind.ACCESS, True),
        ("package", Kind.ACCESS, True),
        ("cannot_identify", Kind.ACCESS, True),
    ],
)
def test_the_six_weeks_of_the_court_are_named_where_a_request_is_decided_on(reply: str, kind: Kind, term: bool) -> None:
    """Article 35 UAVG: they run from the answer to a request, not from a notice that it takes longer (A-59)."""
    text = a_letter(reply, a_case("kaviaarshop", kind), now=AT, body="Daarom.").text
    assert "rechtbank" in text or "de rechter" in text
    assert ("zes weken" in text) is term


@pytest.mark.parametrize("name", sorted(name for name, one in REPLIES.items() if Element.AUTHORITY in one.elements))
def test_who_lives_elsewhere_reads_that_the_authority_there_may_hear_him_too(name: str) -> None:
    """D-08, useful for the Dutch readers of a French company, and for a Belgian customer of a Dutch shop."""
    kinds = (Kind.DECEASED,) if name == "deceased_answered" else (Kind.ACCESS,)
    for tenant in ("kaviaarshop", "kraaft"):
        letter = a_letter(name, a_case(tenant, *kinds, restricted_since=RECEIVED), now=AT, body="Daarom.")
        assert "Woont of werkt u in een ander land van de Europese Unie" in " ".join(letter.text.split())


def test_a_message_in_between_is_not_called_an_answer() -> None:
    text = a_letter("message", a_case("kaviaarshop", Kind.ACCESS), now=AT, body="Wij zoeken nog.").text
    assert "nog niet beantwoord" in text
    assert "Dit antwoord" not in text


def test_directives_for_after_death_exist_in_france_only() -> None:
    assert REPLIES["directives_recorded"].countries == {"FR"}
    assert COMPANIES["kraaft"].policy.country == "FR"


def test_thanks_for_a_breach_report_hold_no_words_of_anybody() -> None:
    assert REPLIES["breach_thanked"].facts == ()


def test_every_fact_of_a_form_can_be_given_as_words() -> None:
    assert {fact.form for reply in REPLIES.values() for fact in reply.facts} == set(Form)


def test_facts_are_written_as_text_however_they_look() -> None:
    wild = "<b>*sterk*</b> [link](http://x.example) {{ company }}"
    letter = a_letter("question_answered", a_case("kraaft", Kind.PRIVACY_QUESTION), facts=facts(answer=wild))
    assert wild in letter.text
    assert "<b>" not in letter.html
    assert 'href="http://x' not in letter.html


@pytest.mark.parametrize("tenant", TENANTS)
def test_no_reply_of_a_shop_says_that_its_service_ends(tenant: str) -> None:
    for name in REPLIES:
        text = (FOLDER / "nl" / f"{name}.md").read_text("utf-8")
        assert "niet langer voortzetten" not in text, tenant


def test_the_same_reply_differs_between_companies_by_authority_and_law() -> None:
    texts = {name: golden(name).text for name in ("refused-nl", "refused-be-french-writer", "objection-not-upheld")}
    assert "Autoriteit Persoonsgegevens, Postbus 93374" in texts["refused-nl"]
    assert "binnen zes weken" in texts["refused-nl"]
    assert "Gegevensbeschermingsautoriteit, Drukpersstraat 35" in texts["refused-be-french-writer"]
    assert "zes weken" not in texts["refused-be-french-writer"]
    assert "TSA 80715" in texts["objection-not-upheld"]


@pytest.mark.parametrize(("tenant", "court"), [("koopjesklik", False), ("3dconfig", False), ("kraaft", True)])
@pytest.mark.parametrize("reply", ["deceased_answered", "answer"])
def test_a_letter_about_the_dead_names_a_court_only_where_heirs_have_rights(
    tenant: str, court: bool, reply: str
) -> None:
    """The GDPR does not cover the dead (recital 27; B-23): the writer keeps the authority, for his own data."""
    given = {} if reply == "answer" else facts(answer="Wij hebben het account gesloten.")
    letter = a_letter(
        reply, a_case(tenant, Kind.DECEASED), now=AT, body="Gesloten.", **({"facts": given} if given else {})
    )
    text = " ".join(letter.text.split())
    assert (COMPANIES[tenant].policy.authority.name in text) is True
    assert ("rechter" in text or "rechtbank" in text) is court
    assert ("uw eigen gegevens" in text) is not court


def test_a_letter_about_the_dead_and_a_living_person_names_the_court() -> None:
    case = a_case("koopjesklik", Kind.DECEASED, Kind.ACCESS)
    assert "rechtbank" in a_letter("answer", case, now=AT, body="Hier is het.").text


def test_a_case_with_one_right_told_has_no_rest() -> None:
    case = a_case("kaviaarshop", Kind.ACCESS, Kind.ERASURE)
    told = replace(case, items=tuple(replace(item, told_at=AT) for item in case.items))
    letter = a_letter("erasure_granted", told, facts=facts(**ERASED), about=(Kind.ERASURE,))
    assert "Wat er nog volgt" not in letter.text


def test_letters_of_our_own_fixed_words_take_no_facts() -> None:
    assert [name for name in FIXED & REPLIES.keys() if REPLIES[name].facts] == []


@pytest.mark.parametrize(
    ("tenant", "paper", "number"),
    [
        ("koopjesklik", "verklaring van erfrecht", "burgerservicenummer"),
        ("kaliningrad", "attest of akte van erfopvolging", "rijksregisternummer"),
        ("kraaft", "acte de notoriété", "nummer van de sociale zekerheid"),
    ],
)
def test_papers_and_numbers_have_the_name_of_the_company_s_country(tenant: str, paper: str, number: str) -> None:
    assert paper in a_letter("capacity_asked", a_case(tenant, Kind.DECEASED)).text
    assert number in a_letter("paper_not_needed", a_case(tenant, Kind.ACCESS)).text


def test_a_refusal_does_not_say_that_the_cnil_hears_only_whoever_got_no_answer() -> None:
    assert "als u het niet eens bent met ons antwoord" in company("kraaft").authority.remark


def test_a_person_hears_on_which_day_a_restriction_ends() -> None:
    letter = a_letter("restriction_lifted", a_case("kaviaarshop", Kind.RESTRICTION), body="U vroeg het.")
    assert "eindigt op de dag waarop wij u deze mail sturen" in letter.text
