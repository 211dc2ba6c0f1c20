"""The weekly summary's numbers as words for its letter, and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from mailbot.dates import dutch_date, dutch_short
from mailbot.digest import Digest, OpenCase
from mailbot.letters.render import Value
from mailbot.letters.values import Phrases
from mailbot.model import Policy

#: Open cases that a summary lists one by one; the rest is counted.
LONGEST_LIST = 40


def summary_values(numbers: Digest, policy: Policy, phrases: Phrases) -> dict[str, Value]:
    """What the template `summary` may name."""
    kinds = phrases["kind_names"]
    return {
        "week": numbers.week,
        "first_day": dutch_date(numbers.first_day),
        "last_day": dutch_date(numbers.last_day),
        "mails": str(numbers.mails),
        "arrived": str(numbers.arrived),
        "by_kind": [f"{kinds.get(kind, kind)}: {count}" for kind, count in numbers.by_kind],
        "closed": str(numbers.closed),
        "answered": str(numbers.answered),
        "speed": _speed(numbers),
        "open_count": str(len(numbers.open)),
        "overdue": [_line(case, kinds) for case in numbers.overdue],
        "open": [_line(case, kinds) for case in numbers.open if case.days_left >= 0][:LONGEST_LIST],
        "needs": [case.ref for case in numbers.open if case.needs_person],
        "held": list(numbers.held),
        "observed": str(numbers.observed),
        "observing": policy.mode == "observe",
        "failed": list(numbers.failed),
        "unsure": list(numbers.unsure),
        "machine": str(numbers.machine),
        "unreadable": str(numbers.unreadable),
        "suppressed": str(numbers.suppressed),
        "defects": list(numbers.defects),
        "forgotten": list(numbers.forgotten),
        "on_hold": list(numbers.on_hold),
    }


def _speed(numbers: Digest) -> str:
    if numbers.median_days is None or numbers.slowest_days is None:
        return ""
    return f"mediaan {numbers.median_days:.1f} dagen, 90% binnen {numbers.slowest_days:.1f} dagen".replace(".", ",")


def _line(case: OpenCase, kinds: Mapping[str, str]) -> str:
    names = ", ".join(kinds.get(kind, kind) for kind in case.kinds)
    if case.act_by is None or case.days_left == 9999:
        return f"{case.ref} ({names}): beantwoord, nog te sluiten"
    when = f"nog {case.days_left} dagen" if case.days_left >= 0 else f"{-case.days_left} dagen te laat"
    return f"{case.ref} ({names}): uiterlijk {dutch_short(case.act_by)}, {when}"
