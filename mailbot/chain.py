"""The history of a case as a chain: each line seals the one before, so a later rewrite shows.

A line's commitment is keyed with a random key of its case. When that key is destroyed and the actions are wiped, the
links still verify and nothing about a person can be found by guessing (law.md F-05: a plain hash is not anonymous).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson

from mailbot.model import Entry

START = "0" * 64


def entry(
    ref: str, seq: int, at: datetime, actor: str, event: str, actions: Sequence[dict[str, Any]], key: str, previous: str
) -> Entry:
    """The next line of the history of `ref`, sealed."""
    commitment = commit(key, actor, event, actions)
    return Entry(
        ref, seq, at, actor, event, tuple(actions), commitment, previous, seal(ref, seq, at, commitment, previous)
    )


def commit(key: str, actor: str, event: str, actions: Sequence[dict[str, Any]]) -> str:
    """The keyed hash of what was done and by whom."""
    body = orjson.dumps([actor, event, list(actions)], option=orjson.OPT_SORT_KEYS)
    return hmac.new(bytes.fromhex(key), body, hashlib.sha256).hexdigest()


def seal(ref: str, seq: int, at: datetime, commitment: str, previous: str) -> str:
    """The hash that the next line points at."""
    return hashlib.sha256(f"{ref}|{seq}|{at.isoformat()}|{commitment}|{previous}".encode()).hexdigest()


def faults(entries: Iterable[Entry], key: str | None) -> list[str]:
    """What is wrong with a history: broken links, and changed lines while the key still exists."""
    found, previous = [], START
    for number, line in enumerate(entries, 1):
        if line.seq != number:
            found.append(f"{line.ref}: line {number} is missing")
        if line.previous != previous or line.hash != seal(line.ref, line.seq, line.at, line.commitment, line.previous):
            found.append(f"{line.ref}: line {line.seq} does not follow from the one before")
        if key and line.commitment != commit(key, line.actor, line.event, line.actions):
            found.append(f"{line.ref}: line {line.seq} was changed")
        previous = line.hash
    return found
