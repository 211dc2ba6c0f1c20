"""A backlog worked off, beside a bare client that only fetches it; letters sent, beside a bare SMTP loop.

Side by side in one run: the bare fetch; the floor, which is that fetch with the standard library's parser and nothing
else, and with a durable write for each batch; the sorter alone over the same mails, with as many threads as the worker
uses; ours whole; and ours with a sorter that has these mails sorted already. "Ours less the sorter's own time" is what
ours whole takes longer than the sorter alone.
"""

from __future__ import annotations

import asyncio
import email
import os
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import aiosmtplib
from imapclient import IMAPClient

import corpus
from company import BOX, START, Clock, a_company, a_raw_mail, opened
from mailbot.accounts import ImapAccount
from mailbot.app import Tenant
from mailbot.classify import Classifier, Rules, load_classifier
from mailbot.demo.servers import MailServers
from mailbot.incoming import backlog, watching
from mailbot.incoming.understanding import read
from mailbot.letters import to_bytes
from mailbot.mailbox import FetchedMail
from mailbot.model import Kind, Letter, LetterState, Verdict
from mailbot.outgoing import outbox
from rig.dovecot import Dovecot
from rig.real import program

#: So many mails, most of them requests; and of those of a real mailbox, in which most ask nothing.
BACKLOG, QUIET_BACKLOG = 10_000, 2_000
#: One mail in so many is a request there.
ONE_IN = 20
LETTERS = 200

BARE, ALONE = "bare fetch", "the sorter alone"
WHOLE, REMEMBERED = "ours whole", "ours with the sorting remembered"
LESS = "ours whole less the sorter alone"
FLOOR = "fetch and the standard library's parser alone"
WRITING_FLOOR = "fetch, that parser and a durable write a batch"
#: Under these names the results are kept; the first as it always was.
_KEPT = {REMEMBERED: "ours less sorting", LESS: LESS, FLOOR: FLOOR, WRITING_FLOOR: WRITING_FLOOR}

Figures = dict[str, float]
Sending = Callable[[Tenant, MailServers], Figures]
#: Subject, text, answered quote and rules: what the sorter is asked about a mail.
Asked = tuple[str, str, str, Rules]
T = TypeVar("T")


@dataclass(frozen=True)
class Took:
    """Seconds that passed, and seconds of work of this process, whatever else the machine did."""

    elapsed: float
    work: float


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
    took: dict[str, Took] = {}
    remembering = Remembering()
    with MailServers([BOX, "p@klant.test"]) as servers, tempfile.TemporaryDirectory() as temporary:
        with _a_tenant(dovecot, servers, Path(temporary, "sorter")) as tenant:
            asked = _asked(tenant)
            took[ALONE] = _timed(lambda: _sort(asked, Remembering()))[0]
        for row, folder in ((WHOLE, "whole"), (REMEMBERED, "remembered")):
            with _a_tenant(dovecot, servers, Path(temporary, folder)) as tenant:
                tenant.classifier = remembering
                took[row], cases = _timed(lambda tenant=tenant: _work_off(tenant, many))  # type: ignore[misc]
                figures = then(tenant, servers) if then and row == REMEMBERED else {}
        took |= _without_us(dovecot.account(), Path(temporary, "written"))
    print(f"\n{name} of {many} mails on Dovecot, of which {cases} became a case")
    return _told(took, many, name) | figures


def _without_us(account: ImapAccount, path: Path) -> dict[str, Took]:
    """The fetch alone, the quicker of two, and with what no program that keeps mails can do without."""
    first = _timed(lambda: sum(map(len, _fetched(account))))[0]
    floor = _timed(lambda: sum(len(_parsed(raw)) for raw in _fetched(account)))[0]
    with path.open("wb") as file:
        writing = _timed(lambda: _written(_fetched(account), file.fileno()))[0]
    again = _timed(lambda: sum(map(len, _fetched(account))))[0]
    return {BARE: min(first, again, key=lambda one: one.elapsed), FLOOR: floor, WRITING_FLOOR: writing}


def _told(took: dict[str, Took], many: int, name: str) -> Figures:
    """Prints a row for each way to work the mails off; gives what is kept of them."""
    whole, alone, bare = took[WHOLE], took[ALONE], took[BARE]
    rows = took | {LESS: Took(whole.elapsed - alone.elapsed, whole.work - alone.work)}
    print(f"  {'':<48} {'mails/s':>9} {'of bare':>8} {'ms of work':>11}")
    for row in (BARE, FLOOR, WRITING_FLOOR, ALONE, WHOLE, LESS, REMEMBERED):
        one = rows[row]
        if one.elapsed > 0:  # else what is not sorting went by beside the sorting
            print(f"  {row:<48} {many / one.elapsed:>9,.0f} {bare.elapsed / one.elapsed:>8.3f}", end="")
            print(f" {1000 * one.work / many:>11.2f}")
    return {
        f"{name}: {kept} / bare fetch, mails a second": bare.elapsed / rows[row].elapsed
        for row, kept in _KEPT.items()
        if rows[row].elapsed > 0
    }


@contextmanager
def _a_tenant(dovecot: Dovecot, servers: MailServers, folder: Path) -> Iterator[Tenant]:
    folder.mkdir()
    with opened(a_company(dovecot.account(), servers.smtp_account(BOX), folder), folder) as tenant:
        yield tenant


def _work_off(tenant: Tenant, many: int) -> int:
    """All of the backlog, slice by slice, as the worker reads it; how many cases it made."""
    done = 0
    while mails := watching.take_in(tenant, Clock(START), lambda: False):
        done += mails
    assert done == many, done
    with tenant.store.unit() as unit:
        return len(unit.all_cases())


class Listening(Classifier):
    """Keeps what it is asked, and says that nothing is."""

    def __init__(self) -> None:
        object.__setattr__(self, "asked", [])

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = Rules()) -> Verdict:
        self.asked.append((subject, text, quoted, rules))  # type: ignore[attr-defined]
        return Verdict((Kind.NOT_A_REQUEST,), 1.0, "auto")


def _asked(tenant: Tenant) -> list[Asked]:
    """What the sorter is asked about these mails."""
    tenant.classifier = listening = Listening()
    for one in tenant.mailbox.since("INBOX", None, None):
        assert isinstance(one, FetchedMail)
        read(tenant, one.raw, one.internal_date)
    return listening.asked  # type: ignore[attr-defined, no-any-return]


def _sort(asked: list[Asked], sorter: Classifier) -> int:
    """By as many threads as the worker reads mails with."""

    def sort(one: Asked) -> Verdict:
        return sorter.classify(one[0], one[1], quoted=one[2], rules=one[3])

    return len(list(backlog.readers().map(sort, asked)))


def _fetched(account: ImapAccount) -> Iterator[bytes]:
    """Every mail whole, one by one, as a client without anything else to do."""
    with IMAPClient(account.host, port=account.port, ssl=False) as client:
        client.starttls(ssl.create_default_context(cafile=account.ca_file))
        client.login(account.username, account.password())
        client.select_folder("INBOX", readonly=True)
        for uid in client.search():
            yield client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"])[uid][b"BODY[]"]


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def _written(raws: Iterator[bytes], file: int) -> int:
    """The Message-ID of each mail, in batches as large as ours, on disk before the next one is read."""
    written = 0
    while batch := list(islice(raws, backlog.MOST)):
        written += os.write(file, "\n".join(str(_parsed(raw)["Message-ID"]) for raw in batch).encode())
        os.fsync(file)
    return written


def _sending(tenant: Tenant, servers: MailServers) -> Figures:
    now = START + timedelta(minutes=1)
    with tenant.store.unit() as unit:
        queued = [letter for letter in unit.sendable(now, 10_000) if letter.audience == "requester"][:LETTERS]
    if not queued:
        print("no acknowledgement was queued: sending was not measured")
        return {}
    raws = [(letter.to, to_bytes(letter, tenant.policy, now)) for letter in queued]
    bare = _timed(lambda: asyncio.run(_send(tenant, raws)))[0].elapsed
    _keep_only(tenant, queued)
    took, sent = _timed(lambda: outbox.deliver(tenant, Clock(now)))
    ours = took.elapsed
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


def _timed(work: Callable[[], T]) -> tuple[Took, T]:
    started, worked = perf_counter(), process_time()
    done = work()
    return Took(perf_counter() - started, process_time() - worked), done
