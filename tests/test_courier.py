"""Courier: what it numbers, refuses and calls otherwise than other servers, and the whole life of a company on it."""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from company import ACCESS, BOX, KNOWN, START, Clock, a_company, a_raw_mail, cases, opened, rounds, status
from mailbot import worker
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import LoginRefused, TryLater, WriteRefused
from mailbot.mailbox import Cursor, FetchedMail, Mailbox, MailboxWriter
from mailbot.setup import inspection
from rig.courier import Courier
from rig.imapserver import FULL, LIMITED, ROOM, mails_in

pytestmark = pytest.mark.real


def mail(number: int) -> bytes:
    return b"From: klant@mail.test\r\nSubject: %d\r\n\r\nmail %d\r\n" % (number, number)


def read(courier: Courier, cursor: Cursor | None = None, address: str = BOX) -> list[FetchedMail]:
    """What somebody finds who connects anew."""
    with Mailbox(courier.account(address)) as box:
        return [one for one in box.since("INBOX", cursor, None) if isinstance(one, FetchedMail)]


def after(found: list[FetchedMail]) -> Cursor:
    place = found[-1].pointer
    return Cursor(place.folder, place.uidvalidity, place.uid)


def numbers(found: list[FetchedMail]) -> list[int]:
    return [int(one.raw.split()[-1]) for one in found]


# --- its numbers ----------------------------------------------------------------------------------


def test_a_folder_that_no_mail_program_opened_yet_keeps_the_numbers_that_we_saw(courier: Courier) -> None:
    courier.unopened()
    courier.deliver(mail(1))
    found = read(courier)
    time.sleep(1.1)  # a UIDVALIDITY is made of the clock's seconds
    assert read(courier, after(found)) == []
    assert after(read(courier)) == after(found)


def test_a_mail_that_took_long_to_deliver_is_not_hidden_behind_one_that_was_quick(courier: Courier) -> None:
    courier.deliver(mail(1))
    found = read(courier)
    courier.deliver(mail(2), took=60)
    assert numbers(read(courier, after(found))) == [2]


def test_a_mailbox_that_was_put_back_from_a_copy_hides_no_mail(courier: Courier, tmp_path: Path) -> None:
    maildir = courier.base / "mail" / BOX / "Maildir"
    courier.deliver(mail(1))
    read(courier)
    shutil.copytree(maildir, tmp_path / "copy")
    courier.deliver(mail(2))
    courier.deliver(mail(3))
    found = read(courier)
    shutil.rmtree(maildir)
    shutil.copytree(tmp_path / "copy", maildir)
    courier.give(maildir)
    courier.deliver(mail(4))
    assert 4 in numbers(read(courier, after(found)))


def test_a_mailbox_that_may_only_be_read_is_read(courier: Courier) -> None:
    courier.put(mail(1), LIMITED)
    courier.allow("lr")
    assert numbers(read(courier, address=LIMITED)) == [1]


# --- what it does not take ------------------------------------------------------------------------


def company(courier: Courier, smtp: MailServers, folder: Path, address: str = BOX, **account: Any) -> Any:
    settings = {"mode": account.pop("mode", "automatic"), "files_mail": True}
    return opened(a_company(courier.account(address, **account), smtp.smtp_account(BOX), folder, **settings), folder)


def lying(courier: Courier, folder: str, address: str = BOX) -> list[Any]:
    with courier.client(address) as client:
        return list(mails_in(client, courier.named(folder)))


def test_a_full_mailbox_is_known_by_couriers_words(courier: Courier) -> None:
    writer = MailboxWriter(courier.account(FULL))
    with closing(writer), pytest.raises(WriteRefused) as refused:
        writer.append("INBOX.Sent", b"Subject: x\r\n\r\n" + b"x" * ROOM, ("\\Seen",), START)
    assert refused.value.full


def test_a_folder_that_says_it_keeps_a_keyword_and_does_not_is_told(
    courier: Courier, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    courier.put(a_raw_mail(ACCESS), LIMITED, internal_date=START)
    courier.allow("lrst")  # Courier lists \\* among its permanent flags, says OK, and keeps nothing
    with company(courier, smtp, tmp_path, LIMITED, filing="keyword") as tenant:
        rounds(tenant, clock)
        assert "marking a mail" in status(tenant)
        courier.allow("lrswt")
        tenant.mailbox_writer.close()
        rounds(tenant, clock)
        assert [one.flags for one in lying(courier, "INBOX", LIMITED)] == ["Privacy-access"]
        assert status(tenant) == ""


def test_mail_that_cannot_be_moved_is_answered_all_the_same_and_check_says_what_to_set(
    courier: Courier, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    courier.put(a_raw_mail(ACCESS), internal_date=START)
    with company(courier, smtp, tmp_path, filing="move", folders=("INBOX", "Klant")) as tenant:
        faults = {line.where: line.what for line in inspection.look(tenant, False, clock) if line.state == "fault"}
        assert "set filing to keyword or off" in faults["moving"]
        assert "INBOX.Sent" in faults["folder Klant"].partition("; there are: ")[2].split(", ")
        for _ in range(2):
            clock.move(minutes=2)
            worker.once(tenant, clock)
        assert len(cases(tenant)) == len(smtp.messages(KNOWN)) == 1


def test_a_courier_without_keywords_or_idle_is_polled_and_turns_the_third_caller_away(
    smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    bare = Courier(keywords=False, idle=False, connections=2)
    try:
        bare.start()
        bare.put(a_raw_mail(ACCESS), internal_date=START)
        with company(bare, smtp, tmp_path, filing="keyword") as tenant:
            rounds(tenant, clock)
            assert "the folder may take no keywords" in status(tenant)
            assert len(cases(tenant)) == len(smtp.messages(KNOWN)) == 1
            with Mailbox(bare.account()) as third, pytest.raises(TryLater) as refused:
                third.folder_state("INBOX")
            assert not isinstance(refused.value, LoginRefused)
            assert tenant.mailbox.wait("INBOX", 0.1) is False
    finally:
        bare.remove()


# --- the whole life -------------------------------------------------------------------------------


def test_what_left_lies_in_sent_once_whatever_becomes_of_the_server_meanwhile(
    courier: Courier, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with company(courier, smtp, tmp_path, file_sent=True, filing="keyword") as tenant:
        courier.deliver(a_raw_mail(ACCESS))
        clock.at = datetime.now(UTC)
        rounds(tenant, clock, 1)
        courier.drop_sessions(BOX)
        courier.kill()
        worker.once(tenant, clock)
        courier.start()
        for _ in range(4):  # each line that was lost may cost a round
            clock.move(minutes=10)
            worker.once(tenant, clock)
        courier.renumber()
        rounds(tenant, clock)
        assert len(cases(tenant)) == len(smtp.messages(KNOWN)) == len(lying(courier, "Sent")) == 1
        assert "Privacy-access" in lying(courier, "INBOX")[0].flags
        assert list(check_history(tenant)) == []


def test_odd_mails_come_as_they_lie_there(courier: Courier) -> None:
    odd = [
        b"Subject: nul\r\n\r\na\0b\r\n",
        "Subject: café\r\n\r\nhoi\r\n".encode(),
        b"Subject: caf\xe9\r\n\r\n\xff\r\n",
    ]
    for raw in (*odd, b""):
        courier.deliver(raw)
    found = [one.raw for one in read(courier)]
    assert [raw.endswith(own) for raw, own in zip(found, odd, strict=False)] == [True] * 3
    assert len(found) == 4
