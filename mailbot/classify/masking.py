"""A mail's words without the person behind them, for a labelled example that may be shared.

The rule kept: what could be a name, a number or an address is masked rather than left; a sign-off ends the text.
A life story stays a life story, so a person reads an example before it is handed on.
"""

from __future__ import annotations

import re

_SIGN_OFF = re.compile(
    r"^\s*(?:(?:met )?(?:vriendelijke|hartelijke|beleefde|lieve|warme)?\s*gro(?:et|eten|etjes)\b|mvg\b|hoogachtend|"
    r"kind regards|best regards|regards|cordialement|bien à vous|mit freundlichen grüßen|gr\.?,?\s*$)",
    re.I,
)
_GREETING = re.compile(
    r"^\s*(?:beste|geachte|dag|hallo|hoi|lieve|dear|hi|hello|bonjour|cher|chère|guten tag|sehr)\b.*$", re.I
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]*\w|(?:https?://|www\.)\S+")
_NUMBERED = re.compile(r"[\w/+-]*\d(?:[\w/+ -]*\d)?[\w/+-]*")
#: A capital within a sentence. At its start a name cannot be told from a word, except the requester's own.
_NAME = re.compile(r"(?<=[^.!?:\n\s\"'(>-] )[A-ZÀ-Þ][\w'’-]+")
#: An age decides whether a mail is about a child; it stays.
_AGE = re.compile(r"1?\d[ -](?:jaar|jarige)\b")


def masked(text: str, names: tuple[str, ...] = ()) -> str:
    """The text with names, numbers and addresses masked. `names`: of the requester, masked wherever they stand."""
    kept: list[str] = []
    for line in text.splitlines():
        if _SIGN_OFF.match(line):
            break
        kept.append("" if _GREETING.match(line) and len(line) < 60 else _line(line, names))
    return "\n".join(kept).strip()


def _line(line: str, names: tuple[str, ...]) -> str:
    line = _ADDRESS.sub("[adres]", line)
    line = _NUMBERED.sub(lambda found: found.group() if _AGE.match(line, found.start()) else "[nummer]", line)
    for name in names:
        line = re.sub(rf"\b{re.escape(name)}\b", "[naam]", line, flags=re.I)
    return _NAME.sub("[naam]", line)
