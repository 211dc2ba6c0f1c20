"""What a mail program wrote on one line: Yahoo's "----- Doorgestuurd bericht -----Van: ...Aan: ...", and on telephones
its "Op ..., Jan<jan@x.nl> schreef:   Beste Jan".

The rule kept: only a line that begins with such a rule, straight before a field, or with a day, an address in brackets,
the verb, a colon and two blanks is taken apart.
"""

from __future__ import annotations

import re

from mailbot.parse import quote_headers

_FIELD = (
    r"(?:Van|Aan|Verzonden|Datum|Onderwerp|Cc|From|To|Sent|Date|Subject|De|À|Envoyé|Objet|Von|An|Gesendet|Betreff) ?:"
)
_GLUED = re.compile(rf"[\s>]{{0,20}}-{{3,8}} ?([^-\n]{{4,40}}?) ?-{{3,8}} ?(?={_FIELD})")
_WROTE = re.compile(
    r"[ \t]{0,8}(?:Op|On|Am|Le) [^<>\n]{8,160}<[^<>\s@]{1,80}@[^<>\s@]{1,80}> ?(?:schreef|wrote|schrieb|a écrit) ?:"
    r"(?=[ \xa0]{2,9}\S)"
)
_NEXT = re.compile(rf"(?<=\S)(?={_FIELD} ?)")


def split_fields(text: str) -> str:
    """The text with each field of such a block, and what stands behind such an opener, on a line of its own."""
    if "-----" not in text and ":  " not in text and ": \xa0" not in text:
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if wrote := _WROTE.match(line):
        return f"{line[: wrote.end()]}\n{line[wrote.end() :].lstrip()}"
    found = _GLUED.match(line)
    if found is None or not quote_headers.is_heading(found[1]):
        return line
    return f"{line[: found.end()]}\n" + _NEXT.sub("\n", line[found.end() :])
