"""The form of the TOML files, as pydantic models: every key that an operator may type, and nothing else.

The rule kept here: an unknown key is a fault, and a password never stands in a file.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from mailbot.config.fields import Email, KindName, LimitMonths, Moment, SecretField, Strict, ZoneName
from mailbot.config.sections import (
    AlarmTable,
    CapsTable,
    ConfirmationTable,
    Contact,
    ContradictionRow,
    Customers,
    HoursTable,
    Imap,
    KeepingRow,
    KindTable,
    MailNames,
    OAuthTable,
    PackageTable,
    PlaceRow,
    ProcessorRow,
    Smtp,
    SourceRow,
    StepRow,
    SuppressionTable,
)
from mailbot.model import Country


class Tenant(Strict):
    """One company: tenants/ID.toml."""

    name: str = Field(min_length=1, examples=["Kaviaarshop"])
    country: Country
    zone: ZoneName = Field(examples=["Europe/Amsterdam"])
    authority: str = Field(examples=["AP"])
    website: str = ""
    post_address: str = ""
    mode: Literal["observe", "hold", "automatic"] = "observe"
    automatic: list[str] = []
    go_live: Moment | None = None
    promise_days: int | None = Field(default=None, ge=1, le=30)
    promise_months: LimitMonths | None = None  # a limit; no extension follows from it
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
    register_after_days: int = Field(default=90, ge=1, le=3650)
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
    to_confirm: list[str] = []


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


class MetricsTable(Strict):
    """Where Prometheus finds the figures: a port of this machine."""

    port: int = Field(ge=1024, le=65535, examples=[9464])


class StaffMemberTable(Strict):
    """A colleague in staff.toml, under the name of his user on this machine."""

    name: str = ""
    see: list[str] = []
    triage: list[str] = []
    decide: list[str] = []
    send: list[str] = []
    keep: bool = False
    email: Email = ""


class AgencyTable(Strict):
    """The office that runs the program for several companies, and hears on Monday how all of them are doing."""

    name: str = Field(min_length=1, examples=["Kantoor Noord"])
    email: Email = Field(min_length=3, examples=["beheer@kantoor.example"])
    sender: Email = Field(min_length=3, examples=["mailbot@kantoor.example"])
    zone: ZoneName = Field(default="Europe/Amsterdam", examples=["Europe/Amsterdam"])
    smtp: Smtp


class Main(Strict):
    """The installation: mailbot.toml."""

    state: str = Field(min_length=1, examples=["../../mailbot-state"])
    poll_seconds: int = Field(default=60, ge=1, le=3600)
    store: StoreTable = StoreTable()
    log: LogTable = LogTable()
    agency: AgencyTable | None = None
    metrics: MetricsTable | None = None


class AuthorityTable(Strict):
    """One supervisory authority in authorities.toml."""

    countries: list[Country] = Field(min_length=1)
    name: str = Field(min_length=1)
    short: str = Field(min_length=1)
    complaint_url: str = Field(min_length=1)
    post: str = Field(min_length=1)
    phone: str = ""
    remark: str = ""

    @model_validator(mode="after")
    def _right_names(self) -> AuthorityTable:
        """The wrong names that two policies print (D-07, E-06) never reach a letter."""
        if "80751" in self.post:
            raise ValueError("has TSA 80751, which is a slip of the policy: the CNIL's is TSA 80715")
        if "college bescherming" in self.name.lower():
            raise ValueError("is the name that the Dutch authority had until 2016; type today's name")
        return self
