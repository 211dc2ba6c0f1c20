"""The logits that the members of the ensemble give a mail: the whole of it, and each of its sentences.

The rule kept: a request counts where it stands, also as one line in a long story.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify import grams
from mailbot.classify.model import PER_SENTENCE, WORDS, Ensemble
from mailbot.classify.normal import Sentence
from mailbot.classify.reading import Reading, features_of
from mailbot.classify.rules import Rules

Floats = NDArray[np.float64]

#: More sentences than this are not scored one by one.
MAX_SENTENCES = 60
#: A window of a mail that is scored alone: whole sentences, together at least so many characters.
WINDOW = 120


@dataclass(frozen=True, slots=True)
class MailLogits:
    """`members`: of each linear model on the whole mail, of those that score sentences the maximum over these, and of
    the network; members x kinds. `sentences`: the sum of the models that score each of these; sentences x kinds."""

    members: Floats
    sentences: Floats


def logits_of(reading: Reading, ensemble: Ensemble, rules: Rules) -> MailLogits:
    """Scores a mail and its sentences."""
    texts = [reading, *(Reading((sentence,), ()) for sentence in quotable(reading))]
    features = [features_of(text, rules, ensemble.clusters) for text in texts]
    matrices = [each.transform([text[at] for text in features]) for at, each in enumerate(ensemble.vectorizers)]
    logits = np.stack([model.logits(matrices) for model in ensemble.linear_models]).astype(np.float64)
    whole, alone = logits[:, 0], logits[list(PER_SENTENCE), 1:]
    pooled = alone.max(axis=1) if alone.size else whole[list(PER_SENTENCE)]
    return MailLogits(np.concatenate([whole, pooled, ensemble.network.logits(reading)[None]]), alone.sum(axis=0))


def quotable(reading: Reading) -> tuple[Sentence, ...]:
    """The sentences that a request can be quoted from."""
    return (reading.own or reading.quoted)[:MAX_SENTENCES]


def vocabulary_coverage(reading: Reading, ensemble: Ensemble) -> float:
    """The share of the own words that are in the vocabulary of the training mails, 0 to 1."""
    keys = grams.name_keys(list(reading.tokens))
    return float(ensemble.vectorizers[WORDS].knows(keys).mean()) if len(keys) else 0.0


def max_window_logits(reading: Reading, ensemble: Ensemble) -> Floats:
    """The network's logit of each kind in the window where it is highest, each window scored as a whole mail."""
    windows = _windows(reading)
    if len(windows) < 2:  # the whole was scored already
        return np.full(len(ensemble.linear_models[0].bias), -np.inf)
    return np.max([ensemble.network.logits(Reading(window, ())) for window in windows], axis=0)  # type: ignore[no-any-return]


def _windows(reading: Reading) -> list[tuple[Sentence, ...]]:
    """The own text in windows of whole sentences, none of which overlap."""
    windows: list[tuple[Sentence, ...]] = []
    open_: tuple[Sentence, ...] = ()
    for sentence in (each for each in reading.own if each.part == "text"):
        open_ = (*open_, sentence)
        if sum(len(each.written) for each in open_) >= WINDOW:
            windows, open_ = [*windows, open_], ()
    return [*windows, open_] if open_ else windows
