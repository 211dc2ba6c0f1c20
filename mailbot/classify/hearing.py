"""What the parts of the model say of a mail: of the whole, and of each sentence.

The rule kept: a request is heard where it stands, also as one line in a long story.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.linear import Linear
from mailbot.classify.meaning import Meanings
from mailbot.classify.model import LISTENING
from mailbot.classify.normal import Sentence
from mailbot.classify.reading import Reading, pieces
from mailbot.classify.rules import Rules

Floats = NDArray[np.float64]

#: More sentences than this are not weighed one by one.
MOST_SENTENCES = 60


@dataclass(frozen=True, slots=True)
class Heard:
    """`voices`: what each part says of the whole, then what the loudest sentence says to the listening parts; voices x
    kinds. `sentences`: what the listening parts together say of each sentence; sentences x kinds."""

    voices: Floats
    sentences: Floats


def hear(reading: Reading, parts: tuple[Linear, ...], meanings: Meanings, rules: Rules) -> Heard:
    """Weighs a mail and its sentences."""
    whole = pieces(reading, rules, meanings)
    said = np.stack([part.scores(whole) for part in parts])
    alone = [_alone(sentence, parts, meanings, rules) for sentence in spoken(reading)]
    if not alone:
        return Heard(np.concatenate([said, said[list(LISTENING)]]).astype(np.float64), np.zeros((0, said.shape[1])))
    each = np.stack(alone).astype(np.float64)
    return Heard(np.concatenate([said.astype(np.float64), each.max(axis=0)]), each.sum(axis=1))


def spoken(reading: Reading) -> tuple[Sentence, ...]:
    """The sentences that a request can be quoted from."""
    return (reading.own or reading.quoted)[:MOST_SENTENCES]


def _alone(sentence: Sentence, parts: tuple[Linear, ...], meanings: Meanings, rules: Rules) -> NDArray[np.float32]:
    heard = pieces(Reading((sentence,), ()), rules, meanings)
    return np.stack([parts[at].scores(heard) for at in LISTENING])
