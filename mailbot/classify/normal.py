"""Text as the sorter reads it: one spelling for what people write in many, and sentences that remember their place.

The rule kept: folding is for reading only. A quote is always cut from the text as it came, by position.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: More than this is not read: a person who asks something does so in the first pages.
LONGEST = 20_000
#: A sentence longer than this is cut, so that no pattern meets a line without end.
LONGEST_SENTENCE = 600

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_LOOKALIKE = str.maketrans(
    "аеорсухіјѕԁһкмнвтΑΒΕΖΗΙΚΜΝΟΡΤΥΧаοαιν’‘`´“”„«»–—…ı",
    'aeopcyxijsdhkmhbtABEZHIKMNOPTYXaoaiv\'\'\'\'"""""--.i',
)
_MARK = re.compile("[\u0300-\u036f]")
_END = re.compile(r"[.!?;…]+[\"')\]]*(?=\s|$)|\n+|(?<=\w)\s+-+\s+(?=\w)|:(?=\s)")
_ABBREVIATED = re.compile(
    r"\b(?:mr|mrs|ms|dhr|mw|mevr|dr|ir|ing|nr|art|st|bv|nl|o\.?a|m\.?b\.?t|i\.?p\.?v|e\.?d|z\.?o\.?z|t\.?a\.?v|bijv|"
    r"incl|excl|tel|resp|evt|ca|jl|a\.?s|d\.?d|p\.?s|no|vs|ong|max|min|abs)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written, as it is read (folded), and whether it asks with a question mark."""

    written: str
    folded: str
    part: str = "text"  # subject, text or quoted
    question: bool = False


def fold(text: str) -> str:
    """Lower case, no accents, no invisible characters, look-alike letters as the Latin ones they pose for."""
    plain = _INVISIBLE.sub("", text).translate(_LOOKALIKE)
    plain = _MARK.sub("", unicodedata.normalize("NFKD", plain))
    return " ".join(plain.lower().split())


def readable(text: str) -> str:
    """As it was written, capitals and accents too, without invisible characters and letters that pose for others."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_LOOKALIKE))


def sentences(text: str, part: str = "text") -> list[Sentence]:
    """The sentences in order. Each `written` stands verbatim in the text."""
    text = text[:LONGEST]
    found: list[Sentence] = []
    start = 0
    for end in _ends(text):
        piece = text[start:end].strip()
        start = end
        if any(letter.isalnum() for letter in piece):
            found.extend(_sentence(part_of, part) for part_of in _cut(piece))
    return found


def _ends(text: str) -> list[int]:
    ends = [hit.end() for hit in _END.finditer(text) if not _inside(text, hit)]
    return [*ends, len(text)]


def _inside(text: str, hit: re.Match[str]) -> bool:
    """A point after an abbreviation or a number ends nothing."""
    return hit.group() == "." and bool(_ABBREVIATED.search(text[max(0, hit.start() - 8) : hit.start()]))


def _cut(piece: str) -> list[str]:
    return [piece[at : at + LONGEST_SENTENCE] for at in range(0, len(piece), LONGEST_SENTENCE)]


def _sentence(written: str, part: str) -> Sentence:
    return Sentence(written, fold(written), part, "?" in written)
