"""Fits the calibration of the ensemble, its stacking weights and its thresholds, on held-out mails."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from mailbot.classify.model import MEMBERS, Calibration, probabilities_of
from mailbot.classify.verdicts import KINDS, certainty_features, predicted
from mailbot.model import REQUEST_KINDS, Kind

Floats = NDArray[np.float64]

#: The threshold for what passes is this part of the probability of the nearest request that was missed.
SAFETY_MARGIN = 0.8


def calibrated(logits: Floats, labels: NDArray[np.int64], is_answer: list[bool]) -> Calibration:
    """`logits`: mails x members x kinds, each from members that had not seen the mail's writer."""
    weights, bias = _stacked(logits, labels)
    stacking = Calibration(weights, bias, 0.5, 0.0, np.zeros(0))
    probabilities = [probabilities_of(each, stacking) for each in logits]
    sets = [{kind for kind, asked in zip(KINDS, row, strict=True) if asked} for row in labels]
    threshold = float(max(np.arange(0.3, 0.61, 0.05), key=lambda value: _exact_matches(probabilities, sets, value)))
    near_threshold = _near_threshold(probabilities, sets, threshold, is_answer)
    certainty_weights = _certainty_weights(logits, probabilities, sets, threshold, is_answer)
    return Calibration(weights, bias, threshold, near_threshold, certainty_weights)


def _stacked(logits: Floats, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """A weight per member, the same for all kinds, and a bias per kind."""
    kinds = len(KINDS)
    features = logits.transpose(0, 2, 1).reshape(-1, MEMBERS)
    one_hot = np.tile(np.eye(kinds), (len(logits), 1))
    fitted = LogisticRegression(C=1.0, max_iter=2000, fit_intercept=False).fit(
        np.hstack([features, one_hot]), labels.ravel()
    )
    return fitted.coef_[0][:MEMBERS], fitted.coef_[0][MEMBERS:]


def _exact_matches(probabilities: list[Floats], sets: list[set[Kind]], threshold: float) -> int:
    return sum(set(predicted(each, threshold)) == right for each, right in zip(probabilities, sets, strict=True))


def _near_threshold(
    probabilities: list[Floats], sets: list[set[Kind]], threshold: float, is_answer: list[bool]
) -> float:
    """How near a right may come: so little that not one request passes as mail that asks nothing."""
    rights = np.array([kind in REQUEST_KINDS for kind in KINDS])
    missed = [
        float(each[rights].max())
        for each, asked, answer in zip(probabilities, sets, is_answer, strict=True)
        if asked & REQUEST_KINDS and not answer and not REQUEST_KINDS.intersection(predicted(each, threshold))
    ]
    return min(missed, default=1.0) * SAFETY_MARGIN


def _certainty_weights(
    logits: Floats, probabilities: list[Floats], sets: list[set[Kind]], threshold: float, is_answer: list[bool]
) -> Floats:
    """A logistic regression that predicts whether exactly the right kinds are named; the bias last."""
    named = [predicted(each, threshold) for each in probabilities]
    rows = zip(logits, probabilities, named, is_answer, strict=True)
    features = np.array([certainty_features(*row, threshold, answer) for *row, answer in rows])
    right = [set(kinds) == asked for kinds, asked in zip(named, sets, strict=True)]
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(features, right)
    return np.append(fitted.coef_[0], fitted.intercept_[0])
