"""Fits the linear model of the classifier to labelled mails. The same mails and versions give the same bytes."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from corpus import Labelled
from mailbot.classify import linear, reading
from mailbot.classify.grams import Keys
from mailbot.classify.verdicts import KINDS

#: How much each block counts, how strictly weights are kept small, and how often a piece must occur.
BLOCKS = ((1.0, 2), (1.0, 2))
STRICTNESS = 10.0


def pieces_of(mails: list[Labelled]) -> list[tuple[Keys, ...]]:
    """What the classifier sees of each mail."""
    return [reading.pieces(reading.read(mail.subject, mail.text, mail.quoted)) for mail in mails]


def targets(mails: list[Labelled]) -> NDArray[np.int64]:
    """A row per mail, a column per kind."""
    return np.array([[kind in mail.kinds for kind in KINDS] for mail in mails], np.int64)


def fit(pieces: list[tuple[Keys, ...]], wanted: NDArray[np.int64]) -> linear.Linear:
    """The model of these mails."""
    known = [_vocabulary([one[at] for one in pieces], fewest) for at, (_, fewest) in enumerate(BLOCKS)]
    matrix = hstack(
        [_matrix(known[at], [one[at] for one in pieces], BLOCKS[at][0]) for at in range(len(BLOCKS))]
    ).tocsr()
    fits = [_one(matrix, wanted[:, at]) for at in range(wanted.shape[1])]
    weights = np.stack([each.coef_[0] for each in fits], axis=1)
    offset = np.array([each.intercept_[0] for each in fits], np.float32)
    edges = np.cumsum([0, *(len(keys) for keys, _ in known)])
    blocks = tuple(
        _block(keys, rarity, weights[edges[at] : edges[at + 1]] * BLOCKS[at][0])
        for at, (keys, rarity) in enumerate(known)
    )
    return linear.Linear(blocks, offset)


def _one(matrix: csr_matrix, wanted: NDArray[np.int64]) -> LogisticRegression:
    return LogisticRegression(
        C=STRICTNESS, class_weight="balanced", solver="liblinear", random_state=0, max_iter=200
    ).fit(matrix, wanted)


def _vocabulary(mails: list[Keys], fewest: int) -> tuple[Keys, NDArray[np.float32]]:
    """The keys that occur in enough mails, sorted, and how rare each is."""
    keys, count = np.unique(np.concatenate([np.unique(keys) for keys in mails]), return_counts=True)
    keys, count = keys[count >= fewest], count[count >= fewest]
    rarity = 1 + np.log((1 + len(mails)) / (1 + count))
    return keys, rarity.astype(np.float32)


def _matrix(known: tuple[Keys, NDArray[np.float32]], mails: list[Keys], share: float) -> csr_matrix:
    rows = [linear.weigh(*known, keys) for keys in mails]
    edges = np.cumsum([0, *(len(at) for at, _ in rows)])
    values = np.concatenate([values for _, values in rows]) * share
    return csr_matrix((values, np.concatenate([at for at, _ in rows]), edges), shape=(len(mails), len(known[0])))


def _block(keys: Keys, rarity: NDArray[np.float32], weights: NDArray[np.float64]) -> linear.Block:
    """Weights as whole numbers of a scale per kind."""
    scale = np.abs(weights).max(axis=0) / 127 + 1e-12
    return linear.Block(keys, rarity, np.round(weights / scale).astype(np.int8), scale.astype(np.float32))


def stored(model: linear.Linear) -> bytes:
    """The model as the bytes of its file."""
    arrays = {
        f"{name}{at}": getattr(block, name)
        for at, block in enumerate(model.blocks)
        for name in ("keys", "rarity", "weights", "scale")
    }
    buffer = BytesIO()
    np.savez_compressed(buffer, blocks=np.int64(len(model.blocks)), offset=model.offset, **arrays)
    return buffer.getvalue()
