"""A real server that does not take what we write: work goes on, nothing is lost or done twice, and it is told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from company import (
    ACCESS,
    BOX,
    ERASURE,
    KNOWN,
    START,
    Clock,
    a_company,
    a_raw_mail,
    cases,
    opened,
    work,
)
from mailbot import events
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.model import Kind
from mailbot.operation import heartbeat
from rig.dovecot import FULL, LIMITED, ROOM, WORDLESS, Dovecot

pytestmark = pytest.mark.real

EVERY_RIGHT = "lrwstipekxa"
#: A folder that takes no keywords: without `w` Dovecot says OK to the STORE, and keeps nothing.
NO_KEYWORDS = "lrst"
READ_ONLY = "lr"


def company(dovecot: Dovecot, smtp: MailServers, folder: Path, address: str, **account: Any) -> Any:
    made = a_company(dovecot.account(address, **account), smtp.smtp_account(BOX), folder, mode="automatic")
    return opened(replace(made, policy=replace(made.policy, files_mail=True)), folder)


@pytest.fixture
def keywords(dovecot: Dovecot, smtp: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    """A company that marks its mails, in a mailbox of which a test says what may be done there."""
    with company(dovecot, smtp, tmp_path, LIMITED, filing="keyword") as ready:
        yield ready


@pytest.fixture
def moving(dovecot: Dovecot, smtp: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    """The same of one that moves them, and reads a second folder."""
    with company(dovecot, smtp, tmp_path, LIMITED, filing="move", folders=("INBOX", "Klant")) as ready:
        with dovecot.client(LIMITED) as client:
            client.create("Klant")
        yield ready


def put(dovecot: Dovecot, text: str, number: int = 1, address: str = LIMITED, **more: Any) -> None:
    dovecot.put(a_raw_mail(text, number=number), address, internal_date=START, **more)


def flags(dovecot: Dovecot, address: str = LIMITED, folder: str = "INBOX") -> list[str]:
    with dovecot.client(address) as client:
        if client.select(f'"{folder}"', readonly=True)[0] != "OK":
            return []
        told = client.fetch("1:*", "(FLAGS)")[1] if client.search(None, "ALL")[1][0] else []
    return [line.decode() for line in told if isinstance(line, bytes)]


def allow(tenant: Tenant, dovecot: Dovecot, rights: str, folder: str = "INBOX") -> None:
    """From now on only this may be done in a folder."""
    dovecot.allow(rights, folder)
    tenant.mailbox.close()
    tenant.mailbox_writer.close()


def rounds(tenant: Tenant, clock: Clock, many: int = 3) -> None:
    """Rounds in which nothing stands in the way of the work."""
    for _ in range(many):
        clock.move(minutes=2)
        work(tenant, clock)


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one for one in caplog.messages if "not written into the mailbox" in one]


def status(tenant: Tenant) -> str:
    beat = heartbeat.read(tenant.folder)
    assert beat
    return beat.trouble


# --- keywords -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rights", [NO_KEYWORDS, READ_ONLY])
def test_a_folder_that_takes_no_keywords_is_told_once_and_marked_when_it_does(
    keywords: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock, caplog: pytest.LogCaptureFixture, rights: str
) -> None:
    put(dovecot, ACCESS)
    allow(keywords, dovecot, rights)
    rounds(keywords, clock)
    assert len(cases(keywords)) == len(smtp.messages(KNOWN)) == 1
    assert "Privacy" not in flags(dovecot)[0]
    assert len(refusals(caplog)) == 1
    assert "filing" in status(keywords), "as long as it lasts, `status` tells it"
    allow(keywords, dovecot, EVERY_RIGHT)
    rounds(keywords, clock)
    assert "Privacy-access" in flags(dovecot)[0]
    assert status(keywords) == ""
    assert len(cases(keywords)) == len(smtp.messages(KNOWN)) == 1
    assert list(check_history(keywords)) == []


def test_a_keyword_that_the_server_answers_no_to_stops_nothing(
    dovecot: Dovecot, smtp: MailServers, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    put(dovecot, ACCESS, address=WORDLESS)
    with company(dovecot, smtp, tmp_path, WORDLESS, filing="keyword") as tenant:
        rounds(tenant, clock)
        put(dovecot, ERASURE, 2, WORDLESS)
        rounds(tenant, clock)
        assert [case.kinds[0] for case in cases(tenant)] == [Kind.ACCESS, Kind.ERASURE]
    assert len(smtp.messages(KNOWN)) == 2
    assert len(refusals(caplog)) == 1
    assert "Keyword length too long" not in "".join(caplog.messages), "what a server says may name a person"


def test_a_refused_correction_of_a_keyword_takes_the_old_one_away_in_the_end(
    keywords: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    put(dovecot, ACCESS)
    rounds(keywords, clock)
    allow(keywords, dovecot, NO_KEYWORDS)
    acting.act(keywords, cases(keywords)[0].ref, events.Corrected("john", (Kind.ERASURE,)), clock())
    rounds(keywords, clock)
    assert "Privacy-access" in flags(dovecot)[0]
    allow(keywords, dovecot, EVERY_RIGHT)
    rounds(keywords, clock)
    [told] = flags(dovecot)
    assert ("Privacy-access" in told, "Privacy-erasure" in told) == (False, True)


# --- moves ----------------------------------------------------------------------------------------


def test_a_refused_move_keeps_back_no_other_mail(
    moving: Tenant, dovecot: Dovecot, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with dovecot.client(LIMITED) as client:
        client.create("Privacy/access")
    put(dovecot, ACCESS)
    put(dovecot, ERASURE, 2)
    allow(moving, dovecot, "lrws", "Privacy/access")  # nothing may be laid in there
    rounds(moving, clock)
    assert (len(flags(dovecot)), len(flags(dovecot, folder="Privacy/erasure"))) == (1, 1)
    assert len(refusals(caplog)) == 1
    allow(moving, dovecot, EVERY_RIGHT, "Privacy/access")
    rounds(moving, clock)
    assert len(flags(dovecot, folder="Privacy/access")) == 1
    assert status(moving) == ""


def test_a_folder_that_may_not_be_made_is_told_and_stops_nothing(
    moving: Tenant, dovecot: Dovecot, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with dovecot.client(LIMITED) as client:
        client.create("Privacy")
    put(dovecot, ACCESS)
    allow(moving, dovecot, "lrwst", "Privacy")
    rounds(moving, clock)
    assert len(flags(dovecot)) == len(refusals(caplog)) == 1


def test_what_a_colleague_moves_that_we_could_not_is_no_correction(
    moving: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    with dovecot.client(LIMITED) as client:
        client.create("Privacy/access")
    put(dovecot, ACCESS)
    allow(moving, dovecot, "lrws", "Privacy/access")
    rounds(moving, clock)
    with dovecot.client(LIMITED) as client:
        client.select("INBOX")
        assert client.uid("MOVE", "1:*", "Klant")[0] == "OK"
    rounds(moving, clock)
    [case] = cases(moving)
    assert (case.kinds, case.is_open) == ((Kind.ACCESS,), True)


# --- a full mailbox -------------------------------------------------------------------------------


def fill(dovecot: Dovecot) -> None:
    """Nothing more goes in: a big mail, then small ones until the server says no."""
    dovecot.put(b"Subject: vol\r\n\r\n" + b"x" * (ROOM - 8000), FULL, "Archief")
    with dovecot.client(FULL) as client:
        for size in (1000, 100, 1):
            while client.append("Archief", None, None, b"Subject: vol\r\n\r\n" + b"x" * size)[0] == "OK":  # type: ignore[arg-type]
                pass


def empty(dovecot: Dovecot) -> None:
    with dovecot.client(FULL) as client:
        client.select("Archief")
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()


def test_a_mailbox_over_its_quota_gets_its_copies_once_there_is_room_and_slows_nothing(
    dovecot: Dovecot, smtp: MailServers, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    settings: dict[str, Any] = {"file_sent": True, "put_drafts": True, "filing": "move"}
    for number in range(1, 5):
        put(dovecot, ACCESS, number, FULL)
    fill(dovecot)
    with company(dovecot, smtp, tmp_path, FULL, **settings) as tenant:
        rounds(tenant, clock, 5)
        sent = len(smtp.messages(KNOWN))
        assert (len(cases(tenant)), sent) == (1, 1)
        assert flags(dovecot, FULL, "Sent") == []
        assert len(flags(dovecot, FULL, "Privacy/access")) == 4, "a move needs no room"
        [told] = refusals(caplog)
        assert "the mailbox is full" in told
        assert "the mailbox is full" in status(tenant)
        empty(dovecot)
        rounds(tenant, clock, 3)
        assert len(flags(dovecot, FULL, "Sent")) == 1
        assert (len(cases(tenant)), len(smtp.messages(KNOWN))) == (1, sent)
        assert status(tenant) == ""
        assert list(check_history(tenant)) == []


def test_the_rig_is_full(dovecot: Dovecot) -> None:
    fill(dovecot)
    with dovecot.client(FULL) as client:
        answer = client.append("INBOX", None, None, b"Subject: x\r\n\r\nx")  # type: ignore[arg-type]
    assert answer[0] == "NO"
    assert b"OVERQUOTA" in answer[1][0]
