"""Fits the parts of the sorter's model to labelled mails. The same mails and versions give the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from corpus import Labelled
from mailbot.classify import linear, reading
from mailbot.classify.grams import Keys
from mailbot.classify.meaning import Meanings
from mailbot.classify.model import PARTS
from mailbot.classify.verdicts import KINDS

#: In how many mails a piece must occur, for letters, words, coarse and fine meanings, grammar.
FEWEST = (4, 3, 3, 3, 3)
#: How loosely weights are held, per part.
LOOSENESS = (100.0, 100.0, 30.0, 30.0)

Pieces = list[tuple[Keys, ...]]


def pieces_of(mails: list[Labelled], meanings: Meanings) -> Pieces:
    """What the classifier sees of each mail."""
    return [reading.pieces(mail.reading, mail.rules, meanings) for mail in mails]


def targets(mails: list[Labelled]) -> NDArray[np.int64]:
    """A row per mail, a column per kind."""
    return np.array([[kind in mail.kinds for kind in KINDS] for mail in mails], np.int64)


@dataclass(frozen=True)
class _Column:
    """One sort of pieces of all mails: what is known of it, and the mails as a matrix."""

    keys: Keys
    rarity: NDArray[np.float32]
    matrix: csr_matrix


def fit(pieces: Pieces, wanted: NDArray[np.int64]) -> tuple[linear.Linear, ...]:
    """The parts of the model."""
    columns = [_column([one[at] for one in pieces], fewest) for at, fewest in enumerate(FEWEST)]
    return tuple(_part(uses, columns, wanted, loose) for uses, loose in zip(PARTS, LOOSENESS, strict=True))


def _column(mails: list[Keys], fewest: int) -> _Column:
    keys, count = np.unique(np.concatenate([np.unique(keys) for keys in mails]), return_counts=True)
    keys, count = keys[count >= fewest], count[count >= fewest]
    rarity = (1 + np.log((1 + len(mails)) / (1 + count))).astype(np.float32)
    rows = [linear.weigh(keys, rarity, mail) for mail in mails]
    edges = np.cumsum([0, *(len(at) for at, _ in rows)])
    values, places = np.concatenate([values for _, values in rows]), np.concatenate([at for at, _ in rows])
    return _Column(keys, rarity, csr_matrix((values, places, edges), shape=(len(mails), len(keys))))


def _part(uses: tuple[int, ...], columns: list[_Column], wanted: NDArray[np.int64], loose: float) -> linear.Linear:
    matrix = hstack([columns[at].matrix for at in uses]).tocsr()
    fits = [_one(matrix, wanted[:, at], loose) for at in range(wanted.shape[1])]
    weights = np.stack([each.coef_[0] for each in fits], axis=1)
    edges = np.cumsum([0, *(len(columns[at].keys) for at in uses)])
    blocks = tuple(_block(columns[at], weights[edges[n] : edges[n + 1]]) for n, at in enumerate(uses))
    return linear.Linear(uses, blocks, np.array([each.intercept_[0] for each in fits], np.float32))


def _one(matrix: csr_matrix, wanted: NDArray[np.int64], loose: float) -> LogisticRegression:
    model = LogisticRegression(C=loose, class_weight="balanced", solver="liblinear", random_state=0, max_iter=200)
    return model.fit(matrix, wanted)


def _block(column: _Column, weights: NDArray[np.float64]) -> linear.Block:
    """Weights as whole numbers of a scale per kind."""
    scale = np.abs(weights).max(axis=0) / 127 + 1e-12
    return linear.Block(column.keys, column.rarity, np.round(weights / scale).astype(np.int8), scale.astype(np.float32))
