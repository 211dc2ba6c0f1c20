"""What goes out: a letter and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterState(StrEnum):
    """A letter on its way out. Only `sent` counts as said (law.md F-15)."""

    OBSERVED = "observed"  # composed in observe mode; never leaves
    HELD = "held"  # waits for a person
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Letter:
    """What we send. `token` names the decision behind it: the same decision is queued once."""

    token: str
    tenant: str
    ref: str
    template: str
    to: str
    audience: str  # "requester" or "staff"
    subject: str
    text: str
    html: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    state: LetterState = LetterState.HELD
    why: str = ""  # why it is held, failed, dropped
    attempts: int = 0
    created_at: datetime | None = None
    next_try: datetime | None = None
    settled_at: datetime | None = None
    answer: str = ""  # the mail server's last answer
    digest: str = ""  # hash of the template it was made from
