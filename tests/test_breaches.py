"""The register of breaches: what an authority asks for under article 33(5), and nobody who reported anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from company import ACCESS, KNOWN, a_raw_mail
from mailbot import events as do
from mailbot.acts import acting
from mailbot.model import Kind
from mailbot.reports.breaches import COLUMNS, breaches_of, in_dutch
from mailbot.reports.register import as_csv, as_html

REF = "AVG-2026-0001"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company to which a breach was reported, and that got a request for access too."""
    desk = Desk(tmp_path / "kaviaarshop")
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1))
    desk.round(a_raw_mail(ACCESS, "ander@post.test", number=2))
    acting.act(desk.tenant, REF, do.Corrected("els", (Kind.BREACH_REPORT,)), desk.clock())
    yield desk
    desk.tenant.store.close()


def rows(desk: Desk, year: int = 2026) -> list[dict[str, Any]]:
    with desk.tenant.store.unit() as unit:
        return list(breaches_of(unit, desk.tenant.policy, year))


def decided(desk: Desk, reason: str, decision: str = "register_only") -> dict[str, Any]:
    acting.act(desk.tenant, REF, do.BreachDecided("els", decision, reason), desk.clock())
    [row] = rows(desk)
    return row


def test_a_breach_stands_in_it_from_its_report_on_and_a_request_does_not(desk: Desk) -> None:
    [row] = rows(desk)
    assert (row["case"], row["decision"], row["in_time"]) == (REF, "", None)
    known, until = datetime.fromisoformat(row["known_at"]), datetime.fromisoformat(row["notify_by"])
    assert (until - known).total_seconds() == 72 * 3600


def test_what_was_decided_by_whom_and_why_is_told_whole(desk: Desk) -> None:
    row = decided(desk, "Mail aan verkeerd adres: drie namen; ontvanger wiste hem")
    assert (row["decision"], row["decided_by"], row["in_time"]) == ("register_only", ["els"], True)
    assert row["reasons"] == ["Mail aan verkeerd adres: drie namen; ontvanger wiste hem"]


def test_a_decision_after_72_hours_is_told_as_late(desk: Desk) -> None:
    desk.clock.move(hours=80)
    assert decided(desk, "laat")["in_time"] is False


def test_what_became_known_in_another_year_is_not_in_it(desk: Desk) -> None:
    assert rows(desk, 2025) == []


def test_it_names_nobody_who_reported_and_what_was_typed_is_no_formula_or_mark_up(desk: Desk) -> None:
    row = in_dutch(decided(desk, "=HYPERLINK(1) <b>", "notify"), desk.tenant.policy)
    table = as_csv([row], COLUMNS)
    assert "gemeld" in table
    assert ";'=HYPERLINK(1)" in table
    page = as_html([row], "Register van datalekken", desk.clock().date(), COLUMNS, "")
    assert "&lt;b&gt;" in page
    assert KNOWN not in table + page


def test_who_decided_is_no_formula_either(desk: Desk) -> None:
    acting.act(desk.tenant, REF, do.BreachDecided("=cmd", "notify", "gemeld"), desk.clock())
    assert ";'=cmd;" in as_csv([in_dutch(row, desk.tenant.policy) for row in rows(desk)], COLUMNS)
