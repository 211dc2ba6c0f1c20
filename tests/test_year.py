"""A simulated year at several companies, against a model of its own of what their people must hear and when.

The model knows only the law's dates (from the second clock), the steps, working hours and when the program ran.
Arrivals and people are drawn by chance: some answer, some acknowledge, some do nothing; the program lies still for
days, the mail server is away for hours, and the clocks change twice. Nothing may be lost, come twice, or come late.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk import Desk
from test_deadlines_oracle import DAY, ZONES, closed, expected

from company import CONTACT, DEPUTY, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.model import Letter, LetterState, Outcome
from mailbot.model.letter import TOLD_TOGETHER
from mailbot.outgoing import gathering
from mailbot.store import Store
from mailbot.store.postgres import Database
from rig.postgres import Postgres

ACCESS = "welke persoonsgegevens hebt u van mij?"
#: name, days before, working days, deputy too: the usual steps.
STEPS = (
    ("14-days", 14, False, False),
    ("7-days", 7, False, False),
    ("3-working-days", 3, True, True),
    ("1-working-day", 1, True, True),
)


@dataclass
class Company:
    """Where a company is, and when its people are in."""

    country: str
    start: int = 9
    end: int = 17

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(ZONES[self.country])

    def morning(self, day: date, hour: int = 9) -> datetime:
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    def working(self, day: date) -> bool:
        return not closed(day, self.country, wide=True)

    def next_start(self, now: datetime) -> datetime:
        """`now` within working hours, else when they begin again."""
        local = now.astimezone(self.zone)
        if self.working(local.date()) and self.start <= local.hour < self.end:
            return now
        day = local.date() + (DAY if local.hour >= self.start else 0 * DAY)
        while not self.working(day):
            day += DAY
        return self.morning(day, self.start)


@dataclass
class Told:
    """A request, how its people behave, and what the model expects them to hear."""

    number: int
    arrives: datetime
    answered_after: timedelta | None
    acknowledges: bool
    ref: str = ""
    answered_at: datetime | None = None

    def act_by(self, company: Company) -> date:
        vector = {"jurisdiction": company.country, "rule": "ART12_3", "received": self.arrives.isoformat()}
        return date.fromisoformat(expected(vector | {"promise_days": 30, "events": {}})["act_by"])


def back(day: date, working_days: int, company: Company) -> date:
    while working_days:
        day -= DAY
        working_days -= company.working(day)
    return day


def steps_until(told: Told, company: Company, end: datetime) -> Iterator[tuple[datetime, str, bool]]:
    """Every step that may come: its moment, its name, and whether the deputy hears it.

    In order of urgency: around Easter two steps fall on one morning, and then the later one of `STEPS` is given.
    """
    act_by = told.act_by(company)
    for name, days, working, deputy in STEPS:
        day = back(act_by, days, company) if working else act_by - days * DAY
        if day > told.arrives.astimezone(company.zone).date():
            yield company.morning(day), f"{name}:{day}", deputy
    day = act_by + DAY
    while company.morning(day) <= end:
        yield company.morning(day), f"overdue:{day}", True
        day += DAY


def given(told: Told, company: Company, rounds: list[datetime]) -> Iterator[tuple[str, bool, datetime]]:
    """The steps that the program must give, each with the round in which it must become a call."""
    taken = ""
    coming = sorted(steps_until(told, company, rounds[-1]), key=lambda step: step[0])
    for at in (moment for moment in rounds if moment >= told.arrives):
        if told.answered_at and at > told.answered_at:
            return
        due = [step for step in coming if step[0] <= at]
        if due and due[-1][1] != taken:
            taken = due[-1][1]
            yield taken, due[-1][2], at


# --- the year ------------------------------------------------------------------------------------


def play(
    folder: Path, company: Company, chance: random.Random, count: int, days: int, hours: int, store: Store | None = None
) -> Year:
    """Let the program live through the days, and keep what left. Without a store, it remembers in memory."""
    start = datetime(2026, 1, 5, 0, 20, tzinfo=UTC)
    desk = Desk(folder, start, country=company.country, zone=company.zone, calendar=False)
    if store:
        desk.tenant.__dict__["store"] = store
    times = [start + timedelta(hours=hours * step) for step in range(days * 24 // hours)]
    stops = [chance.randrange(days) for _ in range(days // 40)]
    still = {first + more for first in stops for more in range(4)}
    rounds = [at for at in times if (at - start).days not in still]
    cases = [a_case(number, rounds, chance) for number in range(1, count + 1)]
    for told in cases:  # it is taken in when the program runs; there is no Received line, so that is its receipt
        told.arrives = next(at for at in rounds if at >= told.arrives)
    away: set[datetime] = set()
    for at in rounds:
        desk.down = chance.random() < 0.04
        away |= {at} if desk.down else set()
        desk.round(*(mail_of(told) for told in cases if told.arrives == at), at=at)
        name_cases(desk, cases, at)
        people_act(desk, cases, at)
    return Year(desk, company, cases, rounds, away)


def a_case(number: int, rounds: list[datetime], chance: random.Random) -> Told:
    arrives = chance.choice(rounds[: len(rounds) * 4 // 5])
    after = chance.choice([None, *(timedelta(days=chance.randint(0, 45)) for _ in range(7))])
    return Told(number, arrives, after, chance.random() < 0.3)


def mail_of(told: Told) -> bytes:
    return a_raw_mail(ACCESS, sender=f"p{told.number}@klant.test", number=told.number)


def name_cases(desk: Desk, cases: list[Told], at: datetime) -> None:
    for told in cases:
        if told.arrives == at:
            with desk.tenant.store.unit() as unit:
                [case] = unit.cases_of(f"p{told.number}@klant.test")
                told.ref = case.ref
            acting.act(desk.tenant, told.ref, events.IdentityConfirmed("els", "teruggebeld"), at)


def people_act(desk: Desk, cases: list[Told], at: datetime) -> None:
    """After the round: answers that are ripe, and acknowledgements of what just came."""
    for told in cases:
        if not told.ref or told.answered_at:
            continue
        if told.answered_after is not None and at >= told.arrives + told.answered_after:
            acting.act(desk.tenant, told.ref, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), at)
            told.answered_at = at
        elif told.acknowledges:
            acting.act(desk.tenant, told.ref, events.Acknowledged("els", ""), at)


def steps_in(letter: Letter) -> tuple[str, ...]:
    """The steps of the ladder that a mail to staff gives; a mail about what came in gives none."""
    tells_of_news = letter.template in (*TOLD_TOGETHER, gathering.TEMPLATE)
    return letter.covers if letter.audience == "staff" and not tells_of_news else ()


@dataclass
class Year:
    """What happened, and what the model says of it."""

    desk: Desk
    company: Company
    cases: list[Told]
    rounds: list[datetime]
    away: set[datetime]

    def left(self) -> Counter[tuple[str, str, str]]:
        """Each step that left in a mail: reference, step, person."""
        found: Counter[tuple[str, str, str]] = Counter()
        for letter in self.desk.letters(LetterState.SENT):
            for token in steps_in(letter):
                ref, _, step = token.removesuffix(":deputy").partition(":")
                found[ref, step, letter.to] += 1
        return found

    def must(self) -> dict[tuple[str, str, str], tuple[datetime, bool]]:
        """Each step that must be given: since when it waits, and whether events may have overtaken it."""
        found = {}
        for told in self.cases:
            steps = list(given(told, self.company, self.rounds))
            for (step, deputy, at), after in zip(steps, [*steps[1:], None], strict=False):
                patience = self.latest(at, told)
                over = [moment for moment in (told.answered_at, after[2] if after else None) if moment]
                overtaken = any(moment <= patience for moment in over) or patience >= self.rounds[-1]
                overtaken |= told.acknowledges and patience > at  # seen in the list before the mail came
                for person in (CONTACT, DEPUTY) if deputy else (CONTACT,):
                    found[told.ref, step, person] = (at, overtaken)
        return found

    def latest(self, at: datetime, told: Told) -> datetime:
        """By which round a step must have left: the next working hour, after the day's one mail, and not too late."""
        deadline = self.company.morning(told.act_by(self.company) + DAY, 0)
        start = self.company.next_start(at)
        tomorrow = self.company.next_start(self.company.morning(start.astimezone(self.company.zone).date() + DAY, 0))
        moment = at if deadline <= start else start if deadline <= tomorrow else tomorrow
        ran = [one for one in self.rounds if one >= moment and one not in self.away]
        return ran[1] if len(ran) > 1 else self.rounds[-1]


def check(year: Year) -> None:
    left, must = year.left(), year.must()
    assert [key for key, times in left.items() if times > 1] == [], "twice"
    assert set(left) - set(must) == set(), "never asked for"
    assert [key for key, (_, overtaken) in must.items() if not overtaken and key not in left] == [], "lost"
    assert list(late(year, must)) == []
    assert list(crowded(year)) == []
    assert len(left) > len(year.cases)


def late(year: Year, must: dict[tuple[str, str, str], tuple[datetime, bool]]) -> Iterator[tuple[str, str, datetime]]:
    """What left after the last round that the model allows."""
    by_ref = {told.ref: told for told in year.cases}
    for letter in year.desk.letters(LetterState.SENT):
        for token in steps_in(letter):
            ref, _, step = token.removesuffix(":deputy").partition(":")
            at, _ = must[ref, step, letter.to]
            assert letter.settled_at is not None
            if letter.settled_at > year.latest(at, by_ref[ref]) + timedelta(hours=8):
                yield ref, step, letter.settled_at


def crowded(year: Year) -> Iterator[tuple[str, date]]:
    """Days on which somebody got more than one mail of warnings although none of them was about a deadline at hand."""
    mails: Counter[tuple[str, date]] = Counter()
    for letter in year.desk.letters(LetterState.SENT):
        if steps_in(letter) and not any("overdue" in one for one in letter.covers):
            assert letter.created_at is not None
            mails[letter.to, letter.created_at.astimezone(year.company.zone).date()] += 1
    yield from (key for key, times in mails.items() if times > 2)


LONG = {"count": 24, "days": 120}


@pytest.mark.parametrize(
    ("country", "seed", "length"),
    [
        ("NL", 1, {"count": 14, "days": 85}),
        ("BE", 2, {"count": 8, "days": 50}),
        pytest.param("NL", 1, LONG, marks=pytest.mark.soak),
        pytest.param("BE", 2, LONG, marks=pytest.mark.soak),
    ],
    ids=["NL", "BE", "NL, a third of a year", "BE, a third of a year"],
)
def test_some_months_lose_no_step_give_none_twice_and_none_late(
    tmp_path: Path, country: str, seed: int, length: dict[str, int]
) -> None:
    check(play(tmp_path, Company(country), random.Random(seed), hours=6, **length))


@pytest.mark.real
def test_six_weeks_on_postgresql_do_neither(tmp_path: Path, postgres: Postgres) -> None:
    with closing(Database(lambda: postgres.url)) as database:
        store = database.store("kaviaarshop")
        check(play(tmp_path, Company("NL"), random.Random(3), count=8, days=45, hours=6, store=store))


@pytest.mark.soak
@pytest.mark.parametrize(("country", "seed"), [("NL", 11), ("BE", 12), ("FR", 13), ("NL", 14)])
def test_a_year_with_two_thousand_cases(tmp_path: Path, country: str, seed: int) -> None:
    check(play(tmp_path, Company(country), random.Random(seed), count=500, days=366, hours=3))


@pytest.mark.soak
@pytest.mark.real
@pytest.mark.parametrize(("country", "seed"), [("NL", 11), ("BE", 12)])
def test_a_year_with_a_thousand_cases_on_postgresql(
    tmp_path: Path, country: str, seed: int, postgres: Postgres
) -> None:
    with closing(Database(lambda: postgres.url)) as database:
        store = database.store("kaviaarshop")
        check(play(tmp_path, Company(country), random.Random(seed), count=500, days=366, hours=3, store=store))
