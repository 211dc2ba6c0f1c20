"""Rows of a shop's customers, whatever they come from: which column is which, and which rows are one customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from mailbot.model import NO_NUMBER, Customer, fold_address

#: Our word -> the headings that shops' exports use for it, in lower case.
HEADINGS = {
    "id": (
        "customer_id",
        "customer id",
        "user_id",
        "klantnummer",
        "klantnr",
        "klant id",
        "id",
        "username",
        "gebruikersnaam",
    ),
    "email": (
        "email",
        "e-mail",
        "e-mailadres",
        "emailadres",
        "email address",
        "user_email",
        "billing_email",
        "billing email",
    ),
    "name": ("name", "naam", "customer", "customer name", "klantnaam", "volledige naam", "display_name"),
    "first": ("first_name", "first name", "voornaam", "billing_first_name", "billing first name"),
    "last": ("last_name", "last name", "achternaam", "billing_last_name", "billing last name"),
    "postcode": ("postcode", "postal code", "zip", "zipcode", "billing_postcode", "billing postcode"),
    "iban": ("iban", "rekeningnummer", "bankrekening", "bank account"),
    "number": ("order_number", "order number", "bestelnummer", "ordernummer", "laatste bestelling"),
}


def name_key(name: str, postcode: str) -> tuple[str, str]:
    """A name and a postcode as they are compared: letters' case, accents and blanks aside."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split()), "".join(postcode.split()).upper()


def bare_iban(iban: str) -> str:
    """An IBAN without its blanks, in capitals."""
    return "".join(iban.split()).upper()


def merged(customers: Iterable[Customer]) -> Iterator[Customer]:
    """An order export has a row per order: rows with one id are one customer."""
    merged: dict[str, Customer] = {}
    for new in customers:
        old = merged.get(new.id)
        merged[new.id] = new if old is None else _joined(old, new)
    yield from merged.values()


def _joined(old: Customer, new: Customer) -> Customer:
    emails = tuple(dict.fromkeys((*old.emails, *new.emails)))
    numbers = tuple(dict.fromkeys((*old.numbers, *new.numbers)))
    ibans = tuple(dict.fromkeys((*old.ibans, *new.ibans)))
    return Customer(old.id, emails, old.name or new.name, old.postcode or new.postcode, numbers, ibans)


def customer_of(row: Mapping[str, str]) -> Customer | None:
    emails = tuple(dict.fromkeys(addresses_in(row["email"])))
    if not emails:
        return None
    name = row.get("name") or " ".join(filter(None, (row.get("first", ""), row.get("last", ""))))
    numbers = (row["number"],) if row.get("number") else ()
    ibans = (bare_iban(row["iban"]),) if row.get("iban") else ()
    id = row.get("id", "")
    return Customer(emails[0] if id in NO_NUMBER else id, emails, name, row.get("postcode", ""), numbers, ibans)


def addresses_in(cell: str) -> Iterator[str]:
    """One or several addresses in one cell."""
    for word in re.split(r"[\s,;|]+", cell.lower()):
        if "@" in (email := word.strip("<>.")):
            yield email


def folds_to(customer: Customer, folded: str) -> bool:
    """Whether one of the customer's addresses is this one."""
    return any(fold_address(email) == folded for email in customer.emails)
