"""What the program asks of a mailbox, every IMAP server of the rig gives: one contract, run on each of them."""

from __future__ import annotations

import email
import re
import threading
import time
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest

from company import (
    ACCESS,
    BOX,
    ERASURE,
    KNOWN,
    ORDER,
    START,
    Clock,
    a_company,
    a_raw_mail,
    cases,
    letters,
    opened,
    rounds,
)
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import LoginRefused, TryLater
from mailbot.mailbox import Cursor, FetchedMail, Mailbox, roles
from mailbot.model import Kind, LetterState
from rig.imapserver import ImapServer, mails_in
from rig.proxy import Proxy

pytestmark = pytest.mark.real

RAW = b"From: klant@mail.test\r\nSubject: Inzage\r\n\r\nGraag al mijn gegevens.\r\n"
CHANGES = re.compile(r"\b(STORE|COPY|MOVE|APPEND|EXPUNGE|CLOSE|DELETE|RENAME|CREATE|SUBSCRIBE)\b")


def mail(number: int) -> bytes:
    return b"Subject: %d\r\n\r\nbody %d\r\n" % (number, number)


def read(box: Mailbox, cursor: Cursor | None = None, folder: str = "INBOX") -> list[FetchedMail]:
    return [found for found in box.since(folder, cursor, None) if isinstance(found, FetchedMail)]


def cursor_at(found: FetchedMail) -> Cursor:
    return Cursor(found.pointer.folder, found.pointer.uidvalidity, found.pointer.uid)


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_is_read_over_tls_and_over_no_certificate_that_nobody_vouches_for(
    imap: ImapServer, security: str
) -> None:
    imap.put(RAW)
    port = imap.imaps_port if security == "tls" else imap.imap_port
    with Mailbox(imap.account(security=security, port=port)) as box:
        assert [found.raw for found in read(box)] == [RAW]
    for strange in ({"ca_file": None}, {"host": "127.0.0.1"}):
        account = imap.account(security=security, port=port, **strange)
        with Mailbox(account) as box, pytest.raises(TryLater, match="certificate is not trusted"):
            read(box)


def test_a_wrong_password_is_told_as_such(imap: ImapServer) -> None:
    with Mailbox(imap.account(password=lambda: "fout")) as box, pytest.raises(LoginRefused):
        read(box)


def test_the_mailbox_stays_byte_for_byte_as_it_was(imap: ImapServer) -> None:
    other = imap.named("Verwerkt & klaar")
    imap.put(RAW, flags="\\Seen $Label1 AVG")
    imap.put(mail(1), flags="\\Deleted")
    imap.put(mail(2), folder=other, internal_date=datetime(2020, 2, 29, 12, tzinfo=UTC))
    imap.put(RAW + b"z" * 300_000 + b"\r\n")
    imap.deliver(RAW)
    before = imap.dump()
    with (
        Proxy(imap.imap_port) as proxy,
        Mailbox(imap.account(port=proxy.port, security="plain", max_bytes=100_000)) as box,
    ):
        assert len(read(box)) == 4
        assert len(read(box, folder=other)) == 1
        box.wait("INBOX", 0.5)
        read(box, Cursor("INBOX", box.folder_state("INBOX")[0], 1))
        box.close()
        commands = proxy.commands
    assert [command for command in commands if CHANGES.search(command)] == []
    assert any(command.startswith("SELECT") for command in commands) is imap.opens_to_write
    assert imap.dump() == before


@pytest.mark.parametrize("name", ["Café & thé", "Kraaft B.V", "Ongelezen/Ærlig"])
def test_a_folder_is_read_by_the_name_that_people_gave_it(imap: ImapServer, name: str) -> None:
    """In modified UTF-7 on the line; a dot is part of the name, or the sign between two."""
    folder = imap.named(name)
    imap.put(RAW, folder=folder)
    with Mailbox(imap.account()) as box:
        assert folder in box.folder_names()
        assert [found.raw for found in read(box, folder=folder)] == [RAW]


def test_the_folders_of_letters_are_found_by_their_use_or_by_their_names(imap: ImapServer) -> None:
    with Mailbox(imap.account()) as box:
        found = [box.role(role) for role in (roles.SENT, roles.DRAFTS, roles.JUNK)]
    assert found == [imap.named(name) for name in ("Sent", "Drafts", "Junk")]


def test_the_wait_ends_with_a_mail_also_with_one_that_came_between(imap: ImapServer) -> None:
    with Mailbox(imap.account()) as box:
        read(box)
        timer = threading.Timer(0.2, lambda: imap.deliver(RAW))
        timer.start()
        begun = time.monotonic()
        assert box.wait("INBOX", 60)
        timer.join()
        assert time.monotonic() - begun < 30
        cursor = cursor_at(read(box)[-1])
        imap.deliver(mail(2))
        assert box.wait("INBOX", 15)
        assert len(read(box, cursor)) == 1


def test_a_folder_that_was_numbered_anew_hides_no_mail(imap: ImapServer) -> None:
    imap.put(RAW)
    with Mailbox(imap.account()) as box:
        cursor = cursor_at(read(box)[-1])
        imap.renumber()
        box.close()  # a server may end a session whose folder was taken away
    with Mailbox(imap.account()) as box:
        assert box.folder_state("INBOX")[0] != cursor.uidvalidity
        assert len(read(box, cursor)) == 1


@pytest.mark.parametrize("end", ["stop", "kill", "drop"])
def test_a_line_that_the_server_ends_costs_one_error_and_no_mail(imap: ImapServer, end: str) -> None:
    imap.put(mail(1))
    with Mailbox(imap.account()) as box:
        cursor = cursor_at(read(box)[-1])
        if end == "drop":
            imap.drop_sessions(BOX)
        else:
            getattr(imap, end)()
        with pytest.raises(TryLater):
            read(box, cursor)
        if end != "drop":
            imap.start()
        imap.put(mail(2))
        assert [found.raw for found in read(box, cursor)] == [mail(2)]


def test_a_server_that_stops_answering_is_given_up_in_time(imap: ImapServer) -> None:
    with Mailbox(imap.account(timeout=1.0)) as box:
        read(box)
        with imap.paused(), pytest.raises(TryLater, match="no answer in time"):
            read(box)
        assert read(box) == []


# --- the company's life in it ----------------------------------------------------------------------------------------


def company(imap: ImapServer, smtp: MailServers, folder: Path, mode: str = "automatic", **account: Any) -> Any:
    settings = {"mode": mode, "files_mail": True}
    return opened(a_company(imap.account(**account), smtp.smtp_account(BOX), folder, **settings), folder)


def drag(imap: ImapServer, source: str, target: str) -> None:
    with imap.client() as client:
        client.create(imap.named(target))
        client.select(imap.named(source))
        told = client.uid("MOVE", "1:*", imap.named(target))
        assert told[0] == "OK", told


def lying(imap: ImapServer, folder: str) -> list[Message]:
    with imap.client() as client:
        return [email.message_from_bytes(found.raw) for found in mails_in(client, imap.named(folder))]


@pytest.fixture(params=["dovecot", "cyrus", "cyrus_classic"])
def moving(request: pytest.FixtureRequest) -> ImapServer:
    """Those that have MOVE (RFC 6851)."""
    server: ImapServer = request.getfixturevalue(request.param)
    return server


def test_a_request_is_answered_filed_by_its_kind_and_copied_into_sent_and_a_drag_corrects_it(
    moving: ImapServer, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    moving.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    moving.put(a_raw_mail(ORDER, number=2), internal_date=START, flags="\\Deleted")
    with company(moving, smtp, tmp_path, filing="move", file_sent=True) as tenant:
        rounds(tenant, clock)
        assert [len(moving.flags(folder)) for folder in ("INBOX", "Privacy/access", "Sent")] == [1, 1, 1]
        assert "\\Deleted" in moving.flags("INBOX")[0], "nothing may expunge what a colleague marked"
        assert len(smtp.messages(KNOWN)) == 1
        drag(moving, "Privacy/access", "Privacy/erasure")
        rounds(tenant, clock)
        [case] = cases(tenant)
        assert case.kinds == (Kind.ERASURE,)
        assert case.colleague_wrote_at is None, "our own letter in Sent is no answer"
        assert list(check_history(tenant)) == []


def test_with_keywords_a_mail_stays_where_it_is_and_answered_by_hand_it_gets_no_letter(
    imap: ImapServer, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    imap.put(a_raw_mail(ACCESS), internal_date=START, flags="Opgepakt \\Answered")
    with company(imap, smtp, tmp_path, filing="keyword") as tenant:
        rounds(tenant, clock)
        assert len(cases(tenant)) == 1
    assert sorted(imap.flags("INBOX")[0].split()) == ["Opgepakt", "Privacy-access", "\\Answered"]
    assert smtp.messages(KNOWN) == []


def test_what_people_do_with_drafts_and_in_sent_is_seen(
    imap: ImapServer, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    imap.put(a_raw_mail(ACCESS), internal_date=START)
    imap.put(a_raw_mail(ERASURE, number=2, sender="ander@klant.test"), internal_date=START)
    with company(imap, smtp, tmp_path, put_drafts=True, mode="hold") as tenant:
        rounds(tenant, clock, 2)
        draft, other = sorted(lying(imap, "Drafts"), key=lambda one: one["To"] != KNOWN)
        take_away(imap, "Drafts")
        draft.replace_header("Message-ID", "<uit.thunderbird@mail.test>")
        imap.put(draft.as_bytes(), folder=imap.named("Sent"), internal_date=clock.move(minutes=3))
        imap.put(answer(other["To"], "<2@klant.test>"), folder=imap.named("Sent"), internal_date=clock())
        rounds(tenant, clock, 2)
        sent = [letter for letter in letters(tenant, LetterState.SENT) if letter.to == KNOWN]
        assert [letter.answer for letter in sent] == ["sent by a colleague from the drafts"]
        assert ["answered_by_colleague" in case.needs for case in cases(tenant)] == [False, True]
        assert lying(imap, "Drafts") == []
    assert smtp.messages(KNOWN) == []


def answer(to: str, answers: str) -> bytes:
    """What a colleague's mail program files in Sent."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = BOX, to, "Re: vraag"
    message["Message-ID"], message["In-Reply-To"] = "<collega.1@mail.test>", answers
    message.set_content("Dag, hierbij uw gegevens.")
    return message.as_bytes()


def take_away(imap: ImapServer, folder: str) -> None:
    with imap.client() as client:
        client.select(imap.named(folder))
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
