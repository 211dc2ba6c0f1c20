"""Which case comes first in every list that people work through: the one whose next date is nearest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import AT, a_case
from mailbot.model import Case, Deadline, Kind, Status
from mailbot.model.order import first_due, urgency

DAY = timedelta(days=1)


def due(*deadlines: tuple[str, int], ref: str = "x", received: int = 0, met: str = "") -> Case:
    """A case with these dates, each so many days from now."""
    found = tuple(
        Deadline(name, AT + days * DAY, None, "", "", AT if name == met else None) for name, days in deadlines
    )
    return replace(a_case(), ref=ref, deadlines=found, received_at=AT + received * DAY)


def order(*cases: Case) -> list[str]:
    return [case.ref for case in sorted(cases, key=urgency)]


def test_the_case_comes_first_that_must_be_dealt_with_first_whatever_date_that_is() -> None:
    breach = due(("act_by", 30), ("breach", 3), ref="breach")
    soon = due(("act_by", 5), ("operating", 6), ref="soon")
    no_day = due(("operating", 7), ref="promise")
    later = due(("act_by", 20), ("operating", 22), ref="later")
    assert order(later, no_day, soon, breach) == ["breach", "soon", "promise", "later"]


def test_a_date_that_was_met_or_that_only_others_keep_calls_nobody_earlier() -> None:
    decided = due(("act_by", 30), ("breach", 3), ref="decided", met="breach")
    notice = due(("act_by", 25), ("notice_by", 1), ("statutory", 2), ref="notice")
    soon = due(("act_by", 5), ref="soon")
    assert order(decided, notice, soon) == ["soon", "notice", "decided"]


def test_a_closed_case_comes_after_every_open_one_and_the_older_request_before_the_younger() -> None:
    closed = replace(due(("act_by", 1), ref="closed", received=-90), status=Status.CLOSED)
    answered = due(("act_by", 1), ref="answered", met="act_by")
    older = due(("act_by", 5), ref="older", received=-9)
    younger = due(("act_by", 5), ref="younger", received=-2)
    assert order(closed, answered, younger, older) == ["older", "younger", "answered", "closed"]
    assert order(closed, replace(closed, ref="before", received_at=AT - 200 * DAY)) == ["before", "closed"]


def test_what_is_due_first_is_an_appointment_else_the_day_to_act_by_and_nothing_once_all_is_met_or_closed() -> None:
    def first(case: Case) -> str:
        found = first_due(case)
        return found.name if found else ""

    assert first(due(("act_by", 9), ("breach", 3))) == "breach"
    assert first(due(("act_by", 3), ("breach", 9))) == "act_by"
    report = replace(a_case(Kind.BREACH_REPORT), deadlines=due(("act_by", 3), ("breach", 9)).deadlines)
    decided = replace(report, deadlines=due(("act_by", 3), ("breach", 9), met="breach").deadlines)
    thanked = replace(report, deadlines=due(("act_by", 3), met="act_by").deadlines)
    assert [first(report), first(decided), first(thanked)] == ["breach", "act_by", ""]
    assert first(replace(decided, status=Status.CLOSED)) == ""
