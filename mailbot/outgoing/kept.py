"""What is kept of a letter once it is told: its words.

The rule kept here: HTML says the same at five times the size, and an entry for a calendar is there by now; a file with
somebody's data is what was said, and stays named.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot.model import Letter


def as_kept(letter: Letter) -> Letter:
    """The letter as it is kept."""
    return replace(letter, html="", enclosed=tuple(part for part in letter.enclosed if part.file))
