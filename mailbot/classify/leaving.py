"""Who stops being a customer or a member: a request to be forgotten where the company's policy says so, else none.

The rule kept (B-33): leaving alone decides only when the mail asks no erasure in so many words, and only between
erasure and nothing.
"""

from __future__ import annotations

import re

from mailbot.classify.reading import Reading
from mailbot.classify.rules import Rules
from mailbot.model import Kind

#: What somebody is. Who ends a subscription or an account ends a contract, or asks an erasure in so many words.
_ONE = r"(?:klant|gebruiker|client|lid|leden|donateur)"
_TIE = r"(?:lidmaatschap|donateurschap)"
_LEAVES = re.compile(
    rf"\bgeen (?:vaste? )?{_ONE}(?:s|en)? (?:meer|van (?:jullie|u|uw)\b.{{0,20}}\bmeer)"
    rf"|\bniet (?:meer|langer) (?:als |uw |jullie |bij u )?{_ONE}\b|\bstop(?:pen)? als {_ONE}\b"
    rf"|\b(?:zeg|zeggen) (?:\w+ ){{0,4}}?{_TIE}\b.{{0,30}}?\bop\b"
    rf"|\b(?:mijn|ons|het) {_TIE}\b.{{0,20}}?\b(?:op te zeggen|opzeggen|opgezegd|beeindig\w*|stopzetten)\b"
    r"|\bcancel (?:my|our) membership\b"
    r"|\bplus clients?\b|\bno longer (?:be )?(?:a |your )?customers?\b|\bnicht (?:mehr|langer) (?:ihr )?kunde"
    r"|\b(?:maak|maken) geen gebruik meer van\b|\bgeen gebruik meer (?:te |wil |wens te )?(?:maak|maken)\b"
    r"|\b(?:schrijf|schrijft) (?:mij|me|ons) (?:maar |dus |graag |aub |svp )?uit als (?:klant|gebruiker)\b"
    r"|\b(?:uitschrijven|uitgeschreven worden|afmelden) als (?:klant|gebruiker)\b"
)
_ERASES = re.compile(
    r"\b(?:gewist|wis(?:sen|t)?|ge?delet\w*|delete|schrap\w*|geschrapt|vernietig\w*|vergeet|vergeten|gegevens|data|account\w*"
    r"|profiel|uitschrijven|uitgeschreven|schrijf|bestand|systeem|boeken|supprim\w*|efface\w*|losch\w*|erase\w*|remove\w*)\b"
    r"|verwijder"
)


def as_company_says(kinds: tuple[Kind, ...], reading: Reading, rules: Rules) -> tuple[Kind, ...]:
    """The kinds, corrected where leaving decides."""
    if kinds not in ((Kind.ERASURE,), (Kind.NOT_A_REQUEST,)):
        return kinds
    text = " . ".join(sentence.folded for sentence in reading.own)
    rest, times = _LEAVES.subn(" ", text)
    if not times or _ERASES.search(rest):
        return kinds
    return (Kind.ERASURE,) if rules.leaving_is_erasure else (Kind.NOT_A_REQUEST,)
