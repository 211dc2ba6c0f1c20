"""Where a new company's customers are: none yet, an export, or the database of the shop; asked, or taken by option."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import typer

from mailbot.cli.questions import ask
from mailbot.errors import Usage
from mailbot.setup.company_toml import Answers, variables
from mailbot.setup.customers_toml import ADDRESS, USUAL_PREFIX, Shop, prefix_of, query_of, shop_of
from mailbot.setup.export_file import read_export
from mailbot.setup.toml_words import variable

CUSTOMERS_HELP = "Where the customers are: a CSV export, sql:woocommerce[:PREFIX], or sql:select ..."
_NONE, _DATABASE = ("", "none"), "sql"
_DATABASES = (_DATABASE, "sql:", "database", "woocommerce")


def _customers_named(typed: str) -> Shop | Path | None:
    """The database or the export that a person names, None for neither. Raises ValueError with what to type."""
    if typed.lower() in _NONE:
        return None
    if shop := shop_of(typed):
        return shop
    read_export(Path(typed))
    return Path(typed)


def customers_given(typed: str) -> Shop | Path | None:
    """The same of an option. Raises Usage."""
    try:
        return _customers_named(typed)
    except ValueError as error:
        raise Usage(f"--customers: {error}") from None


def customers_asked() -> Shop | Path | None:
    """The same by questions. A script whose answers end before them means none."""
    question = "Where the customers are: none, a CSV file, or sql for the shop's database"
    try:
        typed = ask(question, lambda one: _DATABASE if one.lower() in _DATABASES else _customers_named(one), "none")
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        return None
    return _shop() if isinstance(typed, str) else typed


def _shop() -> Shop:
    if typer.confirm("Is the shop WooCommerce?", default=True):
        return Shop(prefix=ask("How the names of its tables begin", prefix_of, USUAL_PREFIX))
    question = "The query: one select with id, email, name, postcode, number (empty: later)"
    return ask(question, lambda typed: Shop(query=query_of(typed)) if typed else Shop(later=True))


def with_customers(answers: Answers, named: Shop | Path | None, seen: Callable[[Path], str]) -> Answers:
    """The answers with these customers; `seen`: a path as the company's own file sees it."""
    if isinstance(named, Path):
        return replace(answers, customers=seen(named))
    return replace(answers, shop=named)


def steps_to_secrets(answers: Answers, tenant: str) -> list[str]:
    """What is yet to be set before the servers and the database let the company in."""
    steps = []
    for name in variables(answers, tenant):
        if name != variable(tenant, "KLANTEN"):
            steps.append(f"put the password into the environment: export {name}='...'")
            continue
        file = f"tenants/{tenant}.toml has the lines above [customers]"
        steps.append(f"make a login in the shop's database that may only read: {file}")
        steps.append(f"put the database's address into the environment: export {name}='...', as {ADDRESS}")
    if answers.shop and answers.shop.later:
        steps.append(f"write the query of the customers in tenants/{tenant}.toml; the lines wait there")
    if variables(answers, tenant):
        steps.append(
            "a worker under systemd knows no shell: the same names go into its EnvironmentFile (guide operator)"
        )
    return [*extra_missing(answers), *steps]


def extra_missing(*companies: Answers) -> list[str]:
    """What to install where some company's customers are in a database, and nothing here reads one."""
    if any(one.shop for one in companies) and find_spec("sqlalchemy") is None:
        return [
            'what reads a database is not installed: pip install "mailbot[sql]" (PostgreSQL: "mailbot[sql,postgres]")'
        ]
    return []
