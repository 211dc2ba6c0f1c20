"""Cyrus: what it refuses and how it says so, and how a company goes on with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from company import ACCESS, BOX, KNOWN, START, Clock, a_company, a_raw_mail, cases, opened, rounds, status, work
from mailbot import actions as do
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import TryLater, WriteRefused
from mailbot.mailbox import Mailbox, MailboxWriter
from mailbot.model import LetterState, Pointer
from rig.cyrus import Cyrus
from rig.imapserver import FULL, LIMITED, mails_in

pytestmark = pytest.mark.real

RAW = b"Subject: x\r\n\r\nx\r\n"


def company(cyrus: Cyrus, smtp: MailServers, folder: Path, address: str, **account: Any) -> Any:
    settings = {"mode": "automatic", "files_mail": True}
    return opened(a_company(cyrus.account(address, **account), smtp.smtp_account(BOX), folder, **settings), folder)


def lying(cyrus: Cyrus, address: str, folder: str = "INBOX") -> list[str]:
    """The flags of each mail."""
    with cyrus.client(address) as client:
        return [found.flags for found in mails_in(client, folder)]


def test_a_mailbox_over_its_quota_is_told_and_gets_its_copies_once_there_is_room(
    cyrus: Cyrus, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    """Its words are "Over quota", without the code of RFC 5530. A move needs no room."""
    cyrus.put(a_raw_mail(ACCESS), FULL, internal_date=START)
    cyrus.limit(1)
    with company(cyrus, smtp, tmp_path, FULL, filing="move", file_sent=True) as tenant:
        rounds(tenant, clock)
        assert "the mailbox is full" in status(tenant)
        assert len(lying(cyrus, FULL, "Privacy/access")) == len(smtp.messages(KNOWN)) == 1
        assert lying(cyrus, FULL, "Sent") == []
        cyrus.limit(1000)
        rounds(tenant, clock)
        assert status(tenant) == ""
        assert len(lying(cyrus, FULL, "Sent")) == len(smtp.messages(KNOWN)) == 1
        assert list(check_history(tenant)) == []


@pytest.mark.parametrize(("filing", "rights"), [("keyword", "lr"), ("keyword", "lrs"), ("move", "lrswi")])
def test_a_folder_that_may_not_be_changed_is_told_stops_nothing_and_is_caught_up_with(
    cyrus: Cyrus, smtp: MailServers, tmp_path: Path, clock: Clock, filing: Any, rights: str
) -> None:
    cyrus.put(a_raw_mail(ACCESS), LIMITED, internal_date=START)
    cyrus.allow(rights)
    with company(cyrus, smtp, tmp_path, LIMITED, filing=filing) as tenant:
        rounds(tenant, clock)
        assert "filing" in status(tenant)
        assert len(cases(tenant)) == len(smtp.messages(KNOWN)) == len(lying(cyrus, LIMITED)) == 1
        cyrus.allow("lrswipkxtea")
        rounds(tenant, clock)
        assert status(tenant) == ""
    if filing == "move":
        assert (len(lying(cyrus, LIMITED)), len(lying(cyrus, LIMITED, "Privacy/access"))) == (0, 1)
    else:
        assert "Privacy-access" in lying(cyrus, LIMITED)[0]


def test_a_folder_that_has_all_the_keywords_it_can_hold_takes_no_more_and_says_so(cyrus: Cyrus) -> None:
    uid = cyrus.put(RAW)
    with cyrus.client() as client:
        client.select("INBOX")
        while client.store("1", "+FLAGS", f"(woord{len(lying(cyrus, BOX)[0].split())})")[0] == "OK":
            pass
    with Mailbox(cyrus.account()) as box:
        place = Pointer("INBOX", box.folder_state("INBOX")[0], uid)
    writer = MailboxWriter(cyrus.account())
    with pytest.raises(WriteRefused, match="the folder may take no keywords"):
        writer.mark(place, "Privacy-access")
    writer.close()


@pytest.mark.parametrize("raw", [b"Subject: x\r\n\r\na\0b\r\n", b"no header at all"])
def test_what_is_no_mail_by_its_measure_is_refused_and_the_connection_stays(cyrus: Cyrus, raw: bytes) -> None:
    writer = MailboxWriter(cyrus.account())
    with pytest.raises(WriteRefused):
        writer.append("Sent", raw, (), START)
    writer.append("Sent", RAW, (), START)
    writer.close()
    assert len(lying(cyrus, BOX, "Sent")) == 1


@pytest.mark.parametrize("said", ["a\0b", "a\rb", "a\x85\u2028\x0b\x1cb", "€ " * 600, "x" * 3000, ".\n..\nFrom hier"])
def test_a_draft_is_a_mail_by_its_measure_whatever_a_person_typed(
    cyrus: Cyrus, smtp: MailServers, tmp_path: Path, clock: Clock, said: str
) -> None:
    cyrus.put(a_raw_mail(ACCESS), internal_date=START)
    with company(cyrus, smtp, tmp_path, BOX, put_drafts=True) as tenant:
        work(tenant, clock)
        [case] = cases(tenant)
        send = do.Send(f"{case.ref}:answer:1", "answer", KNOWN, "requester", LetterState.HELD, body=said)
        with tenant.store.unit() as unit:
            unit.put_letter(tenant.letters.compose(send, case, tenant.policy, clock(), "00" * 32))
        rounds(tenant, clock, 1)
        assert status(tenant) == ""
    assert len(lying(cyrus, BOX, "Drafts")) == 1


def test_a_server_that_is_closed_for_work_is_no_wrong_password_and_is_found_again(cyrus: Cyrus) -> None:
    """Its administrator writes why: "* BYE" is all that anybody hears who comes."""
    with (
        cyrus.closed("Onderhoud; vraag jan@mail.test"),
        Mailbox(cyrus.account()) as box,
        pytest.raises(TryLater, match="the connection was lost"),
    ):
        box.folder_state("INBOX")
    with Mailbox(cyrus.account()) as box:
        assert box.folder_state("INBOX")[1] == 1
