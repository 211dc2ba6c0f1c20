"""A person confirms what the program found: the line of a setting in `to_confirm` becomes a remark with name and day.

The rule kept here: nothing else in the file changes, and who confirmed what stays in it, beside the sentence or the
record that it came from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

_LINE = re.compile(r'^[ \t]*"(?P<name>[\w.]+)",?[ \t]*(?:# ?(?P<source>.*))?$')
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def waiting(text: str) -> Iterator[tuple[str, str]]:
    """Each setting that waits, and where it came from; empty where the file does not say."""
    sources = {match["name"]: match["source"] or "" for line in _block(text) if (match := _LINE.match(line))}
    for name in tomllib.loads(text).get("to_confirm", ()):
        yield name, sources.get(name, "")


def value_of(text: str, setting: str) -> str:
    """What the file says there now; of a whole table, what it reaches."""
    found = _found(text, setting)
    tables = [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]
    return "; ".join(map(_reached, tables)) if tables else str(found)


def is_worth(text: str, setting: str, said: str) -> bool:
    """Whether this is what the file says there; a server is named by its host, whoever logs in."""
    found = _found(text, setting)
    return said in (value_of(text, setting), found.get("host") if isinstance(found, dict) else None)


def _found(text: str, setting: str) -> object:
    found: object = tomllib.loads(text)
    for part in setting.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    return found


def _reached(table: dict[str, Any]) -> str:
    """The server, file, program or provider that a table names, with its login name."""
    server = table.get("smtp", table) if isinstance(table.get("smtp", table), dict) else table
    said = (
        server.get(key) for key in ("host", "port", "username", "path", "query", "provider", "token_url", "ca_file")
    )
    programs = (" ".join(map(str, table[key])) for key in ("command", "undo") if isinstance(table.get(key), list))
    return " ".join((*(str(one) for one in said if one), *programs))


def confirmed(text: str, settings: Iterable[str], by: str, on: date) -> str:
    """The file after these settings were confirmed. Raises ValueError where a line cannot be taken out alone."""
    names, block = set(settings), _block(text)
    who = " ".join(_CONTROLS.sub(" ", by).split())
    new = [
        f"  # {match['name']}: bevestigd door {who} op {on.isoformat()}. {match['source'] or ''}".rstrip()
        if (match := _LINE.match(line)) and match["name"] in names
        else line
        for line in block
    ]
    changed = text.replace("\n".join(block), "\n".join(new), 1) if block else text
    before = tomllib.loads(text)
    wanted = {**before, "to_confirm": [one for one in before.get("to_confirm", ()) if one not in names]}
    try:
        same = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise ValueError("its list to_confirm is not a line each; take them off by hand")
    return changed


def _block(text: str) -> list[str]:
    """The lines of the list, without the first and the last."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if re.match(r"to_confirm\s*=\s*\[\s*$", line)), -1)
    end = next((number for number, line in enumerate(lines) if number > start and re.match(r"\s*\]", line)), -1)
    return lines[start + 1 : end] if 0 <= start < end else []
