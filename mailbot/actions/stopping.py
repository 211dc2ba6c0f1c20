"""What must stop at once, and what may go on again: actions on the case (A-50 to A-54)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Marketing


@dataclass(frozen=True, slots=True)
class Restrict:
    """Freeze the use of this person's data from now on (articles 18, 21; A-51)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class LiftRestriction:
    """The data may be used again; the person was told before (article 18(3))."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Suppress:
    """No more marketing to this address, at once (article 21(3); A-50)."""

    address: str
    channel: Marketing
    at: datetime


@dataclass(frozen=True, slots=True)
class Unsuppress:
    """A person took back that an address gets no marketing."""

    address: str


@dataclass(frozen=True, slots=True)
class MarkWithdrawn:
    """Mark the data: what rests on this person's consent must stop (article 7(3); A-52)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmStop:
    """What had to stop at once has stopped, at this moment; None: it turned out not to have."""

    at: datetime | None


StopAction = Restrict | LiftRestriction | Suppress | Unsuppress | MarkWithdrawn | ConfirmStop
