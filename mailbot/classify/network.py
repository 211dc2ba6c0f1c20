"""A small transformer encoder that reads the mail as a whole, token by token: one member of the ensemble.

It was cut from a multilingual encoder and fine-tuned on our labels (tests/bench/finetune.py); here it only runs. The
rule kept: it reads a bounded number of tokens, so that no mail takes long.
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

#: Text in, token ids out.
Tokenize = Callable[[str], list[int]]
#: Token ids and segment ids in, a logit per kind out.
Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]

#: So many tokens are read; of a longer text its beginning and its end.
MAX_TOKENS = 320
_MAX_TOKENS_OF = {"subject": 40, "quoted": 96}
_BOS, _EOS = 0, 2
_SEGMENTS = ("subject", "text", "quoted")


@dataclass(frozen=True)
class Network:
    """The tokenizer and the forward pass."""

    tokenize: Tokenize
    forward: Forward

    def logits(self, reading: Reading) -> NDArray[np.float64]:
        """A logit per kind."""
        return self.forward(*encode(reading, self.tokenize)).astype(np.float64)


def encode(reading: Reading, tokenize: Tokenize) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The token ids of subject, own text and answered quote, each closed by an end token, and their segment ids."""
    tokens = {segment: tokenize(_text_of(reading, segment)) for segment in _SEGMENTS}
    short = {segment: tokens[segment][:most] for segment, most in _MAX_TOKENS_OF.items()}
    room = MAX_TOKENS - len(short["subject"]) - len(short["quoted"]) - 4
    kept = {**short, "text": _truncated(tokens["text"], room)}
    closed = {segment: [*kept[segment], _EOS] for segment in _SEGMENTS if segment != "quoted" or kept[segment]}
    token_ids = [_BOS, *chain.from_iterable(closed.values())]
    segment_ids = [0, *chain.from_iterable([_SEGMENTS.index(name)] * len(each) for name, each in closed.items())]
    return np.array(token_ids, np.int64), np.array(segment_ids, np.int64)


def _text_of(reading: Reading, segment: str) -> str:
    sentences: tuple[Sentence, ...] = reading.quoted if segment == "quoted" else reading.own
    return readable(" ".join(sentence.written for sentence in sentences if sentence.part == segment))


def _truncated(tokens: list[int], room: int) -> list[int]:
    """The beginning and the end of what is too long."""
    if len(tokens) <= room:
        return tokens
    first = room * 2 // 3
    return tokens[:first] + tokens[first - room :]


def load_tokenizer(stored: bytes) -> Tokenize:
    """The tokenizer from the bytes of its file."""
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_proto=stored).encode


def load_network() -> Network:
    """The network that is shipped."""
    here = files("mailbot.classify")
    tokenize = load_tokenizer(here.joinpath("pieces.model").read_bytes())
    return network_of(here.joinpath("network.onnx").read_bytes(), tokenize)


def network_of(stored: bytes, tokenize: Tokenize) -> Network:
    """A network from the bytes of its file, on one core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(stored, options, providers=["CPUExecutionProvider"])

    def forward(token_ids: NDArray[np.int64], segment_ids: NDArray[np.int64]) -> NDArray[np.float32]:
        position_ids = np.arange(len(token_ids))
        inputs = {"token_ids": token_ids, "segment_ids": segment_ids, "position_ids": position_ids}
        [logits] = session.run(None, inputs)
        return logits  # type: ignore[no-any-return]

    return Network(tokenize, forward)
