"""What a mail system put above the writer's words: that the mail came from outside, that the sender seldom writes.

The rule kept: when in doubt it stays, for a request that went with the warning would be lost. A warning speaks of
sender, links and attachments, never says "I" and never names data, an account or erasing; its sentence ends with its
line, unless a program folded that; the words behind its last sentence are the writer's.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mailbot.parse import vocabulary

#: More paragraphs than this no system puts above a mail; a longer one is no warning.
_MOST, _LONGEST = 3, 1_200
#: Where programs fold a line of plain text at the earliest.
_FOLDED_AT = 60
_SENTENCE = r"(?:[^.!?\n]|\.(?=\S)){0,250}"  # addresses have dots
_END = r"(?:[.!?]+(?=\s|$)|(?=\n)|$)"
_WARNING = vocabulary.any_of(r"""
    let op|opgelet|pas op|waarschuwing|attentie|caution|warning|attention|avertissement|achtung|vorsicht|hinweis|warnung
    extern(?:al|e[rs]?)?|notice
""")
_FROM_OUTSIDE = vocabulary.any_of(r"""
    (?:van )?buiten (?:de|het|onze|uw|je|jouw) (?:\w+ )?(?:organisatie|bedrijf|onderneming|domein|netwerk)
    externe? (?:afzender|bron|e-?mail\w*|bericht)
    outside (?:of )?(?:the |your |our |this )?(?:\w+ )?(?:organi[sz]ation|company|network|domain)
    external (?:sender|source|e-?mail|message|address)
    (?:de |à )?l'ext[ée]rieur de|exp[ée]diteur externe|source externe|(?:e-?mail|message) externe
    extern(?:e[nrm]?)? (?:absender|e-?mail|quelle|nachricht)|von au(?:ß|ss)erhalb
""")
_THIS_MAIL = (
    r"(?:deze|dit|this|the|cet|ce|diese[sr]?) (?:e-?mail|mail|e-?mailbericht|bericht|message|courriel|nachricht)"
)
_COMES = vocabulary.any_of(r"""
    komt|kwam|afkomstig|(?:verzonden|verstuurd) (?:door|van\w*)|ontvangen van|is (?:een|from|an)|originat\w+|comes?|came
    sent (?:from|by)|provient|[ée]mane|a [ée]t[ée] envoy[ée]e?|vient|stammt|kommt|gesendet|wurde
""")
_SELDOM = vocabulary.any_of("""
    (?:u|je) (?:ontvangt|krijgt|ontvang) niet vaak (?:een )?(?:e-?mail|berichten|mail)
    sommige personen die dit bericht hebben ontvangen, (?:ontvangen|krijgen) niet vaak
    you don['’]t often get e-?mail|some people who received this message don['’]t often get
    vous n['’]obtenez pas souvent|vous ne recevez pas souvent|certaines personnes qui ont reçu ce message
    sie erhalten nicht oft|einige personen, die diese nachricht erhalten haben
""")
_WHY = vocabulary.any_of(r"""
    (?:ontdek|lees|meer informatie over) waarom dit belangrijk is|learn why this is important
    d[ée]couvrez pourquoi (?:ceci|cela) est important|pourquoi c['’]est important|erfahren sie, warum dies wichtig ist
""")
_ADVICE = vocabulary.any_of("""
    klik|open|wees|gelieve|verifieer|controleer|neem|meld|twijfelt|tenzij|wanneer|als|indien|antwoord|deel|geef
    do not|don['’]t|never|please|be|unless|verify|treat|report|if|exercise|use|think|only
    ne|n['’]|soyez|cliquez|v[ée]rifiez|sauf|si|klicken|[öo]ffnen|seien|bitte|wenn|pr[üu]fen
""")
_ABOUT = vocabulary.any_of(r"""
    links?|bijlagen?|afzender|attachments?|sender|voorzichtig|alert|cautious|careful|caution|phishing|verdacht|suspicious
    liens?|pi[èe]ces?|exp[ée]diteur|prudents?|anh[äa]nge\w*|absender|vorsichtig|(?:it|ict)-\w+|helpdesk|wachtwoord|password
""")
_EXTERNAL = r"extern(?:al|e)?(?: (?:e-?mail|mail|sender|afzender|bericht|message))?"
_HEADS = (
    rf"[\[(<*_-]{{0,4}} ?{_EXTERNAL} ?[\])>*_:-]{{0,4}}[ \t]*(?:\n|$)",  # a tag on a line of its own
    rf"{_EXTERNAL}[.:!]+(?=\s)",
    rf"(?:{_WARNING}[ :!*>)\]-]{{1,4}})?{_THIS_MAIL}\b[^.!?\n]{{0,40}}?\b{_COMES}\b"
    rf"[^.!?\n]{{0,60}}?\b{_FROM_OUTSIDE}\b{_SENTENCE}{_END}",
    rf"{_WARNING}[ :!*>)\]-]{{1,4}}(?:(?:dit is|this is|ceci est|dies ist) \w+ )?{_FROM_OUTSIDE}\b{_SENTENCE}{_END}",
    rf"{_SELDOM}\b{_SENTENCE}{_END}",
)
_NEXT = (
    rf"{_WHY}[ .]{{0,2}}(?:[<\[(]{{0,2}}https?://\S{{1,300}})?",
    rf"{_ADVICE}\b[^.!?\n]{{0,160}}?\b{_ABOUT}\b{_SENTENCE}{_END}",
)
_FIRST = re.compile(rf"[\s*_>\[(]*(?:{'|'.join(_HEADS)})", re.IGNORECASE)
_FURTHER = re.compile(rf"\s*(?:{'|'.join(_NEXT)})", re.IGNORECASE)
_DRESS = re.compile(r"[\s*_\])]*")
_BY_A_PERSON = re.compile(rf"{vocabulary.FIRST_PERSON}|\b{vocabulary.ASKED}\b", re.IGNORECASE)


def take_off(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines below what a mail system put above them, and the lines that it put there."""
    taken: list[str] = []
    for _ in range(_MOST):
        at = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
        end = next((end for end in range(at, len(lines)) if not lines[end].strip()), len(lines))
        paragraph = "\n".join(lines[at:end])
        size = _size(_unfolded(lines[at:end])[:_LONGEST])
        if not size:
            break
        taken += paragraph[:size].strip().split("\n")
        below = paragraph[size:]
        lines = [*(below.split("\n") if below else []), *lines[end:]]
    return lines, taken


def _unfolded(lines: list[str]) -> str:
    """The lines as text of the same length, where only the ends of lines that nobody folded are still ends."""
    text = ""
    for line, below in pairwise([*lines, ""]):
        text += line + (" " if len(line) >= _FOLDED_AT and below[:1].islower() else "\n")
        if len(text) > _LONGEST:
            break
    return text.removesuffix("\n")


def _size(paragraph: str) -> int:
    """How much at the beginning of a paragraph is a warning."""
    found, end = _FIRST.match(paragraph), 0
    while found and found[0] and not _BY_A_PERSON.search(found[0]):
        end = found.end()
        found = _FURTHER.match(paragraph, end)
    dress = _DRESS.match(paragraph, end)
    return dress.end() if end and dress else end
