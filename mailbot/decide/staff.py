"""A person acts: accepts, corrects, answers, notes, assigns, closes. Every decision keeps the name of who took it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import (
    at_once,
    between,
    breaches,
    carrying_out,
    closing,
    correcting,
    identity,
    joining,
    measures,
    replying,
    unheard,
)
from mailbot.decide.apply import ASKS_MORE
from mailbot.decide.arrival import first_letter
from mailbot.decide.clock import answer_terms, call_for_breach, dates_of, wake
from mailbot.decide.fold import Folder
from mailbot.errors import Refused
from mailbot.model import REQUEST_KINDS, Case, Item, Kind, Outcome, Policy, Signal, Status
from mailbot.plan.retention import forget_on


def on_staff(case: Case, event: events.StaffActed, policy: Policy, now: datetime) -> list[do.Action]:
    """What a person's act sets in motion. Raises Refused, with the rule, for what the law forbids."""
    folder = Folder(case, now)
    match event:
        case events.Accepted():
            _agree(folder, policy)
        case events.Corrected(_, kinds, reason):
            _correct(folder, kinds, reason, policy)
        case events.AskedAnew():
            unheard.ask_anew(folder, event)
        case events.Noted(_, text):
            folder.do(do.Remark(text))
        case events.Assigned(_, to):
            folder.do(do.Assign(to))
        case events.Answered(outcome=Outcome.OPEN):
            _must_be_open(folder.case)
            between.say(folder, event, policy)
        case events.Answered():
            _must_be_open(folder.case)
            replying.answer(folder, event, policy)
        case events.Replied():
            replying.reply(folder, event, policy)
        case events.Closed():
            _must_be_open(folder.case)
            closing.close(folder, event, policy)
        case events.Reopened(_, reason):
            _reopen(folder, reason, policy)
        case events.TakenBack(_, what, fields, before):
            folder.do(do.Remark(f"taken back: {what}"), do.TakeBack(fields, before))
            folder.do(*([] if folder.case.is_open else [do.Wake(None)]))
        case _:
            _measure(folder, event, policy)
    unheard.look(folder, event)
    if folder.case.is_open:
        folder.do(wake(folder.case, policy, now))
    elif folder.case.forget_on is None and (day := forget_on(folder.case, policy)):
        folder.do(do.PlanForgetting(day))
    return folder.actions


def _measure(
    folder: Folder,
    event: events.FulfilmentEvent
    | events.Acknowledged
    | events.ReceiptCorrected
    | events.IdentityAsked
    | events.IdentityConfirmed
    | events.RecipientNamed
    | events.CustomerLinked
    | events.BelongsTo
    | events.TakesOver
    | events.GivesBack
    | events.ExtensionDecided
    | events.BreachDecided
    | events.BreachDescribed
    | events.RestrictionLifted
    | events.ToldElsewhere
    | events.StopConfirmed
    | events.SuppressionLifted,
    policy: Policy,
) -> None:
    """What a person does to the clock, or to the plan, of an open case. A legal hold is set on a closed one too, a
    restriction, which outlives the case that it was asked in, is lifted there, and more of a breach is told there."""
    if not isinstance(event, events.HeldLegally | events.RestrictionLifted | events.BreachDescribed):
        _must_be_open(folder.case)
    match event:
        case events.Acknowledged(_, step):
            measures.acknowledge(folder, step)
        case events.ReceiptCorrected():
            measures.correct_receipt(folder, event, policy)
        case events.IdentityAsked(_, reason):
            measures.ask(folder, reason, policy)
        case events.IdentityConfirmed():
            measures.confirm(folder, event, policy)
        case events.RecipientNamed():
            measures.name_recipient(folder, event, policy)
        case events.CustomerLinked() | events.BelongsTo() | events.TakesOver() | events.GivesBack():
            _link(folder, event, policy)
        case events.ExtensionDecided():
            measures.extend(folder, event, policy)
        case events.BreachDecided() | events.BreachDescribed():
            breaches.on_breach(folder, event)
        case events.RestrictionLifted() | events.ToldElsewhere():
            measures.on_lifting(folder, event, policy)
        case events.StopConfirmed(_, reason):
            at_once.confirm(folder, reason)
        case events.SuppressionLifted(_, reason):
            at_once.lift(folder, reason)
        case _:
            carrying_out.on_work(folder, event, policy)


def _link(
    folder: Folder,
    event: events.CustomerLinked | events.BelongsTo | events.TakesOver | events.GivesBack,
    policy: Policy,
) -> None:
    """What a case is about: which customer, or which earlier case."""
    match event:
        case events.CustomerLinked():
            identity.link(folder, event, policy)
        case events.BelongsTo():
            joining.belong(folder, event)
        case events.TakesOver():
            joining.take_over(folder, event)
        case events.GivesBack():
            joining.give_back(folder, event)


def _agree(folder: Folder, policy: Policy) -> None:
    """A person says that the mail was understood; where it asks nothing, that is the end. What an authority demands is
    no request either, but it is not over with that."""
    case = folder.case
    _must_be_open(case)
    nothing = case.kinds == (Kind.NOT_A_REQUEST,) and Signal.AUTHORITY_DEMAND not in case.signals
    if set(unheard.FURTHER) & set(case.needs) and case.status is not Status.TRIAGE:
        unheard.nothing_more(folder)
    elif nothing and case.status is Status.TRIAGE and not case.reply_at:
        correcting.ask_nothing(folder)
    else:
        _accept(folder, policy)


def _accept(folder: Folder, policy: Policy) -> None:
    said = ("unsure", *unheard.FURTHER, at_once.UNSURE, at_once.UNREAD)
    needs = tuple(need for need in folder.case.needs if need not in said)
    folder.do(do.SetStatus(Status.OPEN), do.SetNeeds(needs))
    if folder.case.only_breach:
        folder.do(dates_of(folder.case, policy))
    _start(folder, policy)


def _correct(folder: Folder, kinds: tuple[Kind, ...], reason: str, policy: Policy) -> None:
    _must_be_open(folder.case)
    if not kinds or (Kind.NOT_A_REQUEST in kinds and len(kinds) > 1):
        raise Refused("Name the kinds that the mail asks; not_a_request stands alone")
    if folder.case.reply_at and kinds == (Kind.NOT_A_REQUEST,):
        unheard.asks_nothing(folder)
        return
    folder.do(do.Remark(f"kinds corrected: {reason}" if reason else "kinds corrected"))
    if ASKS_MORE in folder.case.needs and set(kinds) <= set(folder.case.kinds):
        unheard.nothing_more(folder)  # what he names is what the later mail asks, so it takes no right away
        return
    if kinds == (Kind.NOT_A_REQUEST,):
        correcting.ask_nothing(folder)
        return
    was_breach = Kind.BREACH_REPORT in folder.case.kinds
    correcting.set_kinds(folder, kinds)
    if was_breach and Kind.BREACH_REPORT not in folder.case.kinds:
        folder.do(do.SetNeeds(tuple(need for need in folder.case.needs if need != "breach")))
    _accept(folder, policy)
    folder.do(dates_of(folder.case, policy))
    if Kind.BREACH_REPORT in kinds and not was_breach:
        call_for_breach(folder, policy)


def _start(folder: Folder, policy: Policy) -> None:
    """What the mail would have set in motion had it been understood at once."""
    case = folder.case
    at_once.on_text(folder, "\n".join(f"{mail.subject}\n{mail.text}" for mail in case.mails), policy)
    if case.requester and set(case.kinds) & (REQUEST_KINDS | {Kind.PRIVACY_QUESTION}):
        folder.do(first_letter(case, policy), *identity.ask_elsewhere(case, policy))


def _reopen(folder: Folder, reason: str, policy: Policy) -> None:
    if folder.case.is_open:
        raise Refused(f"{folder.case.ref} is open")
    folder.do(do.SetStatus(Status.OPEN), do.Remark(f"reopened: {reason}"))
    folder.do(do.SetItems(tuple(Item(item.kind) for item in folder.case.items)))
    folder.do(do.MissDeadlines(answer_terms(folder.case)))
    if folder.case.colleague_wrote_at:
        folder.do(do.ColleagueWrote(None), dates_of(replace(folder.case, colleague_wrote_at=None), policy))


def _must_be_open(case: Case) -> None:
    if not case.is_open:
        raise Refused(f"{case.ref} is closed; `mailbot reopen {case.ref} --reason ...` opens it again")
