"""Properties of the legal clock from 1990 to 2100, with month arithmetic against an oracle written without dateutil."""

import calendar
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mailbot.deadlines import ZONES, ClockEvents, Rule, Terms, add_months, compute, end_of_day, explain, to_deadlines
from mailbot.deadlines.calendars import is_working_day

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))
COUNTRY = st.sampled_from(sorted(ZONES))
PROMISE = st.none() | st.integers(0, 60)
MONTH_RULES = st.sampled_from([rule for rule in Rule if rule not in (Rule.BREACH_72H, Rule.UAVG35_COURT_6W)])


@st.composite
def happenings(draw: st.DrawFn, received: datetime) -> ClockEvents:
    """Events within a good hundred days after receipt, in any order, each of them or not."""
    moment = st.none() | st.integers(0, 100 * 24).map(lambda hours: received + timedelta(hours=hours))
    return ClockEvents(draw(st.booleans()), *(draw(moment) for _ in range(3)))


@st.composite
def clocks(draw: st.DrawFn) -> Terms:
    received, country = draw(MOMENTS), draw(COUNTRY)
    events = draw(happenings(received))
    return compute(draw(MONTH_RULES), received, country, ZoneInfo(ZONES[country]), draw(PROMISE), events)


def oracle_month(day: date, months: int) -> date:
    """Month arithmetic written without dateutil."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 14))
def test_months_are_added_as_the_oracle_does(day: date, months: int) -> None:
    assert add_months(day, months) == oracle_month(day, months)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_one_month_is_28_to_31_days_and_ends_in_the_next_month(day: date) -> None:
    end = add_months(day, 1)
    assert 28 <= (end - day).days <= 31
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == 1


@given(clocks())
def test_nothing_is_worked_to_later_than_the_law_allows(terms: Terms) -> None:
    assert terms.notice_by is not None
    assert terms.act_by is not None
    assert terms.notice_by <= oracle_month(terms.received_on, 1)
    if terms.operating is None:
        assert (terms.statutory, terms.next_working_day_end, terms.suspended_days) == (None, None, None)
        assert terms.act_by <= terms.notice_by
    else:
        assert terms.statutory is not None
        assert terms.next_working_day_end is not None
        assert terms.act_by <= terms.operating <= terms.statutory <= terms.next_working_day_end


@given(clocks())
def test_the_law_without_events_is_the_plain_month_and_with_them_at_most_three_months_more(terms: Terms) -> None:
    if terms.statutory is not None and terms.suspended_days is not None:
        months = 3 if terms.extension_valid else 1
        assert terms.statutory == oracle_month(terms.received_on, months) + timedelta(days=terms.suspended_days)


@given(clocks())
def test_people_act_on_a_day_on_which_they_are_in(terms: Terms) -> None:
    assert terms.act_by is not None
    assert is_working_day(terms.act_by, terms.country, wide=True)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)), COUNTRY, PROMISE)
def test_a_later_receipt_never_has_an_earlier_deadline(
    received: datetime, later: timedelta, country: str, promise: int | None
) -> None:
    zone = ZoneInfo(ZONES[country])
    first, second = (compute(Rule.ART12_3, at, country, zone, promise) for at in (received, received + later))
    for name in ("statutory", "next_working_day_end", "operating", "notice_by", "act_by"):
        assert getattr(first, name) <= getattr(second, name)


@given(MOMENTS, COUNTRY, PROMISE, st.integers(-14 * 60, 14 * 60))
def test_the_offset_in_which_the_moment_is_written_changes_nothing(
    received: datetime, country: str, promise: int | None, minutes: int
) -> None:
    elsewhere = received.astimezone(timezone(timedelta(minutes=minutes)))
    zone = ZoneInfo(ZONES[country])
    assert compute(Rule.ART12_3, elsewhere, country, zone, promise) == compute(
        Rule.ART12_3, received, country, zone, promise
    )


@given(clocks())
def test_computing_again_from_the_same_local_day_gives_the_same_dates(terms: Terms) -> None:
    noon = datetime(terms.received_on.year, terms.received_on.month, terms.received_on.day, 12, tzinfo=terms.zone)
    plain = compute(terms.rule, noon, terms.country, terms.zone, terms.promise_days)
    again = compute(terms.rule, terms.received_at, terms.country, terms.zone, terms.promise_days)
    assert replace(plain, received_at=again.received_at) == again


@given(clocks(), st.integers(1, 500))
def test_the_question_may_come_late_but_never_shortens_the_law(terms: Terms, days: int) -> None:
    plain = compute(terms.rule, terms.received_at, terms.country, terms.zone, terms.promise_days)
    asked = terms.received_at + timedelta(days=days % 6)
    events = ClockEvents(True, asked, asked + timedelta(days=days))
    waited = compute(terms.rule, terms.received_at, terms.country, terms.zone, terms.promise_days, events)
    assert waited.operating is not None
    assert plain.operating is not None
    assert plain.operating <= waited.operating
    assert waited.notice_by == plain.notice_by
    assert waited.without_suspension == plain.operating


@given(MOMENTS, COUNTRY)
def test_a_breach_has_exactly_72_hours_whatever_the_clocks_do(received: datetime, country: str) -> None:
    terms = compute(Rule.BREACH_72H, received, country, ZoneInfo(ZONES[country]), None)
    assert isinstance(terms.statutory, datetime)
    assert isinstance(terms.next_working_day_end, datetime)
    assert terms.statutory.astimezone(UTC) - received == timedelta(hours=72)
    gift = terms.next_working_day_end.astimezone(UTC) - terms.statutory.astimezone(UTC)
    assert timedelta(0) < gift <= timedelta(hours=1)


@given(clocks())
def test_every_clock_can_be_told_and_kept(terms: Terms) -> None:
    assert "\n" not in explain(terms, "info@")
    due = {deadline.name: deadline for deadline in to_deadlines(terms, terms.zone)}
    for deadline in due.values():
        assert deadline.on is not None
        last_second = (deadline.due - timedelta(seconds=1)).astimezone(terms.zone)
        assert last_second.date() == deadline.on
        assert deadline.due.astimezone(terms.zone).date() == deadline.on + timedelta(days=1)
    assert due["act_by"].due <= due.get("operating", due["notice_by"]).due


@given(MOMENTS, COUNTRY)
def test_one_second_before_local_midnight_is_the_day_before(received: datetime, country: str) -> None:
    zone = ZoneInfo(ZONES[country])
    midnight = end_of_day(received.astimezone(zone).date(), zone)
    before, after = (compute(Rule.ART12_3, at, country, zone, 30) for at in (midnight - timedelta(seconds=1), midnight))
    assert after.received_on - before.received_on == timedelta(days=1)
