"""What a colleague says beside a word: courtesy, or something that makes it no plain word any more.

The rule kept here: a word that something behind or below it puts in doubt is not carried out. Whoever reads "AKKOORD,
maar pas de aanhef aan" lets no letter go, and asks. Thanks, a signature and a disclaimer put nothing in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_GREETING = re.compile(
    r"(?:hoi|hallo|hi|hey|dag|beste|geachte|goede?(?:morgen|middag|navond|ndag))\b[\w .'-]{0,40}[,!.:]?$", re.IGNORECASE
)
#: Nothing in these is given back once it matched (`*+`): a stranger's mail is read too, and may be made to cost much.
_THANKS = (
    r"(?:(?:alvast|heel|erg|hartelijk|veel)\s+)*+(?:dank(?:jewel|uwel)?|bedankt|merci|thanks|top|prima|hoor"
    r"|(?:fijne?|prettige?)\s+(?:dag|avond|week|weekend))\b(?:\s+(?:je|u|jullie|wel|alvast|hoor)\b)*+"
)
_THANKED = re.compile(_THANKS, re.IGNORECASE)
_CLOSING = (
    r"(?:(?:met|vriendelijke|hartelijke|beste|vr\.?|kind|best)\s+)*+(?:groet(?:en|jes)?|gr|mvg|regards)\b\.?"
    r"(?:,?\s+[^\W\d_][\w.'-]*+){0,3}+"
)
_COURTESY = re.compile(rf"(?:[\s,.;!–-]*+(?:{_THANKS}|{_CLOSING}))++[\s,.;!–-]*$", re.IGNORECASE)
#: Where a colleague's own words end: what he closes with, the lines of his company, a disclaimer, a plea for trees.
_ENDS = re.compile(
    rf"{_CLOSING}\W*$|--\s*$|(?:t|tel|m|mob)\b[.:]?\s*\+?[\d(]|www\.|(?:verstuurd|verzonden) vanaf\b"
    r"|.*\b(?:disclaimer|vertrouwelijk|geadresseerde|aansprakelijkheid|milieu|afdrukt?|printen?)\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"(?:{_CLOSING}|(?:verstuurd|verzonden) vanaf\b.*)\W*$", re.IGNORECASE)
#: A closing stands within so many lines of the end, and below it lines so short; what is longer may still be said.
_LAST, _SIGNER = 20, 60
_NAME = re.compile(r"[A-Z][\w.'-]+(?:\s+(?:van|de|der|den|ten|ter|el|[A-Z][\w.'-]*)){1,4}$")
#: What people add below their name.
_POSTSCRIPT = re.compile(r"(?:p\.?\s?s|n\.?b)\b", re.IGNORECASE)
_NEGATION = r"niet\s+nodig|hoe(?:f|v)\w*\s+(?:\w+\s+){0,2}niet|doen\s+we\s+niet|weet\s+(?:(?:ik|het|we|nog)\s+)*niet"
#: What puts a word in doubt on its own line, wherever it stands there.
_BEHIND = re.compile(rf"\?|\b(?:mits|tenzij|voorbehoud|toch\s+(?:niet|nog)|{_NEGATION})\b", re.IGNORECASE)
#: How the rest of a line begins that takes the word back.
_DENIES = re.compile(
    r"(?:nee|neen|niet|nog\s+niet|nooit|of|misschien|wellicht|toch|lijkt|ho(?:eft|even)|(?:mag|kan|moet)\s+(?:dat|dit|ik)"
    r"|wat\s+(?:moet|bedoel\w*)|hoe\s+(?:moet|werkt))\b",
    re.IGNORECASE,
)
#: How the rest of a line begins that says when it will be so.
_LATER = re.compile(
    r"(?:is|wordt|ben\s+ik)?\s*(?:(?:morgen|overmorgen|straks|later|binnenkort|bijna|volgende\s+(?:week|maand))\b"
    r"|(?:op|voor|uiterlijk)\s+(?:maan|dins|woens|donder|vrij|zater|zon)dag$)",
    re.IGNORECASE,
)
#: What puts a word in doubt on the lines below it.
_DOUBTS = re.compile(
    r"\?|\b(?:mits|tenzij|voorbehoud|misschien|wellicht|wacht\s+(?:er\s+)?(?:nog|even|tot|met)|denk\s+ik|niet\s+zeker"
    rf"|toch\s+(?:niet|maar|nog|liever|wel)|{_NEGATION})\b",
    re.IGNORECASE,
)
#: What limits or changes a plain yes on the lines below it.
_LIMITS = re.compile(
    r"\b(?:maar|behalve|alleen|uitgezonderd|uitzondering|zodra|pas|eerst|nog|niet|nee|geen|wel|graag|zou|moet(?:en)?"
    r"|aan(?:ge)?pas\w*|wijzig\w*|verander\w*|verbeter\w*|corrigeer\w*|vervang\w*)\b",
    re.IGNORECASE,
)


def is_greeting(line: str) -> bool:
    """Whether a line only greets: "Hoi Els,"."""
    return _GREETING.match(line) is not None


def is_courtesy(text: str) -> bool:
    """Whether words only thank and greet: "dank je wel, groet Anja"."""
    return _COURTESY.match(text) is not None and not limit(_THANKED.sub("", text))


def deny(rest: str) -> bool:
    """Whether what stands behind a word on its line takes it back, or asks about it."""
    return bool(_BEHIND.search(rest) or _DENIES.match(rest))


def put_off(rest: str) -> bool:
    """Whether what stands behind a word on its line says that it will be so later."""
    return _LATER.match(rest) is not None


def doubt(text: str) -> bool:
    """Whether words below another put that in doubt; that they explain it does not."""
    return _DOUBTS.search(text) is not None


def limit(text: str) -> bool:
    """Whether words beside a plain yes put it in doubt, limit it or ask for a change."""
    return bool(_DOUBTS.search(text) or _LIMITS.search(text))


def without_courtesies(text: str) -> str:
    """A text without the greeting above it, and the closing and signature at its end: a letter has its own. What ends
    as a sentence, such as "Dag en nacht zijn wij er.", is no greeting."""
    lines = [line.strip() for line in text.strip().split("\n")]
    lines = lines[is_greeting(lines[0]) and not lines[0].endswith(".") :]
    last = range(max(len(lines) - _LAST, 0), len(lines))
    end = next((at for at in last if _CLOSED.match(lines[at]) and _signs(lines[at + 1 :])), None)
    return "\n".join(lines[:end]).strip()


def _signs(lines: list[str]) -> bool:
    """Whether lines below a closing only say who signs."""
    return not any(map(_POSTSCRIPT.match, lines)) and all(
        (len(line) <= _SIGNER and not line.endswith((".", "?"))) or _ENDS.match(line) for line in lines
    )


def own_words(below: str) -> str:
    """Of the lines below a word what a person typed for this mail, without closing, signature and disclaimer."""
    return "\n".join(_own_lines(below.split("\n")))


def _own_lines(lines: list[str]) -> Iterator[str]:
    ended = False
    for line in map(str.strip, lines):
        ended = not _POSTSCRIPT.match(line) and (ended or bool(_ENDS.match(line) or _NAME.match(line)))
        if line and not ended and not is_courtesy(line):
            yield line
