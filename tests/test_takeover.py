"""Two workers, one company: one works, the other waits; when the first is killed the other goes on where it stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from company import ACCESS, BOX, CONTACT, KNOWN, a_raw_mail
from mailbot.demo.servers import MailServers
from mailbot.model import LetterState
from mailbot.store.postgres import Database
from rig.installation import Installation
from rig.postgres import Postgres
from rig.program import Begun
from rig.real import until

pytestmark = pytest.mark.real


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([BOX, KNOWN, CONTACT, "dpo@mail.test", *(f"p{n}@klant.test" for n in range(20))]) as running:
        yield running


@contextmanager
def worker(installation: Installation, servers: MailServers, postgres: Postgres) -> Iterator[Begun]:
    process = installation.start(
        "run", MAILBOT_DATABASE=postgres.url, BOX_PASSWORD=servers.imap_account(BOX).password()
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate(timeout=20)


def test_the_second_worker_takes_over_and_nobody_gets_two_letters(
    servers: MailServers, postgres: Postgres, tmp_path: Path
) -> None:
    installation = Installation(tmp_path)
    store = '[store]\ntype = "postgresql"\nurl = { env = "MAILBOT_DATABASE" }\nlease_seconds = 4\n'
    installation.write(servers.imap_account(BOX), servers.smtp_account(BOX), store=store)
    for number in range(10):
        servers.put(BOX, a_raw_mail(f"{ACCESS} {number}", sender=f"p{number}@klant.test", number=number))
    with worker(installation, servers, postgres) as first:
        until(lambda: len(_cases(postgres)) >= 3, 60, "the first worker's first cases")
        with worker(installation, servers, postgres):
            os.kill(first.pid, signal.SIGKILL)
            for number in range(10, 20):
                servers.put(BOX, a_raw_mail(f"{ACCESS} {number}", sender=f"p{number}@klant.test", number=number))
            until(lambda: len(_cases(postgres)) == 20, 60, "the second worker's takeover")
            until(lambda: not _waiting(postgres), 60, "the last letter")
    letters = [len(servers.messages(f"p{number}@klant.test")) for number in range(20)]
    assert max(letters) == 1
    assert sum(letters) >= 19  # the letter that the killed worker was just sending may be unsure


def _cases(postgres: Postgres) -> list[str]:
    database = Database(lambda: postgres.url)
    try:
        with database.store("kaviaarshop").unit() as unit:
            return [case.ref for case in unit.all_cases()]
    finally:
        database.close()


def _waiting(postgres: Postgres) -> list[str]:
    database = Database(lambda: postgres.url)
    try:
        with database.store("kaviaarshop").unit() as unit:
            letters = unit.letters(LetterState.QUEUED) + unit.letters(LetterState.SENDING)
            return [letter.token for letter in letters if letter.audience == "requester"]
    finally:
        database.close()
