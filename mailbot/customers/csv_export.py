"""Customers from a CSV export, as WooCommerce and MyOnlineStore write them or with columns named in the settings.

The file is read again when it changes on disk, so a nightly export needs no restart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailbot.accounts import CustomerSource, RecordSource
from mailbot.customers.rows import HEADINGS, bare_iban, customer_of, merged, name_key
from mailbot.errors import TryLater
from mailbot.model import Customer, fold_address
from mailbot.regular_files import read_export

_REMEDY = "Put the customer export there"


@dataclass(frozen=True, slots=True)
class _Table:
    by_address: dict[str, list[Customer]]
    by_number: dict[str, list[Customer]]
    by_iban: dict[str, list[Customer]]
    by_name: dict[tuple[str, str], list[Customer]]


class CsvCustomers:
    """Customers in one CSV file."""

    def __init__(self, source: CustomerSource) -> None:
        if source.path is None:
            raise ValueError("a CSV source needs a path")
        self.source, self.path = source, source.path
        self._stamp: tuple[int, int] | None = None
        self._table = _Table({}, {}, {}, {})

    def by_address(self, email: str) -> list[Customer]:
        """Customers with this address."""
        return self._read().by_address.get(fold_address(email), [])

    def by_number(self, number: str) -> list[Customer]:
        """Customers with this customer or order number."""
        return self._read().by_number.get(number.strip().lower(), [])

    def by_iban(self, iban: str) -> list[Customer]:
        """Customers with this bank account."""
        return self._read().by_iban.get(bare_iban(iban), [])

    def by_name(self, name: str, postcode: str) -> list[Customer]:
        """Customers with this name and postcode."""
        return self._read().by_name.get(name_key(name, postcode), [])

    def everyone(self) -> list[Customer]:
        """All customers that have an address, each once."""
        return list(dict.fromkeys(one for found in self._read().by_address.values() for one in found))

    def _read(self) -> _Table:
        try:
            stat = self.path.stat()
            if (stamp := (stat.st_mtime_ns, stat.st_size)) != self._stamp:
                self._table = _load(self.source, self.path)
                self._stamp = stamp
        except OSError as error:
            raise TryLater(f"{self.path}: {error.strerror or 'cannot be read'}. {_REMEDY}") from error
        return self._table


#: What the customer's own row is called in his copy, and what sort of data it is.
CUSTOMER_RECORDS = "klantgegevens"


def as_record_source(source: CustomerSource) -> RecordSource | None:
    """The export as a source of one person's rows, known by his address: a guest's number may be that of many."""
    if source.type != "csv" or source.path is None:
        return None
    headings, _ = read_export(source.path, source.encoding, source.delimiter, _REMEDY)
    heading = _columns(dict(source.columns), headings).get("email", "")
    return RecordSource(
        CUSTOMER_RECORDS,
        CUSTOMER_RECORDS,
        "",
        "csv",
        source.path,
        match_email=heading,
        delimiter=source.delimiter,
        encoding=source.encoding,
    )


def _load(source: CustomerSource, path: Path) -> _Table:
    by_address: dict[str, list[Customer]] = defaultdict(list)
    by_number: dict[str, list[Customer]] = defaultdict(list)
    by_iban: dict[str, list[Customer]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[Customer]] = defaultdict(list)
    for customer in merged(_rows(source, path)):
        for email in {fold_address(email) for email in customer.emails}:
            by_address[email].append(customer)
        if customer.name and customer.postcode:
            by_name[name_key(customer.name, customer.postcode)].append(customer)
        for number in {customer.id, *customer.numbers}:
            by_number[number.lower()].append(customer)
        for iban in customer.ibans:
            by_iban[iban].append(customer)
    return _Table(dict(by_address), dict(by_number), dict(by_iban), dict(by_name))


def _rows(source: CustomerSource, path: Path) -> Iterator[Customer]:
    headings, rows = read_export(path, source.encoding, source.delimiter, _REMEDY)
    columns = _columns(dict(source.columns), headings)
    if "email" not in columns:
        raise TryLater(f'{path}: no column with addresses; name it under [customers.columns] email = "..."')
    for row in rows:
        cells = dict(zip(headings, row, strict=True))
        if customer := customer_of({word: cells.get(heading, "").strip() for word, heading in columns.items()}):
            yield customer


def _columns(configured: dict[str, str], headings: Sequence[str]) -> dict[str, str]:
    """Our word -> the heading in this file; what the settings name wins."""
    present = {heading.lower(): heading for heading in headings}
    found = {
        word: present[known]
        for word, names in HEADINGS.items()
        if (known := next((name for name in names if name in present), None))
    }
    return found | {word: present.get(heading.lower(), heading) for word, heading in configured.items()}
