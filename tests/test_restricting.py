"""A restriction that somebody asked for keeps his case until he was told that it ends (article 18(3))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk import REF, Desk, act, case_of, local, text_of

from builders import a_case, a_policy
from company import CONTACT, KNOWN, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.fulfil import forgetting
from mailbot.model import Case, Item, Kind, Outcome, Status, StepEnding
from mailbot.plan import open_required
from mailbot.plan.retention import forget_on, restriction_in_force
from mailbot.reports.digest import Restricted, digest, week_bounds

ZONE = ZoneInfo("Europe/Amsterdam")
LATER = "AVG-2026-0002"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company at which a restriction was granted, and the case closed."""
    desk = Desk(tmp_path / "kaviaarshop")
    asked(desk, Kind.RESTRICTION, number=1)
    yield desk
    desk.tenant.store.close()


def asked(desk: Desk, kind: Kind, number: int, outcome: Outcome = Outcome.GRANTED) -> Case:
    """A request of this kind, answered and closed on one day."""
    desk.round(a_raw_mail(UNCLEAR, number=number), hours=1)
    ref = f"AVG-2026-{number:04d}"
    act(desk, events.Corrected("els", (kind,)), ref)
    act(desk, events.IdentityConfirmed("els", "belde"), ref)
    if case_of(desk, ref).restricted_since:
        act(desk, events.StopConfirmed("els", "overal bevroren"), ref)
    act(desk, events.ItemDecided("els", kind, outcome), ref)
    for step in open_required(case_of(desk, ref), desk.tenant.policy):
        if step.id != "answer":
            act(desk, events.StepSettled("els", step.id, StepEnding.SKIPPED, "hier niet nodig"), ref)
    act(desk, events.Answered("els", "Wij hebben gedaan wat u vroeg.", outcome), ref)
    desk.round(hours=1)
    return act(desk, events.Closed("els", outcome, "klaar"), ref)


def lift(desk: Desk) -> None:
    act(desk, events.RestrictionLifted("els", "u vroeg ons dit op 3 maart", on_request=True))
    desk.round(hours=1)


def test_a_case_is_not_forgotten_while_the_restriction_that_was_asked_in_it_stands(desk: Desk) -> None:
    assert case_of(desk).forget_on is None
    desk.round(days=3 * 365)
    assert (case_of(desk).status, case_of(desk).requester is None) == (Status.CLOSED, False)


def test_its_person_can_be_told_years_later_and_two_years_after_that_is_forgotten(desk: Desk) -> None:
    desk.round(days=3 * 365)
    lift(desk)
    assert "u vroeg ons dit op 3 maart" in text_of(desk.mails_to(KNOWN)[-1])
    lifted = desk.tenant.policy.day_of(desk.clock())
    assert case_of(desk).forget_on == date(lifted.year + 2, lifted.month, lifted.day)
    desk.round(days=2 * 365 - 2)
    assert case_of(desk).status is Status.CLOSED
    desk.round(days=5)
    assert case_of(desk).status is Status.ANONYMISED


def test_a_lifting_that_nobody_heard_of_keeps_the_case_again(desk: Desk) -> None:
    desk.refused.add(KNOWN)
    lift(desk)
    desk.refused.clear()
    desk.round(days=3 * 365)
    assert case_of(desk).status is Status.CLOSED


def test_it_also_keeps_a_case_for_which_an_older_program_planned_a_day(desk: Desk) -> None:
    planned = replace(case_of(desk), forget_on=date(2027, 1, 1))
    with desk.tenant.store.unit() as unit:
        unit.put_case(planned)
    assert forgetting.forget_due(desk.tenant, desk.clock.move(days=900)) == []


def test_an_erasure_of_the_same_data_afterwards_lets_both_be_forgotten(desk: Desk) -> None:
    asked(desk, Kind.ERASURE, number=2)
    desk.round(days=60)
    assert {case_of(desk, ref).status for ref in (REF, LATER)} == {Status.ANONYMISED}


def test_another_request_afterwards_does_not(desk: Desk) -> None:
    asked(desk, Kind.PRIVACY_QUESTION, number=2, outcome=Outcome.ANSWERED)
    desk.round(days=3 * 365)
    assert {case_of(desk, ref).status for ref in (REF, LATER)} == {Status.CLOSED}


# --- the rule itself -------------------------------------------------------------------------------


def restricted(kind: Kind, outcome: Outcome, **changes: object) -> Case:
    closed = {"items": (Item(kind, outcome),), "closed_at": local(2026, 3, 2), "restricted_since": local(2026, 2, 3)}
    return replace(a_case(kind), **(closed | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (Kind.OBJECTION, Outcome.GRANTED),
        (Kind.ERASURE, Outcome.REFUSED),
        (Kind.RESTRICTION, Outcome.REFUSED),
        (Kind.RESTRICTION, Outcome.WITHDRAWN),
    ],
)
def test_what_only_froze_meanwhile_or_was_not_granted_holds_nothing_back(kind: Kind, outcome: Outcome) -> None:
    assert forget_on(restricted(kind, outcome), a_policy()) == date(2028, 3, 2)


def test_a_case_that_restricts_and_erases_is_forgotten_with_the_erasure() -> None:
    items = (Item(Kind.RESTRICTION, Outcome.GRANTED), Item(Kind.ERASURE, Outcome.GRANTED))
    case = restricted(Kind.RESTRICTION, Outcome.GRANTED, items=items)
    assert forget_on(case, a_policy()) == date(2026, 3, 16)


def test_an_earlier_erasure_does_not_end_a_restriction_and_a_later_lifting_does() -> None:
    case = restricted(Kind.RESTRICTION, Outcome.GRANTED)
    earlier = restricted(Kind.ERASURE, Outcome.GRANTED, received_at=local(2025, 3, 2), ref="AVG-2025-0001")
    lifting = restricted(Kind.RESTRICTION_LIFT, Outcome.GRANTED, received_at=local(2026, 5, 2), ref="AVG-2026-0009")
    assert restriction_in_force([case, earlier]) is case
    assert restriction_in_force([case, lifting]) is None


# --- staff is asked once a year --------------------------------------------------------------------


def week_of(at: datetime, *cases: Case) -> tuple[Restricted, ...]:
    start, end = week_bounds(at.astimezone(ZONE).date(), ZONE)
    return digest(cases, [], [], start, end, end, a_policy()).restricted


def test_in_the_week_in_which_a_year_is_full_it_is_asked_and_in_others_only_told() -> None:
    case = restricted(Kind.RESTRICTION, Outcome.GRANTED)  # since Tuesday 3 February 2026
    assert week_of(local(2027, 1, 31), case) == ()
    assert week_of(local(2027, 2, 1), case) == (Restricted(case.ref, date(2026, 2, 3), True),)
    assert week_of(local(2027, 2, 8), case) == (Restricted(case.ref, date(2026, 2, 3), False),)
    assert [one.asked for one in week_of(local(2028, 2, 3), case)] == [True]


def test_a_restriction_of_a_leap_day_is_asked_about_every_year() -> None:
    case = restricted(Kind.RESTRICTION, Outcome.GRANTED, restricted_since=local(2028, 2, 29))
    assert [one.asked for one in week_of(local(2029, 2, 28), case)] == [True]


def test_the_monday_mail_asks_and_shows_how_it_is_lifted(desk: Desk) -> None:
    desk.round(at=local(2027, 2, 22))  # the worker runs on
    desk.round(at=local(2027, 3, 8))
    [mail] = [mail for _, to, mail in desk.left if to == CONTACT and "week 9 van 2027" in str(mail["Subject"])]
    told = text_of(mail)
    assert "Moet de beperking blijven staan?" in told
    assert f"mailbot lift {REF} --tenant kaviaarshop" in told
    assert f"{REF} (sinds maandag 2 maart 2026)" in told
