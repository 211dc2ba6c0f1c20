"""What a privacy policy says about the company itself: proposals, each with the sentence that it comes from.

The rule kept here: nothing is invented (law.md E-04, E-05). What the text does not say is not proposed, what it says
twice in different words is proposed twice, and a person confirms each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[A-Z0-9][\w&.'’-]*(?:(?<!\.) [A-Z0-9][\w&.'’-]*){0,4}"
_PERSON = r"(?:[A-Z][\w'’-]*\.?|[A-Z](?:\.[A-Z])*\.)(?: (?:van|de|der|den|[A-Z][\w'’.-]*)){1,4}"
_PATTERNS = (
    ("name", rf"({_NAME})(?:, [^.\n]{{3,60}},)? (?:geeft veel om|respecteert|hecht veel belang aan)"),
    ("contact", rf"[Cc]ontactpersoon voor privacy ?zaken:?\s*\n\s*({_PERSON})\s*$"),
    ("email", r"\b([\w.+-]+@[\w-]+(?:\.[\w-]+)+)\b"),
    ("website", r"(https?://[\w.-]+)"),
    ("promise_days", r"binnen (?:de wettelijke termijn van )?(\d{1,3}) dagen"),
    ("promise_months", r"binnen (een|één|1) maand\b"),
    ("processor", rf"(?:software van|platform van|onze verwerker|diensten van|maken wij gebruik van) ({_NAME})"),
)
#: Words that begin with a capital for another reason than being a name.
_NO_NAMES = frozenset({"Wij", "We", "U", "Deze", "Dit", "Het", "De", "Cookies"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for one setting, and the sentence of the policy that says so."""

    setting: str  # name, contact, email, website, promise_days, promise_months, processor
    value: str
    sentence: str


def propose(text: str) -> list[Proposal]:
    """Everything that the text says, each value once, in the order of the text per setting."""
    found: dict[tuple[str, str], Proposal] = {}
    for proposal in _found(text.replace("\r\n", "\n")[:500_000]):
        found.setdefault((proposal.setting, proposal.value.lower()), proposal)
    return list(found.values())


def first(proposals: list[Proposal], setting: str) -> Proposal | None:
    """The first proposal for a setting, None where the text says nothing."""
    return next((one for one in proposals if one.setting == setting), None)


def _found(text: str) -> Iterator[Proposal]:
    for setting, pattern in _PATTERNS:
        for match in re.finditer(pattern, text, re.MULTILINE):
            value = match[1].rstrip(".")
            if value not in _NO_NAMES:
                sentence = " ".join(match[0].split()) if setting == "contact" else _sentence(text, match.start(1))
                yield Proposal(setting, "1" if setting == "promise_months" else value, sentence)


def _sentence(text: str, at: int) -> str:
    """The sentence, or the line, in which something stands."""
    start = max((text.rfind(mark, 0, at) for mark in (". ", "? ", "! ", "\n")), default=-1)
    ends = [end for mark in (". ", "? ", "! ", "\n") if (end := text.find(mark, at)) >= 0]
    return " ".join(text[start + 1 : min(ends, default=len(text)) + 1].split())[:300]
