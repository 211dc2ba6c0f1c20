"""What comes in at once calls a person once: which calls go at once, and which wait a little to be told together.

The rules kept here: the first calls of a quiet stretch go at once, so that a single request is never late; once a
person was called so often, what comes in next waits for one mail, half an hour at most. A breach, an authority's
demand, a threat with steps and a day that is near never wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.model import Case, Signal

#: So many calls of one stretch go at once, each as a mail of its own.
AT_ONCE = 3
#: A stretch is over when so long nobody was called.
STRETCH = timedelta(hours=1)
#: So long at most a call waits for others.
PAUSE = timedelta(minutes=30)
#: A day that is nearer than this is told at once; what must stop today only needs to be told well before the night.
NEAR, TODAY = timedelta(days=2), timedelta(hours=4)
#: Signals of a mail that somebody must see before anything else is told.
_HOSTILE = frozenset({Signal.AUTHORITY_DEMAND, Signal.DEADLINE_THREAT})
#: The threat in a text that a web site made for everybody is no sign of haste.
_FORM_TEXT = Signal.KNOWN_GENERATOR


@dataclass(frozen=True, slots=True)
class Turn:
    """How a person can be called now: so many mails of one matter each, else one about all from `until` on."""

    free: int
    until: datetime


def turn(told: Sequence[datetime], now: datetime) -> Turn:
    """`told`: when this person was told of his last matters, at least AT_ONCE of them."""
    recent = [min(at, now) for at in told if now - at < STRETCH]
    return Turn(max(AT_ONCE - len(recent), 0), max(recent) + PAUSE if len(recent) >= AT_ONCE else now)


def can_wait(case: Case, until: datetime) -> bool:
    """Whether a call about this case may come as late as that."""
    dues = [deadline for deadline in case.deadlines if deadline.met_at is None]
    if "breach" in case.needs or any(one.name == "breach" for one in dues) or _is_hostile(case):
        return False
    return all(until + (TODAY if one.name == "stop_by" else NEAR) <= one.due for one in dues)


def _is_hostile(case: Case) -> bool:
    found = _HOSTILE & set(case.signals)
    return bool(found) and not (found == {Signal.DEADLINE_THREAT} and _FORM_TEXT in case.signals)
