"""What the parts of the model say of a mail: of the whole, and of each sentence.

The rule kept: a request is heard where it stands, also as one line in a long story.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailbot.classify import grams
from mailbot.classify.model import LISTENING, WORDS, Ears
from mailbot.classify.normal import Sentence
from mailbot.classify.reading import Reading, pieces
from mailbot.classify.rules import Rules

Floats = NDArray[np.float64]

#: More sentences than this are not weighed one by one.
MOST_SENTENCES = 60
#: What is heard apart from the rest of a mail: whole sentences, together at least so many characters.
STRETCH = 120


@dataclass(frozen=True, slots=True)
class Heard:
    """`voices`: what each part says of the whole, what the loudest sentence says to the listening parts, and what the
    network says; voices x kinds. `sentences`: what the listening parts together say of each of these; sentences x
    kinds."""

    voices: Floats
    sentences: Floats


def hear(reading: Reading, ears: Ears, rules: Rules) -> Heard:
    """Weighs a mail and its sentences."""
    texts = [reading, *(Reading((sentence,), ()) for sentence in spoken(reading))]
    found = [pieces(text, rules, ears.meanings) for text in texts]
    columns = [column.weigh([one[at] for one in found]) for at, column in enumerate(ears.columns)]
    said = np.stack([part.scores(columns) for part in ears.parts]).astype(np.float64)
    whole, alone = said[:, 0], said[list(LISTENING), 1:]
    loudest = alone.max(axis=1) if alone.size else whole[list(LISTENING)]
    return Heard(np.concatenate([whole, loudest, ears.network.voice(reading)[None]]), alone.sum(axis=0))


def spoken(reading: Reading) -> tuple[Sentence, ...]:
    """The sentences that a request can be quoted from."""
    return (reading.own or reading.quoted)[:MOST_SENTENCES]


def familiar(reading: Reading, ears: Ears) -> float:
    """How many of the own words occur in the mails that the parts learnt from, 0 to 1."""
    keys = grams.name_keys(list(reading.tokens))
    return float(ears.columns[WORDS].knows(keys).mean()) if len(keys) else 0.0


def loudest_apart(reading: Reading, ears: Ears) -> Floats:
    """What the network says of the stretch that speaks most for each kind, each heard as if it were the whole mail."""
    stretches = _stretches(reading)
    if len(stretches) < 2:  # the whole was heard already
        return np.full(len(ears.parts[0].offset), -np.inf)
    return np.max([ears.network.voice(Reading(stretch, ())) for stretch in stretches], axis=0)  # type: ignore[no-any-return]


def _stretches(reading: Reading) -> list[tuple[Sentence, ...]]:
    """The own text in stretches of whole sentences."""
    stretches: list[tuple[Sentence, ...]] = []
    open_: tuple[Sentence, ...] = ()
    for sentence in (each for each in reading.own if each.part == "text"):
        open_ = (*open_, sentence)
        if sum(len(each.written) for each in open_) >= STRETCH:
            stretches, open_ = [*stretches, open_], ()
    return [*stretches, open_] if open_ else stretches
