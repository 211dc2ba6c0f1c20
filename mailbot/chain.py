"""The history of a case as a chain, and that of a company: each line seals the one before, so a later rewrite shows.

A line's commitment is keyed with a random key of its case. When that key is destroyed and the actions are wiped, the
links still verify and nothing about a person can be found by guessing (F-05: a plain hash is not anonymous).

Every line of every case is a link of the company's one chain too. Its newest head, told to people as a short mark,
vouches for all that came before: a case that was taken out, changed or put elsewhere gives another head.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from mailbot.model import HistoryEntry

START = "0" * 64


def entry(
    ref: str, seq: int, at: datetime, actor: str, event: str, actions: Sequence[dict[str, Any]], key: str, previous: str
) -> HistoryEntry:
    """The next line of the history of `ref`, sealed."""
    commitment = _commitment_of(key, actor, event, actions)
    return HistoryEntry(
        ref, seq, at, actor, event, tuple(actions), commitment, previous, _line_hash(ref, seq, at, commitment, previous)
    )


def _commitment_of(key: str, actor: str, event: str, actions: Sequence[dict[str, Any]]) -> str:
    """The keyed hash of what was done and by whom."""
    body = orjson.dumps([actor, event, list(actions)], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(bytes.fromhex(key), body, "sha256").hex()


def _line_hash(ref: str, seq: int, at: datetime, commitment: str, previous: str) -> str:
    """The hash that the next line points at."""
    return hashlib.sha256(f"{ref}|{seq}|{at.isoformat()}|{commitment}|{previous}".encode()).hexdigest()


def faults(entries: Iterable[HistoryEntry], key: str | None) -> list[str]:
    """What is wrong with a history: broken links, and changed lines while the key still exists."""
    found, previous = [], START
    for number, line in enumerate(entries, 1):
        if line.seq != number:
            found.append(f"{line.ref}: line {number} is missing")
        if line.previous != previous or line.hash != _line_hash(
            line.ref, line.seq, line.at, line.commitment, line.previous
        ):
            found.append(f"{line.ref}: line {line.seq} does not follow from the one before")
        if key and line.commitment != _commitment_of(key, line.actor, line.event, line.actions):
            found.append(f"{line.ref}: line {line.seq} was changed")
        previous = line.hash
    return found


# --- the company's chain


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the company's chain: `hash` is of the line of a case, `head` of all links up to this one."""

    number: int
    what: str
    ref: str
    seq: int
    at: datetime
    hash: str
    head: str


def link(previous: str, number: int, what: str, ref: str, seq: int, at: datetime, hash: str) -> Link:
    """The link after the one whose head is `previous`."""
    body = f"{previous}|{number}|{what}|{ref}|{seq}|{at.astimezone(UTC).isoformat()}|{hash}"
    return Link(number, what, ref, seq, at, hash, hashlib.sha256(body.encode()).hexdigest())


def is_next(found: Link, previous: str, number: int) -> bool:
    """Whether a link is the one that was made after `previous`."""
    return found == link(previous, number, found.what, found.ref, found.seq, found.at, found.hash)


def remains_hash(
    case: dict[str, Any] | None, history: Iterable[HistoryEntry], letters: Sequence[dict[str, Any]]
) -> str:
    """The hash of what stays on file of a person who was forgotten; nothing in it speaks of him."""
    lines = [[line.seq, line.at.isoformat(), line.actor, line.event] for line in history]
    return hashlib.sha256(orjson.dumps([case, lines, list(letters)], option=orjson.OPT_SORT_KEYS)).hexdigest()


_HEAD_CODE = re.compile(r"([1-9][0-9]{0,11})((?:[A-Z2-7]{4}){5})")


def head_code(number: int, head: str) -> str:
    """A head as people copy it: the number of its link and a hundred bits, as 12-ABCD-EFGH-IJKL-MNOP-QRST."""
    code = base64.b32encode(bytes.fromhex(head))[:20].decode()
    return "-".join([str(number), *(code[start : start + 4] for start in range(0, 20, 4))])


def read_head_code(text: str) -> tuple[int, str]:
    """The number in a mark and the mark as `head_code` writes it, however it was copied. Raises ValueError."""
    number, _, code = re.sub(r"\s", "", text).upper().partition("-")
    found = _HEAD_CODE.fullmatch(number + code.replace("-", "").replace("0", "O").replace("1", "I").replace("8", "B"))
    if found is None:
        raise ValueError(text)
    code = found[2]
    return int(found[1]), "-".join([found[1], *(code[start : start + 4] for start in range(0, 20, 4))])
