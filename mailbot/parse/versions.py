"""Which version of the words is read, where a mail has several (multipart/alternative, RFC 2046, 5.1.4).

The rule kept: the plain version, as long as it says what the others say. Programs put a line there that shows HTML to
be needed, gateways their disclaimer, others the beginning only; then the version that people see is read. Where two
versions say different things both are read, for a request may stand in either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.parse import footers, vocabulary

#: A version is compared with so many others, by so much of its text.
_MOST, _LOOKED_AT = 8, 20_000
_SHORT = 250
_FEW_WORDS = 3

_WORD = re.compile(r"\w{3,}")
_LINK = re.compile(r"https?://\S+")
_HTML = re.compile(r"\bhtml\b", re.IGNORECASE)
_ELSEWHERE = re.compile(vocabulary.READ_ELSEWHERE, re.IGNORECASE)
_GOES_ON = re.compile(r"(?:\.\.\.|…)[\s\])]*$")


@dataclass(frozen=True, slots=True)
class _Version:
    text: str
    words: frozenset[str]

    def says(self, other: _Version) -> bool:
        """Whether at least half of the words of another version stand in this one."""
        return 2 * len(self.words & other.words) >= len(other.words)


def chosen(texts: Sequence[str]) -> list[int]:
    """The places of the versions to read, the plain version being the first of them. Never none."""
    versions = [_version(text) for text in texts[:_MOST]]
    told = (at for at, version in enumerate(versions) if _says_something(version, versions[at + 1 :]))
    first = next(told, 0)
    more = [at for at in range(first + 1, len(versions)) if _says_another_thing(versions[first], versions[at])]
    return [first, *more[:1]]


def _version(text: str) -> _Version:
    told = _LINK.sub(" ", text).strip()
    return _Version(told, frozenset(_WORD.findall(told[:_LOOKED_AT].lower())))


def _says_something(version: _Version, others: list[_Version]) -> bool:
    """Not an empty version, and none that stands for one of those behind it."""
    more = [other for other in others if other.words - version.words]
    if not version.text or not more:
        return bool(version.text)
    longest = max(len(other.text) for other in more)
    breaks_off = longest > len(version.text) and _GOES_ON.search(version.text[-20:])
    return not (breaks_off or _points_to(version, more) or footers.is_disclaimer(version.text[:4_000]))


def _points_to(version: _Version, others: list[_Version]) -> bool:
    """Whether a few words only say that the others are to be read, or have nothing to do with a longer one."""
    if len(version.text) >= _SHORT:
        return False
    if _ELSEWHERE.search(version.text) and any(not version.says(other) for other in others):
        return True
    longer = [other for other in others if len(other.text) > 2 * len(version.text)]
    return bool(longer) and (_HTML.search(version.text) is not None or not all(other.says(version) for other in longer))


def _says_another_thing(read: _Version, other: _Version) -> bool:
    return len(other.words) >= _FEW_WORDS and not read.says(other) and not other.says(read)
