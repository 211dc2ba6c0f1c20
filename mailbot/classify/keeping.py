"""Who says that his data must stay, whatever else he asks of them: "mijn account mag slapen, maar bewaar alles".

The rule kept: such a mail is never recorded unchecked as asking an erasure alone, since what is erased does not come
back.
"""

from __future__ import annotations

import re

_KEEPS = re.compile(
    r"\bbewaar (?:(?:ze|het|dan|wel|dus|maar|verder|gerust) ){0,2}(?:alles|mijn|onze|hem|haar|de)\b(?! (?:\w+ )?niet\b)"
    r"|(?<!\bgeen )\b(?:ze|het|alles|gegevens|account|profiel) (?:wel |graag |liefst )?(?:behouden|laten staan)\b"
    r"|\blaat (?:alles|het|mijn \w+) (?:wel |maar |verder )?staan\b"
    r"|\bzonder dat (?:\w+ ){0,4}?(?:verdwijnt|verdwijnen|verdwenen|kwijt|gewist|verwijderd)\b"
    r"|\bzonder (?:\w+ ){0,4}?(?:kwijt te raken|te verliezen)\b"
)


def keeps(folded: str) -> bool:
    """Whether a folded text says that data must stay."""
    return bool(_KEEPS.search(folded))
