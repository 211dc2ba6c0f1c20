"""Mail to the contact person or to the deputy comes back, or a machine answers it: the next people get the steps.

The rule kept here: without a mail that tells which step it gave, the next people get the last step of every open case
that concerned whom nobody can reach. Those are many: the clock goes through them, never the path of a mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from mailbot import absence, events
from mailbot.app import Tenant
from mailbot.decide import ladders
from mailbot.dispatch import decide_and_execute
from mailbot.execute import ladder_step_of
from mailbot.isolation import run_isolated
from mailbot.model import Case, Letter
from mailbot.outgoing.notices import Notice, tell
from mailbot.store import Unit

OUT_OF_OFFICE = "out of office"
#: Of so many open cases one round passes the steps on, a few milliseconds each; what comes in meanwhile waits for it.
MOST_AT_ONCE = 100


def escalate(unit: Unit, tenant: Tenant, who: str, letters: list[Letter], why: str, now: datetime) -> list[str]:
    """A mail to `who` came back or a machine answered it. Returns the cases that the next people hear of at once:
    those that `letters` were about."""
    if who == absence.DEPUTY and why != OUT_OF_OFFICE and not absence.is_away(unit, who):
        tell(unit, tenant, Notice("deputy_gone", f"deputy-gone:{now.isoformat()}"), now)
    absence.mark_away(unit, who, now)
    if not letters:
        absence.leave_steps(unit, who, why)
    given = list(_steps_given(unit, letters))
    return [case.ref for case, step in given if _pass_on(unit, tenant, who, case, step, why, now)]


def pass_on_steps(tenant: Tenant, now: datetime) -> None:
    """Gives the next people the last step of open cases that concerned somebody who is not there: of so many as one
    round bears, the next one goes on behind them. A worker that is killed meanwhile takes this round's cases once more;
    what the next people have already is not given again."""
    with tenant.store.unit() as unit:
        who = next((one for one in (absence.CONTACT, absence.DEPUTY) if absence.steps_left(unit, one)), "")
        refs = absence.begin_passing(unit, who)[:MOST_AT_ONCE] if who else []
    if not who:
        return
    left = dict.fromkeys(refs)

    def pass_on(ref: str) -> None:
        _pass_on_last(tenant, who, ref, now)
        del left[ref]

    try:
        run_isolated((ref, partial(pass_on, ref)) for ref in refs)
    finally:
        with tenant.store.unit() as unit:
            absence.steps_passed_on(unit, who, refs, left)


def _pass_on_last(tenant: Tenant, who: str, ref: str, now: datetime) -> None:
    with tenant.store.unit() as unit:
        case, why = unit.case(ref), absence.steps_left(unit, who)
        if case is None or not case.is_open or not why:
            return
        step = ladders.current_step(case)
        his = who == absence.CONTACT or absence.policy_now(unit, tenant).contact_away
        if step != "new" if his else step in case.climbed:
            _pass_on(unit, tenant, who, case, step, why, now)


def _pass_on(unit: Unit, tenant: Tenant, who: str, case: Case, step: str, why: str, now: datetime) -> bool:
    """Whether the next people hear of it: not, if they have this step."""
    event = events.ContactSilent(step, why) if who == absence.CONTACT else events.DeputySilent(step, why)
    return bool(decide_and_execute(unit, tenant, case, event, now).actions)


def _steps_given(unit: Unit, letters: list[Letter]) -> Iterator[tuple[Case, str]]:
    """The steps that these mails gave."""
    for token in (token for letter in letters for token in letter.covers or (letter.token,)):
        if case := unit.case(token.partition(":")[0]):
            yield case, ladder_step_of(token, case)
