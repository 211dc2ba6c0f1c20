"""Where a company's customers are: an export, or the database of the shop, as people type it and as its file has it.

The rule kept here: whoever lets us into a database is told the very statements that make a login which may read these
tables and nothing else; its password stands in no file of settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailbot.setup.toml_words import Place, one_line, place, quoted
from mailbot.sql_drivers import ONE_SELECT

FORMS = "a CSV file, sql:woocommerce (sql:woocommerce:PREFIX where its tables do not begin with wp_), or sql:select ..."
USUAL_PREFIX = "wp_"
#: What the address of a database looks like, and what a password needs in it.
ADDRESS = "mysql+pymysql://mailbot:PASSWORD@HOST/DATABASE (MariaDB, MySQL) or postgresql+psycopg://..."
_ONE = "one select ..., without a semicolon inside"
_PREFIX = re.compile(r"\w{1,40}", re.ASCII)
_URL = re.compile(r"(?:(?:mysql|mariadb)\+\w+|postgresql\+\w+|sqlite)://\S+", re.IGNORECASE)
_WOOCOMMERCE = ("wc_customer_lookup", "wc_order_stats")
_TABLE = re.compile(r"\b(?:from|join)\s+([\w.`\"]+)", re.IGNORECASE)
_NAMED_WITHIN = re.compile(r"(\w+)\s+as\s*\(", re.IGNORECASE)
_WITHOUT = (
    "# Wie klant is, zodat iemand meteen wordt herkend; zonder wacht elk verzoek op een mens.",
    "# [customers]",
    '# type = "csv"',
    '# path = "../../klanten.csv"      # een export van uw webwinkel, zoals hij is',
    "# Of uit de database van de winkel, alleen om te lezen: `mailbot guide operator` zegt hoe.",
)
_TEMPLATE = "select klantnr as id, mail as email, naam as name, postcode, ordernr as number from ..."


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop's database: a query, or else the tables of WooCommerce. `url` None: a variable by the company's name."""

    query: str = ""
    prefix: str = USUAL_PREFIX
    later: bool = False  # neither is known yet
    url: Place | None = None

    @property
    def tables(self) -> list[str]:
        """What is read, as far as it is known."""
        if not self.query:
            return [] if self.later else [self.prefix + name for name in _WOOCOMMERCE]
        within = set(_NAMED_WITHIN.findall(self.query))
        return [name for name in dict.fromkeys(_TABLE.findall(self.query)) if name not in within]


def shop_of(typed: str) -> Shop | None:
    """The database that is meant by `sql:...`, None for the name of a file. Raises ValueError with what to type."""
    start, colon, rest = (part.strip() for part in typed.partition(":"))
    if not colon and start.lower() in ("sql", "database", "woocommerce"):
        raise ValueError(f"type {FORMS}")
    if not colon or start.lower() != "sql":
        return None
    name, _, prefix = rest.partition(":")
    if name.lower() == "woocommerce":
        return Shop(prefix=prefix_of(prefix))
    if not ONE_SELECT.match(rest):
        raise ValueError(f"type sql:woocommerce, or sql: and {_ONE}")
    return Shop(query=rest)


def prefix_of(typed: str) -> str:
    """How the names of a shop's tables begin. Raises ValueError."""
    if typed and not _PREFIX.fullmatch(typed):
        raise ValueError("type how the names of the tables begin, such as wp_")
    return typed or USUAL_PREFIX


def query_of(typed: str) -> str:
    """One select. Raises ValueError."""
    if not ONE_SELECT.match(typed):
        raise ValueError(f"type {_ONE}")
    return typed


def url_of(typed: str) -> str:
    """The address of a database. Raises ValueError, without a word of it: a password stands in it."""
    if not _URL.fullmatch(typed):
        raise ValueError(f"type {ADDRESS}, with @ and / in the password as %40 and %2F")
    return typed


def typed_of(customers: Mapping[str, Any]) -> str:
    """A company's table of customers, as people would type it; empty where there is none."""
    if customers.get("type") != "sql":
        return str(customers.get("path", ""))
    if customers.get("query"):
        return f"sql:{customers['query']}"
    prefix = customers.get("prefix", USUAL_PREFIX)
    return "sql:woocommerce" if prefix == USUAL_PREFIX else f"sql:woocommerce:{prefix}"


def customers_toml(path: str, shop: Shop | None, variable: str) -> list[str]:
    """The table of customers, with a comment for whoever fills in the rest; behind comment marks as long as nobody
    said where they are."""
    if shop is None and not path:
        return [*_WITHOUT, ""]
    if shop is None:
        return ["[customers]", 'type = "csv"', f"path = {quoted(path)}", ""]
    url = shop.url or Place(env=variable)
    lines = [
        "[customers]",
        'type = "sql"',
        f"url = {{ {place(url)} }}   # het adres, nooit in dit bestand",
        *_what(shop),
    ]
    return [*_advice(shop, url), *([f"# {one}" for one in lines] if shop.later else lines), ""]


def _what(shop: Shop) -> list[str]:
    if shop.later:
        return [f"query = {quoted(_TEMPLATE)}"]
    if shop.query:
        return [f"query = {quoted(shop.query)}"]
    return [
        'tables = "woocommerce"',
        f"prefix = {quoted(shop.prefix)}                  # zo beginnen de namen van zijn tabellen",
    ]


def _advice(shop: Shop, url: Place) -> Iterator[str]:
    yield "# Klanten uit de database van de winkel. Geef mailbot daar een gebruiker die alleen deze tabellen mag lezen;"
    yield "# zet voor winkel en GEHEIM wat bij u geldt, en voor % de machine waarop mailbot draait."
    for kind, extra, address, statements in _grants(shop):
        yield f'# {kind} (pip install "mailbot[{extra}]"):'
        yield from (f"#   {one}" for one in statements)
        yield f"#   {one_line(url.env or url.file)} = {address}"
    yield "# Leestekens in het wachtwoord schrijft u in het adres als %40 (@), %2F (/), %3A (:), %23 (#) of %25 (%)."


def _grants(shop: Shop) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """For each kind of database that can be meant: its name, the extra, the address, and what makes a login that may
    read these tables and do nothing else."""
    tables = shop.tables or ["TABEL"]
    yield (
        "MariaDB, MySQL",
        "sql",
        "mysql+pymysql://mailbot:GEHEIM@127.0.0.1/winkel",
        (
            "CREATE USER 'mailbot'@'%' IDENTIFIED BY 'GEHEIM';",
            *(f"GRANT SELECT ON {one if '.' in one else f'winkel.{one}'} TO 'mailbot'@'%';" for one in tables),
        ),
    )
    if shop.query or shop.later:
        schemas = dict.fromkeys(one.rpartition(".")[0] or "public" for one in tables)
        yield (
            "PostgreSQL",
            "sql,postgres",
            "postgresql+psycopg://mailbot:GEHEIM@127.0.0.1/winkel",
            (
                "CREATE ROLE mailbot LOGIN PASSWORD 'GEHEIM';",
                "GRANT CONNECT ON DATABASE winkel TO mailbot;",
                *(f"GRANT USAGE ON SCHEMA {one} TO mailbot;" for one in schemas),
                f"GRANT SELECT ON {', '.join(tables)} TO mailbot;",
            ),
        )
