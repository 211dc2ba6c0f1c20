"""Fits the linear models to labelled mails. The same mails and versions give the same numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from corpus import Labelled
from mailbot.classify.clusters import WordClusters
from mailbot.classify.grams import Keys
from mailbot.classify.linear import LinearModel, QuantizedWeights, Vectorizer
from mailbot.classify.model import INPUTS
from mailbot.classify.reading import features_of
from mailbot.classify.verdicts import KINDS

#: In how many mails a feature must occur (document frequency), for character n-grams, words, coarse and fine clusters,
#: grammar.
MIN_DF = (17, 8, 7, 7, 5)
#: The inverse strength of the L2 regularisation, per linear model.
C = (100.0, 100.0, 30.0, 30.0)

Features = list[tuple[Keys, ...]]


def features(mails: list[Labelled], clusters: WordClusters) -> Features:
    """What the linear models see of each mail."""
    return [features_of(mail.reading, mail.rules, clusters) for mail in mails]


def labels_of(mails: list[Labelled]) -> NDArray[np.int64]:
    """A row per mail, a column per kind."""
    return np.array([[kind in mail.kinds for kind in KINDS] for mail in mails], np.int64)


def fit(features: Features, labels: NDArray[np.int64]) -> tuple[tuple[Vectorizer, ...], tuple[LinearModel, ...]]:
    """The vectorizers and the linear models."""
    blocks = [[mail[at] for mail in features] for at in range(len(MIN_DF))]
    vectorizers = tuple(_vectorizer(keys, min_df) for keys, min_df in zip(blocks, MIN_DF, strict=True))
    matrices = [_matrix(vectorizer, keys) for vectorizer, keys in zip(vectorizers, blocks, strict=True)]
    return vectorizers, tuple(_linear_model(inputs, matrices, labels, c) for inputs, c in zip(INPUTS, C, strict=True))


def _vectorizer(mails: list[Keys], min_df: int) -> Vectorizer:
    keys, df = np.unique(np.concatenate([np.unique(keys) for keys in mails]), return_counts=True)
    keys, df = keys[df >= min_df], df[df >= min_df]
    return Vectorizer(keys, (1 + np.log((1 + len(mails)) / (1 + df))).astype(np.float32))


def _matrix(vectorizer: Vectorizer, mails: list[Keys]) -> csr_matrix:
    entries = vectorizer.transform(mails)
    return csr_matrix((entries.value, (entries.row, entries.column)), shape=(len(mails), len(vectorizer.vocabulary)))


def _linear_model(
    inputs: tuple[int, ...], matrices: list[csr_matrix], labels: NDArray[np.int64], c: float
) -> LinearModel:
    """One-vs-rest: a logistic regression per kind."""
    chosen = [matrices[at] for at in inputs]
    fits = [_logistic_regression(hstack(chosen).tocsr(), labels[:, at], c) for at in range(labels.shape[1])]
    weights = np.stack([each.coef_[0] for each in fits], axis=1)
    edges = np.cumsum([matrix.shape[1] for matrix in chosen])[:-1]
    blocks = tuple(_quantized(each) for each in np.split(weights, edges))
    return LinearModel(inputs, blocks, np.array([each.intercept_[0] for each in fits], np.float32))


def _logistic_regression(matrix: csr_matrix, labels: NDArray[np.int64], c: float) -> LogisticRegression:
    model = LogisticRegression(C=c, class_weight="balanced", solver="liblinear", random_state=0, max_iter=200)
    return model.fit(matrix, labels)


def _quantized(weights: NDArray[np.float64]) -> QuantizedWeights:
    """Weights in eight bits, with a scale per kind."""
    scale = np.abs(weights).max(axis=0) / 127 + 1e-12
    return QuantizedWeights(np.round(weights / scale).astype(np.int8), scale.astype(np.float32))
