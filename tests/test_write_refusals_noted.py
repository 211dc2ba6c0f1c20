"""A mailbox that takes nothing more costs a unit of work when that begins and when it is over, and none in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, local

from mailbot import worker
from mailbot.app import Tenant, tenant_like
from mailbot.errors import LoginRefused, MailbotError, TryLater, WriteRefused
from mailbot.outgoing import drafts, write_refusals
from mailbot.outgoing.writes import Writes

FULL = {"drafts": WriteRefused("the mailbox is full", full=True)}
BEGINS, ENDS = "not written into the mailbox", "takes what is written into it again"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10))
    desk.round()
    return desk


@pytest.fixture
def opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each unit of work."""
    ordinary, units = desk.tenant.store.unit, list[str]()

    @contextmanager
    def unit() -> Iterator[Any]:
        units.append("unit")
        with ordinary() as one:
            yield one

    monkeypatch.setattr(desk.tenant.store, "unit", unit)
    return units


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said of it since this was asked last."""
    said = [word for one in caplog.records for word in (BEGINS, ENDS) if word in one.message]
    caplog.clear()
    return said


def note(tenant: Tenant, refusals: dict[str, WriteRefused], desk: Desk) -> None:
    """A round in which everything else was written."""
    written = {step: int(step not in refusals) for step in ("drafts", "filing")}
    write_refusals.note(tenant, refusals, written, desk.clock)


def meeting(monkeypatch: pytest.MonkeyPatch, error: MailbotError | None) -> None:
    """From now on writing drafts meets this."""

    def put(*_: object) -> int:
        if error:
            raise error
        return 0

    monkeypatch.setattr(drafts, "put", put)


def test_it_costs_a_unit_of_work_when_it_begins_changes_and_ends_and_none_in_between(
    desk: Desk, opened: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    both = FULL | {"filing": WriteRefused("no keywords")}
    for refusals, said in ((FULL, [BEGINS]), (both, [BEGINS]), ({}, [ENDS])):
        opened.clear()
        for _ in range(5):
            note(desk.tenant, refusals, desk)
        assert (told(caplog), len(opened)) == (said, 1)


def test_a_mailbox_that_takes_everything_costs_no_unit_of_work_after_the_first_round(
    desk: Desk, opened: list[str]
) -> None:
    for _ in range(5):
        note(desk.tenant, {}, desk)
    assert opened == []


def test_what_is_refused_for_ever_keeps_nothing_else_waiting_for_ever(desk: Desk) -> None:
    """Three letters that are too large lie before the others, all of which are refused while the mailbox is full."""
    large, small = ("a", "b", "c"), ["d", "e", "f", "g"]
    laid: list[str] = []

    def a_round(full: bool) -> None:
        writes = Writes(desk.tenant, "drafts")

        def lay(name: str) -> bool:
            if full or name in large:
                raise WriteRefused("no")
            laid.append(name)
            return True

        for name in writes.in_turn([one for one in (*large, *small) if one not in laid], str):
            writes.write(name, "Drafts", partial(lay, name))

    for _ in range(5):
        a_round(full=True)
    for _ in range(3):
        a_round(full=False)
    assert sorted(laid) == small


def test_after_a_start_what_was_told_before_is_not_told_again_and_its_end_is(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    note(desk.tenant, FULL, desk)
    started = tenant_like(desk.tenant, desk.tenant.company)
    started.__dict__["store"] = desk.tenant.store
    assert told(caplog) == [BEGINS]
    note(started, FULL, desk)
    assert told(caplog) == []
    note(started, {}, desk)
    assert told(caplog) == [ENDS]


@pytest.mark.parametrize("error", [LoginRefused("no"), TryLater("later")])
def test_a_round_in_which_nothing_could_be_written_for_another_reason_is_not_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: MailbotError
) -> None:
    for met, said in ((WriteRefused("full"), [BEGINS]), (error, []), (WriteRefused("full"), []), (None, [ENDS])):
        meeting(monkeypatch, met)
        worker.once(desk.tenant, desk.clock)
        assert told(caplog) == said
