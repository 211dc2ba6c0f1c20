"""A header block that a mail program wrote on one line: Yahoo's "----- Doorgestuurd bericht -----Van: ...Aan: ...".

The rule kept: only a line that begins with such a rule, straight before a field, is taken apart.
"""

from __future__ import annotations

import re

from mailbot.parse import quote_headers

_FIELD = (
    r"(?:Van|Aan|Verzonden|Datum|Onderwerp|Cc|From|To|Sent|Date|Subject|De|À|Envoyé|Objet|Von|An|Gesendet|Betreff) ?:"
)
_GLUED = re.compile(rf"[\s>]{{0,20}}-{{3,8}} ?([^-\n]{{4,40}}?) ?-{{3,8}} ?(?={_FIELD})")
_NEXT = re.compile(rf"(?<=\S)(?={_FIELD} ?)")


def split_fields(text: str) -> str:
    """The text with each field of such a block on a line of its own."""
    if "-----" not in text:
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    found = _GLUED.match(line)
    if found is None or not quote_headers.is_heading(found[1]):
        return line
    return f"{line[: found.end()]}\n" + _NEXT.sub("\n", line[found.end() :])
