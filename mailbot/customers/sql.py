"""Customers from the company's own database: one read-only query per company, any database that SQLAlchemy speaks to.

The rule kept here: we only read, and only what was asked for: the query stands inside a select of ours that names the
address or number. The session is read-only where the database knows that. Errors tell no data, only their kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailbot.accounts import CustomerSource
from mailbot.customers.reaching import Patience
from mailbot.customers.rows import HEADINGS, bare_iban, customer_of, folds_to, merged, name_key
from mailbot.domains import to_unicode
from mailbot.errors import ConfigError, TryLater, Unreachable
from mailbot.model import NO_NUMBER, Customer, fold_address
from mailbot.shop_database import as_column, collated, database_at, is_mysql, line_to
from mailbot.sql_drivers import LONGEST, TOO_LATE, WAIT, kind_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

#: What WooCommerce keeps, the same in its old and its new order tables. {prefix} is the site's, usually wp_.
WOOCOMMERCE = """
select c.customer_id as id, c.email as email, c.first_name as first, c.last_name as last, c.postcode as postcode,
       o.order_id as number
from {prefix}wc_customer_lookup c left join {prefix}wc_order_stats o on o.customer_id = c.customer_id
"""
#: Where it keeps a customer himself.
LOOKUP = "select * from {prefix}wc_customer_lookup"
WOOCOMMERCE_NAMES = {"id": "customer_id", "email": "email"}
_BY_ADDRESS = "lower(c.{email}) in (:plain0, :plain1) or lower(c.{email}) like :like escape '!'"
#: So many rows are read of one answer; a question that finds more names nobody.
MOST_ROWS = 500


class SqlCustomers:
    """Customers behind one query with the columns id, email, name (or first, last), postcode, number, iban."""

    def __init__(self, source: CustomerSource, patience: Patience | None = None) -> None:
        self.source = source
        self._patience = patience or Patience()
        self.query = (source.query or WOOCOMMERCE.format(prefix=source.prefix)).strip().rstrip(";")

    def by_address(self, email: str) -> list[Customer]:
        """Customers with this address in any spelling."""
        folded = fold_address(email)
        plain, like = _spellings(folded)
        found = self._where("email", _BY_ADDRESS, {"plain0": plain[0], "plain1": plain[1], "like": like})
        return [one for one in found if folds_to(one, folded)]

    def by_number(self, number: str) -> list[Customer]:
        """Customers with this customer or order number."""
        wanted = number.strip().lower()
        columns = [name for name in ("id", "number") if name in self.columns]
        where = " or ".join(f"lower(cast(c.{{{name}}} as {self.text})) = :number" for name in columns)
        return [
            one
            for one in self._where("id", where, {"number": wanted})
            if wanted in {one.id.lower(), *(own.lower() for own in one.numbers)}
        ]

    def by_iban(self, iban: str) -> list[Customer]:
        """Customers with this bank account."""
        wanted = bare_iban(iban)
        where = "replace(upper(c.{iban}), ' ', '') = :iban"
        return [one for one in self._where("iban", where, {"iban": wanted}) if wanted in one.ibans]

    def by_name(self, name: str, postcode: str) -> list[Customer]:
        """Customers with this name and postcode."""
        wanted = name_key(name, postcode)
        where = "replace(upper(c.{postcode}), ' ', '') = :postcode"
        found = self._where("postcode", where, {"postcode": wanted[1]})
        return [one for one in found if name_key(one.name, one.postcode) == wanted]

    def everyone(self) -> list[Customer]:
        """All customers that have an address, each once."""
        where = f"c.{self.columns['email']} is not null"
        with self._session(LONGEST) as connection:
            rows = self._rows(connection, where, {}, most=None)
        return list(merged(_customers(rows)))

    def rows_of(self, emails: Sequence[str], customer_id: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """What is on file under these addresses, as the shop itself has it: its own names of columns, and the rows.

        Nothing of another customer: not of one with the same address, and where it is not known which of several with
        that address he is, nothing at all.
        """
        columns = WOOCOMMERCE_NAMES if self.source.is_woocommerce else self.names
        mine = {fold_address(email) for email in emails}
        with self._session() as connection:
            names, rows = self._raw_rows(connection, columns["email"], mine)
        at = {word: names.index(columns[word]) for word in ("id", "email") if word in columns}
        his = [row for row in rows if fold_address(str(row[at["email"]] or "").strip()) in mine]
        numbers = {_number(row, at) for row in his} - {""}
        if customer_id:
            return names, [row for row in his if _number(row, at) in ("", customer_id.strip().lower())]
        return names, his if len(numbers) <= 1 else []

    def _raw_rows(
        self, connection: Connection, email: str, folded: Collection[str]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Every row that may have one of these addresses, each once, as the query (or WooCommerce's table) gives it."""
        from sqlalchemy import text

        query = LOOKUP.format(prefix=self.source.prefix) if self.source.is_woocommerce else self.query
        where = self._as_asked(_BY_ADDRESS.format(email=as_column(self.database, email)))
        names: tuple[str, ...] = ()
        found: dict[tuple[str, ...], tuple[Any, ...]] = {}
        for address in sorted(folded) or [""]:
            plain, like = _spellings(address)
            given = {"plain0": plain[0], "plain1": plain[1], "like": like}
            result = connection.execute(text(f"select c.* from ({query}) c where {where}"), given)
            names = tuple(result.keys())
            found |= {tuple(map(str, row)): tuple(row) for row in result}
        return names, list(found.values())

    @cached_property
    def database(self) -> Engine:
        """The way to the database; nothing is opened yet."""
        return self._database()

    def _database(self, answer: int = WAIT) -> Engine:
        secret = self._url()
        try:
            return database_at(secret, answer)
        except TryLater as error:
            raise TryLater(f"customers: {error}; check customers.url") from None

    def _url(self) -> str:
        try:
            return self.source.url()
        except (ConfigError, TryLater) as error:  # it says which setting; a command may take its time each time
            raise Unreachable(f"customers: {error}") from None

    @contextmanager
    def _session(self, seconds: int = WAIT) -> Iterator[Connection]:
        """A call in which nothing can be changed. Raises TryLater: NotAsked soon after one that nobody answered."""
        with self._patience.calling(), _translated_errors(self._to_check()):
            database = self.database if seconds == WAIT else self._database(seconds)
            with line_to(database, seconds) as connection:
                yield connection

    def _to_check(self) -> str:
        if not self.source.is_woocommerce:
            return "check customers.url and the query"
        tables = " and ".join(f"{self.source.prefix}{name}" for name in ("wc_customer_lookup", "wc_order_stats"))
        return f"check customers.url, customers.prefix, and that its login may read {tables}"

    @property
    def text(self) -> str:
        """What this database calls a short text in a cast."""
        return "char(64)" if is_mysql(self.database) else "varchar(64)"

    def _as_asked(self, where: str) -> str:
        """A condition of ours, in which bound values equal nothing but themselves."""
        return collated(where) if is_mysql(self.database) else where

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Our word -> the name of the query's column, quoted as this database does."""
        return {word: as_column(self.database, name) for word, name in self.names.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Our word -> the name of the query's column, as the database gives it."""
        with self._session() as connection:
            from sqlalchemy import text

            names = list(connection.execute(text(f"select * from ({self.query}) c where 1 = 0")).keys())
        given = {str(ours): theirs for ours, theirs in self.source.columns}
        lower = {name.lower(): name for name in names}
        found = {word: lower[name] for word, known in HEADINGS.items() for name in reversed(known) if name in lower}
        found |= {word: lower[word] for word in HEADINGS if word in lower}
        found |= {word: lower[name.lower()] for word, name in given.items() if name.lower() in lower}
        if "email" not in found:
            raise TryLater('customers: the query gives no column with addresses; write it as `... as "email"`')
        return found

    def _where(self, column: str, where: str, values: Mapping[str, str]) -> list[Customer]:
        """The whole customers of which some row answers to `where`."""
        if column not in self.columns or not where:
            return []
        with self._session() as connection:
            rows = self._rows(connection, where.format(**self.columns), values)
            numbers = (str(row["id"]) for row in rows if row.get("id") is not None)
            ids = [number for number in dict.fromkeys(numbers) if number.strip() not in NO_NUMBER]
            if ids and "id" in self.columns:
                marks = {f"id{at}": id for at, id in enumerate(ids)}
                within = ", ".join(f":{mark}" for mark in marks)
                rows = self._rows(connection, f"cast(c.{self.columns['id']} as {self.text}) in ({within})", marks)
        return list(merged(_customers(rows)))

    def _rows(
        self, connection: Connection, where: str, values: Mapping[str, str], most: int | None = MOST_ROWS
    ) -> list[dict[str, Any]]:
        from sqlalchemy import text

        chosen = ", ".join(f"c.{theirs} as {ours}_" for ours, theirs in self.columns.items())
        statement = text(f"select {chosen} from ({self.query}) c where {self._as_asked(where)}")
        found = connection.execute(statement, dict(values)).mappings()
        rows = found.fetchall() if most is None else found.fetchmany(most + 1)
        if most is not None and len(rows) > most:
            raise TryLater("customers: one address or number has hundreds of rows; look at the query")
        return [{str(name).removesuffix("_"): value for name, value in row.items()} for row in rows]


def _customers(rows: Iterable[Mapping[str, Any]]) -> Iterator[Customer]:
    for row in rows:
        cells = {word: "" if value is None else str(value).strip() for word, value in row.items()}
        if customer := customer_of(cells):
            yield customer


def _number(row: Sequence[Any], at: Mapping[str, int]) -> str:
    """The customer number in a row, empty where it has none."""
    value = row[at["id"]] if "id" in at else None
    number = "" if value is None else str(value).strip().lower()
    return "" if number in NO_NUMBER else number


def _spellings(folded: str) -> tuple[tuple[str, str], str]:
    """The address with its domain in both written forms, and the pattern of its sub-addresses."""
    local, _, domain = folded.rpartition("@")
    try:
        written = to_unicode(domain)
    except ValueError:
        written = domain
    like = re.sub(r"([!%_])", r"!\1", local)
    return (folded, f"{local}@{written}"), f"{like}+%"


@contextmanager
def _translated_errors(cure: str) -> Iterator[None]:
    """Turn the database's errors into ours: the kind and what to do, never a statement, a value or a password."""
    try:
        yield
    except TryLater:
        raise
    except Exception as error:  # every driver has kinds of its own, and their texts hold what was asked
        told = Unreachable if _is_silence(error) else TryLater
        raise told(f"customers: the database cannot be read ({kind_of(error)}); {cure}") from None


def _is_silence(error: Exception) -> bool:
    """Whether nobody was there, the line was lost, or no answer came in time. What a database answers to one question,
    and be it with a fault, keeps no other waiting: a stranger may have written what it asks."""
    from sqlalchemy.exc import DBAPIError

    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError)
    codes = {getattr(error.orig, name, None) for name in ("sqlstate", "sqlite_errorname")}
    codes |= {code for code in getattr(error.orig, "args", ())[:1] if isinstance(code, int)}
    return error.statement is None or error.connection_invalidated or not codes.isdisjoint(TOO_LATE)
