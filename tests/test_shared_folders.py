"""A mailbox that other people let into their folders works in its own (Cyrus, in both ways of naming them)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from company import ACCESS, BOX, KNOWN, START, Clock, a_company, a_raw_mail, opened, work
from mailbot.audit.reading import folders_of
from mailbot.demo.servers import MailServers
from mailbot.mailbox import Mailbox, roles
from mailbot.mailbox.namespaces import Namespaces, guessed
from mailbot.setup.inspection import look
from rig.cyrus import Cyrus
from rig.imapserver import mails_in

SLASH = Namespaces((("", "/"),), (("Other Users/", "/"),), (("Shared Folders/", "/"),))
BELOW = Namespaces((("INBOX.", "."),), (("user.", "."),), (("", "."),))


@pytest.mark.parametrize(
    ("spaces", "name", "own", "anothers"),
    [
        (SLASH, "Sent", True, False),
        (SLASH, "Other Users/klant/Sent", False, True),
        (SLASH, "Other Users", False, True),
        (SLASH, "Shared Folders/Algemeen", False, False),
        (BELOW, "Inbox", True, False),
        (BELOW, "INBOX.Sent", True, False),
        (BELOW, "user.klant.Sent", False, True),
        (BELOW, "Algemeen", False, False),
        (Namespaces((("INBOX.", "."),)), "Algemeen", False, False),
    ],
)
def test_the_longest_prefix_says_whose_a_folder_is(spaces: Namespaces, name: str, own: bool, anothers: bool) -> None:
    assert (spaces.is_own(name), spaces.is_another_persons(name)) == (own, anothers)


def test_a_server_that_does_not_tell_is_guessed_by_its_folders() -> None:
    assert guessed([((), ".", "INBOX"), ((), ".", "INBOX.Sent")]).own == (("INBOX.", "."),)
    assert guessed([((), "/", "INBOX"), ((), "/", "INBOX/Oud"), ((), "/", "Sent")]).own == (("", "/"),)


@pytest.fixture(params=["cyrus", "cyrus_classic"])
def server(request: pytest.FixtureRequest) -> Cyrus:
    """One whose mailbox sees folders of a colleague, and one of everybody."""
    cyrus: Cyrus = request.getfixturevalue(request.param)
    cyrus.share(KNOWN, BOX)
    cyrus.share(KNOWN, BOX, "Sent")
    cyrus.share_with_all("Algemeen")
    return cyrus


@pytest.mark.real
def test_mail_is_filed_below_the_mailbox_s_own_inbox(
    server: Cyrus, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    server.put(a_raw_mail(ACCESS), internal_date=START)
    made = a_company(server.account(filing="move"), smtp.smtp_account(BOX), tmp_path, files_mail=True)
    with opened(made, tmp_path) as tenant:
        work(tenant, clock, 2)
    with server.client() as client:
        assert len(list(mails_in(client, server.named("Privacy/access")))) == 1


@pytest.mark.real
def test_sent_of_a_colleague_is_not_taken_for_the_mailbox_s_own(server: Cyrus) -> None:
    server.take_away("Sent")
    with Mailbox(server.account()) as box:
        assert box.role(roles.SENT) == ""
        assert box.role(roles.DRAFTS) == server.named("Drafts")


@pytest.mark.real
def test_the_measurement_reads_no_colleague_s_folders_unless_one_is_named(
    server: Cyrus, smtp: MailServers, tmp_path: Path
) -> None:
    own = {"INBOX", server.named("Junk"), server.named("Sent")}
    shared = "Algemeen" if server.classic else "Shared Folders/Algemeen"
    colleagues = "user.klant" if server.classic else "Other Users/klant"
    with opened(a_company(server.account(), smtp.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        assert folders_of(tenant, date(2026, 1, 1)).keys() == own | {shared}
        assert folders_of(tenant, date(2026, 1, 1), (colleagues,)).keys() == own | {shared, colleagues}


@pytest.mark.real
def test_a_trash_that_could_not_be_made_is_told_with_the_name_that_could(
    server: Cyrus, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    account = server.account(trash="Prullenbak", folders=("INBOX", "Klachten"))
    with opened(a_company(account, smtp.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        lines = {line.where: line for line in look(tenant, False, clock)}
    assert lines["Trash"].state == ("fault" if server.classic else "note")
    assert ('type trash = "INBOX.Prullenbak"' in lines["Trash"].what) is server.classic
    assert lines["folder Klachten"].state == "fault"
    assert server.named("Drafts") in lines["folder Klachten"].what, "it says which folders there are"


@pytest.mark.real
def test_a_trash_that_is_there_is_told_as_good(server: Cyrus, smtp: MailServers, tmp_path: Path, clock: Clock) -> None:
    name = server.named("Prullenbak")
    with server.client() as client:
        client.create(name)
    with opened(a_company(server.account(trash=name), smtp.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        [line] = [line for line in look(tenant, False, clock) if line.where == "Trash"]
    assert line.state == "good"
