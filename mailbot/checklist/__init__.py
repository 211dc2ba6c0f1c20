"""What each reply must say, as data: which replies exist, what goes into them, on which grounds one may say no.

The rule kept here (rules B): a reply that lacks what the law wants in it is not written. People give the facts
that only they know; what the company's settings and the case say is filled in; the finished words are checked once
more, so that no edited template can leave a part out.
"""

from mailbot.checklist.catalogue import REPLIES, reply_for
from mailbot.checklist.elements import LOOKED_UP, Lack, lacking
from mailbot.checklist.facts import Facts, checked, parse_facts, require
from mailbot.checklist.grounds import GROUNDS, Ground, grounds_for
from mailbot.checklist.lint import Draft, Objection, lint
from mailbot.checklist.policy_notice import POLICY_CHANGED, advertises
from mailbot.checklist.reply import Element, Fact, Form, Reply

__all__ = [
    "GROUNDS",
    "LOOKED_UP",
    "POLICY_CHANGED",
    "REPLIES",
    "Draft",
    "Element",
    "Fact",
    "Facts",
    "Form",
    "Ground",
    "Lack",
    "Objection",
    "Reply",
    "advertises",
    "checked",
    "grounds_for",
    "lacking",
    "lint",
    "parse_facts",
    "reply_for",
    "require",
]
