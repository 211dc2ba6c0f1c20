"""A person changes settings in a company's file: the values, and nothing else in it.

The rule kept here: who changed a setting and when stands behind it, after the remark that was there; no old value does,
for it may name somebody who has left.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

_CHANGED = re.compile(r"(?:^|; )gewijzigd door [^;]* op \d{4}-\d\d-\d\d(?=;|$)")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f;#]+")


def with_settings(text: str, settings: Mapping[str, Any], by: str, on: date) -> str:
    """The file with these settings or whole tables, each by its full name. Raises ValueError where more than these
    would change."""
    try:
        wanted, document = tomllib.loads(text), tomlkit.parse(text)
        for name, value in settings.items():
            *tables, key = name.split(".")
            table, plain = _table(document, tables), _table(wanted, tables)
            there = table[key].trivia if key in table else None
            space, remark = (there.comment_ws, there.comment) if there and there.comment else ("  ", "")
            table[key] = _as_table(value) if isinstance(value, dict) else value
            table[key].comment(_remark(remark, by, on))
            table[key].trivia.comment_ws = space
            plain[key] = value
        made = tomlkit.dumps(document)
        if tomllib.loads(made) != wanted:
            raise ValueError("its lines cannot be changed one by one; change it by hand")
    except (tomllib.TOMLDecodeError, TOMLKitError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"cannot be changed ({type(error).__name__}); change it by hand") from None
    return made


def _table(table: Any, names: list[str]) -> Any:
    for name in names:
        if name not in table:
            table[name] = {}
        table = table[name]
    return table


def _inline(value: Mapping[str, Any]) -> InlineTable:
    made = tomlkit.inline_table()
    made.update(value)
    return made


def _as_table(value: Mapping[str, Any]) -> Table:
    made = tomlkit.table()
    for key, one in value.items():
        made[key] = _inline(one) if isinstance(one, dict) else one
    made.add(tomlkit.nl())
    return made


def _remark(before: str, by: str, on: date) -> str:
    who = " ".join(_CONTROLS.sub(" ", by).split())
    kept = _CHANGED.sub("", before.lstrip("# ").rstrip()).strip("; ")
    told = f"gewijzigd door {who} op {on.isoformat()}"
    return f"{kept}; {told}" if kept else told
