"""Forwarded mail: a colleague passes a request on, a stranger does not; the clock starts at first receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from builders import a_mail, a_policy
from company import ACCESS, BOX, CONTACT, KNOWN, START, Clock, a_raw_mail, cases, letters
from mailbot import worker
from mailbot.app import Tenant
from mailbot.demo.servers import MailServers
from mailbot.model import Address, Authentication, Defect, Kind, Mail, MatchState, Trust
from mailbot.parse import moments
from mailbot.sender import passed_on
from mailbot.sender.screen import Automatic

PIET = Address("piet@klant.example")
POLICY = a_policy(addresses=("info@shop.example",), contact_email="john@gmail.com", deputy_email="")
MONDAY = datetime(2025, 11, 3, 10, 12)


def forwarded(by: str, **changes: object) -> Mail:
    facts: dict[str, object] = {"sender": Address(by), "forwarded_from": PIET, "forwarded_at": MONDAY}
    return a_mail(**{**facts, **changes})


@pytest.mark.parametrize("by", ["els@shop.example", "INFO@shop.example", "john@gmail.com"])
def test_a_colleague_passes_on(by: str) -> None:
    mail, automatic = passed_on.attribute(forwarded(by), None, POLICY)
    assert (mail.forwarded_from, automatic) == (PIET, None)


@pytest.mark.parametrize("by", ["jan@klant.example", "jan@gmail.com", "els@shop.example.evil"])
def test_a_stranger_who_forwards_asks_for_himself(by: str) -> None:
    mail, _ = passed_on.attribute(forwarded(by), None, POLICY)
    assert (mail.forwarded_from, mail.forwarded_at) == (None, None)
    assert passed_on.as_requester(mail).sender == Address(by)


def test_a_mail_without_a_sender_comes_from_no_colleague_also_where_the_company_names_no_deputy() -> None:
    mail, _ = passed_on.attribute(a_mail(sender=None, forwarded_from=PIET, forwarded_at=MONDAY), None, POLICY)
    assert (mail.forwarded_from, mail.forwarded_at) == (None, None)
    assert passed_on.company_addresses(POLICY) == ("info@shop.example", "john@gmail.com")


def test_our_own_newsletter_that_comes_back_has_no_other_writer() -> None:
    mail, _ = passed_on.attribute(
        forwarded("els@shop.example", forwarded_from=Address("info@shop.example")), None, POLICY
    )
    assert mail.forwarded_from is None


@pytest.mark.parametrize("reason", [Automatic.OWN, Automatic.FORWARDED])
def test_a_forward_from_our_own_address_or_by_a_rule_is_the_requesters_letter(reason: Automatic) -> None:
    assert passed_on.attribute(forwarded("info@shop.example"), reason, POLICY)[1] is None


@pytest.mark.parametrize("reason", [Automatic.BOUNCE, Automatic.AUTO_REPLY, Automatic.LOOP])
def test_a_forwarded_machine_mail_stays_machine_mail(reason: Automatic) -> None:
    assert passed_on.attribute(forwarded("els@shop.example"), reason, POLICY)[1] is reason


@pytest.mark.parametrize(
    ("to", "outside"),
    [
        ("jan@klant.example", True),
        ("jan@gmail.com", True),
        ("john@gmail.com", False),
        ("els@shop.example", False),
        ("INFO@shop.example", False),
    ],
)
def test_a_colleague_who_writes_to_somebody_outside_only_copies_the_company_in(to: str, outside: bool) -> None:
    mail = a_mail(sender=Address("els@shop.example"), to=("info@shop.example", to))
    assert passed_on.is_letter_of_ours(mail, POLICY) is outside
    assert not passed_on.is_letter_of_ours(a_mail(to=("info@shop.example", to)), POLICY)


@pytest.mark.parametrize(("by", "writer"), [("els@shop.example", None), ("jan@klant.example", "jan@klant.example")])
def test_a_forward_that_shows_no_address_is_nobodys_if_a_colleague_passed_it_on(by: str, writer: str | None) -> None:
    mail, _ = passed_on.attribute(a_mail(sender=Address(by), defects=(Defect.WRITER_NOT_NAMED,)), None, POLICY)
    assert (mail.sender.email if mail.sender else None) == writer


def test_first_receipt_is_when_the_colleague_got_it_in_the_companys_zone() -> None:
    mail = forwarded("els@shop.example", received_at=datetime(2025, 11, 10, 12, tzinfo=UTC))
    assert passed_on.first_receipt(mail, POLICY) == datetime(2025, 11, 3, 9, 12, tzinfo=UTC)


def test_a_forward_that_our_own_server_calls_forged_puts_no_receipt_in_the_past() -> None:
    mail = forwarded(CONTACT, forwarded_at=START - timedelta(days=300), received_at=START)
    assert passed_on.first_receipt(mail, POLICY) == START - timedelta(days=300)
    forged = replace(mail, authenticated=Authentication(Trust.FAIL, "dmarc=fail"))
    assert passed_on.first_receipt(forged, POLICY) == START


@pytest.mark.parametrize(
    "told", [None, datetime(2025, 11, 11), datetime(2019, 1, 1), datetime(2025, 11, 10, 13, 30)], ids=str
)
def test_a_moment_that_cannot_be_changes_nothing(told: datetime | None) -> None:
    received = datetime(2025, 11, 10, 12, tzinfo=UTC)
    mail = forwarded("els@shop.example", forwarded_at=told, received_at=received)
    assert passed_on.first_receipt(mail, POLICY) == received


@pytest.mark.parametrize(("ago", "counts"), [(0, True), (1, False)])
def test_a_forward_of_a_year_ago_starts_the_term_and_one_of_longer_ago_does_not(ago: int, counts: bool) -> None:
    received = datetime(2025, 11, 10, 12, tzinfo=UTC)
    told = received - timedelta(days=365, seconds=ago)
    mail = forwarded("els@shop.example", forwarded_at=told, received_at=received)
    assert passed_on.first_receipt(mail, POLICY) == (told if counts else received)


@pytest.mark.parametrize(
    "text",
    [
        "maandag 3 november 2025 10:12",
        "maandag 3 november 2025 10:12:44",
        "maandag, november 3, 2025 10:12 AM",
        "ma 3 nov. 2025 om 10:12",
        "ma 3 nov 2025 10.12 uur",
        "3-11-2025 10:12",
        "03/11/2025 10:12",
        "03.11.25, 10:12",
        "3 november 2025 om 10u12",
        "2025-11-03 10:12",
        "2025-11-03T10:12:00",
        "lundi 3 novembre 2025 à 10:12",
        "lun. 3 nov. 2025 à 10h12",
        "Montag, 3. November 2025 um 10:12 Uhr",
        "Mo., 3. Nov. 2025 10:12",
        "Monday, November 3, 2025 10:12 AM",
        "Monday, November 3rd, 2025 at 10:12 AM",
        "03 November 2025 10:12",
    ],
)
def test_a_moment_is_read_as_programs_write_it(text: str) -> None:
    assert moments.written(text) == MONDAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 3 Nov 2025 10:12:00 +0100", MONDAY.replace(tzinfo=timezone(timedelta(hours=1)))),
        ("Mon, 3 Nov 2025 10:12:00 -0530", MONDAY.replace(tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("3 november 2025 om 10:12:44 UTC", MONDAY),
        ("1 maart 2024", datetime(2024, 3, 1)),
        ("1 mei 2024 12:05 am", datetime(2024, 5, 1, 0, 5)),
        ("1er août 2024 à 9:05", datetime(2024, 8, 1, 9, 5)),
        ("4. Dezember 2024 23:59", datetime(2024, 12, 4, 23, 59)),
        ("11/30/2025 9:00 PM", datetime(2025, 11, 30, 21)),
        ("31-02-2025 10:00", None),
        ("3 november", None),
        ("gisteren om 10:12", None),
        ("", None),
        ("99:99 1-1-2025", None),
    ],
)
def test_other_moments(text: str, expected: datetime | None) -> None:
    assert moments.written(text) == expected


# --- the whole path ------------------------------------------------------------------------------


FORWARD = (
    "Pak jij dit op?\n\n---------- Doorgestuurd bericht ----------\n"
    f"Van: Klant <{KNOWN}>\nDatum: 18 februari 2026 om 10:12\nOnderwerp: vraag\nAan: <{CONTACT}>\n\n{ACCESS}\n"
)


@pytest.mark.parametrize("by", [CONTACT, BOX], ids=["a colleague", "our own shared address"])
def test_a_request_that_was_passed_on_is_the_requesters_from_its_first_receipt(
    tenant: Tenant, servers: MailServers, by: str
) -> None:
    servers.put(BOX, a_raw_mail(FORWARD, sender=by, subject="Fwd: vraag"), internal_date=START)
    assert worker.once(tenant, Clock()).trouble == ""
    (case,) = cases(tenant)
    assert (case.requester.email if case.requester else "") == KNOWN
    assert case.kinds == (Kind.ACCESS,)
    assert case.received_at == datetime(2026, 2, 18, 9, 12, tzinfo=UTC)
    assert (case.match, case.identity) == (MatchState.KNOWN, "unproven")
    assert "forwarded" in case.needs


def test_nobody_outside_gets_a_letter_before_a_person_looked(tenant: Tenant, servers: MailServers) -> None:
    servers.put(BOX, a_raw_mail(FORWARD, sender=CONTACT, subject="Fwd: vraag"), internal_date=START)
    worker.once(tenant, Clock())
    assert [letter.to for letter in letters(tenant) if letter.audience == "requester"] == []


def test_a_forward_is_judged_by_its_own_arrival_when_the_program_went_live(
    tenant: Tenant, servers: MailServers
) -> None:
    old = FORWARD.replace("18 februari 2026", "18 januari 2026")
    servers.put(BOX, a_raw_mail(old, sender=CONTACT, subject="Fwd: vraag"), internal_date=START)
    worker.once(tenant, Clock())
    assert len(cases(tenant)) == 1
