"""A letter left, failed or came back. Only an answer that was accepted by our own mail server meets a term (F-15)."""

from __future__ import annotations

from datetime import datetime

from mailbot import events as do
from mailbot.decide import post
from mailbot.decide.clock import wake
from mailbot.decide.fold import Folder
from mailbot.model import Case, LetterState, Policy, Status

#: Letters that say what was done on the request; an acknowledgement is none of them.
ANSWERS = frozenset({"answer"})


def on_settled(case: Case, event: do.LetterSettled, policy: Policy, now: datetime) -> list[do.Action]:
    """Meet the deadlines when an answer left; tell staff when a letter did not."""
    folder = Folder(case, now)
    if event.state is LetterState.SENT:
        folder.do(do.Remark(f"sent: {event.template}"))
        if event.template in ANSWERS:
            folder.do(do.MeetDeadlines(now))
            folder.do(wake(folder.case, policy, now))
        return folder.actions
    folder.do(do.Remark(f"{event.state}: {event.template} ({event.why})"))
    if event.audience == "requester":
        folder.do(*post.to_staff(f"undelivered:{event.token}", "undelivered", policy, deputy=True))
    return folder.actions


def on_bounce(case: Case, event: do.MailBounced, policy: Policy, now: datetime) -> list[do.Action]:
    """A bounced answer is no answer: the case opens again and its deadlines run (demand 14)."""
    folder = Folder(case, now)
    folder.do(do.Remark(f"bounced: {event.template}"))
    if event.template in ANSWERS:
        folder.do(do.MissDeadlines(), do.SetStatus(Status.OPEN), do.SetNeeds((*case.needs, "answer_bounced")))
        folder.do(wake(folder.case, policy, now))
    if event.audience == "requester":
        folder.do(*post.to_staff(f"bounced:{event.token}", "undelivered", policy, deputy=True))
    return folder.actions


def on_staff_mail(case: Case, event: do.StaffMailSeen, policy: Policy, now: datetime) -> list[do.Action]:
    """A colleague wrote to the requester: on record, but the term is met only when a person confirms it."""
    folder = Folder(case, now)
    folder.do(do.JoinThread(event.message_id), do.Remark("a colleague wrote to the requester"))
    if case.is_open and "answered_by_colleague" not in case.needs:
        folder.do(do.SetNeeds((*case.needs, "answered_by_colleague")))
    return folder.actions
