"""The whole path against a real Dovecot and a real Postfix: fifty mails, and a mailbox that nobody touched."""

from __future__ import annotations

import email
from pathlib import Path

import pytest

from company import ACCESS, CONTACT, ORDER, START, Clock, a_company, a_raw_mail, cases, letters, opened
from mailbot import worker
from mailbot.model import LetterState
from rig.dovecot import Dovecot
from rig.postfix import Postfix

pytestmark = pytest.mark.real


def test_fifty_mails_on_real_servers(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    for number in range(1, 51):
        text = f"{ACCESS} ({number})" if number % 5 == 0 else f"{ORDER} ({number})"
        flags = "\\Seen $Opgepakt" if number % 3 == 0 else ""
        dovecot.put(a_raw_mail(text, number=number), flags=flags, internal_date=START)
    dovecot.put(b"Subject: bewaard\r\n\r\nvan een collega\r\n", folder="Afgehandeld")
    before = dovecot.dump()
    company = a_company(dovecot.account(), postfix.account(), tmp_path, contact_email="dpo@mail.test", deputy_email="")
    with opened(company, tmp_path) as tenant:
        clock = Clock()
        first = worker.once(tenant, clock)
        for _ in range(3):  # a busy server may ask us to come back
            clock.move(minutes=10)
            later = worker.once(tenant, clock)
        assert (first.mails, later.mails, later.trouble) == (50, 0, "")
        assert len(cases(tenant)) == 10
        assert {letter.state for letter in letters(tenant)} == {LetterState.SENT}
        [told] = [letter for letter in letters(tenant) if letter.template == "gathered"]
        assert [call.split(":")[0] for call in sorted(told.covers)] == sorted(case.ref for case in cases(tenant))
    postfix.settle()
    assert dovecot.dump() == before
    with dovecot.client("klant@mail.test") as client:
        client.select("INBOX", readonly=True)
        found = client.search(None, "ALL")[1][0].split()
        raw = client.fetch(found[0].decode(), "(BODY.PEEK[])")[1][0]
    assert len(found) == 10
    assert isinstance(raw, tuple)
    assert email.message_from_bytes(raw[1])["Auto-Submitted"] == "auto-replied"
    assert CONTACT not in raw[1].decode()
