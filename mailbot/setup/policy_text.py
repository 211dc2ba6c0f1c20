"""What a privacy policy says about the company itself: proposals, each with the sentence that it comes from.

The rule kept here: nothing is invented (E-04, E-05). What the text does not say is not proposed, what it says
twice in different words is proposed twice, and a person confirms each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailbot.setup import policy_company, policy_promises
from mailbot.setup.policy_parties import parties, used
from mailbot.setup.policy_terms import answer_days

_NAME = r"[A-Z0-9][\w&.'’-]*(?:(?<!\.) [A-Z0-9][\w&.'’-]*){0,4}"
_PATTERNS = (
    ("name", rf"({_NAME})(?:, [^.\n]{{3,60}},)? (?:geeft veel om|respecteert|hecht veel belang aan)"),
    (
        "processor",
        r"(?:software van|platform van|onze verwerker|diensten van|diensten af van|versturen [^.\n]{0,40}\bvia|"
        r"[Bb]etaaldienstverlener|[Aa]merikaanse bedrijf|"
        r"ma(?:ken|akt) (?:\w+ ){0,6}?gebruik (?:\w+ ){0,4}?van (?:\w+ ){0,4}?"
        rf") ?({_NAME})",
    ),
)
PROMISES = policy_promises.NAMES
#: Below it parents exercise the rights of a child in the Netherlands, whatever a policy says (B-22; UAVG, article 5).
_DUTCH_AGE = 16
#: Where a text says two things, the one that binds more.
_BINDING = {"promise_months": min, "minor_age": max}
#: Who the company is: each setting with what finds it.
_COMPANY = (
    ("name", policy_company.names),
    ("contact", policy_company.handlers),
    ("officer", policy_company.officers),
    ("email", policy_company.mail_addresses),
    ("website", policy_company.websites),
    ("country", policy_company.countries),
    ("post_address", policy_company.post_addresses),
)
#: A line of its own that names somebody, above what the policy says of him.
_HEADING = re.compile(r"^([A-Z0-9][\w&.'’-]*(?: [\w&.'’-]+){0,2})\s*$", re.MULTILINE)
#: So long a run without a space is a picture or a key that was pasted along: it says nothing, and takes long to read.
_NO_WORD = re.compile(r"\S{250,}")
#: Words that begin with a capital for another reason than being a name.
_NO_NAMES = frozenset({"Wij", "We", "U", "Deze", "Dit", "Het", "De", "Cookies"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for one setting, and the sentence of the policy that says so."""

    setting: str  # name, contact, officer, email, website, country, post_address, minor_age, processor, or a promise
    value: str
    sentence: str


def propose(text: str) -> list[Proposal]:
    """Everything that the text says, each value once, in the order of the text per setting."""
    found: dict[tuple[str, str], Proposal] = {}
    for proposal in _found(_NO_WORD.sub(" ", text.replace("\r\n", "\n")[:500_000])):
        found.setdefault((proposal.setting, proposal.value.lower()), proposal)
    named = [one.value for one in found.values() if one.setting == "processor"]
    company = next((one.value.lower() for one in found.values() if one.setting == "name"), "")
    own = [company, *(one.value.lower() for one in found.values() if one.setting in ("contact", "officer"))]
    dutch = any(one.setting == "country" and one.value == "NL" for one in found.values())
    return [
        one
        for one in found.values()
        if not (one.setting == "processor" and (one.value.lower() in own or _is_cut_off(one.value, named)))
        and not (one.setting == "minor_age" and dutch and int(one.value) < _DUTCH_AGE)
    ]


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
                yield Proposal(setting, value, _sentence(text, match.start(1)))
    for setting, found in _COMPANY:
        for value, start, end in found(text):
            lines = setting == "post_address" and "\n" in text[start:end]
            yield Proposal(setting, value, value if lines else _sentence(text, start, end))
    for days, at in answer_days(text):
        yield Proposal("promise_days", str(days), _sentence(text, at))
    yield from _headed(text)
    for value, at in (*parties(text), *used(text)):
        yield Proposal("processor", value, _sentence(text, at))
    for setting, value, at in policy_promises.promises(text):
        yield Proposal(setting, value, _sentence(text, at))
    for age, at in policy_promises.ages(text):
        yield Proposal("minor_age", age, _sentence(text, at))


def _headed(text: str) -> Iterator[Proposal]:
    """Parties under a heading of their own, where the text below says what is used of them."""
    own = {match[1] for match in re.finditer(_PATTERNS[0][1], text)}
    for match in _HEADING.finditer(text):
        below = text[match.end() : match.end() + 400]
        uses = re.search(rf"[^.\n]*\b{re.escape(match[1])}\b[^\n]*", below)
        if match[1] in _NO_NAMES | own or not uses or not re.search(r"gebruik|diensten|verwerk", uses[0]):
            continue
        yield Proposal("processor", match[1], _sentence(text, match.end() + uses.start()))


def _sentence(text: str, at: int, until: int = 0) -> str:
    """The sentence, or the line, in which something stands; whole where that has stops of its own, such as "B.V."."""
    start = max((text.rfind(mark, 0, at) for mark in (". ", "? ", "! ", "\n")), default=-1)
    ends = [end for mark in (". ", "? ", "! ", "\n") if (end := text.find(mark, max(at, until - 1))) >= 0]
    return " ".join(text[start + 1 : min(ends, default=len(text)) + 1].split())[:300]
