"""A letter left, failed or came back. Only what our own mail server accepted was said (F-15).

The rule kept here: a term is met, a clock extended or stopped by a letter that was sent, from the moment it was sent;
a bounce takes that back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import closing, escalation, outcomes, processors, questions, sending
from mailbot.decide.clock import answer_terms, dates_of, month_is_over, terms_of, wake
from mailbot.decide.decision import Decision
from mailbot.model import FIXED, Case, LetterState, Policy, is_foreign
from mailbot.plan.retention import forget_on

#: What the notice meets that is no answer: an extension with reasons, or that we cannot identify the person (A-24).
_NOTICE = ("notice_by",)

#: A letter of the case waits because the airlock found something in it; one failed, so what it says was not told.
_STOPPED, _FAILED = "letter_stopped", "letter_failed"


def on_settled(case: Case, event: events.LetterSettled, policy: Policy, now: datetime) -> list[do.Action]:
    """Meet the deadlines when an answer left; tell staff when a letter did not."""
    decision = Decision(case, now)
    if event.audience == "processor":
        return _about_party(decision, event, policy)
    if event.state is LetterState.SENT:
        decision.do(do.Remark(f"sent: {event.template}"), *([event.taken] if event.taken else []))
        if event.audience == "requester":
            decision.need_no_more(_FAILED, *(() if event.template in FIXED else (_STOPPED,)))
        letter_sent(decision, event.template, event.token, policy)
        return decision.actions
    decision.do(do.Remark(f"{event.state}: {event.template} ({event.why})"))
    if event.template == "extended" and event.state in (LetterState.FAILED, LetterState.DROPPED):
        decision.do(do.PlanExtension(""))
        if event.state is LetterState.FAILED and month_is_over(case, policy, now):
            _too_late(decision, policy)
            return decision.actions
    if is_foreign(event.token) and event.state in (LetterState.FAILED, LetterState.DROPPED):
        _let_go_of(decision, event.token)
    if event.state is LetterState.DROPPED and event.audience == "requester":
        decision.need_no_more(_FAILED)
    if event.state is LetterState.DROPPED or is_foreign(event.token):
        return decision.actions
    if event.audience == "requester":
        if event.state is LetterState.FAILED and decision.case.is_open:
            decision.need(_FAILED)
        told = _told_as("undelivered", decision, event, LetterState.FAILED, LetterState.UNSURE)
        decision.do(*sending.to_staff(told, "undelivered", policy, deputy=True))
    elif event.state is LetterState.FAILED and not event.token.endswith(escalation.DEPUTY):
        escalation.to_deputy(decision, event.token.removeprefix(f"{case.ref}:"), policy)
    return decision.actions


def _told_as(name: str, decision: Decision, event: events.LetterSettled | events.MailBounced, *ends: str) -> str:
    """By which name people are told of this end: each time by one of its own, for a letter that a person let go again
    can fail again."""
    remarks = tuple(f"{end}: {event.template}" for end in ends)
    times = sum(remark.partition(" (")[0] in remarks for remark in decision.case.remarks)
    return f"{name}{f'-{times}' if times > 1 else ''}:{event.token}"


def heard(decision: Decision) -> None:
    """The person heard from us after all: nobody is called for a letter that failed before."""
    decision.need_no_more(_FAILED)


def _about_party(
    decision: Decision, event: events.LetterSettled | events.MailBounced, policy: Policy
) -> list[do.Action]:
    """A mail to a processor left, failed or came back."""
    if isinstance(event, events.LetterSettled):
        decision.do(do.Remark(f"{event.state}: {event.template}"))
        processors.on_letter(decision, event, policy)
    else:
        decision.do(do.Remark(f"bounced: {event.template}"))
        processors.on_bounce(decision, event, policy)
    if decision.case.is_open:
        decision.do(wake(decision.case, policy, decision.now))
    return decision.actions


def letter_sent(decision: Decision, template: str, token: str, policy: Policy) -> None:
    """What a letter to who asked does to the case by having left."""
    questions.note_sent(decision, template)
    case, now = decision.case, decision.now
    match template:
        case name if outcomes.ends(name):
            outcomes.mark_told(decision, token, own_words=name == "answer")
        case "package":
            _copy_left(decision, token)
        case "cannot_identify":
            decision.do(do.MeetDeadlines(now, _NOTICE if case.clock_stands_still else answer_terms(case)))
            decision.do(dates_of(decision.case, policy))
        case "identity_question" | "confirmation" if case.doubt and case.identity_asked_at is None:
            decision.do(do.AskIdentity(now))
            decision.do(dates_of(decision.case, policy))
        case "extended":
            _extended(decision, policy)
        case "restriction_lifted":
            if not is_foreign(token):
                decision.do(do.LiftRestriction(now))
            if not case.is_open:
                decision.do(do.PlanForgetting(forget_on(decision.case, policy, now)))
            if any(item.letter == token for item in case.items):
                outcomes.mark_told(decision, token)
        case _:
            return
    if decision.case.is_open:
        closing.letter_left(decision, policy)
    if decision.case.is_open:
        decision.do(wake(decision.case, policy, now))


def _copy_left(decision: Decision, token: str) -> None:
    """A letter of the copy left; the person has the copy when the last one did."""
    packed = decision.case.work.packed_in(token)
    if packed is None:
        return
    left = tuple(dict.fromkeys((*packed.left, token)))
    whole = set(left) >= set(packed.tokens)
    decision.do(do.Pack(replace(packed, left=left, sent_at=decision.now if whole else None)))
    if whole:
        outcomes.mark_told(decision, packed.token)


def _copy_back(decision: Decision, token: str) -> None:
    """A letter of the copy came back, so the person has no whole copy."""
    if packed := decision.case.work.packed_in(token):
        left = tuple(one for one in packed.left if one != token)
        decision.do(do.Pack(replace(packed, left=left, sent_at=None)))
        outcomes.mark_untold(decision, packed.token)


def _lifted_unheard(decision: Decision, token: str) -> None:
    """Nobody was told before the restriction ended, so it did not end (article 18(3); A-54)."""
    told = any(item.letter == token for item in decision.case.items)
    if not is_foreign(token):
        decision.do(do.Restrict(decision.now))
        decision.do(*([] if decision.case.is_open else [do.PlanForgetting(None)]))
    if told:
        outcomes.mark_untold(decision, token)
    _let_go_of(decision, token)


def _let_go_of(decision: Decision, token: str) -> None:
    """A letter of another case does not tell this right after all: people answer it here."""
    if is_foreign(token):
        items = (replace(item, letter="") if item.letter == token else item for item in decision.case.items)
        decision.do(do.SetItems(tuple(items)))


def _extended(decision: Decision, policy: Policy) -> None:
    """The notice extends from the moment it left; one that left after the first month extends nothing (A-34)."""
    decision.do(do.Extend(decision.now))
    terms = terms_of(decision.case, policy)[0]
    if terms.extension_valid:
        decision.do(do.MeetDeadlines(decision.now, _NOTICE))
        if terms.promise_missed:
            decision.do(do.Remark("promise_missed: the notice of extension left after the promised date (A-34)"))
    else:
        _too_late(decision, policy)
    decision.do(dates_of(decision.case, policy))


def _too_late(decision: Decision, policy: Policy) -> None:
    """People hear at once that nothing was extended: the answer itself is due (A-34)."""
    decision.need("extension_too_late")
    decision.do(*sending.to_staff(f"{decision.case.ref}:extension-too-late", "needs_person", policy, deputy=True))


def on_stopped(case: Case, event: events.LetterStopped, policy: Policy, now: datetime) -> list[do.Action]:
    """The airlock stopped a letter: a person is told what was found. Nothing of it stands in the history."""
    decision = Decision(case, now)
    decision.do(do.Remark(f"stopped by the airlock: {event.template}"))
    decision.need(_STOPPED)
    tries = sum(remark.startswith("stopped by the airlock") for remark in decision.case.remarks)
    decision.do(*sending.to_staff(f"stopped:{event.token}:{tries}", "stopped", policy, body=event.found))
    return decision.actions


def on_bounce(case: Case, event: events.MailBounced, policy: Policy, now: datetime) -> list[do.Action]:
    """What bounced was not said: an answered case opens again, an extended one is not, a question was not asked."""
    decision = Decision(case, now)
    if event.audience == "processor":
        return _about_party(decision, event, policy)
    decision.do(do.Remark(f"bounced: {event.template}"))
    letter_bounced(decision, event.template, event.token, policy)
    if event.audience == "requester":
        told = _told_as("bounced", decision, event, "bounced")
        decision.do(*sending.to_staff(told, "undelivered", policy, deputy=True))
    elif not event.token.endswith(escalation.DEPUTY):
        escalation.to_deputy(decision, event.token.removeprefix(f"{case.ref}:"), policy)
    return decision.actions


def on_silence(
    case: Case, event: events.ContactSilent | events.DeputySilent, policy: Policy, now: datetime
) -> list[do.Action]:
    """Somebody is not there: the next one gets the step at hand."""
    decision = Decision(case, now)
    if isinstance(event, events.ContactSilent) and policy.has_deputy:
        escalation.to_deputy(decision, event.step, policy)
        to = "the deputy"
    else:
        escalation.pass_on(decision, event.step, policy)
        to = "the next people"
    if decision.actions:
        decision.do(do.Remark(f"{event.step} to {to}: {event.why}"))
    return decision.actions


def letter_bounced(decision: Decision, template: str, token: str, policy: Policy) -> None:
    """What a letter that was not heard takes back of what it had done."""
    questions.note_unheard(decision, template)
    case = decision.case
    match template:
        case name if outcomes.ends(name):
            outcomes.mark_untold(decision, token)
        case "package":
            _copy_back(decision, token)
        case "restriction_lifted":
            _lifted_unheard(decision, token)
        case "extended":
            decision.do(do.Extend(None), do.PlanExtension(""), do.MissDeadlines(_NOTICE))
        case "cannot_identify":
            decision.do(do.MissDeadlines(answer_terms(case) if outcomes.untold(case) else _NOTICE))
        case "identity_question" | "confirmation" if _is_awaited(case):
            decision.do(do.AskIdentity(None))
        case _:
            return
    decision.do(dates_of(decision.case, policy))
    if decision.case.is_open:
        decision.do(wake(decision.case, policy, decision.now))


def _is_awaited(case: Case) -> bool:
    """Whether a question of ours stopped the clock and nobody has answered it."""
    return case.identity_asked_at is not None and case.identity_received_at is None and case.identity != "denied"


def on_staff_mail(case: Case, event: events.StaffMailSeen, policy: Policy, now: datetime) -> list[do.Action]:
    """A colleague wrote to the requester: on record, but the term is met only when a person confirms it.

    What the program would still say by itself is dropped: the person has heard from a human being, where he wrote from.
    """
    decision = Decision(case, now)
    if event.message_id in case.thread:
        return []
    decision.do(do.JoinThread(event.message_id), do.Remark("a colleague wrote to the requester"))
    if not event.elsewhere:
        decision.do(do.Overtake("a colleague wrote first"))
    if not case.is_open:
        return decision.actions
    decision.do(do.ColleagueWrote(max(event.at, case.colleague_wrote_at or event.at)))
    decision.need("answered_by_colleague")
    decision.do(dates_of(decision.case, policy))
    return decision.actions
