"""Who settles what becomes of his own data after his death (article 85 of the French data protection act).

The rule kept: it is a matter of a death, whichever right the words sound like; a person always looks.
"""

from __future__ import annotations

import re

from mailbot.classify.reading import Reading
from mailbot.model import Kind

_OWN_DEATH = re.compile(
    r"\b(?:na|bij|ingeval van|in geval van) mijn (?:eigen )?(?:overlijden|dood|sterven)\b"
    r"|\b(?:als|wanneer|zodra|mocht) ik (?:er niet meer ben|dood ben|overleden ben|overlijd|sterf|kom te overlijden)\b"
    r"|\b(?:apres|suite a|en cas de) (?:ma mort|mon deces)\b|\b(?:after|upon|in the event of) my (?:own )?death\b"
    r"|\bwhen i (?:die|am dead|pass away)\b|\bnach meinem (?:tod\w*|ableben)\b|\bwenn ich (?:sterbe|tot bin)\b"
)
_RECORD = re.compile(
    r"\b(?:\w*gegevens|data|account\w*|profiel\w*|foto'?s|donnees|compte|profil\w*|daten|konto|records?)\b"
)


def as_directives(kinds: tuple[Kind, ...], reading: Reading) -> tuple[Kind, ...]:
    """The kinds, or a death where somebody settles what becomes of his record after his own."""
    text = " . ".join(sentence.folded for sentence in reading.own)
    if Kind.DECEASED in kinds or not (_OWN_DEATH.search(text) and _RECORD.search(text)):
        return kinds
    return (Kind.DECEASED,)
