"""Text to features: the character n-grams, words and word pairs that the linear models weigh.

A feature is a 64-bit hash of its name (the hashing trick), so that a whole mail is counted in a few array operations.
"""

from __future__ import annotations

import itertools
import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_PRIME = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_WORD = re.compile(r"[a-z0-9@'€]+")
_MIN_N, _MAX_N = 2, 5


def words(folded: str) -> list[str]:
    """The words of a folded text; a number is known only by its length."""
    return [f"#{min(len(word), 6)}" if word.isdigit() else word for word in _WORD.findall(folded)]


def char_keys(tokens: list[str]) -> Keys:
    """The character n-grams of two to five letters within a word, its borders included; with repeats."""
    text = " " + " ".join(tokens) + " "
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    borders = np.concatenate([[0], np.cumsum(codes == 32)])
    with np.errstate(over="ignore"):
        return np.concatenate([_ngrams(codes, borders, n) for n in range(_MIN_N, _MAX_N + 1)])


def _ngrams(codes: Keys, borders: NDArray[np.int64], n: int) -> Keys:
    count = len(codes) - n + 1
    if count <= 0:
        return np.zeros(0, np.uint64)
    keys = np.full(count, n, np.uint64)
    for at in range(n):
        keys = (keys * _PRIME) ^ (codes[at : at + count] * _SPREAD)
    whole = borders[n - 1 : n - 1 + count] - borders[1 : 1 + count] == 0
    kept: Keys = keys[whole]
    return kept


def name_keys(names: list[str]) -> Keys:
    """Keys of features that have a name."""
    return np.array([crc32(name.encode()) | (len(name) & 0xFF) << 32 for name in names], np.uint64)


def word_names(tokens: list[str]) -> list[str]:
    """Unigrams and bigrams of words."""
    return [*tokens, *(f"{one} {two}" for one, two in itertools.pairwise(tokens))]
