"""`make train`: rebuilds the sorter's model from the labelled mails.

First the parts are trained without some groups of writers, and sort these: from that follows how far each part can be
trusted. Then they are trained on all. The network takes most of the time; what it has learnt is kept in build/, so that
an interrupted run carries on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import beside
import evening
import numpy as np
import onnx_file
import somebody
import teach
from beside import Passage, Pool, passages, pool_of
from joining import joined
from numpy.typing import NDArray
from somebody import with_passages
from trust import trust_of
from vocabulary import PIECES, kept

import corpus
import fit
from mailbot.classify.hearing import hear
from mailbot.classify.meaning import Meanings
from mailbot.classify.model import VOICES, Ears, Model, stored
from mailbot.classify.network import load_cut, network_of, pieces_of

TOP = Path(__file__).parents[2]
MODEL = TOP / "mailbot" / "classify" / "model.npz"
NETWORK = MODEL.with_name("network.onnx")
BUILD = TOP / "build"
TRAINED_ON = ("train/*.jsonl", "examples.jsonl")
BESIDE = "beside.jsonl"
#: Every so many files of mails one is kept apart to be sorted unseen; a file is by one group of writers. So many
#: passages too.
APART = 6
#: So many mails are listened to before the network's numbers are rounded.
LISTENED_TO = 120

Chosen = NDArray[np.bool_]
#: Labelled mails and what people say beside them in, the bytes of the network's file out.
Teach = Callable[[list[corpus.Labelled], Pool], bytes]


def main() -> None:
    """Trains and writes the model and the network."""
    training = Training(corpus.read(*TRAINED_ON), passages(BESIDE), corpus.meanings(), remembered)
    apart = training.apart
    trust = trust_of(training.unseen(apart), training.wanted[apart], training.answers[apart].tolist())
    everything = np.ones(len(training.mails), bool)
    MODEL.write_bytes(stored(Model(training.ears(everything), trust)))
    NETWORK.write_bytes(training.network(everything))
    print(f"{len(training.mails)} mails -> " + ", ".join(f"{each.name} {_size(each)} MB" for each in (MODEL, NETWORK)))
    print("voices", np.round(trust.voices, 2), "named from", round(trust.named_from, 2))


@dataclass(frozen=True)
class Training:
    """The labelled mails and what people say beside what they ask. Of both one in so many is kept apart."""

    mails: list[corpus.Labelled]
    beside: list[Passage]
    meanings: Meanings
    teach: Teach

    @cached_property
    def said(self) -> list[corpus.Labelled]:
        """The mails with what is said beside them; where a mail is kept apart, the passage is too."""
        chance, pools = np.random.default_rng(0), (self._pool(apart=False), self._pool(apart=True))
        return [
            with_passages(mail, pools[int(apart)], chance) for mail, apart in zip(self.mails, self.apart, strict=True)
        ]

    def _pool(self, *, apart: bool) -> Pool:
        return pool_of([each for at, each in enumerate(self.beside) if (at % APART == 0) is apart])

    @cached_property
    def pieces(self) -> fit.Pieces:
        """The pieces of every mail."""
        return fit.pieces_of(self.said, self.meanings)

    @cached_property
    def wanted(self) -> NDArray[np.int64]:
        """Mails x kinds: what people say is asked."""
        return fit.targets(self.mails)

    @property
    def answers(self) -> Chosen:
        """Which mails may be a short answer to what they quote."""
        return np.array([bool(mail.reading.quoted) for mail in self.said])

    @property
    def apart(self) -> Chosen:
        """The mails that are sorted by parts which have not seen their writers."""
        files = sorted({mail.file for mail in self.mails})
        chosen = set(itertools.islice(files, 0, None, APART))
        return np.array([mail.file in chosen for mail in self.mails])

    def network(self, chosen: Chosen) -> bytes:
        """The file of the network that some of the mails teach."""
        beside = pool_of(self.beside) if chosen.all() else self._pool(apart=False)
        return joined(self.teach([self.mails[at] for at in np.flatnonzero(chosen)], beside))

    def ears(self, chosen: Chosen) -> Ears:
        """What is learnt from some of the mails."""
        at = np.flatnonzero(chosen)
        columns, parts = fit.fit([self.pieces[one] for one in at], self.wanted[at])
        return Ears(columns, parts, self.meanings, network_of(self.network(chosen), load_cut(PIECES.read_bytes())))

    def unseen(self, apart: Chosen) -> NDArray[np.float64]:
        """What is heard in the mails apart by ears that have heard nothing of their writers: mails x voices x kinds."""
        ears = self.ears(~apart)
        voices = [hear(self.said[at].reading, ears, self.said[at].rules).voices for at in np.flatnonzero(apart)]
        return np.array(voices).reshape(-1, VOICES, self.wanted.shape[1])


def remembered(mails: list[corpus.Labelled], pool: Pool) -> bytes:
    """The network that these mails teach, taught once for the same mails, words and ways."""
    written = repr(([(mail.subject, mail.text, mail.quoted, mail.kinds) for mail in mails], pool)).encode()
    modules = (teach, onnx_file, evening, beside, somebody)
    ways = b"".join(Path(each.__file__).read_bytes() for each in modules) + PIECES.read_bytes()
    file = BUILD / f"network-{sha256(written + ways).hexdigest()[:16]}.onnx"
    if not file.is_file():
        cut, known = load_cut(PIECES.read_bytes()), kept()
        weights = teach.taught(mails, pool, cut, known)
        heard = [pieces_of(mail.reading, cut) for mail in mails[:: max(1, len(mails) // LISTENED_TO)]]
        BUILD.mkdir(exist_ok=True)
        file.write_bytes(onnx_file.stored(weights, known, heard))
    return file.read_bytes()


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f}"


if __name__ == "__main__":
    main()
