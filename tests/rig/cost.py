"""What a call costs, as a multiple of known work done beside it: a budget that means the same on every machine."""

from __future__ import annotations

import time
from collections.abc import Callable

_WORDS = "Ik wil graag weten welke gegevens u van mij heeft. " * 20_000


def cost(act: Callable[[], object]) -> float:
    """The processor time of the call, in units of the known work (some 30 ms); the slower of two measures of that
    counts, one before the call and one after it."""
    before = _seconds(_known)
    taken = _seconds(act)
    return taken / max(before, _seconds(_known))


def _known() -> int:
    return sum(len(word) for word in _WORDS.casefold().split() if word.isalpha())


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began
