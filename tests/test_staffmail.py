"""Which mail of ours a colleague answers, and whether his address may be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from builders import a_mail, a_policy
from mailbot import absence
from mailbot.model import Address, Audience, Authentication, Letter, Mail, Trust
from mailbot.staff import staffmail
from mailbot.store import TinyStore, Unit

JOHN = Address("john@staff.example")


@pytest.fixture
def unit() -> Iterator[Unit]:
    with TinyStore(None).unit() as unit:
        yield unit


def put(unit: Unit, token: str, audience: Audience = "staff") -> Letter:
    """A mail of ours, known by its Message-ID."""
    letter = Letter(token, "kaviaarshop", "AVG-2026-0001", "new_case", JOHN.email, audience, "", "", "", f"<{token}>")
    unit.put_letter(letter)
    return letter


def answer_to(*letters: Letter, text: str = "AKKOORD") -> Mail:
    """What a colleague writes in a thread, whose newest mail comes first."""
    return a_mail(sender=JOHN, text=text, references=tuple(letter.message_id for letter in letters))


def test_the_newest_mail_to_staff_in_the_thread_is_what_a_colleague_answers(unit: Unit) -> None:
    older, newer, other = put(unit, "older"), put(unit, "newer"), put(unit, "ack", "requester")
    assert staffmail.answered(unit, answer_to(other, newer, older)) == newer
    assert staffmail.answered(unit, answer_to(other)) is None
    assert staffmail.answered(unit, answer_to()) is None


def test_an_answer_to_our_question_what_was_meant_is_one_to_the_mail_before_it(unit: Unit) -> None:
    asked, question = put(unit, "asked"), put(unit, f"{staffmail.UNCLEAR}1")
    read = staffmail.read(unit, answer_to(question, asked))
    assert (read.letter, read.asked_again) == (asked, True)
    assert not staffmail.read(unit, answer_to(asked, question)).asked_again


def test_an_answer_to_our_question_alone_is_an_answer_to_that(unit: Unit) -> None:
    question = put(unit, f"{staffmail.UNCLEAR}1")
    assert staffmail.read(unit, answer_to(question)).letter == question


def test_a_thread_is_searched_ten_mails_back(unit: Unit) -> None:
    ours, others = put(unit, "ours"), [f"<{number}@elders.example>" for number in range(10)]
    mail = answer_to(ours)
    for many, found in ((9, ours), (10, None)):
        assert staffmail.answered(unit, replace(mail, references=(*others[:many], *mail.references))) == found


def test_a_machine_s_answer_says_who_is_away_and_which_mail_it_answers(unit: Unit) -> None:
    policy, ours = a_policy(), put(unit, "ours")
    away = replace(answer_to(ours), automatic="auto-reply")
    assert staffmail.absence_notice(unit, away, policy) == (absence.CONTACT, [ours])
    assert staffmail.absence_notice(unit, replace(away, references=()), policy) == (absence.CONTACT, [])
    assert staffmail.absence_notice(unit, replace(away, sender=Address("piet@klant.example")), policy) is None
    assert staffmail.absence_notice(unit, answer_to(ours), policy) is None


@pytest.mark.parametrize(
    ("state", "unproven_counts", "counts"),
    [(Trust.PASS, False, True), (Trust.UNKNOWN, False, False), (Trust.UNKNOWN, True, True), (Trust.FAIL, True, False)],
)
def test_an_address_counts_when_it_is_proven_or_the_company_believes_it_unproven(
    state: Trust, unproven_counts: bool, counts: bool
) -> None:
    mail = a_mail(sender=JOHN, authenticated=Authentication(state))
    assert staffmail.is_trusted(mail, a_policy(trust_staff_mail=unproven_counts)) is counts
