"""`make train`: rebuilds the sorter's model from the labelled mails.

First the ensemble is trained without some groups of writers, and scores their held-out mails: from these follows its
calibration. Then it is trained on all. The network takes most of the time; each one that was fine-tuned is kept in
build/, so that an interrupted run carries on.

`make refit` fits the linear models alone. `make further` does that too, once the shipped network has learnt from
further files of mails.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import augment
import batching
import finetune
import jax
import numpy as np
import onnx_export
import passages
import smoothquant
import synthetic
from calibrate import calibrated
from fusion import fused
from numpy.typing import NDArray
from onnx_import import imported
from passages import Passage, Pool, pool_of, read_passages
from synthetic import with_passages
from vocabulary import PIECES, kept

import corpus
import fit
from mailbot.classify.clusters import WordClusters
from mailbot.classify.model import MEMBERS, Ensemble, Model, load, stored
from mailbot.classify.network import encode, load_network, load_tokenizer, network_of
from mailbot.classify.scoring import logits_of

TOP = Path(__file__).parents[2]
MODEL = TOP / "mailbot" / "classify" / "model.npz"
NETWORK = MODEL.with_name("network.onnx")
BUILD = TOP / "build"
TRAINED_ON = ("train/*.jsonl", "examples.jsonl")
PASSAGES = "beside.jsonl"
#: Every so many files of mails one is held out; a file is by one group of writers. Every so many passages one too.
FOLDS = 6
#: On so many mails the network's activations are measured before it is quantised.
CALIBRATION_MAILS = 120
#: So many mails that the network knows are read again beside further ones.
REHEARSED = 5_000
#: How far the network goes from what it was to what it learnt further: the mean of the weights keeps more of what it
#: knew of other mail (WiSE-FT, Wortsman et al. 2022).
FURTHER_SHARE = 0.5

Mask = NDArray[np.bool_]
#: Labelled mails and the passages that augment them in, the bytes of the network's file out.
Finetune = Callable[[list[corpus.Labelled], Pool], bytes]


def main() -> None:
    """Trains and writes the model and the network."""
    training = Training(corpus.read(*TRAINED_ON), read_passages(PASSAGES), corpus.word_clusters(), cached)
    match sys.argv[1:]:
        case ["--linear"]:
            refit(training)
        case ["--further", *files]:
            learn_further(training, frozenset(files))
            refit(training)
        case _:
            train(training)


def learn_further(training: Training, files: frozenset[str]) -> None:
    """Fine-tunes the shipped network on the mails of these files, each twice, among others that it has read before so
    that it forgets nothing, and takes the weights half-way. The calibration stays: one of an ensemble that had not read
    some writers."""
    there = {Path(mail.file).stem for mail in training.mails}
    if not files or not files <= there:
        missing = ", ".join(sorted(files - there)) or "none was named"
        raise SystemExit(f'make further MAILS="...": files in tests/corpus/train without their ending; {missing}')
    new = [mail for mail in training.mails if Path(mail.file).stem in files]
    known = [mail for mail in training.mails if Path(mail.file).stem not in files]
    rehearsed = np.random.default_rng(1).choice(len(known), min(REHEARSED, len(known)), replace=False)
    mails = [*new, *new, *(known[at] for at in rehearsed)]
    tokenize, vocabulary = load_tokenizer(PIECES.read_bytes()), kept()
    start = imported(NETWORK.read_bytes(), vocabulary)
    pool = pool_of(training.passages)
    weights = finetune.finetuned(mails, pool, tokenize, vocabulary, finetune.FURTHER, start)
    NETWORK.write_bytes(fused(exported(between(start, weights, FURTHER_SHARE), training.mails)))
    print(f"{len(new)} further mails -> {NETWORK.name} {_size(NETWORK)} MB")


def between(start: finetune.Weights, end: finetune.Weights, share: float) -> finetune.Weights:
    """The weights at this share of the way from those of one network to those of another, 0 to 1."""
    return jax.tree.map(lambda one, other: (1 - share) * one + share * other, start, end)


def refit(training: Training) -> None:
    """Fits the linear models anew beside the network and the calibration that are shipped."""
    shipped = load(MODEL.read_bytes(), load_network())
    vectorizers, linear_models = fit.fit(training.features, training.labels)
    ensemble = Ensemble(vectorizers, linear_models, training.clusters, shipped.ensemble.network)
    MODEL.write_bytes(stored(Model(ensemble, shipped.calibration)))
    print(f"{len(training.mails)} mails -> {MODEL.name} {_size(MODEL)} MB")


def train(training: Training) -> None:
    """Trains all members and calibrates them."""
    held_out = training.held_out
    logits = training.held_out_logits()
    calibration = calibrated(logits, training.labels[held_out], training.is_answer[held_out].tolist())
    everything = np.ones(len(training.mails), bool)
    MODEL.write_bytes(stored(Model(training.ensemble(everything), calibration)))
    NETWORK.write_bytes(training.network(everything))
    print(f"{len(training.mails)} mails -> " + ", ".join(f"{each.name} {_size(each)} MB" for each in (MODEL, NETWORK)))
    print("weights of the members", np.round(calibration.weights, 2), "threshold", round(calibration.threshold, 2))


@dataclass(frozen=True)
class Training:
    """The labelled mails, and the passages that are put into them. Of both one in so many is held out."""

    mails: list[corpus.Labelled]
    passages: list[Passage]
    clusters: WordClusters
    finetune: Finetune

    @cached_property
    def augmented(self) -> list[corpus.Labelled]:
        """The mails with passages put in; where a mail is held out, the passage is too."""
        rng, pools = np.random.default_rng(0), (self._pool(held_out=False), self._pool(held_out=True))
        return [
            with_passages(mail, pools[int(held_out)], rng)
            for mail, held_out in zip(self.mails, self.held_out, strict=True)
        ]

    def _pool(self, *, held_out: bool) -> Pool:
        return pool_of([each for at, each in enumerate(self.passages) if (at % FOLDS == 0) is held_out])

    @cached_property
    def features(self) -> fit.Features:
        """The features of every mail."""
        return fit.features(self.augmented, self.clusters)

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Mails x kinds: what people say is asked."""
        return fit.labels_of(self.mails)

    @property
    def is_answer(self) -> Mask:
        """Which mails may be a short answer to what they quote."""
        return np.array([bool(mail.reading.quoted) for mail in self.augmented])

    @property
    def held_out(self) -> Mask:
        """The mails that are scored by an ensemble which has not seen their writers."""
        files = sorted({mail.file for mail in self.mails})
        chosen = set(itertools.islice(files, 0, None, FOLDS))
        return np.array([mail.file in chosen for mail in self.mails])

    def network(self, chosen: Mask) -> bytes:
        """The file of the network that is fine-tuned on some of the mails."""
        pool = pool_of(self.passages) if chosen.all() else self._pool(held_out=False)
        return fused(self.finetune([self.mails[at] for at in np.flatnonzero(chosen)], pool))

    def ensemble(self, chosen: Mask) -> Ensemble:
        """The ensemble trained on some of the mails."""
        rows = np.flatnonzero(chosen)
        vectorizers, linear_models = fit.fit([self.features[at] for at in rows], self.labels[rows])
        network = network_of(self.network(chosen), load_tokenizer(PIECES.read_bytes()))
        return Ensemble(vectorizers, linear_models, self.clusters, network)

    def held_out_logits(self) -> NDArray[np.float64]:
        """The logits of the held-out mails, by an ensemble trained on the others: mails x members x kinds."""
        ensemble = self.ensemble(~self.held_out)
        mails = [self.augmented[at] for at in np.flatnonzero(self.held_out)]
        logits = [logits_of(mail.reading, ensemble, mail.rules).members for mail in mails]
        return np.array(logits).reshape(-1, MEMBERS, self.labels.shape[1])


def cached(mails: list[corpus.Labelled], pool: Pool) -> bytes:
    """The network fine-tuned on these mails, once for the same mails, passages, tokenizer and code."""
    written = repr(([(mail.subject, mail.text, mail.quoted, mail.kinds) for mail in mails], pool)).encode()
    modules = (finetune, batching, augment, passages, synthetic, onnx_export, smoothquant)
    code = b"".join(Path(each.__file__).read_bytes() for each in modules)
    file = BUILD / f"network-{sha256(written + code + PIECES.read_bytes()).hexdigest()[:16]}.onnx"
    if not file.is_file():
        weights = finetune.finetuned(mails, pool, load_tokenizer(PIECES.read_bytes()), kept())
        BUILD.mkdir(exist_ok=True)
        file.write_bytes(exported(weights, mails))
    return file.read_bytes()


def exported(weights: finetune.Weights, mails: list[corpus.Labelled]) -> bytes:
    """The file of the network with these weights, quantised by what some of the mails activate."""
    tokenize = load_tokenizer(PIECES.read_bytes())
    sample = [encode(mail.reading, tokenize) for mail in mails[:: max(1, len(mails) // CALIBRATION_MAILS)]]
    return onnx_export.exported(weights, kept(), sample)


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f}"


if __name__ == "__main__":
    main()
