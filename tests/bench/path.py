"""A backlog worked off, beside a bare client that only fetches it; letters sent, beside a bare SMTP loop."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import aiosmtplib
from imapclient import IMAPClient

import corpus
from company import BOX, START, Clock, a_company, a_raw_mail, opened
from mailbot.accounts import ImapAccount
from mailbot.app import Tenant
from mailbot.classify import Classifier, Rules, load_classifier
from mailbot.demo.servers import MailServers
from mailbot.incoming import watching
from mailbot.letters import to_bytes
from mailbot.model import Kind, Letter, LetterState, Verdict
from mailbot.outgoing import outbox
from rig.dovecot import Dovecot
from rig.real import program

#: So many mails, most of them requests; and of those of a real mailbox, in which most ask nothing.
BACKLOG, QUIET_BACKLOG = 10_000, 2_000
#: One mail in so many is a request there.
ONE_IN = 20
LETTERS = 200

Figures = dict[str, float]
Sending = Callable[[Tenant, MailServers], Figures]
T = TypeVar("T")


class Remembering(Classifier):
    """The shipped sorter, which says of a mail that it has sorted before what it said then."""

    def __init__(self) -> None:
        object.__setattr__(self, "sorter", load_classifier())
        object.__setattr__(self, "known", {})

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = Rules()) -> Verdict:
        known: dict[tuple[str, str, str], Verdict] = self.known  # type: ignore[attr-defined]
        if (verdict := known.get((subject, text, quoted))) is None:
            verdict = self.sorter.classify(subject, text, quoted=quoted, rules=rules)  # type: ignore[attr-defined]
            known[subject, text, quoted] = verdict
        return verdict


def run() -> Figures:
    """Prints both comparisons and gives the ratios."""
    if not (program("dovecot") and program("doveadm")):
        print("no dovecot here: the backlog was not measured")
        return {}
    mails = corpus.read("train/*.jsonl")
    figures = _worked_off(_raws(mails, BACKLOG), "backlog", then=_sending)
    return figures | _worked_off(_raws(_quiet(mails), QUIET_BACKLOG), f"backlog, 1 in {ONE_IN} a request")


def _quiet(mails: list[corpus.Labelled]) -> list[corpus.Labelled]:
    """The same mails as a mailbox gets them: between two requests many that ask nothing."""
    asks = [mail for mail in mails if mail.kinds[0] != Kind.NOT_A_REQUEST]
    rest = cycle(mail for mail in mails if mail.kinds[0] == Kind.NOT_A_REQUEST)
    return [mail for one in asks for mail in (one, *islice(rest, ONE_IN - 1))]


def _raws(mails: list[corpus.Labelled], many: int) -> list[bytes]:
    return [
        a_raw_mail(mail.text, sender=f"p+{number}@klant.test", number=number)
        for number, mail in enumerate(islice(cycle(mails), many), 1)
    ]


def _worked_off(raws: list[bytes], name: str, then: Sending | None = None) -> Figures:
    """One mailbox on a server of its own; `then` is what follows with its letters."""
    dovecot = Dovecot()
    try:
        dovecot.start()
        dovecot.lay(("INBOX", raw, START, False) for raw in raws)
        return _measured(dovecot, len(raws), name, then)
    finally:
        dovecot.remove()


def _measured(dovecot: Dovecot, many: int, name: str, then: Sending | None) -> Figures:
    """Worked off twice: by a sorter that meets the mails for the first time, and by one that has them sorted."""
    sorter, took = Remembering(), [0.0, 0.0]
    with MailServers([BOX, "p@klant.test"]) as servers, tempfile.TemporaryDirectory() as temporary:
        for time in (0, 1):
            folder = Path(temporary, str(time))
            folder.mkdir()
            company = a_company(dovecot.account(), servers.smtp_account(BOX), folder)
            with opened(company, folder) as tenant:
                tenant.classifier = sorter
                took[time], _ = _timed(lambda tenant=tenant: _work_off(tenant, many))  # type: ignore[misc]
                figures = then(tenant, servers) if then and time else {}
        bare, _ = _timed(lambda: _fetch(dovecot.account()))
    print(f"{name} of {many} mails on Dovecot: bare fetch {many / bare:,.0f}/s, ours {many / took[0]:,.0f}/s,")
    print(f"  ours without the sorting {many / took[1]:,.0f}/s: {bare / took[1]:.3f} of the bare fetch")
    return {f"{name}: ours less sorting / bare fetch, mails a second": bare / took[1]} | figures


def _work_off(tenant: Tenant, many: int) -> int:
    """All of the backlog, slice by slice, as the worker reads it."""
    done = 0
    while mails := watching.take_in(tenant, Clock(START), lambda: False):
        done += mails
    assert done == many, done
    return done


def _fetch(account: ImapAccount) -> int:
    """Every mail whole, one by one, as a client without anything else to do."""
    with IMAPClient(account.host, port=account.port, ssl=False) as client:
        client.starttls(ssl.create_default_context(cafile=account.ca_file))
        client.login(account.username, account.password())
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        return sum(len(client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"])[uid]) for uid in uids)


def _sending(tenant: Tenant, servers: MailServers) -> Figures:
    now = START + timedelta(minutes=1)
    with tenant.store.unit() as unit:
        queued = [letter for letter in unit.sendable(now, 10_000) if letter.audience == "requester"][:LETTERS]
    if not queued:
        print("no acknowledgement was queued: sending was not measured")
        return {}
    raws = [(letter.to, to_bytes(letter, tenant.policy, now)) for letter in queued]
    bare, _ = _timed(lambda: asyncio.run(_send(tenant, raws)))
    _keep_only(tenant, queued)
    ours, sent = _timed(lambda: outbox.deliver(tenant, Clock(now)))
    ratio = (sent / ours) / (len(raws) / bare)
    print(f"{len(raws)} letters: bare loop {len(raws) / bare:,.0f}/s, ours {sent / ours:,.0f}/s: {ratio:.3f} of it")
    return {"letters: ours / bare loop, a second": ratio}


def _keep_only(tenant: Tenant, queued: list[Letter]) -> None:
    tokens = {letter.token for letter in queued}
    with tenant.store.unit() as unit:
        for letter in unit.letters(LetterState.QUEUED):
            if letter.token not in tokens:
                unit.tables.drop("letters", letter.token)


async def _send(tenant: Tenant, raws: list[tuple[str, bytes]]) -> None:
    account = tenant.company.smtp
    assert account is not None
    async with aiosmtplib.SMTP(hostname=account.host, port=account.port, start_tls=False) as client:
        if account.username:
            await client.login(account.username, account.password())
        for to, raw in raws:
            await client.sendmail(BOX, [to], raw)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = perf_counter()
    done = work()
    return perf_counter() - started, done
