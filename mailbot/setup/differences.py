"""What a table says otherwise than the file of a company that is there. Nothing is changed by it.

The rules kept here: a password is compared and never shown, and a table out of which it was taken says nothing of it.
What a person did to the file since is no difference: what he added, confirmed or put into force.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot import regular_files
from mailbot.config import files
from mailbot.errors import Problem
from mailbot.setup.customers_toml import typed_of

#: The table of the customers' source, which follows as a whole where it is, or becomes, a database.
CUSTOMERS = "customers"
#: What belongs to whoever works with the file, unless a column of the table says it.
_THEIRS = frozenset({"to_confirm", "mode", "automatic", "mail.addresses", "mail.authserv_ids"})
_ABSENT = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting: what the file says, and what the table, or the policy that it names, says."""

    setting: str
    there: str
    here: str

    @property
    def may_follow(self) -> bool:
        """Whether the file may be made to say the same; a password and who holds data are a matter for the file."""
        return self.here != _ABSENT and not self.setting.endswith(("password", ".url")) and self.setting != "processors"

    def __str__(self) -> str:
        return f"{self.setting}: {self.there} in the file, {self.here} in the table or policy"


def table_there(config: Path, tenant: str) -> tuple[files.Table | None, list[Problem]]:
    """The company's file as it is, None with the problems where it cannot be read."""
    source, problems = files.read(config, f"tenants/{tenant}.toml", None)
    return (source.table if source else None), problems


def differences(there: files.Table, text: str, folder: Path, said: Iterable[str] = ()) -> Iterator[Difference]:
    """Where the file that the table would make says something else. `said`: the settings that the row itself names."""
    said = set(said)
    theirs, of_a_secret = _THEIRS - said, any(one.endswith("password") for one in said)
    here = files.anchored(tomllib.loads(text), folder)
    if "sql" in (_kind(there), _kind(here)):
        if (before := typed_of(_customers(there))) != (after := typed_of(_customers(here))) and after:
            yield Difference(CUSTOMERS, before or _ABSENT, after)
        here = {key: value for key, value in here.items() if key != CUSTOMERS}
    old = dict(_flat(there))
    for setting, value in _flat(here):
        if setting in theirs or old.get(setting) == value:
            continue
        if setting.endswith("password") and not of_a_secret:
            continue
        if setting.endswith("password"):
            yield Difference(setting, "found in another way", "another place")
        else:
            yield Difference(setting, _shown(old.get(setting)), _shown(value))
    known = {row.get("name") for row in there.get("processors", ()) if isinstance(row, dict)}
    for row in tomllib.loads(text).get("processors", ()):
        if row["name"] not in known:
            yield Difference("processors", _ABSENT, row["name"])


def values_of(text: str) -> dict[str, Any]:
    """Each setting by its full name, as a file has it; the customers' source as a whole too."""
    table = tomllib.loads(text)
    return {**dict(_flat(table)), CUSTOMERS: table.get(CUSTOMERS)}


def _kind(table: files.Table) -> str:
    return str(_customers(table).get("type", "csv"))


def _customers(table: files.Table) -> dict[str, Any]:
    """The table of customers, empty where there is none, or something else by that name."""
    customers = table.get(CUSTOMERS)
    return customers if isinstance(customers, dict) else {}


def is_other_secret(file: Path, secret: str) -> bool:
    """Whether another password lies in this file."""
    try:
        return regular_files.read(file, regular_files.SECRET).decode("utf-8", "replace").rstrip("\r\n") != secret
    except OSError:
        return True


def _flat(table: files.Table, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each setting by its full name; a password is one setting, and lists of tables are left out."""
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and key != "password":
            yield from _flat(value, f"{name}.")
        elif not (isinstance(value, list) and any(isinstance(one, dict) for one in value)):
            yield name, value


def _shown(value: Any) -> str:
    return _ABSENT if value is None else str(value)
