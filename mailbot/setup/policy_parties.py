"""Whom a policy says it shares data with: the names in the part of the text that is about that.

The rule kept here: a name is a table's cell, what opens a line of a list, or what a sentence of that part names; of
other parts only what a sentence names by which something of a shop is done ("Betalen gaat via Mollie"). What kinds of
data or of recipients are listed there are no names; a person confirms each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABOUT = re.compile(
    r"verwerkers?\b|\bderden|\bdelen\b|ontvangers|doorgifte|doorgeven|wie krijgt"
    r"|sous-traitants|destinataires|sub-?processors|recipients|third part|\bshare\b",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"recht|vragen|klacht|bewaar|termijn", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–▪]|o(?= ))\s+")
HEADING = re.compile(r"^(?:\d+(?:\.\d+)*\.? )?[A-ZÀ-Ý](?!.* / )[^\t|.;:]{2,80}\??$")
_WORD = r"(?:\d*[A-ZÀ-Ý][\w&'’-]*(?:\.\w+)*)"
_NAME = rf"{_WORD}(?: (?:(?:van|de|der|ter) )?(?:{_WORD}|&)){{0,4}}"
_IN_PROSE = re.compile(rf"(?<!\S){_NAME}")
#: Names that a line goes on about, or explains with: "Incassobureau Intrum als u niet betaalt", "onze bank (Belfius)".
_LONGER = re.compile(rf"({_WORD}(?: {_WORD})+) [a-z]")
_WHOSE = re.compile(rf"[a-z]+ [a-z ]+\((?:via )?({_NAME})\.?\)")
_LIST = re.compile(rf"^{_NAME} *(?:, {_NAME} *){{2,}}")
#: What stands before a name that gets data: a word of use or passing on, or a mark of a list.
_BEFORE = re.compile(
    r"(?:\b(?:via|bij|door|met|is|sont|est|we|wij|gebruiken|aan|naar|gebruik(?: \w+){0,3} van|is van"
    r"|use|uses|by|with|to|par|utilisons)|[,:]) +$"
)
_AFTER_ONE = re.compile(r"\b(?:en|of|et|and|or) +$")
_FORM = re.compile(r"\b[A-Z]\.[A-Z](?:\.[A-Z])?$")
BORDER = re.compile(r"\t|\||(?<= )/(?= )")
_COLUMN = re.compile(
    r"(?:naam|name|nom|partij|(?:sub)?(?:-)?verwerkers?|ontvangers?|leverancier|bedrijf|organisatie|derde partij"
    r"|(?:sub-?)?processor|recipient|vendor|sous-traitant|destinataire)",
    re.IGNORECASE,
)
_CELL = re.compile(r"\(|:|;|,| [-–] ")
_NO_NAMES = re.compile(
    r"(?i:naam|name|nom|doel|purpose|dienst|land|country|partij|leverancier|categorie|verwerker|subverwerker|bedrijf|"
    r"ontvanger|organisatie|soort|wie|wat|locatie|u|uw|wij|we|je|ons|onze|het|de|een|deze|dit|dat|als|ook|in|met|voor|"
    r"op|er|sommige|nos|nous|vos|our|you|your|avg|gdpr|rgpd|uavg|wgbo|eu|eer|eea|ue|vs|usa|btw|kvk|europa|"
    r"nederland|belgië|ierland|duitsland|frankrijk|belgique|ireland|united states|verenigde staten|europese unie|"
    r"europese economische ruimte|privacy shield|alle|geen|nee|ja)$"
    r"|(?i:.*(?:adres|naam|gegevens|nummer|partijen|bedrijven|diensten|leveranciers|banken|accountants?|instanties|"
    r"mailadres|e-mail|cookies?|verwerkersovereenkomst(?:en)?|verklaring|wet|autoriteit persoonsgegevens))$"
    r"|-+$"
)

#: What a shop has others do for it, said anywhere.
_USED = re.compile(
    r"\b(?i:betalen|betaling(?:en)?|afrekenen|pakket(?:ten|jes?)?|pakjes?|spullen|zendingen|bezorging|verzending"
    r"|website|site|web(?:shop|winkel)|nieuwsbrie(?:f|ven)|mailings?|boekhouding|administratie|facturen|hosting)\b"
    rf"[^.;:?!\n]{{0,40}}?\s(?:via|met|door|bij)\s(?P<name>{_NAME})"
    rf"(?:,? (?:of|en)(?: soms| met| via)? (?P<other>{_NAME}))?"
)


def used(text: str) -> Iterator[tuple[str, int]]:
    """Each name by which something of a shop is done, in whatever part of the text, with its place."""
    for match in _USED.finditer(text):
        for part in ("name", "other"):
            if (name := match[part]) and not _NO_NAMES.match(name):
                yield _whole(name.rstrip(".")), match.start(part)


def parties(text: str) -> Iterator[tuple[str, int]]:
    """Each name with its place in the text."""
    about, column, at, in_table = False, 0, 0, False
    for line in text.splitlines(keepends=True):
        words, start = line.strip(), at + len(line) - len(line.lstrip())
        at += len(line)
        cells = [cell.strip() for cell in BORDER.split(words.strip("| "))]
        header = next((number for number, cell in enumerate(cells) if _COLUMN.fullmatch(cell)), None)
        if len(cells) > 1 and header is not None and not in_table:
            about, column = about or bool(_ABOUT.search(words)), header
        elif len(cells) == 1 and HEADING.match(words) and not _LIST.match(words) and not _BULLET.match(line):
            about, column = bool(_ABOUT.search(words)) and not _RIGHTS.search(words), 0
        else:
            about = about or (words.endswith(":") and bool(_ABOUT.search(words)) and not _RIGHTS.search(words))
            found = (_in_row(cells, column) if len(cells) > 1 else _in_line(words)) if about else ()
            yield from ((_whole(name), start + place) for name, place in found if not _NO_NAMES.match(name))
        in_table = len(cells) > 1


def _in_row(cells: list[str], column: int) -> Iterator[tuple[str, int]]:
    name = _CELL.split(cells[column])[0].strip(" .") if column < len(cells) else ""
    if re.fullmatch(_NAME, name):
        yield name, 0


def _in_line(line: str) -> Iterator[tuple[str, int]]:
    """Of a line in a list what it opens with, and what its colon leads to; of sentences each name."""
    if bullet := _BULLET.match(line):
        for part in line[bullet.end() :].split(": ", 1):
            name = _CELL.split(part)[0].strip(" .")
            if re.fullmatch(rf"{_NAME}|[a-z]+ {_NAME}", name) or re.match(r"[a-z]+ \(", part):
                yield name, bullet.end()
            elif found := _LONGER.match(part) or _WHOSE.match(part):
                yield found[1], bullet.end() + found.start(1)
        return
    prose = re.sub(r"\([^)\n]*\)", lambda found: " " * len(found[0]), line)
    any_yet = bool(_LIST.match(prose))
    for found in _IN_PROSE.finditer(prose):
        before = prose[max(0, found.start() - 40) : found.start()]
        if _BEFORE.search(before) or (any_yet and (not before or _AFTER_ONE.search(before))):
            any_yet = True
            yield found[0], found.start()


def _whole(name: str) -> str:
    """With the stop that belongs to it: "Mollie B.V."."""
    return f"{name}." if _FORM.search(name) else name
