"""`make train`: rebuilds the classifier's model from the labelled mails."""

from __future__ import annotations

from pathlib import Path

import corpus
import fit

MODEL = Path(__file__).parents[2] / "mailbot" / "classify" / "model.npz"
TRAINED_ON = ("train/*.jsonl", "examples.jsonl")


def main() -> None:
    """Trains and writes the model."""
    mails = corpus.read(*TRAINED_ON)
    model = fit.fit(fit.pieces_of(mails), fit.targets(mails))
    MODEL.write_bytes(fit.stored(model))
    print(f"{len(mails)} mails -> {MODEL.name}, {MODEL.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
