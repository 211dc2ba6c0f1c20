"""Questions about a clock that have no answer get one clear sentence, never a guess."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot.deadlines import ClockEvents, Rule, answer_vector, compute
from mailbot.errors import Usage

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"received": "2026-01-31T22:14:00"}, '"received" has no time zone'),
        ({"received": "2026-01-31"}, '"received" has no time zone'),
        ({"received": None}, '"received" is missing'),
        ({"received": "yesterday"}, '"received" is no moment'),
        ({"received": 20260131}, '"received" is no moment'),
        ({"received": "9999-12-31T10:00:00+00:00"}, "outside the years"),
        ({"received": "0001-01-01T00:00:00+14:00"}, "outside the years"),
        ({"rule": "ART15"}, 'Unknown rule "ART15"'),
        ({"rule": None}, "Unknown rule (none)"),
        ({"rule": ["ART12_3"]}, "Unknown rule"),
        ({"jurisdiction": "DE"}, 'Unknown jurisdiction "DE"'),
        ({"jurisdiction": None}, "Unknown jurisdiction (none)"),
        ({"promise_days": "30"}, '"promise_days" must be'),
        ({"promise_days": True}, '"promise_days" must be'),
        ({"promise_months": "2"}, '"promise_months" must be a whole number of months'),
        ({"promise_days": -1}, '"promise_days" must be'),
        ({"promise_days": 10**12}, "outside the years"),
        ({"events": {"extended_at": "2026-02-20T10:00:00"}}, '"extended_at" has no time zone'),
        ({"events": {"identity_asked_at": "soon"}}, '"identity_asked_at" is no moment'),
        ({"events": {"identity_doubt_reasonable": "yes"}}, "must be true or false"),
        ({"events": ["extended"]}, '"events" must be'),
        ({"events": []}, '"events" must be'),
        ({"events": ""}, '"events" must be'),
        ({"rule": "UAVG35_COURT_6W", "jurisdiction": "FR"}, "Dutch law"),
    ],
)
def test_a_bad_question_is_answered_with_one_sentence(change: dict[str, Any], words: str) -> None:
    good = {"id": 7, "rule": "ART12_3", "jurisdiction": "NL", "received": "2026-01-31T22:14:00+01:00", "events": {}}
    answer = answer_vector(good | change)
    assert set(answer) == {"id", "error"}
    assert answer["id"] == 7
    assert words in answer["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("vector", [None, [], "A01", 3, {}])
def test_something_that_is_no_question_is_answered_too(vector: object) -> None:
    assert set(answer_vector(vector)) == {"id", "error"}


def test_a_moment_without_zone_never_enters_the_clock() -> None:
    with pytest.raises(Usage, match="no time zone"):
        ClockEvents(extended_at=datetime(2026, 1, 1))
    with pytest.raises(Usage, match="no time zone"):
        compute(Rule.ART12_3, datetime(2026, 1, 1), "NL", AMSTERDAM, 30)


def test_a_question_without_events_and_promise_is_complete() -> None:
    answer = answer_vector(
        {"id": "x", "rule": "ART12_3", "jurisdiction": "FR", "received": "2026-01-31T22:14:00Z", "events": None}
    )
    assert answer["operating_deadline"] == "2026-02-28"
