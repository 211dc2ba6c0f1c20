"""Linear models over named pieces, one score per kind.

A model is a value: columns of sorted keys, a weight per key and kind, an offset per kind. Texts are weighed together,
a mail and each of its sentences, in a few array operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.grams import Keys

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The known pieces of some texts: in which text each stands, which it is, how much it counts. Texts in order."""

    texts: int
    text: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Column:
    """One sort of pieces (letters, words, grammar): those that are known, in order, and how rare each is."""

    keys: Keys
    rarity: NDArray[np.float32]

    def weigh(self, texts: list[Keys]) -> Weighed:
        """How much each piece counts in its text: 1 + log(times) x rarity, all of a text together of length one."""
        known, every = len(self.keys), np.concatenate(texts)
        text = np.repeat(np.arange(len(texts)), [len(keys) for keys in texts])
        at, hit = self._found(every)
        places, times = np.unique(text[hit] * known + at[hit], return_counts=True)
        text, at = np.divmod(places, max(known, 1))
        values = ((1 + np.log(times)) * self.rarity[at]).astype(np.float32)
        lengths = np.sqrt(np.bincount(text, values * values, len(texts))).astype(np.float32)
        return Weighed(len(texts), text, at, values / lengths[text])

    def knows(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of the pieces are known."""
        return self._found(keys)[1]

    def _found(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where each piece would stand among those that are known, and whether it stands there."""
        at = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        return at, self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), bool)


@dataclass(frozen=True, slots=True)
class Block:
    """What the pieces of a column say, in whole numbers of a scale."""

    weights: NDArray[np.int8]  # pieces x kinds
    scale: NDArray[np.float32]  # per kind

    def scores(self, pieces: Weighed) -> Scores:
        """What each text says for each kind."""
        sums = np.zeros((pieces.texts, len(self.scale)), np.float32)
        texts, first = np.unique(pieces.text, return_index=True)
        if len(texts):
            said = pieces.value[:, None] * self.weights[pieces.at].astype(np.float32)
            sums[texts] = np.add.reduceat(said, first) * self.scale
        return sums


@dataclass(frozen=True, slots=True)
class Linear:
    """Blocks together. `uses` says which column each block weighs."""

    uses: tuple[int, ...]
    blocks: tuple[Block, ...]
    offset: Scores

    def scores(self, columns: list[Weighed]) -> Scores:
        """Texts x kinds."""
        return sum((block.scores(columns[at]) for at, block in zip(self.uses, self.blocks, strict=True)), self.offset)
