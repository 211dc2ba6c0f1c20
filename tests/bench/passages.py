"""Passages that people write beside what they ask: who they are, how they want the answer, thanks, a signature.

A passage asks nothing, so a mail with it asks what it asked without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus import CORPUS, Labelled

#: So often a passage is joined to the sentence before it by a comma.
JOINED_BY_COMMA = 0.3
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Passage:
    """`where` it may stand: begin, end or any."""

    language: str
    where: str
    text: str


#: The passages of each language.
Pool = Mapping[str, Sequence[Passage]]


def read_passages(name: str) -> list[Passage]:
    """The passages of a file below tests/corpus."""
    lines = (json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines())
    return [Passage(line["lang"], line["where"], line["text"]) for line in lines]


def pool_of(passages: list[Passage]) -> Pool:
    """Passages by language."""
    pool: dict[str, list[Passage]] = {}
    for passage in passages:
        pool.setdefault(passage.language, []).append(passage)
    return pool


def with_passage(mail: Labelled, passage: Passage, rng: np.random.Generator) -> Labelled:
    """The mail with a passage somewhere in its text."""
    where, added, text = passage.where, passage.text, mail.text
    edges = {"begin": [0], "end": [len(text)]}.get(
        where, [0, *(found.start() for found in _SENTENCE.finditer(text)), len(text)]
    )
    at = int(rng.choice(edges))
    before, behind = text[:at].rstrip(), text[at:].lstrip()
    if before and where == "any" and rng.random() < JOINED_BY_COMMA:
        text = f"{before.rstrip('.!?')}, {added[0].lower()}{added[1:]} {behind}".strip()
    else:
        between = "\n" if where != "any" or "\n" in added else " "
        text = between.join(part for part in (before, added, behind) if part)
    return replace(mail, text=text)
