"""Fits the parts of the sorter's model to labelled mails. The same mails and versions give the same numbers."""

from __future__ import annotations

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
FEWEST = (10, 7, 7, 7, 5)
#: How loosely weights are held, per part.
LOOSENESS = (100.0, 100.0, 30.0, 30.0)

Pieces = list[tuple[Keys, ...]]


def pieces_of(mails: list[Labelled], meanings: Meanings) -> Pieces:
    """What the classifier sees of each mail."""
    return [reading.pieces(mail.reading, mail.rules, meanings) for mail in mails]


def targets(mails: list[Labelled]) -> NDArray[np.int64]:
    """A row per mail, a column per kind."""
    return np.array([[kind in mail.kinds for kind in KINDS] for mail in mails], np.int64)


def fit(pieces: Pieces, wanted: NDArray[np.int64]) -> tuple[tuple[linear.Column, ...], tuple[linear.Linear, ...]]:
    """The columns and the parts of the model."""
    texts = [[one[at] for one in pieces] for at in range(len(FEWEST))]
    columns = tuple(_column(keys, fewest) for keys, fewest in zip(texts, FEWEST, strict=True))
    matrices = [_matrix(column, keys) for column, keys in zip(columns, texts, strict=True)]
    return columns, tuple(_part(uses, matrices, wanted, loose) for uses, loose in zip(PARTS, LOOSENESS, strict=True))


def _column(mails: list[Keys], fewest: int) -> linear.Column:
    keys, count = np.unique(np.concatenate([np.unique(keys) for keys in mails]), return_counts=True)
    keys, count = keys[count >= fewest], count[count >= fewest]
    return linear.Column(keys, (1 + np.log((1 + len(mails)) / (1 + count))).astype(np.float32))


def _matrix(column: linear.Column, mails: list[Keys]) -> csr_matrix:
    found = column.weigh(mails)
    return csr_matrix((found.value, (found.text, found.at)), shape=(len(mails), len(column.keys)))


def _part(uses: tuple[int, ...], matrices: list[csr_matrix], wanted: NDArray[np.int64], loose: float) -> linear.Linear:
    chosen = [matrices[at] for at in uses]
    fits = [_one(hstack(chosen).tocsr(), wanted[:, at], loose) for at in range(wanted.shape[1])]
    weights = np.stack([each.coef_[0] for each in fits], axis=1)
    edges = np.cumsum([matrix.shape[1] for matrix in chosen])[:-1]
    blocks = tuple(_block(each) for each in np.split(weights, edges))
    return linear.Linear(uses, blocks, np.array([each.intercept_[0] for each in fits], np.float32))


def _one(matrix: csr_matrix, wanted: NDArray[np.int64], loose: float) -> LogisticRegression:
    model = LogisticRegression(C=loose, class_weight="balanced", solver="liblinear", random_state=0, max_iter=200)
    return model.fit(matrix, wanted)


def _block(weights: NDArray[np.float64]) -> linear.Block:
    """Weights as whole numbers of a scale per kind."""
    scale = np.abs(weights).max(axis=0) / 127 + 1e-12
    return linear.Block(np.round(weights / scale).astype(np.int8), scale.astype(np.float32))
