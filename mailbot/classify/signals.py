"""What stands in a mail beside what it asks: who writes for whom, threats, reminders, numbers that must not be kept.

The patterns read folded text (lower case, no accents). A signal calls a person or colours a letter.
"""

from __future__ import annotations

import re

from mailbot.model import Signal

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
        \b(?:namens|in naam van|voor rekening van) (?:mijn|ons|onze|de|mevrouw|mevr|mw|meneer|dhr|cliente?|haar|hem)\b
        \bals (?:advocaat|raadsman|raadsvrouw|bewindvoerder|mentor|curator|gemachtigde|voogd|mandataris)\b
        \b(?:volmacht|machtiging|mantelzorger|bewindvoering|onder bewind|mijn client(?:e)?)\b
        _NOTICE_\b[^.]{0,80}\bart\w*\.? ?19\b|\bart\w*\.? ?19\b[^.]{0,60}_NOTICE_
        \b(?:onze|ons|our|notre|unsere?) (?:oud-|voormalige )?_CLIENT_\b[^.]{0,140}_ERASED_
        \bon behalf of\b|\bau nom de\b|\bim namen (?:von|meine[sr])\b|\bma cliente\b|\bmon client\b|\bmandant\w*
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
        \bmijn referentie:?[ .]{0,4}\d{4}-[a-z0-9]{6,8}\b|\(ref: [0-9a-f]{8}\)|\bdatenanfragen\.de\b
        \bmydatadonerigh?t\b
        \byourdigitalrights\.org\b|\bsaymine\b|\bincogni\b|\bbits of freedom\b
    """,
    "identity_document": r"""
        (?<!geen )(?<!zonder )\b(?:kopie|scan|foto|afbeelding|bijlage|bijgevoegd|meegestuurd)\b_NEAR_\b_CARD_\b
        \bp<(?:nld|bel|fra|d<<|gbr)[a-z<]{6,}|\bcopy of (?:my )?(?:passport|id|driving licence)\b
        \bcopie de ma carte d'identite\b
        \b(?:kopie|scan) (?:meiner?|des) (?:ausweis\w*|personalausweis\w*|reisepass\w*)
    """,
    "other_company": r"""
        \b(?:beste|geachte|dear|hallo|dag|bonjour)(?: (?:medewerkers?|mensen|team))?(?: van| bij)? _BRAND_\b
        \bmijn _BRAND_[ -](?:account|abonnement|app|pas|bestelling|polis|contract)
        \b(?:account|abonnement|polis|contract|klant(?:nummer)?|rekening) (?:van|bij|met) _BRAND_\b
    """,
}
#: Organisations whose mail most often lands in another's mailbox.
_BRANDS = (
    r"bol|bol\.com|coolblue|zalando|wehkamp|ziggo|kpn|vodafone|odido|proximus|telenet|orange|eneco|vattenfall|essent|"
    r"engie|luminus|albert heijn|jumbo|colruyt|delhaize|hema|ikea|mediamarkt|krefel|amazon|marktplaats|2dehands|postnl|"
    r"bpost|dhl|netflix|spotify|ing|rabobank|abn amro|kbc|belfius|facebook|instagram|google|whatsapp|booking\.com"
)
_CARD = "(?:(?:identiteits|legitimatie|rij|id-?)bewijs|(?:identiteits|eid-?|id-?)kaart|paspoort|legitimatie|pas)"
#: Another controller tells that somebody had data erased (article 19): what that asks here is a person's judgement.
_NOTICES = (
    r"\b(?:kennisgeving|mededeling|melding|melden wij|stellen wij|notification|hereby notify|mitteilung|teilen wir)"
)
_CLIENTS = (
    "(?:klant|client|lid|gast|abonnee|deelneme?r|gebruiker|oud-?medewerker|customer|guest|member|kund|mitglied)\\w*"
)
_ERASED = r"\b(?:gewist|wissen|wissing|verwijder(?:d|en|ing)|eras(?:ed?|ure)|deleted?|efface\w*|losch\w*|geloscht)"
_SHORTHANDS = {
    **{"_BRAND_": rf"(?:{_BRANDS})", "_CARD_": _CARD, "_NEAR_": r"[^.!?]{0,30}"},
    **{"_NOTICE_": _NOTICES, "_CLIENT_": _CLIENTS, "_ERASED_": _ERASED},
}

#: More than a subject and a text that are read whole (normal.LONGEST).
_LONGEST = 25_000
_LABELLED_NUMBER = re.compile(
    r"\b(?:bsn|burgerservicenummer|sofi-?nummer|rijksregister\w*|insz|paspoort\w*|identiteitskaart\w*|documentnummer|"
    r"id-?nummer|numero national|passport)\b[^!?\d]{0,30}?(?:\d[\d .-]{5,}\d|[a-z]{2}[a-z0-9]{6}\d\b)"
)
_NATIONAL_NUMBER = re.compile(r"(?<![\d.-])(\d{2})[. ]?(\d{2})[. ]?(\d{2})[- ]?(\d{3})[. ]?(\d{2})(?![\d-])")


def _compiled(lines: str) -> re.Pattern[str]:
    pattern = "|".join(line.strip() for line in lines.strip().splitlines())
    for name, meant in _SHORTHANDS.items():
        pattern = pattern.replace(name, meant)
    return re.compile(pattern)


#: A supervisory authority that writes about a complaint, without a word for demand: it speaks of itself as the one who
#: has the complaint, and of the reader as the one who answers. A person who threatens with it speaks of "mijn klacht".
_SUPERVISOR = (
    r"(?:autoriteit persoonsgegevens|gegevensbeschermingsautoriteit|geschillenkamer|toezichthoudende autoriteit|cnil|"
    r"commission nationale de l'informatique et des libertes|autorite de protection des donnees|chambre contentieuse|"
    r"data protection authority|datenschutz(?:behorde|aufsicht\w*)|landesbeauftragte\w*)"
)
_A_COMPLAINT = (
    r"(?:een|de|twee|drie|enkele|meerdere|diverse|\d+|a|several|une|des|d'une|de plusieurs|eine|mehrere) (?:\w+ )?"
)
_A_COMPLAINT += r"(?:klacht|melding|signal|complaint|plainte|reclamation|beschwerde)\w*"
_HAS_COMPLAINT = re.compile(
    rf"\b{_SUPERVISOR}\b[^.]{{0,60}}\b(?:heeft|hebben|ontving|kreeg|behandelt|onderzoekt|has|received|a recu"
    rf"|a ete saisie|est saisie|hat|erhielt)\b[^.]{{0,40}}\b{_A_COMPLAINT}"
    rf"|\bbij (?:de |het )?{_SUPERVISOR}\b[^.]{{0,40}}\b(?:werd|is|zijn|werden|kwam\w*)\b[^.]{{0,20}}\b{_A_COMPLAINT}"
    rf"|\b{_A_COMPLAINT}\b[^.]{{0,60}}\b(?:ingediend|neergelegd|lodged|deposee|eingereicht)\b[^.]{{0,20}}"
    rf"\b(?:bij|with|aupres de|bei)\b[^.]{{0,10}}\b{_SUPERVISOR}"
)
_WANTS_ANSWER = re.compile(
    r"\b(?:verzoek\w* (?:wij )?u|vragen (?:wij )?u|gelieve|wordt u verzocht|bent u verplicht|stelt u in de gelegenheid)"
    r"\b|\b(?:uw|votre|vos|ihre|your) (?:\w+ )?(?:standpunt|zienswijze|reactie|verweer\w*|conclusies?|observations?"
    r"|reponse|stellungnahme|response|submissions?)\b"
    r"|\b(?:je|nous) vous (?:prie|prions|demande|demandons|invit\w+)\b|\b(?:bitten|ersuchen|fordern) (?:wir )?sie\b"
    r"|\bwe (?:ask|request|invite) you\b"
)

#: An authority that asks speaks of itself in the third person and to the reader; who threatens with it, or tells what
#: it asks of himself, does not.
_ASKS = (
    rf"(?:(?:de |het )?(?:{_SUPERVISOR}|ap|gba|apd|inspectiedienst|eerstelijnsdienst)\b"
    r"(?: \(\w+\)| van de \w+)?)"
)
_AUTHORITY_ASKS = re.compile(
    rf"\b(?:verzoekt|vraagt|beveelt|gelast|sommeert|vordert) {_ASKS}(?! of\b)[^.]{{0,30}}\b(?:u|uw)\b"
    rf"|(?<!\bvan )(?<!\bvan de )\b{_ASKS} (?:verzoekt|vraagt|beveelt|gelast|sommeert)"
    r"(?: hierbij| bij deze| derhalve)? (?:u|uw)\b"
    r"|(?<!\bmijn )\b(?:uwv|svb|rsz|rva|ocmw|cak)\b[^.]{0,40}\b(?:verzoekt|vordert|vraagt)\b"
    r"(?:(?!\b(?:ik|mij|me|wij|we|ons|kunt|kun)\b)[^.]){0,80}\bverstrek"
)

_SIGNALS = {Signal(name): _compiled(lines) for name, lines in _PATTERNS.items()}


def signals_of(folded: str) -> tuple[Signal, ...]:
    """The signals in a text, in a fixed order. `folded`: lower case without accents, at most some thousand words."""
    text = folded[:_LONGEST]
    found = {name for name, pattern in _SIGNALS.items() if pattern.search(text)}
    if _LABELLED_NUMBER.search(text) or any(map(_is_national, _NATIONAL_NUMBER.findall(text))):
        found.add(Signal.IDENTITY_DOCUMENT)
    if (_HAS_COMPLAINT.search(text) and _WANTS_ANSWER.search(text)) or _AUTHORITY_ASKS.search(text):
        found.add(Signal.AUTHORITY_DEMAND)
    return tuple(name for name in _SIGNALS if name in found)


def _is_national(parts: tuple[str, ...]) -> bool:
    """Whether five groups of digits are a Belgian national number: its last two are 97 less the rest modulo 97."""
    first, check = int("".join(parts[:4])), int(parts[4])
    born = 1 <= int(parts[1]) <= 12 and 1 <= int(parts[2]) <= 31
    return born and check in (97 - first % 97, 97 - (2_000_000_000 + first) % 97)
