"""Within how many days a policy promises an answer to a request, in calendar days, with the sentence that says so.

The rule kept here: only what somebody who asks for his data is promised as an answer counts. Days to send goods back,
to forward, to erase, to confirm receipt or to call are none, nor is what a company hopes for. A month is the law's own
term and no promise (A-20, A-23).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_WORDS = (
    "one een één un une|two twee deux|three drie trois|four vier quatre|five vijf cinq|six zes|seven zeven sept|"
    "eight acht huit|nine negen neuf|ten tien dix|eleven elf onze|twelve twaalf douze|thirteen dertien treize|"
    "fourteen veertien quatorze|fifteen vijftien quinze"
)
NUMBERS = {word: number for number, words in enumerate(_WORDS.split("|"), 1) for word in words.split()}
NUMBERS |= {"twintig": 20, "twenty": 20, "vingt": 20, "eenentwintig": 21, "dertig": 30, "thirty": 30, "trente": 30}
_WORKING = r"werkdagen|business days|working days|jours ouvrables|jours ouvrés"
_UNITS = rf"(?P<working>{_WORKING})|(?P<days>dagen|days|jours)|(?P<weeks>weken|week|weeks|semaines?)"
_TERM = re.compile(
    r"\b(?:binnen|uiterlijk|hooguit|maximaal|within|dans|sous)\b(?: (?:de|een|wettelijke|les|un|the|a|na|van|termijn"
    rf"|délai|period|of|binnen|maximum)){{0,5}} (?P<count>\d{{1,3}}|{'|'.join(NUMBERS)}) (?:{_UNITS})\b",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"reage|reactie|antwoord|uitsluitsel|overzicht|kopie|afschrift|afgehandeld|handelen|in behandeling|gevolg|voldoe"
    r"|\bregel(?:en|t) (?:we|wij) (?:dat|het)\b|beslis"
    r"|\b(?:bericht|informeren|hoort|hoor) (?:u|je|wij|we)\b|\b(?:u|je) hoort\b|\bweten\b"
    r"|respon|reply|answer|répon|donne\w* suite",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"ontvangstbevestig|ontvangstmeld|retour|bestelling|levering|lek(?:ken)?\b|klacht|klantenservice|helpdesk|gewone"
    r"|sollicit|vooraf|verleng|streven|proberen|\bbest\b|in de regel|meestal|doorsturen"
    r"|acknowledg|refund|order|complain|aim|try|usually|extend|california|breach"
    r"|accusé|commande|plainte|réclamation|prolong|porté|efforç",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"verzoek|recht(?:en)? (?:op|van|om)|uw rechten|je rechten|inzage|request|your rights|demande|vos droits",
    re.IGNORECASE,
)
#: What is left of a second term for the same answer: "binnen de 10 dagen te antwoorden en sowieso binnen de 30 dagen".
_BARE = re.compile(
    r"\W*(?:en|maar|and|but|et)\b\W*(?:sowieso|zeker|altijd|in elk geval|in ieder geval|in any case|toujours)?\W*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.?!](?=\s)|\n|$)")


def answer_days(text: str) -> Iterator[tuple[int, int]]:
    """Each promised number of calendar days with its place in the text, the shortest first."""
    found = [(days, at, asked) for days, at, asked in _promised(text)]
    plain = [(days, at) for days, at, asked in found if asked or not any(other for *_, other in found)]
    yield from sorted(plain)


def _promised(text: str) -> Iterator[tuple[int, int, bool]]:
    """With whether it stands where requests are spoken of: in its sentence or in the few before it."""
    for sentence in _SENTENCE.finditer(text):
        for start, clause in _clauses(sentence[0]):
            term = _TERM.search(clause)
            answers = _ANSWERS.search(clause) or (term and _BARE.fullmatch(_TERM.sub("", clause)))
            if not term or not answers or _OTHERS.search(clause):
                continue
            at = sentence.start() + start + term.start()
            yield _days(term), at, bool(_ASKED.search(text[max(0, sentence.start() - 400) : sentence.end()]))


def _clauses(sentence: str) -> Iterator[tuple[int, str]]:
    """The parts that have a term each: "een bevestiging binnen 5 werkdagen en een antwoord binnen 30 dagen" is two."""
    terms = list(_TERM.finditer(sentence))
    ends = [0]
    for one, after in pairwise(terms):
        cut = [found.start() for found in re.finditer(r"[,;]|\b(?:en|and|et)\b", sentence[one.end() : after.start()])]
        ends.append(one.end() + cut[-1] if cut else after.start())
    for start, end in pairwise([*ends, len(sentence)]):
        yield start, sentence[start:end]


def _days(term: re.Match[str]) -> int:
    """Calendar days that are never later than what was said: ten working days are two weeks, or more with holidays."""
    count = NUMBERS.get(term["count"].lower()) or int(term["count"] if term["count"].isdigit() else 0)
    if term["weeks"]:
        return count * 7
    return count + count // 5 * 2 if term["working"] else count
