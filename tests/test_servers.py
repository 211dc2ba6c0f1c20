"""The embedded mail servers behave as real ones where the demo and the other tests lean on them."""

from __future__ import annotations

import gc
import imaplib
import smtplib
from datetime import UTC, datetime

import pytest

from mailbot.demo.servers import MailServers

PRIVACY, KLANT = "privacy@mail.test", "klant@mail.test"
RAW = b"Subject: Inzage\r\n\r\nGraag.\r\n"


def send(servers: MailServers, recipient: str, raw: bytes = RAW) -> None:
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, timeout=5) as smtp:
        smtp.sendmail(KLANT, [recipient], raw)


def test_mail_goes_to_the_envelopes_recipient_whatever_the_headers_say(loopmail: MailServers) -> None:
    send(loopmail, PRIVACY, b"To: dpo@mail.test\r\n\r\nx\r\n")
    assert len(loopmail.messages(PRIVACY)) == 1
    assert loopmail.messages("dpo@mail.test") == []


def test_a_plus_address_is_delivered_to_its_base(loopmail: MailServers) -> None:
    send(loopmail, "Privacy+zaak-12@mail.test")
    assert [stored.raw for stored in loopmail.messages(PRIVACY)] == [RAW]


@pytest.mark.parametrize("raw", [RAW, b"Subject: no body\r\n", b"", b"\x00\xff\r\n\r\n\xfe", b"Subject: x\n\nbare\n"])
def test_what_is_put_is_what_lies_there(loopmail: MailServers, raw: bytes) -> None:
    at = datetime(2020, 2, 29, 23, 59, tzinfo=UTC)
    uid = loopmail.put(PRIVACY, raw, folder="Junk", internal_date=at, flags=["\\Seen", "AVG"])
    (stored,) = loopmail.messages(PRIVACY, "Junk")
    assert (stored.uid, stored.raw, stored.internal_date) == (uid, raw, at)
    assert stored.flags == {"\\Seen", "AVG"}


def test_the_demo_may_turn_the_clock() -> None:
    with MailServers([PRIVACY], clock=lambda: datetime(2026, 5, 1, 9, tzinfo=UTC)) as servers:
        send(servers, PRIVACY)
        assert servers.messages(PRIVACY)[0].internal_date == datetime(2026, 5, 1, 9, tzinfo=UTC)


def test_a_keyword_that_a_colleague_sets_stays(loopmail: MailServers) -> None:
    loopmail.put(PRIVACY, RAW)
    client = imaplib.IMAP4("127.0.0.1", loopmail.imap_port)
    client.login(PRIVACY, loopmail.password)
    client.select()
    client.store("1", "+FLAGS", "AVG-12")
    client.logout()
    assert loopmail.messages(PRIVACY)[0].flags == {"AVG-12"}


def test_a_client_that_says_nothing_for_a_while_keeps_its_line_whatever_is_cleared_away(loopmail: MailServers) -> None:
    with imaplib.IMAP4("127.0.0.1", loopmail.imap_port, timeout=10) as client:
        client.login(PRIVACY, loopmail.password)
        for _ in range(20):
            gc.collect()
            assert client.noop()[0] == "OK"


def test_an_unknown_recipient_is_refused(loopmail: MailServers) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(loopmail, "niemand@mail.test")


def test_every_user_has_a_mailbox_of_his_own(loopmail: MailServers) -> None:
    loopmail.put(PRIVACY, RAW)
    client = imaplib.IMAP4("127.0.0.1", loopmail.imap_port)
    client.login(KLANT, loopmail.password)
    assert client.select()[1] == [b"0"]
    client.logout()
