"""Whether what a mail asks stands in a file that goes with it, as far as its own few words tell.

The rule kept: a scanned letter, a photo of a form, a voice-mail or an enclosed mail may hold a request, an invoice or
an offer none. Where the words only may stand there, what the sorter makes of the mail's own words decides: a request
that can be read is read, and all other doubt is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.model import Attachment
from mailbot.parse.vocabulary import any_of

_FEW_WORDS = 30
#: So few words beside a document that does not say what it is tell nothing of it.
_VERY_FEW_WORDS = 20
#: A scanner tells where it stands, what it made and where to find a program that shows it.
_SCANNERS_WORDS = 150
#: A picture of this size is a photo and no logo, bytes.
_PHOTO = 100_000

#: What points at the attachment for the words themselves, and what says that it is something else.
_SEE_ATTACHMENT = any_of(r"""
    bijlage\w*|bijgevoegd\w*|bijgaand\w*|in de bijlage|pdf|scan|brief|foto|formulier
    hierbij(?! (?!stuur|zend|mail|doe|voeg|lever|geef|overhandig|bezorg|dien)\w+ (?:ik|wij|we)\b)
    attach\w*|enclosed|letter|form|pi[eè]ces? jointes?|ci-joint\w*|en annexe|courrier|lettre|formulaire
    anbei|anhang|angehängt\w*|beigefügt\w*|schreiben|formular
""")
#: The letter itself, which a word beside it may call a copy too.
_A_LETTER = "(?:brief|formulier|letter|form|courrier|lettre|formulaire|schreiben|formular)"
#: What people enclose to show who they are.
_IDENTITY_PAPER = any_of(r"""
    (?:identiteits|legitimatie|rij|id-?)bewijs|(?:identiteits|eid-?|id-?)kaart|paspoort|legitimatie|verblijfs(?:kaart|vergunning)
    passport|(?:id|identity) ?cards?|driv(?:er'?s|ing) licen[cs]e|proof of (?:my )?identity
    passeport|carte (?:nationale )?d['’]identité|pi[eè]ces? d['’]identité|permis de conduire|titre de séjour
    (?:personal)?ausweis(?:es)?|reisepass(?:es)?|führerschein(?:s)?
""")
_TRADE_PAPER = any_of(r"""
    factu\w+|invoice\w*|rechnung\w*|offerte\w*|quote|angebot|bestelling|order|pakbon|nota|aanbieding|catalogus|nieuwsbrief
    cv|curriculum|sollicitatie|bewerbung|candidature
""")

#: What scanners and copiers write themselves, at any length. None of it is the sender's.
_MACHINE = r"(?:multifun\w+|mfp|scanner|copier|digital send\w+|kopieerapparaat|copieur)"
_BY_A_SCANNER = any_of(rf"""
    gescand en [^.\n]{{0,40}}(?:verzonden|verstuurd)
    gescande? (?:afbeelding|document|bestand) in \w+-?(?:formaat|indeling)
    (?:verzonden|verstuurd|gescand) (?:vanaf|met|via|door)(?: behulp van)? [^.\n]{{0,40}}\b{_MACHINE}
    scanned and [^.\n]{{0,40}}sent|scanned (?:image|document|file) in \w+ format
    (?:sent|scanned)(?: to you)? (?:from|by|with|using) [^.\n]{{0,40}}\b{_MACHINE}
    numérisée? et [^.\n]{{0,40}}envoyée?|(?:image|document) numérisée? au format
    (?:envoyée?|numérisée?) (?:par|avec|depuis|à l['’]aide) [^.\n]{{0,40}}\b{_MACHINE}
    gescannt und [^.\n]{{0,40}}(?:gesendet|geschickt|versendet)|gescanntes (?:bild|dokument) im \w+-format
    ^(?:device|machine) (?:name|model) ?:|^(?:apparaat|toestel) ?(?:naam|model) ?:|^(?:naam|model) (?:van )?apparaat ?:
    ^nom (?:du périphérique|de l['’]appareil) ?:|^geräte(?:name|modell) ?:
    ^scan[- ]?dat(?:e|um) ?:|^date de numérisation ?:
""")
_POINTS = re.compile(rf"\b{_SEE_ATTACHMENT}\b", re.IGNORECASE)
_TRADE = re.compile(rf"\b{_TRADE_PAPER}\b", re.IGNORECASE)
_LETTER = re.compile(rf"\b{_A_LETTER}\b", re.IGNORECASE)
_SCANNED = re.compile(_BY_A_SCANNER, re.IGNORECASE | re.MULTILINE)
_PROOF = re.compile(rf"\b{_IDENTITY_PAPER}\w*", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_NO_PAPER = (
    "text/calendar",
    "application/pgp-",
    "application/pkcs7-",
    "application/x-pkcs7-",
    "message/",
    "text/rfc822",
)
_DOCUMENTS = (
    "application/pdf",
    "application/rtf",
    "text/rtf",
    "application/msword",
    "application/vnd.ms-outlook",
    "application/vnd.openxmlformats-officedocument.wordprocessingml",
    "application/vnd.oasis.opendocument.text",
    "message/rfc822",
)
_DOCUMENT_NAMES = (".pdf", ".rtf", ".doc", ".docx", ".odt", ".pages", ".txt", ".htm", ".html", ".msg", ".eml")


def refers_to_attachment(added: str, text: str, attachments: list[Attachment]) -> bool:
    """Whether the words point at an attachment or leave everything to it. `added`: the writer's own words; `text`: all
    text of the mail, quotes included."""
    papers = [attachment for attachment in attachments if not attachment.type.startswith(_NO_PAPER)]
    if any(paper.type.startswith("audio/") for paper in papers):
        return True
    if not papers or not text.strip() or len(added.split()) > _FEW_WORDS or _TRADE.search(added):
        return False
    return not added or _POINTS.search(_without_proof(added)) is not None


def may_be_attached(own: str, attachments: Sequence[Attachment]) -> bool:
    """Whether a document goes along of which a few words do not tell what it is, or beside words that ask nothing."""
    if not attachments:
        return False
    if is_scanned(own):
        return any(not each.type.startswith(_NO_PAPER) for each in attachments)
    if len(own.split()) > _FEW_WORDS or _TRADE.search(own):
        return False
    very_few = len(own.split()) <= _VERY_FEW_WORDS
    return any((very_few and _is_document(each)) or _is_proof(own, each) for each in attachments)


def is_scanned(own: str) -> bool:
    """Whether the words are those of a scanner, which asks nothing: who stood at it wrote the paper."""
    return _SCANNED.search(own[:5_000]) is not None and len(own.split()) <= _SCANNERS_WORDS


def _is_proof(own: str, attachment: Attachment) -> bool:
    return _PROOF.search(own) is not None and not attachment.type.startswith(_NO_PAPER)


def _without_proof(added: str) -> str:
    """The words without the sentences that only say that an identity paper goes along."""
    return "".join(
        sentence for sentence in _SENTENCE.findall(added) if not _PROOF.search(sentence) or _LETTER.search(sentence)
    )


def _is_document(attachment: Attachment) -> bool:
    photo = attachment.type.startswith("image/") and attachment.size >= _PHOTO
    return photo or attachment.type.startswith(_DOCUMENTS) or attachment.name.lower().endswith(_DOCUMENT_NAMES)
