"""How to reach a company's servers, as values. A secret is a call, made only when a connection is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Secret = Callable[[], str]
#: "plain" to a server on this machine only.
Security = Literal["tls", "starttls", "plain"]
#: With the last two, `password` gives the access token.
Auth = Literal["password", "xoauth2", "oauthbearer"]


def nothing() -> None:
    """For a secret of which nothing is to be undone."""


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """How the company's program is known to the provider of its mailbox. Without `device_url`
    consent goes by an address that is copied."""

    client_id: str
    client_secret: Secret
    token_url: str
    device_url: str
    authorize_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox to read (RFC 3501)."""

    host: str
    port: int
    security: Security
    username: str
    password: Secret
    auth: Auth = "password"
    reject_token: Callable[[], None] = nothing  # told when the server refused that token
    ca_file: Path | None = None
    folders: tuple[str, ...] = ("INBOX",)
    put_drafts: bool = False  # letters that wait for a person lie in the mailbox as drafts
    trash: str = ""  # the folder to which the mails of a forgotten person go; empty: people do it (F-08)
    file_sent: bool = False  # a copy of what was sent goes into the folder of sent mail
    filing: Literal["off", "keyword", "move"] = "off"  # what became of a mail shows in the mailbox
    drafts: str = ""  # the folder of drafts; empty: the one that the server calls so
    sent: str = ""  # the folder of sent mail; empty: the one that the server calls so
    timeout: float = 30.0
    max_bytes: int = 25 * 2**20  # a larger mail is fetched by its header and first bytes only


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """A submission server (RFC 6409). `username` empty means no login."""

    host: str
    port: int
    security: Security
    username: str
    password: Secret
    auth: Auth = "password"
    reject_token: Callable[[], None] = nothing
    ca_file: Path | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class CustomerSource:
    """Where the known customers are. `columns` maps our words (id, email, name, postcode, number) to the file's own."""

    type: str  # "csv" or "sql"
    path: Path | None = None
    columns: tuple[tuple[str, str], ...] = ()
    delimiter: str = ""
    encoding: str = ""
    url: Secret = lambda: ""  # of the database, with its password (SQLAlchemy's form)
    query: str = ""  # one select; empty: the tables of WooCommerce
    prefix: str = "wp_"

    @property
    def is_woocommerce(self) -> bool:
        """Whether the customers are read from WooCommerce's own tables."""
        return self.type == "sql" and not self.query


@dataclass(frozen=True, slots=True)
class SuppressionHook:
    """The company's own program that takes an address off its mailings; `undo` puts one back. No shell is involved."""

    command: tuple[str, ...]
    undo: tuple[str, ...] = ()
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Where the data of one person are read for his copy: a CSV export, or a query with :email and :customer_id.

    `match_email` and `match_id` are columns of the CSV by which rows are his. `document` and `dated` are the columns
    that name a document which must stay after erasure and the day it was made; empty where rows may go.
    """

    name: str
    category: str
    place: str
    type: str  # "csv" or "sql"
    path: Path | None = None
    url: Secret | None = None
    query: str = ""
    match_email: str = ""
    match_id: str = ""
    delimiter: str = ""
    encoding: str = ""
    provided: bool = True  # given by the person or observed from his use (article 20)
    document: str = ""
    dated: str = ""
    ten_years: str = ""  # the column that says "yes" for one-stop-shop sales and real estate
