"""The legal clock against a second one, written from the description of the vectors alone, without dateutil.

Thousands of questions around changes of the clocks, month ends and holidays, with questions of identity, extensions and
refusals in any order; each answer must be the same key for key.
"""

from __future__ import annotations

import calendar
import json
import random
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot.deadlines import answer_vector

VECTORS = Path(__file__).parent / "data" / "deadlines.json"
ZONES = {"NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "FR": "Europe/Paris"}
STOPS = ("DM_OBJECTION", "OBJECTION_21_1", "CONSENT_WITHDRAWAL")
RULES = ("ART12_3", "REFUSAL_12_4", "BREACH_72H", "UAVG35_COURT_6W", *STOPS)
DAY = timedelta(days=1)
FIXED = {
    "NL": ((1, 1), (5, 5), (12, 25), (12, 26)),
    "BE": ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)),
    "FR": ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
}


def easter_sunday(year: int) -> date:
    """Butcher's computus."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    shift = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * shift) // 433
    month = (h + shift - 7 * m + 90) // 25
    return date(year, month, (h + shift - 7 * m + 33 * month + 19) % 32)


def closed(day: date, country: str, *, wide: bool = False, court: bool = False) -> bool:
    after = (day - easter_sunday(day.year)).days
    kings = date(day.year, 4, 26 if date(day.year, 4, 27).weekday() == 6 else 27)
    forward = day.weekday() > 4 or (day.month, day.day) in FIXED[country] or after in (1, 39, 50)
    forward = forward or (country == "NL" and day == kings)
    friday = after == -2 and (court or (wide and country in ("NL", "BE")))
    bridge = wide and country == "BE" and (after == 40 or (day.month, day.day) == (12, 26))
    return forward or friday or bridge


def moved(day: date, step: timedelta, country: str, **which: bool) -> date:
    while closed(day, country, **which):
        day += step
    return day


def months_on(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def expected(vector: dict[str, Any]) -> dict[str, Any]:
    zone = ZoneInfo(ZONES[vector["jurisdiction"]])
    at = datetime.fromisoformat(vector["received"])
    found = by_hours(at, zone) if vector["rule"] == "BREACH_72H" else by_days(vector, at.astimezone(zone).date(), zone)
    written = {key: one.isoformat() if isinstance(one, date) else one for key, one in found.items()}
    return {"received_local_date": at.astimezone(zone).date().isoformat()} | written


def by_hours(at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    due = (at.astimezone(UTC) + timedelta(hours=72)).astimezone(zone)
    full_hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=73)
    dates = dict.fromkeys(("statutory_deadline", "operating_deadline", "notice_by"), due)
    return dates | {"next_working_day_end": full_hour.astimezone(zone), "act_by": None}


def by_days(vector: dict[str, Any], day: date, zone: ZoneInfo) -> dict[str, Any]:
    country, events = vector["jurisdiction"], vector["events"]
    if vector["rule"] == "UAVG35_COURT_6W":
        end = day + 42 * DAY
        nothing = dict.fromkeys(("operating_deadline", "notice_by", "act_by"))
        return nothing | {"statutory_deadline": end, "next_working_day_end": moved(end, DAY, country, court=True)}
    on = {name: datetime.fromisoformat(at).astimezone(zone).date() for name, at in events.items() if name[-3:] == "_at"}
    month, promise = months_on(day, 1), vector["promise_days"]
    notice = month if promise is None else min(month, day + promise * DAY)
    extras: dict[str, Any] = {"stop_by": day} if vector["rule"] in STOPS else {}
    statutory, operating, stood = month, notice, 0
    if vector["rule"] != "REFUSAL_12_4":
        stood = stood_still(on, day, bool(events.get("identity_doubt_reasonable")))  # type: ignore[assignment]
        if told := on.get("extended_at"):
            extras["extension_valid"] = told <= month
            if told <= month:
                statutory, operating = months_on(day, 3), min(months_on(day, 3), months_on(month, 2))
                extras |= {"promise_missed": True} if told > notice else {}
    if any(name.startswith(("identity_", "clarification_")) for name in events):
        extras["suspended_days"] = stood
    if stood is None:
        dates = dict.fromkeys(("statutory_deadline", "next_working_day_end", "operating_deadline"))
        return extras | dates | {"notice_by": notice, "act_by": moved(notice, -DAY, country, wide=True)}
    statutory, operating = statutory + stood * DAY, operating + stood * DAY
    return extras | {
        "statutory_deadline": statutory,
        "next_working_day_end": moved(statutory, DAY, country),
        "operating_deadline": operating,
        "notice_by": notice,
        "act_by": moved(operating, -DAY, country, wide=True),
    }


def stood_still(on: dict[str, date], day: date, doubt: bool) -> int | None:
    asked, proof = on.get("identity_asked_at"), on.get("identity_received_at")
    if not doubt or asked is None or (asked - day).days > 5:
        return 0
    return None if proof is None else (proof - asked).days


# --- questions -----------------------------------------------------------------------------------


def base(chance: random.Random) -> datetime:
    """A moment near a change of the clocks, a month end, Easter, or anywhere."""
    year = chance.randint(2018, 2045)
    sundays = [date(year, month, day) for month in (3, 10) for day in range(25, 32)]
    change = chance.choice([day for day in sundays if day.weekday() == 6])
    month = chance.randint(1, 12)
    last = date(year, month, calendar.monthrange(year, month)[1])
    day = chance.choice([change, last, easter_sunday(year) - 31 * DAY, date(year, 1, 1) + chance.randint(0, 364) * DAY])
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start + timedelta(minutes=chance.choice([0, -1, -60, -61, -120, -121, chance.randint(-2880, 2880)]))


def a_question(chance: random.Random, number: int) -> dict[str, Any]:
    at = base(chance)

    def later(low: int, high: int) -> str:
        offset = timezone(timedelta(minutes=chance.choice([0, 60, 120, -300, 330, 540])))
        return (at + timedelta(minutes=chance.randint(low * 1440, high * 1440))).astimezone(offset).isoformat()

    events: dict[str, Any] = {}
    if chance.random() < 0.5:
        events |= {"identity_doubt_reasonable": chance.random() < 0.8, "identity_asked_at": later(0, 7)}
    if events and chance.random() < 0.7:
        asked = datetime.fromisoformat(events["identity_asked_at"])
        events["identity_received_at"] = (asked + timedelta(minutes=chance.randint(0, 90_000))).isoformat()
    if chance.random() < 0.4:
        events["extended_at"] = later(*chance.choice([(0, 40), (27, 33)]))
    if chance.random() < 0.1:
        events |= {"clarification_asked_at": later(0, 9), "found_in_spam_at": later(0, 30)}
    rule = chance.choice(RULES)
    country = "NL" if rule == "UAVG35_COURT_6W" else chance.choice(sorted(ZONES))
    promise = chance.choice([30, 30, 14, None])
    received = later(0, 0)
    return {"id": number, "jurisdiction": country, "rule": rule, "received": received, "promise_days": promise} | {
        "events": events
    }


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_the_one_of_the_second_clock(seed: int) -> None:
    chance = random.Random(seed)
    questions = [a_question(chance, number) for number in range(1000)]
    wrong = [
        (question, answer_vector(question))
        for question in questions
        if answer_vector(question) != {"id": question["id"]} | expected(question)
    ]
    assert wrong[:3] == []


def test_the_second_clock_gives_the_vectors_too() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))["vectors"]
    assert [one["id"] for one in vectors if expected(one) != one["expected"]] == []
