"""The form of the TOML files, as pydantic models: every key that an operator may type, and nothing else.

The rule kept here: an unknown key is a fault, and a password never stands in a file.
"""

from __future__ import annotations

import codecs
import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mailbot.model import Kind

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SELECT = re.compile(r"\s*(?:select|with)\b[^;]*;?\s*\Z", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>,;]+@(localhost|[^@\s<>,;.]+(\.[^@\s<>,;.]+)+)")


def _email(text: str) -> str:
    if text and not _EMAIL.fullmatch(text):
        raise ValueError('is not a mail address: type it as "name@example.nl"')
    return text.lower()


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('is not a known time zone: type for example "Europe/Amsterdam"') from None
    return text


def _kind(text: str) -> str:
    if text not in list(Kind):
        raise ValueError(f"is no kind of request: one of {', '.join(Kind)}")
    return text


def _encoding(text: str) -> str:
    try:
        codecs.lookup(text or "utf-8")
    except LookupError:
        raise ValueError('is not a known encoding: type for example "utf-8" or "cp1252"') from None
    return text


def _no_literal(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(
            'a secret never stands in the file: type { env = "NAME" }, { file = "path" } or { command = ["program"] }'
        )
    return value


def _midnight(value: Any) -> Any:
    """A bare TOML date is the start of that day; the company's zone is added when the policy is made."""
    return datetime(value.year, value.month, value.day) if type(value) is date else value


Email = Annotated[str, AfterValidator(_email)]
KindName = Annotated[str, AfterValidator(_kind)]
Moment = Annotated[datetime, BeforeValidator(_midnight)]


class Strict(BaseModel):
    """Types as TOML has them, no conversion, no unknown key; a fault text never repeats what was typed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class SecretPlace(Strict):
    """Where a secret is. Exactly one of the three."""

    env: str | None = None
    file: str | None = None
    command: list[str] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretPlace:
        if len([value for value in (self.env, self.file, self.command) if value]) != 1:
            raise ValueError("needs exactly one of env, file and command, and not empty")
        return self


SecretField = Annotated[SecretPlace, BeforeValidator(_no_literal)]


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
    encoding: Annotated[str, AfterValidator(_encoding)] = ""

    @model_validator(mode="after")
    def _whole(self) -> Customers:
        if self.type == "csv" and not self.path:
            raise ValueError('of type "csv" need the file: type path = "klanten.csv"')
        if self.type == "sql" and self.url is None:
            raise ValueError('of type "sql" need the database: type url = { env = "NAME" }')
        if self.type == "sql" and bool(self.query) == bool(self.tables):
            raise ValueError('of type "sql" need either query = "select ..." or tables = "woocommerce"')
        if self.query and not _SELECT.match(self.query):
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
    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    provided: bool = True
    document: str = ""
    dated: str = ""
    ten_years: str = ""

    @model_validator(mode="after")
    def _readable(self) -> SourceRow:
        if self.type == "csv" and not (self.path and (self.match_email or self.match_id)):
            raise ValueError("a CSV source needs path, and match_email or match_id: the column by which rows are his")
        if self.type == "sql" and not (self.url and self.query):
            raise ValueError('an SQL source needs url = { env = "NAME" } and query = "select ... where email = :email"')
        if self.query and ":email" not in self.query and ":customer_id" not in self.query:
            raise ValueError("the query must name the person: use :email or :customer_id")
        if bool(self.document) != bool(self.dated):
            raise ValueError("document and dated go together: which column names the document, which its day")
        return self


class PackageTable(Strict):
    """How the copy of somebody's data is made and sent."""

    code: bool = False
    max_mb: float = Field(default=15.0, gt=0, le=1000)


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

    per_case_and_letter: int = Field(default=1, ge=0)
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
    """The company's own rules for one kind of request."""

    rules: list[str] = []
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


class Tenant(Strict):
    """One company: tenants/ID.toml."""

    name: str = Field(min_length=1, examples=["Kaviaarshop"])
    country: Literal["NL", "BE", "FR"]
    zone: Annotated[str, AfterValidator(_zone)] = Field(examples=["Europe/Amsterdam"])
    authority: str = Field(examples=["AP"])
    website: str = ""
    post_address: str = ""
    form_of_address: Literal["u", "je"] = "u"
    mode: Literal["observe", "hold", "automatic"] = "observe"
    automatic: list[str] = []
    go_live: Moment | None = None
    promise_days: int | None = Field(default=None, ge=1, le=30)
    promise_months: int | None = Field(default=None, ge=1, le=3)
    leaving_is_erasure: bool = False
    only_person_lifts: bool = False
    minor_age: int = Field(default=16, ge=0, le=18)
    professional_addresses: bool = False
    certainty_auto: float = Field(default=0.0, ge=0, le=1)
    contact: Contact = Contact()
    deputy: Contact = Contact()
    mail: MailNames = MailNames()
    imap: Imap | None = None
    smtp: Smtp | None = None
    customers: Customers | None = None
    ladder: list[StepRow] | None = None
    hours: HoursTable = HoursTable()
    calendar: bool = True
    trust_staff_mail: bool = False
    acknowledge_after_minutes: int = Field(default=0, ge=0, le=1440)
    undo_minutes: int = Field(default=10, ge=0, le=1440)
    caps: CapsTable = CapsTable()
    suppression: SuppressionTable | None = None
    alarm: AlarmTable = AlarmTable()
    oauth: OAuthTable | None = None
    purposes: list[str] = []
    retention: list[str] = []
    processors: list[ProcessorRow] = []
    kinds: dict[KindName, KindTable] = {}
    sources: list[SourceRow] = []
    package: PackageTable = PackageTable()
    origins: list[str] = []
    automated_decisions: str = ""
    places: list[PlaceRow] = []
    year_end: str = Field(default="12-31", pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", examples=["12-31"])
    copies_before_stopping: bool = False
    portability_of_all: bool = False
    resists_authorities: bool = False
    keeping: list[KeepingRow] = []
    contradictions: list[ContradictionRow] = []
    confirmed: dict[str, ConfirmationTable] = {}


class LogTable(Strict):
    """How much the log says."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class StoreTable(Strict):
    """Where the memory of all companies is."""

    type: Literal["tinydb", "postgresql"] = "tinydb"
    url: SecretField | None = None
    lease_seconds: int = Field(default=30, ge=4, le=300)

    @model_validator(mode="after")
    def _url_goes_with_the_type(self) -> StoreTable:
        if self.type == "postgresql" and self.url is None:
            raise ValueError('needs url: type for example url = { env = "MAILBOT_DATABASE" }')
        return self


class Main(Strict):
    """The installation: mailbot.toml."""

    state: str = Field(min_length=1, examples=["../../mailbot-state"])
    poll_seconds: int = Field(default=60, ge=1, le=3600)
    store: StoreTable = StoreTable()
    log: LogTable = LogTable()


class AuthorityTable(Strict):
    """One supervisory authority in authorities.toml."""

    countries: list[Literal["NL", "BE", "FR"]] = Field(min_length=1)
    name: str = Field(min_length=1)
    short: str = Field(min_length=1)
    complaint_url: str = Field(min_length=1)
    post: str = Field(min_length=1)
    phone: str = ""
    remark: str = ""

    @model_validator(mode="after")
    def _right_names(self) -> AuthorityTable:
        """The wrong names that two policies print (law.md D-07, E-06) never reach a letter."""
        if "80751" in self.post:
            raise ValueError("has TSA 80751, which is a slip of the policy: the CNIL's is TSA 80715")
        if "college bescherming" in self.name.lower():
            raise ValueError("is the name that the Dutch authority had until 2016; type today's name")
        return self
