"""Time passes for a case: which dates it has, which warning is due, when the clock looks again.

The rule kept here: everything is computed from the case as it is stored. A warning is named after the date it belongs
to, so it is given once; after an outage only the most urgent one is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot.dates import dutch_moment
from mailbot.deadlines import (
    ClockEvents,
    Rule,
    Rung,
    Terms,
    add_months,
    compute,
    explain,
    is_within,
    leaves_at,
    thanking_days,
    to_deadlines,
)
from mailbot.deadlines import steps as reasoned
from mailbot.decide import ladders, processors, sending
from mailbot.decide.decision import Decision
from mailbot.model import Case, Deadline, Kind, LetterState, Outcome, Policy

_RULES = {
    Kind.DIRECT_MARKETING: Rule.DM_OBJECTION,
    Kind.OBJECTION: Rule.OBJECTION_21_1,
    Kind.CONSENT_WITHDRAWAL: Rule.CONSENT_WITHDRAWAL,
}


def dates_of(case: Case, policy: Policy) -> do.SetDeadlines:
    """Every date of the case as it now is; what was met stays met."""
    terms = terms_of(case, policy)
    fresh = [deadline for one in terms for deadline in to_deadlines(one, policy.zone)]
    fresh += thanking_days(_month_of(case, policy), policy.zone) if case.only_breach else ()
    by_name = {deadline.name: deadline for deadline in reversed(fresh)}
    kept = tuple(_as_met(deadline, case) for deadline in by_name.values() if not _is_idle(deadline, terms[0], case))
    clock = explain(terms[0], _box(case, policy)) + _question(case, policy)
    reasons = tuple(f"{step.explanation.rstrip('.')} ({step.basis})." for one in terms for step in reasoned(one))
    return do.SetDeadlines(tuple(sorted(kept, key=lambda deadline: deadline.due)), clock, reasons)


def _question(case: Case, policy: Policy) -> str:
    """A colleague may have answered already; until a person says so, the clock runs and asks."""
    if case.colleague_wrote_at is None:
        return ""
    return f" -> beantwoord door collega op {dutch_moment(case.colleague_wrote_at, policy.zone)}, klopt dat?"


def terms_of(case: Case, policy: Policy) -> tuple[Terms, ...]:
    """The month of every request, and the 72 hours of a breach: beside it, or alone where nothing is asked."""
    if Kind.BREACH_REPORT not in case.kinds:
        return (_month_of(case, policy),)
    hours = compute(Rule.BREACH_72H, case.received_at, policy.country, policy.zone, None)
    return (hours,) if case.only_breach else (_month_of(case, policy), hours)


def _month_of(case: Case, policy: Policy) -> Terms:
    """The month in which a person gets his answer; a reporter gets it by our own choice."""
    rule = next((_RULES[kind] for kind in case.kinds if kind in _RULES), Rule.ART12_3)
    events, promise = clock_events(case), policy.promise_days
    return compute(rule, case.received_at, policy.country, policy.zone, promise, events, policy.promise_months)


def refusal_of(case: Case, policy: Policy) -> Deadline | None:
    """The term of a no, in whole or in part, where one was said: the month, whatever an extension or a question about
    identity gave the answer (article 12(4), A-35). Met when the last no left."""
    said = [item for item in case.items if item.outcome is Outcome.REFUSED or item.ground]
    if not said:
        return None
    terms = compute(Rule.REFUSAL_12_4, case.received_at, policy.country, policy.zone, None)
    [month] = (one for one in to_deadlines(terms, policy.zone) if one.name == "statutory")
    answered = case.deadline("statutory")
    moments = [item.told_at or (answered.met_at if answered else None) for item in said]
    told = [at for at in moments if at]
    return replace(month, name="refusal", met_at=max(told) if len(told) == len(moments) else None)


def month_is_over(case: Case, policy: Policy, now: datetime) -> bool:
    """Whether a notice of extension, or a no, comes too late today (A-34, A-35)."""
    return policy.day_of(now) > add_months(policy.day_of(case.received_at), 1)


def refused_late(case: Case, policy: Policy) -> bool:
    """Whether a no was said after its month."""
    term = refusal_of(case, policy)
    return bool(term and term.met_at and not is_within(term, term.met_at))


def clock_events(case: Case) -> ClockEvents:
    """What moved the clock of this case since receipt."""
    return ClockEvents(
        identity_doubt_reasonable=bool(case.doubt),
        identity_asked_at=case.identity_asked_at,
        identity_received_at=case.identity_received_at,
        extended_at=case.extended_at,
    )


def answer_terms(case: Case) -> tuple[str, ...]:
    """The deadlines that an answer to the person meets: not the authority's, which a decision meets, and not the day
    on which something had to stop, which is met when somebody says that it stopped."""
    return tuple(deadline.name for deadline in case.deadlines if deadline.name not in ("breach", "stop_by"))


def resume(decision: Decision) -> None:
    """Proof came after the letter that we cannot identify the person: what that letter met is due again (A-38)."""
    case = decision.case
    if case.told_unidentified:
        decision.do(do.MissDeadlines(tuple(name for name in answer_terms(case) if name != "notice_by")))


def _box(case: Case, policy: Policy) -> str:
    """The mailbox that was written to, as people call it: "info@"."""
    box = next((mail.box for mail in case.mails if mail.box), policy.mailbox)
    return f"{box.partition('@')[0]}@" if case.channel == "mail" and box else ""


def _is_idle(deadline: Deadline, terms: Terms, case: Case) -> bool:
    """While the clock stands still people act on the notice; once that left, there is no day left to act by."""
    notice = case.deadline("notice_by")
    return deadline.name == "act_by" and terms.suspended_days is None and bool(notice and notice.met_at)


def _as_met(deadline: Deadline, case: Case) -> Deadline:
    before = next((one for one in case.deadlines if one.name == deadline.name), None)
    return replace(deadline, met_at=before.met_at) if before else deadline


def on_time(case: Case, policy: Policy, now: datetime) -> list[do.Action]:
    """Write the letter and give the warnings that are due, and say when to look again."""
    decision = Decision(case, now)
    if case.is_open:
        _write_cannot_identify(decision, policy)
        for rung in ladders.due_steps(case, policy, now):
            _warn(decision, rung, policy)
        processors.chase(decision, policy)
    decision.do(wake(decision.case, policy, now))
    return decision.actions


def _warn(decision: Decision, rung: Rung, policy: Policy) -> None:
    """Give a step: about a breach at once, day and night; else with the day's others, when people are in."""
    ref, by = decision.case.ref, ladders.deadline_of(decision.case, rung.name)
    send = do.Send(
        f"{ref}:{rung.name}", ladders.template_of(rung.name), policy.contact_email, "staff", LetterState.QUEUED
    )
    if not rung.step.startswith(ladders.BREACH):
        moment = leaves_at(decision.now, by, policy.hours, policy.country, policy.zone)
        send = replace(send, step=rung.name, due_at=rung.due, by=by, not_before=moment)
    calls = sending.to_both(send, policy, deputy=rung.deputy)
    decision.do(*calls, do.MarkAlerted(rung.name))
    if len(calls) > 1:
        decision.do(do.Climb(rung.name))


def call_for_breach(decision: Decision, policy: Policy) -> None:
    """A mail turned out to report a breach: its 72 hours ran all the while, so people are called at once (A-58)."""
    decision.need("breach")
    _warn(decision, ladders.breach_call(decision.case, decision.now), policy)


def _write_cannot_identify(decision: Decision, policy: Policy) -> None:
    """The letter of article 12(2) and (4) waits for a person, whatever the settings say (A-38, F-01)."""
    case, notice = decision.case, decision.case.deadline("notice_by")
    at = ladders.cannot_identify_at(case, policy)
    if at is None or notice is None or at > decision.now:
        return
    step = ladders.cannot_identify_step(notice)
    decision.do(sending.to_requester(f"{case.ref}:{step}", "cannot_identify", case, policy), do.MarkAlerted(step))


def wake(case: Case, policy: Policy, now: datetime) -> do.Wake:
    """When the clock has work for this case next; never once it is closed or answered."""
    moments = (*ladders.moments(case, policy, now), *processors.chase_moments(case, policy))
    return do.Wake(min(moments, default=None) if case.is_open else None)
