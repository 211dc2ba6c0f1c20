"""The legal clock: from receipt, country, promise and what happened since to every date that matters.

The rule kept here: a date is never later than the law allows, and where authorities differ it is the earlier reading.
Days are civil days in the controller's own zone (Regulation 1182/71 art. 3(2)(c)); hours are counted in UTC.
The clock works towards dates that never roll forward over a weekend or holiday (A-17); what the law would
allow on top is known as `next_working_day_end` and is for lawyers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from mailbot.deadlines.calendars import roll_back, roll_forward, roll_forward_in_court
from mailbot.errors import Usage

#: Asking for identity later than this after receipt is not "without undue delay" and stops no clock (A-37).
IDENTITY_ASK_MAX_DAYS = 5
BREACH_HOURS = timedelta(hours=72)  # GDPR art. 33(1)
COURT_TERM = timedelta(weeks=6)  # UAVG art. 35(2)


class Rule(StrEnum):
    """Which term runs."""

    ART12_3 = "ART12_3"  # answer to a request under GDPR arts. 15-22
    REFUSAL_12_4 = "REFUSAL_12_4"  # saying no, in whole or in part
    BREACH_72H = "BREACH_72H"  # telling the authority about a breach, art. 33
    UAVG35_COURT_6W = "UAVG35_COURT_6W"  # the person's own term for the Dutch court
    DM_OBJECTION = "DM_OBJECTION"  # art. 21(2)-(3)
    OBJECTION_21_1 = "OBJECTION_21_1"
    CONSENT_WITHDRAWAL = "CONSENT_WITHDRAWAL"  # art. 7(3); the month applies by analogy


@dataclass(frozen=True, slots=True)
class ClockEvents:
    """What happened since receipt, as far as the clock cares. All moments are aware.

    `identity_received_at` is the moment of *sufficient* proof: an insufficient one leaves the clock standing.
    """

    identity_doubt_reasonable: bool = False
    identity_asked_at: datetime | None = None
    identity_received_at: datetime | None = None
    extended_at: datetime | None = None  # a notice of extension with its reasons was sent

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(moment := getattr(self, field.name), datetime):
                require_aware(moment, field.name)


NOTHING_HAPPENED = ClockEvents()


@dataclass(frozen=True, slots=True)
class Terms:
    """Every date of one clock. A date means the end of that day in the zone of `received_at`.

    For BREACH_72H `statutory`, `next_working_day_end`, `operating` and `notice_by` are moments.
    """

    rule: Rule
    country: str
    received_at: datetime  # on the controller's own clock
    received_on: date
    month: date | None = None  # one month after receipt, art. 12(3)
    promise_days: int | None = None
    promise: date | None = None  # what the company's own policy promises
    promise_months: int | None = None  # the policy's outer limit
    statutory: date | datetime | None = None  # not rolled; None while the clock stands still
    next_working_day_end: date | datetime | None = None  # Regulation 1182/71 art. 3(4); never worked towards
    operating: date | datetime | None = None  # what we work to; None while the clock stands still
    without_suspension: date | datetime | None = None  # `operating` if no clock ever stood still
    notice_by: date | datetime | None = None  # something with content has left by then, whatever happens
    act_by: date | None = None  # the last working day for people
    extension_valid: bool | None = None  # None: no notice of extension, or none is possible
    promise_missed: bool = False  # the notice of extension was lawful but later than the promise
    limit_decides: bool = False  # after an extension the policy's outer limit comes before the law's
    suspended_days: int | None = 0  # None: the clock stands still
    stop_by: date | None = None  # arts. 7(3), 21: the processing has stopped on this day

    @property
    def zone(self) -> ZoneInfo:
        """The controller's zone."""
        assert isinstance(self.received_at.tzinfo, ZoneInfo)
        return self.received_at.tzinfo


def compute(
    rule: Rule,
    received_at: datetime,
    country: str,
    zone: ZoneInfo,
    promise_days: int | None,
    events: ClockEvents = NOTHING_HAPPENED,
    promise_months: int | None = None,
) -> Terms:
    """All dates of a clock that started at `received_at` (aware; A-02 to A-04) for a controller in `country`.

    `promise_days` after receipt the policy promises an answer; `promise_months` after it the last one, extended or not.

    For BREACH_72H that is the moment of awareness, for UAVG35_COURT_6W the moment the person got the answer.
    Raises Usage for a moment without zone and for a country without calendar.
    """
    local = require_aware(received_at, "received").astimezone(zone)
    blank = Terms(rule, country, local, local.date(), promise_months=promise_months)
    match rule:
        case Rule.BREACH_72H:
            return _breach(blank)
        case Rule.UAVG35_COURT_6W:
            return _court(blank)
        case Rule.REFUSAL_12_4:  # a refusal waits for nothing and cannot be extended
            return _month(blank, promise_days, NOTHING_HAPPENED)
        case Rule.ART12_3:
            return _month(blank, promise_days, events)
        case Rule.DM_OBJECTION | Rule.OBJECTION_21_1 | Rule.CONSENT_WITHDRAWAL:  # stopping has no grace period
            return replace(_month(blank, promise_days, events), stop_by=blank.received_on)


@lru_cache(maxsize=512)
def add_months(day: date, months: int) -> date:
    """The same day number, or the last day of a shorter month (Regulation 1182/71 art. 3(2)(c))."""
    return day + relativedelta(months=months)


def require_aware(moment: datetime, name: str) -> datetime:
    """`moment`, if it says in which zone it is meant; guessing would cost a day."""
    if moment.utcoffset() is None:
        raise Usage(f'"{name}" has no time zone: write the offset, for example 2026-01-31T22:14:00+01:00.')
    return moment


def _month(blank: Terms, promise_days: int | None, events: ClockEvents) -> Terms:
    month = add_months(blank.received_on, 1)
    promise = None if promise_days is None else blank.received_on + timedelta(days=promise_days)
    notice_by = month if promise is None else min(month, promise)
    timed = replace(blank, month=month, promise_days=promise_days, promise=promise, notice_by=notice_by)
    extended = _extended(timed, month, notice_by, events)
    return _suspended(extended, _suspended_days(blank.received_on, blank.zone, events))


def _extended(timed: Terms, month: date, notice_by: date, events: ClockEvents) -> Terms:
    """Two further months, if the person was told within the first. Of the two ways to count them we work to the months
    after the first one's end, which is never the later day (A-31). A policy that promises less moves the answer no
    further than that; it makes no extension by itself (A-23)."""
    if events.extended_at is None:
        return replace(timed, statutory=month, without_suspension=notice_by)
    told_on = _on(events.extended_at, timed.zone)
    if not timed.received_on <= told_on <= month:
        return replace(timed, statutory=month, without_suspension=notice_by, extension_valid=False)
    lawful = add_months(month, 2)
    limit = lawful if timed.promise_months is None else add_months(timed.received_on, timed.promise_months)
    return replace(
        timed,
        statutory=add_months(timed.received_on, 3),
        without_suspension=min(lawful, limit),
        extension_valid=True,
        promise_missed=told_on > notice_by,
        limit_decides=limit < lawful,
    )


def _suspended(timed: Terms, days: int | None) -> Terms:
    """Clamp to the month first, then add the days that the clock stood still (A-37)."""
    assert timed.statutory is not None
    assert timed.without_suspension is not None
    if days is None:
        assert timed.notice_by is not None
        act_by = roll_back(timed.notice_by, timed.country)
        return replace(timed, statutory=None, act_by=act_by, suspended_days=None)
    statutory = timed.statutory + timedelta(days=days)
    operating = timed.without_suspension + timedelta(days=days)
    return replace(
        timed,
        statutory=statutory,
        next_working_day_end=roll_forward(statutory, timed.country),
        operating=operating,
        act_by=roll_back(operating, timed.country),
        suspended_days=days,
    )


def _suspended_days(received_on: date, zone: ZoneInfo, events: ClockEvents) -> int | None:
    """Days between the first question and sufficient proof; None while that is awaited.

    Only reasonable doubt about the identity stops the clock, and only if the question came without undue delay.
    Asking which processing is meant never does: recital 63 speaks of large amounts of data (A-39).
    """
    if events.identity_asked_at is None or not events.identity_doubt_reasonable:
        return 0
    asked_on = max(_on(events.identity_asked_at, zone), received_on)
    if (asked_on - received_on).days > IDENTITY_ASK_MAX_DAYS:
        return 0
    if events.identity_received_at is None:
        return None
    return max((_on(events.identity_received_at, zone) - asked_on).days, 0)


def _breach(blank: Terms) -> Terms:
    """72 real hours, through weekend, holiday and change of the clocks (A-56, A-57).

    The strict reading of Regulation 1182/71 art. 3(1) does not count the running hour; known, not used.
    """
    aware_at = blank.received_at.astimezone(UTC)
    next_hour = aware_at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    due = (aware_at + BREACH_HOURS).astimezone(blank.zone)
    strict = (next_hour + BREACH_HOURS).astimezone(blank.zone)
    return replace(
        blank, statutory=due, next_working_day_end=strict, operating=due, without_suspension=due, notice_by=due
    )


def _court(blank: Terms) -> Terms:
    """Six weeks for the person, under the Algemene termijnenwet; nothing that we work towards (A-59)."""
    if blank.country != "NL":
        raise Usage(f"UAVG35_COURT_6W is a term of Dutch law: it does not exist for a company in {blank.country}.")
    due = blank.received_on + COURT_TERM
    return replace(blank, statutory=due, next_working_day_end=roll_forward_in_court(due))


def _on(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
