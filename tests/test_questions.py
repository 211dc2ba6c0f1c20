"""The question of a first letter: on record from the day it left, without stopping the clock (A-36, A-37, C-01)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, local, register

from company import ACCESS, ERASURE, KNOWN, a_bounce, a_raw_mail
from mailbot import events
from mailbot.acts import by_letter
from mailbot.model import Kind, LetterState, Outcome
from mailbot.outgoing import releasing
from mailbot.reports.evidence import evidence
from mailbot.reports.history_account import account

STRANGER = "vreemd@elders.test"
NUMBER = f"{ACCESS} Mijn klantnummer is 1001."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)


def operating(desk: Desk) -> date | None:
    deadline = case_of(desk).deadline("operating")
    return deadline.on if deadline else None


def sent(desk: Desk) -> list[str]:
    return sorted(one.template for one in desk.letters(LetterState.SENT) if one.audience == "requester")


# --- what it does to the term, by the rules -------------------------------------------------------


@pytest.mark.parametrize(("text", "sender"), [(ACCESS, STRANGER), (NUMBER, STRANGER), (ERASURE, KNOWN)])
def test_the_question_of_the_first_letter_stands_in_the_register_and_stops_no_clock(
    desk: Desk, text: str, sender: str
) -> None:
    """A-36: that a clock stands still for it is disputed, so the earlier day counts; A-37: only reasonable doubt stops
    it, and C-01: whether there is any, a person judges."""
    desk.round(a_raw_mail(text, sender=sender))
    desk.round(hours=1)
    case = case_of(desk)
    assert (case.clock_stands_still, operating(desk), case.doubt) == (False, date(2026, 4, 1), "")
    assert register(desk)["identity_asked_on"] == "2026-03-02"


def test_once_a_person_asks_in_doubt_the_clock_stands_still_from_his_question_and_the_first_day_stays(
    desk: Desk,
) -> None:
    """A-37, the stricter reading: the days count from the question that a person's doubt is behind."""
    desk.round(a_raw_mail(ACCESS, sender=STRANGER))
    desk.round(at=local(2026, 3, 5, 10))
    act(desk, events.IdentityAsked("els"))
    desk.round(hours=1)
    assert case_of(desk).clock_stands_still
    act(desk, events.IdentityConfirmed("els", "belde", local(2026, 3, 5, 11)))
    assert (operating(desk), register(desk)["identity_asked_on"]) == (date(2026, 4, 1), "2026-03-02")


def test_a_doubt_that_comes_after_five_days_gets_no_days_from_the_question_of_routine(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender=STRANGER))
    desk.round(at=local(2026, 3, 9, 10))
    act(desk, events.IdentityAsked("els"))
    desk.round(hours=1)
    assert (case_of(desk).clock_stands_still, operating(desk)) == (False, date(2026, 4, 1))


# --- whether it was asked at all ------------------------------------------------------------------


def test_a_letter_that_asks_nothing_is_no_question(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(hours=1)
    assert (sent(desk), register(desk)["identity_asked_on"]) == (["acknowledgement"], None)


def test_a_question_that_came_back_was_not_asked(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender=STRANGER))
    desk.round(hours=1)
    [asked] = [one for one in desk.letters(LetterState.SENT) if one.template == "neutral"]
    desk.round(a_bounce(asked.message_id, STRANGER))
    assert register(desk)["identity_asked_on"] is None


def test_the_account_tells_that_it_was_asked(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender=STRANGER))
    desk.round(hours=1)
    with desk.tenant.store.unit() as unit:
        lines = list(account(unit.history(REF), desk.tenant.policy, desk.tenant.letters.phrases["nl"]))
    assert any("de vraag wie er schrijft is verstuurd" in line.what for line in lines)
    assert desk.faults() == []


# --- no mail left until the term was over (A-38) --------------------------------------------------


@pytest.fixture
def late(desk: Desk) -> Desk:
    """A stranger's request; no mail left from the first day until a week after the term."""
    desk.down = True
    desk.round(a_raw_mail(ACCESS, sender=STRANGER))
    for _ in range(38):
        desk.round(days=1)
    desk.down = False
    return desk


def test_people_read_in_every_warning_that_the_first_letter_never_left(late: Desk) -> None:
    late.round(at=local(2026, 4, 10, 10))
    late.round(hours=1)
    assert "letter_failed" in case_of(late).needs
    overdue = [one for one in late.letters(LetterState.SENT) if one.template == "overdue"]
    assert "is niet verstuurd: de mailserver nam hem niet aan" in " ".join(overdue[-1].text.split())


def test_nobody_is_told_that_he_could_not_be_identified_before_he_was_asked(late: Desk) -> None:
    late.round(at=local(2026, 4, 10, 10))
    assert [one for one in late.letters() if one.template == "cannot_identify"] == []


def test_once_asked_he_has_three_working_days_and_then_that_letter_waits_and_meets_the_term_late(late: Desk) -> None:
    late.clock.at = local(2026, 4, 10, 10)
    releasing.release(late.tenant, f"{REF}:ack", late.clock())
    late.round(hours=1)
    assert (sent(late), case_of(late).needs) == (["neutral"], ())
    late.round(at=local(2026, 4, 14, 10))
    assert late.letters(LetterState.HELD) == []
    late.round(at=local(2026, 4, 15, 10))
    [waits] = late.letters(LetterState.HELD)
    assert waits.template == "cannot_identify"
    releasing.release(late.tenant, waits.token, late.clock())
    late.round(hours=1)
    assert (case_of(late).is_open, register(late)["within_law"]) == (True, False)
    act(late, events.Closed("els", Outcome.REFUSED, "niet vast te stellen wie het is"))
    assert (case_of(late).is_open, late.faults()) == (False, [])


def test_a_no_and_a_letter_by_post_are_still_possible_and_stand_as_late(late: Desk) -> None:
    late.clock.at = local(2026, 4, 10, 10)
    why = "U vroeg dit dit jaar al acht keer, en er is sindsdien niets veranderd."
    facts = (("ground", ("excessive",)), ("reasons", (why,)))
    event = events.Replied("els", "refused", facts, (Kind.ACCESS,), late="de mail lag stil")
    by_letter.act(late.tenant, REF, event, date(2026, 4, 10), late.clock())
    assert (register(late)["within_law"], case_of(late).needs) == (False, ())
    case = case_of(late)
    with late.tenant.store.unit() as unit:
        assert [one.posted_by for one in evidence(unit, case, late.tenant.policy).letters] == ["els"]
    act(late, events.Closed("els", Outcome.REFUSED, "geweigerd"))
    assert not case_of(late).is_open


def test_for_a_letter_that_is_not_to_leave_any_more_nobody_is_called(late: Desk) -> None:
    late.clock.at = local(2026, 4, 10, 10)
    releasing.drop(late.tenant, f"{REF}:ack", "gebeld", late.clock())
    assert case_of(late).needs == ()


def test_who_is_asked_in_the_last_days_of_the_term_is_told_in_the_term_all_the_same(desk: Desk) -> None:
    desk.down = True
    desk.round(a_raw_mail(ACCESS, sender=STRANGER))
    desk.round(days=2)
    desk.down = False
    desk.clock.at = local(2026, 3, 30, 10)
    releasing.release(desk.tenant, f"{REF}:ack", desk.clock())
    desk.round(hours=1)
    desk.round(at=local(2026, 3, 31, 10))
    assert desk.letters(LetterState.HELD) == []
    desk.round(at=local(2026, 4, 1, 10))
    assert [one.template for one in desk.letters(LetterState.HELD)] == ["cannot_identify"]
