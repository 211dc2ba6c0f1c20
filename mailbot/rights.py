"""Which right a person needs for what he does, where a staff file says who may do what.

The rule kept here: sorting and writing down is triage, whatever has a legal effect is a decision, whatever writes to
people outside is sending. What is not named here is a decision.
"""

from __future__ import annotations

from typing import Literal

from mailbot import events as do

Right = Literal["see", "triage", "decide", "send"]

_TRIAGE = (
    do.Accepted,
    do.Corrected,
    do.Noted,
    do.Assigned,
    do.Acknowledged,
    do.StepSettled,
    do.StepReopened,
    do.FileAttached,
    do.FileDetached,
    do.TakenBack,
    do.CustomerLinked,
    do.BelongsTo,
    do.TakesOver,
)
_SEND = (
    do.Answered,
    do.Replied,
    do.ExtensionDecided,
    do.IdentityAsked,
    do.PartiesTold,
    do.PackageMade,
    do.RestrictionLifted,
)


def needed(event: do.StaffActed) -> Right:
    """The right that this act needs."""
    return "triage" if isinstance(event, _TRIAGE) else "send" if isinstance(event, _SEND) else "decide"
