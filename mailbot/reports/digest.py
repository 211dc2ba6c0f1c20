"""Cases and a week become the numbers of the weekly summary. No names, no addresses: references only (F-10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from mailbot.dates import HOURS_TOLD
from mailbot.model import Case, Letter, LetterState, MailRecord, Policy
from mailbot.model.order import first_due
from mailbot.plan.retention import restricts
from mailbot.reports.figures import answered_at, days_to_answer, spread

#: The `days_left` of a case that is answered, or whose clock stands still: it comes after all others.
NO_DAY = 9999


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One line of what is still open. `days_left` counts to the day on which people must act, of a breach to the
    day of its hour; negative is overdue, as is a breach as soon as its hour is over. `hour` is that of a breach, on the
    company's clock; `time_left` how far away it is, while that is told in hours."""

    ref: str
    kinds: tuple[str, ...]
    act_by: date | None
    days_left: int
    needs_person: bool
    hour: datetime | None = None
    time_left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Restricted:
    """A restriction on request, in force for a year or longer. `asked`: this week another year of it was full."""

    ref: str
    since: date
    asked: bool


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the trend: how many requests came in, how many were answered."""

    week: str
    arrived: int
    answered: int


#: So many weeks the trend looks back, the week of the summary included.
TREND_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Digest:
    """The week in numbers."""

    week: str
    first_day: date
    last_day: date
    mails: int
    arrived: int
    by_kind: tuple[tuple[str, int], ...]
    closed: int
    answered: int
    median_days: float | None
    slowest_days: float | None  # 90th percentile
    open: tuple[OpenCase, ...]
    held: tuple[str, ...]  # references whose letter waits for a person
    observed: int  # letters that would have left had the company not been observing
    failed: tuple[str, ...]
    unsure: tuple[str, ...]
    machine: int
    unreadable: int
    suppressed: int  # requests with which an address or number went onto the list
    defects: tuple[str, ...]
    forgotten: tuple[str, ...] = ()  # references made anonymous this week
    held_why: tuple[tuple[str, str], ...] = ()  # the same references as `held`, each with why its letter waits
    observed_as: tuple[tuple[str, int], ...] = ()  # what would have been sent this week, by letter
    trend: tuple[Week, ...] = ()  # oldest week first
    on_hold: tuple[str, ...] = ()  # under a legal hold: nothing of them is erased or made anonymous
    restricted: tuple[Restricted, ...] = ()  # for a year or longer, oldest first

    @property
    def overdue(self) -> tuple[OpenCase, ...]:
        """Open cases past the day on which people had to act."""
        return tuple(case for case in self.open if case.days_left < 0)

    @property
    def dated(self) -> tuple[OpenCase, ...]:
        """Open cases of which a day is to come, or was missed; first day first."""
        return tuple(case for case in self.open if case.days_left != NO_DAY)


def iso_week(day: date) -> str:
    """The ISO 8601 week, as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_number(iso: str) -> str:
    """Of 2026-W07 the number as a person says it: 7."""
    return str(int(iso.partition("-W")[2]))


def dutch_week(iso: str) -> str:
    """2026-W07 as it stands behind the word week: 7 van 2026."""
    return f"{week_number(iso)} van {iso.partition('-')[0]}"


def week_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The midnights with which the week of `day` begins and ends, in the company's zone."""
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), zone)
    return monday, monday + timedelta(days=7)  # on the clock of the zone, whatever the season


def digest(
    cases: Sequence[Case],
    seen: Sequence[MailRecord],
    waiting: Sequence[Letter],
    start: datetime,
    end: datetime,
    now: datetime,
    policy: Policy,
) -> Digest:
    """The numbers of the week from `start` to `end`, with what is open at `now`."""
    arrived = [case for case in cases if case.opened_at and start <= case.opened_at < end]
    days = [took for case in _answered(cases, start, end) if (took := days_to_answer(case)) is not None]
    middle, slowest = spread(days)
    week = [record for record in seen if start <= record.recorded_at < end and record.disposition != "canary"]
    first = policy.day_of(start)
    kinds = Counter(str(kind) for case in arrived for kind in case.kinds)
    return Digest(
        week=iso_week(first),
        first_day=first,
        last_day=first + timedelta(days=6),
        mails=len(week),
        arrived=len(arrived),
        by_kind=tuple(kinds.most_common()),
        closed=sum(1 for case in cases if case.closed_at and start <= case.closed_at < end),
        answered=len(days),
        median_days=middle,
        slowest_days=slowest,
        open=tuple(sorted(_all_open(cases, policy, now), key=lambda line: line.days_left)),
        held=_refs(waiting, LetterState.HELD),
        observed=sum(1 for letter in waiting if letter.state is LetterState.OBSERVED),
        failed=_refs(waiting, LetterState.FAILED),
        unsure=_refs(waiting, LetterState.UNSURE),
        machine=sum(1 for record in week if record.disposition == "automatic"),
        unreadable=sum(1 for record in week if record.disposition == "unreadable"),
        suppressed=sum(1 for case in arrived if case.suppressed),
        defects=policy.defects,
        forgotten=tuple(sorted(case.ref for case in cases if case.anonymised_at and start <= case.anonymised_at < end)),
        on_hold=tuple(sorted(case.ref for case in cases if case.work.hold)),
        restricted=tuple(sorted(_restricted(cases, first, policy), key=lambda one: (one.since, one.ref))),
        held_why=tuple(sorted({(one.ref, one.why) for one in waiting if one.state is LetterState.HELD and one.ref})),
        observed_as=_observed(waiting, start, end),
        trend=tuple(_trend(cases, first, policy.zone)),
    )


def _observed(waiting: Sequence[Letter], start: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
    """What the company would have sent this week had it not been observing."""
    written = (one for one in waiting if one.state is LetterState.OBSERVED and one.created_at)
    return tuple(Counter(one.template for one in written if start <= (one.created_at or end) < end).most_common())


def _restricted(cases: Sequence[Case], monday: date, policy: Policy) -> Iterator[Restricted]:
    for case in cases:
        if case.restricted_since and restricts(case):
            since = policy.day_of(case.restricted_since)
            years = relativedelta(monday + timedelta(days=6), since).years
            if years:
                yield Restricted(case.ref, since, since + relativedelta(years=years) >= monday)


def _trend(cases: Sequence[Case], monday: date, zone: ZoneInfo) -> Iterator[Week]:
    for back in range(TREND_WEEKS - 1, -1, -1):
        start, end = week_bounds(monday - timedelta(weeks=back), zone)
        arrived = sum(1 for case in cases if case.opened_at and start <= case.opened_at < end)
        yield Week(iso_week(start.date()), arrived, len(_answered(cases, start, end)))


def _refs(letters: Sequence[Letter], state: LetterState) -> tuple[str, ...]:
    return tuple(sorted({letter.ref or letter.template for letter in letters if letter.state is state}))


def _answered(cases: Sequence[Case], start: datetime, end: datetime) -> list[Case]:
    return [case for case in cases if (at := answered_at(case)) and start <= at < end]


def _all_open(cases: Sequence[Case], policy: Policy, now: datetime) -> Iterator[OpenCase]:
    yield from (_open(case, policy, now) for case in cases if case.is_open)


def _open(case: Case, policy: Policy, now: datetime) -> OpenCase:
    first = first_due(case)
    due = first or case.deadline("act_by")
    on = (due.on or policy.day_of(due.due)) if due else None
    left = NO_DAY if first is None or on is None else (on - policy.day_of(now)).days
    late = first is not None and first.due <= now
    line = OpenCase(case.ref, tuple(map(str, case.kinds)), on, min(left, -1) if late else left, bool(case.needs))
    if first is None or first.on:
        return line
    away = first.due - now
    return replace(line, hour=first.due.astimezone(policy.zone), time_left=away if abs(away) < HOURS_TOLD else None)
