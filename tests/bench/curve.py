"""A line of figures as an SVG, written by hand: no library for five shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 60, 20, 50, 50
COLOURS = ("#2f5d8a", "#c0392b", "#3c8d5a")
#: The limit that the figures are held to.
LIMIT = "#9aa5b1"


def svg(title: str, ticks: Sequence[str], lines: Mapping[str, Sequence[float]], limit: float, unit: str) -> str:
    """One point of each line for each tick, from zero up; `limit` is drawn as a dashed line."""
    top = max(limit, *(value for values in lines.values() for value in values)) * 1.1
    shapes = [_text(WIDTH / 2, 24, title, "middle", 16), *_axes(ticks, top, unit)]
    shapes.append(
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(limit, top):.1f}" y2="{_y(limit, top):.1f}" '
        f'stroke="{LIMIT}" stroke-dasharray="6 4"/>'
    )
    for number, (name, values) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{_x(at, len(ticks)):.1f},{_y(value, top):.1f}" for at, value in enumerate(values))
        shapes.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        shapes += [
            f'<circle cx="{_x(at, len(ticks)):.1f}" cy="{_y(value, top):.1f}" r="4" fill="{colour}"/>'
            for at, value in enumerate(values)
        ]
        shapes.append(_text(LEFT + 10, TOP + 18 * number, name, "start", 13, colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _axes(ticks: Sequence[str], top: float, unit: str) -> list[str]:
    floor = HEIGHT - BOTTOM
    shapes = [
        f'<line x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{floor}" stroke="#333"/>',
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor}" y2="{floor}" stroke="#333"/>',
    ]
    shapes += [_text(_x(at, len(ticks)), floor + 20, tick, "middle") for at, tick in enumerate(ticks)]
    for step in range(5):
        value = top * step / 4
        shapes.append(_text(LEFT - 8, _y(value, top) + 4, f"{value:.2f}", "end"))
    return [*shapes, _text(LEFT, TOP - 10, unit, "end")]


def _x(at: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (at + 0.5) / count


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top


def _text(x: float, y: float, words: str, anchor: str, size: int = 12, colour: str = "#333") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(words)}</text>"
