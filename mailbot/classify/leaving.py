"""Who stops being a customer or a member: a request to be forgotten where the company's policy says so, else none.

The rule kept (B-33): leaving alone decides only when the mail asks no erasure in so many words, and only between
erasure and nothing; between leaving and another right only in a mail that says little else.
"""

from __future__ import annotations

import re

from mailbot.classify.reading import Reading
from mailbot.classify.rules import Rules
from mailbot.model import Kind

#: What somebody is. Who ends a subscription or an account ends a contract, or asks an erasure in so many words.
_ONE = r"(?:klant|gebruiker|client|lid|leden|donateur)"
_TIE = r"(?:lidmaatschap|donateurschap)"
#: How a tie ends at the wish of whoever has it; what "is beëindigd" was ended before, perhaps by the company.
_END = (
    r"(?:op te zeggen|opzeg(?:gen|ging)?|beeindig(?:en|ing)?|(?:mag|moet|laten) eindigen|stop(?:pen|zetten|zetting)?"
    r"|(?:opgezegd|beeindigd|stopgezet) (?:graag )?(?:hebben|zien|krijgen|worden)"
    r"|niet (?:(?:meer|langer|te|willen|wensen) ){0,3}"
    r"(?:verlengen|verlengd (?:te )?worden|voort(?: te )?zetten|continueren))"
)
_LEAVES = re.compile(
    rf"\bgeen (?:vaste? )?{_ONE}(?:s|en)? (?:meer|van (?:jullie|u|uw)\b.{{0,20}}\bmeer)"
    rf"|\bniet (?:meer|langer) (?:als |uw |jullie |bij u )?{_ONE}\b|\bstop(?:pen)? als {_ONE}\b"
    rf"|\b(?:zeg|zeggen) (?:\w+ ){{0,4}}?{_TIE}\b.{{0,30}}?\bop\b"
    rf"|\b{_TIE}\b(?:(?!\bniet\b|[.]).){{0,40}}?\b{_END}\b|\b{_END}(?: \w+){{0,4}}? {_TIE}\b"
    rf"|\bbedank(?:en)? (?:voor (?:het|mijn|ons|dit) {_TIE}|als {_ONE})\b"
    r"|\bcancel (?:my|our) membership\b"
    r"|\bplus clients?\b|\bno longer (?:be )?(?:a |your )?customers?\b|\bnicht (?:mehr|langer) (?:ihr )?kunde"
    r"|\b(?:maak|maken) geen gebruik meer van\b|\bgeen gebruik meer (?:te |wil |wens te )?(?:maak|maken)\b"
    rf"|\b(?:schrijf|schrijft) (?:mij|me|ons) (?:maar |dus |graag |aub |svp )?uit als {_ONE}\b"
    rf"|\b(?:uitschrijven|uitgeschreven worden|afmelden) als {_ONE}\b"
)
#: Who asks what would follow, or of what he was told, leaves nothing yet.
_SUPPOSED = re.compile(r"\b(?:als|indien|wanneer|mocht|stel dat) (?:ik|we|wij|je|men)\b|\b(?:kost|kreeg)\b")
_ERASES = re.compile(
    r"\b(?:gewist|wis(?:sen|t)?|ge?delet\w*|delete|schrap\w*|geschrapt|vernietig\w*|vergeet|vergeten|gegevens|data|account\w*"
    r"|profiel|uitschrijven|uitgeschreven|schrijf|bestand|systeem|boeken|supprim\w*|efface\w*|losch\w*|erase\w*|remove\w*)\b"
    r"|verwijder"
)
_BETWEEN = frozenset({Kind.ERASURE, Kind.NOT_A_REQUEST})
#: Rights that end something too, and what they are about: without a word of it, and in so few words beside, who leaves
#: asks none of them.
_ALSO_END = frozenset({Kind.RESTRICTION_LIFT, Kind.OBJECTION, Kind.DIRECT_MARKETING})
_ABOUT = re.compile(r"mail|reclame|folder|bel(?:len|t)?\b|post|delen|deelt|beperk|blokk|bevr|bezwaar|volg|cookie")
_LITTLE = 12
_WORD = re.compile(r"\w+")


def as_company_says(kinds: tuple[Kind, ...], reading: Reading, rules: Rules) -> tuple[Kind, ...]:
    """The kinds, corrected where leaving decides."""
    if len(kinds) > 1:
        return kinds
    rest, times = "", 0
    for sentence in reading.own:
        said, found = (sentence.folded, 0) if _SUPPOSED.search(sentence.folded) else _LEAVES.subn(" ", sentence.folded)
        rest, times = f"{rest} . {said}", times + found
    if not times or _ERASES.search(rest) or not (kinds[0] in _BETWEEN or _ends_nothing_else(kinds[0], rest)):
        return kinds
    return (Kind.ERASURE,) if rules.leaving_is_erasure else (Kind.NOT_A_REQUEST,)


def _ends_nothing_else(kind: Kind, rest: str) -> bool:
    return kind in _ALSO_END and len(_WORD.findall(rest)) <= _LITTLE and not _ABOUT.search(rest)
