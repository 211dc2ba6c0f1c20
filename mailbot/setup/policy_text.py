"""What a privacy policy says about the company itself: proposals, each with the sentence that it comes from.

The rule kept here: nothing is invented (E-04, E-05). What the text does not say is not proposed, what it says
twice in different words is proposed twice, and a person confirms each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailbot.setup.policy_terms import answer_days

_NAME = r"[A-Z0-9][\w&.'’-]*(?:(?<!\.) [A-Z0-9][\w&.'’-]*){0,4}"
_PERSON = r"(?:[A-Z][\w'’-]*\.?|[A-Z](?:\.[A-Z])*\.)(?: (?:van|de|der|den|[A-Z][\w'’.-]*)){1,4}"
_PATTERNS = (
    ("name", rf"({_NAME})(?:, [^.\n]{{3,60}},)? (?:geeft veel om|respecteert|hecht veel belang aan)"),
    ("contact", rf"[Cc]ontactpersoon voor privacy ?zaken:?\s*\n\s*({_PERSON})\s*$"),
    ("email", r"\b([\w.+-]+@[\w-]+(?:\.[\w-]+)+)\b"),
    ("website", r"(https?://[\w.-]+)"),
    (
        "promise_months",
        r"(?:binnen|maximaal|hooguit|hoogstens|uiterlijk) (twee|drie|[23]) maanden na (?:de )?ontvangst",
    ),
    ("minor_age", r"(?:jonger (?:zijn )?dan|minstens) (1[0-9]) (?:jaar|zijn)"),
    (
        "processor",
        r"(?:software van|platform van|onze verwerker|diensten van|diensten af van|versturen [^.\n]{0,40}\bvia|"
        r"[Bb]etaaldienstverlener|[Aa]merikaanse bedrijf|"
        r"ma(?:ken|akt) (?:\w+ ){0,6}?gebruik (?:\w+ ){0,4}?van (?:\w+ ){0,4}?"
        rf") ?({_NAME})",
    ),
)
#: What a policy promises on top of the law, by the setting that keeps it (B-16, B-17, B-33, A-54, E-09).
_PROMISES = (
    ("leaving_is_erasure", r"(?:vergeetverzoek|verzoek om te worden vergeten)\."),
    ("only_person_lifts", r"\b(?:u|je) de beperking opheft"),
    ("copies_before_stopping", r"(?:kopieën|afschriften)[^.\n]{0,160}(?:blijvend|definitief) (?:te )?staken"),
    ("portability_of_all", r"(?:kopieën|afschriften) van alle gegevens over (?:u|je)\b"),
    ("resists_authorities", r"(?:daar|hier)tegen verzetten"),
)
PROMISES = (*(name for name, _ in _PROMISES), "promise_months")
_NUMBERS = {"twee": "2", "drie": "3"}
#: Where a text says two things, the one that binds more.
_BINDING = {"promise_months": min, "minor_age": max}
#: What shows the country of the company, the plainest first.
_COUNTRIES = (
    ("BE", r"\bBelgische (?:en Europese )?(?:wet|recht)"),
    ("NL", r"\bNederlandse (?:en Europese )?(?:wet|recht)"),
    ("FR", r"\bFranse (?:en Europese )?(?:wet|recht)|\bCNIL\b"),
    ("BE", r"^België\s*$|\bB\.?V\.?B\.?A\b|\bGegevensbeschermingsautoriteit\b"),
    ("NL", r"^Nederland\s*$|\bAutoriteit Persoonsgegevens\b"),
    ("FR", r"^Frankrijk\s*$"),
)
#: Street with its number, then the postcode with its place, each on a line of its own.
_ADDRESS = re.compile(
    r"^([^\W\d_][^\n@:]{2,50} \d+ ?[a-zA-Z]{0,3})\s*\n\s*(\d{4,5} ?(?:[A-Z]{2} )?[^\W\d_][^\n@:]{1,40})$", re.MULTILINE
)
#: A line of its own that names somebody, above what the policy says of him.
_HEADING = re.compile(r"^([A-Z0-9][\w&.'’-]*(?: [\w&.'’-]+){0,2})\s*$", re.MULTILINE)
#: Words that begin with a capital for another reason than being a name.
_NO_NAMES = frozenset({"Wij", "We", "U", "Deze", "Dit", "Het", "De", "Cookies"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for one setting, and the sentence of the policy that says so."""

    setting: str  # name, contact, email, website, country, post_address, minor_age, processor, or a promise
    value: str
    sentence: str


def propose(text: str) -> list[Proposal]:
    """Everything that the text says, each value once, in the order of the text per setting."""
    found: dict[tuple[str, str], Proposal] = {}
    for proposal in _found(text.replace("\r\n", "\n")[:500_000]):
        found.setdefault((proposal.setting, proposal.value.lower()), proposal)
    named = [one.value for one in found.values() if one.setting == "processor"]
    return [one for one in found.values() if not (one.setting == "processor" and _is_cut_off(one.value, named))]


def _is_cut_off(name: str, names: list[str]) -> bool:
    """Whether another name says it better: "Mijn webhost" than "Mijn", "Pay.nl" than "Betaaldienstverlener Pay.nl"."""
    word = name.lower()
    return any(one.startswith(f"{word} ") or word.endswith(f" {one}") for one in map(str.lower, names))


def first(proposals: list[Proposal], setting: str) -> Proposal | None:
    """The first proposal for a setting, None where the text says nothing."""
    return next((one for one in proposals if one.setting == setting), None)


def promised(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """What the text promises on top of the law, once a setting."""
    kept: dict[str, Proposal] = {}
    for one in proposals:
        if one.setting in (*PROMISES, "minor_age"):
            there = kept.get(one.setting, one)
            kept[one.setting] = _BINDING.get(one.setting, min)((there, one), key=lambda said: said.value)
    return tuple(kept.values())


def _found(text: str) -> Iterator[Proposal]:
    for setting, pattern in _PATTERNS:
        for match in re.finditer(pattern, text, re.MULTILINE):
            value = match[1].rstrip(".")
            if value not in _NO_NAMES:
                sentence = " ".join(match[0].split()) if setting == "contact" else _sentence(text, match.start(1))
                yield Proposal(setting, _NUMBERS.get(value, value), sentence)

    for days, at in answer_days(text):
        yield Proposal("promise_days", str(days), _sentence(text, at))
    yield from _headed(text)
    for setting, pattern in _PROMISES:
        if said := re.search(pattern, text):
            yield Proposal(setting, "true", _sentence(text, said.start()))
    for country, pattern in _COUNTRIES:
        if shown := re.search(pattern, text, re.MULTILINE):
            yield Proposal("country", country, _sentence(text, shown.start()))
            break
    if lines := _ADDRESS.search(text):
        place = f"{lines[1].strip()}, {lines[2].strip()}"
        yield Proposal("post_address", place, place)


def _headed(text: str) -> Iterator[Proposal]:
    """Parties under a heading of their own, where the text below says what is used of them."""
    own = {match[1] for match in re.finditer(_PATTERNS[0][1], text)}
    for match in _HEADING.finditer(text):
        below = text[match.end() : match.end() + 400]
        uses = re.search(rf"[^.\n]*\b{re.escape(match[1])}\b[^\n]*", below)
        if match[1] in _NO_NAMES | own or not uses or not re.search(r"gebruik|diensten|verwerk", uses[0]):
            continue
        yield Proposal("processor", match[1], _sentence(text, match.end() + uses.start()))


def _sentence(text: str, at: int) -> str:
    """The sentence, or the line, in which something stands."""
    start = max((text.rfind(mark, 0, at) for mark in (". ", "? ", "! ", "\n")), default=-1)
    ends = [end for mark in (". ", "? ", "! ", "\n") if (end := text.find(mark, at)) >= 0]
    return " ".join(text[start + 1 : min(ends, default=len(text)) + 1].split())[:300]
