"""Groups of words that mean much the same, so that a word seen once speaks with the voice of its group.

The groups were made once from the vectors of a multilingual encoder (tests/bench/meanings.py); here they are a table.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.classify import grams
from mailbot.classify.normal import Sentence

_UNKNOWN = (-1, -1)


@dataclass(frozen=True)
class Meanings:
    """The coarse and the fine group of each known word."""

    groups: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def names(self, sentences: tuple[Sentence, ...], level: int) -> list[str]:
        """The groups of a mail: alone, with the next, and with the one after that."""
        names: list[str] = []
        for sentence in sentences:
            here = [str(self.groups.get(word, _UNKNOWN)[level]) for word in grams.words(sentence.folded)]
            names.extend(here)
            names.extend(f"{one} {two}" for one, two in itertools.pairwise(here))
            names.extend(f"{one} . {two}" for one, two in zip(here, here[2:], strict=False))
        return names
