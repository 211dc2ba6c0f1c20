"""Warnings to colleagues: one mail per person and day, and their acknowledgements.

The rule kept here: a step of the ladder waits as a call until its moment, so that the calls of one morning become one
mail, most urgent first. A call whose reason is gone is not made; a call whose deadline cannot wait is made today, also
when the person had a mail already. An acknowledgement counts only from a configured colleague whose address is vouched
for, and only with something that a stranger cannot know.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from mailbot import actions as do
from mailbot import events
from mailbot.absence import is_passing_on, mark_back, policy_now
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.deadlines import next_day_start
from mailbot.decide import ladders
from mailbot.dispatch import decide_and_execute
from mailbot.errors import Refused
from mailbot.execute import company_key, ladder_step_of, plan_steps_for, reply_code
from mailbot.isolation import run_isolated
from mailbot.letters.render import Value
from mailbot.model import Call, Case, Letter, LetterState, Mail, Policy
from mailbot.model.order import urgency
from mailbot.outgoing import gathering, successors
from mailbot.staff import replywords
from mailbot.staff.replywords import Say
from mailbot.staff.staffmail import answered, is_from, is_trusted, staff
from mailbot.store import Unit

log = logging.getLogger(__name__)

#: A warning says when it was due if it comes later than this.
LATE = timedelta(hours=1)
#: A matter without a day of its own comes after those of its case that have one.
_NEVER = datetime.max.replace(tzinfo=UTC)
#: So many cases of one mail get an entry in the reader's calendar; each had one in the mails before.
MOST_ENTRIES = 25


# --- one mail per person and day -----------------------------------------------------------------


def mail_due_calls(tenant: Tenant, now: datetime) -> int:
    """Turn the calls that may leave into mails, one per person. Returns how many mails were written."""
    with tenant.store.unit() as unit:
        successors.pass_on(unit, tenant.policy, now)
        people = dict.fromkeys(call.to for call in unit.calls_until(now))
    written: list[bool] = []

    def one_for(person: str) -> None:
        with tenant.store.unit() as unit:
            calls = [call for call in unit.calls_until(now) if call.to == person]
            written.append(_mail_calls(unit, tenant, person, calls, now))

    run_isolated(("warnings", partial(one_for, person)) for person in people)
    return sum(written)


def _mail_calls(unit: Unit, tenant: Tenant, person: str, calls: list[Call], now: datetime) -> bool:
    standing = _standing(unit, calls)
    for token in {call.token for call in calls} - {call.token for call, _ in standing}:
        unit.drop_call(token)
    if not standing or _waits(unit, tenant.policy, person, standing, now):
        return False
    unit.put_letter(_letter(unit, tenant, person, standing, now))
    if not is_passing_on(unit):  # else this is one part of what he hears today, and the next rounds have the others
        unit.put_note(f"called:{person}", _today(tenant.policy, now))
    for call, _ in standing:
        unit.drop_call(call.token)
    log.info("%s: one mail about %d cases", tenant.id, len(standing))
    return True


def _standing(unit: Unit, calls: list[Call]) -> list[tuple[Call, Case]]:
    """The calls that still have a reason, of each case the latest about each matter, most urgent case first."""
    latest: dict[tuple[str, str], tuple[Call, Case]] = {}
    for call in sorted(calls, key=lambda call: call.due_at):
        case = unit.case(call.ref)
        if case and ladders.still_stands(case, call.step):
            latest[call.ref, ladders.family(call.step)] = (call, case)
    return sorted(latest.values(), key=lambda pair: (urgency(pair[1]), pair[0].by or _NEVER))


def _waits(unit: Unit, policy: Policy, person: str, standing: list[tuple[Call, Case]], now: datetime) -> bool:
    """Whether a person who had his mail of today can wait for tomorrow's; then the calls are moved there."""
    if unit.note(f"called:{person}") != _today(policy, now):
        return False
    moment = next_day_start(now, policy.hours, policy.country, policy.zone)
    if any(call.by is not None and call.by <= moment for call, _ in standing):
        return False
    for call, _ in standing:
        unit.put_call(replace(call, send_at=moment))
    return True


def _today(policy: Policy, now: datetime) -> str:
    return policy.day_of(now).isoformat()


def _letter(unit: Unit, tenant: Tenant, person: str, standing: list[tuple[Call, Case]], now: datetime) -> Letter:
    """One mail about everything that waits for a person. Who only stands in gets the list that names no requester."""
    policy = policy_now(unit, tenant)
    stands_in = person in policy.beyond
    one = len(standing) == 1 and not stands_in
    letter = _about_one(unit, tenant, policy, *standing[0], now) if one else _list(unit, tenant, policy, standing, now)
    entries = [case for _, case in standing[:MOST_ENTRIES]] if not (one or stands_in) else []
    enclosed = tuple(entry for case in entries for entry in tenant.letters.entries(case, policy, person, now))
    return replace(letter, covers=tuple(call.token for call, _ in standing), enclosed=(*letter.enclosed, *enclosed))


def _about_one(unit: Unit, tenant: Tenant, policy: Policy, call: Call, case: Case, now: datetime) -> Letter:
    key = company_key(unit)
    send = do.Send(call.token, call.template, call.to, "staff", LetterState.QUEUED)
    extra: dict[str, Value] = {"code": reply_code(key, call.ref, call.step), "was_due": _was_due(call, policy, now)}
    return tenant.letters.compose(send, case, policy, now, key, extra | plan_steps_for(send, case, policy))


def _list(unit: Unit, tenant: Tenant, policy: Policy, standing: list[tuple[Call, Case]], now: datetime) -> Letter:
    key, to = company_key(unit), standing[0][0].to
    digest = hashlib.sha256("|".join(call.token for call, _ in standing).encode()).hexdigest()[:8]
    send = do.Send(f"warnings:{_today(policy, now)}:{digest}", "warnings", to, "staff", LetterState.QUEUED)
    rows = [
        tenant.letters.line_of(case, policy, now, ladders.family(call.step))
        | {"code": reply_code(key, case.ref, call.step), "was_due": _was_due(call, policy, now)}
        for call, case in standing
    ]
    cases = str(len({call.ref for call, _ in standing}))
    extra: dict[str, Value] = {"rows": rows, "cases": cases, "stands_in": to in policy.beyond}
    return tenant.letters.compose(send, None, policy, now, key, extra)


def _was_due(call: Call, policy: Policy, now: datetime) -> str:
    return dutch_moment(call.due_at, policy.zone) if now - call.due_at > LATE else ""


# --- acknowledgement -----------------------------------------------------------------------------


def take_acknowledgement(unit: Unit, tenant: Tenant, mail: Mail, now: datetime) -> tuple[str, ...] | None:
    """The references that a colleague's answer acknowledged, perhaps none; None if it answers no warning."""
    policy = policy_now(unit, tenant)
    if mail.sender is None or not is_from(mail, staff(policy) | frozenset(policy.beyond)):
        return None
    letter = answered(unit, mail)
    coded = list(_coded(unit, mail))
    if letter is None and not coded:
        return () if _answers_a_calendar_entry(mail) else None
    if not is_trusted(mail, policy):
        log.warning("%s: an answer to a warning is not believed: %s", tenant.id, mail.authenticated.reason)
        return ()
    mark_back(unit, policy, mail.sender.email)
    asked = coded or (list(_seen(unit, letter, mail)) if letter else [])
    return tuple(case.ref for case, step in asked if _acknowledge(unit, tenant, case, step, mail, now))


def _answers_a_calendar_entry(mail: Mail) -> bool:
    """What a calendar program sends when its owner accepts or refuses an entry (RFC 5546, 3.2.3)."""
    return mail.header("calendar-method").upper() in ("REPLY", "COUNTER", "DECLINECOUNTER")


def _coded(unit: Unit, mail: Mail) -> Iterator[tuple[Case, str]]:
    """The steps whose code the writer of a mail put on its first lines; further down it may be our own mail's."""
    key = company_key(unit)
    for word in replywords.read(mail.text):
        if word.say is Say.SEEN and word.ref and word.rest and (case := unit.case(word.ref)):
            for step in dict.fromkeys((*case.alerted, *ladders.AT_RECEIPT)):
                if hmac.compare_digest(reply_code(key, case.ref, step), word.rest.upper()):
                    yield case, step


def _seen(unit: Unit, letter: Letter, mail: Mail) -> Iterator[tuple[Case, str]]:
    """The one step that a mail warned of. A mail about several cases needs a code for each; one about what came in at
    once, the number of each."""
    tokens = letter.covers or (letter.token,)
    cases = [(case, ladder_step_of(token, case)) for token in tokens if (case := unit.case(token.partition(":")[0]))]
    words = [word for word in replywords.read(mail.text) if word.say is Say.SEEN and not word.rest]
    named = {word.ref for word in words}
    if len(tokens) == 1 or letter.token in tokens:
        yield from [(case, step) for case, step in cases[:1] if named & {"", case.ref}]
    elif letter.template == gathering.TEMPLATE:
        yield from ((case, step) for case, step in cases if case.ref in named and ladders.is_step(case, step))


def _acknowledge(unit: Unit, tenant: Tenant, case: Case, step: str, mail: Mail, now: datetime) -> bool:
    event = events.Acknowledged(mail.sender.email if mail.sender else "", step)
    try:
        decide_and_execute(unit, tenant, case, event, now)
    except Refused as error:
        log.info("%s: %s: not acknowledged: %s", tenant.id, case.ref, error)
        return False
    return True
