"""The weeks of many companies become one: who needs somebody first, and how all are doing together.

The rule kept here: counts, days and case references only; no requester is named, nor what anybody asked (F-10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reports.digest import NO_DAY, Digest, OpenCase, Week


@dataclass(frozen=True, slots=True)
class CompanyWeek:
    """One company's week. `numbers` is None while the company cannot work; `wrong`: `mailbot status` says more;
    `to_confirm`: settings that nobody confirmed; `running`: cases whose clock runs while the company cannot work."""

    tenant: str
    name: str
    numbers: Digest | None
    wrong: bool = False
    to_confirm: tuple[str, ...] = ()
    running: int = 0

    @property
    def is_calm(self) -> bool:
        """Nothing came in, nothing is open, nothing waits and nothing is wrong."""
        n = self.numbers
        return n is not None and not (n.arrived or n.open or self.needs_somebody)

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must do something for this company."""
        n = self.numbers
        waits = n is not None and bool(n.overdue or n.held or n.failed or n.unsure or self.for_a_person)
        return waits or self.wrong

    @property
    def for_a_person(self) -> tuple[str, ...]:
        """References that somebody must look at."""
        return tuple(case.ref for case in self.numbers.open if case.needs_person) if self.numbers else ()

    @property
    def next_day(self) -> OpenCase | None:
        """The open case whose day comes first."""
        return next(iter(self.numbers.dated), None) if self.numbers else None


@dataclass(frozen=True, slots=True)
class Roundup:
    """All companies, those in need first."""

    companies: tuple[CompanyWeek, ...]

    @property
    def working(self) -> tuple[CompanyWeek, ...]:
        """The companies that have numbers."""
        return tuple(one for one in self.companies if one.numbers)

    @property
    def waiting(self) -> tuple[CompanyWeek, ...]:
        """The companies that cannot work yet."""
        return tuple(one for one in self.companies if one.numbers is None)

    def total(self, name: str) -> int:
        """The sum over all companies of a number of their digests; of a list, how many are in it."""
        values = [getattr(one.numbers, name) for one in self.working]
        return sum(value if isinstance(value, int) else len(value) for value in values)

    @property
    def trend(self) -> tuple[Week, ...]:
        """What came in and was answered in all companies together, oldest week first."""
        weeks: dict[str, Week] = {}
        for one in self.working:
            for week in one.numbers.trend if one.numbers else ():
                so_far = weeks.get(week.week, Week(week.week, 0, 0))
                weeks[week.week] = Week(week.week, so_far.arrived + week.arrived, so_far.answered + week.answered)
        return tuple(weeks[name] for name in sorted(weeks))


def rounded_up(companies: Sequence[CompanyWeek]) -> Roundup:
    """The companies in the order in which somebody should look at them."""
    return Roundup(tuple(sorted(companies, key=_urgency)))


def _urgency(one: CompanyWeek) -> tuple[int, int, bool, bool, int, str]:
    """Behind what is too late comes whoever is not served: a mailbox that nobody reads has no days that could warn."""
    late = len(one.numbers.overdue) if one.numbers else 0
    next_day = one.next_day
    days = next_day.days_left if next_day else NO_DAY
    return (-late, -one.running, not one.wrong, not one.needs_somebody, days, one.name.lower())
