"""A customers' export that a person names, tried before anything is written of it."""

from __future__ import annotations

from pathlib import Path

from mailbot.accounts import CustomerSource
from mailbot.customers import open_source
from mailbot.errors import TryLater


def read_export(file: Path) -> None:
    """Read the customers of a CSV file. Raises ValueError with what to do where it cannot be such an export."""
    try:
        open_source(CustomerSource("csv", file)).by_address("nobody@invalid")
    except TryLater as error:
        raise ValueError(str(error)) from None
