"""An act is taken back, the last one or one that is named, and only that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of

from company import ACCESS, KNOWN, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.acts import undoing
from mailbot.errors import Refused
from mailbot.model import Kind, LetterState, Outcome


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


def test_of_two_acts_of_one_kind_each_is_taken_back_once_the_newest_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(ACCESS))
    for who in ("kim", "jan", "piet"):
        act(desk, events.Assigned("els", who))
    left = []
    for _ in range(3):
        take_back(desk)
        left.append(case_of(desk).assignee)
    assert left == ["jan", "kim", ""]
    with pytest.raises(Refused) as refused:
        take_back(desk)
    assert refused.value.rule == "undo:nothing"


@pytest.mark.parametrize("state", LetterState)
def test_an_act_is_taken_back_unless_its_letter_left_or_may_have_left(tmp_path: Path, state: LetterState) -> None:
    desk = Desk(tmp_path, undo_minutes=10)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.ExtensionDecided("els", "veel gegevens"))
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of(REF) if one.template == "extended"]
        unit.put_letter(replace(letter, state=state))
    if state in (LetterState.SENT, LetterState.SENDING, LetterState.UNSURE):
        with pytest.raises(Refused, match="has left"):
            take_back(desk)
        assert case_of(desk).extension_reason == "veel gegevens"
    else:
        take_back(desk)
        assert case_of(desk).extension_reason == ""
        assert [one.state for one in desk.letters() if one.token == letter.token] == [LetterState.DROPPED]


def asked_in_a_later_mail(desk: Desk) -> str:
    """A colleague says that a reply to a closed case asks something new: the case that this opened."""
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Closed("els", Outcome.ANSWERED, "gebeld", answered_elsewhere=True))
    desk.round(a_raw_mail(UNCLEAR, number=2, In_Reply_To="<1@klant.test>"), days=1)
    opened = act(desk, events.Corrected("els", (Kind.ERASURE,)))
    assert (opened.kinds, case_of(desk).kinds) == ((Kind.ERASURE,), (Kind.ACCESS,))
    return opened.ref


def test_a_case_that_was_opened_for_a_later_mail_is_no_request_once_that_is_taken_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ref = asked_in_a_later_mail(desk)
    take_back(desk)
    assert (case_of(desk, ref).kinds, case_of(desk, ref).is_open) == ((Kind.NOT_A_REQUEST,), False)


def test_a_case_that_was_opened_for_a_later_mail_stays_where_somebody_went_on_in_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ref = asked_in_a_later_mail(desk)
    act(desk, events.Assigned("kim", "kim"), ref)
    with pytest.raises(Refused, match="others have gone on in the new case") as refused:
        take_back(desk)
    assert (refused.value.rule, case_of(desk, ref).is_open) == ("undo:later", True)


def test_a_case_that_was_opened_for_a_later_mail_stays_where_the_person_himself_wrote_on_in_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ref = asked_in_a_later_mail(desk)
    letter = next(one for one in desk.letters() if one.ref == ref and one.audience == "requester")
    desk.round(a_raw_mail("Graag spoed.", number=3, In_Reply_To=letter.message_id), hours=1)
    assert len(case_of(desk, ref).mails) == 2
    with pytest.raises(Refused, match="others have gone on in the new case") as refused:
        take_back(desk)
    assert (refused.value.rule, case_of(desk, ref).is_open) == ("undo:later", True)


def test_an_act_is_taken_back_although_warnings_about_its_days_were_given_since(tmp_path: Path) -> None:
    desk = Desk(tmp_path, mode="hold")
    desk.round(a_raw_mail(UNCLEAR))
    before = case_of(desk)
    acted = act(desk, events.Corrected("els", (Kind.BREACH_REPORT,)))
    for _ in range(2):
        desk.round(days=1)
    later = case_of(desk)
    assert set(acted.alerted) < set(later.alerted)
    assert before.next_at != acted.next_at != later.next_at
    take_back(desk)
    again = case_of(desk)
    assert (again.kinds, again.status, again.deadlines) == (before.kinds, before.status, before.deadlines)
    assert set(later.alerted) <= set(again.alerted)


def test_a_stop_of_advertising_stays_when_the_act_that_brought_it_is_taken_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(UNCLEAR))
    stopped = act(desk, events.Corrected("els", (Kind.DIRECT_MARKETING,))).suppressed
    assert stopped
    take_back(desk)
    assert (case_of(desk).kinds, case_of(desk).suppressed) == ((Kind.NOT_A_REQUEST,), stopped)
    with desk.tenant.store.unit() as unit:
        assert {entry.address for entry in unit.suppressions()} == {KNOWN}


def test_a_day_that_is_taken_back_moves_once_more_in_peoples_calendars(tmp_path: Path) -> None:
    """A calendar keeps the entry with the highest number (RFC 5545, SEQUENCE)."""
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(ACCESS))
    before = case_of(desk)
    moved = act(desk, events.ReceiptCorrected("els", before.received_at - timedelta(days=3), "lag in een andere bak"))
    take_back(desk)
    after = case_of(desk)
    assert after.deadlines == before.deadlines
    assert before.moves < moved.moves < after.moves
