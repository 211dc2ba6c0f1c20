"""How long a policy says that data are kept: the rows of its table and its sentences, as they stand there.

The rule kept here: nothing is reworded and nothing becomes a setting by itself. A person takes over what is right, for
whoever asks for access reads it (article 15(1)(d)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.setup.policy_parties import BORDER, HEADING

_ABOUT = re.compile(r"bewaar|hoe lang|\bduur\b|retention|how long|conservation|durée", re.IGNORECASE)
_WORDS = r"een|één|twee|drie|vier|vijf|zes|zeven|tien|twintig|two|three|five|six|seven|ten|deux|trois|cinq|six|sept|dix"
_PERIOD = re.compile(
    rf"\b(?:\d{{1,3}}|{_WORDS}|half|twelve|ninety|twaalf|negentig) ?(?:dagen|we(?:ek|ken)|maand(?:en)?|jaar|jaren|uur"
    r"|days|weeks|months?|years?|hours|jours|semaines|mois|ans?)\b|\bonbeperkt\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"\bbewa(?:ar|ren|ard)|gewist|\bwissen\b|vernietig|verwijder|overschreven|conserv|détruit|\bkept\b|\bkeep\b|retain"
    r"|delete",
    re.IGNORECASE,
)
#: What is done for somebody within a time, and whom the text is about.
_OTHERS = re.compile(r"\b(?:binnen|within)\b|verzoek|request|demande|reage|antwoord|jonger|klacht", re.IGNORECASE)
#: The head of the column with periods.
_COLUMN = re.compile(r"termijn|hoe lang|bewaard|retention|period|how long|durée", re.IGNORECASE)
_SENTENCE = re.compile(r".+?(?:[.?!](?=\s+[A-ZÀ-Ý])|$)")
#: So many lines at most, each so long: a page that speaks of nothing else is no list for a letter.
_MOST, _LONGEST = 40, 300


def retention(text: str) -> list[str]:
    """Each period with what it is of, once, in the order of the text."""
    found = dict.fromkeys(one for one in _found(text[:500_000]) if len(one) <= _LONGEST)
    return list(found)[:_MOST]


def _found(text: str) -> Iterator[str]:
    about = False
    for line in map(str.strip, text.splitlines()):
        cells = [cell.strip() for cell in BORDER.split(line.strip("| "))]
        if len(cells) > 1:
            if about and cells[0].strip("-") and cells[1] and not _COLUMN.search(cells[1]):
                yield f"{cells[0]}: {cells[1]}"
        elif HEADING.match(line) and not _PERIOD.search(line):
            about = bool(_ABOUT.search(line))
        else:
            yield from (one for one in map(str.strip, _SENTENCE.findall(line)) if _keeps(one, about))


def _keeps(sentence: str, about: bool) -> bool:
    return bool(_PERIOD.search(sentence) and (about or _KEEPS.search(sentence)) and not _OTHERS.search(sentence))
