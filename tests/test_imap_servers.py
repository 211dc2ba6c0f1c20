"""What the program asks of a mailbox, every IMAP server of the rig gives: one contract, run on each of them."""

from __future__ import annotations

import pytest

from mailbot.mailbox import FetchedMail, Mailbox, roles
from rig.imapserver import ImapServer

pytestmark = pytest.mark.real

RAW = b"From: klant@mail.test\r\nSubject: Inzage\r\n\r\nGraag al mijn gegevens.\r\n"


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_a_mail_is_read_in_every_way_that_the_line_may_be_protected(imap: ImapServer, security: str) -> None:
    imap.put(RAW, flags="\\Seen $Label1")
    before = imap.dump()
    port = imap.imaps_port if security == "tls" else imap.imap_port
    with Mailbox(imap.account(security=security, port=port)) as box:
        assert [mail.raw for mail in box.since("INBOX", None, None) if isinstance(mail, FetchedMail)] == [RAW]
    assert imap.dump() == before


def test_the_folders_of_letters_are_found_by_their_use_or_by_their_names(imap: ImapServer) -> None:
    with Mailbox(imap.account()) as box:
        found = [box.role(role) for role in (roles.SENT, roles.DRAFTS, roles.JUNK)]
        assert found == [imap.named(name) for name in ("Sent", "Drafts", "Junk")]
