"""The sections of a company's file, as pydantic models: servers, customers, processors, hours and the rest."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from pydantic import Field, model_validator

from mailbot.config.fields import LOOPBACK, Email, Encoding, SecretField, Strict
from mailbot.sql_drivers import ONE_SELECT


class Server(Strict):
    """What IMAP and SMTP have in common."""

    host: str = Field(min_length=1, examples=["mail.example.nl"])
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["tls", "starttls", "plain"] = "tls"
    username: str = ""
    password: SecretField | None = None
    auth: Literal["password", "xoauth2", "oauthbearer"] = "password"
    ca_file: str | None = None
    timeout: float = Field(default=30.0, gt=0, le=600)

    @model_validator(mode="after")
    def _guarded(self) -> Server:
        if self.security == "plain" and self.host not in LOOPBACK:
            raise ValueError('security = "plain" is for this machine only (127.0.0.1): type "tls" or "starttls"')
        if self.username and self.password is None and self.auth == "password":
            raise ValueError('has a username but no password: type password = { env = "NAME" }')
        return self


class Imap(Server):
    """The mailbox to read."""

    username: str = Field(min_length=1, examples=["info@example.nl"])
    folders: list[str] = Field(default=["INBOX", "\\Junk"], min_length=1)
    sent: str = ""
    drafts: str = ""
    put_drafts: bool = False
    file_sent: bool = False
    trash: str = ""
    filing: Literal["off", "keyword", "move"] = "off"
    max_bytes: int = Field(default=25 * 2**20, ge=10_000)


class Smtp(Server):
    """The server that takes our letters."""


class OAuthTable(Strict):
    """How the company's program is known to Microsoft, Google or another provider."""

    provider: Literal["microsoft", "google", "other"]
    client_id: str = Field(min_length=1)
    client_secret: SecretField | None = None
    directory: str = "organizations"  # of Microsoft: the company's own id
    token_url: str = ""
    device_url: str = ""
    authorize_url: str = ""
    scope: str = ""

    @model_validator(mode="after")
    def _reachable(self) -> OAuthTable:
        urls = [url for url in (self.token_url, self.device_url, self.authorize_url) if url]
        if any(not url.startswith(("https://", *(f"http://{host}:" for host in LOOPBACK))) for url in urls):
            raise ValueError("has an address that is not https://")
        if self.provider == "other" and not (self.token_url and (self.device_url or self.authorize_url)):
            raise ValueError("needs token_url, and device_url or authorize_url, of this provider")
        return self


class AlarmTable(Strict):
    """Who else hears that the mailbox is not read, and by which server."""

    email: Email = ""
    after_minutes: int = Field(default=60, ge=5, le=1440)
    canary: bool = False
    sender: Email = ""
    smtp: Smtp | None = None

    @model_validator(mode="after")
    def _can_leave(self) -> AlarmTable:
        if self.smtp and not (self.email and self.sender):
            raise ValueError('has a server of its own: type email = "..." and sender = "..." too')
        return self


class Customers(Strict):
    """Where the known customers are."""

    type: Literal["csv", "sql"] = "csv"
    path: str = Field(default="", examples=["klanten.csv"])
    url: SecretField | None = None
    query: str = ""
    tables: Literal["", "woocommerce"] = ""
    prefix: str = Field(default="wp_", pattern=r"^\w{0,40}$")
    columns: dict[Literal["id", "email", "name", "first", "last", "postcode", "number", "iban"], str] = {}
    delimiter: str = Field(default="", max_length=1)
    encoding: Encoding = ""

    @model_validator(mode="after")
    def _whole(self) -> Customers:
        if self.type == "csv" and not self.path:
            raise ValueError('of type "csv" need the file: type path = "klanten.csv"')
        if self.type == "sql" and self.url is None:
            raise ValueError('of type "sql" need the database: type url = { env = "NAME" }')
        if self.type == "sql" and bool(self.query) == bool(self.tables):
            raise ValueError('of type "sql" need either query = "select ..." or tables = "woocommerce"')
        if self.query and not ONE_SELECT.match(self.query):
            raise ValueError("query must be one select, without a semicolon inside")
        return self


class SourceRow(Strict):
    """Where the data of one person are read for his copy."""

    name: str = Field(min_length=1, examples=["Bestellingen"])
    category: str = Field(min_length=1, examples=["Bestellingen"])
    place: str = ""
    type: Literal["csv", "sql"] = "csv"
    path: str = ""
    url: SecretField | None = None
    query: str = ""
    match_email: str = ""
    match_id: str = ""
    delimiter: str = Field(default="", max_length=1)
    encoding: Encoding = ""
    provided: bool = True
    document: str = ""
    dated: str = ""
    ten_years: str = ""

    @model_validator(mode="after")
    def _readable(self) -> SourceRow:
        if self.type == "csv" and not (self.path and (self.match_email or self.match_id)):
            raise ValueError("a CSV source needs path, and match_email or match_id: the column by which rows are his")
        if self.type == "sql" and not (self.url and self.query):
            raise ValueError(
                'an SQL source needs url = { env = "NAME" } and query = "select ... where lower(email) = :email"'
            )
        if self.query and ":email" not in self.query and ":customer_id" not in self.query:
            raise ValueError("the query must name the person: use :email or :customer_id")
        if bool(self.document) != bool(self.dated):
            raise ValueError("document and dated go together: which column names the document, which its day")
        return self


class PackageTable(Strict):
    """How the copy of somebody's data is made and sent."""

    code: bool = False
    max_mb: float = Field(default=15.0, gt=0, le=1000)
    too_large: Literal["split", "hold"] = "split"


class Contact(Strict):
    """The person who handles privacy matters; alerts go to `email`."""

    name: str = ""
    email: Email = ""
    phone: str = ""


class MailNames(Strict):
    """Every address of the company's own, and the names of its own mail servers."""

    mailbox: Email = ""
    addresses: list[Email] = []
    own_hosts: list[str] = []
    authserv_ids: list[str] = []
    verify_dkim: bool = False


class StepRow(Strict):
    """One rung of the escalation ladder."""

    name: str
    days: int = Field(ge=0, le=60)
    working: bool = False
    deputy: bool = False


class HoursTable(Strict):
    """When people are in."""

    start: time = time(9)
    end: time = time(17)

    @model_validator(mode="after")
    def _in_order(self) -> HoursTable:
        if self.start >= self.end:
            raise ValueError("start must be before end: type for example start = 09:00:00 and end = 17:00:00")
        return self


class SuppressionTable(Strict):
    """The program that is told who gets no marketing any more."""

    command: list[str] = Field(min_length=1, examples=[["/usr/local/bin/afmelden"]])
    undo: list[str] = []
    seconds: float = Field(default=20.0, gt=0, le=300)


class CapsTable(Strict):
    """How many automatic letters may leave."""

    per_address_a_day: int = Field(default=2, ge=0)
    per_hour: int = Field(default=20, ge=0)
    notices_per_hour: int = Field(default=60, ge=1, le=3600)


class ProcessorRow(Strict):
    """A party that holds data for the company."""

    name: str
    category: str
    holds: str = ""
    outside_eu: str = ""
    status: Literal["bevestigd", "te bevestigen", "gestopt"] = "te bevestigen"
    contact: Email = ""
    language: Literal["nl", "en"] = "nl"
    keeps: str = ""


class KindTable(Strict):
    """What the company's own policy makes of one kind of request."""

    duties: list[str] = []


class PlaceRow(Strict):
    """Somewhere the company keeps data of people."""

    name: str
    holds: str = ""
    category: str = ""
    keeps: str = ""
    owner: str = ""


class KeepingRow(Strict):
    """Data that must be kept by law."""

    what: str
    years: int = Field(ge=1, le=30)
    basis: str


class ContradictionRow(Strict):
    """Where the policy collides with the law."""

    id: str
    text: str
    behaviour: str
    solved_on: date | None = None


class ConfirmationTable(Strict):
    """Who confirmed a promise, and on which date."""

    by: str = Field(min_length=1)
    on: date
