"""Rows of one person from MySQL or MariaDB, which take other people's values for his.

To their usual collations josé@, jose@ and José@ are one address, and straße.example is strasse.example; to a column of
numbers '12th' is 12, and 'KL-7' is 0, which is what shops write for whoever has no account.

The rule kept here: only letters' case is overlooked, as an address's spelling. Where the rows do not show whose they
are, none is given, and the query must say more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mailbot.csv_format import Table
from mailbot.errors import TryLater
from mailbot.shop_database import EXACT, GENEROUS, collated

Given = Mapping[str, str | None]
#: A query and its bound values -> what the database answers.
Ask = Callable[[str, Given], Table]

#: A number that a column of numbers holds as it is written.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
#: Behind a customer number it makes one that nobody has.
_NOBODY_S = "~nobody"
_ALIKE = collated("select :one = :other", GENEROUS, ("one",))


def his_alone(ask: Ask, query: str, given: Given) -> Table:
    """What the query gives for him: what it finds by his address to the letter, and of what else MySQL takes for it
    the rows that hold his address in other case. Raises TryLater where that cannot be told apart."""
    query = collated(query, EXACT, ("customer_id",))
    _refuse_numbers(ask, query, given["customer_id"])
    headings, rows = ask(collated(query, EXACT, ("email",)), given)
    if email := given["email"]:
        known = set(rows)
        others = (row for row in ask(collated(query, GENEROUS, ("email",)), given)[1] if row not in known)
        rows += [row for row in others if _holds(ask, row, email)]
    return headings, rows


def _refuse_numbers(ask: Ask, query: str, number: str | None) -> None:
    """A number that nobody has must find what no number finds."""
    if number is None or _NUMBER.fullmatch(number):
        return
    nobody = {"email": None, "customer_id": None}
    if ask(query, {**nobody, "customer_id": number + _NOBODY_S}) != ask(query, nobody):
        raise TryLater(
            "the query compares a customer number that has letters with a column of numbers, which finds other people; "
            "write cast(THE_COLUMN as char) = :customer_id"
        )


def _holds(ask: Ask, row: Sequence[str], email: str) -> bool:
    """Whether a row that MySQL finds by an address holds it; False if it holds another that MySQL takes for it."""
    addresses = [cell for cell in row if "@" in cell]
    if email.lower() in (address.strip().lower() for address in addresses):
        return True
    if any(ask(_ALIKE, {"one": email, "other": address})[1] == [("1",)] for address in addresses):
        return False
    raise TryLater(
        "the database finds rows by an address that is spelled otherwise there, and they do not show whose they are; "
        "let the query give the column with the address too, or write lower(THE_COLUMN) = :email collate utf8mb4_bin"
    )
