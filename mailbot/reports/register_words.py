"""The words of the program as readers of a register or an account know them.

The rule kept here: what stands in none of these tables is told in its own word, so nothing is ever left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_NOTHING: Mapping[str, str] = {}

#: The words of the program as people read them; what stands in none of these is its own word.
_WORDS = {
    "open": "open",
    "granted": "ingewilligd",
    "partly": "gedeeltelijk ingewilligd",
    "refused": "geweigerd",
    "answered": "beantwoord",
    "withdrawn": "ingetrokken",
    "no_request": "geen verzoek",
    "triage": "wacht op een oordeel",
    "closed": "gesloten",
    "anonymised": "anoniem gemaakt",
    "mail": "e-mail",
    "phone": "telefoon",
    "post": "post",
    "counter": "balie",
    "unproven": "niet vastgesteld",
    "known_address": "bekend adres",
    "asked": "gevraagd",
    "confirmed": "bevestigd",
    "denied": "ontkend",
    "failed": "mislukt",
    "notify": "besloten te melden",
    "register_only": "alleen in het register",
}


#: The steps of a plan, for whoever reads which were passed over.
_STEPS = {
    "look_up": "opzoeken",
    "correct": "verbeteren",
    "erase": "verwijderen",
    "freeze": "stilleggen",
    "confirm": "verwerker nagaan",
    "package": "kopie samenstellen",
    "second_look": "tweede paar ogen",
    "copies": "kopie versturen",
    "keep": "vaststellen wat blijft",
    "close_off": "toegang sluiten",
    "tell": "verwerker inlichten",
    "decide": "beslissen",
    "answer": "antwoorden",
    "breach": "beslissen over het datalek",
    "identity": "vaststellen wie er schrijft",
    "mandate": "de volmacht nagaan",
    "guardian": "het gezag over het kind nagaan",
    "capacity": "de hoedanigheid nagaan",
    "requester": "nagaan of de overheid zelf vraagt",
    "legal_basis": "de grondslag van de overheid nagaan",
    "scope": "nagaan wat de overheid vraagt",
    "resist": "verzet tegen de vordering beoordelen",
    "hand_over": "beslissen wat de overheid krijgt",
    "stop_marketing": "reclame stoppen",
    "stop_consent": "stoppen met wat op toestemming rust",
    "human_review": "een mens laten kijken",
    "look_again": "een ander laten kijken",
    "stop_for_good": "blijvend staken",
    "lift": "de opheffing melden",
}


def in_dutch(
    row: Mapping[str, Any],
    kinds: Mapping[str, str],
    grounds: Mapping[str, str] = _NOTHING,
    letters: Mapping[str, str] = _NOTHING,
) -> dict[str, Any]:
    """A line of the register in the words of its readers; `kinds` are the names of the rights, `grounds` those on which
    one was refused, `letters` those of our letters."""
    told = {name: _WORDS.get(row[name], row[name]) for name in ("channel", "identity", "status", "breach")}
    ends = [outcome.partition(": ") for outcome in row["outcome"]]
    asked = [kinds.get(kind, kind) for kind in row["asked"]]
    named = {"asked": asked, "outcome": [_ended(kind, end, kinds) for kind, _, end in ends]}
    named["by_post"] = [letters.get(name, name) for name in row["by_post"]]
    named["refused_on"] = [_refused(one, kinds, grounds) for one in row["refused_on"]]
    rest = {"carried_over": row["carried_over"] or None, "set_aside": list(_passed_over(row["set_aside"]))}
    return dict(row) | told | named | rest


def _refused(told: str, kinds: Mapping[str, str], grounds: Mapping[str, str]) -> str:
    """What was refused and on which article, as the ground names it."""
    kind, _, ground = told.partition(": ")
    article = re.search(r"\(([^()]*artikel[^()]*)\)", grounds.get(ground, ""))
    return f"{kinds.get(kind, kind)}: {article[1] if article else ground}"


def word(own: str) -> str:
    """A word of the program as people read it."""
    return _WORDS.get(own, own)


def step_word(step: str) -> str:
    """A step of a plan as people read it, with the place where it is done."""
    verb, _, place = step.partition(":")
    return f"{_STEPS.get(verb, verb)} ({place})" if place else _STEPS.get(verb, verb)


def _passed_over(steps: Iterable[str]) -> Iterator[str]:
    """The same step in many places is one word with a number."""
    for verb, count in Counter(step.partition(":")[0] for step in steps).items():
        yield _STEPS.get(verb, verb) + (f" ({count} plaatsen)" if count > 1 else "")


def _ended(kind: str, outcome: str, kinds: Mapping[str, str]) -> str:
    return f"{kinds.get(kind, kind)}: {_WORDS.get(outcome, outcome)}"
