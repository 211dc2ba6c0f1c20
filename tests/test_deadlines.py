"""The legal clock: the 68 vectors and the rules most likely to go wrong."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot.deadlines import ZONES, ClockEvents, Rule, answer_vector, compute

VECTORS = json.loads((Path(__file__).parent / "data" / "deadlines.json").read_text())["vectors"]
AMSTERDAM = ZoneInfo(ZONES["NL"])


def ask(received: str, country: str = "NL", rule: str = "ART12_3", promise: int | None = 30, **events: Any) -> Any:
    return answer_vector(
        {
            "id": "q",
            "rule": rule,
            "jurisdiction": country,
            "received": received,
            "promise_days": promise,
            "events": events,
        }
    )


# --- the vectors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_vector_gets_exactly_what_it_expects(vector: dict[str, Any]) -> None:
    question = {key: value for key, value in vector.items() if key != "expected"}
    assert answer_vector(question) == {"id": vector["id"], **vector["expected"]}


def test_there_are_68_vectors() -> None:
    assert len(VECTORS) == 68


# --- the rules most likely to be implemented wrongly (rules H) ---------------------------


def test_h01_the_month_is_clamped_to_the_last_day_and_does_not_overflow() -> None:
    assert ask("2026-01-31T10:00:00+01:00")["statutory_deadline"] == "2026-02-28"
    assert ask("2028-01-31T10:00:00+01:00")["statutory_deadline"] == "2028-02-29"


def test_h02_the_last_day_of_a_month_is_not_sticky() -> None:
    assert ask("2025-02-28T10:00:00+01:00")["statutory_deadline"] == "2025-03-28"


def test_h03_the_day_of_receipt_is_the_anchor() -> None:
    assert ask("2025-03-05T10:00:00+01:00")["statutory_deadline"] == "2025-04-05"


def test_h04_the_earlier_of_promise_and_month_is_worked_to() -> None:
    assert ask("2025-02-01T10:00:00+01:00")["operating_deadline"] == "2025-03-01"
    assert ask("2026-03-01T10:00:00+01:00")["operating_deadline"] == "2026-03-31"


def test_h05_the_date_is_that_of_the_real_zone() -> None:
    answer = ask("2025-10-26T22:30:00+00:00")
    assert (answer["received_local_date"], answer["operating_deadline"]) == ("2025-10-26", "2025-11-25")
    assert answer["statutory_deadline"] == "2025-11-26"


def test_h06_the_operating_deadline_never_rolls_though_the_law_does() -> None:
    answer = ask("2026-01-31T22:14:00+01:00")
    assert answer["operating_deadline"] == "2026-02-28"
    assert answer["act_by"] == "2026-02-27"
    assert answer["next_working_day_end"] == "2026-03-02"


def test_h07_koningsdag_moves_liberation_day_is_yearly_and_good_friday_is_ordinary() -> None:
    assert ask("2031-03-26T10:00:00+01:00")["next_working_day_end"] == "2031-04-28"
    assert ask("2026-04-05T10:00:00+02:00")["next_working_day_end"] == "2026-05-06"
    assert ask("2024-02-29T10:00:00+01:00")["next_working_day_end"] == "2024-03-29"


def test_h08_the_calendar_is_that_of_the_controller() -> None:
    assert ask("2025-10-11T10:00:00+02:00", "NL")["next_working_day_end"] == "2025-11-11"
    assert ask("2025-10-11T10:00:00+02:00", "BE")["next_working_day_end"] == "2025-11-12"


def test_h09_forwarding_inside_does_not_restart_the_clock() -> None:
    answer = ask("2026-03-10T09:00:00+01:00", "FR", promise=None, forwarded_internally_at="2026-03-17T09:00:00+01:00")
    assert answer["operating_deadline"] == "2026-04-10"


def test_h10_an_extension_told_after_the_first_month_is_none() -> None:
    answer = ask("2026-04-14T09:00:00+02:00", "FR", promise=None, extended_at="2026-05-18T09:00:00+02:00")
    assert (answer["operating_deadline"], answer["extension_valid"]) == ("2026-05-14", False)


def test_h11_an_extension_counts_from_receipt_in_the_earlier_reading() -> None:
    answer = ask("2025-10-31T09:00:00+01:00", extended_at="2025-11-20T09:00:00+01:00")
    assert (answer["operating_deadline"], answer["statutory_deadline"]) == ("2026-01-30", "2026-01-31")


def test_a_policy_that_promises_two_months_at_most_leaves_an_extension_no_more() -> None:
    question = {"rule": "ART12_3", "jurisdiction": "FR", "received": "2025-12-31T10:00:00+01:00", "promise_months": 2}
    extended = answer_vector({**question, "events": {"extended_at": "2026-01-20T10:00:00+01:00"}})
    assert (extended["operating_deadline"], extended["statutory_deadline"]) == ("2026-02-28", "2026-03-31")
    assert answer_vector(question)["operating_deadline"] == "2026-01-31"


def test_a_policy_that_promises_three_months_gives_no_more_than_the_law() -> None:
    question = {"rule": "ART12_3", "jurisdiction": "FR", "received": "2025-10-31T10:00:00+01:00", "promise_months": 3}
    late = answer_vector({**question, "events": {"extended_at": "2025-12-02T10:00:00+01:00"}})
    in_time = answer_vector({**question, "events": {"extended_at": "2025-11-20T10:00:00+01:00"}})
    assert (late["operating_deadline"], in_time["operating_deadline"]) == ("2025-11-30", "2026-01-30")


def test_h12_a_refusal_has_no_extension() -> None:
    answer = ask("2026-02-10T09:00:00+01:00", rule="REFUSAL_12_4", extended_at="2026-03-01T09:00:00+01:00")
    assert answer["statutory_deadline"] == answer["operating_deadline"] == "2026-03-10"


def test_h13_asking_for_identity_on_day_20_stops_no_clock() -> None:
    answer = ask(
        "2025-09-07T09:00:00+02:00", identity_doubt_reasonable=True, identity_asked_at="2025-09-27T09:00:00+02:00"
    )
    assert (answer["suspended_days"], answer["operating_deadline"]) == (0, "2025-10-07")


def test_h13_a_known_address_gives_no_reasonable_doubt_and_stops_no_clock() -> None:
    answer = ask(
        "2025-09-07T09:00:00+02:00", identity_doubt_reasonable=False, identity_asked_at="2025-09-07T10:00:00+02:00"
    )
    assert (answer["suspended_days"], answer["operating_deadline"]) == (0, "2025-10-07")


def test_h13_a_question_of_which_nobody_says_that_there_was_doubt_stops_no_clock() -> None:
    events = ClockEvents(identity_asked_at=datetime(2025, 9, 7, 10, tzinfo=UTC))
    terms = compute(Rule.ART12_3, datetime(2025, 9, 7, 9, tzinfo=UTC), "NL", AMSTERDAM, 30, events)
    assert (terms.suspended_days, terms.operating) == (0, date(2025, 10, 7))


def test_h13_proof_that_never_comes_leaves_a_notice_to_be_sent() -> None:
    answer = ask(
        "2025-09-07T09:00:00+02:00", identity_doubt_reasonable=True, identity_asked_at="2025-09-08T09:00:00+02:00"
    )
    assert answer["operating_deadline"] is answer["statutory_deadline"] is answer["next_working_day_end"] is None
    assert answer["suspended_days"] is None
    assert (answer["notice_by"], answer["act_by"]) == ("2025-10-07", "2025-10-07")


def test_h14_72_hours_are_counted_in_utc() -> None:
    answer = ask("2025-10-24T10:20:00+02:00", rule="BREACH_72H", promise=None)
    assert answer["operating_deadline"] == "2025-10-27T09:20:00+01:00"


def test_h15_an_objection_to_marketing_stops_it_on_the_day_of_receipt() -> None:
    answer = ask("2025-06-07T21:00:00+02:00", "BE", "DM_OBJECTION")
    assert (answer["stop_by"], answer["operating_deadline"]) == ("2025-06-07", "2025-07-07")


def test_h16_an_objection_stops_the_processing_before_the_decision() -> None:
    answer = ask("2025-06-07T21:00:00+02:00", rule="OBJECTION_21_1")
    assert (answer["stop_by"], answer["operating_deadline"]) == ("2025-06-07", "2025-07-07")


# --- suspension, extension, refusal, breach and court, further ------------------------------------


@pytest.mark.parametrize(("asked_on", "days"), [("2025-09-06", 4), ("2025-09-07", 0)])
def test_asking_on_day_5_stops_the_clock_and_on_day_6_does_not(asked_on: str, days: int) -> None:
    answer = ask(
        "2025-09-01T09:00:00+02:00",
        identity_doubt_reasonable=True,
        identity_asked_at=f"{asked_on}T23:59:00+02:00",
        identity_received_at="2025-09-10T00:01:00+02:00",
    )
    assert answer["suspended_days"] == days


def test_extension_and_suspension_add_up() -> None:
    answer = ask(
        "2025-10-31T09:00:00+01:00",
        extended_at="2025-11-20T09:00:00+01:00",
        identity_doubt_reasonable=True,
        identity_asked_at="2025-11-01T09:00:00+01:00",
        identity_received_at="2025-11-04T09:00:00+01:00",
    )
    assert (answer["statutory_deadline"], answer["operating_deadline"]) == ("2026-02-03", "2026-02-02")
    assert (answer["suspended_days"], answer["extension_valid"], answer["notice_by"]) == (3, True, "2025-11-30")


def test_an_extension_while_proof_is_awaited_is_valid_and_gives_no_date() -> None:
    answer = ask(
        "2025-10-31T09:00:00+01:00",
        extended_at="2025-11-20T09:00:00+01:00",
        identity_doubt_reasonable=True,
        identity_asked_at="2025-11-01T09:00:00+01:00",
    )
    assert (answer["operating_deadline"], answer["extension_valid"], answer["act_by"]) == (None, True, "2025-11-28")


def test_suspension_does_not_move_the_last_day_for_an_extension_notice() -> None:
    answer = ask(
        "2025-03-10T09:00:00+01:00",
        extended_at="2025-04-11T09:00:00+02:00",
        identity_doubt_reasonable=True,
        identity_asked_at="2025-03-10T10:00:00+01:00",
        identity_received_at="2025-03-20T10:00:00+01:00",
    )
    assert (answer["extension_valid"], answer["operating_deadline"]) == (False, "2025-04-19")


def test_a_lawful_notice_after_the_promise_is_a_missed_promise() -> None:
    answer = ask("2025-03-10T09:00:00+01:00", extended_at="2025-04-10T12:00:00+02:00")
    assert answer["promise_missed"] is True
    assert "promise_missed" not in ask("2025-03-10T09:00:00+01:00", extended_at="2025-04-09T12:00:00+02:00")


def test_a_refusal_waits_for_no_proof() -> None:
    answer = ask(
        "2026-02-10T09:00:00+01:00",
        rule="REFUSAL_12_4",
        identity_doubt_reasonable=True,
        identity_asked_at="2026-02-10T10:00:00+01:00",
    )
    assert answer["operating_deadline"] == answer["act_by"] == "2026-03-10"


@pytest.mark.parametrize("rule", Rule)
def test_a_clock_that_nobody_stopped_stood_still_for_no_day_whatever_the_rule(rule: Rule) -> None:
    assert compute(rule, datetime(2025, 3, 3, tzinfo=UTC), "NL", AMSTERDAM, 30).suspended_days == 0


def test_proof_before_the_question_suspends_nothing() -> None:
    events = ClockEvents(True, datetime(2025, 3, 5, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC))
    assert compute(Rule.ART12_3, datetime(2025, 3, 3, tzinfo=UTC), "NL", AMSTERDAM, 30, events).suspended_days == 0


def test_a_question_before_receipt_suspends_from_receipt_only() -> None:
    events = ClockEvents(True, datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 7, tzinfo=UTC))
    assert compute(Rule.ART12_3, datetime(2025, 3, 3, tzinfo=UTC), "NL", AMSTERDAM, 30, events).suspended_days == 4


def test_an_extension_told_on_the_day_of_receipt_extends() -> None:
    answer = ask("2025-03-10T09:00:00+01:00", extended_at="2025-03-10T17:00:00+01:00")
    assert (answer["extension_valid"], answer["operating_deadline"]) == (True, "2025-06-10")


def test_an_extension_notice_from_before_receipt_extends_nothing() -> None:
    answer = ask("2025-03-10T09:00:00+01:00", extended_at="2025-03-09T12:00:00+01:00")
    assert (answer["extension_valid"], answer["operating_deadline"]) == (False, "2025-04-09")


def test_a_promise_to_answer_on_the_same_day_is_kept_on_that_day() -> None:
    assert ask("2025-03-10T09:00:00+01:00", promise=0)["act_by"] == "2025-03-10"


def test_a_breach_does_not_speak_of_suspension() -> None:
    answer = ask("2025-05-16T16:00:00+02:00", rule="BREACH_72H", identity_doubt_reasonable=True)
    assert "suspended_days" not in answer


def test_the_unsuspended_date_stays_visible() -> None:
    events = ClockEvents(True, datetime(2025, 3, 3, 12, tzinfo=UTC))
    terms = compute(Rule.ART12_3, datetime(2025, 3, 3, 9, tzinfo=UTC), "NL", AMSTERDAM, 30, events)
    assert (terms.operating, terms.without_suspension) == (None, date(2025, 4, 2))


@pytest.mark.parametrize(
    ("country", "received", "due"),
    [
        ("FR", "2026-03-27T10:00:00+01:00", "2026-03-30T11:00:00+02:00"),
        ("BE", "2026-10-23T12:17:00+02:00", "2026-10-26T11:17:00+01:00"),
        ("NL", "2025-10-26T00:30:00+00:00", "2025-10-29T01:30:00+01:00"),  # in the hour that is there twice
    ],
)
def test_a_breach_over_a_change_of_the_clocks_has_72_real_hours(country: str, received: str, due: str) -> None:
    answer = ask(received, country, "BREACH_72H", None)
    assert answer["statutory_deadline"] == answer["operating_deadline"] == answer["notice_by"] == due
    assert answer["act_by"] is None


def test_the_strict_reading_does_not_count_the_running_hour_even_if_it_has_just_begun() -> None:
    answer = ask("2025-05-16T16:00:00+02:00", rule="BREACH_72H", promise=None)
    assert answer["next_working_day_end"] == "2025-05-19T17:00:00+02:00"


def test_six_weeks_for_the_court_roll_over_good_friday() -> None:
    answer = ask("2025-03-07T10:00:00+01:00", rule="UAVG35_COURT_6W", promise=None)
    assert (answer["statutory_deadline"], answer["next_working_day_end"]) == ("2025-04-18", "2025-04-22")
    assert answer["operating_deadline"] is answer["notice_by"] is answer["act_by"] is None
