"""Whether a finished reply says what it must: read from the words that the person will read.

The rule kept here: what was meant to be said is looked for in the text itself, so that a template that somebody
edited cannot leave a part out unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailbot.checklist.reply import RULES, Element, Reply
from mailbot.model.kinds import Kind

#: How a letter may say that it costs nothing.
_FREE = ("kost u niets", "kosteloos", "gratis")
#: The file of a copy that a person opens first.
OVERVIEW = "overzicht.html"
#: What is looked up among the values of a reply, beside its own facts.
LOOKED_UP = frozenset(
    {"authority_post", "authority_url", "foreign", "kind_words", "outside_gdpr", "parts", *map(str, Element)}
)
#: Who asked for no right, as an authority, reads of no way to complain about the answer to it.
_NO_RIGHT = [str(Kind.NOT_A_REQUEST)]
_TRANSLATION = {"fr": "traduction", "en": "translation", "de": "Übersetzung"}


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a finished reply does not say although it must."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} ({self.rule})"


def lacking(reply: Reply, text: str, values: Mapping[str, Any]) -> tuple[Lack, ...]:
    """What the text of a reply leaves out; `values` are what its template was filled with."""
    said = _plain(text)
    elements = (Lack(RULES[one], one.value) for one in sorted(reply.elements) if not _stands(one, said, values))
    facts = (
        Lack(fact.rule, fact.name)
        for fact in reply.facts
        if (fact.needed and not values.get(fact.name)) or not all(part in said for part in _parts(values, fact.name))
    )
    return (*elements, *facts)


def _stands(element: Element, said: str, values: Mapping[str, Any]) -> bool:
    match element:
        case Element.FREE:
            return any(words in said for words in _FREE)
        case Element.AUTHORITY | Element.COURT if values.get("kind_words") == _NO_RIGHT:
            return True
        case Element.AUTHORITY:
            names = ("authority", "authority_post", "authority_url")
            return all(_plain(values[name]) in said for name in names)
        case Element.COURT if values.get("outside_gdpr"):
            return True  # no court looks at it under this law (B-23)
        case Element.TRANSLATION:
            word = _TRANSLATION.get(values.get("foreign", ""), "")
            return word in said
        case Element.OPENING:
            return OVERVIEW in said
        case Element.PARTS:
            return not values.get("parts") or f"in {values['parts']} mails" in said
    parts = list(_parts(values, element.value))
    return all(part in said for part in parts) and (bool(parts) or element is Element.RIGHT)


def _parts(values: Mapping[str, Any], name: str) -> Iterator[str]:
    """The pieces of a value that must stand in the text, each on one line."""
    value = values.get(name, "")
    if isinstance(value, str):
        value = value.splitlines()
    for part in value:
        pieces = part.values() if isinstance(part, Mapping) else (part,)
        yield from (plain for piece in pieces if (plain := _plain(piece)))


def _plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
