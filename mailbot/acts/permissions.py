"""Which permission a colleague needs for what he does, where a staff file says who may do what.

The rule kept here: sorting and writing down is triage, whatever has a legal effect is a decision, whatever writes to
people outside is sending. What is not named here is a decision. To take an act back needs the permission of that
act, and a second look lets somebody's data go, so it is sending.
"""

from __future__ import annotations

from typing import Literal

from mailbot import events
from mailbot.plan import belongs

Permission = Literal["see", "triage", "decide", "send"]

_TRIAGE = (
    events.Accepted,
    events.Corrected,
    events.Noted,
    events.Assigned,
    events.Acknowledged,
    events.StepSettled,
    events.StepReopened,
    events.FileAttached,
    events.FileDetached,
    events.CustomerLinked,
)
_SEND = (
    events.Answered,
    events.Replied,
    events.ExtensionDecided,
    events.IdentityAsked,
    events.PartiesTold,
    events.PackageMade,
    events.RestrictionLifted,
    events.ToldElsewhere,
    events.SentByPost,
    events.CameBackByPost,
)


def permission_for(event: events.StaffActed) -> Permission:
    """The permission that this act needs."""
    if isinstance(event, events.TakenBack):
        return permission_for_name(event.what)
    if isinstance(event, events.StepSettled) and belongs("second_look", event.step):
        return "send"
    return permission_for_name(type(event).__name__)


def permission_for_name(event: str) -> Permission:
    """The permission that an act of this name in the history needs."""
    if event in {one.__name__ for one in _TRIAGE}:
        return "triage"
    return "send" if event in {one.__name__ for one in _SEND} else "decide"
