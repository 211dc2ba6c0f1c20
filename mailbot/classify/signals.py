"""What stands in a mail beside what it asks: who writes for whom, threats, reminders, numbers that must not be kept.

The patterns read folded text (lower case, no accents). A signal calls a person or colours a letter.
"""

from __future__ import annotations

import re

_PATTERNS = {
    "authority_demand": r"""
        \bvorder(?:ing|en|t)?\b[^.]{0,80}\b(?:gegevens|verstrek|strafvordering|126n|camerabeelden)
        \bartikel(?:en)? 126n\w*|\b126n[a-z]{1,2}\b|\bwetboek van strafvordering
        \b(?:officier van justitie|procureur des konings|onderzoeksrechter|recherche|opsporingsambtenaar)\b
        \bbelastingdienst\b[^.]{0,120}\b(?:verzoek|verstrek|controle|inlichtingen|derdenonderzoek)
        \b(?:fod financien|bijzondere belastinginspectie|fiod|inspecteur van de belastingen)\b
        \brequisition judiciaire\b|\bstaatsanwaltschaft\b|\bpolizei\b[^.]{0,60}\bauskunft|\bcourt order\b|\bsubpoena\b
    """,
    "representative": r"""
        \b(?:namens|in naam van|voor rekening van) (?:mijn|ons|onze|de|mevrouw|mevr|mw|meneer|dhr|client|haar|hem)\b
        \bals (?:advocaat|raadsman|raadsvrouw|bewindvoerder|mentor|curator|gemachtigde|voogd|mandataris)\b
        \b(?:volmacht|machtiging|mantelzorger|bewindvoering|onder bewind|mijn client(?:e)?)\b
        \bon behalf of\b|\bau nom de\b|\bim namen (?:von|meine[sr])\b|\bmon client\b|\bmandant\w*
    """,
    "deadline_threat": r"""
        \b(?:anders|zo niet|zoniet|indien niet|bij uitblijven)\b[^.]{0,120}\b(?:klacht|autoriteit|ap\b|gba\b|advocaat)
        \bbinnen (?:de wettelijke termijn|een maand|\d+ dagen)\b[^.]{0,120}\b(?:klacht|autoriteit|stappen|dwangsom)
        \b(?:juridische|gerechtelijke) stappen\b|\bingebrekestelling\b|\bdwangsom\b|\blegal action\b
    """,
    "reminder": r"""
        \bherinnering\b|\b(?:tweede|derde|2e|3e|zoveelste) (?:keer|maal|verzoek|mail)\b|\bnogmaals\b
        \b(?:nog (?:steeds |altijd )?(?:geen|niets|niks)|nooit (?:een )?)\s?(?:antwoord|reactie|gehoord|bericht)
        \bhoe staat het (?:er ?mee|met)\b|\breminder\b|\brappel\b|\berinnerung\b|\bstill (?:no|waiting)\b
    """,
    "address_change": r"""
        \b(?:nieuwe?|gewijzigd|ander) (?:e-?mail|mail)?-?adres\b|\b(?:ik ben|wij zijn|we zijn) verhuisd\b
        \bmailadres\b[^.]{0,60}\b(?:wijzig|aanpas|veranderd|vervang)|\bnew (?:e-?mail )?address\b|\bnouvelle adresse\b
    """,
    "known_generator": r"""
        \bmijn referentie:? ?\d{4}-[a-z0-9]{6,8}\b|\(ref: [0-9a-f]{8}\)|\bdatenanfragen\.de\b|\bmydatadonerigh?t\b
        \byourdigitalrights\.org\b|\bsaymine\b|\bincogni\b|\bbits of freedom\b
    """,
    "identity_document": r"""
        \b(?:kopie|scan|foto) (?:van )?(?:mijn )?(?:paspoort|identiteitskaart|rijbewijs|id-?kaart|id-?bewijs)\b
        \b(?:bsn|burgerservicenummer|rijksregisternummer|paspoortnummer)\b[^.]{0,30}\d{6,}
        \b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b|\bp<(?:nld|bel|fra)[a-z<]{10,}
    """,
}
_SIGNALS = {
    name: re.compile("|".join(line.strip() for line in lines.strip().splitlines())) for name, lines in _PATTERNS.items()
}


def signals_of(folded: str) -> tuple[str, ...]:
    """The signals in a text, in a fixed order. `folded`: lower case without accents, at most some thousand words."""
    return tuple(name for name, pattern in _SIGNALS.items() if pattern.search(folded[:20_000]))
