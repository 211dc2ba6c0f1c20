"""Charts as inline SVG: bars that stand on a line, in colours that also differ in grey. Pure; nothing from elsewhere.

The rule kept here: every chart says in words what it shows (`title`, `desc`), for who cannot see it and for paper.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

State = TypeVar("State", bound=str)

WIDTH, HEIGHT = 720, 190
_LEFT, _TOP, _BOTTOM = 34, 12, 26
#: Label every how many bars, so that labels never touch.
_LABELS = 14


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars, from the line upwards in the order given."""

    name: str
    colour: str
    values: tuple[int, ...]


def by_month(
    title: str, found: Iterable[tuple[date, State]], states: Mapping[State, tuple[str, str]], first: date, last: date
) -> str:
    """Bars, one a month from the first day to the last, and to whatever lies outside: no bar is missing from the sum.

    `found`: of each thing its day and its state. `states`: name and colour, from the line upwards.
    """
    counted = Counter((_month(day), state) for day, state in found)
    outside = [month for month, _ in counted]
    months = range(min([_month(first), *outside]), max([_month(last), *outside]) + 1)
    series = [Series(*states[state], tuple(counted[month, state] for month in months)) for state in states]
    return stacked(title, [f"{month % 12 + 1:02}-{month // 12 % 100:02}" for month in months], series)


def _month(day: date) -> int:
    """A number that is one more each month."""
    return day.year * 12 + day.month - 1


def stacked(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Bars, one a label, each made of the series' values. Empty text when there is nothing to draw."""
    totals = [sum(one.values[at] for one in series) for at in range(len(labels))]
    top = max(totals, default=0)
    if not top:
        return ""
    told = "; ".join(f"{one.name}: {sum(one.values)}" for one in series)
    body = "".join(_bar(at, len(labels), top, series) for at in range(len(labels)))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{html.escape(title)}</title><desc>{html.escape(told)}</desc>"
        f"{_scale(top)}{body}{_names(labels)}</svg>{_legend(series)}"
    )


def line(values: Sequence[int]) -> tuple[int, int]:
    """The highest of the values and the step of the scale: 1, 2, 5, 10, 20 ... so that four or five lines suffice."""
    top = max(values, default=0)
    step = next(step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if top <= 5 * step)
    return top, step


def _scale(top: int) -> str:
    _, step = line([top])
    marks = range(0, top + 1, step)
    return "".join(
        f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{_y(mark, top):.1f}" y2="{_y(mark, top):.1f}" stroke="#dde2e7"/>'
        f'<text x="{_LEFT - 6}" y="{_y(mark, top) + 4:.1f}" text-anchor="end" class="tick">{mark}</text>'
        for mark in marks
    )


def _bar(at: int, count: int, top: int, series: Sequence[Series]) -> str:
    room = (WIDTH - _LEFT) / count
    wide = min(38.0, room * 0.7)
    x = _LEFT + room * at + (room - wide) / 2
    parts, under = [], 0
    for one in series:
        value = one.values[at]
        if value:
            y = _y(under + value, top)
            tall = _y(under, top) - y
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{one.colour}"/>')
        under += value
    return "".join(parts)


def _names(labels: Sequence[str]) -> str:
    room = (WIDTH - _LEFT) / len(labels)
    every = -(-len(labels) // _LABELS)
    return "".join(
        f'<text x="{_LEFT + room * (at + 0.5):.1f}" y="{HEIGHT - 8}" text-anchor="middle" class="tick">'
        f"{html.escape(label)}</text>"
        for at, label in enumerate(labels)
        if at % every == 0
    )


def _legend(series: Sequence[Series]) -> str:
    keys = "".join(
        f'<span class="key"><i style="background:{one.colour}"></i>{html.escape(one.name)} {sum(one.values)}</span>'
        for one in series
        if sum(one.values)
    )
    return f'<p class="legend">{keys}</p>'


def _y(value: int, top: int) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


#: What a page that shows charts puts into its style.
CHART_STYLE = """
svg { width: 100%; height: auto; max-width: 60rem; display: block; }
.tick { font: 11px Arial, Helvetica, sans-serif; fill: #55616d; }
.legend { margin: .2rem 0 0; font-size: .88rem; } .key { margin-right: 1.2rem; white-space: nowrap; }
.key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -1px; }
"""
