"""`make train`: rebuilds the sorter's model from the labelled mails.

First each group of writers is sorted by parts that were trained on the others: from that follows how far the parts can
be trusted. Then the parts are trained on all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from trust import trust_of

import corpus
import fit
from mailbot.classify.hearing import hear
from mailbot.classify.meaning import Meanings
from mailbot.classify.model import VOICES, Model, stored

MODEL = Path(__file__).parents[2] / "mailbot" / "classify" / "model.npz"
TRAINED_ON = ("train/*.jsonl", "examples.jsonl")
#: Into how many groups the writers are put.
GROUPS = 3


def main() -> None:
    """Trains and writes the model."""
    mails, meanings = corpus.read(*TRAINED_ON), corpus.meanings()
    pieces, wanted = fit.pieces_of(mails, meanings), fit.targets(mails)
    voices = unseen(mails, pieces, wanted, meanings)
    trust = trust_of(voices, wanted, [bool(mail.reading.quoted) for mail in mails])
    MODEL.write_bytes(stored(Model(fit.fit(pieces, wanted), meanings, trust)))
    print(f"{len(mails)} mails -> {MODEL.name}, {MODEL.stat().st_size / 1e6:.1f} MB")
    print("voices", np.round(trust.voices, 2), "named from", round(trust.named_from, 2))


def unseen(
    mails: list[corpus.Labelled], pieces: fit.Pieces, wanted: NDArray[np.int64], meanings: Meanings
) -> NDArray[np.float64]:
    """What is heard in each mail by parts that have read nothing by its writers: mails x voices x kinds."""
    voices = np.zeros((len(mails), VOICES, wanted.shape[1]))
    for inside in _groups(mails):
        others = np.flatnonzero(~inside)
        parts = fit.fit([pieces[at] for at in others], wanted[others])
        for at in np.flatnonzero(inside):
            voices[at] = hear(mails[at].reading, parts, meanings, mails[at].rules).voices
    return voices


def _groups(mails: list[corpus.Labelled]) -> Iterator[NDArray[np.bool_]]:
    """The mails of each group of files; a file is by one group of writers."""
    files = sorted({mail.file for mail in mails})
    for first in range(GROUPS):
        chosen = set(itertools.islice(files, first, None, GROUPS))
        yield np.array([mail.file in chosen for mail in mails])


if __name__ == "__main__":
    main()
