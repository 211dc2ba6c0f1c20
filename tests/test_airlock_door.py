"""What the airlock reads of a letter, whom it asks, and what a person is told of what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, text_of
from test_airlock_check import a_letter

from company import ACCESS, CONTACT, KNOWN, a_raw_mail
from mailbot import airlock
from mailbot.errors import TryLater
from mailbot.model import Customer, Enclosed, Letter, LetterState
from mailbot.outgoing import airlock_check

OTHERS, OWN, IBAN = "5513", "5512", "NL91ABNA0417164300"
OTHERS_ADDRESS = "ander@klant.example"


class Book:
    """The person of the case, and another who has a number and an account; `then` happens at each question."""

    def __init__(self) -> None:
        self.then: Callable[[], None] = lambda: None

    def by_address(self, email: str) -> list[Customer]:
        ids = {KNOWN: "1001", OTHERS_ADDRESS: "1002"}
        return [Customer(ids[email], (email,))] if email in ids else []

    def by_number(self, number: str) -> list[Customer]:
        self.then()
        return [Customer({OTHERS: "1002", OWN: "1001"}[number], ())] if number in (OTHERS, OWN) else []

    def by_iban(self, iban: str) -> list[Customer]:
        return [Customer("1002", ())] if iban == IBAN else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With one case whose first letters have left."""
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=30)
    desk.forget_mails()
    desk.tenant.__dict__["customers"] = Book()
    return desk


def book(desk: Desk) -> Book:
    return desk.tenant.__dict__["customers"]  # type: ignore[no-any-return]


def put(desk: Desk, text: str = f"Uw nummer is {OWN}.", **changes: Any) -> None:
    letter = replace(a_letter(1), token=f"{REF}:answer:1", text=text, created_at=desk.clock(), next_try=desk.clock())
    with desk.tenant.store.unit() as unit:
        unit.put_letter(replace(letter, **changes))


def inspected(desk: Desk) -> Letter:
    """The letter after one look of the airlock."""
    airlock_check.inspect_queue(desk.tenant, desk.clock())
    return next(one for one in desk.letters() if one.token == f"{REF}:answer:1")


def told(desk: Desk) -> str:
    """What the contact person reads about a letter that was stopped."""
    desk.round()
    return next(text_of(mail) for mail in desk.mails_to(CONTACT) if "tegengehouden" in str(mail["Subject"]))


def test_a_letter_with_nothing_of_others_passes(desk: Desk) -> None:
    put(desk)
    assert (inspected(desk).state, inspected(desk).passed) == (LetterState.QUEUED, airlock_check.CLEAN)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": f"Zie {OTHERS}."}, "number"),
        ({"text": f"Zie {IBAN}."}, "iban"),
        ({"text": f"Zie {OTHERS_ADDRESS}."}, "address"),
        ({"subject": f"Bestelling {OTHERS}"}, "number"),
        ({"enclosed": (Enclosed("a.csv", "text/csv", f"nr\n{OTHERS}\n"),)}, "number"),
        ({"enclosed": (Enclosed("a.csv", "text/csv", file="a.csv"),)}, "number"),
        ({"enclosed": (Enclosed("b.csv", "text/csv", file="b.csv"),)}, "unreadable"),
        ({"to": "vreemd@elders.test"}, "recipient"),
    ],
)
def test_every_part_that_would_be_read_is_read_before(desk: Desk, changes: dict[str, Any], why: str) -> None:
    (desk.tenant.folder / "a.csv").write_text(f"nr\n{OTHERS}\n")
    put(desk, **changes)
    letter = inspected(desk)
    assert letter.state is LetterState.HELD
    assert why in letter.why.removeprefix("airlock: ").split(", ")
    assert KNOWN not in {to for _, to, _ in desk.left}


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, False),
        ({"passed": airlock_check.CLEAN}, True),
        ({"template": "acknowledgement"}, True),
        ({"template": "new_case", "audience": "staff"}, False),
        ({"template": "new_case", "audience": "staff", "passed": airlock_check.CLEAN}, True),
        ({"template": "overdue", "audience": "staff", "enclosed": (Enclosed("a.csv", "text/csv", "1"),)}, False),
        ({"template": "summary", "audience": "staff"}, True),
    ],
)
def test_no_letter_leaves_unread_nor_a_call_of_which_it_is_not_said_whether_it_goes_with_others(
    changes: dict[str, Any], may: bool
) -> None:
    assert airlock_check.may_leave(a_letter(1, **changes)) is may


def test_beside_a_file_that_cannot_be_read_the_rest_of_the_letter_is_read_too(desk: Desk) -> None:
    put(desk, f"Zie {OTHERS}.", enclosed=(Enclosed("b.csv", "text/csv", file="b.csv"),))
    assert {"unreadable", "number"} <= set(inspected(desk).why.removeprefix("airlock: ").split(", "))


def test_a_company_without_customers_has_nobody_to_mistake_one_for(desk: Desk) -> None:
    desk.tenant.__dict__["customers"] = None
    put(desk, f"Zie {OTHERS}.")
    assert inspected(desk).passed == airlock_check.CLEAN


def test_of_a_case_whose_customer_is_not_known_the_one_who_has_the_address_is_meant(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        unit.put_case(replace(case, customer_id=""))
    put(desk)
    assert inspected(desk).passed == airlock_check.CLEAN


def test_of_a_case_whose_customer_is_known_nobody_else_is_meant(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        unit.put_case(replace(case, customer_id="1002"))
    put(desk)
    assert inspected(desk).state is LetterState.HELD


def test_a_letter_of_more_details_than_can_be_compared_is_a_person_s(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(airlock, "MAX_DETAILS", 2)
    put(desk, "Zie 10001 en 10002.")
    assert inspected(desk).passed == airlock_check.CLEAN
    put(desk, "Zie 10001, 10002 en 10003.")
    assert inspected(desk).why == "airlock: too_much"


# --- customers that cannot be read ----------------------------------------------------------------


def failing(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize("later", [0, 60])
def test_customers_that_cannot_be_read_move_the_letter_five_minutes_and_never_nearer(desk: Desk, later: int) -> None:
    put(desk, next_try=desk.clock() + timedelta(minutes=later))
    book(desk).then = failing(TryLater("the file is gone"))
    assert inspected(desk).next_try == desk.clock() + timedelta(minutes=max(5, later))
    assert inspected(desk).passed == ""


def test_a_letter_that_was_dropped_while_the_customers_could_not_be_read_is_left_alone(desk: Desk) -> None:
    def dropped() -> None:
        put(desk, state=LetterState.DROPPED)
        raise TryLater("the file is gone")

    put(desk)
    book(desk).then = dropped
    before = desk.clock()
    assert (inspected(desk).state, inspected(desk).next_try) == (LetterState.DROPPED, before)


@pytest.mark.parametrize(("age", "why"), [(timedelta(hours=23), ""), (timedelta(days=1), "airlock: customers_unread")])
def test_after_a_day_a_person_is_told(desk: Desk, age: timedelta, why: str) -> None:
    put(desk, created_at=desk.clock() - age)
    book(desk).then = failing(TryLater("the file is gone"))
    assert inspected(desk).why == why


def test_a_disk_that_fails_is_no_finding(desk: Desk) -> None:
    put(desk)
    book(desk).then = failing(OSError(5, "Input/output error"))
    with pytest.raises(OSError, match="Input/output"):
        inspected(desk)
    assert desk.letters(LetterState.HELD) == []


def test_whatever_else_goes_wrong_while_a_letter_is_read_holds_it(desk: Desk) -> None:
    put(desk)
    book(desk).then = failing(RuntimeError("5512"))
    assert (inspected(desk).state, inspected(desk).why) == (LetterState.HELD, "airlock: unreadable")


@pytest.mark.parametrize("text", [f"Uw nummer is {OWN}.", f"Zie {OTHERS}."])
def test_what_a_person_stopped_while_it_was_read_stays_stopped(desk: Desk, text: str) -> None:
    put(desk, text)
    book(desk).then = lambda: put(desk, text, state=LetterState.DROPPED)
    letter = inspected(desk)
    assert (letter.state, letter.passed, letter.why) == (LetterState.DROPPED, "", "")


# --- what is told ---------------------------------------------------------------------------------


def test_a_person_reads_what_was_found_and_where_with_its_middle_hidden(desk: Desk) -> None:
    put(desk, f"Zie {IBAN}.", enclosed=(Enclosed("lijst.csv", "text/csv", f"nr\n{OTHERS}\n"),))
    inspected(desk)
    said = told(desk)
    words = desk.tenant.letters.phrases["nl"]["stopped"]
    assert f"- {words['iban']}: NL…00 ({words['letter']})" in said
    assert f"- {words['number']}: 5… (lijst.csv)" in said
    assert IBAN not in said
    assert OTHERS not in said


def test_what_stands_in_the_subject_is_told_as_in_the_letter(desk: Desk) -> None:
    put(desk, subject=f"Bestelling {OTHERS}")
    inspected(desk)
    words = desk.tenant.letters.phrases["nl"]["stopped"]
    assert f"- {words['number']}: 5… ({words['letter']})" in told(desk)


def test_a_person_reads_why_a_recipient_is_none(desk: Desk) -> None:
    put(desk, to="vreemd@elders.test")
    inspected(desk)
    words = desk.tenant.letters.phrases["nl"]["stopped"]
    assert f"- {words['recipient']}: vr…@elders.test ({words['not_of_this_case']})" in told(desk)


@pytest.mark.parametrize(("files", "more"), [(20, False), (21, True)])
def test_a_person_reads_twenty_findings_and_how_many_more_there_are(desk: Desk, files: int, more: bool) -> None:
    rows = tuple(Enclosed(f"{number:02}.csv", "text/csv", f"nr\n{OTHERS}\n") for number in range(files))
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        unit.put_case(replace(case, identity="confirmed"))
    put(desk, enclosed=rows)
    inspected(desk)
    said = told(desk)
    assert ("- en nog 1" in said.splitlines()) is more
    assert ("en nog" in said) is more
    assert said.count(".csv)") == 20
