"""What makes a mail a machine's, sign by sign: each header and sender alone, and what a person's mail may hold too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.parse import parse
from mailbot.sender.screen import Automatic, bounced_letter, screen

OWN = ("privacy@winkel.example",)


def screened(
    *headers: str, sender: str = "piet@klant.example", subject: str = "Vraag", text: str = "Dag"
) -> str | None:
    """What a mail with these headers is."""
    head = (f"From: {sender}", "To: privacy@winkel.example", f"Subject: {subject}", *headers)
    return screen(parse(("\r\n".join(head) + f"\r\n\r\n{text}\r\n").encode(), datetime(2026, 3, 2, tzinfo=UTC)), OWN)


@pytest.mark.parametrize(
    "field",
    [
        *("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoresponse", "X-Autoresponder"),
        *("X-Mail-Autoreply", "X-Vacation"),
    ],
)
def test_every_field_of_an_answering_machine_counts_unless_it_says_no(field: str) -> None:
    assert screened(f"{field}: yes") == Automatic.AUTO_REPLY
    assert screened(f"{field}: no") is screened(f"{field}: none") is None


@pytest.mark.parametrize(
    "field", ["List-Id", "List-Post", "List-Archive", "List-Owner", "List-Subscribe", "Mailing-List"]
)
def test_every_field_that_only_lists_write_counts(field: str) -> None:
    assert screened(f"{field}: <https://lijst.example/x>") == Automatic.LIST


def test_what_a_person_s_mail_may_carry_too_proves_nothing() -> None:
    assert screened("List-Unsubscribe: <https://lijst.example/x>", "X-Auto-Response-Suppress: All") is None
    assert screened(subject="Undeliverable: mijn verzoek") is None
    assert screened(subject="Afwezig vanaf maandag") is None


@pytest.mark.parametrize(
    "header",
    [
        "X-Failed-Recipients: jan@klant.example",
        'Content-Type: multipart/report; report-type="delivery-status"; boundary=x',
    ],
)
def test_a_header_that_only_bounces_have_makes_one(header: str) -> None:
    assert screened(header) == Automatic.BOUNCE


@pytest.mark.parametrize("subject", ["Undeliverable: brief", "Warning: message delayed"])
@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("X-A: b", "postmaster@mx.example"),
        ("Auto-Submitted: auto-generated", "post@mx.example"),
        ("Return-Path: <>", "post@mx.example"),
    ],
)
def test_a_subject_of_a_bounce_needs_a_machine_behind_it(subject: str, header: str, sender: str) -> None:
    told = Automatic.REPORT if "delayed" in subject else Automatic.BOUNCE
    assert screened(header, sender=sender, subject=subject) == told
    assert screened("X-A: b", sender="post@mx.example", subject=subject) is None


def test_a_letter_that_comes_back_enclosed_without_a_return_path_is_a_bounce_and_with_one_a_forward() -> None:
    kind = "Content-Type: multipart/mixed; boundary=x"
    words = "--x\r\nContent-Type: text/plain\r\n\r\nZie onder.\r\n"
    text = f"{words}--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nz\r\n--x--"
    assert screened(kind, "Return-Path: <>", text=text) == Automatic.BOUNCE
    assert screened(kind, "Return-Path: <piet@klant.example>", text=text) is None
    assert screened(kind, "Return-Path: <>", text=f"{words}--x--") == Automatic.NULL_SENDER


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Content-Class: urn:content-class:mdn", Automatic.REPORT),
        ("Content-Type: message/disposition-notification", Automatic.REPORT),
        ("Content-Type: multipart/report; report-type=feedback-report; boundary=x", Automatic.REPORT),
        ("Content-Class: urn:content-classes:calendarmessage", Automatic.CALENDAR),
        ("Content-Type: text/calendar; method=REQUEST", Automatic.CALENDAR),
    ],
)
def test_a_receipt_a_report_and_an_invitation_are_what_they_say(header: str, told: Automatic) -> None:
    assert screened(header) == told


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ("X-Auto-Response-Suppress: All", "Dag"),
        ("Return-Path: <>", "Dag"),
        ("Auto-Submitted: auto-generated", "Dag"),
        ("X-A: b", "Ik ben tot maandag met verlof."),
    ],
)
def test_a_subject_of_an_absence_needs_a_second_sign(second: str, text: str) -> None:
    assert screened(second, subject="Afwezig", text=text) == Automatic.AUTO_REPLY


@pytest.mark.parametrize(
    "text",
    [
        "Ik ben op vakantie tot 1 december. Kunt u voor die tijd mijn gegevens wissen?",
        "I am away until Monday. Please delete my account before.",
        "Je suis absent jusqu'au 3. Effacez mes données avant.",
        "Ich bin nicht im Haus. Bitte meine Daten bis dahin löschen.",
    ],
)
def test_who_tells_of_his_absence_and_asks_about_his_own_data_is_a_person(text: str) -> None:
    assert screened(subject="Afwezig", text=text) is None
    assert screened("Return-Path: <>", subject="Afwezig", text=text) == Automatic.AUTO_REPLY


def test_only_what_an_exchange_rule_stamps_makes_a_generated_mail_a_forwarded_one() -> None:
    generated = "Auto-Submitted: auto-generated"
    assert screened(generated, "X-MS-Exchange-Parent-Message-Id: <1@x>") == Automatic.FORWARDED
    assert screened(generated, "Resent-From: els@winkel.example") == Automatic.FORWARDED
    assert screened(generated, "X-MS-Exchange-CrossTenant-Id: 1") == Automatic.AUTO_GENERATED
    assert screened(generated, "X-Loop-Rules-Loop: 1") == Automatic.AUTO_GENERATED


@pytest.mark.parametrize("value", ["auto-replied (vacation)", "auto-replied; x=y", "auto-replied, x", " Auto-Replied"])
def test_the_first_word_of_a_value_counts(value: str) -> None:
    assert screened(f"Auto-Submitted: {value}") == Automatic.AUTO_REPLY


def test_of_a_bounce_only_a_letter_of_our_own_domain_is_named() -> None:
    id = b"<mailbot.0123456789abcdef.00@winkel.example>"
    assert bounced_letter(b"x " + id + b" y", "winkel.example") == id.decode()
    assert bounced_letter(b"x <mailbot.0123456789ab=\r\ncdef.00@winkel.example> y", "winkel.example") == id.decode()
    assert bounced_letter(id, "elders.example") is None
