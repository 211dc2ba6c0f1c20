"""Which step of which ladder is due for a case: towards the answer, towards a notice with content, about a breach.

The rule kept here: a step is named after the date it belongs to, so it is taken once, and a date that moved warns anew.
While proof of identity is awaited, the warnings lead to the day on which some notice must have left (A-24, A-38). They
are also given, beside the others, where a clock stood still or was extended and nothing with content has left yet. A
reply that came when no term ran any more is called for every working day until somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailbot.deadlines import Ladder, Rung, due_step, ladder, next_moment, next_start
from mailbot.deadlines.calendars import roll_back, working_days_after, working_days_before
from mailbot.deadlines.ladder import MORNING, OVERDUE
from mailbot.decide import unproven
from mailbot.decide.stopping import waits_for_stop
from mailbot.model import Case, Deadline, LadderStep, Policy

#: Hours after receipt at which a breach is called for again; from 72 on it is every day (article 33; A-58).
BREACH_CALLS = (24, 48, 60)
BREACH, NOTICE, STOP, SEEN = "breach-", "notice-", "stop-", "seen:"
#: A mail about a reply: "reply:" and the key of that mail when it came in, "reply:" and the day on the days after.
REPLY = "reply:"
#: What a mail at receipt is called as a step, so that it can be acknowledged.
AT_RECEIPT = ("needs", "new")
#: The letter "we cannot identify you" is put before people so many working days before it must have left (A-38).
NOTICE_DAYS = 3
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def due_steps(case: Case, policy: Policy, now: datetime) -> Iterator[Rung]:
    """The most urgent step of each ladder, unless it was taken."""
    answer, notice = answer_ladder(case, policy), notice_ladder(case, policy)
    if answer and (rung := due_step(answer, now, case.alerted)):
        yield rung
    if notice and (rung := due_step(notice, now, _notices(case))):
        yield replace(rung, name=f"{NOTICE}{rung.name}", step=f"{NOTICE}{rung.step}")
    if call := _missed_call(case, now):
        yield call
    for call in (_stop_call(case, policy, now), _reply_call(case, policy, now)):
        if call and call.due <= now:
            yield call


def moments(case: Case, policy: Policy, now: datetime) -> Iterator[datetime]:
    """When each ladder has work next; `now` when it has some already."""
    answer, notice = answer_ladder(case, policy), notice_ladder(case, policy)
    if answer:
        yield next_moment(answer, now, case.alerted)
    if notice:
        yield next_moment(notice, now, _notices(case))
    if letter_at := cannot_identify_at(case, policy):
        yield max(letter_at, now)
    for call in (_stop_call(case, policy, now), _reply_call(case, policy, now)):
        if call:
            yield max(call.due, now)
    if _breach_runs(case):
        yield now if _missed_call(case, now) else next(call.due for call in _breach_calls(case, now) if call.due > now)


def term_runs(case: Case, policy: Policy) -> bool:
    """Whether some ladder brings this case back to people by itself."""
    return case.is_open and bool(answer_ladder(case, policy) or notice_ladder(case, policy))


def passed_step(case: Case, policy: Policy, now: datetime) -> Rung | None:
    """The step before the answer whose moment has passed; what is overdue is told by itself."""
    answer = answer_ladder(case, policy)
    rung = due_step(answer, now, ()) if answer else None
    return None if rung is None or rung.step == OVERDUE else rung


def answer_ladder(case: Case, policy: Policy) -> Ladder | None:
    """The ladder to the day on which people must act; None when nothing is left to warn of or no day can be named."""
    act_by, operating = case.deadline("act_by"), case.deadline("operating")
    if act_by is None or act_by.on is None or act_by.met_at or operating is None:
        return None
    return ladder(act_by.on, policy.ladder, policy.country, policy.zone, case.received_at)


def notice_ladder(case: Case, policy: Policy) -> Ladder | None:
    """The ladder to the notice, where that must leave before the answer; None where the answer is the notice."""
    notice, operating = case.deadline("notice_by"), case.deadline("operating")
    if notice is None or notice.on is None or notice.met_at or (operating and operating.on == notice.on):
        return None
    last = roll_back(notice.on, policy.country)
    return ladder(last, _notice_steps(policy), policy.country, policy.zone, case.received_at)


def cannot_identify_at(case: Case, policy: Policy) -> datetime | None:
    """When the letter "we cannot identify you" is written; None when it is not needed or was written."""
    notice = case.deadline("notice_by")
    awaited = (case.clock_stands_still or unproven.is_awaited(case)) and not unproven.is_disowned(case)
    if not awaited or notice is None or notice.on is None or notice.met_at:
        return None
    if cannot_identify_step(notice) in case.alerted:
        return None
    return _morning(_cannot_identify_on(case, notice.on, policy), policy)


def _cannot_identify_on(case: Case, notice_on: date, policy: Policy) -> date:
    """Three working days before the notice must have left; who was asked late gets the same days to answer, as far as
    the notice allows, and all of them where its day had passed before anybody was asked."""
    last = roll_back(notice_on, policy.country)
    day = working_days_before(last, NOTICE_DAYS, policy.country)
    if case.proof_asked_at is None:
        return day
    asked_on = policy.day_of(case.proof_asked_at)
    answered_by = working_days_after(asked_on, NOTICE_DAYS, policy.country)
    return answered_by if asked_on > last else max(day, min(answered_by, last))


def cannot_identify_step(notice: Deadline) -> str:
    """Under which name the letter is remembered; it is also the end of its token."""
    return f"cannot_identify:{notice.on}"


def current_step(case: Case) -> str:
    """The step that people were warned of last."""
    over = (SEEN, "cannot_identify:", *([] if case.reply_at else [REPLY]))
    taken = [step for step in case.alerted if not step.startswith(over)]
    return taken[-1] if taken else "needs" if case.needs else "new"


def is_step(case: Case, step: str) -> bool:
    """Whether people were warned of this step."""
    return step in AT_RECEIPT or (step in case.alerted and not step.startswith(SEEN))


def is_seen(case: Case, step: str) -> bool:
    """Whether a person has acknowledged this step."""
    return f"{SEEN}{step}" in case.alerted


def family(step: str) -> str:
    """What a step is about: the answer, a notice before it, a breach, what had to stop at once, or a reply."""
    return next((prefix for prefix in (BREACH, NOTICE, STOP, REPLY) if step.startswith(prefix)), "answer")


def template_of(step: str) -> str:
    """Which letter gives this step to people."""
    if step.startswith(REPLY):
        return "reply_unseen"
    name = step.partition(":")[0]
    if name.startswith(BREACH):
        return "breach_undecided"
    if name.startswith(NOTICE):
        return "notice_near"
    if name.startswith(STOP):
        return "stop_unconfirmed"
    named = {"needs": "needs_person", "new": "new_case", "overdue": "overdue"}
    return named.get(name, "deadline_near")


def deadline_of(case: Case, step: str) -> datetime | None:
    """The moment that a step warns of."""
    if step.startswith(STOP):
        return case.opened_at  # it had to stop that day, so this never waits for working hours
    if step.startswith(REPLY):
        return None
    deadline = _warned_of(case, step)
    return deadline.due if deadline else None


def still_stands(case: Case, step: str) -> bool:
    """Whether there is still a reason to give this step: nothing was answered, closed or acknowledged meanwhile."""
    if step.startswith(STOP):
        return case.is_open and waits_for_stop(case)
    if step.startswith(REPLY):
        return case.is_open and case.reply_at is not None
    deadline = _warned_of(case, step)
    waiting = step in AT_RECEIPT or (deadline is not None and deadline.met_at is None)
    return case.is_open and waiting and not is_seen(case, step)


def _warned_of(case: Case, step: str) -> Deadline | None:
    return case.deadline("breach" if step.startswith(BREACH) else "notice_by" if step.startswith(NOTICE) else "act_by")


def _notice_steps(policy: Policy) -> tuple[LadderStep, ...]:
    """The company's own, and always one on the day on which the letter is ready."""
    own = policy.ladder
    ready = any(step.working and step.days == NOTICE_DAYS for step in own)
    return own if ready else (*own, LadderStep("letter-ready", NOTICE_DAYS, working=True, deputy=True))


def _notices(case: Case) -> frozenset[str]:
    return frozenset(step.removeprefix(NOTICE) for step in case.alerted if step.startswith(NOTICE))


def _breach_runs(case: Case) -> bool:
    breach = case.deadline("breach")
    return breach is not None and breach.met_at is None


def breach_call(case: Case, now: datetime) -> Rung:
    """The call for a breach that people see only now: the last one that was missed, else the first."""
    step, day = f"{BREACH}0h", case.received_at.date().isoformat()
    return _missed_call(case, now) or Rung(f"{step}:{day}", case.received_at, step, deputy=False)


def _missed_call(case: Case, now: datetime) -> Rung | None:
    """The last call for a breach whose moment has come, unless it was made."""
    passed = [call for call in _breach_calls(case, now) if call.due <= now] if _breach_runs(case) else []
    return passed[-1] if passed and passed[-1].name not in case.alerted else None


def _breach_calls(case: Case, now: datetime) -> list[Rung]:
    """Every call until now and the next one. An acknowledgement keeps the deputy out, it ends no call."""
    start = case.received_at.date().isoformat()
    quiet = any(
        step.startswith(f"{SEEN}{BREACH}") or step in map(f"{SEEN}{{}}".format, AT_RECEIPT) for step in case.alerted
    )
    passed = int((now - case.received_at) / _HOUR)
    hours = [*BREACH_CALLS, *range(72, passed + 25, 24)]
    return [
        Rung(
            f"{BREACH}{hour}h:{start}",
            case.received_at + hour * _HOUR,
            f"{BREACH}{hour}h",
            deputy=hour > 24 and not quiet,
        )
        for hour in hours
    ]


def _stop_call(case: Case, policy: Policy, now: datetime) -> Rung | None:
    """What had to stop at once and was not confirmed: the last morning's call, or if that was made the next one.

    Every day from the one after the case was opened, weekends included, and from the second one to the deputy too.
    """
    if case.opened_at is None or not waits_for_stop(case):
        return None
    opened, today = (policy.day_of(moment) for moment in (case.opened_at, now))
    first = opened + _DAY
    day = max(first, today if _morning(today, policy) <= now else today - _DAY)
    call = _stop_rung(day, first, policy)
    return call if call.name not in case.alerted else _stop_rung(day + _DAY, first, policy)


def _stop_rung(day: date, first: date, policy: Policy) -> Rung:
    step = f"{STOP}unconfirmed"
    return Rung(f"{step}:{day.isoformat()}", _morning(day, policy), step, deputy=day > first)


def _reply_call(case: Case, policy: Policy, now: datetime) -> Rung | None:
    """A reply that nobody has looked at: the last working morning's call, or if that was made the next one.

    From the second one on the deputy gets it too.
    """
    if case.reply_at is None:
        return None
    told = next_start(case.reply_at, policy.hours, policy.country, policy.zone)
    told_on, today = (policy.day_of(moment) for moment in (told, now))
    first = working_days_after(told_on, 1, policy.country)
    day = max(first, roll_back(today if _morning(today, policy) <= now else today - _DAY, policy.country))
    if f"{REPLY}{day}" in case.alerted:
        day = working_days_after(day, 1, policy.country)
    return Rung(f"{REPLY}{day}", _morning(day, policy), REPLY, deputy=day > first)


def _morning(day: date, policy: Policy) -> datetime:
    return datetime.combine(day, MORNING, policy.zone).astimezone(UTC)
