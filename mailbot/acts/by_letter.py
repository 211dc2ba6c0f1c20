"""A person reaches who asked by post: a letter is printed and posted, and he says on which day, or that it came back.

The rule kept here: what a person posted counts as what our server takes counts, by the day that he names and with his
name on record; a letter of ours that can no longer leave by mail stays out of the mail.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from mailbot import absence, events
from mailbot.acts.acting import act_in
from mailbot.acts.permissions import permission_for_name
from mailbot.app import Tenant
from mailbot.decide import decide
from mailbot.decide.moments import moment_of
from mailbot.errors import Refused
from mailbot.execute import Execution, execute
from mailbot.model import BY_POST, ON_PAPER, SECOND_LOOK, Case, Letter, LetterState
from mailbot.outgoing.kept import as_kept
from mailbot.outgoing.settling import covered_decisions
from mailbot.sender.redaction import masked
from mailbot.store import Unit

_CAN_BE_POSTED = (LetterState.HELD, LetterState.QUEUED, LetterState.FAILED, LetterState.UNSURE, LetterState.OBSERVED)


def act(tenant: Tenant, ref: str, event: events.StaffActed, told_on: date | None, now: datetime) -> Execution:
    """Carry out what a person decided about a case, with its letters for the post; `told_on`: the day on which he
    posted them already. Raises Refused with the rule that forbids it."""
    with tenant.store.unit() as unit:
        case = unit.named_case(ref)
        at = moment_of(told_on, case, absence.policy_now(unit, tenant), now) if told_on else None
        done = act_in(unit, tenant, ref, event, now, on_paper=True, as_of=at)
        letters = [one for one in done.letters if one.is_on_paper]
        if at and not letters:
            raise Refused(f"This writes no letter about {ref} that a person can post")
        posted = {one.token: _post(unit, tenant, one, at, event.actor, now) for one in letters} if at else {}
        letters = [posted.get(one.token, one) for one in done.letters]
        return replace(done, case=unit.case(ref), letters=tuple(letters))


def post(tenant: Tenant, token: str, told_on: date | None, actor: str, now: datetime) -> Letter:
    """A person posted a letter that waits, on this day or today. Raises Refused for one that does not wait, and for a
    day that cannot be."""
    with tenant.store.unit() as unit:
        return post_in(unit, tenant, token, told_on, actor, now)


def post_in(unit: Unit, tenant: Tenant, token: str, told_on: date | None, actor: str, now: datetime) -> Letter:
    """The same, inside a unit of work."""
    tenant.require_permission("send")
    letter = unit.letter(token)
    if letter is None or letter.state not in _CAN_BE_POSTED or letter.audience != "requester":
        raise Refused(f"no letter {token} waits to be posted; `mailbot outbox` lists them", "nothing_waits")
    case, policy = unit.named_case(letter.ref), tenant.policy
    if letter.why == SECOND_LOOK or any(part.file for part in letter.enclosed):
        raise Refused(
            f"a copy of data is a file, which this letter brings: hand it over in another way, then `mailbot close "
            f"{letter.ref} --answered-elsewhere --told-on DAY`",
            "F-11",
        )
    if letter.lies_in_drafts:
        raise Refused("it lies in the drafts of the mailbox: delete it there first, so that nobody sends it too")
    day = told_on or policy.day_of(now)
    if letter.created_at and day < (written := policy.day_of(letter.created_at)):
        raise Refused(f"this letter was written on {written}, so nobody posted it on {day}", "which_day")
    return _post(unit, tenant, letter, moment_of(day, case, policy, now), actor, now)


def came_back(tenant: Tenant, token: str, reason: str, actor: str, now: datetime) -> Letter:
    """A letter that was posted came back, or was not posted after all: it waits again. Raises Refused for another."""
    tenant.require_permission(permission_for_name("CameBackByPost"))
    with tenant.store.unit() as unit:
        letter = unit.letter(token)
        if letter is None or letter.state is not LetterState.SENT or not letter.posted_by:
            raise Refused(f"no letter {token} was posted; `mailbot show` lists the letters of a case")
        waits = replace(letter, to="", state=LetterState.HELD, why=ON_PAPER, answer="", settled_at=None)
        unit.put_letter(waits)
        for ref, name in covered_decisions(letter):
            _tell(
                unit,
                tenant,
                unit.named_case(ref),
                events.CameBackByPost(actor, name, letter.template, masked(reason)),
                now,
                now,
            )
        return waits


def _post(unit: Unit, tenant: Tenant, letter: Letter, at: datetime, actor: str, now: datetime) -> Letter:
    posted = replace(
        as_kept(letter), state=LetterState.SENT, answer=f"{BY_POST}{actor}", why="", settled_at=at, next_try=None
    )
    unit.put_letter(posted)
    for ref, token in covered_decisions(letter):
        event = events.SentByPost(actor, token, letter.template, letter.content_hash)
        _tell(unit, tenant, unit.named_case(ref), event, at, now)
    return posted


def _tell(unit: Unit, tenant: Tenant, case: Case, event: events.PostalEvent, at: datetime, now: datetime) -> None:
    policy = absence.policy_now(unit, tenant)
    execute(unit, case, event, decide(case, event, policy, at), policy, tenant.letters, now)
