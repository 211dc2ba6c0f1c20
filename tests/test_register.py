"""The register of requests as an authority reads it: what is late is seen, and no request falls between two years."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import AT, a_case, a_policy, after
from mailbot import events
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.model import Case, Item, Kind, LetterState, Outcome
from mailbot.reports.figures import case_results, figures_of
from mailbot.reports.register import rows_of, rows_within
from mailbot.reports.register_words import in_dutch
from rig.installation import Installation

POLICY = a_policy()  # AT is 31 January 2026; the month ends on 28 February, thirty days on 2 March
WITHIN = AT + timedelta(days=20)
PAST = datetime(2026, 3, 5, 9, tzinfo=UTC)


def row(case: Case, now: datetime) -> dict[str, Any]:
    [found] = rows_within([case], POLICY, now)
    return found


def answered(case: Case, at: datetime) -> Case:
    told = replace(case, deadlines=tuple(replace(one, met_at=at) for one in case.deadlines))
    return replace(told, items=(Item(Kind.ACCESS, Outcome.GRANTED),))


def test_an_open_request_whose_day_has_passed_is_not_in_time_and_one_that_runs_is_not_judged() -> None:
    case = a_case(Kind.ACCESS)
    late, running = row(case, PAST), row(case, WITHIN)
    assert (late["in_time"], late["within_law"], late["answered_on"]) == (False, False, None)
    assert (running["in_time"], running["within_law"]) == (None, None)


def test_an_answer_within_the_law_and_after_the_promised_day_says_both() -> None:
    policy = a_policy(promise_days=14)
    case = answered(a_case(Kind.ACCESS, policy=policy), WITHIN)
    [told] = rows_within([case], policy, PAST)
    assert (told["in_time"], told["within_law"]) == (False, True)


def test_a_request_that_was_withdrawn_without_an_answer_is_never_late() -> None:
    closed = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    assert (row(closed, PAST)["in_time"], row(closed, PAST)["within_law"]) == (None, None)


def test_while_proof_of_identity_is_awaited_a_notice_that_never_left_is_late_and_one_that_left_is_not() -> None:
    asked = a_case(Kind.ACCESS)
    asked = after(replace(asked, match="unknown"), events.IdentityAsked("els", "ander adres"))  # type: ignore[arg-type]
    asked = after(asked, events.LetterSettled("t", "identity_question", LetterState.SENT, "requester"))
    assert asked.deadline("operating") is None
    assert row(asked, PAST)["in_time"] is False
    told = after(asked, events.LetterSettled("t", "cannot_identify", LetterState.SENT, "requester"), now=WITHIN)
    assert row(told, PAST)["in_time"] is True
    assert (row(told, PAST)["identity"], row(told, PAST)["identity_asked_on"]) == ("asked", "2026-01-31")


def test_an_extension_that_was_told_too_late_is_said_not_to_count() -> None:
    told = replace(a_case(Kind.ACCESS), extended_at=PAST)
    assert (row(told, PAST)["extended_on"], row(told, PAST)["extension_counts"]) == ("2026-03-05", False)
    assert row(replace(told, extended_at=WITHIN), PAST)["extension_counts"] is True
    assert row(a_case(Kind.ACCESS), PAST)["extension_counts"] is None


def test_a_no_after_its_month_is_late_although_the_answer_was_extended() -> None:
    extended = after(
        replace(a_case(Kind.ACCESS), extension_reason="x"),
        events.LetterSettled("t", "extended", LetterState.SENT, "requester"),
        now=WITHIN,
    )
    assert extended.deadline("statutory").on.isoformat() == "2026-04-30"  # type: ignore[union-attr]
    told = answered(extended, PAST)
    assert (row(told, PAST)["in_time"], row(told, PAST)["within_law"]) == (True, True)
    no = replace(told, items=(Item(Kind.ACCESS, Outcome.REFUSED, told_at=PAST, ground="excessive"),))
    assert (row(no, PAST)["in_time"], row(no, PAST)["within_law"]) == (False, False)
    assert figures_of(case_results([no], POLICY, AT.date(), AT.date(), PAST)).late == 1
    early = replace(no, items=(Item(Kind.ACCESS, Outcome.REFUSED, told_at=WITHIN, ground="excessive"),))
    assert (row(early, PAST)["in_time"], row(early, PAST)["within_law"]) == (True, True)
    elsewhere = replace(no, items=(Item(Kind.ACCESS, Outcome.REFUSED),))
    assert row(elsewhere, PAST)["within_law"] is False


def test_what_left_at_midnight_left_on_the_next_day() -> None:
    case = a_case(Kind.ACCESS)
    midnight = datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert row(answered(case, midnight), PAST)["within_law"] is False
    assert row(answered(case, midnight - timedelta(seconds=1)), PAST)["within_law"] is True


def test_a_refusal_names_the_article_on_which_it_rests() -> None:
    refused = replace(a_case(Kind.ACCESS), items=(Item(Kind.ACCESS, Outcome.REFUSED, ground="rights_of_others"),))
    told = row(refused, WITHIN)
    assert told["refused_on"] == ["access: rights_of_others"]
    grounds = {"rights_of_others": "Wij zouden dan gegevens van anderen geven (artikel 15, lid 4, AVG)."}
    assert in_dutch(told, {"access": "inzage"}, grounds)["refused_on"] == ["inzage: artikel 15, lid 4, AVG"]


# --- which year ------------------------------------------------------------------------------------


def over_new_year() -> Case:
    return replace(a_case(Kind.ACCESS), received_at=datetime(2025, 12, 20, 9, tzinfo=UTC))


def years(case: Case, now: datetime = PAST) -> dict[int, list[bool]]:
    found = {year: rows_of([case], POLICY, year, now) for year in (2024, 2025, 2026, 2027)}
    return {year: [one["carried_over"] for one in rows] for year, rows in found.items() if rows}


def test_a_request_that_was_open_over_new_year_stands_in_both_years_and_is_marked_in_the_second() -> None:
    assert years(over_new_year()) == {2025: [False], 2026: [True]}
    assert years(replace(over_new_year(), closed_at=PAST)) == {2025: [False], 2026: [True]}


def test_one_that_was_closed_before_new_year_stands_in_its_own_year_only() -> None:
    closed = replace(over_new_year(), closed_at=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    assert years(closed) == {2025: [False]}
    midnight = datetime(2025, 12, 31, 23, tzinfo=UTC)  # in Amsterdam the new year has begun
    assert years(replace(closed, closed_at=midnight)) == {2025: [False], 2026: [True]}


# --- the command -----------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    place = Installation(tmp_path)
    place.write(
        ImapAccount("127.0.0.1", 9, "plain", "x", lambda: ""), SmtpAccount("127.0.0.1", 9, "plain", "x", lambda: "")
    )
    return place


def test_what_came_by_telephone_names_who_took_it_and_what_is_late_reads_no(place: Installation) -> None:
    (place.folder / "gesprek.txt").write_text("Zij belde en wil weten welke gegevens wij van haar hebben.", "utf-8")
    words = ("--channel", "phone", "--from", "jan@klant.test", "--as", "access", "--by", "els")
    added = place.run("add", str(place.folder / "gesprek.txt"), *words, "--received", "2026-03-02T09:00:00+01:00")
    assert added.returncode == 0, added.stderr
    head, line = place.run("register", "--year", "2026").stdout.splitlines()
    told = dict(zip(head.split(";"), line.split(";"), strict=True))
    assert (told["aangenomen door"], told["binnengekomen"]) == ("els", "telefoon")
    assert (told["op tijd"], told["binnen de wettelijke termijn"]) == ("nee", "nee")


def test_the_page_of_a_year_counts_what_came_from_the_year_before(place: Installation) -> None:
    (place.folder / "brief.txt").write_text("Zij wil weten welke gegevens wij van haar hebben.", "utf-8")
    for who, received in (("jan", "2025-12-20T09:00:00+01:00"), ("piet", "2026-01-20T09:00:00+01:00")):
        words = ("--channel", "post", "--from", f"{who}@klant.test", "--as", "access", "--by", "els")
        added = place.run("add", str(place.folder / "brief.txt"), *words, "--received", received)
        assert added.returncode == 0, added.stderr
    at = ("--format", "html", "--now", "2026-02-01T09:00:00+01:00")
    page = place.run("register", *at, "--year", "2026").stdout
    assert "Aantal: 2." in page
    assert "nog open toen dit jaar begon: 1." in page
    assert ">uit een eerder jaar</th>" in page
    assert ">verlengd</th>" not in page  # nothing was
    assert "nog open toen" not in place.run("register", *at, "--year", "2025").stdout
