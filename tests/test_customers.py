"""Known customers from a CSV export, as shops write them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builders import a_mail
from mailbot.accounts import CustomerSource
from mailbot.customers import open_source
from mailbot.errors import TryLater
from mailbot.model import MatchState
from mailbot.sender.lookup import find_customer

EXPORTS = {
    "WooCommerce customers": "Name,Username,Last Active,Sign Up,Email,Orders,Postal code\n"
    "Piet Klant,piet,2026-01-01,2020-01-01,Piet@Klant.example,3,1000AA\n",
    "WooCommerce orders": "Order Number,Billing First Name,Billing Last Name,Billing Email,Billing Postcode\n"
    "5511,Piet,Klant,piet@klant.example,1000AA\n5512,Piet,Klant,piet@klant.example,1000AA\n",
    "MyOnlineStore": "Klantnummer;Voornaam;Achternaam;E-mailadres;Postcode\n1001;Piet;K;piet@klant.example;1000 AA\n",
}


def source(folder: Path, text: str, encoding: str = "utf-8", **changes: object) -> CustomerSource:
    file = folder / "customers.csv"
    file.write_bytes(text.encode(encoding))
    return CustomerSource("csv", file, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS.keys())
def test_a_shops_export_works_as_it_comes(tmp_path: Path, export: str) -> None:
    [customer] = open_source(source(tmp_path, export)).by_address("PIET@klant.example")
    assert customer.emails == ("piet@klant.example",)


def test_columns_can_be_named(tmp_path: Path) -> None:
    named = source(
        tmp_path, "wie|bereik\n7|piet@klant.example\n", columns=(("id", "wie"), ("email", "bereik")), delimiter="|"
    )
    assert open_source(named).by_address("piet@klant.example")[0].id == "7"


def test_a_customer_is_found_by_number(tmp_path: Path) -> None:
    customers = open_source(source(tmp_path, EXPORTS["WooCommerce orders"]))
    assert customers.by_number("5512") == customers.by_number("5511") != []


def test_an_address_of_two_customers_is_ambiguous(tmp_path: Path) -> None:
    shared = source(tmp_path, "id,email\n1,piet@klant.example\n2,piet@klant.example\n")
    match = find_customer(open_source(shared).by_address("piet@klant.example"), a_mail())
    assert match.state is MatchState.AMBIGUOUS


def test_orders_without_an_account_are_not_one_customer_with_many_addresses(tmp_path: Path) -> None:
    orders = source(tmp_path, "customer id,order number,email\n0,1,een@klant.example\n0,2,twee@klant.example\n")
    [guest] = open_source(orders).by_address("twee@klant.example")
    assert (guest.id, guest.emails, guest.numbers) == ("twee@klant.example", ("twee@klant.example",), ("2",))
    assert open_source(orders).by_number("0") == []


def test_an_export_of_an_old_spreadsheet_is_read(tmp_path: Path) -> None:
    old = source(tmp_path, "id;naam;e-mail\n1;René;rene@klant.example\n", encoding="cp1252")
    assert open_source(old).by_address("rene@klant.example")[0].name == "René"


def test_a_new_export_is_seen_without_a_restart(tmp_path: Path) -> None:
    customers = open_source(source(tmp_path, "id,email\n1,piet@klant.example\n"))
    assert customers.by_address("els@klant.example") == []
    source(tmp_path, "id,email\n1,piet@klant.example\n2,els@klant.example\n")
    os.utime(tmp_path / "customers.csv", ns=(1, 1))
    assert len(customers.by_address("els@klant.example")) == 1


def test_a_missing_export_is_trouble_and_never_no_customer(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match="Put the customer export there"):
        open_source(CustomerSource("csv", tmp_path / "none.csv")).by_address("piet@klant.example")


def test_an_export_without_addresses_says_which_setting_helps(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match=r"customers\.columns"):
        open_source(source(tmp_path, "naam,plaats\nPiet,Stad\n")).by_address("piet@klant.example")
