"""The sign of life of one company's worker: a small file that `mailbot status` and a monitor can read.

The rule kept here: it is written after each round, whole or not at all, and holds no personal data.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

NAME = "heartbeat.json"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the last rounds did. `polled_at`: every folder was read; `since`: the first round that counts from then."""

    at: datetime
    since: datetime
    polled_at: datetime | None = None
    sent_at: datetime | None = None
    trouble: str = ""
    refusals: int = 0  # logins that the mailbox refused in a row
    refusals_to_send: int = 0  # logins that the way out refused in a row
    refuses: str = ""  # what it refused then: the "login", the "sender", or to "relay"
    way_out: str = ""  # how the way out refused, the last time that it was asked
    pid: int = 0

    @property
    def read_at(self) -> datetime:
        """The moment up to which the mailbox was surely read, or from which it was tried."""
        return self.polled_at or self.since


def read(folder: Path) -> Heartbeat | None:
    """The last sign of life; None when there is none that can be read."""
    try:
        told: dict[str, Any] = orjson.loads((folder / NAME).read_bytes())
        known = {field.name for field in fields(Heartbeat)}
        return Heartbeat(**{name: _moment(name, value) for name, value in told.items() if name in known})
    except (OSError, ValueError, TypeError):
        return None


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and (name in ("at", "since") or name.endswith("_at")) else value


def write(folder: Path, beat: Heartbeat) -> None:
    """Leave the sign of life of a company's worker."""
    leave(folder / NAME, asdict(beat))


def leave(place: Path, sign: dict[str, Any]) -> None:
    """Leave a sign of life. A disk that is full leaves the old one, whose age then tells."""
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = place.with_name(f".{place.name}.{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(orjson.dumps(sign))
        fresh.replace(place)
