"""Customers in a database: found by every spelling and number, never changed, and trouble is told without data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mailbot.accounts import CustomerSource
from mailbot.config.secrets import FromEnvironment
from mailbot.customers import SqlCustomers, open_source
from mailbot.errors import TryLater
from rig.mariadb import MariaDB
from rig.postgres import Postgres

PLAIN = (
    "select klantnr as id, mail as email, naam as name, postcode, bestelling as number, rekening as iban from klanten"
)
TABLES = """
create table klanten(klantnr integer, mail varchar(200), naam varchar(200), postcode varchar(10),
  bestelling varchar(20), rekening varchar(40));
insert into klanten values(1, 'Piet@Klant.example', 'Piet Klant', '1000 AA', '5512', 'NL91 ABNA 0417 1643 00');
insert into klanten values(1, 'piet.klant@werk.example', 'Piet Klant', '1000 AA', '5513', null);
insert into klanten values(2, 'thuis@samen.example', 'René Één', '2000BB', 'ORD-77', null);
insert into klanten values(3, 'thuis@samen.example', 'Els Een', '2000BB', null, null);
insert into klanten values(4, 'jan+shop@klant.example', 'Jan', '', null, null);
insert into klanten values(5, 'a_b@klant.example', 'Ab', '', null, null);
insert into klanten values(6, null, 'Zonder adres', '', '99', null);
insert into klanten values(7, 'kees@bücher.example', 'Kees', '', null, null);
create table wp_wc_customer_lookup(customer_id integer, user_id integer, username varchar(60), first_name varchar(255),
  last_name varchar(255), email varchar(100), postcode varchar(20));
create table wp_wc_order_stats(order_id integer, parent_id integer, customer_id integer, status varchar(20));
insert into wp_wc_customer_lookup values(201, 9, 'sanne', 'Sanne', 'Kuipers', 'sanne@mail.example', '6001 AA');
insert into wp_wc_customer_lookup values(202, null, '', 'Gast', 'Zonder', 'gast@mail.example', '5611BB');
insert into wp_wc_order_stats values(8801, 0, 201, 'wc-completed');
insert into wp_wc_order_stats values(8802, 0, 201, 'wc-processing');
"""


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with a plain table and WooCommerce's tables in it."""
    match request.param:
        case "sqlite":
            where = f"sqlite:///{tmp_path / 'shop.db'}"
        case "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            where = server.url.replace("postgresql://", "postgresql+psycopg://", 1)
        case _:
            shop: MariaDB = request.getfixturevalue("mariadb")
            where = shop.url()
    engine = create_engine(where)
    with engine.begin() as connection:
        for statement in filter(str.strip, TABLES.split(";")):
            connection.execute(text(statement))
    yield where
    with engine.begin() as connection:
        for name in ("klanten", "wp_wc_customer_lookup", "wp_wc_order_stats"):
            connection.execute(text(f"drop table if exists {name}"))
    engine.dispose()


def plain(url: str, query: str = PLAIN) -> SqlCustomers:
    return SqlCustomers(CustomerSource("sql", url=lambda: url, query=query))


@pytest.mark.parametrize(
    "written",
    [
        "piet@klant.example",
        "PIET@KLANT.EXAMPLE",
        "piet+avg@klant.example",
        "piet.klant@werk.example",
        "piet@klant.example.",
    ],
)
def test_a_customer_is_found_by_any_spelling_of_any_of_his_addresses(url: str, written: str) -> None:
    [found] = plain(url).by_address(written)
    assert (found.id, found.emails) == ("1", ("piet@klant.example", "piet.klant@werk.example"))
    assert found.numbers == ("5512", "5513")


def test_a_stored_sub_address_is_found_by_the_plain_one(url: str) -> None:
    assert [one.id for one in plain(url).by_address("jan@klant.example")] == ["4"]


@pytest.mark.parametrize("written", ["kees@bücher.example", "kees@xn--bcher-kva.example"])
def test_an_international_domain_is_found_in_both_written_forms(url: str, written: str) -> None:
    assert [one.id for one in plain(url).by_address(written)] == ["7"]


@pytest.mark.parametrize("written", ["axb@klant.example", "p%@klant.example", "piet@k1ant.example", "x' or '1'='1"])
def test_signs_of_patterns_and_quotes_find_nobody(url: str, written: str) -> None:
    assert plain(url).by_address(written) == []


def test_an_address_of_two_customers_gives_both(url: str) -> None:
    assert sorted(one.id for one in plain(url).by_address("thuis@samen.example")) == ["2", "3"]


@pytest.mark.parametrize(("number", "id"), [("5513", "1"), ("ord-77", "2"), ("3", "3"), (" 5512 ", "1")])
def test_a_customer_is_found_by_his_number_or_an_order(url: str, number: str, id: str) -> None:
    assert [one.id for one in plain(url).by_number(number)] == [id]


def test_a_customer_is_found_by_account_and_by_name_and_postcode(url: str) -> None:
    customers = plain(url)
    assert [one.id for one in customers.by_iban("NL91ABNA0417164300")] == ["1"]
    assert [one.id for one in customers.by_name("rene een", "2000 bb")] == ["2"]


def test_everyone_with_an_address_is_listed_once(url: str) -> None:
    assert sorted(one.id for one in plain(url).everyone()) == ["1", "2", "3", "4", "5", "7"]


def test_the_tables_of_woocommerce_are_known(url: str) -> None:
    shop = SqlCustomers(CustomerSource("sql", url=lambda: url))
    [sanne] = shop.by_address("sanne@mail.example")
    assert (sanne.id, sanne.name, set(sanne.numbers)) == ("201", "Sanne Kuipers", {"8801", "8802"})
    assert [one.id for one in shop.by_number("8802")] == ["201"]
    assert [one.numbers for one in shop.by_address("gast@mail.example")] == [()]


def test_nothing_can_be_changed_through_the_query(url: str) -> None:
    evil = "with gone as (delete from klanten returning *) select mail as email from gone"
    with pytest.raises(TryLater):
        plain(url, evil).by_address("piet@klant.example")
    assert len(plain(url).by_address("piet@klant.example")) == 1


def test_a_database_that_is_down_is_trouble_without_a_password_or_an_address() -> None:
    down = plain("postgresql+psycopg://shop:geheim@127.0.0.1:1/shop")
    with pytest.raises(TryLater) as told:
        down.by_address("piet@klant.example")
    assert "geheim" not in str(told.value)
    assert "piet" not in str(told.value)
    assert "customers.url" in str(told.value)


@pytest.mark.parametrize("where", ["nonsense", "nosuch+driver://x/y", ""])
def test_a_url_that_cannot_be_used_says_which_setting_helps(where: str) -> None:
    with pytest.raises(TryLater, match=r"customers\.url"):
        plain(where).by_address("piet@klant.example")


def test_a_url_that_is_kept_nowhere_delays_every_question_and_breaks_none() -> None:
    source = CustomerSource("sql", url=FromEnvironment("x.toml: customers.url", "NOT_SET_ANYWHERE"), query="select 1")
    customers = SqlCustomers(source)
    for ask in (customers.by_address, customers.by_number, customers.by_iban):
        with pytest.raises(TryLater, match=r"customers\.url: environment variable NOT_SET_ANYWHERE is empty"):
            ask("1001")
    with pytest.raises(TryLater, match=r"customers\.url"):
        customers.by_name("Kim Peters", "1000AA")


def test_a_query_without_addresses_says_what_to_write(url: str) -> None:
    with pytest.raises(TryLater, match='as "email"'):
        plain(url, "select klantnr as id from klanten").by_address("piet@klant.example")


def test_the_configured_kind_opens_the_right_source() -> None:
    assert isinstance(open_source(CustomerSource("sql", url=lambda: "sqlite://")), SqlCustomers)


# --- the customer's own row, for his copy ---------------------------------------------------------


def as_they_are(customers: SqlCustomers, *emails: str, id: str = "") -> tuple[tuple[str, ...], list[list[str]]]:
    names, rows = customers.rows_of(emails, id)
    return names, [[str(value) for value in row] for row in rows]


OWN_NAMES = "select klantnr, mail as email, naam, postcode, bestelling from klanten"


def test_the_rows_of_a_customer_come_under_the_names_that_the_query_gives(url: str) -> None:
    source = CustomerSource("sql", url=lambda: url, query=OWN_NAMES, columns=(("id", "klantnr"),))
    names, rows = as_they_are(SqlCustomers(source), "piet@klant.example", id="1")
    assert names == ("klantnr", "email", "naam", "postcode", "bestelling")
    assert rows == [["1", "Piet@Klant.example", "Piet Klant", "1000 AA", "5512"]]


def test_of_two_customers_with_one_address_only_his_own_row_comes(url: str) -> None:
    _, rows = as_they_are(plain(url), "thuis@samen.example", id="2")
    assert [row[0] for row in rows] == ["2"]


def test_where_it_is_not_known_which_of_the_two_he_is_no_row_comes(url: str) -> None:
    assert as_they_are(plain(url), "thuis@samen.example")[1] == []


def test_without_a_customer_number_the_one_with_his_address_is_meant(url: str) -> None:
    assert [row[0] for row in as_they_are(plain(url), "jan@klant.example")[1]] == ["4"]


@pytest.mark.parametrize("written", ["axb@klant.example", "%@klant.example", "x' or '1'='1", ""])
def test_no_address_gives_the_row_of_somebody_else(url: str, written: str) -> None:
    assert as_they_are(plain(url), *([written] if written else []))[1] == []


def test_the_row_of_a_web_shop_comes_as_the_shop_has_it_once_however_many_orders_there_are(url: str) -> None:
    names, rows = as_they_are(SqlCustomers(CustomerSource("sql", url=lambda: url)), "Sanne@mail.example", id="201")
    assert {"customer_id", "first_name", "last_name", "email", "postcode"} <= set(names)
    assert len(rows) == 1
    assert dict(zip(names, rows[0], strict=True))["first_name"] == "Sanne"
