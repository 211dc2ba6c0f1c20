"""Who wants to see what is held of him before it is erased: "een uitdraai graag, en daarna alles wissen".

The rule kept (B-30): what is erased can no longer be shown, so a showing that an erasure is to follow is a request of
its own; a person looks, since the model heard one of the two.
"""

from __future__ import annotations

import re

from mailbot.classify.reading import Reading
from mailbot.model import Kind

_SHOWN = (
    r"(?<!geen )(?<!alles )(?<!wis )(?<!verwijder )"
    r"(?:uitdraai|print(?:je)?|afdruk|overzicht(?:je)?|kopie(?:tje)?|afschrift|export|inzage|inkijk|tonen|laten zien"
    r"|zien wat|wat (?:u|je|jullie|ge) (?:\w+ ){0,4}?(?:heeft|hebt|hebben|heb|bewaart|weet|weten))"
)
_THEN = r"(?:daarna|vervolgens|erna|nadien|(?<!termijn )(?<!termijnen )waarna|en dan|dan pas|pas dan)"
_ERASED = r"(?:ge)?(?:verwijder\w*|wis(?:sen|t)?|delete\w*|vernietig\w*|schrap\w*|weg(?:halen|gooien|doen)?|eraf|eruit)"
_SHOWN_THEN_ERASED = re.compile(
    rf"\b{_SHOWN}\b[^.]{{0,80}}\b{_THEN}\b[^.]{{0,50}}\b{_ERASED}\b"
    rf"|\b{_SHOWN}\b[^.]{{0,80}}\b{_ERASED}\b[^.]{{0,25}}\b{_THEN}\b"
    rf"|\bna (?:een |de |het |mijn )?{_SHOWN}\b[^.]{{0,60}}\b{_ERASED}\b"
)
#: Who has seen it, or sends it himself, does not ask to see it.
_SEEN = re.compile(
    r"\b(?:ontvangen|gekregen|kreeg|kregen|stuurde|stuurden|gestuurd|toegestuurd|bekeken|zag|gezien|gemaakt|gedownload"
    r"|bijgaand|bijgevoegd|in de bijlage)\b"
)


def as_shown_first(kinds: tuple[Kind, ...], reading: Reading) -> tuple[Kind, ...]:
    """The kinds, or access and erasure where one of them was understood and the other is to come before or after."""
    if kinds not in ((Kind.ERASURE,), (Kind.ACCESS,)):
        return kinds
    text = " ".join(sentence.folded.rstrip(".!") for sentence in reading.own)
    return (Kind.ACCESS, Kind.ERASURE) if _SHOWN_THEN_ERASED.search(text) and not _SEEN.search(text) else kinds
