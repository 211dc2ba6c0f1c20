"""A company's settings as they come from elsewhere, made fit for this place.

The rule kept here: what reaches out of the file was right at another place and is nobody's word here. Each password
gets a file of its own beside the configuration, whatever command, file or variable it came from there; and servers,
programs, customers and records wait until a person confirms them. Nothing else changes, nor do the remarks of people.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

#: What names a server, a program, a file or a database.
REACHING = ("imap", "smtp", "alarm", "oauth", "customers", "sources", "suppression")
#: Where a password can stand, and what its file is called.
_SECRETS = {
    ("imap", "password"): "imap",
    ("smtp", "password"): "smtp",
    ("alarm", "smtp", "password"): "alarm",
    ("oauth", "client_secret"): "oauth",
    ("customers", "url"): "customers",
}
_REMARK = "kwam mee bij de overdracht"
_LINES = re.compile(r"^to_confirm\s*=\s*\[\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AdaptedSettings:
    """The file as it is laid here, what waits to be confirmed, and the files for passwords beside the configuration."""

    text: str
    to_confirm: tuple[str, ...]
    secrets: tuple[str, ...]


def adapted(text: str, tenant: str) -> AdaptedSettings:
    """The settings for this place. Raises ValueError for what cannot be changed in its lines without changing more."""
    try:
        before, document = tomllib.loads(text), tomlkit.parse(text)
        places = {path: f"../secrets/{tenant}.{name}" for path, name in _places(before)}
        waiting = [name for name in REACHING if before.get(name) and name not in before.get("to_confirm", ())]
        _with_places(document, places)
        _with_waiting(document, text, waiting)
        changed = tomlkit.dumps(document)
        _with_places(before, places)
        all_waiting = [*before.get("to_confirm", ()), *waiting]
        if tomllib.loads(changed) != before | ({"to_confirm": all_waiting} if waiting else {}):
            raise ValueError("its settings change when their passwords are put elsewhere")
    except (tomllib.TOMLDecodeError, TOMLKitError, RecursionError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"its settings cannot be read ({type(error).__name__})") from None
    return AdaptedSettings(changed, tuple(all_waiting), tuple(dict.fromkeys(places.values())))


def _places(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where passwords stand in these settings, and what each file is called; one that is the same twice has one."""
    names: dict[str, str] = {}
    paths: list[tuple[tuple[str | int, ...], str]] = list(_SECRETS.items())
    paths += [(("sources", at, "url"), f"source{at + 1}") for at in range(len(table.get("sources", ())))]
    for path, name in paths:
        found: Any = table
        for part in path:
            found = found[part] if isinstance(part, int) else found.get(part, {})
        if found:
            yield path, names.setdefault(repr(found), name)


def _with_places(table: Any, places: Mapping[tuple[str | int, ...], str]) -> None:
    for path, file in places.items():
        at = table
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = tomlkit.inline_table().append("file", file)


def _with_waiting(document: tomlkit.TOMLDocument, text: str, waiting: list[str]) -> None:
    """A line for each, as `setup.confirming` takes them off again."""
    if not waiting:
        return
    if not _LINES.search(text):
        lines = tomlkit.array()
        for name in document.pop("to_confirm", ()):
            lines.add_line(name, indent="  ")
        lines.add_line(indent="")
        document.add("to_confirm", lines)
    listed = document["to_confirm"]
    for name in waiting:
        listed.add_line(name, indent="  ", comment=_REMARK)
