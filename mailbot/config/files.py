"""Reading and laying over TOML files. Raises nothing: what is wrong comes back as problems beside what could be read.

The rule kept here: a path in a file is relative to that file, also when an overlay brings it in.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot import regular_files
from mailbot.errors import Problem

Table = dict[str, Any]

#: Keys whose text is a path.
_PATHS = frozenset({"state", "path", "ca_file", "file"})
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """One settings file, as text values, with the overlay laid over it. `name` is how problems call it."""

    name: str
    table: Table
    overlay: Table
    overlay_name: str = ""
    prefix: str = ""  # the heading this table stands under

    def where(self, key: str) -> str:
        """The file and key to look at: the overlay's own file for what the overlay says."""
        name = self.overlay_name if _has(self.overlay, key) else self.name
        return f"{name}:{'.'.join(part for part in (self.prefix, key) if part)}"


def read(directory: Path, name: str, overlay: Path | None) -> tuple[Source | None, list[Problem]]:
    """Read `directory/name`, with `overlay/name` laid over it where that exists."""
    base, problems = _parse(directory / name, name)
    over: Table | None = {}
    over_name = ""
    if overlay is not None and os.path.lexists(overlay / name):
        over_name = f"{overlay.name}/{name}"
        over, more = _parse(overlay / name, over_name)
        problems += more
    if base is None or over is None:
        return None, problems
    return Source(name, merge(base, over), over, over_name), problems


def tenant_names(directory: Path) -> tuple[list[str], list[Problem]]:
    """The ids of the companies that have a file, in alphabetical order, and the file names that cannot be an id."""
    stems = sorted(path.stem for path in (directory / "tenants").glob("*.toml") if not path.name.startswith("."))
    bad = [stem for stem in stems if not _TENANT.fullmatch(stem)]
    cure = "the file name is the company's id: lower-case letters, digits and hyphens only; rename it"
    return [stem for stem in stems if stem not in bad], [Problem(f"tenants/{stem}.toml", cure) for stem in bad]


def merge(base: Table, over: Table) -> Table:
    """`over` laid over `base`: tables are merged, everything else, lists included, is replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _has(table: Table, key: str) -> bool:
    """Whether a table says this key, or the list that the key points into ("processors[1].name")."""
    found: Any = table
    for part in key.partition("[")[0].split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found is not None


def _parse(path: Path, name: str) -> tuple[Table | None, list[Problem]]:
    try:
        text = regular_files.read(path).decode("utf-8-sig")  # Windows editors put a mark in front
    except FileNotFoundError:
        return None, [Problem(name, f"there is no such file in {path.parent}")]
    except UnicodeDecodeError:
        return None, [Problem(name, "is not UTF-8 text: save it as UTF-8")]
    except regular_files.NotRegular as error:
        return None, [Problem(name, f"{error.strerror}: put a text file with settings there, or remove it")]
    except OSError as error:
        return None, [Problem(name, f"cannot be read ({type(error).__name__})")]
    try:
        return anchored(tomllib.loads(text), path.parent), []
    except tomllib.TOMLDecodeError as error:
        return None, [Problem(name, f"is not valid TOML: {error}")]
    except RecursionError:
        return None, [Problem(name, "is not valid TOML: its brackets or headings go deeper than anybody needs")]
    except ValueError as error:  # a path that cannot be, or a number of thousands of digits
        return None, [Problem(name, f"cannot be used: {error}")]


def anchored(table: Table, folder: Path) -> Table:
    """The same table with every path in full, seen from the folder of the file it stands in. Raises ValueError."""
    return {key: _anchor(key, value, folder) for key, value in table.items()}


def _anchor(key: str, value: Any, folder: Path) -> Any:
    match value:
        case dict():
            return anchored(value, folder)
        case list():
            return [anchored(part, folder) if isinstance(part, dict) else part for part in value]
        case str() if key in _PATHS and value:
            return _absolute(key, value, folder)
        case _:
            return value


def _absolute(key: str, text: str, folder: Path) -> str:
    try:
        return str((folder / Path(text).expanduser()).resolve())
    except (RuntimeError, ValueError):  # ~ of a user who is not there, a link to itself, a null
        raise ValueError(f"{key} is no path that can be; type it in full, or as it is seen from this file") from None
