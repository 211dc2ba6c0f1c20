"""An act is taken back, the last one or one that is named, and only that."""

from __future__ import annotations

from pathlib import Path

from desk import REF, Desk, act, case_of

from company import ACCESS, a_raw_mail
from mailbot import events
from mailbot.acts import undoing


def take_back(desk: Desk, seq: int = 0) -> None:
    with desk.tenant.store.unit() as unit:
        undoing.take_back(unit, desk.tenant, REF, "els", desk.clock(), seq)


def test_the_last_act_is_still_the_last_once_one_before_it_was_taken_back(tmp_path: Path) -> None:
    """As a colleague does who answers TERUG to the older of two confirmations."""
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Assigned("els", "kim"))
    with desk.tenant.store.unit() as unit:
        seq = unit.history(REF)[-1].seq
    act(desk, events.HeldLegally("els", "dagvaarding"))
    take_back(desk, seq)
    assert (case_of(desk).assignee, case_of(desk).work.hold) == ("", "dagvaarding")
    take_back(desk)
    assert case_of(desk).work.hold == ""
