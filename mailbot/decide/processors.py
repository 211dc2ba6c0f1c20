"""Processors are told, asked and chased: each by its own mail about one step of the plan (B-15, A-53).

The rules kept here: a person sends the first mail; reminders follow it in working days; no answer is never "done".
Silence, a bounce and an answer that a machine cannot read go to a person, and the step stays open until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from mailbot import actions as do
from mailbot import events
from mailbot.deadlines.calendars import working_days_after
from mailbot.decide import erasing, sending
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import (
    Case,
    LetterState,
    Policy,
    ProcessorRequest,
    ProcessorState,
    subject_on_file,
    writer_is_another,
)
from mailbot.plan import DataLocation, PlanStep, StepState, data_locations, plan_of, slug

#: Working days of silence before each reminder, and how many reminders before a person is called.
CHASE_AFTER, REMINDERS = 5, 2
MORNING = time(9, 0)
MARK = ":party:"
_REMINDER = ":reminder:"
#: States in which the party has the move and is reminded.
_THEIR_MOVE = (ProcessorState.WAITING, ProcessorState.TICKET)


def tell(decision: Decision, event: events.PartiesTold, policy: Policy) -> None:
    """Write to every processor whose step can be done now. Raises Refused when none can."""
    case = decision.case
    ready = [step for step in plan_of(case, policy) if _is_ready(step, case, event.only)]
    if not ready:
        raise Refused(_nobody(case, event.only, policy))
    if any(step.verb == "erase" for step in ready):
        erasing.refuse_unread(case, policy)
    if any(step.verb == "correct" for step in ready) and not event.text.strip():
        raise Refused("Say what must be corrected: --text 'naam: Jansen wordt Janssen'", "B-11")
    if not any(subject_on_file(case)) and not event.text.strip():
        raise Refused(_nobody_named(case), "C-11")
    for step in ready:
        mail = _mail(decision, step, event.text, policy)
        request = do.SetAsked(ProcessorRequest(step.id, step.party, mail.token))
        decision.do(request, mail)  # first who is asked: the mail names him


def _nobody_named(case: Case) -> str:
    """Whoever is named in these mails is erased or looked up: never who only wrote for him."""
    why = "who wrote asks for somebody else" if writer_is_another(case) else "no address or number is on file"
    link = f"`mailbot link {case.ref} --customer NUMBER --reason ...`"
    return f"{case.ref}: {why}, so nothing says whose data they are. Is he a customer: {link}. Else say who: --text"


def _is_ready(step: PlanStep, case: Case, only: str) -> bool:
    named = not only or slug(only) in (slug(step.party), step.id.partition(":")[2])
    free = step.state is StepState.OPEN or _may_ask_again(case.work.asked_about(step.id))
    return bool(step.party) and named and free and not step.is_settled


def _may_ask_again(asked: ProcessorRequest | None) -> bool:
    return asked is not None and asked.state in (
        ProcessorState.BOUNCED,
        ProcessorState.NEEDS_MORE,
        ProcessorState.SILENT,
    )


def _nobody(case: Case, only: str, policy: Policy) -> str:
    waiting = [step.id for step in plan_of(case, policy) if step.party and step.state is StepState.BLOCKED]
    told = f"; these wait for other steps: {', '.join(waiting)}" if waiting else ""
    without = "no processor with a `contact` has a step that can be done now"
    return f"{case.ref}: {f'nothing to tell {only} now' if only else without}{told}"


def _token(case: Case, step: PlanStep) -> str:
    again = sum(1 for one in case.work.asked if one.step == step.id)
    return f"{case.ref}{MARK}{step.id}" + (f"@{again + 1}" if again else "")


def _mail(decision: Decision, step: PlanStep, text: str, policy: Policy) -> do.Send:
    token, until = _token(decision.case, step), _until(step, decision, policy)
    return _to_party(token, "processor", step.id, until, policy, text)


def _to_party(token: str, template: str, step: str, until: date, policy: Policy, text: str = "") -> do.Send:
    """A mail about a step. In observe mode nothing reaches people outside, whoever asked for it."""
    location = _location_of(step, policy)
    state, why = sending.state_of(template, policy, "", released=True)
    send = do.Send(token, template, location.contact, "processor", state, body=text, why=why, until=until)
    return replace(send, plan_step=step, language=location.language)


def _until(step: PlanStep, decision: Decision, policy: Policy) -> date:
    """The day that the mail names: the day of the step, but at least two working days from now."""
    soonest = working_days_after(policy.day_of(decision.now), 2, policy.country)
    return max(step.due or soonest, soonest)


def _location_of(step: str, policy: Policy) -> DataLocation:
    """The place of a step; one without a contact when the settings no longer know it."""
    name = step.partition(":")[2]
    return next((location for location in data_locations(policy) if location.slug == name), DataLocation(name, name))


# --- what becomes of it --------------------------------------------------------------------------


def on_letter(decision: Decision, event: events.LetterSettled, policy: Policy) -> None:
    """Our mail left, or did not."""
    asked = _asked(decision.case, event.token)
    if asked is None:
        return
    if event.state is LetterState.SENT:
        chase_on = working_days_after(policy.day_of(decision.now), CHASE_AFTER, policy.country)
        decision.do(do.SetAsked(replace(asked, asked_at=asked.asked_at or decision.now, chase_on=chase_on)))
        return
    _call(decision, replace(asked, state=ProcessorState.BOUNCED, chase_on=None), event.token, policy)


def on_bounce(decision: Decision, event: events.MailBounced, policy: Policy) -> None:
    """Our mail came back: a person finds another way."""
    if asked := _asked(decision.case, event.token):
        _call(decision, replace(asked, state=ProcessorState.BOUNCED, chase_on=None), event.token, policy)


def on_answer(case: Case, event: events.PartyAnswered, policy: Policy, now: datetime) -> Decision:
    """A processor answered: done, a number of its own, or words for a person. Raises Refused if we asked nothing."""
    decision = Decision(case, now)
    asked = _asked(case, event.token)
    if asked is None:
        raise Refused(f"{case.ref} asked nobody about this")
    if event.message_id:
        decision.do(do.JoinThread(event.message_id))
    heard = replace(asked, state=event.state, answered_at=event.at, ticket=event.ticket or asked.ticket)
    if asked.state is ProcessorState.DONE and event.state in _THEIR_MOVE:
        return decision  # a notice of receipt that comes late takes nothing back
    if event.state in _THEIR_MOVE:
        chase_on = working_days_after(policy.day_of(decision.now), CHASE_AFTER, policy.country)
        decision.do(do.SetAsked(replace(heard, chase_on=chase_on)))
    elif event.state is ProcessorState.DONE:
        decision.do(do.SetAsked(replace(heard, chase_on=None)))
    else:
        _call(decision, replace(heard, chase_on=None), f"{event.token}:{event.at:%Y%m%d%H%M%S}", policy)
        return decision
    clear_needs(decision, policy)
    return decision


def _asked(case: Case, token: str) -> ProcessorRequest | None:
    mail = token.partition(_REMINDER)[0]
    return next((one for one in case.work.asked if one.token == mail), None)


def _call(decision: Decision, asked: ProcessorRequest, token: str, policy: Policy) -> None:
    """A person must do something about a party."""
    decision.do(do.SetAsked(asked))
    decision.need(f"party_{asked.state}")
    decision.do(*sending.to_staff(f"{decision.case.ref}:party-call:{token.partition(MARK)[2]}", "needs_person", policy))


def clear_needs(decision: Decision, policy: Policy) -> None:
    """What a person has dealt with, or the party itself, calls nobody any more; of each step the last word counts."""
    case = decision.case
    last = (case.work.asked_about(step.id) for step in plan_of(case, policy) if not step.is_settled)
    calling = {f"party_{asked.state}" for asked in last if asked}
    decision.need_no_more(*(need for need in case.needs if need.startswith("party_") and need not in calling))


# --- chasing -------------------------------------------------------------------------------------


def chase_moments(case: Case, policy: Policy) -> Iterator[datetime]:
    """When a party is reminded next."""
    for asked in case.work.asked:
        if asked.chase_on and asked.state in _THEIR_MOVE:
            yield datetime.combine(asked.chase_on, MORNING, policy.zone)


def chase(decision: Decision, policy: Policy) -> None:
    """Remind who has not answered; after the last reminder a person is called. One step a day for each party."""
    open_steps = {step.id for step in plan_of(decision.case, policy) if not step.is_settled}
    for asked in decision.case.work.asked:
        if asked.chase_on is None or asked.state not in _THEIR_MOVE:
            continue
        if datetime.combine(asked.chase_on, MORNING, policy.zone) > decision.now:
            continue
        if asked.step not in open_steps:
            decision.do(do.SetAsked(replace(asked, chase_on=None)))
        elif asked.chased >= REMINDERS:
            _call(decision, replace(asked, state=ProcessorState.SILENT, chase_on=None), f"{asked.token}:silent", policy)
        else:
            _remind(decision, asked, policy)


def _remind(decision: Decision, asked: ProcessorRequest, policy: Policy) -> None:
    number = asked.chased + 1
    until = working_days_after(policy.day_of(decision.now), CHASE_AFTER, policy.country)
    decision.do(_to_party(f"{asked.token}{_REMINDER}{number}", "processor_reminder", asked.step, until, policy))
    decision.do(do.SetAsked(replace(asked, chased=number, chase_on=until)))
