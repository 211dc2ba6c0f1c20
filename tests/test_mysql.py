"""What MySQL and MariaDB do in their own way: what they take for equal, for nought, for a date, and how they fail."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pymysql
import pytest
from sqlalchemy.exc import DBAPIError

from mailbot.accounts import CustomerSource, RecordSource
from mailbot.customers import SqlCustomers
from mailbot.customers.reaching import PAUSE, Patience
from mailbot.errors import TryLater, Unreachable
from mailbot.model import Customer
from mailbot.shop_database import database_at, line_to
from mailbot.sources import Person, Records, read
from mailbot.sql_drivers import WAIT
from rig.mariadb import BARE, READER, MariaDB
from rig.real import until
from rig.woocommerce import PEOPLE, TABLES


@pytest.fixture(scope="module")
def webshops(mariadb_server: MariaDB) -> MariaDB:
    """Web shops that no test of this file changes."""
    mariadb_server.clear()
    mariadb_server.execute("set names utf8mb4", "set sql_mode = ''", *TABLES, *PEOPLE)
    return mariadb_server


@pytest.fixture
def server(webshops: MariaDB) -> Iterator[MariaDB]:
    """Their server, set again as it was when a test is over."""
    yield webshops
    webshops.reset()


def shop(server: MariaDB, query: str = "", options: str = BARE, **columns: str) -> SqlCustomers:
    url = server.url(READER, options)
    named = tuple(columns.items())
    return SqlCustomers(CustomerSource("sql", url=lambda: url, query=query, columns=named))


def kept(server: MariaDB, query: str, *emails: str, id: str = "", options: str = BARE) -> Records:
    url = server.url(READER, options)
    return read(RecordSource("Bron", "", "", "sql", url=lambda: url, query=query), Person(emails, id))


def numbers(found: list[Customer]) -> list[str]:
    return [one.id for one in found]


# --- who it is ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("sanne@mail.example", "201"),
        ("SANNE+avg@mail.example", "201"),
        ("josé@mail.example", "202"),
        ("jose@mail.example", "203"),
        ("piet.o'brien@mail.example", "204"),
        ("spatie@mail.example", "206"),
        ("kim@straße.example", "207"),
        ("kim@xn--strae-oqa.example", "207"),
        ("kim@strasse.example", "208"),
    ],
)
def test_a_customer_of_woocommerce_is_the_one_with_the_address_and_no_lookalike(
    server: MariaDB, written: str, id: str
) -> None:
    assert numbers(shop(server).by_address(written)) == [id]


#: What a stranger may write where an address stands.
HOSTILE = (
    "a\\' or 1=1 -- @x.example",
    "a\\'' or '1'='1@x.example",
    'a" or ""="@x.example',
    "\\@x.example",
    "😀@x.example",
)


@pytest.mark.parametrize("mode", ["", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI,NO_BACKSLASH_ESCAPES"])
def test_no_mode_of_the_server_makes_words_of_a_stranger_count_as_sql(server: MariaDB, mode: str) -> None:
    server.execute(f"set global sql_mode = '{mode}'")
    customers = shop(server)
    assert [customers.by_address(address) for address in HOSTILE] == [[]] * len(HOSTILE)
    assert kept(server, "select * from wp_wc_orders where billing_email = :email", *HOSTILE).rows == ()
    assert numbers(customers.by_address("sanne@mail.example")) == ["201"]


@pytest.mark.parametrize(
    "written", ["12abc", "0", "8801.0", "8.801e3", "0x2261", "１２", "'12", "12 or 1=1", "12😀", ""]
)
def test_what_only_looks_like_a_number_on_file_finds_nobody(server: MariaDB, written: str) -> None:
    assert shop(server).by_number(written) == []


def test_a_number_on_file_finds_its_customer(server: MariaDB) -> None:
    assert [numbers(shop(server).by_number(number)) for number in ("8801", "12", " 201 ")] == [
        ["201"],
        ["202"],
        ["201"],
    ]


def test_orders_without_an_account_are_not_one_customer_with_many_addresses(server: MariaDB) -> None:
    customers = shop(server, "select customer_id as id, billing_email as email, id as number from wp_wc_orders")
    [guest] = customers.by_address("gast1@mail.example")
    assert (guest.id, guest.emails, guest.numbers) == ("gast1@mail.example", ("gast1@mail.example",), ("1",))
    assert customers.by_number("0") == []
    assert len(customers.rows_of(["gast1@mail.example"], "")[1]) == 1


@pytest.mark.parametrize(
    ("query", "address", "number", "id"),
    [
        (
            "select c.id_customer as id, email, firstname as first, lastname as last, reference as number "
            "from ps_customer c left join ps_orders o using(id_customer)",
            "anna@mail.example",
            "xkbknabjk",
            "1",
        ),
        (
            "select c.entity_id as id, c.email, concat(firstname, ' ', lastname) as `name`, increment_id as number "
            "from customer_entity c left join sales_order o on o.customer_id = c.entity_id",
            "bea@mail.example",
            "000000123",
            "5",
        ),
        ("select customer_id, email, firstname as `first` from oc_customer;", "cor@mail.example", "3", "3"),
    ],
    ids=["PrestaShop", "Magento", "OpenCart"],
)
def test_other_web_shops_are_read_by_a_query(server: MariaDB, query: str, address: str, number: str, id: str) -> None:
    customers = shop(server, query)
    assert numbers(customers.by_address(address)) == numbers(customers.by_number(number)) == [id]
    assert customers.by_number("123") == customers.by_address("😀" + address) == []


def test_any_letter_may_be_asked_of_a_table_that_has_no_room_for_it(server: MariaDB) -> None:
    for query in ("select * from oc_customer", "select entity_id as id, email from customer_entity"):
        for options in (BARE, f"{BARE}&charset=latin1"):
            customers = shop(server, query, options)
            assert customers.by_address("😀@mail.example") == customers.by_number("😀") == []
    orders = "select * from oc_customer where email = :email"
    assert kept(server, orders, "😀@mail.example", options=f"{BARE}&charset=latin1").rows == ()


@pytest.mark.parametrize("mode", ["", "ANSI_QUOTES"])
def test_columns_may_have_any_name(server: MariaDB, mode: str) -> None:
    server.execute(f"set global sql_mode = '{mode}'")
    query = "select 7 `order`, 'a@b.example' `e%mail`, 'Ab' `naam:x`, '1000AA' `group`"
    customers = shop(server, query, id="order", email="e%mail", name="naam:x", postcode="group")
    assert customers.by_address("a@b.example") == [Customer("7", ("a@b.example",), "Ab", "1000AA")]
    assert customers.rows_of(["a@b.example"], "7") == (
        ("order", "e%mail", "naam:x", "group"),
        [(7, "a@b.example", "Ab", "1000AA")],
    )


# --- what is his ----------------------------------------------------------------------------------

ORDERS = "select billing_email, customer_note from wp_wc_orders where {} order by id"


@pytest.mark.parametrize(
    ("email", "note"),
    [
        ("jose@mail.example", "van jose"),
        ("josé@mail.example", "van josé"),
        ("kim@straße.example", "van ß"),
        ("kim@strasse.example", "van ss"),
    ],
)
@pytest.mark.parametrize(
    "where", ["billing_email = :email", "lower(billing_email) = :email", "billing_email in (:email) and id > 0"]
)
def test_a_copy_holds_nothing_of_whoever_has_an_address_that_mysql_takes_for_his(
    server: MariaDB, where: str, email: str, note: str
) -> None:
    assert kept(server, ORDERS.format(where), email).rows == ((email, note),)


def test_an_address_in_other_case_is_his_and_where_no_row_shows_it_the_query_must_say_more(server: MariaDB) -> None:
    query = "select {} from wp_comments where {}"
    shown = kept(
        server,
        query.format("comment_author_email, comment_content", "comment_author_email = :email"),
        "sanne@mail.example",
    )
    assert shown.rows == (("Sanne@mail.example", "Mooi 😀, 100% 'top'"),)
    with pytest.raises(TryLater, match=r"source Bron: .* write lower\(THE_COLUMN\) = :email collate utf8mb4_bin"):
        kept(server, query.format("comment_content", "comment_author_email = :email"), "sanne@mail.example")
    for written in ("lower(comment_author_email) = :email", "lower(comment_author_email) = :email collate utf8mb4_bin"):
        assert len(kept(server, query.format("comment_content", written), "sanne@mail.example").rows) == 1


def test_where_only_a_lookalike_is_on_file_and_no_row_shows_it_nothing_is_given(server: MariaDB) -> None:
    by = "select m.* from wp_usermeta m join wp_users u on u.ID = m.user_id where {}"
    with pytest.raises(TryLater, match="do not show whose they are"):
        kept(server, by.format("u.user_email = :email"), "sänne@mail.example")
    assert kept(server, by.format("lower(u.user_email) = :email collate utf8mb4_bin"), "sänne@mail.example").rows == ()
    assert len(kept(server, by.format("lower(u.user_email) = :email"), "sanne@mail.example").rows) == 3


@pytest.mark.parametrize("id", ["", "0", " "])
def test_a_person_without_a_number_is_not_every_guest(server: MariaDB, id: str) -> None:
    assert kept(server, ORDERS.format("customer_id = :customer_id"), "sanne@mail.example", id=id).rows == ()


@pytest.mark.parametrize("id", ["12monkeys@mail.example", "KL-7", "012", "12.0", "12 "])
@pytest.mark.parametrize("where", ["{}", "id in (select id from wp_wc_orders where {})"])
def test_a_number_with_letters_is_not_the_number_that_mysql_makes_of_it(server: MariaDB, where: str, id: str) -> None:
    query = ORDERS.format(where.format("customer_id = :customer_id"))
    with pytest.raises(TryLater, match=r"source Bron: .* cast\(THE_COLUMN as char\) = :customer_id"):
        kept(server, query, id=id)


def test_numbers_are_found_as_they_are_written(server: MariaDB) -> None:
    assert kept(server, ORDERS.format("customer_id = :customer_id"), id="12").rows == (
        ("twaalf@mail.example", "van 12"),
    )
    as_text = ORDERS.format("cast(customer_id as char) = :customer_id")
    assert [len(kept(server, as_text, id=id).rows) for id in ("12", "12monkeys@mail.example", "012")] == [1, 0, 0]
    by_reference = "select id_order from ps_orders where reference = :customer_id"
    assert [len(kept(server, by_reference, id=id).rows) for id in ("XKBKNABJK", "XKBKNÁBJK")] == [1, 0]


def test_a_number_of_woocommerce_is_not_taken_for_that_of_an_account(server: MariaDB) -> None:
    url = server.url(READER)
    woocommerce = CustomerSource("sql", url=lambda: url)
    shops_own = CustomerSource("sql", url=lambda: url, query="select user_id as id, email from wp_wc_customer_lookup")
    ten = Person(("sanne@mail.example",), "10")  # as a customer; account 10 is Jose's

    def asked(query: str, customers: CustomerSource) -> int:
        source = RecordSource("Bron", "", "", "sql", url=lambda: url, query=query)
        return len(read(source, ten, customers).rows)

    orders = ORDERS.format("customer_id = :customer_id")
    with pytest.raises(TryLater, match="source Bron: :customer_id is a number of wc_customer_lookup"):
        asked(orders, woocommerce)
    joined = "select o.* from wp_wc_orders o join wp_wc_customer_lookup c on c.user_id = o.customer_id where {}"
    assert asked(joined.format("c.customer_id = :customer_id"), woocommerce) == 0
    assert asked(orders, shops_own) == 1
    assert asked(ORDERS.format("billing_email = :email"), woocommerce) == 0


def test_every_type_of_a_web_shop_becomes_text(server: MariaDB) -> None:
    values = {
        "cast(0 as decimal(26,8))": "0.00000000",
        "timestamp('0000-00-00 00:00:00')": "0000-00-00 00:00:00",
        "b'1'": "01",
        "x'00ff'": "00ff",
        "cast('-01:00:00' as time)": "-1:00:00",
        "json_object('taal', 'één')": '{"taal": "één"}',
        "18446744073709551615": "18446744073709551615",
        "'\\\\ \\' 😀'": "\\ ' 😀",
        "date_format('2026-02-01 20:14', '%Y om %H:%i, 100%')": "2026 om 20:14, 100%",
        "true": "1",
    }
    chosen = ", ".join(f"{value} as c{at}" for at, value in enumerate(values))
    query = f"select {chosen} from wp_users where ID = :customer_id"
    assert kept(server, query, id="9").rows == (tuple(values.values()),)
    never = kept(server, "select date_created, date_paid from wp_wc_order_stats where order_id = :customer_id", id="12")
    assert never.rows == (("0000-00-00 00:00:00", "0000-00-00 00:00:00"),)


def test_a_line_reads_only_until_it_is_closed(server: MariaDB) -> None:
    with line_to(database_at(server.url())) as line:
        for _ in range(2):
            assert line.exec_driver_sql("select count(*) from oc_customer").scalar() == 1
            line.rollback()
        with pytest.raises(DBAPIError, match="1792"):
            line.exec_driver_sql("delete from oc_customer")


# --- how it fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select email from nowhere", "1146: a table that the query names is not there"),
        ("select mail as email from oc_customer", "1054: a column that the query names is not there"),
        ("select email, email from oc_customer", "1060: the query gives two columns of one name"),
        ("select email from mysql.user", "1142: this login has no right to read a table"),
        ("select email frm oc_customer c", "1064: the query is not in its grammar"),
        ("select email from oc_customer for update", "1792: the query would change something"),
        ("select email, 'om :10' as name from oc_customer", "for a colon write"),
    ],
)
def test_a_query_that_is_wrong_hears_what_is_wrong_with_it(server: MariaDB, query: str, told: str) -> None:
    with pytest.raises(TryLater) as heard:
        shop(server, query).by_address("sanne@mail.example")
    assert told in str(heard.value)
    assert not isinstance(heard.value, Unreachable)
    assert "sanne" not in str(heard.value)


def ask_at(url: str) -> list[Customer]:
    return SqlCustomers(CustomerSource("sql", url=lambda: url)).by_address("sanne@mail.example")


def test_a_login_that_is_refused_hears_why(server: MariaDB) -> None:
    server.execute("create or replace user slot@'%' identified by 'goed'")
    for user, why in (
        ("slot:geheim", "1045: it refuses the name or the password"),
        ("slot:goed", "1044: this login has no right"),
    ):
        with pytest.raises(Unreachable) as told:
            ask_at(server.url(user))
        assert why in str(told.value)
        assert "geheim" not in str(told.value)


def test_a_server_that_asks_for_tls_gets_it_and_is_known_by_its_certificate(server: MariaDB) -> None:
    server.execute("create or replace user dicht@'%' require ssl", "grant select on shop.* to dicht@'%'")
    by_name = server.url("dicht", f"ssl_ca={server.ca}").replace("127.0.0.1", "localhost")
    assert numbers(ask_at(by_name)) == ["201"]
    with pytest.raises(Unreachable, match="certificate is not one for the host"):
        ask_at(server.url("dicht", f"ssl_ca={server.ca}"))
    with pytest.raises(Unreachable, match="1045"):
        ask_at(server.url("dicht"))


def mysql_8(listening: socket.socket) -> None:
    """One call as MySQL takes it without TLS: by its own login, of which the driver needs a package more."""
    wants = 0x1 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000
    greeting = b"\x0a8.4.0\0" + bytes(4) + b"saltsalt\0" + wants.to_bytes(4, "little")[:2] + b"\xff\2\0"
    greeting += wants.to_bytes(4, "little")[2:] + b"\x15" + bytes(10) + b"saltsaltsalt\0caching_sha2_password\0"
    line, _ = listening.accept()
    with line:
        for at, packet in ((0, greeting), (2, b"\x01\x04"), (4, b"\x01-----BEGIN PUBLIC KEY-----")):
            line.sendall(len(packet).to_bytes(3, "little") + bytes([at]) + packet)
            line.recv(4096)


def test_the_login_of_mysql_8_that_needs_more_says_what(server: MariaDB) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answering = Thread(target=mysql_8, args=(listening,))
        answering.start()
        url = f"mysql+pymysql://lezer:geheim@127.0.0.1:{listening.getsockname()[1]}/shop"
        with pytest.raises(TryLater, match=r"takes a password over TLS only; .* or install cryptography") as told:
            read(
                RecordSource("Bron", "", "", "sql", url=lambda: url, query=ORDERS.format(":email = ''")),
                Person(("a@b",)),
            )
        answering.join(5)
    assert "geheim" not in str(told.value)


def test_a_server_that_is_full_is_asked_again_after_the_pause(server: MariaDB) -> None:
    clock = [1000.0]
    url = server.url(READER)
    customers = SqlCustomers(CustomerSource("sql", url=lambda: url), Patience(lambda: clock[0]))
    server.execute("set global max_connections = 10")
    lines = []
    with pytest.raises(pymysql.OperationalError, match="Too many"):
        while True:
            lines.append(pymysql.connect(host="127.0.0.1", port=server.port, user=READER))
    with pytest.raises(Unreachable, match="1040: it has too many connections"):
        customers.by_address("sanne@mail.example")
    for line in lines:
        line.close()
    clock[0] += PAUSE
    assert numbers(customers.by_address("sanne@mail.example")) == ["201"]


def test_a_server_that_stands_still_is_given_up(server: MariaDB) -> None:
    with server.frozen():
        began = time.monotonic()
        with pytest.raises(Unreachable, match="2013"):
            ask_at(server.url(READER))
    assert time.monotonic() - began < WAIT + 3
    assert numbers(ask_at(server.url(READER))) == ["201"]


def test_nothing_of_ours_goes_on_at_a_shop_after_its_time(server: MariaDB) -> None:
    with pytest.raises(Unreachable, match="took too long"):
        shop(server, "select email, sleep(20) as id from oc_customer").by_address("cor@mail.example")
    lines = f"select info from information_schema.processlist where user = '{READER}'"
    until(lambda: server.execute(lines) == (), what="the end of the query")


def test_a_server_that_dies_in_the_middle_is_found_again_once_it_is_back(server: MariaDB) -> None:
    customers = shop(server)
    assert numbers(customers.by_address("sanne@mail.example")) == ["201"]
    with server.dead(), pytest.raises(Unreachable, match="2003"):
        ask_at(server.url(READER))
    assert numbers(customers.by_address("sanne@mail.example")) == ["201"]
