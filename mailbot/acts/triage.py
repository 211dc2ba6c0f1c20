"""A person at work on what needs a person: one case after the other, most urgent first, each act undoable.

The rule kept here: what is shown is read anew from the store at every step, so that two people never work on old news;
a letter that an act let go waits as long as the company's time to undo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from mailbot import events
from mailbot.acts import acting, undoing
from mailbot.acts.acting import act_in
from mailbot.acts.linking import join, link_event
from mailbot.acts.snoozing import sleeps, snooze
from mailbot.app import Tenant
from mailbot.errors import MailbotError, Refused
from mailbot.execute import Execution
from mailbot.model import Case, Letter, LetterState
from mailbot.model.order import urgency

_PROPOSED = (LetterState.HELD, LetterState.QUEUED, LetterState.OBSERVED)


@dataclass
class TriageSession:
    """Where a person is in the queue of cases. `done` remembers the acts of this session, newest last."""

    tenants: Sequence[Tenant]
    actor: str
    clock: Callable[[], datetime]
    queue: list[tuple[Tenant, str]] = field(default_factory=list)
    at: int = 0
    done: list[tuple[Tenant, str]] = field(default_factory=list)

    def fill(self) -> None:
        """Look anew which cases need a person, and begin with the most urgent one."""
        found = []
        for tenant in self.tenants:
            if tenant.has_memory:
                with tenant.store.unit() as unit:
                    awake = [one for one in unit.open_cases() if one.needs and not sleeps(unit, one, self.clock())]
                    found += [(urgency(case), tenant, case.ref) for case in awake]
        self.queue = [(tenant, ref) for _, tenant, ref in sorted(found, key=lambda one: one[0])]
        self.at = 0

    @property
    def here(self) -> tuple[Tenant, Case] | None:
        """The case at hand as it is now; None when nothing is left."""
        if not self.queue:
            return None
        tenant, ref = self.queue[self.at]
        with tenant.store.unit() as unit:
            case = unit.case(ref)
        return (tenant, case) if case else None

    def case_at_hand(self) -> tuple[Tenant, Case]:
        """The same. Raises Refused when nothing is left."""
        if (here := self.here) is None:
            raise Refused("nothing needs a person")
        return here

    def _at_hand(self) -> tuple[Tenant, str]:
        if not self.queue:
            raise Refused("nothing needs a person")
        return self.queue[self.at]

    def move(self, by: int) -> None:
        """Go on to the next case, or back."""
        if self.queue:
            self.at = (self.at + by) % len(self.queue)

    def snooze(self, until: date | None = None) -> str:
        """Put this case at the end of the queue, or aside until a day; its clock runs on. Raises Refused."""
        tenant, ref = self._at_hand()
        if until is None:
            self.queue.append(self.queue.pop(self.at))
            self.at %= len(self.queue)
            return "put at the end; its clock runs on"
        snooze(tenant, ref, until, self.actor, self.clock())
        self._leave()
        return f"{ref}: put aside until {until.isoformat()}; its clock runs on"

    def today(self) -> date:
        """The day at the company of the case at hand."""
        tenant, _ = self._at_hand()
        return tenant.policy.day_of(self.clock())

    def link(self, named: str, reason: str) -> Execution:
        """Say which customer the case is about, or to which earlier case it belongs. Raises Refused."""
        tenant, ref = self._at_hand()
        if named.upper().startswith("AVG-"):
            done = join(tenant, ref, named.upper(), self.actor, reason, self.clock())
            self._leave()
            return done
        return self.act(link_event(tenant, self.actor, named, reason))

    def _leave(self) -> None:
        self.queue.pop(self.at)
        self.at = min(self.at, max(len(self.queue) - 1, 0))

    def act(self, event: events.StaffActed) -> Execution:
        """Carry it out. A case that needs nobody any more leaves the queue. Raises Refused."""
        tenant, ref = self._at_hand()
        now = self.clock()
        with tenant.store.unit() as unit:
            done = act_in(unit, tenant, ref, event, now)
            for letter in done.letters:
                if letter.audience != "staff" and letter.state is LetterState.QUEUED:
                    leaves = max(letter.next_try or now, now + tenant.policy.undo_time(now))
                    unit.put_letter(replace(letter, next_try=leaves))
        self.done.append((tenant, ref))
        if done.case and not (done.case.is_open and done.case.needs):
            self._leave()
        return done

    def undo(self) -> str:
        """Take the last act of this session back and return to its case. Raises Refused when it is too late."""
        if not self.done:
            raise Refused("nothing was done in this sitting yet")
        tenant, ref = self.done[-1]
        with tenant.store.unit() as unit:
            undoing.take_back(unit, tenant, ref, self.actor, self.clock())
        self.done.pop()
        if (tenant, ref) not in self.queue:
            self.queue.insert(self.at, (tenant, ref))
        self.at = self.queue.index((tenant, ref))
        return ref

    def proposed(self) -> Letter | None:
        """The letter that waits for the requester, or the one that accepting would write."""
        if (here := self.here) is None:
            return None
        tenant, case = here
        with tenant.store.unit() as unit:
            letters = unit.letters_of(case.ref)
        waiting = [one for one in letters if one.audience == "requester" and one.state in _PROPOSED]
        if waiting:
            return waiting[-1]
        try:
            tried = acting.try_out(tenant, case.ref, events.Accepted(self.actor), self.clock())
        except MailbotError:
            return None
        return next((letter for letter in tried.letters if letter.audience == "requester"), None)
