"""Charts as inline SVG: bars that stand on a line, in colours that also differ in grey. Pure; nothing from elsewhere.

The rule kept here: every chart says in words what it shows (`title`, `desc`), for who cannot see it and for paper.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

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

#: Reports look alike: on a screen, on a phone and on paper.
PAGE_STYLE = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 15px/1.5 Arial, Helvetica, sans-serif; color: #1d2733; margin: 0 auto; padding: 1.5rem; max-width: 72rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { margin: 2rem 0 .2rem; } h3 { margin: 1.8rem 0 .5rem; }
.muted { color: #55616d; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin: 1rem 0; }
@media (max-width: 480px) { .tiles { grid-template-columns: repeat(2, 1fr); } }
.tiles div { border-left: 5px solid #1d2733; background: #f4f6f8; padding: .5rem .8rem; }
details { margin: 1rem 0; } summary { font-weight: bold; } details li { margin: .3rem 0; }
table.figures th[scope=col]:not(:first-child) { text-align: right; }
.tiles b { display: block; font-size: 1.7rem; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { border-bottom: 1px solid #dde2e7; padding: .35rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #f2f5f8; } thead { display: table-header-group; } tr { break-inside: avoid; }
.register { font-size: .72rem; } .figures { width: auto; } .figures td { text-align: right; }
.dot { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; border-radius: 50%; }
.columns { columns: 14rem; font-size: .88rem; } td { overflow-wrap: anywhere; }
.n { white-space: nowrap; overflow-wrap: normal; }
@media (max-width: 40rem) {
  body { padding: .8rem; } table { display: block; overflow-x: auto; } td, th { overflow-wrap: normal; }
}
@media screen and (max-width: 40rem) {
  .rows, .rows tbody, .rows tr, .rows th, .rows td { display: block; width: auto; text-align: left; }
  .rows { overflow-x: visible; font-size: .88rem; } .rows thead { display: none; }
  .rows tr { border: 1px solid #dde2e7; border-radius: 4px; margin: 0 0 .6rem; padding: .3rem .6rem; }
  .rows th, .rows td { border: 0; padding: .15rem 0; overflow-wrap: anywhere; } .rows td:empty { display: none; }
  .rows th { background: none; font-size: 1rem; }
  svg .tick { font-size: 18px; }
  .rows td::before { content: attr(data-name) ": "; color: #55616d; }
}
@media print { body { max-width: none; padding: 0; font-size: 9pt; } * { print-color-adjust: exact; } }
"""


def cell(heading: str, value: str, more: str = "") -> str:
    """A cell of a table with class "rows" that knows its heading: on a narrow screen each stands on a line of its own,
    empty ones nowhere."""
    return f'<td data-name="{html.escape(heading)}"{more}>{html.escape(value)}</td>'
