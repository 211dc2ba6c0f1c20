"""The known customers, behind one small interface: who has this address?

The rule kept here: an address in any of its spellings (`fold_address`), no likeness; two customers with one address are
both returned, so that the caller sees the ambiguity. A source that cannot be read raises TryLater and is never taken
for "no customer".
"""

from __future__ import annotations

from typing import Protocol

from mailbot.accounts import CustomerSource
from mailbot.customers.csv_export import CUSTOMER_RECORDS, CsvCustomers, as_record_source
from mailbot.customers.sql import SqlCustomers
from mailbot.model import Customer

__all__ = [
    "CUSTOMER_RECORDS",
    "CsvCustomers",
    "Customers",
    "SqlCustomers",
    "as_database",
    "as_record_source",
    "having",
    "open_source",
]


class Customers(Protocol):
    """Where a company keeps its customers."""

    def by_address(self, email: str) -> list[Customer]:
        """Customers with this address. Raises TryLater when the source cannot be read."""
        ...

    def by_number(self, number: str) -> list[Customer]:
        """Customers with this customer or order number. Raises TryLater likewise."""
        ...

    def by_iban(self, iban: str) -> list[Customer]:
        """Customers with this bank account. Raises TryLater likewise."""
        ...

    def by_name(self, name: str, postcode: str) -> list[Customer]:
        """Customers with this name and postcode: a hint for people, never a proof. Raises TryLater likewise."""
        ...

    def everyone(self) -> list[Customer]:
        """All customers that have an address, each once. Raises TryLater likewise."""
        ...


def having(customers: Customers, kind: str, value: str) -> list[Customer]:
    """Who has this `kind` of value: "address", "iban", or else a number of a customer or an order. Raises TryLater."""
    match kind:
        case "address":
            return customers.by_address(value)
        case "iban":
            return customers.by_iban(value)
        case _:
            return customers.by_number(value)


def as_database(customers: object) -> SqlCustomers | None:
    """The customers' database, where the row of a customer is read from it for his copy."""
    return customers if isinstance(customers, SqlCustomers) else None


def open_source(source: CustomerSource) -> Customers:
    """The customers behind a configured source; nothing is read before the first question."""
    return SqlCustomers(source) if source.type == "sql" else CsvCustomers(source)
