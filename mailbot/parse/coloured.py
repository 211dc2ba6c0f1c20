"""Answers in red between the lines of a quoted mail: Outlook marks no line that it quotes, and writers help themselves.

The rule kept: only below the line that Outlook draws above what it quotes, and only in the colours that people pick for
an answer; blue and grey are those of signatures and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

_LINE_ABOVE = re.compile(r"border-top\s*:\s*solid", re.IGNORECASE)
_MARKERS = frozenset(("divRplyFwdMsg", "appendonsend", "x_divRplyFwdMsg"))
_PICKED = r"(?:red|green|#f00|#ff0000|#c00000|#00b050|#7030a0|rgb\(\s*(?:255\s*,\s*0\s*,\s*0|192\s*,\s*0\s*,\s*0)\s*\))"
_STYLED = re.compile(rf"(?<![-\w])color\s*:\s*{_PICKED}", re.IGNORECASE)
_NAMED = re.compile(_PICKED, re.IGNORECASE)
_WORD = re.compile(r"\w{2,}")


def has_answers(elements: Iterable[HtmlElement]) -> bool:
    """Whether words in such a colour stand below Outlook's line. The elements still have their styles."""
    below = False
    for element in elements:
        style = element.get("style", "")
        below = below or element.get("id") in _MARKERS or bool(style and _LINE_ABOVE.search(style))
        if below and _is_picked(element, style) and _WORD.search(_own_words(element)):
            return True
    return False


def _is_picked(element: HtmlElement, style: str) -> bool:
    named = element.get("color", "")[:40] if element.tag == "font" else ""
    return bool((style and _STYLED.search(style)) or _NAMED.fullmatch(named))


def _own_words(element: HtmlElement) -> str:
    """The words that stand straight in an element, or in what makes them bold; Outlook colours each line by itself."""
    return " ".join([element.text or "", *(f"{child.text or ''} {child.tail or ''}" for child in element[:20])])[:2_000]
