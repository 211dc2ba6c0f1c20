"""The network reads a bounded part of a mail, scores a request the same in every disguise, and stays small."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.classify.network import MAX_TOKENS, Network, encode, load_network
from mailbot.classify.reading import read

LETTERS = st.characters(exclude_categories=["Cs"])


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network()


def test_a_long_mail_is_read_at_its_beginning_and_its_end(network: Network) -> None:
    text = f"Aanhef vooraan. {'Het regende en de hond blafte. ' * 400}Slotwoord achteraan."
    token_ids, segment_ids = encode(read("onderwerp", text, ""), network.tokenize)
    assert len(segment_ids) == len(token_ids)
    assert MAX_TOKENS - 1 <= len(token_ids) <= MAX_TOKENS  # no quote, no token that closes it
    whole = token_ids.tolist()
    first, last = network.tokenize("Aanhef vooraan"), network.tokenize("Slotwoord achteraan")
    assert _stands(first, whole)
    assert _stands(last, whole)


def _stands(part: list[int], whole: list[int]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole)))


def test_subject_text_and_answered_quote_are_told_apart(network: Network) -> None:
    _, segment_ids = encode(read("ja", "graag", "Zullen wij uw account wissen?"), network.tokenize)
    assert sorted(set(segment_ids.tolist())) == [0, 1, 2]
    _, without = encode(read("ja", "graag"), network.tokenize)
    assert sorted(set(without.tolist())) == [0, 1]


@pytest.mark.parametrize("disguised", ["Vеrwijdеr mijn ассоunt.", "Ver\u200bwij\u200bder mijn ac\u00adcount."])
def test_letters_that_pose_for_others_change_nothing(network: Network, disguised: str) -> None:
    plain = network.logits(read("", "Verwijder mijn account."))
    assert np.array_equal(network.logits(read("", disguised)), plain)


@settings(max_examples=60, deadline=None)
@given(subject=st.text(LETTERS, max_size=80), text=st.text(LETTERS, max_size=400), quoted=st.text(LETTERS, max_size=80))
def test_anything_is_read_and_weighed(network: Network, subject: str, text: str, quoted: str) -> None:
    logits = network.logits(read(subject, text, quoted))
    assert logits.shape == (16,)
    assert np.isfinite(logits).all()


def test_the_library_that_runs_it_cannot_report_home() -> None:
    [library] = Path(onnxruntime.__file__).parent.glob("capi/*pybind11_state*")
    assert b"OneDsTelemetry" not in library.read_bytes()


def test_what_is_shipped_of_the_sorter_stays_under_twenty_megabytes() -> None:
    shipped = [each for each in files("mailbot.classify").iterdir() if each.name.endswith((".npz", ".onnx", ".model"))]
    assert sum(len(each.read_bytes()) for each in shipped) < 20_000_000
