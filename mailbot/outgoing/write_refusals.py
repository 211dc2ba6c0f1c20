"""A mailbox that takes nothing more: full, read-only, or without keywords.

The rule kept here: mail is read and answered all the same, so what the server refuses to take is told and written down
when that begins, when the reason changes and when it is over. A round in which nothing of that happens costs no unit of
work; after a start the first one reads what was told before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from mailbot.app import Tenant
from mailbot.errors import WriteRefused

log = logging.getLogger(__name__)

#: So many refusals in one place, and the rest that would be written there waits for the next round.
ENOUGH = 3


class Writes:
    """What one step writes into the mailbox: a refusal keeps back nothing else, and a place that refuses everything is
    not asked about each mail."""

    def __init__(self) -> None:
        self.done = 0
        self._refused: list[tuple[str, WriteRefused]] = []

    def write(self, place: str, one: Callable[[], bool]) -> bool:
        """Do one; False where it was refused, or not tried. `place`: where the next would probably be refused too."""
        if sum(refused == place for refused, _ in self._refused) >= ENOUGH:
            return False
        try:
            self.done += one()
        except WriteRefused as error:
            self._refused.append((place, error))
            return False
        return True

    def end(self) -> int:
        """How many were written. Raises WriteRefused: the first that there was, one of a full mailbox before others."""
        for _, error in sorted(self._refused, key=lambda one: not one[1].full):
            raise error
        return self.done


_NOTE = "write refused"


def note(tenant: Tenant, refusals: dict[str, str]) -> None:
    """`refusals`: what could not be written in this round, by what it was, each with the server's refusal."""
    told = "; ".join(f"{what}: {why}" for what, why in sorted(refusals.items()))
    if told == tenant.write_refused:
        return
    with tenant.store.unit() as unit:
        before = unit.note(_NOTE) or ""
        if told:
            unit.put_note(_NOTE, told)
        else:
            unit.drop_note(_NOTE)
    tenant.write_refused = told
    if told == before:
        return
    if told:
        log.warning("%s: not written into the mailbox: %s", tenant.id, told)
    else:
        log.warning("%s: the mailbox takes what is written into it again", tenant.id)
