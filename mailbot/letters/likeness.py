"""Which companies get the same letters but for their own words, so that many are looked at in the time of a few.

The rule kept here: a letter asks of a company's own words only whether they are there; everything else that it may hang
on is compared as it is. So what a letter says in each case is looked at once for companies that are alike, and for each
further one its own words in every letter that prints them. What was found at fault for one is looked at for all.

Letters of one mould are alike too, of one company or of many: the same template said the same, but for the values that
it printed. Each template is filled in every case; what it said is laid out and made into a mail once for each mould.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from mailbot.actions import Send
from mailbot.checklist import POLICY_CHANGED, REPLIES
from mailbot.letters.render import Template, Value
from mailbot.model import Case, Letter, Policy

#: A company's own words, which letters print.
WORDS = ("tenant", "name", "mailbox", "contact_name", "contact_email", "contact_phone", "post_address", "website")
#: What templates call them.
PRINTED = frozenset({"tenant", "company", "mailbox", "contact_name", "contact_phone", "post_address", "website"})
#: What stands in the settings for people and programs, and in letters only by being there.
_UNPRINTED = ("deputy_name", "alarm_email", "automated_decisions")
_LISTS = ("addresses", "beyond", "purposes", "retention", "origins", "own_hosts", "authserv_ids", "defects")
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)

#: Per mould the company's own words that a letter of it printed.
Moulds = dict[Hashable, frozenset[str]]


class Alike:
    """What was looked at so far, and which samples are enough for the next company of that likeness."""

    def __init__(self) -> None:
        self._enough: dict[Policy, frozenset[int]] = {}
        self.moulds: Moulds = {}

    def enough(self, policy: Policy) -> frozenset[int] | None:
        """The samples to look at, by their number; None where nothing like it was looked at yet: all of them."""
        return self._enough.get(likeness(policy))

    def note(self, policy: Policy, printing: Printing) -> None:
        """Everything was looked at for this company, and is in order."""
        self._enough[likeness(policy)] = frozenset(printing.samples)


class Printing:
    """Which samples print a company's own words: the first of each template, and the first of each word in it.

    `moulds` are those of the letters that were looked at, for this company and for others.
    """

    def __init__(self, policy: Policy, moulds: Moulds | None = None) -> None:
        self.samples: set[int] = set()
        self._words = {name: word for name in WORDS if (word := str(getattr(policy, name)))}
        self._seen: set[tuple[str, str]] = set()
        self._moulds = {} if moulds is None else moulds

    def shows_nothing_new(self, path: str, mould: Hashable) -> bool:
        """Whether a letter of that mould was in order, and each word that it prints was seen in its template."""
        words = self._moulds.get(mould)
        return words is not None and all((path, word) in self._seen for word in words)

    def add(self, sample: int, path: str, letter: Letter, mould: Hashable = None) -> None:
        """This letter was made from the template at that path, and is in order."""
        told = f"{letter.subject}\n{letter.text}\n{letter.html}\n{letter.enclosed}"
        words = frozenset({"", *(name for name, word in self._words.items() if word in told)})
        found = {(path, word) for word in words}
        if not found <= self._seen:
            self.samples.add(sample)
            self._seen |= found
        if mould is not None:
            self._moulds[mould] = words


def mould_of(said: str, send: Send, case: Case | None, template: Template, frame: Mapping[str, Value]) -> Hashable:
    """Equal for letters that differ in the printed values only; None for one that must print what it was given.

    `said` is what the template said, with a mark for each value; `frame` are the values that the layout around it uses.
    """
    if send.template in REPLIES or send.template.startswith(POLICY_CHANGED.name):
        return None
    around = (_is_there(value) if name in PRINTED else repr(value) for name, value in frame.items())
    dates = [[one.name for one in some] for some in (case.deadlines, case.appointments)] if case else []
    return template.path, said, *around, str(dates)


def likeness(policy: Policy) -> Policy:
    """The company without its own words: equal for those whose letters differ in these only."""
    plain: dict[str, Any] = {name: _is_there(getattr(policy, name)) for name in (*WORDS, *_UNPRINTED)}
    plain |= {name: _some(map(_is_there, getattr(policy, name))) for name in _LISTS}
    plain |= {"deputy_email": _is_there(policy.has_deputy and "deputy"), "promise_days": policy.promise_days and 1}
    plain |= {"go_live": policy.go_live and _SOME_DAY}
    plain |= {"duties": _some((kind, _is_there(duty)) for kind, duty in policy.duties)}
    for name, kept in (("processors", ("status", "language")), ("places", ()), ("keeping", ("years",))):
        plain[name] = _some(_worded_alike(one, kept) for one in getattr(policy, name))
    return replace(policy, **plain)


def _worded_alike(one: Any, kept: tuple[str, ...]) -> Any:
    words = {each.name: _is_there(getattr(one, each.name)) for each in fields(one) if each.name not in kept}
    return replace(one, **words)


def _is_there(word: object) -> str:
    return "x" if word else ""


def _some(found: Iterable[Any]) -> tuple[Any, ...]:
    """Of a list: what is in it, in order, and whether it is more than one thing."""
    listed = list(found)
    return (*dict.fromkeys(listed), len(listed) > 1)
