"""What a processor's answer says: done, nothing found, needs more, receipt with a number, or words for a person.

The rule kept here: only plain words of a thing that has happened count as done. A denial, a promise, a condition or a
question beside them does not; whatever is not plain goes to a person. Dutch and English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.model import ProcessorState

_TICKET = re.compile(
    r"(?:ticket|case|zaak|melding|incident|aanvraag|request|referentie|reference|dossier|kenmerk)"
    r"(?:\s*-?\s*(?:nummer|number|nr|no|id|code))?\s*(?:is|:|#|\.)*\s*\[?#?\s*"
    r"((?=[A-Z0-9-]*\d)[A-Z]{0,6}-?\d[A-Z0-9-]{2,18})\b",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?:\[|\(|\s|^)#{1,2}\s?([A-Z]{0,4}-?\d{3,12})(?:#{0,2})(?:\]|\)|\b)", re.IGNORECASE)
_OUR_REF = re.compile(r"\bAVG-\d{4}-\d{4,}\b|\b[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}\b", re.IGNORECASE)

_ACTS = (
    r"verwijder\w*|gewist|wissen|geschrapt|gecorrigeerd|aangepast|gewijzigd|verbeterd|bijgewerkt|geblokkeerd|bevroren|"
    r"beperkt|stilgelegd|gepseudonimiseerd|geanonimiseerd|uitgevoerd|voltooid|afgerond|afgehandeld|doorgevoerd|"
    r"deleted|erased|removed|purged|corrected|updated|changed|restricted|frozen|suspended|blocked|anonymi[sz]ed|"
    r"completed|carried out|done"
)
_DENIED = re.compile(
    r"\bniet\b(?! meer)[^.!?]{0,40}\b(?:mogelijk|verwijder\w*|wissen|gewist|uitgevoerd|aangepast|bevoegd|lukt|voldoen|"
    r"toegestaan)\b|\b(?:kunnen|mogen|willen|zullen)\s+(?:wij|we|u)?[^.!?]{0,30}\bniet\b|\bnog niet\b|\bweiger\w*|"
    r"\bafgewezen\b|\bbehalve\b|\bmet uitzondering\b|\b(?:bewaren|behouden)\b[^.!?]{0,60}"
    r"\b(?:wettelijk\w*|verplicht\w*|bewaarplicht|jaar)\b|\bmoeten\b[^.!?]{0,60}\bbewaren\b|\bgedeeltelijk\b|\bdeels\b|"
    r"\b(?:cannot|can't|could not|couldn't|unable|not (?:yet|been|possible|able|allowed)|won't|refuse\w*|declin\w*|"
    r"rejected|except|partially|retain\w*|must keep|required to keep|failed)\b",
    re.IGNORECASE,
)
_PROMISED = re.compile(
    rf"\b(?:zal|zullen|wordt|worden|gaan|ga|zodra|binnen|will|shall|going to|within|once|being|scheduled)\b"
    rf"[^.!?]{{0,80}}\b(?:{_ACTS}|verwerk\w*|behandel\w*|oppakken|process\w*|delete|erase|remove|correct|handle\w*|"
    rf"respond|antwoord\w*|reageren|reactie)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    rf"\b(?:hebben|heb|is|zijn|werd|werden|has|have|was|were|we've|we|i)\b[^.!?]{{0,90}}\b(?:{_ACTS})\b|"
    rf"^\W*(?:{_ACTS}|klaar|gereed|gedaan|gebeurd|is gebeurd|akkoord, gedaan)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_NOTHING = re.compile(
    r"\b(?:geen|niets)\b[^.!?]{0,40}\b(?:gegevens|data|gevonden|aangetroffen|bekend|account)\b[^.!?]{0,60}|"
    r"\bniet\b[^.!?]{0,40}\b(?:gevonden|aangetroffen|bekend|voorkomt|voor in)\b|\bkomt[^.!?]{0,30}niet voor\b|"
    r"\bno (?:data|records?|personal data|account|matching|match|results?|information)\b|\bnothing (?:was )?found\b|"
    r"\b(?:not|n't) (?:find|found|hold|have|process|store)\b[^.!?]{0,40}\b(?:any|data|record\w*|account|person|user)?",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(?:hebben|heb) (?:wij|we|ik)[^.!?]{0,60}\bnodig\b|\bnodig van u\b|\bontbre\w+\b|"
    r"\b(?:kunt|kun|wilt|wil|zou|zoudt|kan|mogen|mag)\s+(?:u|je|wij|we|ik)\b[^.!]{0,160}\?|"
    r"\bgraag (?:ontvangen|vernemen|horen)\b|"
    r"\b(?:formulier|invullen|legitimatie|identiteitsbewijs|machtiging)\b|\bstuur(?:t u)? ons\b|"
    r"\bwelk\w*\b[^.!]{0,120}\?|"
    r"\b(?:please|kindly)\s+(?:provide|send|confirm|fill|complete|submit|use|verify|let us know|supply|share)\b|"
    r"\b(?:we|i) (?:need|require|would need)\b|\b(?:could|can|would) you\b|"
    r"\b(?:portal|self-?service|online form|web form)\b|"
    r"\bwhich\b[^.!]{0,120}\?|\bproof of\b|\bauthori[sz]ation\b|\bmissing\b",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"\b(?:ontvangen|ontvangst|in behandeling|in goede orde|komen (?:hier|er)?\s*(?:zo snel mogelijk)?\s*op terug|"
    r"nemen (?:zo snel mogelijk |spoedig )?contact|doorgezet|doorgestuurd|neergelegd|opgepakt|in onderzoek|"
    r"received|receipt|ticket has been|has been (?:created|opened|assigned|forwarded|escalated|logged)|"
    r"get back to you|in progress|working on|looking into|forwarded|under review|thank you for contacting)\b",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?:hebt|heeft|heb|mocht|als|indien|should|if)\b[^.!?]{0,40}\b(?:vragen|questions?|any)\b[^.!?\n]*[.!?]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ProcessorAnswer:
    """What an answer says. `nothing_found` is a way of being done that needs no copy."""

    state: ProcessorState
    ticket: str = ""
    nothing_found: bool = False


def read_answer(subject: str, text: str, automatic: bool) -> ProcessorAnswer:
    """The state that a processor's own words put its step in. `automatic`: a machine wrote them."""
    words = _COURTESY.sub(" ", text[:8_000])
    ticket = _ticket(f"{subject}\n{words}")
    if automatic:
        return ProcessorAnswer(
            ProcessorState.TICKET if ticket or _RECEIVED.search(words) else ProcessorState.WAITING, ticket
        )
    nothing = _NOTHING.search(words)
    wants = _WANTS.search(words)
    if nothing and not wants and not _promises(words):
        return ProcessorAnswer(ProcessorState.DONE, ticket, nothing_found=True)
    if wants:
        return ProcessorAnswer(ProcessorState.NEEDS_MORE, ticket)
    if _DENIED.search(words):
        return ProcessorAnswer(ProcessorState.UNCLEAR, ticket)
    if _promises(words):
        return ProcessorAnswer(ProcessorState.TICKET, ticket)
    if _DONE.search(words):
        return ProcessorAnswer(ProcessorState.DONE, ticket)
    return ProcessorAnswer(
        ProcessorState.TICKET if ticket or _RECEIVED.search(words) else ProcessorState.UNCLEAR, ticket
    )


def _promises(words: str) -> bool:
    return _PROMISED.search(words) is not None


def _ticket(words: str) -> str:
    """The number that the other side gave it; never one of ours."""
    plain = _OUR_REF.sub(" ", words)
    found = _TICKET.search(plain) or _HASH.search(plain)
    return found[1].upper() if found else ""
