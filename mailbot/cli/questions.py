"""Questions to whoever sets up a company.

The rule kept here: an answer that cannot be is asked anew at once, so that the answers before it are not lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

T = TypeVar("T")


def ask(question: str, read: Callable[[str], T], default: str = "") -> T:
    """What a person types, as `read` takes it; where that raises ValueError, its words are shown and he types again."""

    def taken(typed: str) -> T:
        try:
            return read(typed.strip())
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    answer: T = typer.prompt(question, default=default, show_default=bool(default), value_proc=taken)
    return answer
