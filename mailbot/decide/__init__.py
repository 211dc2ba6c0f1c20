"""Decide, then do: what an event means for a case, as a list of actions. Pure: no clock, no file, no network.

`decide(case, event, policy, now)` is the whole behaviour of the program on one page; `apply` folds actions into a case.
"""

from __future__ import annotations

from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import calendar_updates, escalation, posting, stopping
from mailbot.decide.after_answer import asked_again
from mailbot.decide.apply import apply
from mailbot.decide.arrival import find_again, is_unreadable, join_case, open_case, open_unreadable, opens_case
from mailbot.decide.clock import on_time, wake
from mailbot.decide.correcting import asked_later
from mailbot.decide.decision import Decision
from mailbot.decide.identity import look_up
from mailbot.decide.letter_settled import on_bounce, on_settled, on_silence, on_staff_mail, on_stopped
from mailbot.decide.processors import on_answer
from mailbot.decide.staff import on_staff
from mailbot.model import Case, Policy

__all__ = ["apply", "asked_again", "asked_later", "decide", "is_unreadable", "opens_case"]


def decide(case: Case | None, event: events.Event, policy: Policy, now: datetime) -> list[do.Action]:
    """The actions that `event` calls for. Raises Refused when a person asks for what the law forbids."""
    actions = _actions_for(case, event, policy, now)
    actions = actions + calendar_updates.follow(case, actions, policy, now)
    return actions + escalation.follow(case, actions, policy, now)


def _actions_for(case: Case | None, event: events.Event, policy: Policy, now: datetime) -> list[do.Action]:
    match event:
        case events.MailArrived():
            return join_case(case, event, policy, now) if case else open_case(event, policy, now)
        case events.MailUnreadable():
            return open_unreadable(event, policy, now)
    if case is None:
        raise ValueError(f"{type(event).__name__} needs a case")
    match event:
        case events.MailFoundAgain():
            return find_again(case, event, policy, now)
        case events.TimePassed():
            return on_time(case, policy, now)
        case events.LetterSettled():
            return on_settled(case, event, policy, now)
        case events.CustomerLookedUp():
            return look_up(case, event, policy, now)
        case events.LetterStopped():
            return on_stopped(case, event, policy, now)
        case events.MailBounced():
            return on_bounce(case, event, policy, now)
        case events.ContactSilent() | events.DeputySilent():
            return on_silence(case, event, policy, now)
        case events.ProgramEnded():
            decision = Decision(case, now)
            stopping.on_program(decision, event, policy)
            return [*decision.actions, wake(decision.case, policy, now)]
        case events.DraftSent(message_id):
            return [do.JoinThread(message_id), do.Remark("a colleague sent our letter from the drafts")]
        case events.PartyAnswered():
            decision = on_answer(case, event, policy, now)
            return [*decision.actions, wake(decision.case, policy, now)]
        case events.PersonForgotten():
            return [do.Anonymise(now)]
        case events.SentByPost():
            return posting.on_posted(case, event, policy, now)
        case events.CameBackByPost():
            return posting.on_return(case, event, policy, now)
        case events.StaffMailSeen():
            return on_staff_mail(case, event, policy, now)
        case _:
            return on_staff(case, event, policy, now)
