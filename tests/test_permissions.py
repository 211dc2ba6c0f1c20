"""A right is that of what really happens: to take back, to join and to look at a copy ask the right of their effect."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, local

from company import ACCESS, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.acts import acting, linking, undoing
from mailbot.acts.permissions import permission_for
from mailbot.config import StaffMember
from mailbot.errors import Refused
from mailbot.model import Kind, LetterState, StepEnding

REF, LATER = "AVG-2026-0001", "AVG-2026-0002"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), mode="hold")
    desk.round(a_raw_mail(ACCESS))
    return desk


def with_rights(desk: Desk, *rights: str) -> None:
    here = frozenset({desk.tenant.id})
    desk.tenant.staff_member = StaffMember("jun", "Junior", **dict.fromkeys(rights, here))


def act(desk: Desk, event: events.StaffActed) -> None:
    acting.act(desk.tenant, REF, event, desk.clock())


def take_back(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        undoing.take_back(unit, desk.tenant, REF, "Junior", desk.clock())


@pytest.mark.parametrize("deed", [events.HeldLegally("els", "rechtszaak"), events.IdentityConfirmed("els", "gezien")])
def test_who_only_sorts_takes_no_decision_back(desk: Desk, deed: events.StaffActed) -> None:
    act(desk, deed)
    before = desk.cases()
    with_rights(desk, "triage", "send")
    with pytest.raises(Refused, match="may not decide"):
        take_back(desk)
    assert desk.cases() == before


def test_who_decides_takes_his_own_decision_back(desk: Desk) -> None:
    with_rights(desk, "decide")
    act(desk, events.HeldLegally("els", "rechtszaak"))
    take_back(desk)
    assert not desk.cases()[0].work.hold


def test_a_sorting_that_wrote_a_letter_is_taken_back_by_who_may_send(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), mode="hold")
    desk.round(a_raw_mail(UNCLEAR))
    with_rights(desk, "triage")
    act(desk, events.Corrected("els", (Kind.ACCESS,)))
    assert desk.letters(LetterState.HELD)
    with pytest.raises(Refused, match="may not send"):
        take_back(desk)
    assert desk.letters(LetterState.HELD)
    with_rights(desk, "triage", "send")
    take_back(desk)
    assert not desk.letters(LetterState.HELD)


@pytest.mark.parametrize(("rights", "lacks"), [(["triage", "send"], "decide"), (["triage", "decide"], "send")])
def test_to_join_is_to_decide_and_to_drop_letters(desk: Desk, rights: list[str], lacks: str) -> None:
    desk.round(a_raw_mail(f"{UNCLEAR} Mijn klantnummer is 1001.", number=2, subject="nog iets"), minutes=60 * 24)
    acting.act(desk.tenant, LATER, events.Corrected("els", (Kind.ACCESS,)), desk.clock())
    before = desk.cases()
    with_rights(desk, *rights)
    with pytest.raises(Refused, match=f"may not {lacks}"):
        linking.join(desk.tenant, LATER, REF, "Junior", "vervolg", desk.clock())
    assert desk.cases() == before
    assert [one for one in desk.letters(LetterState.HELD) if one.ref == LATER]
    with_rights(desk, "decide", "send")
    linking.join(desk.tenant, LATER, REF, "Junior", "vervolg", desk.clock())


@pytest.mark.parametrize("how", [StepEnding.DONE, StepEnding.SKIPPED])
@pytest.mark.parametrize("step", ["second_look", "all"])
def test_a_second_look_lets_somebody_s_data_go_so_it_is_sending(step: str, how: StepEnding) -> None:
    assert permission_for(events.StepSettled("els", step, how)) == "send"
    assert permission_for(events.StepSettled("els", "look_up", how)) == "triage"
