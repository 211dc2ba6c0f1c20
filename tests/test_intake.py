"""One bad mail never stops the rest, and a mail that cannot be handled becomes a case for a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from company import (
    ACCESS,
    BOX,
    KNOWN,
    START,
    UNCLEAR,
    Clock,
    Sorter,
    a_raw_mail,
    cases,
)
from mailbot import worker
from mailbot.app import Tenant
from mailbot.classify import GENERAL, Rules
from mailbot.demo.servers import MailServers
from mailbot.intake_attempts import IntakeAttempts
from mailbot.model import MatchState, Pointer, Status, Verdict

POISON = "dit breekt het programma"


class Fragile(Sorter):
    """Breaks on one text, as a bug would."""

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        if POISON in text:
            raise RecursionError("a bug")
        return super().classify(subject, text, quoted=quoted, rules=rules)


class BySubject(Sorter):
    """Reads the subject only."""

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        return super().classify("", subject, quoted=quoted, rules=rules)


@pytest.fixture
def tenant(tenant: Tenant) -> Tenant:
    tenant.classifier = Fragile()
    return tenant


def test_a_mail_that_breaks_the_program_becomes_a_case_and_the_next_one_comes_in(
    tenant: Tenant, servers: MailServers
) -> None:
    for number, text in enumerate((POISON, ACCESS), 1):
        servers.put(BOX, a_raw_mail(text, number=number), internal_date=START)
    assert worker.once(tenant, Clock()).trouble == ""
    unreadable, request = cases(tenant)
    assert (unreadable.status, unreadable.needs) == (Status.TRIAGE, ("unreadable",))
    assert unreadable.received_at == START
    assert request.status is Status.OPEN


def test_a_mail_that_killed_the_program_three_times_is_not_tried_a_fourth(tenant: Tenant, servers: MailServers) -> None:
    uid = servers.put(BOX, a_raw_mail(ACCESS), internal_date=START)
    validity = tenant.mailbox.folder_state("INBOX")[0]
    for _ in range(3):
        tenant.intake_attempts.begin(Pointer("INBOX", validity, uid))
    worker.once(tenant, Clock())
    assert [case.needs for case in cases(tenant)] == [("unreadable",)]


def test_tries_are_counted_per_mail_and_outlive_the_program(tmp_path: Path) -> None:
    first, second = Pointer("INBOX", 1, 7), Pointer("INBOX", 1, 8)
    assert [IntakeAttempts(tmp_path / "tries").begin(mail) for mail in (first, first, second, first)] == [1, 2, 1, 1]


def test_customers_that_cannot_be_read_delay_neither_the_case_nor_the_letter(
    tenant: Tenant, servers: MailServers, tmp_path: Path
) -> None:
    (tmp_path / "customers.csv").unlink()
    servers.put(BOX, a_raw_mail(ACCESS), internal_date=START)
    assert worker.once(tenant, Clock()).trouble == ""
    assert cases(tenant)[0].match is MatchState.UNAVAILABLE
    assert len(servers.messages(KNOWN)) == 1


def nested(deep: int) -> bytes:
    """Parts within parts; what costs time with them here is the server of the tests."""
    within = b'--x\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
    return b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + within * deep


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 1000,
        b"Subject: =?utf-8?q?=0ABcc=3A_x=40y.z?=\r\n\r\n" + ACCESS.encode(),
        b"From: a@b.c, d@e.f\r\nFrom: g@h.i\r\n\r\n" + ACCESS.encode(),
        b"From: x@y.z\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\r\n" + ACCESS.encode(),
        nested(1_000),
        pytest.param(nested(10_000), marks=pytest.mark.soak),
    ],
    ids=["empty", "bytes", "header injection", "two senders", "1970", "nested", "nested deeply"],
)
def test_whatever_arrives_is_on_record_and_the_inbox_goes_on(tenant: Tenant, servers: MailServers, raw: bytes) -> None:
    servers.put(BOX, raw, internal_date=START)
    servers.put(BOX, a_raw_mail(ACCESS, number=2), internal_date=START)
    done = worker.once(tenant, Clock())
    assert (done.mails, done.trouble) == (2, "")
    assert any("<2@klant.test>" in case.thread for case in cases(tenant))


INVITED = (
    "From: Klant <{klant}>\nTo: {box}\nSubject: Uitnodiging\nMessage-ID: <{id}@klant.test>\nMIME-Version: 1.0\n"
    'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n{text}\n'
    "--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n--b--\n"
)


def test_an_invitation_counts_only_when_it_is_plainly_a_request(tenant: Tenant, servers: MailServers) -> None:
    for number, text in enumerate((ACCESS, "Tot dinsdag in de winkel.", UNCLEAR), 1):
        raw = INVITED.format(klant=KNOWN, box=BOX, id=number, text=text).encode()
        servers.put(BOX, raw, internal_date=START)
    worker.once(tenant, Clock())
    [case] = cases(tenant)
    assert (case.mails[0].text, case.needs) == (ACCESS, ("machine",))
    assert not [mail for mail in servers.accepted if mail.recipient == KNOWN]


def test_the_same_words_once_more_are_a_reminder_from_their_writer_and_a_request_from_another(
    tenant: Tenant, servers: MailServers
) -> None:
    for number, sender in enumerate((KNOWN, KNOWN, "ander@klant.test"), 1):
        servers.put(BOX, a_raw_mail(ACCESS, sender=sender, number=number), internal_date=START)
    worker.once(tenant, Clock())
    assert [(case.requester and case.requester.email, len(case.mails)) for case in cases(tenant)] == [
        (KNOWN, 2),
        ("ander@klant.test", 1),
    ]
    assert len([mail for mail in servers.accepted if mail.recipient == KNOWN]) == 1


def test_two_mails_without_a_word_are_not_the_same_words_once_more(tenant: Tenant, servers: MailServers) -> None:
    for number in (1, 2):
        raw = a_raw_mail("", number=number, subject=f"welke persoonsgegevens van account {number}")
        servers.put(BOX, raw, internal_date=START)
    tenant.classifier = BySubject()
    worker.once(tenant, Clock())
    assert len(cases(tenant)) == 2
