"""Whatever servers and colleagues do to the folders: every mail is on record once, and nothing old is answered."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from company import (
    ACCESS,
    BOX,
    CONTACT,
    ERASURE,
    START,
    Clock,
    a_company,
    a_raw_mail,
    cases,
    letters,
    opened,
    work,
)
from mailbot import mailbox, worker
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import TryLater
from mailbot.incoming import backlog, intake, watching
from mailbot.model import Letter, MailRecord
from mailbot.parse import parse
from rig.dovecot import Dovecot

pytestmark = pytest.mark.real


@pytest.fixture
def tenant(dovecot: Dovecot, smtp: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    account = dovecot.account(folders=("INBOX", "\\Junk", "Privacy"))
    with opened(a_company(account, smtp.smtp_account(BOX), tmp_path), tmp_path) as ready:
        with dovecot.client() as client:
            client.create("Privacy")
        yield ready


def seen(tenant: Tenant) -> list[MailRecord]:
    with tenant.store.unit() as unit:
        return unit.seen_since(START - timedelta(days=400))


def to_people(tenant: Tenant) -> list[Letter]:
    return [letter for letter in letters(tenant) if letter.audience == "requester"]


def test_after_renumbering_old_mail_that_nobody_knows_is_listed_and_not_answered(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    work(tenant, clock)
    dovecot.put(a_raw_mail(ERASURE, number=2), internal_date=START - timedelta(hours=3))
    dovecot.put(a_raw_mail("Waar blijft mijn pakje?", number=3), internal_date=START - timedelta(hours=2))
    dovecot.put(a_raw_mail(ACCESS + " (4)", number=4), internal_date=clock.move(hours=1))
    dovecot.renumber()
    work(tenant, clock)
    assert sorted(record.disposition for record in seen(tenant)) == ["case", "case", "no_request", "resurfaced"]
    assert [case.mails[0].message_id for case in cases(tenant)] == ["<1@klant.test>", "<4@klant.test>"]
    assert len(to_people(tenant)) == 2
    [notice] = [letter for letter in letters(tenant) if letter.template == "mailbox"]
    assert "ma 02-03-2026 07:00: verwijdering" in notice.text
    assert "pakje" not in notice.text
    work(tenant, clock)
    assert len([letter for letter in letters(tenant) if letter.template == "mailbox"]) == 1


def test_after_renumbering_new_mail_is_treated_as_always(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    dovecot.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    work(tenant, clock)
    dovecot.renumber()
    work(tenant, clock)
    dovecot.put(a_raw_mail(ERASURE, number=2), internal_date=START + timedelta(minutes=1))
    work(tenant, clock)
    assert [record.disposition for record in seen(tenant)] == ["case", "case"]
    assert [letter for letter in letters(tenant) if letter.template == "mailbox"] == []


def test_a_request_in_the_junk_folder_opens_the_case_with_its_true_receipt_and_is_not_answered(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    clock.move(hours=4)
    dovecot.put(a_raw_mail(ACCESS), folder="Junk", internal_date=START)
    work(tenant, clock)
    [case] = cases(tenant)
    assert (case.received_at, case.needs) == (START, ("junk",))
    assert to_people(tenant) == []
    assert len(smtp.messages(CONTACT)) == 1


def test_a_folder_that_is_gone_hides_no_other(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    account = tenant.company.imap
    assert account
    tenant.company = replace(tenant.company, imap=replace(account, folders=("Weg", "INBOX")))
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    done = worker.once(tenant, clock)
    assert "opening folder Weg" in done.trouble
    assert len(cases(tenant)) == 1


def test_a_folder_that_a_colleague_renamed_is_read_under_its_new_name_and_nothing_twice(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), folder="Privacy", internal_date=START)
    work(tenant, clock)
    with dovecot.client() as client:
        client.rename("Privacy", "AVG")
    account = tenant.company.imap
    assert account
    assert "opening folder Privacy" in worker.once(tenant, clock).trouble
    tenant.company = replace(tenant.company, imap=replace(account, folders=("INBOX", "AVG")))
    work(tenant, clock)
    [case] = cases(tenant)
    assert [place.folder for place in case.mails[0].found_in] == ["AVG"]
    assert len(to_people(tenant)) == 1


@pytest.mark.parametrize("target", ["Privacy", "Junk"])
def test_a_mail_that_a_colleague_moved_stays_one_case(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, target: str
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock)
    with dovecot.client() as client:
        client.select("INBOX")
        client.uid("MOVE", "1", target)
    work(tenant, clock)
    [case] = cases(tenant)
    assert case.is_open
    assert [place.folder for place in case.mails[0].found_in] == [target]
    assert ("moved_to_junk" in case.needs) is (target == "Junk")
    assert list(check_history(tenant)) == []


def test_a_mail_that_a_colleague_deleted_leaves_its_case_as_it_was(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock)
    before = cases(tenant)
    with dovecot.client() as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.expunge()
    work(tenant, clock)
    assert cases(tenant) == before


def test_one_mail_to_two_of_our_addresses_is_one_case_with_two_deliveries(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    for number, alias in enumerate(("info", "dpo")):
        trace = b"Delivered-To: %s@mail.test\r\nReceived: by mx%d; Mon, 2 Mar 2026 09:00:0%d +0000\r\n"
        dovecot.put(trace % (alias.encode(), number, number) + a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock)
    [case] = cases(tenant)
    assert [place.uid for place in (case.mails[0].pointer, *case.mails[0].found_in) if place] == [1, 2]
    assert len(to_people(tenant)) == 1


def test_the_notice_about_a_renumbered_folder_can_be_read_by_a_person(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    work(tenant, clock)
    dovecot.put(a_raw_mail(ERASURE, number=2), internal_date=START - timedelta(hours=3))
    dovecot.renumber()
    work(tenant, clock)
    mails = [parse(stored.raw, START) for stored in smtp.messages(CONTACT)]
    [notice] = [mail for mail in mails if "genummerd" in mail.subject]
    assert notice.subject == "Kaviaarshop: oude mail in het postvak opnieuw genummerd"


def resurfacing(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    """A folder is numbered anew in which two requests lie that are not on record, before and behind other mails."""
    dovecot.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    work(tenant, clock)
    dovecot.put(a_raw_mail(ERASURE, number=2), internal_date=START - timedelta(hours=3))
    for number in range(3, 6):
        dovecot.put(a_raw_mail("Waar blijft mijn pakje?", number=number), internal_date=START - timedelta(hours=2))
    dovecot.put(a_raw_mail(ACCESS, number=6), internal_date=START - timedelta(hours=1))
    dovecot.renumber()


def notices(tenant: Tenant) -> list[Letter]:
    return [letter for letter in letters(tenant) if letter.template == "mailbox"]


def test_what_a_renumbered_folder_brought_up_is_listed_however_many_rounds_it_takes_to_read_it(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(backlog, "MOST", 1)
    resurfacing(tenant, dovecot, clock)
    work(tenant, clock)
    [notice] = notices(tenant)
    assert "ma 02-03-2026 07:00: verwijdering" in notice.text
    assert "ma 02-03-2026 09:00: inzage" in notice.text
    work(tenant, clock, 2)
    assert notices(tenant)[1:] == []


def test_what_a_renumbered_folder_brought_up_is_listed_although_the_line_broke_while_it_was_read(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    resurfacing(tenant, dovecot, clock)
    whole: Callable[..., Iterator[int]] = backlog.work_off

    def and_cut(*given: object) -> Iterator[int]:
        yield next(whole(*given))
        raise TryLater("the line broke")

    with monkeypatch.context() as cut:
        cut.setattr(backlog, "work_off", and_cut)
        worker.once(tenant, clock)
    work(tenant, clock)
    assert ["verwijdering" in notice.text for notice in notices(tenant)] == [True]


@pytest.mark.parametrize("fetched", [5, 50], ids=["with more to fetch", "with all of it fetched"])
def test_a_folder_that_is_numbered_anew_while_its_next_batch_is_read_hides_no_request_of_the_same_second(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, monkeypatch: pytest.MonkeyPatch, fetched: int
) -> None:
    for number in range(1, 13):
        dovecot.put(
            a_raw_mail(f"{ACCESS} ({number})", sender=f"p{number}@klant.test", number=number), internal_date=START
        )
    monkeypatch.setattr(backlog, "MOST", 5)
    monkeypatch.setattr(mailbox, "BATCH", fetched)
    record = intake.record

    def numbered_anew_meanwhile(*given: Any) -> None:
        monkeypatch.setattr(intake, "record", record)
        dovecot.renumber()
        record(*given)

    monkeypatch.setattr(intake, "record", numbered_anew_meanwhile)
    worker.once(tenant, clock)
    work(tenant, clock, 2)
    assert Counter(one.disposition for one in seen(tenant)) == {"case": 12}
    assert sorted(case.mails[0].message_id for case in cases(tenant)) == sorted(
        f"<{number}@klant.test>" for number in range(1, 13)
    )
    assert notices(tenant) == []


def put_back(dovecot: Dovecot, tenant: Tenant, between: Callable[[], object]) -> None:
    """The mailbox is copied, lives on, and is then put back from its copy: the same UIDVALIDITY, lower numbers."""
    box, copy = dovecot.base / "mail" / BOX, dovecot.base / "copy"
    shutil.copytree(box, copy)
    between()
    tenant.mailbox.close()
    del tenant.mailbox
    dovecot.stop()
    shutil.rmtree(box)
    shutil.move(copy, box)
    for path in (box, *box.rglob("*")):
        shutil.chown(path, "dovecot", "dovecot")
    dovecot.start()


def test_a_mailbox_that_was_put_back_from_a_copy_hides_no_request_and_makes_no_old_mail_new(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    work(tenant, clock)

    def lives_on() -> None:
        for number in range(2, 5):
            dovecot.put(a_raw_mail("Waar blijft mijn pakje?", number=number), internal_date=clock.move(minutes=1))
        work(tenant, clock)

    put_back(dovecot, tenant, lives_on)
    dovecot.put(a_raw_mail(ERASURE, number=9), internal_date=clock.move(minutes=1))
    work(tenant, clock, 2)
    assert [case.mails[0].message_id for case in cases(tenant)] == ["<1@klant.test>", "<9@klant.test>"]
    assert len(to_people(tenant)) == 2
    assert notices(tenant) == []
