"""What one action of carrying out does to the work on record."""

from __future__ import annotations

from dataclasses import replace

from mailbot import actions as do
from mailbot.model import Work


def apply_to_work(work: Work, action: do.FulfilmentAction) -> Work:
    """The work after `action`. What has a token, a document or a step of its own is written anew, never twice."""
    match action:
        case do.Settle(settled):
            return replace(work, settled=(*work.settled, settled))
        case do.Unsettle(step):
            return replace(work, settled=tuple(one for one in work.settled if one.step != step))
        case do.SetAsked(asked):
            others = (one for one in work.asked if one.token != asked.token)
            return replace(work, asked=(*others, asked))
        case do.Attach(attached):
            return replace(work, attached=(*work.attached, attached))
        case do.Detach(number):
            left = tuple(one for one in work.attached if number not in (0, one.number))
            return replace(work, attached=left)
        case do.Pack(packed):
            before = (one for one in work.packed if one.token != packed.token)
            return replace(work, packed=(*before, packed))
        case do.Keep(kept):
            rest = (one for one in work.kept if one.document != kept.document)
            return replace(work, kept=(*rest, kept))
        case do.Hold(reason):
            return replace(work, hold=reason)
