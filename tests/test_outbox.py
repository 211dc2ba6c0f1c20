"""How a letter ends: sent, tried again, given up, unsure; what lets it go and what keeps it in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, act, case_of, local, text_of
from test_airlock_check import a_letter

from company import ACCESS, BOX, CONTACT, KNOWN, START, WIDE, a_raw_mail
from mailbot import events
from mailbot.accounts import ImapAccount
from mailbot.errors import LoginRefused, RecipientWaits, Refused, SendFailed, SendUnsure, TryLater, Unreachable
from mailbot.model import SECOND_LOOK, Caps, Enclosed, Letter, LetterState, Outcome
from mailbot.outgoing import airlock_check, outbox, releasing, sent_mail
from mailbot.store import Unit

AGAIN = (LetterState.HELD, LetterState.UNSURE, LetterState.FAILED)
DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With one case whose first letters have left."""
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=30)
    desk.forget_mails()
    return desk


def put(desk: Desk, number: int = 1, **changes: Any) -> Letter:
    """A letter of the case that is due now, and that the airlock let pass."""
    due = {"next_try": desk.clock(), "created_at": desk.clock(), "passed": airlock_check.CLEAN}
    letter = replace(a_letter(1, **due), token=f"{REF}:answer:{number}")
    with desk.tenant.store.unit() as unit:
        unit.put_letter(replace(letter, **changes))
    return letter


def now_is(desk: Desk, number: int = 1) -> Letter:
    with desk.tenant.store.unit() as unit:
        found = unit.letter(f"{REF}:answer:{number}")
    assert found
    return found


def answering(desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """A server that answers every letter with this; who was written to."""
    asked: list[str] = []

    def send(sender: str, to: str, raw: bytes) -> str:
        asked.append(to)
        raise error

    monkeypatch.setattr(desk, "send", send)
    return asked


def deliver(desk: Desk) -> None:
    """One delivery, whose trouble is the test's own doing."""
    with suppress(TryLater):
        outbox.deliver(desk.tenant, desk.clock)


# --- tried again ---------------------------------------------------------------------------------


def test_a_letter_that_must_wait_waits_twice_as_long_each_time_and_four_hours_at_most(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk)
    answering(desk, monkeypatch, TryLater("451 later"))
    waits = []
    for _ in range(8):
        deliver(desk)
        waits.append(now_is(desk).next_try - desk.clock())  # type: ignore[operator]
        desk.clock.at = now_is(desk).next_try or desk.clock.at
    assert [wait // timedelta(minutes=1) for wait in waits] == [5, 10, 20, 40, 80, 160, 240, 240]


@pytest.mark.parametrize(("asked", "minutes"), [(60.0, 5), (1800.0, 30)])
def test_a_server_that_names_a_longer_wait_gets_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: float, minutes: int
) -> None:
    put(desk)
    answering(desk, monkeypatch, TryLater("451 later", asked))
    deliver(desk)
    assert now_is(desk).next_try == desk.clock() + timedelta(minutes=minutes)
    assert (now_is(desk).state, now_is(desk).why) == (LetterState.QUEUED, "451 later")


@pytest.mark.parametrize(("since", "state"), [(DAY, LetterState.FAILED), (DAY * 0.9, LetterState.QUEUED)])
def test_a_day_after_its_first_try_a_letter_is_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, since: timedelta, state: LetterState
) -> None:
    put(desk, created_at=START - 3 * DAY, first_try=desk.clock() - since, attempts=9)
    answering(desk, monkeypatch, TryLater("451 later"))
    deliver(desk)
    assert now_is(desk).state is state


def test_a_letter_that_was_withdrawn_and_let_go_again_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk, state=LetterState.UNSURE, withdrawn="the case was closed")
    releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock())
    answering(desk, monkeypatch, TryLater("451 later"))
    desk.clock.move(hours=1)
    deliver(desk)
    assert now_is(desk).state is LetterState.QUEUED


def test_a_letter_that_a_person_let_go_again_has_a_day_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk, state=LetterState.FAILED, first_try=desk.clock() - 3 * DAY, created_at=desk.clock() - 3 * DAY)
    releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock())
    answering(desk, monkeypatch, TryLater("451 later"))
    desk.clock.move(hours=1)
    deliver(desk)
    assert now_is(desk).state is LetterState.QUEUED


def test_after_three_in_a_row_that_must_wait_the_rest_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        put(desk, number)
    asked = answering(desk, monkeypatch, TryLater("451 later"))
    with pytest.raises(TryLater):
        outbox.deliver(desk.tenant, desk.clock)
    assert len(asked) == outbox.SERVER_DOWN_AFTER


def test_a_letter_that_was_erased_while_it_was_at_the_server_is_not_written_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk)
    asked: list[str] = []

    def erased_meanwhile(sender: str, to: str, raw: bytes) -> str:
        asked.append(to)
        with desk.tenant.store.unit() as unit:
            unit.tables.drop("letters", f"{REF}:answer:1")
        return "250 ok"

    monkeypatch.setattr(desk, "send", erased_meanwhile)
    deliver(desk)
    assert asked == [KNOWN]
    with desk.tenant.store.unit() as unit:
        assert unit.letter(f"{REF}:answer:1") is None


def test_recipients_that_must_wait_each_by_himself_hold_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 12):
        put(desk, number, to=f"p{number}@klant.test", next_try=desk.clock() - timedelta(minutes=20 - number))
    send = desk.send

    def greylisting(sender: str, to: str, raw: bytes) -> str:
        if to != "p11@klant.test":
            raise RecipientWaits("451 4.7.1 greylisted")
        return send(sender, to, raw)

    monkeypatch.setattr(desk, "send", greylisting)
    outbox.deliver(desk.tenant, desk.clock)
    assert [to for _, to, _ in desk.left if "klant" in to] == ["p11@klant.test"]


@pytest.mark.parametrize("error", [TryLater("451 greylisted"), Unreachable("nobody answers")])
def test_one_letter_that_must_wait_stops_no_other_and_only_a_server_that_is_away_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: TryLater
) -> None:
    for number in range(1, 7):
        put(desk, number, to=f"p{number}@klant.test")
    send, failing = desk.send, {f"p{number}@klant.test" for number in (1, 2, 4, 5)}

    def fickle(sender: str, to: str, raw: bytes) -> str:
        if to in failing:
            raise error
        return send(sender, to, raw)

    monkeypatch.setattr(desk, "send", fickle)
    with pytest.raises(Unreachable) if isinstance(error, Unreachable) else nullcontext():
        outbox.deliver(desk.tenant, desk.clock)
    assert [to for _, to, _ in desk.left if "klant" in to] == ["p3@klant.test", "p6@klant.test"]


def test_a_password_that_is_refused_is_not_tried_with_the_next_letter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk)
    put(desk, 2)
    asked = answering(desk, monkeypatch, LoginRefused("535 no"))
    for _ in range(2):
        deliver(desk)
    assert len(asked) == 1
    assert {now_is(desk).state, now_is(desk, 2).state} == {LetterState.QUEUED}


def test_once_the_server_takes_letters_again_a_refused_password_is_the_first_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk)
    for _ in range(2):  # the second refusal costs half an hour
        with monkeypatch.context() as patch:
            answering(desk, patch, LoginRefused("535 no"))
            deliver(desk)
        desk.clock.move(minutes=31)
    deliver(desk)
    assert now_is(desk).state is LetterState.SENT
    put(desk, 2)
    with monkeypatch.context() as patch:
        answering(desk, patch, LoginRefused("535 no"))
        deliver(desk)
    put(desk, 3, next_try=desk.clock() + timedelta(minutes=2))
    desk.clock.move(minutes=2)
    deliver(desk)
    assert now_is(desk, 3).state is LetterState.SENT


def test_a_letter_whose_login_was_refused_for_hours_leaves_half_an_hour_after_that_was_mended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk)
    with monkeypatch.context() as patch:
        asked = answering(desk, patch, LoginRefused("535 no"))
        for _ in range(6 * 60):
            deliver(desk)
            desk.clock.move(minutes=1)
    assert len(asked) == 13, "once more after a minute, then every half an hour: the account is not locked"
    desk.clock.move(minutes=30)
    deliver(desk)
    assert now_is(desk).state is LetterState.SENT


def test_a_server_that_refused_the_login_is_left_alone_also_once_its_connection_was_opened_anew(desk: Desk) -> None:
    desk.tenant.back_off(KNOWN, desk.clock())
    desk.tenant.__dict__["submission"] = Desk(desk.tenant.folder)
    assert desk.tenant.is_backing_off(KNOWN, desk.clock())
    desk.tenant.let_in(KNOWN)
    assert not desk.tenant.is_backing_off(KNOWN, desk.clock())


def test_a_server_that_refused_the_login_keeps_no_alarm_from_leaving_by_the_other(desk: Desk) -> None:
    alarm = "alarm@thuis.test"
    desk.change(alarm_email=alarm)
    desk.tenant.__dict__["alarm_submission"] = Desk(desk.tenant.folder)
    for refusing, other in ((KNOWN, alarm), (alarm, KNOWN)):
        desk.tenant.back_off(refusing, desk.clock())
        assert desk.tenant.is_backing_off(refusing, desk.clock())
        assert not desk.tenant.is_backing_off(other, desk.clock())
        desk.tenant.let_in(refusing)


def test_after_a_refused_password_no_more_letters_are_looked_up_than_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    ordinary = Unit.sendable

    def sendable(unit: Unit, now: datetime, limit: int = 100) -> list[Letter]:
        limits.append(limit)
        return ordinary(unit, now, limit)

    def looked_up() -> set[int]:
        limits.clear()
        monkeypatch.setattr(Unit, "sendable", sendable)
        outbox._first(desk.tenant, desk.clock(), yielding=True)
        return set(limits)

    desk.tenant.back_off(KNOWN, desk.clock())
    assert looked_up() == {-1}
    desk.clock.move(minutes=2)
    assert looked_up() == {outbox.AT_ONCE}


# --- ended ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "state"),
    [(SendFailed("550 no such user"), LetterState.FAILED), (SendUnsure("the line was lost"), LetterState.UNSURE)],
)
def test_a_letter_that_was_refused_or_perhaps_taken_is_never_sent_again_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, state: LetterState
) -> None:
    put(desk)
    with monkeypatch.context() as patch:
        answering(desk, patch, error)
        deliver(desk)
    desk.round(days=1)
    assert (now_is(desk).state, now_is(desk).answer) == (state, str(error))
    assert KNOWN not in {to for _, to, _ in desk.left}


def test_a_letter_that_was_being_sent_when_the_program_stopped_is_unsure(desk: Desk) -> None:
    put(desk, state=LetterState.SENDING)
    assert outbox.recover(desk.tenant, desk.clock()) == 1
    assert now_is(desk).state is LetterState.UNSURE


def test_while_the_mailbox_cannot_be_read_what_a_colleague_may_have_overtaken_waits_and_the_rest_leaves(
    desk: Desk,
) -> None:
    put(desk, released=True)
    put(desk, 2, template="acknowledgement", released=False)
    outbox.deliver(desk.tenant, desk.clock, mailbox_error=TryLater("no mailbox"))
    assert (now_is(desk).state, now_is(desk, 2).state) == (LetterState.SENT, LetterState.QUEUED)


def test_a_mailbox_that_turns_out_to_be_away_while_letters_leave_is_told_once_the_others_have_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk, template="acknowledgement", released=False)
    put(desk, 2, released=True)

    def away(*_: object) -> None:
        raise TryLater("no mailbox")

    monkeypatch.setattr(sent_mail, "read_new", away)
    with pytest.raises(TryLater, match="no mailbox"):
        outbox.deliver(desk.tenant, desk.clock)
    assert (now_is(desk).state, now_is(desk, 2).state) == (LetterState.QUEUED, LetterState.SENT)


@pytest.mark.parametrize(
    ("changes", "files", "copied"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"audience": "staff", "to": CONTACT, "template": "overdue"}, True, False),
        ({"enclosed": (Enclosed("a.csv", "text/csv", file="a.csv"),)}, True, False),
    ],
)
def test_a_copy_lies_in_sent_of_what_went_to_the_requester_and_carries_no_data(
    desk: Desk, changes: dict[str, Any], files: bool, copied: bool
) -> None:
    (desk.tenant.folder / "a.csv").write_text("1;2")
    account = ImapAccount("127.0.0.1", 9, "plain", BOX, lambda: "", file_sent=files)
    desk.tenant.company = replace(desk.tenant.company, imap=account)
    put(desk, **changes)
    deliver(desk)
    assert (now_is(desk).state, now_is(desk).copy_due) == (LetterState.SENT, copied)


@pytest.mark.parametrize(("released", "state"), [(True, LetterState.SENT), (False, LetterState.HELD)])
def test_a_mail_that_a_colleague_marked_as_answered_holds_only_what_the_program_wrote_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, released: bool, state: LetterState
) -> None:
    put(desk, template="acknowledgement", released=released)
    monkeypatch.setattr(desk, "answered", set)
    deliver(desk)
    assert now_is(desk).state is state


def test_a_letter_that_may_leave_does_so_however_many_stand_before_it_that_must_wait(desk: Desk) -> None:
    for number in range(2, outbox.AT_ONCE + 3):
        put(desk, number, template="acknowledgement", released=False, next_try=desk.clock() - DAY)
    put(desk)
    outbox.deliver(desk.tenant, desk.clock, mailbox_error=TryLater("no mailbox"))
    assert now_is(desk).state is LetterState.SENT


@pytest.mark.parametrize(
    "changes",
    [
        {"state": LetterState.HELD},
        {"state": LetterState.DROPPED},
        {"passed": ""},
        {"next_try": START + 9 * DAY},
    ],
)
def test_what_a_person_does_to_a_letter_after_it_was_looked_up_still_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    put(desk, template="acknowledgement", released=False, to="eerst@klant.test")
    put(desk, 2, to="daarna@klant.test")
    monkeypatch.setattr(sent_mail, "read_new", lambda *_: put(desk, 2, to="daarna@klant.test", **changes))
    deliver(desk)
    assert [to for _, to, _ in desk.left if "klant.test" in to] == ["eerst@klant.test"]


@pytest.mark.parametrize("template", ["acknowledgement", "answer"])
def test_a_letter_that_was_overtaken_at_the_servers_door_is_not_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    put(desk, template=template, released=False)

    def greylisted(sender: str, to: str, raw: bytes) -> str:
        if case_of(desk).is_open:
            act(desk, events.Closed("john", Outcome.WITHDRAWN, "ingetrokken"))
        raise TryLater("451 greylisted")

    with monkeypatch.context() as later:
        later.setattr(desk, "send", greylisted)
        deliver(desk)
    desk.forget_mails()
    desk.clock.move(minutes=30)
    deliver(desk)
    by_itself = template == "acknowledgement"
    assert now_is(desk).state is (LetterState.DROPPED if by_itself else LetterState.SENT)
    assert [to for _, to, _ in desk.left if to == KNOWN] == ([] if by_itself else [KNOWN])


def test_a_letter_that_is_gone_from_the_memory_is_not_brought_back_by_a_server_that_was_busy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk)

    def greylisted(sender: str, to: str, raw: bytes) -> str:
        with desk.tenant.store.unit() as unit:
            unit.tables.drop("letters", f"{REF}:answer:1")
        raise TryLater("451 greylisted")

    monkeypatch.setattr(desk, "send", greylisted)
    deliver(desk)
    with desk.tenant.store.unit() as unit:
        assert unit.letter(f"{REF}:answer:1") is None


# --- let go, and stopped -------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(LetterState))
def test_a_person_lets_go_what_waits_for_one_and_nothing_else(desk: Desk, state: LetterState) -> None:
    put(desk, state=state)
    if state in AGAIN:
        assert releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock()).state is LetterState.QUEUED
        return
    with pytest.raises(Refused):
        releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock())


@pytest.mark.parametrize("state", list(LetterState))
def test_a_person_stops_what_has_not_left(desk: Desk, state: LetterState) -> None:
    put(desk, state=state)
    if state not in (LetterState.SENT, LetterState.SENDING, LetterState.DROPPED):
        releasing.drop(desk.tenant, f"{REF}:answer:1", "niet goed", desk.clock())
        dropped = now_is(desk)
        assert (dropped.state, dropped.why, dropped.next_try) == (LetterState.DROPPED, "niet goed", None)
        return
    with pytest.raises(Refused):
        releasing.drop(desk.tenant, f"{REF}:answer:1", "niet goed", desk.clock())


@pytest.mark.parametrize(
    ("changes", "override", "told"),
    [
        ({"why": SECOND_LOOK}, "", "second_look"),
        ({"draft": "lies"}, "", "lies in the drafts"),
        ({"why": "airlock: recipient"}, "het mag", "not proven"),
    ],
)
def test_a_letter_is_not_let_go_past_what_must_come_first(
    desk: Desk, changes: dict[str, Any], override: str, told: str
) -> None:
    put(desk, state=LetterState.HELD, **changes)
    with pytest.raises(Refused, match=told):
        releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock(), override)


def test_a_company_that_observes_lets_nothing_go(desk: Desk) -> None:
    put(desk, state=LetterState.HELD)
    desk.change(mode="observe")
    with pytest.raises(Refused, match="only observes"):
        releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock())


def test_a_letter_that_is_let_go_passes_the_airlock_anew_unless_a_person_says_why_not(desk: Desk) -> None:
    for override in ("", "els let it pass: eigen nummer"):
        put(desk, state=LetterState.HELD)
        released = releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock(), override)
        assert (released.passed, released.released) == (override, True)
        assert override in released.why


@pytest.mark.parametrize(
    ("changes", "waits"),
    [({}, True), ({"template": "acknowledgement"}, False), ({"template": "new_case", "audience": "staff"}, False)],
)
def test_what_a_person_wrote_leaves_after_the_time_to_think_and_fixed_words_at_once(
    desk: Desk, changes: dict[str, Any], waits: bool
) -> None:
    desk.change(undo_minutes=10)
    put(desk, state=LetterState.HELD, **changes)
    released = releasing.release(desk.tenant, f"{REF}:answer:1", desk.clock())
    assert released.next_try == desk.clock() + timedelta(minutes=10 if waits else 0)


# --- the brake -----------------------------------------------------------------------------------

AUTOMATIC: dict[str, Any] = {"template": "acknowledgement", "released": False, "passed": ""}


@pytest.mark.parametrize(
    ("caps", "to", "left"),
    [
        (replace(WIDE, per_hour=4), lambda n: f"p{n}@klant.test", 3),  # the first letter of the case counts too
        (replace(WIDE, per_address_a_day=2), lambda n: "p@klant.test", 2),
    ],
)
def test_so_many_letters_leave_by_themselves_and_the_next_waits_for_a_person(
    desk: Desk, caps: Caps, to: Callable[[int], str], left: int
) -> None:
    desk.change(caps=caps)
    for number in range(1, 6):
        put(desk, number, to=to(number), **AUTOMATIC)
    deliver(desk)
    assert sum("klant.test" in one for _, one, _ in desk.left) == left
    assert len(desk.letters(LetterState.HELD)) == 5 - left


def test_a_notice_of_extension_that_the_month_overtook_does_not_leave_and_people_hear_at_once(desk: Desk) -> None:
    reason = "Uw gegevens staan in vier systemen en een archief."
    desk.clock.at = local(2026, 4, 2, 23, 30)  # the month ends on this day
    desk.down = True
    act(desk, events.ExtensionDecided("els", reason))
    desk.round(minutes=1)
    desk.forget_mails()
    desk.down = False
    desk.round(at=local(2026, 4, 3, 8))
    desk.round(hours=2)
    assert "meer tijd nodig" not in " ".join(str(mail["Subject"]) for mail in desk.mails_to(KNOWN))
    case = case_of(desk)
    assert (case.extended_at, case.extension_reason) == (None, "")
    assert "extension_too_late" in case.needs
    assert any("niet binnen de eerste maand weg" in text_of(mail) for mail in desk.mails_to(CONTACT))
    assert not desk.faults()


def test_a_notice_of_extension_leaves_on_the_last_day(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 2, 23, 30)
    act(desk, events.ExtensionDecided("els", "Uw gegevens staan in vier systemen en een archief."))
    desk.round(minutes=15)
    assert case_of(desk).extended_at == local(2026, 4, 2, 23, 45)
