"""Words that no letter of a company should hold, as patterns, each with the rule that speaks against it.

The rule kept here: a pattern looks at one sentence, or at one side of "maar", so that a denial excuses only itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|,?\s+(?:maar|but|mais|aber)\s+")


def words(pattern: str) -> re.Pattern[str]:
    """A pattern written over several lines; capitals make no difference."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that should not be there. A sentence that denies them (`unless`) is none."""

    rule: str
    stops: bool
    what: str
    seen: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def found_in(self, text: str) -> bool:
        """Whether the text says so anywhere."""
        pieces = [text] if self.seen.flags & re.MULTILINE else _SENTENCE.split(text)
        return any(self.seen.search(piece) and not self._excused(piece) for piece in pieces)

    def _excused(self, piece: str) -> bool:
        return bool(self.unless and self.unless.search(piece))


_ID = r"""(?:identiteits(?:bewijs|kaart|document)\w*|paspoort\w*|rijbewij\w*|legitimatie(?:bewij\w+)?|
    id-?\s?(?:kaart|bewijs)|carte\s+d['’]identit\w+|passe?ports?|identity\s+(?:card|document)|proof\s+of\s+identity|personalausweis\w*|
    reisepass)"""
_ASKING = r"""\b(?:stuur|stuurt|sturen|zend\w*|mail|mailt|upload\w*|overleg|lever|levert|bezorg\w*|toon|toont|tonen|
    voeg\w*|graag|nodig|wacht\w*|ontbre\w+|mist|missen|zodra|verplicht|vereist|
    vragen\s+(?:wij\s+)?u|vraag\s+u|verzoeken\s+(?:wij\s+)?u|moet\w*|dient|
    send|please|provide|envoy\w*|fournir|merci\s+de|senden|bitte)\b"""
#: The sentence says that it is not wanted, or tells what was done with one that came unasked.
_NOT_WANTED = words(
    r"""(?:stuur|zend|mail|upload)\s+(?:\w+\s+){0,3}?geen\b|hoe(?:ft|ven|fde)\b[^.!?\n]{0,40}\b(?:geen|niet)\b|
    niet\s+(?:nodig|verplicht)|onnodig|overbodig|geen\b[^.!?\n]{0,60}\bnodig|vra(?:gen|agt)\b[^.!?\n]{0,25}\b(?:nooit|niet|geen)\b|
    verwijderd|gewist|niet\s+(?:bewaard|opgenomen|bekeken)|
    (?:do\s+not|don't|never)\s+send|not\s+needed|n['’]envoyez\s+pas|pas\s+(?:besoin|n[ée]cessaire)|
    nicht\s+n[öo]tig|keine?\b"""
)
#: Nothing happens without it: that is asking for it, whatever else the sentence denies.
_CONDITION = r"""\b(?:zonder|zolang|totdat|tenzij|(?:pas|alleen)\s+(?:als|na\w*|wanneer)|
    unless|until|without|sans|sauf|ohne)\b"""
#: A plain denial near the words.
_NEGATED = words(r"\b(?:geen|niet|nooit|zonder|hoef\w*)\b")

PATTERNS = (
    Pattern(
        "C-06",
        True,
        "asks for a copy of an identity document; ask for an order or customer number, or for a mail from the address "
        "on file (a fine of 525,000 euro was given for this habit)",
        words(rf"(?=.*{_ASKING})(?=.*{_ID})|zich\s+te\s+legitimeren|legitimeert\s+u|legitimeer\s+u"),
        _NOT_WANTED,
    ),
    Pattern(
        "C-06",
        True,
        "makes the answer depend on an identity document; a number or a mail from the address on file is enough",
        words(rf"{_CONDITION}[^.!?\n]{{0,80}}{_ID}"),
        words(r"\b(?:ook|best|prima|graag)\s+zonder|verwijderd|gewist"),
    ),
    Pattern(
        "C-10",
        True,
        "asks for a national number; no law lets a shop use it",
        words(
            rf"""(?=.*(?:{_ASKING}|wat\s+is|\bgeef\b|vermeld|\bnoem\b))
            (?=.*(?:\bbsn\b|burgerservicenummer|rijksregisternummer|sofinummer|num[ée]ro\s+national))"""
        ),
        _NOT_WANTED,
    ),
    Pattern(
        "A-03",
        True,
        "demands a form or another channel; a mail to any box of the company is a request",
        words(
            r"""(?:(?:vul|gebruik|download|invullen|via)\b[^.!?\n]{0,50}(?:form(?:ulier\w*|\b))|
            (?:alleen|uitsluitend|enkel)\s+(?:\w+\s+){0,4}?(?:via|per\s+(?:post|brief|aangetekend\w*)|schriftelijk|telefonisch)|
            (?:dien|stuur|zend)\b[^.!?\n]{0,40}\bverzoek\b[^.!?\n]{0,40}\b(?:per\s+post|aangetekend|schriftelijk|via\s+on[sz]e?)|
            niet\s+(?:in\s+behandeling|behandeld)[^.!?\n]{0,60}(?:formulier|adres|kanaal)|
            fill\s+(?:in|out)\s+[^.!?\n]{0,30}form|remplir\s+[^.!?\n]{0,30}formulaire)"""
        ),
        words(r"\bgeen\b[^.!?\n]{0,30}formulier|niet\s+verplicht|hoef\w*|mag\s+ook|zonder"),
    ),
    Pattern(
        "B-06",
        True,
        "asks why the person wants it; no reason is needed to use a right",
        words(
            r"""(?:waarom\s+(?:wilt|vraagt|wenst|heeft|hebt)\s+u|(?:geef|vermeld|noem|licht)\b[^.!?\n]{0,30}(?:de\s+reden|een\s+reden|uw\s+reden|motivatie)|
            motiveer\s+uw|onderbouw\s+uw\s+(?:verzoek|aanvraag)|why\s+do\s+you\s+want)"""
        ),
        _NEGATED,
    ),
    Pattern(
        "B-06",
        True,
        "demands that the person names a law or an article",
        words(
            r"(?:noem|vermeld|verwijs)\b[^.!?\n]{0,40}(?:artikel|wetsartikel|grondslag|avg)\b[^.!?\n]{0,30}(?:verzoek|beroept|baseert)"
        ),
        _NEGATED,
    ),
    Pattern(
        "E-07",
        True,
        "says that the service ends because somebody uses a right; that is a hindrance (article 20)",
        words(
            r"""(?:dienstverlening|account|klantrelatie|bestelling\w*|levering\w*)\b[^.!?\n]{0,60}
            (?:niet\s+(?:langer\s+)?(?:voortzetten|voortgezet|geleverd|garanderen)|be[ëe]indig\w*|stopzetten|opzeggen)"""
        ),
        words(r"\b(?:omdat\s+u\s+dat\s+vroeg|op\s+uw\s+verzoek|zoals\s+u\s+vroeg|heeft\s+geen\s+gevolg)"),
    ),
    Pattern(
        "B-02",
        True,
        "asks for money; a request costs nothing unless a person decides under article 12(5), after a warning",
        words(
            r"""(?:(?:administratie|behandel|verwerkings|kopieer)(?:kosten|vergoeding)|kosten\s+(?:in\s+rekening|van\s+€|bedragen)|
            (?:betaal|maak)\b[^.!?\n]{0,20}(?:€|euro)|vergoeding\s+van\s+(?:€|\d))"""
        ),
        words(r"\b(?:geen|zonder|kosteloos|gratis|nooit)\b"),
    ),
    Pattern(
        "D-07",
        True,
        "names an authority that does not exist any more, or its wrong address; the letter itself names the right one",
        words(
            r"college\s+bescherming\s+persoonsgegevens|\bcbp\b|privacycommissie|commissie\s+voor\s+de\s+bescherming|80751"
        ),
    ),
    Pattern(
        "E-10",
        True,
        "says that an IP address is no personal data; it can be (C-582/14)",
        words(r"ip-?\s?adres\w*[^.!?\n]{0,80}geen\s+persoonsgegeven"),
    ),
    Pattern(
        "E-12",
        True,
        "refuses every representative; a mandate, a parent or an heir may write",
        words(
            r"(?:alleen|uitsluitend|enkel)\s+(?:\w+\s+){0,3}(?:door\s+)?de\s+betrokkene\s+zelf|niet\s+(?:van|door|namens)\s+(?:iemand|een)\s+ander\w*\s+(?:worden|in\s+behandeling|accepteren)"
        ),
    ),
    Pattern(
        "B-05",
        True,
        "quotes the person's own mail",
        re.compile(
            r"^\s*>|^-{2,}\s*(?:Oorspronkelijk bericht|Original Message)|^Op .{6,60} schreef .{1,80}:\s*$", re.MULTILINE
        ),
    ),
    Pattern(
        "B-01",
        True,
        "still holds a gap that somebody meant to fill in",
        re.compile(
            r"\[[^\]\n]{2,40}\]|\{\{|\{%|<(?:naam|datum|bedrag|adres|invullen)[^>\n]{0,20}>|"
            r"\bX{3,}\b|\bTODO\b|[Vv]ul hier in|nog in te vullen|Nog in te vullen|naam leeg|\.{5,}|_{4,}"
        ),
    ),
    Pattern(
        "A-22",
        False,
        "calls thirty days the legal term; the law says one month: name the date instead",
        words(r"(?:wettelijke?|volgens\s+de\s+(?:wet|avg))\b[^.!?\n]{0,30}\b(?:30|dertig)\s+dagen"),
    ),
    Pattern(
        "B-13",
        False,
        "speaks of 45 days or six weeks to answer, which no law here gives",
        words(r"binnen\s+(?:45|vijfenveertig)\s+dagen"),
    ),
)
