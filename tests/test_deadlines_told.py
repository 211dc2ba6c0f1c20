"""The clock as people read it and as a case keeps it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot.deadlines import ClockEvents, Rule, Terms, compute, end_of_day, explain, is_within, steps, to_deadlines

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def on_31_january(**change: Any) -> Terms:
    at = datetime(2026, 1, 31, 21, 14, tzinfo=UTC)
    given: dict[str, Any] = {"rule": Rule.ART12_3, "promise_days": 30, "events": ClockEvents()} | change
    return compute(given["rule"], at, "NL", AMSTERDAM, given["promise_days"], given["events"])


def test_the_clock_is_one_line_that_a_person_understands() -> None:
    assert explain(on_31_january(), "info@") == (
        "ontvangen za 31-01-2026 22:14 op info@ -> één maand: za 28-02 -> toezegging 30 dagen: ma 02-03"
        " -> wij werken naar vr 27-02"
    )


def test_the_line_names_no_promise_where_there_is_none() -> None:
    assert "toezegging" not in explain(on_31_january(promise_days=None))


def test_the_line_shows_that_the_clock_stands_still() -> None:
    events = ClockEvents(True, datetime(2026, 2, 1, tzinfo=UTC))
    assert "klok staat stil tot de identiteit vaststaat, bericht uiterlijk za 28-02" in explain(
        on_31_january(events=events)
    )


def test_the_line_shows_an_extension_and_one_that_came_too_late() -> None:
    in_time = ClockEvents(extended_at=datetime(2026, 2, 20, tzinfo=UTC))
    too_late = ClockEvents(extended_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert "verlengd tot di 28-04" in explain(on_31_january(events=in_time))
    assert "verlenging niet geldig" in explain(on_31_january(events=too_late))


def test_the_line_gives_the_year_when_it_is_not_that_of_receipt() -> None:
    terms = compute(Rule.ART12_3, datetime(2025, 12, 25, 13, tzinfo=UTC), "NL", AMSTERDAM, 30)
    assert explain(terms).endswith(
        "één maand: zo 25-01-2026 -> toezegging 30 dagen: za 24-01-2026 -> wij werken naar vr 23-01-2026"
    )


def test_the_line_of_a_breach_names_the_hour() -> None:
    terms = compute(Rule.BREACH_72H, datetime(2025, 10, 24, 8, 20, tzinfo=UTC), "NL", AMSTERDAM, None)
    assert "72 uur: ma 27-10 09:20" in explain(terms)


def test_the_line_of_the_court_names_the_day_and_the_working_day_after_it() -> None:
    on_a_holiday = compute(Rule.UAVG35_COURT_6W, datetime(2025, 3, 7, 10, tzinfo=UTC), "NL", AMSTERDAM, None)
    assert explain(on_a_holiday).endswith("zes weken voor de rechter: vr 18-04 -> eerstvolgende werkdag: di 22-04")
    assert "eerstvolgende" not in explain(
        compute(Rule.UAVG35_COURT_6W, datetime(2025, 3, 4, 10, tzinfo=UTC), "NL", AMSTERDAM, None)
    )


def test_the_line_begins_with_the_day_on_which_something_must_stop() -> None:
    assert "op info@ -> stoppen: za 31-01 -> één maand" in explain(on_31_january(rule=Rule.OBJECTION_21_1), "info@")
    assert "stoppen" not in explain(on_31_january())


def test_the_line_shows_the_days_that_the_clock_stood_still_and_the_day_without_them() -> None:
    waiting = ClockEvents(True, datetime(2026, 2, 1, tzinfo=UTC))
    one_day = ClockEvents(True, datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))
    assert "zonder stilstand: za 28-02" in explain(on_31_january(events=waiting))
    assert "1 dag stilgestaan: zo 01-03 (zonder: za 28-02)" in explain(on_31_january(events=one_day))


def test_the_steps_come_in_the_order_in_which_they_are_reasoned() -> None:
    def names(**change: Any) -> list[str]:
        return [step.name for step in steps(on_31_january(**change))]

    end = ["operating", "act_by"]
    assert names() == ["received", "month", "promise", "notice_by", "statutory", "next_working_day_end", *end]
    assert names(promise_days=None) == ["received", "month", "notice_by", "statutory", "next_working_day_end", *end]
    assert names(rule=Rule.DM_OBJECTION)[:3] == ["received", "stop_by", "month"]
    assert names(rule=Rule.BREACH_72H) == ["received", "breach"]
    assert names(rule=Rule.UAVG35_COURT_6W) == ["court", "next_working_day_end"]
    still = ClockEvents(True, datetime(2026, 2, 1, tzinfo=UTC))
    assert names(events=still) == ["received", "month", "promise", "notice_by", "without_suspension", "act_by"]


@pytest.mark.parametrize("rule", Rule)
def test_every_step_has_a_basis_and_an_explanation(rule: Rule) -> None:
    found = steps(on_31_january(rule=rule))
    assert found
    assert all(step.basis and step.explanation.endswith(".") for step in found)
    assert len({step.name for step in found}) == len(found)


def test_the_steps_name_the_promise_where_it_is_earlier_than_the_law() -> None:
    terms = compute(Rule.ART12_3, datetime(2026, 3, 1, 12, tzinfo=UTC), "NL", AMSTERDAM, 30)
    basis = {step.name: step.basis for step in steps(terms)}
    assert (basis["operating"], basis["statutory"]) == ("privacybeleid", "art. 12 lid 3 AVG")


def test_the_steps_name_the_law_where_it_is_earlier_than_the_promise_or_the_same() -> None:
    assert {step.name: step.basis for step in steps(on_31_january())}["operating"] == "art. 12 lid 3 AVG"


def test_after_an_extension_the_law_decides_and_the_promise_only_about_the_notice() -> None:
    events = ClockEvents(extended_at=datetime(2026, 3, 20, tzinfo=UTC))
    terms = compute(Rule.ART12_3, datetime(2026, 3, 1, 12, tzinfo=UTC), "NL", AMSTERDAM, 30, events)
    basis = {step.name: step.basis for step in steps(terms)}
    assert (basis["notice_by"], basis["operating"]) == ("privacybeleid", "art. 12 lid 3 AVG")


def test_a_deadline_is_due_when_its_day_ends_on_the_local_clock() -> None:
    kept = {deadline.name: deadline for deadline in to_deadlines(on_31_january(), AMSTERDAM)}
    assert set(kept) == {"operating", "act_by", "notice_by", "statutory"}
    assert kept["act_by"].on == date(2026, 2, 27)
    assert kept["act_by"].due == datetime(2026, 2, 27, 23, tzinfo=UTC)


def test_the_day_on_which_the_clocks_change_ends_at_midnight_too() -> None:
    assert end_of_day(date(2026, 3, 29), AMSTERDAM) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 28), AMSTERDAM) == datetime(2026, 3, 28, 23, tzinfo=UTC)


def test_a_breach_is_due_at_its_moment() -> None:
    (breach,) = to_deadlines(on_31_january(rule=Rule.BREACH_72H), AMSTERDAM)
    assert (breach.name, breach.on, breach.due) == ("breach", None, datetime(2026, 2, 3, 21, 14, tzinfo=UTC))


def test_an_objection_has_a_day_on_which_it_must_have_stopped() -> None:
    kept = {deadline.name: deadline for deadline in to_deadlines(on_31_january(rule=Rule.OBJECTION_21_1), AMSTERDAM)}
    assert kept["stop_by"].on == date(2026, 1, 31)


def test_while_the_clock_stands_still_only_the_notice_is_due() -> None:
    terms = on_31_january(events=ClockEvents(True, datetime(2026, 2, 1, tzinfo=UTC)))
    assert {deadline.name for deadline in to_deadlines(terms, AMSTERDAM)} == {"notice_by", "act_by"}


def test_the_term_of_the_person_for_the_court_is_not_ours_to_meet() -> None:
    assert to_deadlines(on_31_january(rule=Rule.UAVG35_COURT_6W), AMSTERDAM) == ()


def test_a_clock_that_stood_still_is_told_with_the_day_it_would_have_had_otherwise() -> None:
    asked = ClockEvents(True, datetime(2026, 2, 2, 10, tzinfo=UTC), datetime(2026, 2, 5, 10, tzinfo=UTC))
    by_name = {step.name: step for step in steps(on_31_january(events=asked))}
    assert by_name["without_suspension"].due == date(2026, 2, 28)
    assert by_name["operating"].due == date(2026, 3, 3)
    assert "without_suspension" not in {step.name for step in steps(on_31_january())}


def test_the_term_for_the_court_is_told_with_its_day() -> None:
    [court, rolled] = steps(on_31_january(rule=Rule.UAVG35_COURT_6W))
    assert (court.name, court.due) == ("court", date(2026, 3, 14))
    assert (rolled.name, rolled.due) == ("next_working_day_end", date(2026, 3, 16))


def ending(rule: Rule = Rule.ART12_3, **since: datetime) -> dict[str, str]:
    """How each step of a request of Sunday 1 March 2026 ends, after its date."""
    asked = "identity_asked_at" in since
    at, happened = datetime(2026, 3, 1, 12, tzinfo=UTC), ClockEvents(identity_doubt_reasonable=asked, **since)
    found = steps(compute(rule, at, "NL", AMSTERDAM, 30, happened))
    return {step.name: step.explanation.partition("2026")[2] for step in found}


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 10, tzinfo=UTC)


def test_the_steps_say_what_moved_the_day_or_was_tried_in_vain() -> None:
    asked, proven = {"identity_asked_at": day(3, 3)}, {"identity_received_at": day(3, 6)}
    extended = ", met de verlenging van twee maanden"
    vain = ", de verlenging kwam niet binnen de eerste maand en telt niet"
    assert ending()["statutory"] == "."
    assert ending(extended_at=day(3, 20))["statutory"] == f"{extended}."
    assert ending(extended_at=day(4, 1))["statutory"] == f"{extended}, later gemeld dan toegezegd."
    assert ending(extended_at=day(4, 2))["statutory"] == f"{vain}."
    both = ending(extended_at=day(3, 20), **asked, **proven)
    assert both["statutory"] == f"{extended} en met 3 dagen wachten op bewijs van identiteit."
    assert ending(**asked, **proven)["operating"] == (
        " is het antwoord weg: de vroegste van wet en toezegging, met 3 dagen wachten op bewijs van identiteit."
    )


def test_the_steps_say_what_a_notice_must_tell_and_that_it_is_due_although_the_clock_stands_still() -> None:
    assert ending()["notice_by"].endswith("een verlenging met redenen, of dat de identiteit nog ontbreekt.")
    refusal = ending(Rule.REFUSAL_12_4)["notice_by"]
    assert refusal.endswith(": de weigering, met redenen, klachtrecht en de weg naar de rechter.")
    assert ending()["act_by"] == ": die dag moet het gedaan zijn."
    assert ending(identity_asked_at=day(3, 3))["act_by"].endswith("maar dit bericht moet er dan zijn.")


def test_a_promise_that_ends_with_the_month_is_told_as_the_law() -> None:
    terms = compute(Rule.ART12_3, datetime(2026, 4, 1, 12, tzinfo=UTC), "NL", AMSTERDAM, 30)
    assert terms.promise == terms.month
    assert {step.basis for step in steps(terms) if step.name in ("operating", "notice_by")} == {"art. 12 lid 3 AVG"}


def test_a_day_that_the_law_would_roll_is_named_only_where_it_rolls() -> None:
    sunday = compute(Rule.ART12_3, datetime(2026, 2, 15, 12, tzinfo=UTC), "NL", AMSTERDAM, None)
    monday = compute(Rule.ART12_3, datetime(2026, 2, 16, 12, tzinfo=UTC), "NL", AMSTERDAM, None)
    rolled = [[one.due for one in steps(terms) if one.name == "next_working_day_end"] for terms in (sunday, monday)]
    assert rolled == [[date(2026, 3, 16)], []]


def test_a_day_is_kept_until_its_midnight_and_an_hour_up_to_itself() -> None:
    kept = {deadline.name: deadline for deadline in to_deadlines(on_31_january(), AMSTERDAM)}["act_by"]
    (breach,) = to_deadlines(on_31_january(rule=Rule.BREACH_72H), AMSTERDAM)
    second = timedelta(seconds=1)
    assert [is_within(kept, kept.due - second), is_within(kept, kept.due)] == [True, False]
    assert [is_within(breach, breach.due), is_within(breach, breach.due + second)] == [True, False]
