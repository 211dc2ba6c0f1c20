"""A letter on paper: a person posted it on a day that he names, or it came back.

The rule kept here: a letter that was posted does what the same letter does by mail, from the day on which it left
(articles 12(3) and 12(4); F-15). No server vouches for that day, so it stands on record with who says it. One that
comes back was not heard, like a mail that bounces.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import sending
from mailbot.decide.decision import Decision
from mailbot.decide.letter_settled import heard, letter_bounced, letter_sent
from mailbot.model import Case, Policy


def by_post(action: do.Action, policy: Policy) -> do.Action:
    """The same action; a letter to the person who asked is for the post. The address on file is still asked by mail."""
    if not isinstance(action, do.Send) or action.audience != "requester" or action.asks:
        return action
    state, why = sending.on_paper(policy)
    return replace(action, to="", state=state, why=why, in_reply_to="", references=())


def on_posted(case: Case, event: events.SentByPost, policy: Policy, at: datetime) -> list[do.Action]:
    """What a letter does to its case by having been posted at this moment."""
    decision = Decision(case, at)
    decision.do(do.Remark(f"sent: {event.template}"))
    decision.do(do.LetterPosted(event.token, event.template, event.content, at))
    heard(decision)
    letter_sent(decision, event.template, event.token, policy)
    return decision.actions


def on_return(case: Case, event: events.CameBackByPost, policy: Policy, now: datetime) -> list[do.Action]:
    """What came back was not said."""
    decision = Decision(case, now)
    decision.do(do.Remark(f"came back by post: {event.template} ({event.reason})"))
    decision.do(do.LetterReturned(event.token, event.template))
    letter_bounced(decision, event.template, event.token, policy)
    return decision.actions
