"""Which case a mail joins, and which customer wrote it: two proofs together, and doubt where only one is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from builders import AT, a_case, a_mail, a_verdict
from mailbot.model import (
    Address,
    Authentication,
    Case,
    Customer,
    Kind,
    Mail,
    Match,
    MatchState,
    Signal,
    Status,
    Trust,
)
from mailbot.sender.lookup import (
    Found,
    answered_cases,
    find_case,
    find_customer,
    fingerprint,
    is_from_person,
    names_in,
    postcodes_in,
    references_in,
    went_elsewhere,
)

OURS = frozenset({"info@shop.example", "john@staff.example"})
FORGED = Authentication(Trust.FAIL)
PIET = Customer("1001", ("piet@klant.example", "p@werk.example"))
PIA = Customer("1002", ("pia@klant.example",))


def case_number(number: int, **changes: Any) -> Case:
    return replace(a_case(), ref=f"AVG-2026-{number:04}", **changes)


def found(mail: Mail, *pointed: list[Case], of_sender: Sequence[Case] = (), kind: Kind = Kind.ACCESS) -> Found:
    return find_case(mail, pointed, of_sender, a_verdict(kind))


def reminder(mail: Mail, *cases: Case, kind: Kind = Kind.ACCESS) -> Case | None:
    return find_case(mail, [], cases, a_verdict(kind, signals=frozenset({Signal.REMINDER}))).case


def sent(*to: str, **changes: Any) -> Mail:
    """A mail that a colleague sent."""
    return a_mail(sender=Address("john@staff.example", "John"), to=to, **changes)


def answered(mail: Mail, pointed: Sequence[Case] = (), to_person: Sequence[Case] = ()) -> list[str]:
    return [case.ref for case in answered_cases(mail, AT, pointed, to_person, OURS)]


# --- the case ---------------------------------------------------------------------------------------


def test_a_mail_that_points_at_a_case_joins_it_only_from_its_person() -> None:
    one = case_number(1)
    stranger = a_mail(sender=Address("eve@klant.example", "Eve"))
    assert found(a_mail(), [one]) == Found(case=one)
    assert found(stranger, [one]) == Found(mentions=one.ref)


def test_a_sender_whose_check_failed_joins_nothing_whatever_he_names_or_repeats() -> None:
    one = case_number(1)
    forged = a_mail(authenticated=FORGED, text=one.mails[0].text)
    assert found(forged, [one], of_sender=[one]) == Found(mentions=one.ref)
    assert found(forged, of_sender=[one]) == Found()
    assert reminder(forged, one) is None


def test_the_newest_reference_that_names_a_case_of_the_person_decides() -> None:
    one, two = case_number(1), case_number(2)
    assert found(a_mail(), [], [two], [one]).case == two


def test_a_reference_that_names_two_cases_of_the_person_names_both_and_joins_neither() -> None:
    one, two = case_number(1), case_number(2)
    assert found(a_mail(), [one, two]) == Found(mentions="AVG-2026-0001, AVG-2026-0002")


def test_a_case_that_two_references_name_is_mentioned_once() -> None:
    one = case_number(1, requester=Address("eve@klant.example", "Eve"), match=Match(MatchState.UNKNOWN))
    one = replace(one, known_email="")
    assert found(a_mail(), [one], [one]) == Found(mentions=one.ref)


def test_references_in_a_subject_are_told_in_order_and_once() -> None:
    assert references_in("Re: AVG-2026-0012 en AVG-2025-0003 (was AVG-2026-0012), niet XAVG-2026-0001") == (
        "AVG-2026-0012",
        "AVG-2025-0003",
    )


def test_a_reminder_belongs_to_the_one_open_case_about_the_same_right() -> None:
    one, other = case_number(1), replace(a_case(Kind.ERASURE), ref="AVG-2026-0002")
    mail = a_mail(text="Ik wacht nog steeds op antwoord.")
    assert reminder(mail, one, other) == one
    assert reminder(mail, one, case_number(3)) is None
    assert reminder(mail, replace(one, status=Status.CLOSED)) is None
    assert reminder(mail, other) is None


def test_the_same_words_once_more_join_the_open_case_and_other_words_or_none_do_not() -> None:
    one = case_number(1)
    assert found(a_mail(text=one.mails[0].text), of_sender=[one]).case == one
    assert found(a_mail(text="Nog iets heel anders."), of_sender=[one]).case is None
    empty = replace(one, mails=(replace(one.mails[0], text=" "),))
    assert found(a_mail(text=" "), of_sender=[empty]).case is None


@pytest.mark.parametrize(("minutes", "joins"), [(0, True), (5, True), (-5, True), (6, False), (-6, False)])
def test_what_a_colleague_passes_on_is_the_same_mail_within_five_minutes_of_the_two_clocks(
    minutes: int, joins: bool
) -> None:
    at = AT + timedelta(minutes=minutes)
    passed_on = a_mail(text="Zie hieronder.", forwarded_at=at.replace(tzinfo=None), received_at=at)
    assert (found(passed_on, of_sender=[case_number(1)]).case is not None) is joins


def test_what_a_colleague_passes_on_joins_no_closed_case_none_about_another_right_and_not_one_of_two() -> None:
    passed_on = a_mail(text="Zie hieronder.", forwarded_at=AT.replace(tzinfo=None))
    one = case_number(1)
    assert found(passed_on, of_sender=[replace(one, status=Status.CLOSED)]).case is None
    assert found(passed_on, of_sender=[one], kind=Kind.ERASURE).case is None
    assert found(passed_on, of_sender=[one, case_number(2)]).case is None
    assert found(replace(passed_on, authenticated=FORGED), of_sender=[one]).case is None


def test_a_mail_is_the_same_only_with_the_same_writer_subject_text_and_quote() -> None:
    mail = a_mail()
    others = [
        replace(mail, **change)
        for change in (
            {"message_id": "<2@klant.example>"},
            {"sender": Address("eve@klant.example")},
            {"subject": "iets anders"},
            {"text": "anders"},
            {"quoted": "> eerder"},
        )
    ]
    assert fingerprint(mail) == fingerprint(replace(mail, received_at=AT + timedelta(days=1), to=()))
    assert len({fingerprint(each) for each in (mail, *others)}) == 6
    assert fingerprint(replace(mail, sender=None)) != fingerprint(mail)
    assert fingerprint(replace(mail, text="half \ud83d teken")) != fingerprint(mail), "whatever stands in it"


@pytest.mark.parametrize("address", ["Piet@Klant.example", "mandated@advocaat.example"])
def test_the_requester_and_whom_a_person_named_write_as_the_person(address: str) -> None:
    case = case_number(1, recipient="mandated@advocaat.example")
    assert is_from_person(a_mail(sender=Address(address)), case)
    assert not is_from_person(a_mail(sender=Address("eve@klant.example")), case)
    assert not is_from_person(a_mail(sender=None), replace(case, requester=None, known_email=""))


# --- what a colleague sent --------------------------------------------------------------------------


def test_a_colleagues_mail_in_the_thread_answers_the_case_whoever_outside_the_company_gets_it() -> None:
    one = case_number(1)
    assert answered(sent("anders@thuis.example"), pointed=[one]) == [one.ref]
    assert answered(sent("anders@thuis.example"), pointed=[one, one]) == [one.ref]


@pytest.mark.parametrize("inside", ["info@shop.example", "john@staff.example", "Anja@Staff.example"])
def test_what_a_colleague_passes_on_to_a_colleague_answers_nobody(inside: str) -> None:
    assert answered(sent(inside), pointed=[case_number(1)]) == []


def test_a_customer_within_the_companys_domain_is_answered_by_a_mail_to_him() -> None:
    case = case_number(1, requester=Address("anja@staff.example"))
    assert answered(sent("Anja@staff.example"), pointed=[case]) == [case.ref]


def test_at_a_provider_that_everybody_uses_nobody_is_a_colleague_by_his_domain() -> None:
    ours = frozenset({"kleinewinkel@gmail.com"})
    mail = sent("klant@gmail.com")
    assert answered_cases(mail, AT, [case_number(1)], [], ours) == [case_number(1)]


def test_without_the_thread_only_cases_count_that_were_open_when_it_was_sent() -> None:
    one = case_number(1)
    closed, later = replace(one, status=Status.CLOSED), replace(one, received_at=AT + timedelta(seconds=1))
    assert answered(sent("piet@klant.example"), to_person=[one, closed, later]) == [one.ref]


def test_a_mail_outside_the_thread_went_elsewhere_where_the_address_that_was_written_from_is_left_out() -> None:
    case = case_number(1, thread=("<1@klant.example>",))
    assert went_elsewhere(sent("p@werk.example"), case)
    assert not went_elsewhere(sent("Piet@klant.example"), case)
    assert not went_elsewhere(sent("p@werk.example", references=("<1@klant.example>",)), case)


# --- the customer -----------------------------------------------------------------------------------


def test_who_writes_from_an_address_on_file_is_known_at_the_address_that_he_used() -> None:
    mail = a_mail(sender=Address("P@werk.example"))
    assert find_customer([PIET], mail) == Match(MatchState.KNOWN, "1001", "p@werk.example")


def test_of_two_customers_with_one_address_the_one_whose_number_is_named_is_meant() -> None:
    assert find_customer([PIET, PIA], a_mail(), named=[PIA]).customer_id == "1002"
    assert find_customer([PIET, PIA], a_mail(), named=[PIET, PIA]).state is MatchState.AMBIGUOUS
    assert find_customer([PIET, PIA], a_mail()).state is MatchState.AMBIGUOUS


def test_the_address_outweighs_a_number_of_somebody_else() -> None:
    assert find_customer([PIET], a_mail(), named=[PIA]).customer_id == "1001"


def test_who_writes_from_elsewhere_and_names_a_customer_is_named_and_answered_at_the_address_on_file() -> None:
    mail = a_mail(sender=Address("nieuw@elders.example"), text="Mijn oude adres is p@werk.example.")
    assert find_customer([], mail, named=[PIET]) == Match(MatchState.NAMED, "1001", "p@werk.example")
    assert find_customer([], replace(mail, text=""), named=[PIET]).known_email == "piet@klant.example"
    assert find_customer([], mail, named=[PIET, PIA]) == Match(MatchState.AMBIGUOUS)


def test_a_customer_without_an_address_has_none_on_file() -> None:
    assert find_customer([], a_mail(), named=[Customer("1003", ())]) == Match(MatchState.NAMED, "1003", "")


def test_a_name_and_postcode_are_a_hint_only_where_they_fit_one_customer() -> None:
    assert find_customer([], a_mail(), hints=[PIET]) == Match(MatchState.UNKNOWN, hint="1001")
    assert find_customer([], a_mail(), hints=[PIET, PIA]) == Match(MatchState.UNKNOWN)


def test_a_mail_without_a_sender_is_nobodys() -> None:
    assert find_customer([PIET], a_mail(sender=None), named=[PIA]).state is MatchState.UNKNOWN


def test_the_writers_own_address_is_no_name_of_a_customer_and_twenty_are_looked_up() -> None:
    others = " ".join(f"klant{number}@elders.example" for number in range(30))
    named = names_in(a_mail(text=f"Piet@klant.example {others}"))
    assert [one.value for one in named][:2] == ["klant0@elders.example", "klant1@elders.example"]
    assert len(named) == 20


def test_a_number_that_is_named_is_looked_up_too() -> None:
    [number] = names_in(a_mail(text="Mijn klantnummer is 1001."))
    assert (number.kind, number.value) == ("number", "1001")


def test_postcodes_of_three_countries_are_found_without_blanks_and_once() -> None:
    text = "1012 ab, 1012AB, 75008 Paris, 9000 Gent"
    assert postcodes_in(a_mail(text=text)) == ("1012AB", "75008", "9000")
    many = " ".join(f"{number} AB" for number in range(1001, 1010))
    assert len(postcodes_in(a_mail(text=many))) == 5
