"""What each running worker says of itself, in a small file of its own beside the companies' folders.

The rule kept here: it names companies and settings, nobody else. One that is old, or that a killed worker left, counts
for nothing.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from mailbot.operation import heartbeat

#: No company can have this id.
FOLDER = ".workers"
#: So long a sign of life counts; it is given three times in that time.
FRESH = timedelta(minutes=3)
#: So many of the latest changes are kept.
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker did about a company, or could not do, and when; `tenant` is empty for what all share."""

    at: datetime
    tenant: str
    what: str


@dataclass(frozen=True, slots=True)
class Presence:
    """One running worker. `going_on`: companies that it serves by what their files said before a fault came in."""

    name: str
    at: datetime
    since: datetime
    companies: tuple[str, ...] = ()
    going_on: tuple[str, ...] = ()
    changes: tuple[Told, ...] = ()
    wrong: tuple[str, ...] = ()  # with the worker itself, in words for a person


def own_name() -> str:
    """What this process is called."""
    return f"{socket.gethostname()}-{os.getpid()}"


def write(state: Path, presence: Presence) -> None:
    """Leave the sign."""
    heartbeat.leave(_path(state, presence.name), asdict(presence))


def remove(state: Path, name: str) -> None:
    """The worker ended."""
    with suppress(OSError):
        _path(state, name).unlink()


def sweep(state: Path, now: datetime) -> None:
    """Take away what workers left that were killed."""
    for one in _all(state):
        if now - one.at >= FRESH:
            remove(state, one.name)


def read(state: Path, now: datetime) -> list[Presence]:
    """The workers that run, as far as this machine's folder knows."""
    return [one for one in _all(state) if now - one.at < FRESH]


def going_on(state: Path, tenant: str, now: datetime) -> bool:
    """Whether a worker serves this company by what its file said before a fault came in."""
    return any(tenant in one.going_on for one in read(state, now))


def _path(state: Path, name: str) -> Path:
    return state / FOLDER / f"{name}.json"


def _all(state: Path) -> Iterator[Presence]:
    for path in sorted((state / FOLDER).glob("[!.]*.json")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            yield _presence(orjson.loads(path.read_bytes()))


def _presence(told: dict[str, Any]) -> Presence:
    return Presence(
        name=str(told["name"]),
        at=datetime.fromisoformat(told["at"]),
        since=datetime.fromisoformat(told["since"]),
        companies=tuple(told["companies"]),
        going_on=tuple(told["going_on"]),
        changes=tuple(Told(datetime.fromisoformat(one["at"]), one["tenant"], one["what"]) for one in told["changes"]),
        wrong=tuple(told["wrong"]),
    )
