"""The contact person and the deputy, by the names and the addresses that the settings have.

The rule kept here: a name that nobody has, or that both have, is nobody's; nobody is guessed.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator

from mailbot.model import Policy


def address_of(policy: Policy, *said: str) -> str:
    """The address of whom these names and addresses mean; empty where that is nobody, or not one person."""
    meant = {one.strip().casefold() for one in said} - {""}
    found = {email.lower() for name, email in _on_file(policy) if meant & {name.strip().casefold(), email.casefold()}}
    return found.pop() if len(found) == 1 else ""


def names(policy: Policy) -> Iterator[str]:
    """What each can be called so that he alone is meant: his name, else his address."""
    people = {email.lower(): (name.strip(), email) for name, email in _on_file(policy)}
    shared = Counter(name.casefold() for name, _ in people.values())
    for name, email in people.values():
        yield name if name and shared[name.casefold()] == 1 else email


def to_type(names: Iterable[str]) -> str:
    """What can be typed behind `--by`; NAME where the settings name nobody."""
    return " or ".join(f"--by {shlex.quote(name)}" for name in names) or "--by NAME"


def _on_file(policy: Policy) -> list[tuple[str, str]]:
    people = ((policy.contact_name, policy.contact_email), (policy.deputy_name, policy.deputy_email))
    return [(name, email) for name, email in people if email]
