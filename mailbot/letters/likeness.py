"""Which companies get the same letters but for their own words, so that many are looked at in the time of a few.

The rule kept here: a letter asks of a company's own words only whether they are there; everything else that a template
may hang on is compared as it is, template by template (`HANGS_ON`). So what a template says in each case is looked at
once for companies that are alike in this, and for each further one its own words wherever letters print them: in the
subject, in each kind of element of the page, in an entry for the calendar. What was found at fault for one is looked at
for all.

Letters of one mould are alike too, of one company or of many: the same template said the same, but for the values that
it printed. Each template is filled in every case; what it said is laid out and made into a mail once for each mould.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from html import escape
from typing import Any

from mailbot.actions import Send
from mailbot.checklist import LOOKED_UP, POLICY_CHANGED, REPLIES
from mailbot.letters.render import Template, Value, clean
from mailbot.model import Case, Letter, Policy

#: A company's own words, which letters print.
WORDS = ("tenant", "name", "mailbox", "contact_name", "contact_email", "contact_phone", "post_address", "website")
#: What templates call them.
PRINTED = frozenset({"tenant", "company", "mailbox", "contact_name", "contact_phone", "post_address", "website"})
_FOR_PEOPLE = """
    acknowledge_after addresses alarm_after alarm_email automated_decisions beyond canary caps certainty_auto
    contact_away copies_before_stopping defects deputy_away deputy_email deputy_name files_mail go_live hours keeping
    ladder origins own_hosts package_code package_max_bytes package_split portability_of_all professional_addresses
    promise_months purposes register_after resists_authorities retention stops_by_program undo_minutes verify_dkim
    year_end
"""
#: Settings for people and programs: no value of a letter hangs on them.
IN_NO_LETTER = frozenset(_FOR_PEOPLE.split())
#: Which values of a letter hang on a setting. On one that is named neither here nor above, every letter may hang.
HANGS_ON: Mapping[str, frozenset[str]] = {
    setting: frozenset(values.split())
    for setting, values in {
        "authority": "authority authority_short authority_url authority_post authority_phone authority_remark",
        "authserv_ids": "by_reply",
        "automatic": "letter_waits",
        "contact_name": "contact_name assignee",
        "contact_phone": "contact_phone",
        "country": "country court may_extend outside_gdpr",
        "duties": "duties",
        "leaving_is_erasure": "leaving_is_erasure",
        "minor_age": "minor_age",
        "mode": "mode letter_waits observing",
        "only_person_lifts": "only_person_lifts",
        "places": "systems",
        "post_address": "post_address",
        "processors": "party party_holds systems unconfirmed",
        "promise_days": "promise_days promises_sooner",
        "trust_staff_mail": "by_reply",
        "website": "page website",
    }.items()
}

#: A kind of place in a letter, and which of the company's own words stands there.
Shown = tuple[str, str]
#: Per mould what a letter of it showed.
Moulds = dict[Hashable, frozenset[Shown]]


class Alike:
    """What was looked at so far, template by template, and which samples show a company's own words."""

    def __init__(self) -> None:
        self.moulds: Moulds = {}
        self.samples: dict[Hashable, Any] = {}  # by what they hang on: they are many, and the same for many companies
        self._enough: dict[Hashable, dict[Shown, int]] = {}

    def enough(self, kind: Hashable) -> dict[Shown, int] | None:
        """Of a template at a company of this kind: the sample that shows each word in each kind of place; None where
        not all samples are known to be in order."""
        return self._enough.get(kind)

    def note(self, kind: Hashable, samples: Mapping[Shown, int]) -> None:
        """Everything that this template can say was looked at, and is in order."""
        self._enough[kind] = dict(samples)


class Printing:
    """Where letters showed a company's own words so far. `moulds` are those of letters that were looked at, for this
    company and for others."""

    def __init__(self, policy: Policy, moulds: Moulds | None = None) -> None:
        said = {name: clean(", ".join(str(getattr(policy, name)).splitlines())) for name in WORDS}
        self._words = {name: word for name, word in said.items() if word}
        self._seen: set[Shown] = set()
        self._moulds = {} if moulds is None else moulds

    def has_seen(self, shown: Shown) -> bool:
        """Whether this company's word was looked at in such a place."""
        return shown in self._seen

    def shows_nothing_new(self, mould: Hashable) -> bool:
        """Whether a letter of that mould was in order, and so was each word of this company in such a place."""
        shown = self._moulds.get(mould)
        return shown is not None and shown <= self._seen

    def shown_by(self, mould: Hashable) -> frozenset[Shown]:
        """What a letter of that mould showed."""
        return self._moulds.get(mould, frozenset())

    def add(self, letter: Letter, mould: Hashable = None) -> frozenset[Shown]:
        """This letter is in order. What it shows."""
        shown = frozenset(found for name, word in self._words.items() for found in _places(letter, name, word))
        self._seen |= shown
        if mould is not None:
            self._moulds[mould] = shown
        return shown


def _places(letter: Letter, name: str, word: str) -> Iterator[Shown]:
    parts = {"subject": letter.subject, "text": letter.text, "entry": "".join(map(str, letter.enclosed))}
    yield from ((part, name) for part, said in parts.items() if word in said)
    page, shown = letter.html, escape(word)
    at = page.find(shown)
    while at >= 0:
        yield _element(page, at), name
        at = page.find(shown, at + len(shown))


def _element(page: str, at: int) -> str:
    """What begins or ends just before this place: "<p>", "</strong>", or "<a" where it is a part of the tag itself."""
    tag = page[page.rfind("<", 0, at) : at]
    return re.split(r"[\s>]", tag, maxsplit=1)[0] + (">" if ">" in tag else "")


def mould_of(said: str, send: Send, case: Case | None, template: Template, frame: Mapping[str, Value]) -> Hashable:
    """Equal for letters that differ in the printed values only; None for one that must print what it was given.

    `said` is what the template said, with a mark for each value; `frame` are the values that the layout around it uses.
    """
    if _must_print(send.template):
        return None
    around = (_is_there(value) if name in PRINTED else repr(value) for name, value in frame.items())
    dates = [[one.name for one in some] for some in (case.deadlines, case.appointments)] if case else []
    return template.path, said, *around, str(dates)


def _must_print(name: str) -> bool:
    """Whether a letter is read once it is finished, for what it must say."""
    return name in REPLIES or name.startswith(POLICY_CHANGED.name)


def kind_of(plain: Mapping[str, Hashable], letter: str, names: frozenset[str]) -> Hashable:
    """Equal for companies at which this letter, whose template and frame use these names, says the same in each case.
    `plain` is the company without its own words."""
    return tuple(plain[setting] for setting in _what_it_hangs_on(letter, names))


@lru_cache(maxsize=500)
def _what_it_hangs_on(letter: str, names: frozenset[str]) -> tuple[str, ...]:
    used = names | LOOKED_UP if _must_print(letter) else names
    others = (setting for setting, values in HANGS_ON.items() if used.isdisjoint(values))
    apart = IN_NO_LETTER.union(others)
    return tuple(each.name for each in fields(Policy) if each.name not in apart)


def settings_of(policy: Policy) -> dict[str, Hashable]:
    """What letters may hang on at this company, setting by setting, without its own words: equal for companies whose
    letters differ in these only."""
    names = (each.name for each in fields(policy) if each.name not in IN_NO_LETTER)
    plain: dict[str, Any] = {name: getattr(policy, name) for name in names}
    plain |= {name: _is_there(plain[name]) for name in WORDS}
    plain |= {"promise_days": policy.promise_days and (policy.promises_sooner, 1)}
    plain |= {"authserv_ids": _some(map(_is_there, policy.authserv_ids))}
    plain |= {"duties": _some((kind, _is_there(duty)) for kind, duty in policy.duties)}
    for name, kept in (("processors", ("status", "language")), ("places", ())):
        plain[name] = _some(_worded_alike(one, kept) for one in getattr(policy, name))
    return plain


def _worded_alike(one: Any, kept: tuple[str, ...]) -> Any:
    words = {each.name: _is_there(getattr(one, each.name)) for each in fields(one) if each.name not in kept}
    return replace(one, **words)


def _is_there(word: object) -> str:
    return "x" if word else ""


def _some(found: Iterable[Any]) -> tuple[Any, ...]:
    """Of a list: what is in it, in order, and whether it is more than one thing."""
    listed = list(found)
    return (*dict.fromkeys(listed), len(listed) > 1)
