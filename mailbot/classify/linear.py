"""A linear model over named pieces, one score per kind.

A model is a value: sorted keys, a weight per key and kind in whole numbers of a scale, an offset per kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.grams import Keys

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One sort of pieces (letters, words, grammar), weighed and brought to length one by itself."""

    keys: Keys
    rarity: NDArray[np.float32]
    weights: NDArray[np.int8]  # pieces x kinds
    scale: NDArray[np.float32]  # per kind

    def scores(self, keys: Keys) -> Scores:
        """What these pieces say for each kind."""
        at, values = weigh(self.keys, self.rarity, keys)
        sums: Scores = (values @ self.weights[at].astype(np.float32)) * self.scale
        return sums


def weigh(known: Keys, rarity: NDArray[np.float32], keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Which known pieces occur and how much each counts: 1 + log(times) x rarity, all together of length one."""
    found, times = np.unique(keys, return_counts=True)
    at = np.minimum(np.searchsorted(known, found), max(len(known) - 1, 0))
    hit = known[at] == found if len(known) else np.zeros(len(found), bool)
    at = at[hit]
    values = ((1 + np.log(times[hit])) * rarity[at]).astype(np.float32)
    length = float(np.sqrt((values * values).sum())) or 1.0
    return at, values / np.float32(length)


@dataclass(frozen=True, slots=True)
class Linear:
    """The blocks together. `uses` says to which pieces of a mail each block belongs."""

    uses: tuple[int, ...]
    blocks: tuple[Block, ...]
    offset: Scores

    def scores(self, pieces: tuple[Keys, ...]) -> Scores:
        """A score per kind."""
        total = self.offset.copy()
        for at, block in zip(self.uses, self.blocks, strict=True):
            total += block.scores(pieces[at])
        return total
