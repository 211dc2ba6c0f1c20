"""Values kept apart while a template becomes HTML or text, and set in afterwards, in the order they were printed.

The rule kept here: a value of one line stands for one mark, so that nothing in it can be read as markup, and the
template around it is the same text for every letter. What has more lines is escaped, for its paragraphs are its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Stands for a value. From a private area of Unicode, neither a space nor punctuation to Markdown.
MARK = "\ue000"
NO_BREAK = "\u00a0"
_ANYWHERE = re.compile(r"([\\`*_\[\]<>&|~])")
#: What begins a list, a heading, a quote or a rule, at the start of a line.
_AT_START = re.compile(r"^(?:([#+=-])|(\d{1,9})([.)]))", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class Slots:
    """The values of one letter, in the order in which its template printed them."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def hold(self, value: str) -> str:
        """What is printed for a value: a mark, or the value itself where it has lines."""
        value = value.replace(MARK, "\ufffd")
        if not value or value != value.strip() or len(value.splitlines()) > 1:
            return escaped(value)
        self.values.append(value)
        return MARK


def set_in(text: str, values: Iterable[str]) -> str:
    """The text with its values in place of the marks; there must be as many."""
    words = text.split(MARK)
    return words[0] + "".join(value + word for value, word in zip(values, words[1:], strict=True))


def escaped(value: str) -> str:
    """A value that Markdown shows as it is, line by line."""
    safe = _ANYWHERE.sub(r"\\\1", value)
    safe = _INDENT.sub(lambda match: NO_BREAK * len(match[0].expandtabs(4)), safe)
    return _AT_START.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", safe)
