"""Of a line of a history what people typed, apart from what the program says by itself.

The rule kept here: a remark is the program's own only where it is known word for word, or by how it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mailbot.reports import history_words

#: What became of a letter, as a remark.
SETTLED = re.compile(rf"(?P<state>{'|'.join(history_words.STATES)}): (?P<letter>\w+)(?: \((?P<why>.*)\))?$", re.DOTALL)
BY_HAND = re.compile(r"taken in by hand, received by (?P<channel>\w+)$")
_DECIDED = re.compile(r"decided, \w+: \w+(?:: (?P<why>.*))?$", re.DOTALL)
_HELD = re.compile(r"legal hold (?:lifted|set) by .*?: (?P<why>.*)$", re.DOTALL)
_WORDS_OF_BREACH = {"facts": "feiten", "effects": "gevolgen", "measures": "maatregelen"}


def reasons_in(doc: Mapping[str, Any]) -> Iterator[str]:
    """The reasons that people gave with an action."""
    match doc["do"]:
        case "Remark":
            yield _reason(_typed(doc["text"]))
        case "Settle":
            yield doc["settled"].get("note", "")
        case "CloseCase" | "Doubt":
            yield _reason(doc["reason"])
        case "DescribeBreach":
            note = doc["note"]
            yield from (f"{name}: {note[key]}" for key, name in _WORDS_OF_BREACH.items() if note[key])


def beginning_of(remark: str) -> str:
    """How the program began this remark, where a person's words follow."""
    return next((words for words in history_words.BEGINNINGS if remark.startswith(words)), "")


def _typed(remark: str) -> str:
    """Of a remark what the program did not say by itself."""
    if remark in history_words.REMARKS or BY_HAND.match(remark):
        return ""
    if found := SETTLED.match(remark) or _DECIDED.match(remark) or _HELD.match(remark):
        return found["why"] or ""
    return remark.removeprefix(beginning_of(remark))


def _reason(text: str) -> str:
    return history_words.REASONS.get(text, text)
