"""The trained part as a value: several linear models that read the same mail differently, and how far to trust them.

    letters, words, meanings together   what was written
    words, meanings, grammar apart      second opinions; when they agree, the verdict is certain
    the network                         the mail as a whole

`Trust` turns the scores into chances. All numbers are made by `make train`.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.linear import Block, Column, Linear
from mailbot.classify.meaning import Meanings
from mailbot.classify.network import Network

Chances = NDArray[np.float64]

#: Which pieces each part reads: letters 0, words 1, coarse meanings 2, fine meanings 3, grammar 4.
PARTS = ((0, 1, 2, 3), (1,), (2, 3), (4,))
WORDS = 1
COLUMNS = 1 + max(use for uses in PARTS for use in uses)
#: Which parts listen to each sentence alone too.
LISTENING = (0, 3)
#: How many voices there are on a mail; the last is the network.
VOICES = len(PARTS) + len(LISTENING) + 1


@dataclass(frozen=True, slots=True)
class Trust:
    """How much each voice counts, an offset per kind, from which chance a kind is named, how near a right may come to
    mail that passes as asking nothing, and the signs of certainty."""

    voices: NDArray[np.float64]
    offset: NDArray[np.float64]
    named_from: float
    near: float
    signs: NDArray[np.float64]  # weights of `verdicts.signs_of`, the constant last


@dataclass(frozen=True, slots=True)
class Ears:
    """All that listens to a mail."""

    columns: tuple[Column, ...]
    parts: tuple[Linear, ...]
    meanings: Meanings
    network: Network


@dataclass(frozen=True, slots=True)
class Model:
    """What the sorter has learnt."""

    ears: Ears
    trust: Trust


def chances_of(voices: NDArray[np.float64], trust: Trust) -> Chances:
    """The chance of each kind that the mail asks it. `voices`: voices x kinds."""
    summed = trust.voices @ voices + trust.offset
    chances: Chances = 1 / (1 + np.exp(-np.clip(summed, -30, 30)))
    return chances


def stored(model: Model) -> bytes:
    """The model as the bytes of its file."""
    ears = model.ears
    arrays: dict[str, NDArray[np.generic]] = {}
    for at, column in enumerate(ears.columns):
        arrays |= {f"keys{at}": column.keys, f"rarity{at}": column.rarity}
    for at, part in enumerate(ears.parts):
        arrays[f"offset{at}"] = part.offset
        for use, block in zip(part.uses, part.blocks, strict=True):
            arrays |= {f"weights{at}.{use}": block.weights, f"scale{at}.{use}": block.scale}
    words = sorted(ears.meanings.groups)
    arrays["words"] = np.frombuffer("\n".join(words).encode(), np.uint8)
    arrays["groups"] = np.array([ears.meanings.groups[word] for word in words], np.int16).reshape(-1, 2)
    trust = model.trust
    arrays |= {"trust_voices": trust.voices, "trust_offset": trust.offset, "trust_signs": trust.signs}
    arrays |= {"trust_named_from": np.array(trust.named_from), "trust_near": np.array(trust.near)}
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def load(stored: bytes, network: Network) -> Model:
    """A model from the bytes of its file, with the network that it was trained beside."""
    with np.load(BytesIO(stored), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    columns = tuple(_column(arrays, at) for at in range(COLUMNS))
    parts = tuple(_part(arrays, at, uses) for at, uses in enumerate(PARTS))
    words = arrays["words"].tobytes().decode().split("\n")
    groups = {word: (int(coarse), int(fine)) for word, (coarse, fine) in zip(words, arrays["groups"], strict=True)}
    edges = (float(arrays["trust_named_from"]), float(arrays["trust_near"]))
    trust = Trust(arrays["trust_voices"], arrays["trust_offset"], *edges, arrays["trust_signs"])
    return Model(Ears(columns, parts, Meanings(groups), network), trust)


def _column(arrays: dict[str, NDArray[Any]], at: int) -> Column:
    return Column(arrays[f"keys{at}"], arrays[f"rarity{at}"])


def _part(arrays: dict[str, NDArray[Any]], at: int, uses: tuple[int, ...]) -> Linear:
    blocks = tuple(Block(arrays[f"weights{at}.{use}"], arrays[f"scale{at}.{use}"]) for use in uses)
    return Linear(uses, blocks, arrays[f"offset{at}"])
