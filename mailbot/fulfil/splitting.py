"""A copy as one zip, or, where that is too large for one mail, as several.

The rule kept here: each zip opens by itself and says which files are in which; unpacked into one folder they are the
whole copy again. A single file that is too large cannot be split: then the copy waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailbot.checklist.elements import OVERVIEW
from mailbot.fulfil.package import Member, size_of, zipped
from mailbot.model import Policy

READ_ME = "LEESMIJ.txt"
#: More mails than this are no service to anybody; then another way is better.
MOST_PARTS = 10
TOO_LARGE = "too large for mail"


@dataclass(frozen=True, slots=True)
class Portions:
    """The zips of a copy, and why they do not go by mail; empty when they do."""

    contents: tuple[bytes, ...]
    too_large: str = ""


def portions(members: tuple[Member, ...], policy: Policy, ref: str, now: datetime, code: str) -> Portions:
    """One zip where it fits or may not be split, else as few as hold the copy in the order of its files."""
    whole, most = zipped(members, now, code), policy.package_max_bytes
    if len(whole) <= most:
        return Portions((whole,))
    told = f"{TOO_LARGE}: {size_of(len(whole))}, the limit is {size_of(most)}"
    if not policy.package_split:
        return Portions((whole,), told)
    groups = _groups(members, most - _note_size(members, now), now, code)
    if not groups:
        return Portions((whole,), f"{told}, and one file alone is larger than that")
    if len(groups) > MOST_PARTS:
        return Portions((whole,), f"{told}, and it would take {len(groups)} mails")
    notes = (_note(groups, number, ref) for number in range(1, 1 + len(groups)))
    return Portions(tuple(zipped((*group, note), now, code) for group, note in zip(groups, notes, strict=True)))


def _groups(members: tuple[Member, ...], room: int, now: datetime, code: str) -> list[list[Member]]:
    """The files in their order, as many together as fit; empty when one of them does not fit at all."""
    groups: list[list[Member]] = []
    left = 0
    for member in members:
        size = len(zipped((member,), now, code))
        if size > room:
            return []
        if size > left:
            groups.append([])
            left = room
        groups[-1].append(member)
        left -= size
    return groups


def _note_size(members: tuple[Member, ...], now: datetime) -> int:
    """More than the note takes in any zip: as if each file were a part of its own."""
    groups = [[member] for member in members]
    return 200 + len(zipped((_note(groups, 1, "AVG-0000-0000000"),), now))


def _note(groups: list[list[Member]], number: int, ref: str) -> Member:
    return Member(READ_ME, "\r\n".join(_lines(groups, number, ref)).encode())


def _lines(groups: list[list[Member]], number: int, ref: str) -> Iterator[str]:
    yield f"Kopie van de gegevens, kenmerk {ref}: deel {number} van {len(groups)}."
    yield f"Pak alle delen uit in dezelfde map en open daarna {OVERVIEW}."
    for place, group in enumerate(groups, 1):
        yield from ("", f"Deel {place}{' (dit deel)' if place == number else ''}:")
        yield from (f"  {member.name}" for member in group)
    yield ""
