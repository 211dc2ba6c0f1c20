"""Linear models over hashed features, one logit per kind.

A model is a value: vectorizers of sorted feature keys, a weight per feature and kind, a bias per kind. Texts are scored
together, a mail and each of its sentences, in a few array operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.grams import Keys

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse matrix, texts x features, as its entries other than zero, row by row."""

    texts: int
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectorizer:
    """One block of features (character n-grams, words, grammar): its vocabulary, sorted, with the inverse document
    frequency of each."""

    vocabulary: Keys
    idf: NDArray[np.float32]

    def transform(self, texts: list[Keys]) -> Sparse:
        """The TF-IDF of each text: (1 + log(count)) x idf, each row of length one (L2)."""
        size, keys = len(self.vocabulary), np.concatenate(texts)
        row = np.repeat(np.arange(len(texts)), [len(each) for each in texts])
        column, known = self._lookup(keys)
        cells, counts = np.unique(row[known] * size + column[known], return_counts=True)
        row, column = np.divmod(cells, max(size, 1))
        values = ((1 + np.log(counts)) * self.idf[column]).astype(np.float32)
        norms = np.sqrt(np.bincount(row, values * values, len(texts))).astype(np.float32)
        return Sparse(len(texts), row, column, values / norms[row])

    def knows(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of the features are in the vocabulary."""
        return self._lookup(keys)[1]

    def _lookup(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where each feature would stand in the vocabulary, and whether it stands there."""
        at = np.minimum(np.searchsorted(self.vocabulary, keys), max(len(self.vocabulary) - 1, 0))
        return at, self.vocabulary[at] == keys if len(self.vocabulary) else np.zeros(len(keys), bool)


@dataclass(frozen=True, slots=True)
class QuantizedWeights:
    """The weights of one block of features, in eight bits."""

    weights: NDArray[np.int8]  # features x kinds
    scale: NDArray[np.float32]  # per kind

    def logits(self, features: Sparse) -> Logits:
        """Texts x kinds, without a bias."""
        sums = np.zeros((features.texts, len(self.scale)), np.float32)
        texts, first = np.unique(features.row, return_index=True)
        if len(texts):
            terms = features.value[:, None] * self.weights[features.column].astype(np.float32)
            sums[texts] = np.add.reduceat(terms, first) * self.scale
        return sums


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One-vs-rest logistic regression. `inputs` says which block of features each of its weights is for."""

    inputs: tuple[int, ...]
    blocks: tuple[QuantizedWeights, ...]
    bias: Logits

    def logits(self, features: list[Sparse]) -> Logits:
        """Texts x kinds. `features`: one matrix per block."""
        return sum((block.logits(features[at]) for at, block in zip(self.inputs, self.blocks, strict=True)), self.bias)
