"""A no that was told by another way is held to what a no in our letter is held to, and counts on its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, act, case_of, local, proof, register

from company import ACCESS, a_raw_mail
from mailbot import events
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Outcome, StepEnding
from mailbot.plan import open_required

WHY = "Dit is de achtste keer dit jaar en er is niets veranderd; zie onze brief."
NO = events.Closed("els", Outcome.REFUSED, WHY, True, grounds=(("", "excessive"),), names_remedies=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A request of Monday 2 March whose plan has only the answer left; its month ends on 2 April."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)
    desk.round(a_raw_mail(ACCESS))
    return desk


def closed(desk: Desk, *kinds: Kind, **changes: Any) -> Case:
    if kinds:
        act(desk, events.Corrected("els", kinds))
    return act(desk, replace(NO, **changes))


def test_it_stands_in_the_register_with_its_ground_and_day_and_in_the_proof_as_in_time(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 20, 10)
    closed(desk, told_on=date(2026, 3, 30))
    row = register(desk)
    assert (row["outcome"], row["refused_on"]) == (["access: refused"], ["access: excessive"])
    assert (row["answered_on"], row["decided_on"]) == ("2026-03-30", "2026-03-30")
    assert (row["in_time"], row["within_law"]) == (True, True)
    found = proof(desk)
    assert {term.name: term.met_at for term in found.terms}["refusal"] == local(2026, 3, 30, 12)
    assert found.holds
    assert [(line.event, line.by, line.says) for line in found.lines] == [("Closed", "els", local(2026, 3, 30, 12))]


def test_told_after_its_month_it_is_late_whatever_the_answer_was_given(desk: Desk) -> None:
    act(desk, events.ExtensionDecided("els", "Uw gegevens staan in acht systemen, en dat nakijken kost tijd."))
    desk.round(hours=1)
    desk.clock.at = local(2026, 4, 20, 10)
    closed(desk, told_on=date(2026, 4, 3))
    assert (register(desk)["extended_on"], register(desk)["within_law"], proof(desk).holds) == (
        "2026-03-02",
        False,
        False,
    )


def test_without_a_day_it_counts_today(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 2, 17)
    assert closed(desk).items[0].told_at == desk.clock()
    assert register(desk)["within_law"] is True


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [
        ({"grounds": ()}, "A-35", "add --ground"),
        ({"grounds": (("", "geen zin"),)}, "A-35", "is no ground"),
        ({"grounds": (("", "legal_duty"),)}, "A-35", "no ground against access"),
        ({"grounds": (("", "rights_of_others"),)}, "E-15", "covers a part"),
        ({"grounds": (("erasure", "legal_duty"), ("", "excessive"))}, "A-35", "erasure was not refused"),
        ({"reason": "gebeld"}, "A-35", "says no without reasons"),
        ({"names_remedies": False}, "A-35", "authority and the court"),
        ({"told_on": date(2026, 3, 3)}, "F-15", "still to come"),
        ({"told_on": date(2026, 3, 1)}, "A-04", "was received on"),
    ],
)
def test_what_a_no_in_our_letter_may_not_be_it_may_not_be_either(
    desk: Desk, changes: dict[str, Any], rule: str, words: str
) -> None:
    with pytest.raises(Refused, match=words) as refused:
        closed(desk, **changes)
    assert refused.value.rule == rule
    assert case_of(desk).is_open


def test_a_promise_that_is_wider_than_the_law_takes_the_ground_away_here_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), only_person_lifts=True, calendar=False)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("els", (Kind.RESTRICTION,)))
    act(desk, events.StopConfirmed("els"))
    with pytest.raises(Refused) as refused:
        closed(desk, grounds=(("", "no_restriction_ground"),))
    assert refused.value.rule == "E-09"


@pytest.mark.parametrize("kind", [Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL, Kind.PRIVACY_QUESTION])
def test_what_nothing_can_refuse_was_not_refused_elsewhere_either(desk: Desk, kind: Kind) -> None:
    with pytest.raises(Refused):
        closed(desk, kind)


def test_each_right_has_its_own_ground_and_what_was_granted_has_none(desk: Desk) -> None:
    act(desk, events.Corrected("els", (Kind.ACCESS, Kind.ERASURE, Kind.PORTABILITY)))
    act(desk, events.IdentityConfirmed("els", "kwam langs"))
    act(desk, events.ItemDecided("els", Kind.PORTABILITY, Outcome.GRANTED))
    while left := [
        one.id for one in open_required(case_of(desk), desk.tenant.policy) if one.verb not in ("answer", "decide")
    ]:
        act(desk, events.StepSettled("els", left[0], StepEnding.SKIPPED, "op papier gedaan"))
    case = closed(desk, grounds=(("access", "excessive"), ("erasure", "legal_duty")))
    assert {item.kind: item.ground for item in case.items} == {
        Kind.ACCESS: "excessive",
        Kind.ERASURE: "legal_duty",
        Kind.PORTABILITY: "",
    }


def test_a_ground_is_of_a_no(desk: Desk) -> None:
    act(desk, events.IdentityConfirmed("els", "kwam langs"))
    with pytest.raises(Refused, match="nothing was refused"):
        closed(desk, outcome=Outcome.ANSWERED)


def test_a_part_that_was_refused_elsewhere_named_authority_and_court_too(desk: Desk) -> None:
    act(desk, events.IdentityConfirmed("els", "kwam langs"))
    part = {"outcome": Outcome.PARTLY, "grounds": (("", "rights_of_others"),)}
    with pytest.raises(Refused, match="authority and the court"):
        closed(desk, **part, names_remedies=False)
    assert closed(desk, **part).items[0].ground == "rights_of_others"


def test_the_day_of_any_answer_by_another_way_can_be_told(desk: Desk) -> None:
    act(desk, events.IdentityConfirmed("els", "kwam langs"))
    desk.clock.at = local(2026, 4, 20, 10)
    act(desk, events.Closed("els", Outcome.GRANTED, "kopie meegegeven", True, told_on=date(2026, 3, 30)))
    assert (register(desk)["answered_on"], register(desk)["within_law"]) == ("2026-03-30", True)


def test_what_was_decided_before_as_a_no_closes_with_its_ground_only(desk: Desk) -> None:
    act(desk, events.ItemDecided("els", Kind.ACCESS, Outcome.REFUSED, "achtste keer"))
    with pytest.raises(Refused, match="add --ground"):
        closed(desk, outcome=Outcome.ANSWERED, grounds=())
    assert closed(desk, outcome=Outcome.ANSWERED).items[0].ground == "excessive"
    assert REF in {case.ref for case in desk.cases() if not case.is_open}
