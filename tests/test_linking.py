"""A later mail that opened a case of its own goes to the earlier case of the same person: no day, no right is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk, local

from company import ACCESS, KNOWN, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.acts import acting, linking, undoing
from mailbot.errors import Refused, Usage
from mailbot.fulfil import forgetting
from mailbot.memory.histories import faults
from mailbot.model import Customer, Kind, LetterState, Outcome, Status

FIRST, SECOND = "AVG-2026-0001", "AVG-2026-0002"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A request, and an unclear mail of the same person a day later that opened a case of its own."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), mode="hold")
    desk.round(a_raw_mail(ACCESS))
    desk.round(a_raw_mail(f"{UNCLEAR} Mijn klantnummer is 1001.", number=2, subject="nog iets"), minutes=60 * 24)
    assert [case.ref for case in desk.cases()] == [FIRST, SECOND]
    acting.act(desk.tenant, SECOND, events.Corrected("els", (Kind.ACCESS,)), desk.clock())
    return desk


def join(desk: Desk, ref: str = SECOND, other: str = FIRST, reason: str = "vervolg") -> None:
    linking.join(desk.tenant, ref, other, "els", reason, desk.clock())


def test_the_mails_move_and_the_later_case_closes(desk: Desk) -> None:
    before = desk.cases()[0]
    join(desk)
    first, second = desk.cases()
    assert [mail.subject for mail in first.mails] == ["vraag", "nog iets"]
    assert (second.status, second.close_reason, second.mails) == (Status.CLOSED, f"belongs to {FIRST}", ())
    assert (first.received_at, first.deadlines) == (before.received_at, before.deadlines)
    assert "belongs to AVG-2026-0001: vervolg" in second.remarks


def test_both_histories_hold(desk: Desk) -> None:
    join(desk)
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_an_answer_to_the_later_mail_finds_the_earlier_case(desk: Desk) -> None:
    join(desk)
    desk.round(a_raw_mail("Hier is het nummer.", number=3, In_Reply_To="<2@klant.test>"), minutes=5)
    first, second = desk.cases()
    assert len(first.mails) == 3
    assert second.status is Status.CLOSED


def test_letters_of_the_later_case_that_wait_do_not_leave(desk: Desk) -> None:
    assert [letter.ref for letter in desk.letters(LetterState.HELD) if letter.ref == SECOND] != []
    join(desk)
    assert [letter.ref for letter in desk.letters(LetterState.HELD) if letter.ref == SECOND] == []


def test_the_same_mail_delivered_again_is_known_where_it_went(desk: Desk) -> None:
    join(desk)
    desk.round(a_raw_mail(f"{UNCLEAR} Mijn klantnummer is 1001.", number=2, subject="nog iets"), minutes=5)
    assert len(desk.cases()) == 2
    assert len(desk.cases()[0].mails) == 2


def test_which_case_each_mail_belongs_to_is_on_record_with_the_mail_and_again_after_taking_it_back(desk: Desk) -> None:
    def belongs() -> list[str]:
        with desk.tenant.store.unit() as unit:
            return [seen.ref for key in keys if (seen := unit.seen(key))]

    keys = [mail.key for case in desk.cases() for mail in case.mails]
    assert belongs() == [FIRST, SECOND]
    join(desk)
    assert belongs() == [FIRST, FIRST]
    take_back(desk)
    assert belongs() == [FIRST, SECOND]


@pytest.mark.parametrize("state", LetterState)
def test_a_letter_of_the_later_case_that_can_still_leave_is_dropped_and_no_other(
    desk: Desk, state: LetterState
) -> None:
    [letter, *_] = [one for one in desk.letters(LetterState.HELD) if one.ref == SECOND]
    with desk.tenant.store.unit() as unit:
        unit.put_letter(replace(letter, state=state))
    join(desk)
    with desk.tenant.store.unit() as unit:
        now = unit.letter(letter.token)
    assert now
    stopped = state in (LetterState.HELD, LetterState.QUEUED, LetterState.OBSERVED)
    assert now.state is (LetterState.DROPPED if stopped else state)


class Customers:
    """Two customers share an address, and one has none."""

    def by_address(self, email: str) -> list[Customer]:
        return [Customer("1", (email,)), Customer("2", (email,))] if email == KNOWN else []

    def by_number(self, number: str) -> list[Customer]:
        return [Customer("3", ())] if number == "3" else []


def test_a_case_is_linked_to_one_customer_who_is_named_or_to_none(desk: Desk) -> None:
    desk.tenant.__dict__["customers"] = Customers()
    linked = linking.link_event(desk.tenant, "els", " 3 ", "gebeld")
    assert linked == events.CustomerLinked("els", "3", "", "gebeld")
    with pytest.raises(Refused, match="2 customers have this number or address") as refused:
        linking.link_event(desk.tenant, "els", KNOWN, "gebeld")
    assert refused.value.rule == "C-03"
    for nobody in ("4", "niemand@klant.test"):
        with pytest.raises(Usage, match="no customer has"):
            linking.link_event(desk.tenant, "els", nobody, "gebeld")
    desk.tenant.__dict__["customers"] = None
    with pytest.raises(Usage, match=r"fill in \[customers\]"):
        linking.link_event(desk.tenant, "els", "3", "gebeld")


def test_an_earlier_case_never_joins_a_later_one(desk: Desk) -> None:
    with pytest.raises(Refused, match="came later"):
        join(desk, FIRST, SECOND)


def test_a_right_that_is_asked_only_in_the_later_case_is_not_lost(desk: Desk) -> None:
    acting.act(desk.tenant, SECOND, events.Corrected("els", (Kind.ERASURE,)), desk.clock())
    with pytest.raises(Refused, match="asks erasure too"):
        join(desk)


def test_nobody_s_mail_goes_into_somebody_else_s_case(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender="ander@klant.test", number=4), minutes=5)
    with pytest.raises(Refused, match="somebody else"):
        join(desk, "AVG-2026-0003")


def test_another_address_of_the_same_customer_may(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender="ander@klant.test", number=4), minutes=5)
    event = linking.link_event(desk.tenant, "els", KNOWN, "gebeld")
    acting.act(desk.tenant, "AVG-2026-0003", event, desk.clock())
    join(desk, "AVG-2026-0003")
    assert len(desk.cases()[0].mails) == 2


def test_a_closed_case_is_opened_first(desk: Desk) -> None:
    acting.act(desk.tenant, FIRST, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), desk.clock())
    with pytest.raises(Refused, match="reopen AVG-2026-0001"):
        join(desk)


def test_a_reason_is_needed_and_a_case_does_not_join_itself(desk: Desk) -> None:
    with pytest.raises(Refused, match="Say why"):
        join(desk, reason=" ")
    with pytest.raises(Refused, match="itself"):
        join(desk, SECOND, SECOND)
    with pytest.raises(Usage, match="no case"):
        join(desk, SECOND, "AVG-2026-0009")


def test_what_was_refused_changed_nothing(desk: Desk) -> None:
    before = desk.cases()
    with pytest.raises(Refused):
        join(desk, reason="")
    assert desk.cases() == before


def take_back(desk: Desk, ref: str = SECOND) -> None:
    with desk.tenant.store.unit() as unit:
        undoing.take_back(unit, desk.tenant, ref, "els", desk.clock())


def test_what_was_joined_by_mistake_comes_apart_again(desk: Desk) -> None:
    first, second = desk.cases()
    join(desk)
    take_back(desk)
    again, later = desk.cases()
    assert (again.mails, again.thread, again.items, again.status) == (
        first.mails,
        first.thread,
        first.items,
        first.status,
    )
    assert (later.mails, later.items, later.status) == (second.mails, second.items, second.status)
    assert set(second.thread) <= set(later.thread)
    assert (later.closed_at, later.forget_on, later.next_at) == (None, None, second.next_at)
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_after_that_answers_and_copies_of_each_mail_find_their_own_case(desk: Desk) -> None:
    join(desk)
    take_back(desk)
    desk.round(a_raw_mail("Hier is het nummer.", number=3, In_Reply_To="<2@klant.test>"), minutes=5)
    desk.round(a_raw_mail(f"{UNCLEAR} Mijn klantnummer is 1001.", number=2, subject="nog iets"), minutes=5)
    assert [len(case.mails) for case in desk.cases()] == [1, 2]


def test_a_link_can_be_made_and_taken_back_more_than_once(desk: Desk) -> None:
    for _ in range(2):
        join(desk)
        assert [len(case.mails) for case in desk.cases()] == [2, 0]
        take_back(desk)
        assert [len(case.mails) for case in desk.cases()] == [1, 1]
    with pytest.raises(Refused, match=r"gone on from there|cannot be undone|nothing to undo|changed nothing"):
        take_back(desk)
        take_back(desk)


def test_a_case_that_was_opened_again_since_is_not_taken_back_over(desk: Desk) -> None:
    join(desk)
    acting.act(desk.tenant, SECOND, events.Reopened("els", "toch apart"), desk.clock())
    acting.act(desk.tenant, SECOND, events.Assigned("els", "Jan"), desk.clock())
    with desk.tenant.store.unit() as unit, pytest.raises(Refused):
        seq = next(entry.seq for entry in unit.history(SECOND) if entry.event == "BelongsTo")
        undoing.take_back(unit, desk.tenant, SECOND, "els", desk.clock(), seq)


def test_of_two_that_were_joined_each_gets_its_own_mails_back(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender="ander@klant.test", number=4), minutes=5)
    third = "AVG-2026-0003"
    acting.act(desk.tenant, third, linking.link_event(desk.tenant, "els", KNOWN, "gebeld"), desk.clock())
    before = [tuple(mail.key for mail in case.mails) for case in desk.cases()]
    join(desk)
    join(desk, third)
    take_back(desk)
    kept = [tuple(mail.key for mail in case.mails) for case in desk.cases()]
    assert kept == [before[0] + before[2], before[1], ()]
    take_back(desk, third)
    assert [tuple(mail.key for mail in case.mails) for case in desk.cases()] == before


def test_what_was_joined_to_a_case_that_is_anonymous_by_now_stays_with_it(desk: Desk) -> None:
    join(desk)
    acting.act(desk.tenant, FIRST, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), desk.clock())
    assert FIRST in forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    before = desk.cases()
    with pytest.raises(Refused, match="cannot be undone"):
        take_back(desk)
    assert desk.cases() == before


def test_a_link_to_a_case_that_is_anonymous_by_now_is_not_taken_back_although_its_own_case_is_kept(desk: Desk) -> None:
    """As one that he wrote from elsewhere, was linked to him and is held for a dispute."""
    third = "AVG-2026-0003"
    desk.round(a_raw_mail(ACCESS, sender="ander@klant.test", number=4), minutes=5)
    acting.act(desk.tenant, third, linking.link_event(desk.tenant, "els", KNOWN, "gebeld"), desk.clock())
    join(desk, third)
    acting.act(desk.tenant, third, events.HeldLegally("els", "dagvaarding"), desk.clock())
    for ref in (FIRST, SECOND):
        acting.act(desk.tenant, ref, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), desk.clock())
    assert forgetting.forget_due(desk.tenant, desk.clock.move(days=900)) == [FIRST, SECOND]
    before = desk.cases()
    with desk.tenant.store.unit() as unit, pytest.raises(Refused, match="anonymous by now") as refused:
        seq = next(entry.seq for entry in unit.history(third) if entry.event == "BelongsTo")
        undoing.take_back(unit, desk.tenant, third, "els", desk.clock(), seq)
    assert (refused.value.rule, desk.cases()) == ("undo:later", before)


def test_a_mail_that_stood_in_both_cases_stays_in_the_earlier_one_when_they_come_apart(tmp_path: Path) -> None:
    """It asked something new in the earlier case and so opened the later one, which belongs to it after all."""
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(ACCESS))
    closed = events.Closed("els", Outcome.ANSWERED, "gebeld", answered_elsewhere=True)
    acting.act(desk.tenant, FIRST, closed, desk.clock())
    desk.round(a_raw_mail(UNCLEAR, number=2, In_Reply_To="<1@klant.test>"), days=1)
    acting.act(desk.tenant, FIRST, events.Corrected("els", (Kind.ERASURE,)), desk.clock())
    acting.act(desk.tenant, SECOND, events.Corrected("els", (Kind.ACCESS,)), desk.clock())
    acting.act(desk.tenant, FIRST, events.Reopened("els", "hoort bij elkaar"), desk.clock())
    first, second = desk.cases()
    assert [mail.message_id for mail in first.mails] == ["<1@klant.test>", "<2@klant.test>"]
    join(desk)
    take_back(desk)
    again, later = desk.cases()
    assert (again.mails, again.thread) == (first.mails, first.thread)
    assert (later.mails, later.thread[: len(second.thread)]) == (second.mails, second.thread)
