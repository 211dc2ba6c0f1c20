"""A privacy policy as text, from the file that a person names: text, or a page as the browser saves it.

The rule kept here: what is no text is refused with what to do, never half read.
"""

from __future__ import annotations

import re
from pathlib import Path

from mailbot import regular_files
from mailbot.csv_format import decoded
from mailbot.errors import Usage
from mailbot.model import Defect
from mailbot.parse.html import to_text

#: A table keeps its cells apart: who gets data stands in one, what for in the next.
_BETWEEN_CELLS = re.compile(r"</t[dh]\s*>\s*(<t[dh]\b)", re.IGNORECASE)


def policy_text(path: Path) -> str:
    """The words of the policy. Raises Usage with the reason."""
    try:
        raw = regular_files.read(path)
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}; save the policy as a text file") from error
    if raw.startswith(b"%PDF") or b"\0" in raw[:2000]:
        raise Usage(f"{path}: is no text (a PDF or a document?); save the policy as a text file")
    text = decoded(raw)
    if not text.lstrip().startswith("<"):
        return text
    words, defect = to_text(_BETWEEN_CELLS.sub(r" | \1", text))
    if defect is Defect.UNREADABLE_HTML or not words.strip():
        raise Usage(f"{path}: this page cannot be read; save the policy as a text file")
    return words
