"""A person writes before the answer is there: that it takes a while, what is being looked up.

The rule kept here: it is contact, no answer. No right is told by it and no term is met; the letter says so and names
the day of the answer (F-15).
"""

from __future__ import annotations

from dataclasses import replace

from mailbot import actions as do
from mailbot import events
from mailbot.decide import replying, sending
from mailbot.decide.decision import Decision
from mailbot.decide.wording import draft_of
from mailbot.model import Policy


def say(decision: Decision, event: events.Answered, policy: Policy) -> None:
    """Send a person's own words, which decide nothing. Raises Refused for words that no letter may hold."""
    case = decision.case
    draft = draft_of(case, policy, decision.now, event.text, (), None)
    replying.refuse_draft(replace(draft, late=""), override=event.override)
    token = f"{case.ref}:message:{event.number}"
    decision.do(sending.to_requester(token, "message", case, policy, body=event.text, released=True))
    decision.do(do.Remark(f"a message before the answer by {event.actor}"))
