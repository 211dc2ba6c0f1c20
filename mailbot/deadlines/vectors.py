"""One question about a clock, as a line of JSON holds it, and its answer (`mailbot deadlines --jsonl`).

The rule kept here: a question that cannot be answered is answered with one sentence that says why, never with a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.deadlines.terms import ClockEvents, Rule, Terms, compute, require_aware
from mailbot.errors import Usage

#: The zone of the controller's country (A-05).
ZONES = {"NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "FR": "Europe/Paris"}
_MOMENTS = ("identity_asked_at", "identity_received_at", "extended_at")
#: Events after which the reader wants to know whether the clock stood still.
_QUESTIONS = ("identity_", "clarification_")


def answer_vector(vector: object) -> dict[str, Any]:
    """The dates that the vector asks for, as {id, ...}; {id, error} when that is impossible. Never raises.

    `suspended_days` is there when the events speak of a question to the person, `extension_valid` when an extension was
    notified, `promise_missed` when it is true, `stop_by` when something must stop; the other keys always. Events that
    the clock does not know are ignored.
    """
    if not isinstance(vector, Mapping):
        return {"id": None, "error": "A question must be a JSON object with id, rule, jurisdiction and received."}
    name = vector.get("id")
    try:
        return {"id": name, **_answer(vector)}
    except Usage as why:
        return {"id": name, "error": str(why)}
    except (OverflowError, ValueError):  # the ends of the calendar: dates end at 9999, Easter at 4099
        return {"id": name, "error": "The dates lie outside the years that the calendar knows (1583 to 4098)."}


def _answer(vector: Mapping[Any, Any]) -> dict[str, Any]:
    rule = _rule(vector.get("rule"))
    country = _country(vector.get("jurisdiction"))
    given = _given(vector.get("events"))
    received = _moment(vector.get("received"), "received")
    if received is None:
        raise Usage('"received" is missing: give the moment of receipt with its offset.')
    days, months = (_promise(vector, name) for name in ("promise_days", "promise_months"))
    terms = compute(rule, received, country, ZoneInfo(ZONES[country]), days, _events(given), months)
    return _dates(terms) | _extras(terms, given)


def _dates(terms: Terms) -> dict[str, Any]:
    return {
        "received_local_date": _written(terms.received_on),
        "statutory_deadline": _written(terms.statutory),
        "next_working_day_end": _written(terms.next_working_day_end),
        "operating_deadline": _written(terms.operating),
        "notice_by": _written(terms.notice_by),
        "act_by": _written(terms.act_by),
    }


def _extras(terms: Terms, given: Mapping[Any, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if terms.month is not None and any(str(name).startswith(_QUESTIONS) for name in given):
        extras["suspended_days"] = terms.suspended_days
    if terms.extension_valid is not None:
        extras["extension_valid"] = terms.extension_valid
    if terms.promise_missed:
        extras["promise_missed"] = True
    if terms.stop_by is not None:
        extras["stop_by"] = _written(terms.stop_by)
    return extras


def _rule(text: object) -> Rule:
    if isinstance(text, str) and text in Rule.__members__:
        return Rule(text)
    raise Usage(f"Unknown rule {_quoted(text)}: use one of {', '.join(Rule)}.")


def _country(text: object) -> str:
    if isinstance(text, str) and text in ZONES:
        return text
    raise Usage(f"Unknown jurisdiction {_quoted(text)}: use one of {', '.join(ZONES)}.")


def _promise(vector: Mapping[Any, Any], name: str) -> int | None:
    promised = vector.get(name)
    if promised is None or (isinstance(promised, int) and not isinstance(promised, bool) and promised >= 0):
        return promised
    raise Usage(f'"{name}" must be a whole number of {name.removeprefix("promise_")}, or null.')


def _given(events: object) -> Mapping[Any, Any]:
    """No events is a question without any; a list or a text is a mistake of the writer, even an empty one."""
    if events is None:
        return {}
    if isinstance(events, Mapping):
        return events
    raise Usage('"events" must be a JSON object.')


def _events(given: Mapping[Any, Any]) -> ClockEvents:
    doubt = given.get("identity_doubt_reasonable")
    if doubt is not None and not isinstance(doubt, bool):
        raise Usage('"identity_doubt_reasonable" must be true or false.')
    return ClockEvents(bool(doubt), **{name: _moment(given.get(name), name) for name in _MOMENTS})


def _moment(text: object, name: str) -> datetime | None:
    if text is None:
        return None
    try:
        if not isinstance(text, str):
            raise ValueError
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Usage(f'"{name}" is no moment: write for example 2026-01-31T22:14:00+01:00.') from None
    return require_aware(moment, name)


def _quoted(text: object) -> str:
    """What was written, short enough for a message."""
    return "(none)" if text is None else f'"{str(text)[:40]}"'


def _written(day: date | datetime | None) -> str | None:
    return None if day is None else day.isoformat()
