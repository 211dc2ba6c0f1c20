"""What one company promises and wants, as far as decisions and letters depend on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Authority:
    """A supervisory authority (law.md D)."""

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
    status: str = "bevestigd"


@dataclass(frozen=True, slots=True)
class Step:
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
    Step("14-days", 14),
    Step("7-days", 7),
    Step("3-working-days", 3, working=True, deputy=True),
    Step("1-working-day", 1, working=True, deputy=True),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic letters may leave before the breaker stops sending (demand 10)."""

    per_case_and_letter: int = 1
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
    mode: str = "observe"  # observe, hold, automatic
    automatic: frozenset[str] = frozenset()  # letters that leave by themselves in mode automatic
    go_live: datetime | None = None
    leaving_is_erasure: bool = False  # law.md B-33
    only_person_lifts: bool = False  # a restriction stays until the person lifts it (law.md A-54, B-14)
    minor_age: int = 16
    certainty_auto: float = 0.0  # a company may ask for more than the classifier's own threshold
    ladder: tuple[Step, ...] = LADDER
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
    caps: Caps = Caps()
    processors: tuple[Processor, ...] = ()
    purposes: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    website: str = ""
    own_hosts: tuple[str, ...] = ()  # names of our own mail servers in Received lines
    authserv_ids: tuple[str, ...] = ()
    defects: tuple[str, ...] = field(default=())  # contradictions of the policy still open (law.md E)
