"""What a privacy policy promises on top of the law, and from which age somebody speaks for himself there.

The rules kept here: a right that the text merely names is no promise, and a text that says of leaving both that it is
and that it is no erasure promises neither. An age outside the law's own (article 8) is about something else, such as
alcohol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A setting, its value, and where the text says it.
Found = tuple[str, str, int]

#: By the setting that keeps it (B-16, B-17, A-54, E-09).
_KEPT = (
    ("only_person_lifts", r"\b(?:u|je) de beperking opheft"),
    ("copies_before_stopping", r"(?:kopieën|afschriften)[^.\n]{0,160}(?:blijvend|definitief) (?:te )?staken"),
    ("portability_of_all", r"(?:kopieën|afschriften) van alle gegevens over (?:u|je)\b"),
    ("resists_authorities", r"\b(?:wij|we) (?:zullen|gaan) ons\b[^.\n]{0,80}(?:daar|hier)tegen verzetten"),
)
NAMES = ("leaving_is_erasure", *(name for name, _ in _KEPT), "promise_months")
_MONTHS = re.compile(
    r"(?:binnen|maximaal|hooguit|hoogstens|uiterlijk) (twee|drie|[23]) maanden na (?:de )?ontvangst", re.IGNORECASE
)
_NUMBERS = {"twee": "2", "drie": "3"}

_LEAVES = re.compile(
    r"opzeg|zeg\w* [^.,\n]{0,40}\bop\b|uitschrijv|account\w* (?:\w+ ){0,3}(?:verwijder|sluit|beëindig)"
    r"|(?:niet langer|geen)[^.\n]{0,40}(?:diensten|klant|lid|gebruik)"
    r"|cancel|close (?:your|an) account|clôtur|résili",
    re.IGNORECASE,
)
_ERASURE = re.compile(
    r"vergeetverzoek|verzoek om te worden vergeten|verzoek (?:om|tot) [^.\n]{0,40}(?:wis|verwijder|vernietig)"
    r"|request (?:to|for) (?:\w+ ){0,2}(?:delet|eras)|demande d['’]effacement|demande de suppression",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"\bzie|beschouw|opvat|\bvat|behandel|geld|treat|consider|regard|vaut|considér|constitu",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"niet (?:\w+ ){0,2}als\b|geldt niet|geen (?:vergeet)?verzoek|not (?:\w+ ){0,3}(?:as\b|treat|consider|regard)"
    r"|ne vaut pas|ne constitue pas",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.?!](?=\s)|\n|$)")

_AGE = re.compile(
    r"(?:jonger (?:zijn |is )?dan|minstens|onder de(?: leeftijd van)?|under(?: the age of)?|younger than|moins de) "
    r"(1[3-6])\b(?! (?:dagen|euro|%))|[Vv]anaf (1[3-6]) jaar (?:beslis|mag|kun|kan|oefen)",
    re.IGNORECASE,
)


def promises(text: str) -> Iterator[Found]:
    """Each promise where it is made first."""
    if (at := _leaving(text)) is not None:
        yield "leaving_is_erasure", "true", at
    for setting, pattern in _KEPT:
        if said := re.search(pattern, text):
            yield setting, "true", said.start()
    for months in _MONTHS.finditer(text):
        yield "promise_months", _NUMBERS.get(months[1].lower(), months[1]), months.start()


def ages(text: str) -> Iterator[tuple[str, int]]:
    """Below which age parents speak, wherever the text says one."""
    for age in _AGE.finditer(text):
        yield age[1] or age[2], age.start()


def _leaving(text: str) -> int | None:
    """Where it stands that whoever leaves asks for erasure (B-33); the sentence before may speak of leaving."""
    before, found = "", None
    for sentence in _SENTENCE.finditer(text):
        said, erasure = sentence[0], _ERASURE.search(sentence[0])
        if erasure and _SEEN.search(said) and _LEAVES.search(before + said):
            if _DENIED.search(said):
                return None
            found = sentence.start() + erasure.start() if found is None else found
        before = said
    return found
