"""Who gets no more marketing, and the runs of the company's own program that it must hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: By which way a person wants no marketing; "all" is every way.
Marketing = Literal["mail", "post", "phone", "sms", "all"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """A person who gets no more marketing (article 21(3)). `source` is the case that asked it."""

    address: str
    channel: Marketing
    since: datetime
    source: str
    customer: str = ""  # the reference in the customer file, where the person is known


#: One that is done is dropped; one that was given up is a person's.
HookRunState = Literal["waiting", "running", "failed", "given_up"]


@dataclass(frozen=True, slots=True)
class HookRun:
    """A run of the company's own program that is due: this address gets no marketing any more, or gets it again."""

    id: str
    ref: str
    address: str
    channel: Marketing
    undo: bool = False
    state: HookRunState = "waiting"
    attempts: int = 0
    next_try: datetime | None = None
