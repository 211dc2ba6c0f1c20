"""What a step writes into the mailbox, one thing after the other, while the server may refuse some of it.

The rule kept here: a refusal keeps back nothing else, and what is refused for ever keeps nothing back for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mailbot.app import Tenant
from mailbot.errors import WriteRefused

T = TypeVar("T")

#: So many refusals in one place, and the rest that would be written there waits for the next round.
ENOUGH = 3


class Writes:
    """What one step writes in a round. A place that refuses everything is not asked about each mail, and what was
    refused stands behind the rest in the next round."""

    def __init__(self, tenant: Tenant, step: str) -> None:
        self.done = 0
        self._refused: list[tuple[str, WriteRefused]] = []
        self._waiting = tenant.waiting_writes.setdefault(step, {})

    def in_turn(self, those: Iterable[T], key: Callable[[T], str]) -> list[T]:
        """What there is to write: first what was not refused lately, then what was refused the longest ago."""
        named = {key(one): one for one in those}
        for gone in self._waiting.keys() - named.keys():
            del self._waiting[gone]
        turns = {name: turn for turn, name in enumerate(self._waiting)}
        return [named[name] for name in sorted(named, key=lambda name: turns.get(name, -1))]

    def write(self, key: str, place: str, one: Callable[[], bool]) -> bool:
        """Do one; False where it was refused, or not tried. `place`: where the next would probably be refused too."""
        if sum(refused == place for refused, _ in self._refused) >= ENOUGH:
            return False
        self._waiting.pop(key, None)
        try:
            self.done += one()
        except WriteRefused as error:
            self._refused.append((place, error))
            self._waiting[key] = None
            return False
        return True

    def end(self) -> int:
        """How many were written. Raises WriteRefused: the first that there was, one of a full mailbox before others."""
        for _, error in sorted(self._refused, key=lambda one: not one[1].full):
            raise error
        return self.done
