"""How far the parts of the model are to be trusted: read from mails that they were not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from mailbot.classify.model import VOICES, Trust, chances_of
from mailbot.classify.verdicts import KINDS, chosen, signs_of
from mailbot.model import REQUEST_KINDS, Kind

Floats = NDArray[np.float64]

#: Nearer than this part of the nearest request that was missed is too near.
SAFE = 0.8


def trust_of(scores: Floats, wanted: NDArray[np.int64], answers: list[bool]) -> Trust:
    """`scores`: mails x voices x kinds, each from parts that had not seen the mail's writer."""
    weights, offset = _stack(scores, wanted)
    plain = Trust(weights, offset, 0.5, 0.0, np.zeros(0))
    chances = [chances_of(one, plain) for one in scores]
    sets = [{kind for kind, asked in zip(KINDS, row, strict=True) if asked} for row in wanted]
    named_from = max(np.arange(0.3, 0.61, 0.05), key=lambda edge: _exact(chances, sets, edge))
    signs = _signs(scores, chances, sets, float(named_from), answers)
    return Trust(weights, offset, float(named_from), _near(chances, sets, float(named_from), answers), signs)


def _stack(scores: Floats, wanted: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """A weight per voice, the same for all kinds, and an offset per kind."""
    kinds = len(KINDS)
    said = scores.transpose(0, 2, 1).reshape(-1, VOICES)
    which = np.tile(np.eye(kinds), (len(scores), 1))
    fitted = LogisticRegression(C=1.0, max_iter=2000, fit_intercept=False).fit(np.hstack([said, which]), wanted.ravel())
    return fitted.coef_[0][:VOICES], fitted.coef_[0][VOICES:]


def _exact(chances: list[Floats], sets: list[set[Kind]], edge: float) -> int:
    return sum(set(chosen(one, edge)) == right for one, right in zip(chances, sets, strict=True))


def _near(chances: list[Floats], sets: list[set[Kind]], edge: float, answers: list[bool]) -> float:
    """How near a right may come: so little that not one request passes as mail that asks nothing."""
    rights = np.array([kind in REQUEST_KINDS for kind in KINDS])
    missed = [
        float(one[rights].max())
        for one, asked, answer in zip(chances, sets, answers, strict=True)
        if asked & REQUEST_KINDS and not answer and not REQUEST_KINDS.intersection(chosen(one, edge))
    ]
    return min(missed, default=1.0) * SAFE


def _signs(scores: Floats, chances: list[Floats], sets: list[set[Kind]], edge: float, answers: list[bool]) -> Floats:
    named = [chosen(one, edge) for one in chances]
    signs = np.array(
        [signs_of(*row, edge, answer) for *row, answer in zip(scores, chances, named, answers, strict=True)]
    )
    right = [set(kinds) == wanted for kinds, wanted in zip(named, sets, strict=True)]
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(signs, right)
    return np.append(fitted.coef_[0], fitted.intercept_[0])
