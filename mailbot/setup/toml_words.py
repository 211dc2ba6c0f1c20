"""What every part of a new company's file is written with: texts on one line, where a secret is, names of variables.

The rule kept here: whatever a person typed, the file stays TOML, and a secret stands in it by reference only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a password is: one of the three. The file is seen from the company's own file."""

    env: str = ""
    file: str = ""
    command: tuple[str, ...] = ()


def variable(tenant: str, use: str) -> str:
    """The environment variable of a company's secret; a shell knows no name that begins with a digit."""
    name = f"{tenant.upper().replace('-', '_')}_{use}"
    return f"MAILBOT_{name}" if name[0].isdigit() else name


def place(secret: Place) -> str:
    """Where a secret is, as the inside of an inline table."""
    if secret.command:
        return f"command = [{', '.join(map(quoted, secret.command))}]"
    return f"file = {quoted(secret.file)}" if secret.file else f"env = {quoted(secret.env)}"


def quoted(value: str) -> str:
    """A TOML string; JSON's escapes are valid ones."""
    return json.dumps(one_line(value), ensure_ascii=False)


def one_line(value: str) -> str:
    """What a person typed, on one line, without what a TOML file may not hold."""
    return " ".join(_CONTROLS.sub(" ", value).split())
