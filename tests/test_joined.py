"""What a person joins, takes back or closes: whose mails a case has, whether its clock runs, when it is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from builders import AT, a_case, a_mail, after
from mailbot import events
from mailbot.model import Case, Kind, Outcome

NEXT_DAY = AT + timedelta(days=1)
FIRST, SECOND = "ab" * 32, "cd" * 32
ONE, TWO, OURS = "<1@klant.example>", "<2@klant.example>", "<ack@shop.example>"


def first() -> Case:
    return a_case(Kind.ACCESS)


def later() -> Case:
    """A case of the same person a day later, in which a copy of the first mail lies too, and a letter of ours."""
    mail = a_mail(key=SECOND, message_id=TWO, received_at=NEXT_DAY)
    case = a_case(Kind.ACCESS, mail=mail, ref="AVG-2026-0002")
    return replace(case, mails=(*first().mails, *case.mails), thread=(*case.thread, OURS))


def keys(case: Case) -> list[str]:
    return [mail.key for mail in case.mails]


# --- joining -------------------------------------------------------------------------------------


def test_the_earlier_case_has_the_mails_of_the_later_one_each_once_and_answers_to_them_find_it() -> None:
    joined = after(first(), events.TakesOver("els", later()), now=NEXT_DAY)
    assert (keys(joined), joined.thread) == ([FIRST, SECOND], (ONE, TWO, OURS))
    assert "the mails of AVG-2026-0002 belong here" in joined.remarks


def test_what_was_given_back_is_gone_from_the_earlier_case_and_no_answer_finds_it_there() -> None:
    joined = after(first(), events.TakesOver("els", later()), now=NEXT_DAY)
    back = after(joined, events.GivesBack("els", "AVG-2026-0002", (SECOND,), (TWO, OURS)), now=NEXT_DAY)
    assert (keys(back), back.thread) == ([FIRST], (ONE,))


def test_the_later_case_keeps_no_mail_and_says_to_whom_it_belongs_and_why() -> None:
    closed = after(later(), events.BelongsTo("els", first(), "vervolg"), now=NEXT_DAY)
    assert (closed.mails, closed.thread, closed.close_reason) == ((), (), "belongs to AVG-2026-0001")
    assert "belongs to AVG-2026-0001: vervolg" in closed.remarks


# --- taking back ---------------------------------------------------------------------------------

CLOSED = events.Closed("els", Outcome.WITHDRAWN, "ingetrokken")
FIELDS = ("status", "items", "deadlines", "closed_at", "close_reason", "forget_on")


def test_a_closing_that_is_taken_back_lets_the_clock_run_on() -> None:
    case = first()
    closed = after(case, CLOSED, now=NEXT_DAY)
    again = after(closed, events.TakenBack("els", "Closed", FIELDS, case), now=NEXT_DAY)
    assert (again.is_open, again.items, again.deadlines) == (True, case.items, case.deadlines)
    assert again.next_at == case.next_at
    assert "taken back: Closed" in again.remarks


def test_an_opening_that_is_taken_back_never_wakes_and_is_forgotten_on_its_old_day() -> None:
    closed = after(first(), CLOSED, now=NEXT_DAY)
    opened = after(closed, events.Reopened("els", "toch niet"), now=NEXT_DAY)
    ended = after(opened, events.TakenBack("els", "Reopened", FIELDS, closed), now=NEXT_DAY)
    assert opened.next_at is not None
    assert (ended.is_open, ended.next_at, ended.forget_on) == (False, None, closed.forget_on)


# --- forgetting ----------------------------------------------------------------------------------


def test_closing_sets_the_day_of_forgetting_and_a_later_note_does_not_move_it() -> None:
    closed = after(first(), CLOSED, now=NEXT_DAY)
    assert closed.forget_on == date(2028, 2, 1)
    sooner = replace(closed, forget_on=date(2027, 1, 1))
    assert after(sooner, events.Noted("els", "gebeld"), now=NEXT_DAY).forget_on == date(2027, 1, 1)
