"""A mail as the sorter reads it: its sentences, and the pieces that the linear model weighs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mailbot.classify import grams, normal
from mailbot.classify.grams import Keys
from mailbot.classify.normal import Sentence

#: An own text of fewer words can be an answer to the question in the quote.
SHORT_ANSWER = 40


@dataclass(frozen=True)
class Reading:
    """Sentences of subject and own text, and those of the quote when the own text may be a short answer to it."""

    own: tuple[Sentence, ...]
    quoted: tuple[Sentence, ...]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The words of subject and own text."""
        return tuple(word for sentence in self.own for word in grams.words(sentence.folded))


def read(subject: str, text: str, quoted: str = "") -> Reading:
    """Reads a mail once, within the bounds of `normal`."""
    own = (*normal.sentences(subject[:500], "subject"), *normal.sentences(text))
    size = sum(sentence.folded.count(" ") + 1 for sentence in own if sentence.part == "text")
    asked = normal.sentences(quoted[:3000], "quoted") if quoted and size <= SHORT_ANSWER else []
    return Reading(own, tuple(asked))


def pieces(reading: Reading) -> tuple[Keys, ...]:
    """The pieces of each block of the model."""
    tokens = list(reading.tokens)
    subject = [word for sentence in reading.own if sentence.part == "subject" for word in grams.words(sentence.folded)]
    names = [*grams.word_names(tokens), *(f"subject {word}" for word in subject)]
    return (grams.char_keys(tokens), grams.name_keys(names))


def joined(many: list[Keys]) -> Keys:
    """Several runs of keys as one."""
    return np.concatenate(many) if many else np.zeros(0, np.uint64)
