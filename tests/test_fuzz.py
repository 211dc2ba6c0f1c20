"""Golden mails cut, glued and poisoned go the whole way: read, sorted, decided, answered, on record, no fault."""

from __future__ import annotations

import os
import random
import time

import pytest
from fuzzing import MAILS, POISON, findings, spoiled

from mailbot.classify import Classifier


def test_spoiled_mails_do_no_harm(sorter: Classifier) -> None:
    told: list[str] = []
    assert list(findings(4, 20260302, sorter, told.append)) == [], told


@pytest.mark.soak
def test_spoiled_mails_do_no_harm_for_minutes(sorter: Classifier) -> None:
    seconds, seed = 60 * float(os.environ.get("MAILBOT_FUZZ_MINUTES", "10")), int(time.time())
    told: list[str] = []
    assert list(findings(seconds, seed, sorter, told.append)) == [], (seed, told)


def test_the_fuzzer_itself_sees_a_fault() -> None:
    """A sorter that breaks on a word is caught: else silence would say nothing."""

    class Broken(Classifier):
        def __init__(self) -> None:
            pass

        def classify(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise RecursionError

    told: list[str] = []
    assert next(findings(60, 1, Broken(), told.append)) != b""
    assert "RecursionError" in told[0]


def test_the_same_seed_spoils_in_the_same_way() -> None:
    raws = [path.read_bytes() for path in MAILS]
    first, second = (random.Random(7) for _ in range(2))
    made = [spoiled(first, raws) for _ in range(50)]
    assert made == [spoiled(second, raws) for _ in range(50)]
    assert len({one for one in made if one not in raws}) > 45
    assert any(poison in one for one in made for poison in POISON)
