"""What one company promises and wants, as far as decisions and letters depend on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

#: Where a company may have its seat: whose calendar, authority and laws it is under.
Country = Literal["NL", "BE", "FR"]
COUNTRIES: tuple[Country, ...] = get_args(Country)
#: What leaves for people outside: nothing, what a person lets go, or also the letters that the company named.
Mode = Literal["observe", "hold", "automatic"]


@dataclass(frozen=True, slots=True)
class Authority:
    """A supervisory authority (rules D)."""

    name: str
    short: str
    complaint_url: str
    post: str
    phone: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Processor:
    """A party that holds data for the company. Status "te bevestigen" blocks an access answer (E-23)."""

    name: str
    category: str
    holds: str = ""
    contact: str = ""
    outside_eu: str = ""
    status: Literal["bevestigd", "te bevestigen", "gestopt"] = "bevestigd"  # as the settings have it
    language: str = "nl"  # of the mails that it gets: nl, en
    keeps: str = ""  # how long it keeps the data


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere the company keeps data of people: one line of the search checklist (B-35)."""

    name: str
    holds: str = ""
    category: str = ""
    keeps: str = ""  # how long the data stay there
    owner: str = ""  # who looks there; else whose case it is


@dataclass(frozen=True, slots=True)
class RetentionDuty:
    """Data that the law forbids to erase yet (B-40 to B-42): kept until the end of a financial year."""

    what: str
    years: int
    basis: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung of the escalation ladder: `days` before act_by, calendar or working."""

    name: str
    days: int
    working: bool = False
    deputy: bool = False


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When people are in, on the company's own clock; the days follow from the calendar of its country."""

    start: time = time(9)
    end: time = time(17)


LADDER = (
    LadderStep("14-days", 14),
    LadderStep("7-days", 7),
    LadderStep("3-working-days", 3, working=True, deputy=True),
    LadderStep("1-working-day", 1, working=True, deputy=True),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic letters may leave before the breaker stops sending."""

    per_address_a_day: int = 2
    per_hour: int = 20
    notices_per_hour: int = 60  # letters to customers that a person released, a change of the policy


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about one company that decisions and letters depend on. Made by `config`, read by the core."""

    tenant: str
    name: str
    country: str  # NL, BE, FR: the controller's own
    zone: ZoneInfo
    authority: Authority
    mailbox: str  # the address that replies come from
    addresses: tuple[str, ...]  # every address of the company's own, the mailbox included
    contact_name: str
    contact_email: str
    contact_phone: str = ""
    post_address: str = ""
    deputy_name: str = ""
    deputy_email: str = ""
    promise_days: int | None = None
    promise_months: int | None = None  # at most so many after receipt, also where the answer's term was extended
    mode: Mode = "observe"
    automatic: frozenset[str] = frozenset()  # letters that leave by themselves in mode automatic
    go_live: datetime | None = None
    leaving_is_erasure: bool = False  # B-33
    only_person_lifts: bool = False  # a restriction stays until the person lifts it (A-54, B-14)
    minor_age: int = 16
    professional_addresses: bool = False  # people are known by their work address, which an employer can read (C-13)
    certainty_auto: float = 0.0  # a company may ask for more than the classifier's own threshold
    ladder: tuple[LadderStep, ...] = LADDER
    hours: WorkingHours = WorkingHours()
    stops_by_program: bool = False  # a program of the company's own takes addresses off its mailings
    calendar: bool = True  # staff mail carries an entry for the reader's calendar, which follows the case
    trust_staff_mail: bool = False  # believe a colleague's address although no server of ours vouches for it
    acknowledge_after: timedelta = timedelta(0)  # so long the first letter waits for a colleague to answer first
    alarm_email: str = ""  # the second address of an alarm
    alarm_after: timedelta = timedelta(hours=1)  # so long the mailbox may go unread
    canary: bool = False  # send a mail to ourselves every day
    files_mail: bool = False  # what became of a mail shows in the mailbox
    undo_minutes: int = 0  # so long a letter that carries data can still be dropped after a person let it go
    contact_away: bool = False  # no setting: the contact's address bounces or says that nobody is there
    deputy_away: bool = False  # the same of the deputy
    beyond: tuple[str, ...] = ()  # whom else the settings name: who hears it when the deputy cannot be reached either
    register_after: timedelta = timedelta(days=90)  # so long a closed case stays among what is worked on
    caps: Caps = Caps()
    processors: tuple[Processor, ...] = ()
    purposes: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()  # where data come from (article 15(1)(g))
    automated_decisions: str = ""  # whether such decisions exist, in the company's words (article 15(1)(h))
    package_code: bool = False  # copies leave as an encrypted zip; its code goes by another way
    package_max_bytes: int = 15_000_000  # a larger copy does not go in one mail
    package_split: bool = True  # it goes in several; else it waits for a person
    places: tuple[Place, ...] = ()
    keeping: tuple[RetentionDuty, ...] = ()
    year_end: tuple[int, int] = (12, 31)  # month and day on which the company's financial year ends
    copies_before_stopping: bool = False  # a founded objection gives copies of the data first (B-17)
    portability_of_all: bool = False  # all data, not only what the person provided (B-16)
    resists_authorities: bool = False  # promises to resist demands as far as the law allows
    duties: tuple[tuple[str, str], ...] = ()  # a kind, and what its handler must mind at this company, line by line
    website: str = ""
    own_hosts: tuple[str, ...] = ()  # names of our own mail servers in Received lines
    authserv_ids: tuple[str, ...] = ()
    verify_dkim: bool = False  # check signatures ourselves where our server wrote no result
    defects: tuple[str, ...] = field(default=())  # contradictions of the policy still open (rules E)

    @property
    def promises_sooner(self) -> bool:
        """Whether every answer is promised before the shortest month of the law is over (A-22)."""
        return self.promise_days is not None and self.promise_days < 28

    @property
    def has_deputy(self) -> bool:
        """Whether anybody but the contact person is named as deputy."""
        return self.deputy_email.lower() not in ("", self.contact_email.lower())

    def day_of(self, moment: datetime) -> date:
        """The date in the company's own zone: every legal date is one of those (A-05)."""
        return moment.astimezone(self.zone).date()

    def undo_time(self, now: datetime) -> timedelta:
        """How long a letter that a person let go waits; not past midnight, for the day may be the last one."""
        wait = timedelta(minutes=self.undo_minutes)
        return wait if self.day_of(now + wait) == self.day_of(now) else timedelta(0)
