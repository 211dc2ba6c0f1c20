"""The numbers of a week: what was answered, what is open, and nothing that only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk, act, local

from builders import AT, a_policy
from builders import a_case as a_first_mail
from company import ACCESS, MARKETING, a_raw_mail
from mailbot import events
from mailbot.model import Case, Deadline, DeadlineName, Kind, LetterState
from mailbot.reports import weekly
from mailbot.reports.digest import Digest, digest, iso_week, week_bounds
from mailbot.reports.summary import summary_values

WEEK = week_bounds(date(2026, 2, 3), a_policy().zone)
TUESDAY = datetime(2026, 2, 3, 9, tzinfo=UTC)


def a_case(*met: DeadlineName, at: datetime = TUESDAY, kind: Kind = Kind.ACCESS) -> Case:
    """A case of which the dates of these names are met."""
    case = replace(a_first_mail(kind), opened_at=AT)
    deadlines = tuple(replace(one, met_at=at) if one.name in met else one for one in case.deadlines)
    return replace(case, deadlines=deadlines)


def numbers(*cases: Case) -> Digest:
    return digest(cases, [], [], *WEEK, WEEK[1], a_policy())


@pytest.mark.parametrize("met", [("stop_by",), ("notice_by",), ("breach",)])
def test_a_stop_a_notice_and_a_decision_about_a_breach_are_no_answer(met: Sequence[DeadlineName]) -> None:
    told = numbers(a_case(*met, kind=Kind.BREACH_REPORT if "breach" in met else Kind.DIRECT_MARKETING))
    assert (told.answered, told.median_days, told.trend[-1].answered) == (0, None, 0)


def test_an_answer_counts_in_the_week_in_which_it_left_whatever_was_met_before() -> None:
    case = a_case("notice_by", at=TUESDAY - timedelta(days=14))
    answered = replace(case, deadlines=tuple(replace(one, met_at=one.met_at or TUESDAY) for one in case.deadlines))
    assert (numbers(answered).answered, numbers(answered).trend[-1].answered) == (1, 1)


def test_a_clock_that_was_set_back_gives_no_days_below_zero() -> None:
    early = a_case("act_by", "operating", "statutory", at=TUESDAY)
    assert numbers(replace(early, received_at=TUESDAY + timedelta(hours=9))).median_days == 0


def test_a_case_whose_clock_stands_still_is_not_called_answered() -> None:
    notice = Deadline("notice_by", TUESDAY, TUESDAY.date(), "", "", TUESDAY)
    told = numbers(replace(a_case(), deadlines=(notice,)), a_case("act_by", "operating", "statutory"))
    values = summary_values(told, a_policy(), {"kind_names": {}, "letters": {}, "held": {}})
    assert values["open"] == [
        "AVG-2026-0001 (access): de klok staat stil",
        "AVG-2026-0001 (access): beantwoord, nog te sluiten",
    ]
    assert told.dated == told.overdue == ()


def test_who_wants_no_advertising_is_counted_once_whatever_numbers_and_addresses_he_gives() -> None:
    case = replace(a_case(), opened_at=TUESDAY, suppressed=("piet@klant.example", "p@werk.example", "+31612345678"))
    assert numbers(case).suppressed == 1


@pytest.mark.parametrize(
    ("day", "week", "hours"),
    [(date(2026, 3, 24), "2026-W13", 167), (date(2026, 10, 20), "2026-W43", 169), (date(2027, 1, 2), "2026-W53", 168)],
)
def test_a_week_ends_at_the_companys_midnight_whatever_the_season_and_the_year(
    day: date, week: str, hours: int
) -> None:
    start, end = (moment.astimezone(UTC) for moment in week_bounds(day, a_policy().zone))
    assert (iso_week(day), end - start) == (week, timedelta(hours=hours))


def test_a_mail_of_the_first_hour_of_monday_is_counted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 0, 10))
    desk.round(a_raw_mail(ACCESS))
    assert week_of(desk).mails == 1


def test_a_letter_that_failed_is_told_until_its_case_is_closed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2))
    desk.refused.add("weg@klant.test")
    desk.round(a_raw_mail(MARKETING, "weg@klant.test"))
    assert desk.letters(LetterState.FAILED)
    assert week_of(desk).failed == ("AVG-2026-0001",)
    act(desk, events.Corrected("els", (Kind.NOT_A_REQUEST,)))
    assert week_of(desk).failed == ()


def week_of(desk: Desk) -> Digest:
    with desk.tenant.store.unit() as unit:
        return weekly.numbers(unit, desk.tenant.policy, date(2026, 3, 2), local(2026, 3, 9))
