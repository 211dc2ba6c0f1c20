"""The labelled mails: where they are, and what a line of them is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from mailbot.classify import GENERAL, Rules
from mailbot.classify.clusters import WordClusters
from mailbot.classify.reading import Reading
from mailbot.classify.reading import read as read_mail
from mailbot.model import Kind
from mailbot.parse import own_text

CORPUS = Path(__file__).parent.parent / "corpus"
#: What the policies of the five companies say (B-33, E-19).
RULES = {
    "kaviaarshop": Rules(leaving_is_erasure=True),
    "koopjesklik": Rules(leaving_is_erasure=True),
    "3dconfig": Rules(leaving_is_erasure=True),
    "kraaft": Rules(minor_age=15),
}


@dataclass(frozen=True)
class Labelled:
    """A mail with the kinds that people gave it. `writer`: mails of one writer are never split."""

    id: str
    kinds: tuple[Kind, ...]
    subject: str
    text: str
    quoted: str
    tags: frozenset[str]
    language: str
    tenant: str
    writer: str
    file: str = ""

    @property
    def reading(self) -> Reading:
        """The mail as the sorter reads it."""
        return read_mail(self.subject, self.text, self.quoted)

    @property
    def rules(self) -> Rules:
        """What holds at the company it was written to."""
        return RULES.get(self.tenant, GENERAL)


def read(*names: str) -> list[Labelled]:
    """The mails of these files, below tests/corpus or with a path of their own."""
    lines = [(path, line) for path in _paths(names) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [_labelled(path, json.loads(line)) for path, line in lines]


def _paths(names: tuple[str, ...]) -> list[Path]:
    return [path for name in names for path in sorted(CORPUS.glob(name))]


def _labelled(path: Path, mail: dict[str, object]) -> Labelled:
    text, quoted = own_text(str(mail["body"]))
    return Labelled(
        str(mail["id"]),
        tuple(Kind(kind) for kind in mail["kinds"]),  # type: ignore[attr-defined]
        str(mail["subject"]),
        text,
        quoted,
        frozenset(mail["tags"]),  # type: ignore[call-overload]
        str(mail["lang"]),
        str(mail["tenant"]),
        f"{path.stem}/{mail.get('voice', mail['id'])}",
        path.stem,
    )


def word_clusters() -> WordClusters:
    """The clusters of words, as `word_clusters.py` made them: a word, its coarse and its fine cluster."""
    rows = [line.split("\t") for line in (CORPUS / "word_clusters.tsv").read_text("utf-8").splitlines()]
    return WordClusters({word: (int(coarse), int(fine)) for word, coarse, fine in rows})
