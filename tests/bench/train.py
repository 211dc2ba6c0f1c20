"""`make train`: rebuilds the sorter's model from the labelled mails.

First each group of writers is sorted by parts that were trained on the others: from that follows how far the parts can
be trusted. Then the parts are trained on all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from trust import trust_of

import corpus
import fit
from mailbot.classify.gist import Encode, load_encoder
from mailbot.classify.hearing import hear
from mailbot.classify.meaning import Meanings
from mailbot.classify.model import VOICES, Ears, Model, stored

MODEL = Path(__file__).parents[2] / "mailbot" / "classify" / "model.npz"
TRAINED_ON = ("train/*.jsonl", "examples.jsonl")
#: Into how many groups the writers are put.
GROUPS = 3


def main() -> None:
    """Trains and writes the model."""
    mails = corpus.read(*TRAINED_ON)
    training = Training(mails, corpus.meanings(), remembered(load_encoder()))
    trust = trust_of(training.unseen(), training.wanted, [bool(mail.reading.quoted) for mail in mails])
    MODEL.write_bytes(stored(Model(training.ears(np.ones(len(mails), bool)), trust)))
    print(f"{len(mails)} mails -> {MODEL.name}, {MODEL.stat().st_size / 1e6:.1f} MB")
    print("voices", np.round(trust.voices, 2), "named from", round(trust.named_from, 2))


@dataclass(frozen=True)
class Training:
    """The labelled mails as the model reads them."""

    mails: list[corpus.Labelled]
    meanings: Meanings
    encode: Encode

    @cached_property
    def pieces(self) -> fit.Pieces:
        """The pieces of every mail."""
        return fit.pieces_of(self.mails, self.meanings)

    @cached_property
    def wanted(self) -> NDArray[np.int64]:
        """Mails x kinds: what people say is asked."""
        return fit.targets(self.mails)

    def ears(self, chosen: NDArray[np.bool_]) -> Ears:
        """What is learnt from some of the mails."""
        at = np.flatnonzero(chosen)
        parts = fit.fit([self.pieces[one] for one in at], self.wanted[at])
        return Ears(parts, self.meanings, fit.fit_gist(self.encode, [self.mails[one] for one in at], self.wanted[at]))

    def unseen(self) -> NDArray[np.float64]:
        """What is heard in each mail by ears that have heard nothing of its writers: mails x voices x kinds."""
        voices = np.zeros((len(self.mails), VOICES, self.wanted.shape[1]))
        for inside in _groups(self.mails):
            ears = self.ears(~inside)
            for at in np.flatnonzero(inside):
                voices[at] = hear(self.mails[at].reading, ears, self.mails[at].rules).voices
        return voices


def remembered(encode: Encode) -> Encode:
    """The encoder, which works out each sentence once."""
    known: dict[str, NDArray[np.float32]] = {}

    def again(texts: list[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encode(new) if new else (), strict=True))
        return np.stack([known[text] for text in texts])

    return again


def _groups(mails: list[corpus.Labelled]) -> Iterator[NDArray[np.bool_]]:
    """The mails of each group of files; a file is by one group of writers."""
    files = sorted({mail.file for mail in mails})
    for first in range(GROUPS):
        chosen = set(itertools.islice(files, first, None, GROUPS))
        yield np.array([mail.file in chosen for mail in mails])


if __name__ == "__main__":
    main()
