"""The words that a person wrote into an invitation or its answer (RFC 5545).

The rule kept: what he says stands in SUMMARY, DESCRIPTION and COMMENT; an alarm's words and how one joins a meeting by
video are written by programs. Linear time, and nothing of it is believed.
"""

from __future__ import annotations

import re

from mailbot.parse import html

_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(r'(SUMMARY|DESCRIPTION|COMMENT|X-ALT-DESC)(?:;(?:"[^"]*"|[^":]){0,2000})?:(.*)', re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_RULE = re.compile(r"\s*(?:[_-]{10,}|[.*~=:-]{20,})\s*")
_MEETING = re.compile(
    r"https?://(?:[\w-]{1,60}\.){0,4}(?:teams\.(?:microsoft|live)\.com|zoom\.us|zoom\.com|meet\.google\.com|webex\.com"
    r"|meet\.jit\.si|whereby\.com|gotomeeting\.com|aka\.ms)/",
    re.IGNORECASE,
)


def text_of(calendar: str) -> str:
    """What an invitation says, with `\\n` line ends: the summary, then the description, then what an answer adds."""
    found: dict[str, list[str]] = {"SUMMARY": [], "DESCRIPTION": [], "COMMENT": [], "X-ALT-DESC": []}
    in_alarm = False
    for line in _FOLD.sub("", calendar).split("\n"):
        if line.upper().startswith(("BEGIN:VALARM", "END:VALARM")):
            in_alarm = line.upper().startswith("BEGIN")
        elif not in_alarm and (told := _LINE.match(line)):
            found[told[1].upper()].append(_unescaped(told[2]).strip())
    page = found.pop("X-ALT-DESC")
    if not any(found["DESCRIPTION"]):
        found["DESCRIPTION"] = [html.to_text(one)[0].strip() for one in page[:1]]
    said = (text for texts in found.values() for text in texts if text)
    return "\n\n".join(dict.fromkeys(said))


def without_meeting(text: str) -> str:
    """The text without the block, between drawn lines, that tells how to join a meeting by video."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if _RULE.fullmatch(line[:300]):
            blocks.append([])
        blocks[-1].append(line)
    kept = [line for block in blocks if block is blocks[0] or not _joins(block) for line in block]
    return "\n".join(line for line in kept if not _MEETING.search(line[:2_000]))


def _joins(block: list[str]) -> bool:
    return any(_MEETING.search(line[:2_000]) for line in block)


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
