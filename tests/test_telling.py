"""Days, moments and terms as a letter tells them: on the company's own clock, and over only once they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from builders import AT, a_case, a_policy
from mailbot.letters.in_words import date_in_words, days_left, hours_left_in_words, moment_in_words, passed
from mailbot.model import Kind


def test_the_heaviest_term_that_is_over_is_told_and_none_on_its_last_day() -> None:
    policy = a_policy(promise_days=14)  # Saturday 14 February, so people act on Friday; the month ends on the 28th
    case = a_case(Kind.ACCESS, policy=policy)
    days = [(2, 13), (2, 14), (2, 15), (2, 28), (3, 1)]
    told = [passed(case, policy, datetime(2026, month, day, 22, 30, tzinfo=UTC)) for month, day in days]
    assert told == ["", "act_by", "promise", "promise", "law"]


def test_the_hours_of_a_breach_are_counted_down_whole_and_have_no_day() -> None:
    left = (timedelta(hours=72), timedelta(hours=2, seconds=-1), timedelta(0), timedelta(seconds=-1))
    assert [hours_left_in_words(one) for one in left] == [
        "nog 72 uur",
        "nog 1 uur",
        "nog 0 uur",
        "de 72 uur zijn voorbij",
    ]
    breach = a_case(Kind.BREACH_REPORT).deadline("breach")
    assert breach
    assert (date_in_words(breach, "nl"), days_left(breach, a_policy(), AT), days_left(None, a_policy(), AT)) == (
        "",
        None,
        None,
    )


def test_a_moment_is_told_in_dutch_on_the_companys_own_clock() -> None:
    assert moment_in_words(AT, a_policy()) == "zaterdag 31 januari 2026 om 22:14"
