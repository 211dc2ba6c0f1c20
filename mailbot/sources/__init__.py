"""The data of one person out of the company's own records: CSV exports and SQL queries named in the settings.

The rule kept here: only rows that a column or a bound parameter says are his; nothing is written, and a source that
cannot be read raises TryLater, so that no copy is thought complete without it. An address or a number that is not known
finds nobody: shops write an empty address and customer 0 for whoever has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.accounts import CustomerSource, RecordSource
from mailbot.errors import TryLater
from mailbot.model import NO_NUMBER
from mailbot.sources.cells import as_text
from mailbot.sources.csv_rows import rows_of_csv
from mailbot.sources.sql_rows import rows_of_query

__all__ = ["Person", "Records", "as_text", "read"]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data are read: every address that is known to be his, and his customer number, empty if unknown."""

    emails: tuple[str, ...]
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """What one source holds about a person: one value for each heading in every row, all as text."""

    source: RecordSource
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def value(self, row: Sequence[str], heading: str) -> str:
        """The value under a heading, letters' case aside; empty when there is no such column."""
        names = [name.lower() for name in self.headings]
        return row[names.index(heading.lower())] if heading and heading.lower() in names else ""


#: Where WooCommerce has the numbers that it gives customers of all kinds; elsewhere it has those of accounts.
_NUMBERED = re.compile(r"wc_(?:customer_lookup|order_stats|order_product_lookup)", re.IGNORECASE)


def read(source: RecordSource, person: Person, customers: CustomerSource | None = None) -> Records:
    """What this source holds about the person. Raises TryLater when it cannot be read or has not the columns named.

    `customers`: where the person's number comes from.
    """
    if customers and customers.is_woocommerce and ":customer_id" in source.query and not _NUMBERED.search(source.query):
        raise TryLater(
            f"source {source.name}: :customer_id is a number of wc_customer_lookup, and no table in the query "
            "has it (customer_id of wc_orders is that of an account, of somebody else); ask by :email, or join "
            "wc_customer_lookup by its user_id"
        )
    reader = rows_of_csv if source.type == "csv" else rows_of_query
    emails = tuple(email for email in person.emails if email.strip())
    number = "" if person.customer_id.strip() in NO_NUMBER else person.customer_id
    headings, rows = reader(source, emails, number)
    return Records(source, headings, tuple(rows))
