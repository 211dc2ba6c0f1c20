"""What a colleague notes, as a remark of its case.

The rule kept here: a note may say anything, and nothing takes it for a remark that the program made. Those are read
again: how often proof was asked, which letter was sent last, whether the moment of receipt was corrected.
"""

from __future__ import annotations

import re

_MARK = "note: "
#: How the remarks begin that are counted or read again, here and for letters.
_READ_AGAIN = re.compile(
    r"(?:sent|failed|unsure|dropped|bounced|came back by post|mentions|receipt corrected|answer may go to"
    r"|identity asked|extension decided|restriction to be lifted|no letter to the sender|stopped by the airlock"
    r"|breach, \w+|kinds corrected)\b"
)


def as_remark(note: str) -> str:
    """The note as the case keeps it."""
    return f"{_MARK}{note}" if _READ_AGAIN.match(note.removeprefix(_MARK)) else note


def as_typed(remark: str) -> str:
    """The note of a remark, as it was typed."""
    typed = remark.removeprefix(_MARK)
    return typed if as_remark(typed) == remark else remark
