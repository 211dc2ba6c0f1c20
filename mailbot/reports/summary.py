"""The weekly summary's numbers as words for its letter, and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from mailbot.dates import days_away, dutch_date, dutch_short, hours_away
from mailbot.letters.in_words import held_reason
from mailbot.letters.render import Value
from mailbot.letters.values import Phrases
from mailbot.model import Policy
from mailbot.reports.digest import NO_DAY, Digest, OpenCase, Week, dutch_week, week_number

#: Open cases that a summary lists one by one; the rest is counted.
LONGEST_LIST = 40
#: Bars of a chart, and so many days from today as its full width stands for.
LONGEST_CHART, CHART_DAYS = 12, 30


def summary_values(numbers: Digest, policy: Policy, phrases: Phrases, head: str = "") -> dict[str, Value]:
    """What the template `summary` may name; `head` vouches for everything on record so far."""
    kinds = phrases["kind_names"]
    return {
        "week": dutch_week(numbers.week),
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
        "restricted": [f"{one.ref} (sinds {dutch_date(one.since)})" for one in numbers.restricted],
        "restricted_asked": [one.ref for one in numbers.restricted if one.asked],
        "held_lines": [f"{ref}: {held_reason(why, phrases['held'])}" for ref, why in numbers.held_why][:LONGEST_LIST],
        "observed_lines": [f"{phrases['letters'].get(name, name)}: {count}" for name, count in numbers.observed_as],
        "deadline_bars": _deadline_bars(numbers),
        "trend_bars": trend_bars(numbers.trend),
        "trend_line": trend_line(numbers.trend),
        "head": head,
    }


def _deadline_bars(numbers: Digest) -> list[dict[str, str]]:
    """The coming days, nearest first: the shorter the bar, the nearer the day."""
    return [deadline_bar(case.ref, case) for case in numbers.dated[:LONGEST_CHART]]


def deadline_bar(label: str, case: OpenCase) -> dict[str, str]:
    """One bar: its width in percent, red from three days on, amber from seven."""
    days_left = case.days_left
    return {
        "label": label,
        "value": _briefly(case),
        "width": str(max(min(days_left, CHART_DAYS), 0) * 100 // CHART_DAYS or 2),
        "colour": "#c0392b" if days_left <= 3 else "#d68910" if days_left <= 7 else "#2f5d8a",
    }


def _briefly(case: OpenCase) -> str:
    """How far away its day is, or its hour, as short as a bar can bear."""
    if case.time_left is not None:
        hours = abs(case.time_left) // timedelta(hours=1)
        return f"nog {hours} u" if case.time_left > timedelta() else f"{hours} u te laat"
    return f"nog {case.days_left} d" if case.days_left >= 0 else f"{-case.days_left} d te laat"


def trend_bars(trend: Sequence[Week]) -> list[dict[str, str]]:
    """What came in, week by week; nothing where nothing ever came."""
    most = max((max(one.arrived, one.answered) for one in trend), default=0)
    return [
        {
            "label": f"week {week_number(one.week)}",
            "value": f"{one.arrived} in, {one.answered} beantwoord",
            "width": str(one.arrived * 100 // most or 1),
            "colour": "#2f5d8a" if one.arrived else "#dde2e7",
        }
        for one in (trend if most else ())
    ]


def trend_line(trend: Sequence[Week]) -> str:
    """The trend in one line, for the plain text."""
    busy = [one for one in trend if one.arrived or one.answered]
    return "; ".join(f"week {week_number(one.week)}: {one.arrived} in, {one.answered} beantwoord" for one in busy)


def _speed(numbers: Digest) -> str:
    if numbers.median_days is None or numbers.slowest_days is None:
        return ""
    return f"mediaan {numbers.median_days:.1f} dagen, 90% binnen {numbers.slowest_days:.1f} dagen".replace(".", ",")


def _line(case: OpenCase, kinds: Mapping[str, str]) -> str:
    names = ", ".join(kinds.get(kind, kind) for kind in case.kinds)
    if case.act_by is None:
        return f"{case.ref} ({names}): de klok staat stil"
    if case.days_left == NO_DAY:
        return f"{case.ref} ({names}): beantwoord, nog te sluiten"
    due = f"{dutch_short(case.hour)} {case.hour:%H:%M}" if case.hour else dutch_short(case.act_by)
    away = days_away(case.days_left) if case.time_left is None else hours_away(case.time_left)
    return f"{case.ref} ({names}): uiterlijk {due}, {away}"
