"""A decision being taken: its actions are collected while the case is seen as it would be after each of them."""

from __future__ import annotations

from datetime import datetime

from mailbot.actions import Action, LetterAction, SetNeeds
from mailbot.decide.apply import apply
from mailbot.model import Case


class Decision:
    """A list of actions being written, and the case as they leave it. Nobody keeps one."""

    def __init__(self, case: Case | None, now: datetime) -> None:
        self._case, self.now = case, now
        self.actions: list[Action] = []

    @property
    def case(self) -> Case:
        """The case after the actions so far."""
        if self._case is None:
            raise ValueError("no case yet")
        return self._case

    def do(self, *actions: Action) -> None:
        """Add actions, in order."""
        for action in actions:
            if not isinstance(action, LetterAction):
                self._case = apply(self._case, action)
            self.actions.append(action)

    def need(self, *reasons: str) -> None:
        """A person must look at the case, for these reasons too."""
        self._set_needs((*self.case.needs, *reasons))

    def need_no_more(self, *over: str) -> None:
        """Nobody is called for these reasons any more."""
        self._set_needs(tuple(reason for reason in self.case.needs if reason not in over))

    def _set_needs(self, reasons: tuple[str, ...]) -> None:
        if (needs := tuple(dict.fromkeys(reasons))) != self.case.needs:
            self.do(SetNeeds(needs))
