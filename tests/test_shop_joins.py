"""Customers in the shop's own database: from the questions of set-up to one who is recognised, on real servers."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest
from test_setup import config, run
from typer.testing import CliRunner

from mailbot import customers
from mailbot.accounts import CustomerSource
from mailbot.cli import app
from mailbot.config import load
from mailbot.demo.servers import MailServers
from mailbot.setup.customers_toml import Shop, customers_toml, shop_of, typed_of
from rig.mariadb import BARE, MariaDB
from rig.postgres import Postgres
from rig.woocommerce import PEOPLE, TABLES

__all__ = ["config"]

BOX = "info@zon.example"
PASSWORD = "g@heim/7:#%"
IN_ADDRESS = "g%40heim%2F7%3A%23%25"
QUERY = "select k.nr as id, k.mail as email, b.nr as number from klanten k left join bestellingen b on b.klant = k.nr"
HEAD = "id;naam;land;postvak;klanten;klanten url"


def answers(*customers: str, imap: str = "imap.zon.example", smtp: str = "smtp.zon.example") -> str:
    """What is typed at the questions of init, with these words about the customers."""
    lines = ("NL", "", "Zon", BOX, "Jo", "jo@staff.test", "Dorp 1, Stad", "", "2026-01-01", imap, smtp, *customers)
    return "\n".join(lines) + "\n"


def block(config: Path, tenant: str = "zon") -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((config / "tenants" / f"{tenant}.toml").read_text("utf-8"))["customers"]
    return found


def statements(text: str, kind: str) -> list[str]:
    """What the comments of a file say that makes a login, for this kind of database, with what it is called here."""
    part = text.partition(f"# {kind} (pip")[2].partition("# Leestekens")[0].partition("\n# PostgreSQL (pip")[0]
    found = re.findall(r"^#   ((?:CREATE|GRANT) .*);$", part, re.MULTILINE)
    return [one.replace("GEHEIM", PASSWORD) for one in found]


# --- what is asked, and written


def test_whoever_says_nothing_of_customers_gets_a_file_that_says_how_they_are_named(config: Path) -> None:
    assert run(config, "init", "zon", "--offline", typed=answers(""))[0] == 0
    text = (config / "tenants" / "zon.toml").read_text("utf-8")
    assert "# [customers]" in text
    assert "mailbot guide operator" in text


def test_an_export_is_tried_at_once_and_seen_from_the_company_s_file(config: Path, tmp_path: Path) -> None:
    (tmp_path / "klanten.csv").write_text("id;e-mail\n1;jo@post.example\n", "utf-8")
    (tmp_path / "kapot.csv").write_text("id;plaats\n1;Stad\n", "utf-8")
    typed = answers(str(tmp_path / "kapot.csv"), str(tmp_path / "weg.csv"), str(tmp_path / "klanten.csv"))
    code, told = run(config, "init", "zon", "--offline", typed=typed)
    assert code == 0, told
    assert "no column with addresses" in told
    assert "Put the customer export there" in told
    assert block(config) == {"type": "csv", "path": "../../klanten.csv"}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (("sql", "", ""), {"tables": "woocommerce", "prefix": "wp_"}),
        (("sql", "y", "winkel_"), {"tables": "woocommerce", "prefix": "winkel_"}),
        (("sql", "n", QUERY), {"query": QUERY}),
        (("sql", "n", "delete from klanten", QUERY), {"query": QUERY}),
        (("sql:woocommerce:winkel_",), {"tables": "woocommerce", "prefix": "winkel_"}),
        ((f"SQL: {QUERY}",), {"query": QUERY}),
    ],
)
def test_a_database_is_written_with_its_address_elsewhere(
    config: Path, typed: tuple[str, ...], wanted: dict[str, str]
) -> None:
    code, told = run(config, "init", "zon", "--offline", typed=answers(*typed))
    assert code == 0, told
    assert block(config) == {"type": "sql", "url": {"env": "ZON_KLANTEN"}, **wanted}
    assert "export ZON_KLANTEN='...'" in told
    assert load(config).company("zon").customers


def test_a_query_that_is_yet_to_be_written_waits_behind_comment_marks(config: Path) -> None:
    code, told = run(config, "init", "zon", "--offline", typed=answers("sql", "n", "drop table x", ""))
    assert code == 0, told
    assert "Error: type one select" in told
    assert "write the query of the customers in tenants/zon.toml" in told
    text = (config / "tenants" / "zon.toml").read_text("utf-8")
    assert "customers" not in tomllib.loads(text)
    start = text.index('# type = "sql"')
    lines = [line.removeprefix("# ") for line in text[start:].splitlines() if line.startswith("# ")]
    assert set(tomllib.loads("\n".join(lines))) == {"type", "url", "query"}


def test_the_option_says_the_same_and_nothing_is_asked(config: Path) -> None:
    code, told = run(config, "init", "zon", "--offline", "--customers", "sql:woocommerce", typed=answers())
    assert (code, "Where the customers are" in told) == (0, False)
    assert block(config)["tables"] == "woocommerce"
    code, told = run(config, "new-company", "maan", "--name", "Maan", "--customers", "sql:woocommerce:m_")
    assert (code, block(config, "maan")["prefix"]) == (0, "m_")
    assert "export MAAN_KLANTEN='...'" in told
    done = CliRunner().invoke(app, ["init", "ster", "--customers", "woocommerce", "--config", str(config)])
    assert "--customers: type a CSV file, sql:woocommerce" in str(done.exception)


def test_without_the_extra_it_is_said_what_to_type(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    _, told = run(config, "init", "zon", "--offline", typed=answers("sql:woocommerce"))
    assert 'pip install "mailbot[sql]"' in told
    monkeypatch.setenv("ZON_KLANTEN", "mysql+pymysql://x@127.0.0.1:1/x")
    assert "SQLAlchemy is not installed" in run(config, "check", "--live", "--tenant", "zon")[1]


def test_a_variable_has_a_name_that_a_shell_takes(config: Path) -> None:
    _, told = run(config, "new-company", "3d-print", "--name", "Print", "--imap", "imap.zon.example")
    names = re.findall(r"export (\w+)=", told)
    assert names == ["MAILBOT_3D_PRINT_IMAP"]


def test_tables_of_a_query_are_granted_and_what_it_names_within_itself_is_not() -> None:
    query = "with a as (select * from winkel.mensen) select mail as email from a join `Orders` o on o.id = a.id"
    assert Shop(query=query).tables == ["winkel.mensen", "`Orders`"]
    text = "\n".join(customers_toml("", Shop(query=query), "X"))
    assert statements(text, "PostgreSQL")[2] == "GRANT USAGE ON SCHEMA winkel TO mailbot"


@pytest.mark.parametrize("typed", ["sql:woocommerce", "sql:woocommerce:x_", f"sql:{QUERY}"])
def test_a_database_is_told_as_it_is_typed(typed: str) -> None:
    assert typed_of(tomllib.loads("\n".join(customers_toml("", shop_of(typed), "X")))["customers"]) == typed


# --- tried against real databases, to the end


@pytest.fixture
def post() -> Iterator[MailServers]:
    with MailServers([BOX, "jo@staff.test"]) as running:
        yield running


def recognised(config: Path, post: MailServers, monkeypatch: pytest.MonkeyPatch, address: str, *customers: str) -> str:
    """The customer that the first round knows, after `init`, the login that its file asks for, and `check --live`."""
    imap, smtp = post.imap_account(BOX), post.smtp_account(BOX)
    places = {"imap": f"127.0.0.1:{imap.port}", "smtp": f"127.0.0.1:{smtp.port}"}
    file = config / "tenants" / "zon.toml"
    text = re.sub(r'^security = "\w+"', 'security = "plain"', file.read_text("utf-8"), flags=re.MULTILINE)
    for name, place in places.items():
        text = text.replace(f'host = "{name}.zon.example"', f'host = "127.0.0.1"\nport = {place.partition(":")[2]}')
    file.write_text(text, "utf-8")
    (config / "mailbot.toml").write_text('state = "../state"\n', "utf-8")
    monkeypatch.setenv("ZON_IMAP", imap.password())
    monkeypatch.setenv("ZON_SMTP", smtp.password())
    looked = run(config, "check", "--live", "--tenant", "zon")[1]
    assert "✗ customers" in looked
    assert "ZON_KLANTEN is empty or not set" in " ".join(looked.split())
    monkeypatch.setenv("ZON_KLANTEN", address.replace(IN_ADDRESS, "fout"))
    looked = " ".join(run(config, "check", "--live", "--tenant", "zon")[1].split())
    if "mysql" in address:
        assert "✗ customers: the database cannot be read (OperationalError 1045: it refuses the name or the" in looked
        assert "may read wp_wc_customer_lookup and wp_wc_order_stats" in looked
    monkeypatch.setenv("ZON_KLANTEN", address)
    looked = run(config, "check", "--live", "--tenant", "zon")[1]
    assert "✓ customers: can be read" in looked, looked
    mail = f"From: Sanne <sanne@mail.example>\r\nTo: {BOX}\r\nSubject: Inzage\r\nMessage-ID: <1@mail.example>\r\n\r\n"
    post.put(BOX, f"{mail}Ik wil weten welke gegevens u van mij heeft.\r\n".encode())
    assert run(config, "once")[0] == 0
    [case] = json.loads(CliRunner().invoke(app, ["cases", "--json", "--config", str(config)]).stdout)
    return str(case["customer_id"])


def test_the_customer_of_a_woocommerce_shop_is_recognised_by_a_login_that_may_read_two_tables(
    config: Path, post: MailServers, mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    mariadb.execute("set names utf8mb4", "set sql_mode = ''", *TABLES, *PEOPLE)
    code, told = run(config, "init", "zon", "--offline", typed=answers("sql", "", ""))
    assert code == 0, told
    made = statements((config / "tenants" / "zon.toml").read_text("utf-8"), "MariaDB, MySQL")
    assert len(made) == 3
    mariadb.execute(*(one.replace("winkel.", "shop.") for one in made))
    try:
        address = mariadb.url("mailbot", BARE).replace("mailbot@", f"mailbot:{IN_ADDRESS}@")
        assert recognised(config, post, monkeypatch, address) == "201"
        granted = [str(one[0]) for one in mariadb.execute("show grants for 'mailbot'@'%'")]
        assert [one for one in granted if "wp_users" in one or "shop`.*" in one] == []
    finally:
        mariadb.execute("drop user 'mailbot'@'%'")


def test_the_customer_of_a_query_is_recognised_in_postgresql_by_a_login_that_may_read_its_tables(
    config: Path, post: MailServers, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(config, "init", "zon", "--offline", typed=answers("sql", "n", QUERY))[0] == 0
    made = statements((config / "tenants" / "zon.toml").read_text("utf-8"), "PostgreSQL")
    names = {"DATABASE winkel": "DATABASE mailbot", "ROLE mailbot": "ROLE lezer", "TO mailbot": "TO lezer"}
    for word, ours in names.items():
        made = [one.replace(word, ours) for one in made]
    with psycopg.connect(postgres.admin, autocommit=True) as admin:
        admin.execute("create table klanten(nr int, mail text); insert into klanten values (7, 'Sanne@mail.example')")
        admin.execute("create table bestellingen(nr int, klant int)")
        for one in made:
            admin.execute(one)  # type: ignore[call-overload]
        try:
            address = f"postgresql+psycopg://lezer:{IN_ADDRESS}@127.0.0.1:{postgres.port}/mailbot"
            assert recognised(config, post, monkeypatch, address) == "7"
        finally:
            admin.execute("drop owned by lezer; drop role lezer; drop table klanten, bestellingen")


def test_the_queries_of_the_guide_read_the_shops_that_it_names(mariadb: MariaDB) -> None:
    mariadb.execute("set names utf8mb4", "set sql_mode = ''", *TABLES, *PEOPLE)
    guide = (Path(customers.__file__).parent.parent / "guide" / "operator.md").read_text("utf-8")
    found = []
    for typed in re.findall(r"^    (sql:select .*)$", guide, re.MULTILINE):
        shop = shop_of(typed)
        assert shop
        source = CustomerSource("sql", url=lambda: mariadb.url(), query=shop.query)
        found += [(one.id, one.emails) for one in customers.open_source(source).everyone()]
    assert found == [("1", ("anna@mail.example",)), ("5", ("bea@mail.example",)), ("3", ("cor@mail.example",))]


# --- a table of companies


def table(config: Path, *rows: str, words: tuple[str, ...] = (), head: str = HEAD) -> list[dict[str, object]]:
    file = config.parent / "bedrijven.csv"
    file.write_text("\n".join((head, *rows)) + "\n", "utf-8")
    command = ["new-companies", str(file), "--offline", "--json", "--config", str(config), *words]
    found: list[dict[str, object]] = json.loads(CliRunner().invoke(app, command).stdout)
    return found


def row(name: str, customers: str, url: str = "") -> str:
    return f"{name};{name.title()};NL;info@{name}.example;{customers};{url}"


@pytest.mark.parametrize(
    ("customers", "url", "fault"),
    [
        ("sql", "", "klanten: type a CSV file, sql:woocommerce"),
        ("woocommerce", "", "klanten: type a CSV file, sql:woocommerce"),
        ("sql:magento", "", "klanten: type sql:woocommerce, or sql: and one select"),
        ("sql:woocommerce:wp_ drop", "", "klanten: type how the names of the tables begin"),
        ("sql:delete from klanten", "", "klanten: type sql:woocommerce, or sql: and one select"),
        ("", "mysql+pymysql://u:geheim77@h/d", "klanten: type sql:woocommerce, or sql:select"),
        ("sql:woocommerce", "mysql://u:geheim77@h/d", "klanten url: type mysql+pymysql://"),
        ("weg.csv", "", "klanten: "),
    ],
)
def test_a_row_that_names_no_database_says_what_to_type_and_stops_no_other(
    config: Path, customers: str, url: str, fault: str
) -> None:
    found = table(config, row("zon", customers, url), row("maan", "sql:woocommerce"), words=("--dry-run",))
    assert [one["state"] for one in found] == ["faulty", "new"]
    [said] = cast(list[str], found[0]["faults"])
    assert said.startswith(fault)
    assert "geheim77" not in str(found)


def test_databases_of_many_companies_are_found_by_the_name_of_each(config: Path) -> None:
    found = table(config, row("zon", "sql:woocommerce"), row("3d", f"sql:{QUERY}"))
    assert [one["to_set"] for one in found] == [["ZON_KLANTEN"], ["MAILBOT_3D_KLANTEN"]]
    assert block(config)["url"] == {"env": "ZON_KLANTEN"}
    assert [one["state"] for one in table(config, row("zon", "sql:woocommerce"))] == ["same"]
    done = CliRunner().invoke(app, ["new-companies", str(config.parent / "bedrijven.csv"), "--config", str(config)])
    assert "_KLANTEN" not in done.output


def test_the_address_of_a_database_in_the_table_lies_in_a_file_for_its_owner_only(config: Path) -> None:
    address = "mysql+pymysql://mailbot:geheim77@127.0.0.1/winkel"
    [one] = table(config, row("zon", "sql:woocommerce", address))
    assert (one["state"], one["to_set"]) == ("new", [])
    holding = [path for path in config.rglob("*") if path.is_file() and "geheim77" in path.read_text("utf-8")]
    assert holding == [config / "secrets" / "zon.klanten"]
    assert holding[0].stat().st_mode & 0o777 == 0o600
    source = load(config).company("zon").customers
    assert source
    assert source.url() == address
    [one] = table(config, row("zon", "sql:woocommerce", address.replace("77", "78")))
    assert [each["setting"] for each in one["differs"]] == ["customers.url"]  # type: ignore[attr-defined]


def test_where_customers_moved_into_a_database_the_files_that_are_there_follow(config: Path) -> None:
    (config.parent / "zon.csv").write_text("id;e-mail\n1;jo@post.example\n", "utf-8")
    table(config, row("zon", "zon.csv"), row("maan", ""))
    rows = row("zon", "sql:woocommerce"), row("maan", "sql:woocommerce:m_")
    told = table(config, *rows)
    assert {one["company"]: one["differs"] for one in told} == {
        "zon": [{"setting": "customers", "there": str(config.parent / "zon.csv"), "here": "sql:woocommerce"}],
        "maan": [{"setting": "customers", "there": "nothing", "here": "sql:woocommerce:m_"}],
    }
    said = CliRunner().invoke(app, ["new-companies", str(config.parent / "bedrijven.csv"), "--config", str(config)])
    assert "such as --apply customers" in said.output
    followed = table(config, *rows, words=("--apply", "customers", "--by", "els"))
    assert [(one["state"], one["applied"], one["to_set"]) for one in followed] == [
        ("changed", ["customers"], ["ZON_KLANTEN"]),
        ("changed", ["customers"], ["MAAN_KLANTEN"]),
    ]
    assert block(config) == {
        "type": "sql",
        "url": {"env": "ZON_KLANTEN"},
        "tables": "woocommerce",
        "prefix": "wp_",
    }
    assert "[customers]  # gewijzigd door els op " in (config / "tenants" / "zon.toml").read_text("utf-8")
    assert [one["state"] for one in table(config, *rows)] == ["same", "same"]


def test_a_file_whose_customers_are_no_table_is_told_as_different_and_breaks_nothing(config: Path) -> None:
    table(config, row("zon", ""))
    file = config / "tenants" / "zon.toml"
    file.write_text(f'customers = "zon.csv"\n{file.read_text("utf-8")}', "utf-8")
    [one] = table(config, row("zon", "sql:woocommerce"))
    assert one["differs"] == [{"setting": "customers", "there": "nothing", "here": "sql:woocommerce"}]


def test_a_company_that_keeps_its_address_elsewhere_keeps_it_there_when_its_query_changes(config: Path) -> None:
    table(config, row("zon", "sql:woocommerce"))
    file = config / "tenants" / "zon.toml"
    file.write_text(file.read_text("utf-8").replace('env = "ZON_KLANTEN"', 'file = "/run/zon"'), "utf-8")
    assert [one["state"] for one in table(config, row("zon", "sql:woocommerce"))] == ["same"]
    table(config, row("zon", f"sql:{QUERY}"), words=("--apply", "customers", "--by", "els"))
    assert block(config) == {"type": "sql", "url": {"file": "/run/zon"}, "query": QUERY}
