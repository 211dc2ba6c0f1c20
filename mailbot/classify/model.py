"""The trained model as a value: an ensemble whose members read the same mail differently, and its calibration.

    character n-grams, words, word clusters together   what was written
    words, word clusters, grammar apart                second opinions; when they agree, the verdict is certain
    the network                                        the mail as a whole

`Calibration` turns the members' logits into probabilities. All numbers are made by `make train`.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.clusters import WordClusters
from mailbot.classify.linear import LinearModel, QuantizedWeights, Vectorizer
from mailbot.classify.network import Network

Floats = NDArray[np.float64]
Probabilities = NDArray[np.float64]

#: Which blocks of features each linear model reads: character n-grams 0, words 1, coarse clusters 2, fine clusters 3,
#: grammar 4.
INPUTS = ((0, 1, 2, 3), (1,), (2, 3), (4,))
WORDS = 1
BLOCKS = 1 + max(at for inputs in INPUTS for at in inputs)
#: Which linear models score each sentence alone too; the maximum over the sentences is a member of its own.
PER_SENTENCE = (0, 3)
#: How many members give logits on a mail; the last is the network.
MEMBERS = len(INPUTS) + len(PER_SENTENCE) + 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regressions on the members' logits (stacking), and thresholds, fitted on held-out mails.

    `threshold`: from which probability a kind is named. `near_threshold`: up to which probability of any right a mail
    may pass as asking nothing. `certainty_weights`: of `verdicts.certainty_features`, the bias last.
    """

    weights: Floats  # per member, the same for all kinds
    bias: Floats  # per kind
    threshold: float
    near_threshold: float
    certainty_weights: Floats


@dataclass(frozen=True, slots=True)
class Ensemble:
    """All members: linear models on shared features, and the network."""

    vectorizers: tuple[Vectorizer, ...]
    linear_models: tuple[LinearModel, ...]
    clusters: WordClusters
    network: Network


@dataclass(frozen=True, slots=True)
class Model:
    """What the sorter has learnt."""

    ensemble: Ensemble
    calibration: Calibration


def probabilities_of(logits: Floats, calibration: Calibration) -> Probabilities:
    """The probability of each kind that the mail asks it. `logits`: members x kinds."""
    stacked = calibration.weights @ logits + calibration.bias
    probabilities: Probabilities = 1 / (1 + np.exp(-np.clip(stacked, -30, 30)))
    return probabilities


def stored(model: Model) -> bytes:
    """The model as the bytes of its file."""
    ensemble, calibration = model.ensemble, model.calibration
    arrays: dict[str, NDArray[np.generic]] = {}
    for at, vectorizer in enumerate(ensemble.vectorizers):
        arrays |= {f"vocabulary{at}": vectorizer.vocabulary, f"idf{at}": vectorizer.idf}
    for at, linear in enumerate(ensemble.linear_models):
        arrays[f"bias{at}"] = linear.bias
        for block, quantized in zip(linear.inputs, linear.blocks, strict=True):
            arrays |= {f"weights{at}.{block}": quantized.weights, f"scale{at}.{block}": quantized.scale}
    words = sorted(ensemble.clusters.of_word)
    arrays["words"] = np.frombuffer("\n".join(words).encode(), np.uint8)
    arrays["clusters"] = np.array([ensemble.clusters.of_word[word] for word in words], np.int16).reshape(-1, 2)
    arrays |= {f"calibration.{name}": np.asarray(getattr(calibration, name)) for name in Calibration.__slots__}
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def load(stored: bytes, network: Network) -> Model:
    """A model from the bytes of its file, with the network that it was trained beside."""
    with np.load(BytesIO(stored), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    vectorizers = tuple(Vectorizer(arrays[f"vocabulary{at}"], arrays[f"idf{at}"]) for at in range(BLOCKS))
    linear_models = tuple(_linear_model(arrays, at, inputs) for at, inputs in enumerate(INPUTS))
    words = arrays["words"].tobytes().decode().split("\n")
    clusters = {word: (int(coarse), int(fine)) for word, (coarse, fine) in zip(words, arrays["clusters"], strict=True)}
    return Model(Ensemble(vectorizers, linear_models, WordClusters(clusters), network), _calibration(arrays))


def _linear_model(arrays: dict[str, NDArray[Any]], at: int, inputs: tuple[int, ...]) -> LinearModel:
    blocks = tuple(QuantizedWeights(arrays[f"weights{at}.{block}"], arrays[f"scale{at}.{block}"]) for block in inputs)
    return LinearModel(inputs, blocks, arrays[f"bias{at}"])


def _calibration(arrays: dict[str, NDArray[Any]]) -> Calibration:
    return Calibration(
        weights=arrays["calibration.weights"],
        bias=arrays["calibration.bias"],
        threshold=float(arrays["calibration.threshold"]),
        near_threshold=float(arrays["calibration.near_threshold"]),
        certainty_weights=arrays["calibration.certainty_weights"],
    )
