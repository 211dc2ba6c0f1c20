"""A real server that does not take what we write: work goes on, nothing is lost or done twice, and it is told once."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from company import (
    ACCESS,
    BOX,
    CONTACT,
    ERASURE,
    KNOWN,
    START,
    Clock,
    a_company,
    a_raw_mail,
    cases,
    opened,
    status,
    work,
)
from mailbot import events
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import WriteRefused
from mailbot.model import Kind
from mailbot.outgoing import write_refusals
from rig.dovecot import FULL, LIMITED, ROOM, WORDLESS, Dovecot

pytestmark = pytest.mark.real

EVERY_RIGHT = "lrwstipekxa"
#: A folder that takes no keywords: without `w` Dovecot says OK to the STORE, and keeps nothing.
NO_KEYWORDS = "lrst"
READ_ONLY = "lr"


def company(dovecot: Dovecot, smtp: MailServers, folder: Path, address: str, **account: Any) -> Any:
    settings = {"mode": "automatic", "files_mail": True}
    return opened(a_company(dovecot.account(address, **account), smtp.smtp_account(BOX), folder, **settings), folder)


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


def told(smtp: MailServers) -> list[str]:
    """The subjects of the mails to the contact person about what the mailbox takes, in order."""
    subjects = (str(message_from_bytes(one.raw, policy=default)["Subject"]) for one in smtp.messages(CONTACT))
    return [one.partition(": ")[2] for one in subjects if "het postvak" in one]


# --- keywords -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rights", [NO_KEYWORDS, READ_ONLY])
def test_a_folder_that_takes_no_keywords_is_told_once_and_marked_when_it_does(
    keywords: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock, caplog: pytest.LogCaptureFixture, rights: str
) -> None:
    put(dovecot, ACCESS)
    allow(keywords, dovecot, rights)
    rounds(keywords, clock)
    assert len(cases(keywords)) == len(smtp.messages(KNOWN)) == 1
    assert "Privacy" not in dovecot.flags(address=LIMITED)[0]
    assert len(refusals(caplog)) == 1
    assert "marking a mail" in status(keywords) or "read-only" in status(keywords), (
        "`status` tells it as long as it lasts"
    )
    assert told(smtp) == ["het postvak neemt niet alles aan"]
    allow(keywords, dovecot, EVERY_RIGHT)
    rounds(keywords, clock)
    assert "Privacy-access" in dovecot.flags(address=LIMITED)[0]
    assert status(keywords) == ""
    assert told(smtp) == ["het postvak neemt niet alles aan", "het postvak neemt weer alles aan"]
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
    assert "Privacy-access" in dovecot.flags(address=LIMITED)[0]
    allow(keywords, dovecot, EVERY_RIGHT)
    rounds(keywords, clock)
    [told] = dovecot.flags(address=LIMITED)
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
    assert (len(dovecot.flags(address=LIMITED)), len(dovecot.flags("Privacy/erasure", LIMITED))) == (1, 1)
    assert len(refusals(caplog)) == 1
    allow(moving, dovecot, EVERY_RIGHT, "Privacy/access")
    rounds(moving, clock)
    assert len(dovecot.flags("Privacy/access", LIMITED)) == 1
    assert status(moving) == ""


def test_a_folder_that_may_not_be_made_is_told_and_stops_nothing(
    moving: Tenant, dovecot: Dovecot, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with dovecot.client(LIMITED) as client:
        client.create("Privacy")
    put(dovecot, ACCESS)
    allow(moving, dovecot, "lrwst", "Privacy")
    rounds(moving, clock)
    assert len(dovecot.flags(address=LIMITED)) == len(refusals(caplog)) == 1


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
        assert dovecot.flags("Sent", FULL) == []
        assert len(dovecot.flags("Privacy/access", FULL)) == 4, "a move needs no room"
        [said] = refusals(caplog)
        assert "the mailbox is full" in said
        assert told(smtp) == ["het postvak is vol"]
        assert "the mailbox is full" in status(tenant)
        empty(dovecot)
        rounds(tenant, clock, 3)
        assert len(dovecot.flags("Sent", FULL)) == 1
        assert told(smtp) == ["het postvak is vol", "het postvak heeft weer ruimte"]
        assert (len(cases(tenant)), len(smtp.messages(KNOWN))) == (1, sent)
        assert status(tenant) == ""
        assert list(check_history(tenant)) == []


def test_the_rig_is_full(dovecot: Dovecot) -> None:
    fill(dovecot)
    with dovecot.client(FULL) as client:
        answer = client.append("INBOX", None, None, b"Subject: x\r\n\r\nx")  # type: ignore[arg-type]
    assert answer[0] == "NO"
    assert b"OVERQUOTA" in answer[1][0]


# --- telling it -----------------------------------------------------------------------------------

NO_ROOM = {"copies in Sent": WriteRefused("full", full=True)}
NO_RIGHT = {"filing": WriteRefused("refused")}
DONE = {"copies in Sent": 1, "filing": 1}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def a_round(
    desk: Desk, refusals: dict[str, WriteRefused], written: dict[str, int] | None = None, **later: float
) -> None:
    """A round that ends like this; the notices leave in the next one."""
    desk.clock.move(**(later or {"minutes": 1}))
    write_refusals.note(desk.tenant, refusals, written or {}, desk.clock)


def topics(desk: Desk) -> list[str]:
    letters = sorted(
        (one for one in desk.letters() if one.template == "mailbox"), key=lambda one: one.created_at or START
    )
    return [one.token.partition(":")[0] + (":over" if one.token.endswith(":over") else "") for one in letters]


def test_a_mailbox_that_is_full_for_days_is_told_once_and_its_end_once(desk: Desk) -> None:
    for _ in range(5):
        a_round(desk, NO_ROOM, days=1)
    assert topics(desk) == ["full"]
    a_round(desk, {}, DONE)
    a_round(desk, {}, DONE)
    assert topics(desk) == ["full", "full:over"]


def test_that_nothing_was_asked_of_the_mailbox_is_no_end(desk: Desk) -> None:
    a_round(desk, NO_ROOM)
    a_round(desk, {})
    a_round(desk, {}, {"filing": 1})
    assert topics(desk) == ["full"]
    a_round(desk, {}, DONE)
    assert topics(desk) == ["full", "full:over"]


def test_a_mailbox_at_the_edge_is_told_once_a_day(desk: Desk) -> None:
    for _ in range(3):
        a_round(desk, NO_ROOM)
        a_round(desk, {}, DONE)
    assert topics(desk) == ["full", "full:over"]
    a_round(desk, NO_ROOM)
    a_round(desk, NO_ROOM, days=1)
    assert topics(desk) == ["full", "full:over", "full"]


def test_a_mailbox_that_was_refused_a_right_and_is_full_now_is_told_anew(desk: Desk) -> None:
    a_round(desk, NO_RIGHT)
    a_round(desk, NO_RIGHT | NO_ROOM)
    a_round(desk, NO_RIGHT | NO_ROOM)
    assert topics(desk) == ["refused", "full"]


def test_the_mail_says_what_happened_and_what_to_do_next(desk: Desk) -> None:
    a_round(desk, NO_ROOM)
    [letter] = [one for one in desk.letters() if one.template == "mailbox"]
    assert letter.to == CONTACT
    for said in (letter.text, letter.html):
        assert "geen ruimte meer" in said
        assert "kopieën van verzonden brieven" in said
        assert "Maak vandaag nog ruimte" in said
        assert "concepten" not in said
