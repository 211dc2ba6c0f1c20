"""What the airlock reads and where it lets a letter go, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import KNOWN, STRANGER, a_case, a_policy
from mailbot import airlock
from mailbot.airlock import Detail, Finding, Text
from mailbot.model import Case, Enclosed, Kind, Letter, MatchState, Outcome, Processor

ACCOUNT = "NL91ABNA0417164300"
ON_FILE = "piet@klant.example"
DATA = Enclosed("gegevens.csv", "text/csv", "")
ENTRY = Enclosed("agenda.ics", "text/calendar; method=REQUEST", "")
OPEN_WORDS = ("answer", "package", "refused", "access_granted", "extended")
OUR_WORDS = (
    *("acknowledgement", "neutral", "confirmation", "identity_question", "cannot_identify", "paper_not_needed"),
    *("mandate_asked", "capacity_asked", "complaint_received", "breach_thanked", "request_withdrawn"),
)


def a_letter(template: str = "answer", to: str = ON_FILE, audience: Any = "requester", *files: Enclosed) -> Letter:
    return Letter(
        token="AVG-2026-0001:x",
        tenant="kaviaarshop",
        ref="AVG-2026-0001",
        template=template,
        to=to,
        audience=audience,
        subject="",
        text="",
        html="",
        message_id="<mailbot.1.2@mail.test>",
        enclosed=files,
    )


def decided(case: Case, outcome: Outcome) -> Case:
    return replace(case, items=tuple(replace(item, outcome=outcome) for item in case.items))


def against(letter: Letter, case: Case | None, **policy: Any) -> list[str]:
    return [finding.where for finding in airlock.wrong_recipient(letter, case, a_policy(**policy))]


# --- what must pass it ---------------------------------------------------------------------------


@pytest.mark.parametrize("template", OUR_WORDS)
def test_a_letter_of_our_own_fixed_words_carries_nothing(template: str) -> None:
    assert not airlock.carries(a_letter(template))


@pytest.mark.parametrize("template", OPEN_WORDS)
def test_a_letter_in_which_a_person_writes_carries_something(template: str) -> None:
    assert airlock.carries(a_letter(template))


def test_mail_to_colleagues_carries_nothing_unless_a_file_goes_along() -> None:
    assert not airlock.carries(a_letter("new_case", "john@staff.example", "staff"))
    assert not airlock.carries(a_letter("new_case", "john@staff.example", "staff", ENTRY))
    assert airlock.carries(a_letter("new_case", "john@staff.example", "staff", ENTRY, DATA))


def test_fixed_words_with_a_file_carry_something() -> None:
    assert airlock.carries(a_letter("acknowledgement", ON_FILE, "requester", DATA))


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.NOT_A_REQUEST])
def test_copies_are_what_a_right_to_ones_data_brings_once_granted(kind: Kind, outcome: Outcome) -> None:
    brings = kind in (Kind.ACCESS, Kind.PORTABILITY, Kind.OBJECTION)
    given = outcome in (Outcome.GRANTED, Outcome.PARTLY)
    assert airlock.gives_copies(decided(a_case(kind), outcome)) is (brings and given)


# --- where it may go -----------------------------------------------------------------------------


def test_a_letter_reaches_who_wrote_the_address_on_file_and_whom_a_person_named_and_nobody_else() -> None:
    case = replace(a_case(), known_email="oud@klant.example", recipient="mr@advocaat.example")
    assert airlock.recipients(case) == {ON_FILE, "oud@klant.example", "mr@advocaat.example"}
    assert airlock.recipients(replace(case, requester=None, recipient="")) == {"oud@klant.example"}


@pytest.mark.parametrize(
    ("identity", "match", "sure"),
    [
        ("confirmed", MatchState.NAMED, True),
        ("confirmed", MatchState.KNOWN, True),
        ("known_address", MatchState.KNOWN, True),
        ("known_address", MatchState.NAMED, False),
        ("unproven", MatchState.KNOWN, False),
        ("failed", MatchState.KNOWN, False),
        ("asked", MatchState.KNOWN, False),
        ("denied", MatchState.KNOWN, False),
    ],
)
def test_the_address_on_file_is_sure_when_it_was_used_or_its_owner_said_yes(
    identity: Any, match: MatchState, sure: bool
) -> None:
    case = replace(a_case(), identity=identity, match=match, known_email=ON_FILE)
    assert airlock.verified(case) == ({ON_FILE} if sure else set())


def test_a_person_recorded_where_copies_go_also_when_nothing_else_is_sure() -> None:
    case = replace(a_case(match=STRANGER), recipient="mr@advocaat.example")
    assert airlock.verified(case) == {"mr@advocaat.example"}


def test_a_file_never_goes_to_an_unproven_address_whatever_was_decided() -> None:
    case = a_case(Kind.ERASURE, match=STRANGER)
    assert against(a_letter("answer", ON_FILE, "requester", DATA), case) == ["not_verified"]
    assert against(a_letter(), case) == []


def test_our_own_fixed_words_reach_an_unproven_address_though_copies_were_granted() -> None:
    case = decided(a_case(Kind.ACCESS, match=STRANGER), Outcome.GRANTED)
    assert against(a_letter("request_withdrawn"), case) == []
    assert against(a_letter(), case) == ["not_verified"]


def test_who_writes_with_a_sub_address_or_capitals_is_the_same() -> None:
    case = decided(a_case(Kind.ACCESS, match=KNOWN), Outcome.GRANTED)
    assert against(a_letter(to="Piet@Klant.example"), case) == []


def test_a_colleague_gets_a_calendar_entry_and_no_other_file() -> None:
    assert against(a_letter("new_case", "john@staff.example", "staff", ENTRY), a_case()) == []
    assert against(a_letter("new_case", "john@staff.example", "staff", DATA), a_case()) == ["staff_gets_no_copies"]


def test_a_processor_without_an_address_lets_nothing_go_anywhere() -> None:
    held = (Processor("Mollie", "betalingen"),)
    assert against(a_letter(to="", audience="processor"), a_case(), processors=held) == ["unknown_processor"]


def test_a_letter_without_a_case_has_no_case_to_leave() -> None:
    assert against(a_letter(), None) == []


def test_a_wrong_recipient_is_told_as_one_with_the_address_half_hidden() -> None:
    found = airlock.wrong_recipient(a_letter(to="els@elders.example"), a_case(), a_policy())
    assert found == (Finding("recipient", "not_of_this_case", "el…@elders.example"),)


# --- what it reads -------------------------------------------------------------------------------


def details(text: str) -> set[tuple[str, str]]:
    return {(one.kind, one.value) for one in airlock.details_in([Text("letter", text)])}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mail Piet@Klant.example.", {("address", "piet@klant.example")}),
        ("piet%40klant.example of piet&#64;klant.example", {("address", "piet@klant.example")}),
        ("bestelling AB123", {("number", "ab123")}),
        ("AB123_45678", {("number", "ab123_45678"), ("number", "ab123"), ("number", "45678")}),
        ("ABC-123", {("number", "abc-123"), ("number", "123")}),
        ("bestelling 2026-5512", {("number", "2026-5512"), ("number", "5512")}),
        ("bestelling 12", {("number", "12")}),
        ("het is 12 uur", set()),
        ("12-A3 en A1B2C3", {("number", "12-a3"), ("number", "a1b2c3")}),
        ("klantnummer: K-7", {("number", "k-7")}),
        ("op 2026-03-02, 02-03-2026, in 2026, 1017AB, AVG-2026-0001", set()),
        ("niets", set()),
    ],
)
def test_an_address_an_account_and_a_number_can_name_a_person_a_date_and_a_postcode_cannot(
    text: str, found: set[tuple[str, str]]
) -> None:
    assert details(text) == found


def test_what_stands_in_an_address_is_no_number_besides() -> None:
    assert details("klant5512@klant.example") == {("address", "klant5512@klant.example")}


def test_a_detail_is_told_once_for_each_place_in_which_it_stands() -> None:
    found = airlock.details_in([Text("letter", "5512 5512"), Text("a.csv", "5512")])
    assert found == (Detail("number", "5512", "letter"), Detail("number", "5512", "a.csv"))


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        (ACCOUNT, True),
        ("NL92ABNA0417164300", False),
        ("NO9386011117947", True),  # the shortest, fifteen signs
        ("BE68539007547034", True),
        ("NL91", False),
    ],
)
def test_an_account_counts_when_its_check_digits_are_right(text: str, checks: bool) -> None:
    assert airlock.is_iban(text) is checks


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (f"rekening {ACCOUNT}", ACCOUNT),
        ("rekening nl91 abna 0417 1643 00 graag", ACCOUNT),
        ("rekening NO93 8601 1117 947", "NO9386011117947"),
    ],
)
def test_an_account_is_found_however_it_is_written(text: str, account: str) -> None:
    assert ("iban", account) in details(text)


def test_a_detail_of_the_person_himself_of_nobody_or_shared_with_him_is_no_strangers() -> None:
    number, shared, nobody = (Detail("number", value, "letter") for value in ("5512", "5513", "9999"))
    owners = {("number", "5512"): frozenset({"1002"}), ("number", "5513"): frozenset({"1001", "1002"})}
    assert airlock.foreign([number, shared, nobody], owners, frozenset({"1001"})) == (
        Finding("number", "letter", "5…"),
    )
    assert airlock.foreign([number], owners, frozenset({"1002"})) == ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [("piet@klant.example", "pi…@klant.example"), (ACCOUNT, "NL…00"), ("123456", "12…56"), ("12345", "1…")],
)
def test_what_is_told_of_a_detail_hides_its_middle(value: str, shown: str) -> None:
    assert airlock.hidden(value) == shown
