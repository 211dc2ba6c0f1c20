"""Whether a mail invokes the law by name: a right, its article, or the regulation beside a word of asking.

The rule kept: mail that does so is never recorded unchecked as asking nothing, whatever the model makes of it.
"""

from __future__ import annotations

import re

_LAW = (
    r"(?:avg|uavg|gdpr|rgpd|dsgvo|ds-gvo|privacywet\w*|privacyverordening|gegevensbeschermingswet\w*|"
    r"(?:algemene )?verordening gegevensbescherming|general data protection regulation|data protection act|"
    r"reglement general sur la protection des donnees|datenschutz-?grundverordnung)"
)
_ARTICLE = r"\bart(?:ikel(?:en)?|icles?|\.)? ?(?:7|1[2-9]|2[0-2]|3[34]|77)\b"
_ASKING = r"(?:verzoek\w*|vraag|aanvraag|beroep|rechten?|request\w*|rights?|demande\w*|droits?|antrag|recht\w*)"
_RIGHTS = (
    r"\brecht(?:en)? (?:op|van|tot|om) (?:\w+ ){0,2}(?:inzage|toegang|kopie|vergetelheid|vergeten|verwijder\w*|wis\w*|"
    r"gegevenswissing|rectificatie|correctie|verbetering|aanvulling|beperking|bezwaar|verzet|overdra\w*|"
    r"(?:data|gegevens)?portabiliteit|menselijke \w+)",
    r"\b(?:inzage|wis|verwijderings|correctie|rectificatie|bezwaar|verzets|privacy)recht(?:en)?\b",
    r"\b(?:inzage|verwijder(?:ings)?|wis|vergeet|correctie|rectificatie|bezwaar|privacy|avg)[ -]?verzoek(?:en)?\b",
    r"\bright (?:of|to) (?:\w+ ){0,2}(?:access|erasure|rectification|restriction|object|data portability|be forgotten)",
    r"\bdroit (?:d'|de |a l'|a la )(?:acces|effacement|oubli|opposition|rectification|limitation|portabilite)",
    r"\brecht auf (?:\w+ ){0,2}(?:auskunft|loschung|vergessen\w*|berichtigung|einschrankung|widerspruch|datenuber\w*)",
    r"\bmijn (?:verzoek|vraag|aanvraag|mail|brief) (?:om|tot)\b[^.]{0,50}\b(?:gegevens|account|data|profiel)\b",
    rf"\b{_ASKING}\b[^.]{{0,60}}\b{_LAW}\b",
    rf"\b{_LAW}\b[ -]?{_ASKING}\b",
    rf"{_ARTICLE}[^.]{{0,60}}\b{_LAW}\b",
    rf"\b{_LAW}\b[^.]{{0,30}}{_ARTICLE}",
    rf"\b(?:beroep|beroepen|beroepe|berufe|invoke|invoque|virtue|vertu|krachtens)\b[^.]{{0,30}}{_ARTICLE}",
)
_INVOKED = re.compile("|".join(_RIGHTS))


def invokes(folded: str) -> bool:
    """Whether a folded text names a right or the law that gives it."""
    return bool(_INVOKED.search(folded))
