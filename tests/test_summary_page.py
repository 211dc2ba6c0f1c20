"""The Monday mail of a week in which everything happened, kept as people see it: its numbers, its words, its bars."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from builders import AT, STRANGER, a_case, a_policy
from company import shipped_letters
from mailbot.actions import Send
from mailbot.model import (
    Case,
    Disposition,
    Item,
    Kind,
    Letter,
    LetterState,
    MailRecord,
    Outcome,
    Pointer,
    Status,
)
from mailbot.reports.digest import Digest, digest, iso_week, week_bounds
from mailbot.reports.summary import summary_values

POLICY = a_policy(defects=("A-01: het beleid noemt geen termijn",), mode="observe")
WEEK = date(2026, 4, 15)
START, END = week_bounds(WEEK, POLICY.zone)
NOW = END + timedelta(hours=8)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PAGES = Path(__file__).parent / "pages"


def case_number(number: int, opened: datetime, due_in: float | None = 20, **changes: Any) -> Case:
    """A case that was opened at a moment, and whose days are so many days after now; None: its clock stands still."""
    case = a_case(changes.pop("kind", Kind.ACCESS), match=STRANGER)
    due = NOW + timedelta(days=due_in or 0)
    dates = (replace(one, due=due, on=due.date()) for one in case.deadlines if due_in is not None)
    return replace(
        case, ref=f"AVG-2026-{number:04}", received_at=opened, opened_at=opened, deadlines=tuple(dates), **changes
    )


def answered(number: int, opened: datetime, at: datetime, **changes: Any) -> Case:
    case = case_number(number, opened, **changes)
    return replace(case, deadlines=tuple(replace(one, met_at=at) for one in case.deadlines))


def the_cases() -> Iterator[Case]:
    """Both sides of every edge of the week, of its last day, and of the trend."""
    moments = [START - SECOND, START, END - SECOND, END, START - timedelta(weeks=11), START - timedelta(weeks=12)]
    yield from (case_number(1 + at, opened, 30 + at) for at, opened in enumerate(moments))
    for number, days in enumerate((-9, -1, 0, 1, 3, 4, 7, 8, 29, 31, 45), 20):
        yield case_number(number, START + HOUR, days, kind=Kind.ERASURE, needs=("kind",) if days == 8 else ())
    for number, at in enumerate((START - SECOND, START, START + 30 * HOUR, END - SECOND, END), 40):
        ended = answered(number, at - timedelta(days=number - 38), at, status=Status.CLOSED, closed_at=at)
        yield replace(ended, suppressed=("piet@klant.example", "+31612345678"))
        yield replace(ended, ref=f"AVG-2025-{number:04}", status=Status.ANONYMISED, anonymised_at=at, closed_at=None)
    yield answered(60, START, START + HOUR)
    yield case_number(61, START, None)
    held = case_number(62, START - HOUR)
    yield replace(held, work=replace(held.work, hold="er loopt een zaak"))
    years = [START - timedelta(days=364), datetime(2025, 4, 19, 9, tzinfo=UTC), datetime(2024, 1, 5, 9, tzinfo=UTC)]
    for number, since in enumerate(years, 70):
        item = Item(Kind.RESTRICTION, Outcome.GRANTED)
        yield replace(answered(number, since, since), items=(item,), restricted_since=since, status=Status.CLOSED)


def the_letters() -> Iterator[Letter]:
    """One in each state that a person must see, one without a case, and what was only observed before and after."""
    states = (LetterState.HELD, LetterState.FAILED, LetterState.UNSURE, LetterState.OBSERVED, LetterState.QUEUED)
    for number, state in enumerate(states, 80):
        ref = f"AVG-2026-{number:04}"
        letter = Letter(f"{ref}:ack", "kaviaarshop", ref, "acknowledgement", "", "requester", "", "", "", "")
        for at in (START - SECOND, START, END - SECOND, END):
            yield replace(letter, token=f"{letter.token}{at}", state=state, why="cap:per_hour", created_at=at)
        yield replace(letter, token=f"{state}:-", ref="", state=state, template="neutral", created_at=START)


def the_records() -> Iterator[MailRecord]:
    for at in (START - SECOND, START, END - SECOND, END):
        for disposition in get_args(Disposition):
            yield MailRecord("ab", "<1@klant.example>", Pointer("INBOX", 1, 1), at, at, disposition)


def the_week() -> Digest:
    return digest([*the_cases()], [*the_records()], [*the_letters()], START, END, NOW, POLICY)


@pytest.mark.parametrize("part", ["text", "html"])
def test_the_monday_mail_reads_as_it_is_kept(part: str) -> None:
    """`MAILBOT_WRITE_PAGES=1 pytest tests/test_summary_page.py` writes it anew; look at it in a browser first."""
    letters = shipped_letters()
    values = summary_values(the_week(), POLICY, letters.phrases["nl"], "12-ABCD-EFGH")
    send = Send("summary:2026-W16", "summary", POLICY.contact_email, "staff", LetterState.QUEUED)
    letter = letters.compose(send, None, POLICY, NOW, "00" * 32, values)
    told = letter.text if part == "text" else letter.html.partition("</style>")[2]
    path = PAGES / f"summary.{part.replace('text', 'txt')}"
    if os.environ.get("MAILBOT_WRITE_PAGES"):
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")


def test_the_trend_has_twelve_weeks_of_which_the_last_is_the_one_that_is_told() -> None:
    numbers = the_week()
    assert [week.week for week in numbers.trend][::11] == [iso_week(WEEK - timedelta(weeks=11)), iso_week(WEEK)]
    assert [(week.arrived, week.answered) for week in numbers.trend][::11] == [
        (1, 0),
        (numbers.arrived, numbers.answered),
    ]


def test_long_lists_end_where_a_mail_would_not_be_read_any_further() -> None:
    many = [case_number(100 + number, AT, number) for number in range(60)]
    told = digest(many, [], [], START, END, NOW, POLICY)
    values = summary_values(told, POLICY, shipped_letters().phrases["nl"])
    assert (len(values["open"]), len(values["deadline_bars"]), values["open_count"]) == (40, 12, "60")
