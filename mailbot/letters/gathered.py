"""What one mail to a colleague says about many cases that came in at once: of each what is asked and what to answer.

The rule kept here: a letter that waits is shown whole, but once where it says the same to many people; only the number
of the case and the code of an answer may differ between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.actions import Send
from mailbot.letters import case_lines, values
from mailbot.letters.render import Value, clean
from mailbot.letters.values import Phrases
from mailbot.model import Case, Letter, LetterState, Policy

#: The mail that tells of a further mail of the person.
_REPLY = "reply_received"
#: What is different in letters that say the same: the case's number, and the code that proves an answer.
_OWN = re.compile(r"\bAVG-\d{4}-\d{4,}\b|\b[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}\b")
#: So many of the sentences that decided are quoted.
_QUOTES = 2


@dataclass(frozen=True, slots=True)
class Matter:
    """One case in a mail about many: which mails that stands for, and the letters that wait in it, each with why where
    that is not only that a person lets every letter go."""

    case: Case
    templates: tuple[str, ...]
    waiting: tuple[tuple[Letter, str], ...] = ()


def gathered(matters: Sequence[Matter], policy: Policy, phrases: Phrases, to: str, now: datetime) -> dict[str, Value]:
    """Everything that the mail may name beside the company."""
    numbers = _numbered(matters)
    rows = [_row(one, numbers, policy, phrases, to, now) for one in matters]
    release = [one.case.ref for one in matters if one.waiting]
    return {
        "rows": rows,
        "cases": str(len(matters)),
        "judged": str(sum(bool(row["judge"]) for row in rows)),
        "held": str(len(release)),
        "release": " ".join(release) if len(release) > 1 else "",
        "letters": _letters(matters, numbers, phrases),
    }


def waiting_letters(waiting: Sequence[tuple[Letter, str]], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Letters of one case that wait, for the mail that tells of the case."""
    return [_shown(letter, names) | {"why": why} for letter, why in waiting]


def dated(case: Case, template: str, policy: Policy, phrases: Phrases, now: datetime) -> dict[str, str]:
    """What a mail about many dates says of one."""
    line = case_lines.line_of(case, policy, phrases, now)
    return line | {"over": "ja" if template == "date_over" else "", "closed": "" if case.is_open else "ja"}


def _row(
    matter: Matter, numbers: Mapping[str, int], policy: Policy, phrases: Phrases, to: str, now: datetime
) -> dict[str, str]:
    case, names = matter.case, phrases["letters"]
    said = values.for_staff(case, Send("", "gathered", to, "staff", LetterState.QUEUED), policy, phrases, now)
    needs = [f"{need['why']} {need['do']}" for need in _list(said["needs"]) if isinstance(need, dict)]
    quotes = [str(quote) for quote in _list(said["quotes"])[:_QUOTES]]
    came = any(name == _REPLY for name in matter.templates)
    return case_lines.line_of(case, policy, phrases, now) | {
        "requester": str(said["requester"]),
        "match": str(said["match"]),
        "subject": str(said["mail_subject"]),
        "needs": " ".join(needs),
        "quote": " … ".join(quotes),
        "reply": str(said["last_at"]) if came else "",
        "reply_since": str(said["reply_since"]),
        "judge": "ja" if said["in_triage"] else "",
        "asks_more": "ja" if said["asks_more"] else "",
        "wrote_again": "ja" if said["wrote_again"] else "",
        "stops": "ja" if said["stops"] else "",
        "addresses": ", ".join(case.suppressed) if said["stops"] else "",
        "systems": ", ".join(map(str, _list(said["systems"]))) if said["stops"] and said["freezes"] else "",
        "letters": "; ".join(_named(letter, why, numbers, names) for letter, why in matter.waiting),
    }


def _list(value: Value) -> Sequence[str | dict[str, str]]:
    return value if isinstance(value, list) else ()


def _named(letter: Letter, why: str, numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    name = names.get(letter.template, "De brief")
    reason = f"; {why}" if why else ""
    return f"{name}, aan {clean(letter.to, 254)} (brief {numbers[_mark(letter)]} onderaan{reason})"


def _mark(letter: Letter) -> str:
    """The same for letters that say the same."""
    return "\0".join((letter.template, *(_OWN.sub("", part) for part in (letter.subject, letter.text))))


def _numbered(matters: Sequence[Matter]) -> dict[str, int]:
    marks = dict.fromkeys(_mark(letter) for one in matters for letter, _ in one.waiting)
    return {mark: number for number, mark in enumerate(marks, 1)}


def _letters(matters: Sequence[Matter], numbers: Mapping[str, int], phrases: Phrases) -> list[dict[str, str]]:
    """Each letter that waits, once, with the cases that it waits in."""
    found: dict[str, list[Letter]] = {}
    for letter in (letter for one in matters for letter, _ in one.waiting):
        found.setdefault(_mark(letter), []).append(letter)
    return [
        _shown(same[0], phrases["letters"])
        | {
            "number": str(numbers[mark]),
            "refs": ", ".join(dict.fromkeys(letter.ref for letter in same)),
            "first": same[0].ref,
            "many": "ja" if len(same) > 1 else "",
        }
        for mark, same in found.items()
    ]


def _shown(letter: Letter, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "name": names.get(letter.template, "De brief"),
        "to": clean(letter.to, 254),
        "subject": clean(letter.subject, 200),
        "text": letter.text,
        "token": letter.token,
    }
