"""A running worker follows its configuration: who joined is taken up, who left is let go, who changed is taken up anew.

The rule kept here: whatever is wrong with a file is told, in the log and in the worker's sign of life, and costs no
company its turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.app import Clock, Tenant
from mailbot.config import Company
from mailbot.errors import Problem
from mailbot.operation import presence
from mailbot.operation.crew import Crew
from mailbot.operation.presence import MOST_CHANGES, Presence, Told
from mailbot.operation.roster import Change, Changed, Faulty, Joined, Left, Restored, Roster, Unread

log = logging.getLogger(__name__)

#: How often the sign of life is given where nothing happens.
SIGN = timedelta(minutes=1)
_NEXT_START = "mailbot.toml was changed: what it says for all counts from the worker's next start"


class Following:
    """What the worker does, between two looks at its companies, about those that join, leave and change.

    `opened` makes a company ready to be served; `wrong` is what is wrong with the worker itself since it began.
    """

    def __init__(
        self, roster: Roster, opened: Callable[[Company], Tenant], state: Path, clock: Clock, wrong: Sequence[str] = ()
    ) -> None:
        self.roster = roster
        self._opened, self._state, self._clock = opened, state, clock
        self._wrong = tuple(wrong)
        self._told: list[Told] = []
        self._since = clock()
        self._signed: tuple[datetime, Presence] | None = None
        presence.sweep(state, self._since)

    def follow(self, crew: Crew) -> None:
        """Look once, and act on what changed. Never raises: the companies are served on whatever breaks here."""
        try:
            for gone in crew.settle():
                if gone not in crew.companies:
                    self._tell(gone, "let go: what was in hand is done")
            for change in self.roster.look():
                self._act(change, crew)
            if self.roster.waits_for_start and not any(one.what == _NEXT_START for one in self._told):
                self._tell("", _NEXT_START)
            self._sign(crew)
        except Exception as error:
            log.warning("the configuration could not be followed: %s", type(error).__name__)

    def end(self) -> None:
        """The worker ends: its sign of life goes."""
        presence.remove(self._state, presence.own_name())

    def _act(self, change: Change, crew: Crew) -> None:
        match change:
            case Joined(company):
                crew.begin(self._opened(company))
                self._tell(company.id, "taken up")
            case Changed(company):
                crew.begin(self._opened(company))
                self._tell(company.id, "taken up anew: its settings are others now")
            case Left(tenant):
                crew.let_go(tenant)
                self._tell(tenant, "its file is gone, so it is let go")
            case Faulty(tenant, problems, goes_on):
                then = "it goes on by what its file said before" if goes_on else "it is not started"
                self._tell(tenant, f"{then}; {_in_words(problems)}", logging.WARNING)
            case Restored(tenant):
                self._tell(tenant, "its file says again what it is served by")
            case Unread(problems):
                self._tell("", f"every company goes on as it is; {_in_words(problems)}", logging.WARNING)

    def _tell(self, tenant: str, what: str, level: int = logging.INFO) -> None:
        log.log(level, "%s: %s", tenant or "the configuration", what)
        self._told = [*self._told, Told(self._clock(), tenant, what)][-MOST_CHANGES:]

    def _sign(self, crew: Crew) -> None:
        now = self._clock()
        fault = self.roster.fault
        wrong = [*self._wrong, *([f"every company goes on as it is; {_in_words(fault.problems)}"] if fault else [])]
        sign = Presence(
            presence.own_name(),
            self._since,
            self._since,
            tuple(crew.companies),
            tuple(self.roster.going_on),
            tuple(self._told),
            tuple(wrong),
        )
        if self._signed and self._signed[1] == sign and now - self._signed[0] < SIGN:
            return
        self._signed = now, sign
        presence.write(self._state, replace(sign, at=now))


def _in_words(problems: Sequence[Problem]) -> str:
    return "; ".join(map(str, problems))
