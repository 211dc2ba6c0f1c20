"""A small network that reads the mail as a whole, word piece by word piece: one voice among others.

It was cut from a multilingual encoder and taught our labels (tests/bench/teach.py); here it only runs. The rule kept:
it reads a bounded number of pieces, so that no mail takes long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.normal import Sentence, readable
from mailbot.classify.reading import Reading

#: Text in, the numbers of its pieces out.
Cut = Callable[[str], list[int]]
#: Pieces and the part that each stands in, in; a score per kind out.
Score = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]

#: So many pieces are read; of a longer text its beginning and its end.
LONGEST = 320
_MOST = {"subject": 40, "quoted": 96}
_OPEN, _SHUT = 0, 2
_PARTS = ("subject", "text", "quoted")


@dataclass(frozen=True)
class Network:
    """How text is cut into pieces, and what they are worth together."""

    cut: Cut
    score: Score

    def voice(self, reading: Reading) -> NDArray[np.float64]:
        """A score per kind; above zero speaks for it."""
        return self.score(*pieces_of(reading, self.cut)).astype(np.float64)


def pieces_of(reading: Reading, cut: Cut) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pieces of subject, own text and answered quote, each shut by a mark, and the number of the part of each."""
    said = {part: cut(_text_of(reading, part)) for part in _PARTS}
    short = {part: said[part][:most] for part, most in _MOST.items()}
    room = LONGEST - len(short["subject"]) - len(short["quoted"]) - 4
    kept = {**short, "text": _both_ends(said["text"], room)}
    shut = {part: [*kept[part], _SHUT] for part in _PARTS if part != "quoted" or kept[part]}
    pieces = [_OPEN, *chain.from_iterable(shut.values())]
    parts = [0, *chain.from_iterable([_PARTS.index(part)] * len(each) for part, each in shut.items())]
    return np.array(pieces, np.int64), np.array(parts, np.int64)


def _text_of(reading: Reading, part: str) -> str:
    sentences: tuple[Sentence, ...] = reading.quoted if part == "quoted" else reading.own
    return readable(" ".join(sentence.written for sentence in sentences if sentence.part == part))


def _both_ends(pieces: list[int], room: int) -> list[int]:
    if len(pieces) <= room:
        return pieces
    first = room * 2 // 3
    return pieces[:first] + pieces[first - room :]


def load_cut(stored: bytes) -> Cut:
    """How text is cut, from the bytes of its file."""
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_proto=stored).encode


def load_network() -> Network:
    """The network that is shipped."""
    here = files("mailbot.classify")
    return network_of(here.joinpath("network.onnx").read_bytes(), load_cut(here.joinpath("pieces.model").read_bytes()))


def network_of(stored: bytes, cut: Cut) -> Network:
    """A network from the bytes of its file, on one core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(stored, options, providers=["CPUExecutionProvider"])

    def score(pieces: NDArray[np.int64], parts: NDArray[np.int64]) -> NDArray[np.float32]:
        [scores] = session.run(None, {"pieces": pieces, "parts": parts, "places": np.arange(len(pieces))})
        return scores  # type: ignore[no-any-return]

    return Network(cut, score)
