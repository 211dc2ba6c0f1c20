"""A person acts: accepts, corrects, answers, notes, assigns, closes. Every decision keeps the name of who took it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import (
    after_answer,
    breaches,
    closing,
    correcting,
    fulfilment,
    identity,
    interim_reply,
    joining,
    measures,
    notes,
    replying,
    stopping,
)
from mailbot.decide.apply import ASKS_MORE
from mailbot.decide.arrival import first_letter
from mailbot.decide.clock import answer_terms, call_for_breach, dates_of, wake
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import REQUEST_KINDS, Case, Item, Kind, Outcome, Policy, Signal, Status
from mailbot.plan.retention import forget_on


def on_staff(case: Case, event: events.StaffActed, policy: Policy, now: datetime) -> list[do.Action]:
    """What a person's act sets in motion. Raises Refused, with the rule, for what the law forbids."""
    decision = Decision(case, now)
    match event:
        case events.Accepted():
            _agree(decision, policy)
        case events.Corrected(_, kinds, reason):
            _correct(decision, kinds, reason, policy)
        case events.AskedAnew():
            after_answer.ask_anew(decision, event)
        case events.Noted(_, text):
            decision.do(do.Remark(notes.as_remark(text)))
        case events.Assigned(_, to):
            decision.do(do.Assign(to))
        case events.Answered(outcome=Outcome.OPEN):
            _must_be_open(decision.case)
            interim_reply.say(decision, event, policy)
        case events.Answered():
            _must_be_open(decision.case)
            replying.answer(decision, event, policy)
        case events.Replied():
            replying.reply(decision, event, policy)
        case events.Closed():
            _must_be_open(decision.case)
            closing.close(decision, event, policy)
        case events.Reopened(_, reason):
            _reopen(decision, reason, policy)
        case events.TakenBack(_, what, fields, before):
            decision.do(do.Remark(f"taken back: {what}"), do.TakeBack(fields, before))
            decision.do(*([] if decision.case.is_open else [do.Wake(None)]))
        case _:
            _measure(decision, event, policy)
    after_answer.mark_looked_at(decision, event)
    if decision.case.is_open:
        decision.do(wake(decision.case, policy, now))
    elif decision.case.forget_on is None and (day := forget_on(decision.case, policy)):
        decision.do(do.PlanForgetting(day))
    return decision.actions


def _measure(decision: Decision, event: events.Measure, policy: Policy) -> None:
    """What a person does to the clock, or to the plan, of an open case. A legal hold is set on a closed one too, a
    restriction, which outlives the case that it was asked in, is lifted there, and more of a breach is told there."""
    if not isinstance(event, events.HeldLegally | events.RestrictionLifted | events.BreachDescribed):
        _must_be_open(decision.case)
    match event:
        case events.Acknowledged(_, step):
            measures.acknowledge(decision, step)
        case events.ReceiptCorrected():
            measures.correct_receipt(decision, event, policy)
        case events.IdentityAsked():
            measures.ask(decision, event, policy)
        case events.IdentityConfirmed():
            measures.confirm(decision, event, policy)
        case events.RecipientNamed():
            measures.name_recipient(decision, event, policy)
        case events.CustomerLinked():
            identity.link(decision, event, policy)
        case events.BelongsTo():
            joining.belong(decision, event)
        case events.TakesOver():
            joining.take_over(decision, event)
        case events.GivesBack():
            joining.give_back(decision, event)
        case events.ExtensionDecided():
            measures.extend(decision, event, policy)
        case events.BreachDecided() | events.BreachDescribed():
            breaches.on_breach(decision, event)
        case events.RestrictionLifted() | events.ToldElsewhere():
            measures.on_lifting(decision, event, policy)
        case events.StopConfirmed(_, reason):
            stopping.confirm(decision, reason)
        case events.SuppressionLifted(_, reason):
            stopping.lift(decision, reason)
        case _:
            fulfilment.on_work(decision, event, policy)


def _agree(decision: Decision, policy: Policy) -> None:
    """A person says that the mail was understood; where it asks nothing, that is the end. What an authority demands is
    no request either, but it is not over with that."""
    case = decision.case
    _must_be_open(case)
    nothing = case.kinds == (Kind.NOT_A_REQUEST,) and Signal.AUTHORITY_DEMAND not in case.signals
    if set(after_answer.FURTHER) & set(case.needs) and case.status is not Status.TRIAGE:
        after_answer.nothing_new(decision)
    elif nothing and case.status is Status.TRIAGE and not case.reply_at:
        correcting.ask_nothing(decision)
    else:
        _accept(decision, policy)


def _accept(decision: Decision, policy: Policy) -> None:
    decision.do(do.SetStatus(Status.OPEN))
    decision.need_no_more("unsure", *after_answer.FURTHER, stopping.UNSURE, stopping.UNREAD)
    if decision.case.only_breach:
        decision.do(dates_of(decision.case, policy))
    _start(decision, policy)


def _correct(decision: Decision, kinds: tuple[Kind, ...], reason: str, policy: Policy) -> None:
    _must_be_open(decision.case)
    if not kinds or (Kind.NOT_A_REQUEST in kinds and len(kinds) > 1):
        raise Refused("Name the kinds that the mail asks; not_a_request stands alone")
    if decision.case.reply_at and kinds == (Kind.NOT_A_REQUEST,):
        after_answer.asks_nothing(decision)
        return
    decision.do(do.Remark(f"kinds corrected: {reason}" if reason else "kinds corrected"))
    if ASKS_MORE in decision.case.needs and set(kinds) <= set(decision.case.kinds):
        after_answer.nothing_new(decision)  # what he names is what the later mail asks, so it takes no right away
        return
    if kinds == (Kind.NOT_A_REQUEST,):
        correcting.ask_nothing(decision)
        return
    was_breach = Kind.BREACH_REPORT in decision.case.kinds
    correcting.set_kinds(decision, kinds)
    if was_breach and Kind.BREACH_REPORT not in decision.case.kinds:
        decision.need_no_more("breach")
    _accept(decision, policy)
    decision.do(dates_of(decision.case, policy))
    if Kind.BREACH_REPORT in kinds and not was_breach:
        call_for_breach(decision, policy)


def _start(decision: Decision, policy: Policy) -> None:
    """What the mail would have set in motion had it been understood at once."""
    case = decision.case
    stopping.on_text(decision, "\n".join(f"{mail.subject}\n{mail.text}" for mail in case.mails), policy)
    if case.requester and set(case.kinds) & (REQUEST_KINDS | {Kind.PRIVACY_QUESTION}):
        decision.do(first_letter(case, policy), *identity.ask_elsewhere(case, policy))


def _reopen(decision: Decision, reason: str, policy: Policy) -> None:
    if decision.case.is_open:
        raise Refused(f"{decision.case.ref} is open")
    decision.do(do.SetStatus(Status.OPEN), do.Remark(f"reopened: {reason}"))
    decision.do(do.SetItems(tuple(Item(item.kind) for item in decision.case.items)))
    decision.do(do.MissDeadlines(answer_terms(decision.case)))
    if decision.case.colleague_wrote_at:
        decision.do(do.ColleagueWrote(None), dates_of(replace(decision.case, colleague_wrote_at=None), policy))


def _must_be_open(case: Case) -> None:
    if not case.is_open:
        raise Refused(f"{case.ref} is closed; `mailbot reopen {case.ref} --reason ...` opens it again")
