"""What the parts of the model say of a mail: of the whole, and of each sentence.

The rule kept: a request is heard where it stands, also as one line in a long story.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.model import LISTENING, Ears
from mailbot.classify.normal import Sentence
from mailbot.classify.reading import Reading, pieces
from mailbot.classify.rules import Rules

Floats = NDArray[np.float64]

#: More sentences than this are not weighed one by one.
MOST_SENTENCES = 60


@dataclass(frozen=True, slots=True)
class Heard:
    """`voices`: what each part says of the whole, what the loudest sentence says to the listening parts, and what the
    network says; voices x kinds. `sentences`: what the listening parts together say of each of these; sentences x
    kinds."""

    voices: Floats
    sentences: Floats


def hear(reading: Reading, ears: Ears, rules: Rules) -> Heard:
    """Weighs a mail and its sentences."""
    whole = pieces(reading, rules, ears.meanings)
    said = np.stack([part.scores(whole) for part in ears.parts]).astype(np.float64)
    alone = [_alone(sentence, ears, rules) for sentence in spoken(reading)]
    each = np.stack(alone).astype(np.float64) if alone else np.zeros((0, len(LISTENING), said.shape[1]))
    loudest = each.max(axis=0) if alone else said[list(LISTENING)]
    return Heard(np.concatenate([said, loudest, ears.network.voice(reading)[None]]), each.sum(axis=1))


def spoken(reading: Reading) -> tuple[Sentence, ...]:
    """The sentences that a request can be quoted from."""
    return (reading.own or reading.quoted)[:MOST_SENTENCES]


def _alone(sentence: Sentence, ears: Ears, rules: Rules) -> NDArray[np.float32]:
    heard = pieces(Reading((sentence,), ()), rules, ears.meanings)
    return np.stack([ears.parts[at].scores(heard) for at in LISTENING])
