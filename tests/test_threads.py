"""Which case a further mail is about: in a thread of two cases, with a new right beside an old one, by a stranger."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local

from company import ACCESS, CONTACT, ERASURE, KNOWN, a_raw_mail
from mailbot.model import Case, Kind

FIRST, SECOND = "AVG-2026-0001", "AVG-2026-0002"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)
    desk.round(a_raw_mail(ACCESS))
    return desk


def case_of(desk: Desk, ref: str) -> Case:
    return next(case for case in desk.cases() if case.ref == ref)


def answering(text: str, *ids: str, number: int = 2, sender: str = KNOWN) -> bytes:
    """An answer to the last of these, in a thread that holds them all."""
    return a_raw_mail(text, sender=sender, number=number, In_Reply_To=ids[-1], References=" ".join(ids))


def last_to(desk: Desk, address: str) -> EmailMessage:
    return desk.mails_to(address)[-1]


def test_an_answer_in_a_thread_of_two_cases_is_about_the_one_that_was_answered_last(desk: Desk) -> None:
    first = last_to(desk, KNOWN)["Message-ID"]
    desk.round(answering(ERASURE, "<1@klant.test>", first), hours=1)
    second = last_to(desk, KNOWN)["Message-ID"]
    desk.round(answering("Ja, dat klopt.", "<1@klant.test>", first, "<2@klant.test>", second, number=3), hours=1)
    assert case_of(desk, SECOND).identity == "confirmed"
    assert len(case_of(desk, FIRST).mails) == 1


def test_a_new_right_beside_one_that_was_asked_before_is_a_case_of_its_own_and_both_hear_of_the_mail(
    desk: Desk,
) -> None:
    desk.round(answering(f"{ACCESS}\n{ERASURE}", "<1@klant.test>"), hours=1)
    assert (case_of(desk, FIRST).kinds, case_of(desk, SECOND).kinds) == ((Kind.ACCESS,), (Kind.ERASURE,))
    assert [len(case_of(desk, ref).mails) for ref in (FIRST, SECOND)] == [2, 1]


def test_an_answer_from_another_address_joins_nothing_and_is_put_before_a_person(desk: Desk) -> None:
    ours = last_to(desk, KNOWN)["Message-ID"]
    desk.forget_mails()
    desk.round(answering("Mijn klantnummer is 1001.", ours, sender="prive@elders.test"), hours=1)
    assert len(case_of(desk, FIRST).mails) == 1
    assert "mentions_case" in case_of(desk, SECOND).needs
    assert [mail["Subject"].startswith(f"[{SECOND}]") for mail in desk.mails_to(CONTACT)] == [True]
    assert desk.mails_to("prive@elders.test") == []


def test_what_colleagues_say_to_each_other_in_the_thread_opens_no_case(desk: Desk) -> None:
    ours = last_to(desk, KNOWN)["Message-ID"]
    desk.round(answering("Ik kijk er morgen naar.", ours, sender="lotte@mail.test"), hours=1)
    assert [case.ref for case in desk.cases()] == [FIRST]
