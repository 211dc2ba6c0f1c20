"""Where a privacy policy collides with the law or itself, by rule: what it says, and what the program does instead.

The rule kept here: nothing of this changes what the program does. It is told to people, with the sentence, until the
policy says otherwise (rules E).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.setup.policy_terms import answer_days


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A row for the company's file: the rule by id, what is wrong and what the program does, in Dutch; the sentence."""

    rule: str
    text: str
    behaviour: str
    sentence: str


#: The rule, what says so in a sentence, what in that sentence says the opposite, and the words for people.
_KINDS = (
    (
        "C-06",
        r"(?:kopie|copie|copy|scan|foto)\b[^.,;\n]{0,40}"
        r"(?:identiteit|legitimatie|paspoort|rijbewijs|carte d['’]identité|passport)",
        r"\b(?:geen|nooit|niet|never|not|jamais)\b",
        "Het beleid vraagt een kopie van een identiteitsbewijs.",
        "vraagt er nooit om; wie van een onbekend adres schrijft, vraagt het om een nummer of het bekende adres.",
    ),
    (
        "C-01",
        r"(?:nummer|postcode|geboortedatum|gegevens|legitim\w*|identif\w*)\b[^.\n]{0,80}"
        r"\banders (?:kunnen|doen|nemen) (?:we|wij)\b[^.\n]{0,40}\b(?:niks|niets|niet)\b"
        r"|\b[Zz]onder [^.\n]{0,60}?(?:nummer|postcode|geboortedatum|identificatie|legitimatie)\b"
        r"(?=[^.\n]{0,60}\b(?:niks|niets|niet)\b)"
        r"[^.\n]{0,90}\b(?:verzoek|aanvraag|behandel\w*|helpen|doen|beginnen)\b",
        r"retour|lever(?:en|ing)|bezorg|garantie|bestel|factu|beta(?:al|len|ling)|versturen|verzend|pakket|toestemming"
        r"|bewaren|\bbellen\b",
        "Het beleid neemt een verzoek zonder nummer of andere gegevens niet in behandeling.",
        "neemt elk verzoek aan; alleen aan wie van een onbekend adres schrijft, vraagt het een nummer.",
    ),
    (
        "B-04",
        r"(?<!\w)kosten (?:bedragen|zijn|van|in rekening)[^.\n]{0,40}\d|vergoeding van[^.\n]{0,12}\d",
        r"\b(?:tweede|extra|volgende|bijkomende|verder)",
        "Het beleid rekent kosten voor een verzoek.",
        "schrijft dat een verzoek niets kost (artikel 12 lid 5 AVG).",
    ),
    (
        "E-06",
        r"College [Bb]escherming [Pp]ersoonsgegevens|\bCBP\b|Privacycommissie|privacycommission\.be"
        r"|Commissie voor de [Bb]escherming|Juliana van Stolberglaan|Bezuidenhoutseweg 30",
        "",
        "Het beleid noemt een toezichthouder of adres van vroeger.",
        "noemt altijd de toezichthouder van nu.",
    ),
    (
        "E-28",
        r"\bWbp\b|Wet bescherming persoonsgegevens|wet van 8 december 1992|loi du 8 décembre 1992",
        "",
        "Het beleid noemt een wet die niet meer geldt.",
        "volgt de AVG.",
    ),
    (
        "E-11",
        r"(?:alleen|uitsluitend|enkel) (?:schriftelijk|per brief|per post|per e-?mail|via)"
        r"|(?:gedateerd|ondertekend) verzoek|ondertekend[^.\n]{0,20}verzoek|datée et signée",
        r"factu|nieuwsbrief|bestel",
        "Het beleid eist een vorm of een weg voor een verzoek.",
        "neemt een verzoek aan in elke vorm en op elk eigen adres; de klok begint bij de eerste mail.",
    ),
    (
        "A-34",
        r"(?:verzoek|wissen|verwijder|vernietig)[^.\n]{0,300}\bbinnen (?:drie maanden|3 maanden|twee maanden|2 maanden"
        r"|(?:[4-9]\d|1\d\d) dagen)",
        r"verleng|klacht",
        "Het beleid neemt voor een verzoek meer dan een maand.",
        "houdt de maand van de wet aan; verlengen doet een mens, met redenen en in de eerste maand.",
    ),
    (
        "A-20",
        r"\b(?:bel(?:len|t)|appen)\b[^.\n]{0,30}\b(?:u|je|terug)\b|telefonisch contact|persoonlijk antwoord",
        r"\b(?:kunt|kan|kun) (?:u|je)|bel ons\b(?!.*terug)",
        "Het beleid belooft dat iemand belt of persoonlijk antwoordt.",
        "bevestigt alleen de ontvangst; bellen en antwoorden doet de behandelaar.",
    ),
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.?!](?=\s)|\n|$)")
_MONTH = re.compile(
    r"verzoek[^.\n]{0,300}binnen (?:een|één|1) maand|binnen (?:een|één|1) maand[^.\n]{0,300}verzoek", re.IGNORECASE
)


def contradictions(text: str) -> Iterator[Contradiction]:
    """Each rule once, by the first sentence that collides with it."""
    sentences = [found[0] for found in _SENTENCE.finditer(text[:500_000])]
    for rule, collides, unless, said, behaviour in _KINDS:
        for sentence in sentences:
            if re.search(collides, sentence) and not (unless and re.search(unless, sentence)):
                yield Contradiction(rule, said, behaviour, " ".join(sentence.split())[:300])
                break
    yield from _several_terms(text)


def _several_terms(text: str) -> Iterator[Contradiction]:
    days = sorted({days for days, _ in answer_days(text)})
    named = [f"{count} dagen" for count in days] + (["een maand"] if days and _MONTH.search(text) else [])
    if len(named) > 1:
        said = f"Het beleid noemt verschillende termijnen voor een antwoord: {', '.join(named)}."
        yield Contradiction("A-22", said, "houdt voor elk verzoek de kortste aan.", "")
