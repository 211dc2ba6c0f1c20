"""What one action of carrying out does to the work on record."""

from __future__ import annotations

from dataclasses import replace

from mailbot import actions as do
from mailbot.model import DataPackage, ProcessorRequest, RetainedDocument, Work


def apply_to_work(work: Work, action: do.FulfilmentAction) -> Work:
    """The work after `action`. What has a token, a document or a step of its own is written anew, never twice."""
    match action:
        case do.Settle(settled):
            return replace(work, settled=(*work.settled, settled))
        case do.Unsettle(step):
            return replace(work, settled=tuple(one for one in work.settled if one.step != step))
        case do.SetAsked(asked):
            return replace(work, asked=_with_asked(work.asked, asked))
        case do.Attach(attached):
            return replace(work, attached=(*work.attached, attached))
        case do.Detach(number):
            left = tuple(one for one in work.attached if number not in (0, one.number))
            return replace(work, attached=left)
        case do.Pack(packed):
            return replace(work, packed=_with_packed(work.packed, packed))
        case do.Keep(kept):
            return replace(work, kept=_with_kept(work.kept, kept))
        case do.Hold(reason):
            return replace(work, hold=reason)


def _with_asked(before: tuple[ProcessorRequest, ...], new: ProcessorRequest) -> tuple[ProcessorRequest, ...]:
    return (*(one for one in before if one.token != new.token), new)


def _with_packed(before: tuple[DataPackage, ...], new: DataPackage) -> tuple[DataPackage, ...]:
    return (*(one for one in before if one.token != new.token), new)


def _with_kept(before: tuple[RetainedDocument, ...], new: RetainedDocument) -> tuple[RetainedDocument, ...]:
    return (*(one for one in before if one.document != new.document), new)
