"""The page about one request: the evidence in Dutch, each step with its seal, and nobody who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from desk import REF, Desk

from company import ACCESS, KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.fulfil import forgetting
from mailbot.model import HistoryEntry, Outcome
from mailbot.reports import evidence_page
from mailbot.reports.evidence import evidence
from mailbot.reports.history_words import EVENTS


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "kaviaarshop")
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1))
    yield desk
    desk.tenant.store.close()


def page(desk: Desk) -> tuple[str, list[HistoryEntry]]:
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        found, history = evidence(unit, case, desk.tenant.policy), list(unit.history(REF))
    return evidence_page.as_html(
        found, case, history, desk.tenant.policy, desk.tenant.letters.phrases["nl"], desk.clock()
    ), history


def answer(desk: Desk) -> None:
    desk.clock.move(days=3)
    acting.act(desk.tenant, REF, events.IdentityConfirmed("els", "belde over haar geheim"), desk.clock())
    acting.act(desk.tenant, REF, events.Answered("els", "Wij hebben niets van u.", Outcome.GRANTED), desk.clock())
    desk.round(hours=1)


def test_everything_that_can_stand_in_a_history_has_dutch_words() -> None:
    named = {one.__name__ for union in get_args(events.Event) for one in (get_args(union) or (union,))}
    assert named <= EVENTS.keys()


def test_an_answered_request_is_shown_with_every_step_and_its_seal(desk: Desk) -> None:
    answer(desk)
    told, history = page(desk)
    assert "Aangetoond: elke termijn is gehaald." in told
    assert "brief aan de vrager verstuurd" in told
    assert "vastgesteld wie er schrijft" in told
    assert all(line.hash[:12] in told for line in history)


def test_it_says_by_which_head_a_later_change_shows(desk: Desk) -> None:
    told, _ = page(desk)
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        head = evidence(unit, case, desk.tenant.policy).head
    assert f"mailbot check --tenant {desk.tenant.id} --against {head}" in told


def test_neither_who_asked_nor_what_anybody_wrote_stands_in_it(desk: Desk) -> None:
    answer(desk)
    told, _ = page(desk)
    for secret in (KNOWN, "haar geheim", "niets van u"):
        assert secret not in told


def test_what_the_settings_and_colleagues_are_called_is_no_mark_up(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "kaviaarshop", name="Kaviaar <script>")
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1))
    acting.act(desk.tenant, REF, events.Noted("els <script>", "belde"), desk.clock())
    told, _ = page(desk)
    assert "Kaviaar &lt;script&gt;" in told
    assert "els &lt;script&gt;" in told
    assert "<script" not in told


def test_of_who_was_forgotten_the_page_still_shows_that_the_term_was_met(desk: Desk) -> None:
    answer(desk)
    acting.act(desk.tenant, REF, events.Closed("els", Outcome.WITHDRAWN, "klaar"), desk.clock())
    forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    told, _ = page(desk)
    assert "Aangetoond: elke termijn is gehaald." in told
    assert "Dit dossier is anoniem gemaakt" in told


def test_a_term_that_runs_is_neither_met_nor_missed(desk: Desk) -> None:
    told, _ = page(desk)
    assert "Nog niet aangetoond: de termijn loopt nog." in told
    assert '<td data-name="gehaald">loopt nog</td>' in told


def test_a_term_that_passed_is_said_to_be_missed(desk: Desk) -> None:
    desk.clock.at += timedelta(days=60)
    told, _ = page(desk)
    assert "Niet aangetoond: niet elke termijn is gehaald. Niet op tijd: waar wij naar werken." in told
    assert "<td>loopt nog</td>" not in told
