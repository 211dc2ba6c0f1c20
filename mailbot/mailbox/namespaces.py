"""Whose folders are whose (RFC 2342): the mailbox's own, those of other people, and those that everybody shares.

The rule kept here: a folder outside the mailbox's own namespace is read or written only where somebody named it. A
Sent that lies there is another person's, and what is laid into it is shown to him.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.mailbox.roles import Listed

#: What the names of a namespace's folders begin with ("" at most servers, "INBOX."), and the sign between their parts.
Prefix = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Namespaces:
    """As the server tells them; the first of its own is the one in which new folders are made."""

    own: tuple[Prefix, ...]
    others: tuple[Prefix, ...] = ()
    shared: tuple[Prefix, ...] = ()

    def is_own(self, name: str) -> bool:
        """Whether a folder belongs to the mailbox itself; one of two namespaces with the longer prefix counts."""
        length = _longest(name, self.own)
        return name.upper() == "INBOX" or length > max(_longest(name, self.others), _longest(name, self.shared))

    def is_another_persons(self, name: str) -> bool:
        """Whether it belongs to somebody else, who lets this mailbox look into it."""
        return not self.is_own(name) and _longest(name, self.others) >= max(0, _longest(name, self.shared))


def guessed(listed: Iterable[Listed]) -> Namespaces:
    """Of a server that does not tell: below INBOX where every folder lies there."""
    folders = list(listed)
    delimiter = next((delimiter for _, delimiter, _ in folders if delimiter), "/")
    others = [name for _, _, name in folders if name.upper() != "INBOX"]
    prefix = f"INBOX{delimiter}"
    return Namespaces(((prefix if others and all(name.startswith(prefix) for name in others) else "", delimiter),))


def _longest(name: str, prefixes: Iterable[Prefix]) -> int:
    """How long the longest prefix is that the name has; -1 where it has none."""
    return max((len(prefix) for prefix, sign in prefixes if f"{name}{sign}".startswith(prefix)), default=-1)
