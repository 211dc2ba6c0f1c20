"""The notice that a privacy policy changes: what it must say, and that it is no advertising.

The rule kept here (articles 13(3), 14(4)): whoever's data are touched by a change hears what changes, from when, and
what he can do. It is a service message: a wish to get no advertising does not stop it, and therefore it holds none.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.checklist.patterns import Pattern, words
from mailbot.checklist.reply import Element, Fact, Form, Reply

POLICY_CHANGED = Reply(
    "policy_changed",
    frozenset(),
    facts=(
        Fact("what", Form.LINES, "E-28", "what changes, one line each"),
        Fact("effect", Form.WORDS, "E-28", "what that means for data that you have already"),
        Fact("starts_on", Form.DAY, "E-28", "the day from which it holds"),
        Fact("page", Form.WORDS, "E-28", "where the new policy stands", needed=False),
    ),
    elements=frozenset({Element.COMPANY, Element.FREE, Element.AUTHORITY}),
)
_ADVERTISING = Pattern(
    "B-18",
    True,
    "advertises; people who want no advertising get this notice too",
    words(
        r"""\b(?:korting\w*|kortingscode|aanbieding\w*|actieprijs|uitverkoop|sale|nieuwsbrief\s+(?:lezen|ontvangen)|
        schrijf\s+u\s+in|bestel\s+nu|bekijk\s+(?:ons|onze)|nieuw(?:e)?\s+(?:collectie|assortiment)|voordeel\w*|cadeau\w*|gratis\s+verzending)\b"""
    ),
)


def advertises(text: str) -> Iterator[str]:
    """Why this notice must not leave."""
    if _ADVERTISING.found_in(text):
        yield _ADVERTISING.what
