"""Clusters of words that mean much the same, so that a word seen once weighs as its cluster does.

They were made once from the embeddings of a multilingual encoder (tests/bench/word_clusters.py); here they are a table.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.classify import grams
from mailbot.classify.normal import Sentence

_UNKNOWN = (-1, -1)


@dataclass(frozen=True)
class WordClusters:
    """The coarse and the fine cluster of each known word."""

    of_word: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def names(self, sentences: tuple[Sentence, ...], level: int) -> list[str]:
        """The clusters of a mail's words: unigrams, bigrams, and bigrams that skip one word."""
        names: list[str] = []
        for sentence in sentences:
            here = [str(self.of_word.get(word, _UNKNOWN)[level]) for word in grams.words(sentence.folded)]
            names.extend(here)
            names.extend(f"{one} {two}" for one, two in itertools.pairwise(here))
            names.extend(f"{one} . {two}" for one, two in zip(here, here[2:], strict=False))
        return names
