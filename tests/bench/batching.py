"""Encoded mails in padded batches of one length each.

All epochs are drawn before the first step, so that the learning-rate schedule knows how many steps there are: with
what augmentation adds to a mail there are more batches than the mails alone would fill.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from augment import augmented
from numpy.typing import NDArray
from passages import Pool

from corpus import Labelled
from mailbot.classify.network import MAX_TOKENS, Tokenize, encode
from mailbot.classify.verdicts import KINDS

#: The lengths that batches are padded to, and so many tokens are in each, padding included.
BUCKETS = (32, 48, 64, 80, 96, 128, 176, 240, MAX_TOKENS)
TOKENS_PER_BATCH = 2048
#: Of the tokens so many are replaced by the unknown one.
TOKEN_DROPOUT = 0.10
_PAD, _UNK, _SPECIAL = 1, 3, 4


class Example(NamedTuple):
    """An encoded mail, and for each kind whether it is asked."""

    token_ids: NDArray[np.int64]
    segment_ids: NDArray[np.int64]
    labels: NDArray[np.float32]


class Batch(NamedTuple):
    """Examples in rows of one length. `attention_mask`: which positions hold a token; `weights`: 1 for a row that
    holds an example, 0 for padding."""

    token_ids: NDArray[np.int64]
    segment_ids: NDArray[np.int64]
    attention_mask: NDArray[np.bool_]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]


Plan = list[tuple[int, list[Example]]]


def planned(mails: list[Labelled], pool: Pool, tokenize: Tokenize, epochs: int, rng: np.random.Generator) -> Plan:
    """What each training step takes, epoch after epoch: a length, and the examples that are padded to it."""
    plan: Plan = []
    for _ in range(epochs):
        examples = [_example(augmented(mail, mails, pool, rng), tokenize) for mail in mails]
        lengths = [len(example.token_ids) for example in examples]
        plan += [(length, [examples[at] for at in chosen]) for length, chosen in _bucketed(lengths, rng)]
    return plan


def _example(mail: Labelled, tokenize: Tokenize) -> Example:
    return Example(*encode(mail.reading, tokenize), np.array([kind in mail.kinds for kind in KINDS], np.float32))


def _bucketed(lengths: list[int], rng: np.random.Generator) -> Iterator[tuple[int, list[int]]]:
    """Mails of about one length, shuffled."""
    buckets: dict[int, list[int]] = {length: [] for length in BUCKETS}
    for at in rng.permutation(len(lengths)).tolist():
        buckets[next(length for length in BUCKETS if lengths[at] <= length)].append(at)
    batches = [
        (length, bucket[first : first + _batch_size(length)])
        for length, bucket in buckets.items()
        for first in range(0, len(bucket), _batch_size(length))
    ]
    for at in rng.permutation(len(batches)).tolist():
        yield batches[at]


def _batch_size(length: int) -> int:
    return TOKENS_PER_BATCH // length


def padded(examples: list[Example], length: int, rng: np.random.Generator) -> Batch:
    """The examples as one batch, with token dropout."""
    size = _batch_size(length)
    token_ids, segment_ids = np.full((size, length), _PAD), np.zeros((size, length), np.int64)
    attention_mask, weights = np.zeros((size, length), bool), np.zeros(size, np.float32)
    attention_mask[:, 0] = True  # a row of padding attends to something too
    labels = np.zeros((size, len(KINDS)), np.float32)
    for at, example in enumerate(examples):
        here = slice(len(example.token_ids))
        token_ids[at, here], segment_ids[at, here] = _with_dropout(example.token_ids, rng), example.segment_ids
        attention_mask[at, here], labels[at], weights[at] = True, example.labels, 1
    return Batch(token_ids, segment_ids, attention_mask, labels, weights)


def _with_dropout(token_ids: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    dropped = (rng.random(len(token_ids)) < TOKEN_DROPOUT) & (token_ids >= _SPECIAL)
    return np.where(dropped, _UNK, token_ids)
