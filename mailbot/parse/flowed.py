"""Paragraphs that a program folded at the edge of the screen, put together again (RFC 3676).

The rule kept: only a line that ends in a blank goes on, only in one of the same quote depth, and never the line "-- "
above a signature. Every word stays.
"""

from __future__ import annotations


def joined(text: str, deletes_blank: bool) -> str:
    """The text with its paragraphs on one line each. `deletes_blank` (DelSp=yes): the blank at the fold is no blank of
    the text."""
    lines: list[str] = []
    open_at: int | None = None  # the quote depth of a paragraph that goes on
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        depth, line = _unmarked(raw)
        goes_on = line.endswith(" ") and line != "-- " and line.strip() != ""
        kept = line[:-1] if goes_on and deletes_blank else line
        if open_at == depth and line != "-- ":
            lines[-1] += kept
        else:
            lines.append(f"{'> ' * depth}{kept}")
        open_at = depth if goes_on else None
    return "\n".join(lines)


def _unmarked(line: str) -> tuple[int, str]:
    """The quote depth, and the line without its marks and without the blank that is stuffed before it (4.4)."""
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")
