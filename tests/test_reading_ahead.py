"""The next mails are fetched and read while some are recorded: nothing is lost by it, mixed up or blamed on another."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from poisoned_worker import BATCH, POISON

from company import ACCESS, BOX, CONTACT, DEPUTY, START, Clock, Sorter, a_company, a_raw_mail, cases, opened
from mailbot import mailbox as mailbox_module
from mailbot import worker
from mailbot.app import Tenant
from mailbot.classify import GENERAL, Rules
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.incoming import backlog, intake, watching
from mailbot.intake_attempts import IntakeAttempts
from mailbot.mailbox import FetchedMail, Mailbox
from mailbot.model import MailRecord, Pointer, Verdict
from rig import program
from rig.proxy import Proxy

MANY = 23
#: The number that the server of the tests gives the first mail.
FIRST = 101


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([BOX, CONTACT, DEPUTY]) as servers:
        yield servers


@pytest.fixture
def tenant(servers: MailServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """With a folder of 23 requests, of which five are a batch."""
    monkeypatch.setattr(backlog, "MOST", BATCH)
    put(servers, *(f"{ACCESS} ({number})" for number in range(1, MANY + 1)))
    company = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path, mode="hold")
    with opened(company, tmp_path) as ready:
        yield ready


def put(servers: MailServers, *texts: str) -> None:
    for number, text in enumerate(texts, 1):
        servers.put(BOX, a_raw_mail(text, sender=f"p{number}@klant.test", number=number), internal_date=START)


def on_record(tenant: Tenant) -> list[MailRecord]:
    with tenant.store.unit() as unit:
        return unit.seen_since(START)


def recorded(tenant: Tenant) -> list[int]:
    """Which mails of the folder are on record; 1 is the first."""
    return sorted(one.pointer.uid - FIRST + 1 for one in on_record(tenant))


class Watched(Sorter):
    """Takes a while, and tells what it was given by whom: by a thread that reads many, or where a mail is alone."""

    def __init__(self) -> None:
        self.sorted: list[str] = []
        self.breaks_on = "nothing"
        self.beside_lone: list[int] = []  # how many others were being read when a mail was taken alone
        self._reading = 0
        self._lock = threading.Lock()

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        if threading.current_thread() is threading.main_thread():
            self.beside_lone.append(self._reading)
            return super().classify(subject, text, quoted=quoted, rules=rules)
        with self._lock:
            self.sorted.append(text)
            self._reading += 1
        time.sleep(0.02 if "1" in text else 0)
        with self._lock:
            self._reading -= 1
        if self.breaks_on in text:
            raise RecursionError("a bug")
        return super().classify(subject, text, quoted=quoted, rules=rules)


def test_the_next_batch_is_read_while_one_is_recorded(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sorter = tenant.classifier = Watched()
    record = intake.record

    def once_the_next_is_read(*given: Any) -> None:
        until = time.monotonic() + 20
        while len(sorter.sorted) < 2 * BATCH and time.monotonic() < until:
            time.sleep(0.01)
        assert len(sorter.sorted) >= 2 * BATCH
        record(*given)

    with monkeypatch.context() as first:
        first.setattr(intake, "record", once_the_next_is_read)
        reading = backlog.work_off(tenant, tenant.mailbox.since("INBOX", None, None), Clock())
        assert next(reading) == BATCH
        reading.close()
    assert recorded(tenant) == [1, 2, 3, 4, 5]
    assert not sorter.beside_lone


def test_no_more_than_two_batches_are_held(tenant: Tenant) -> None:
    given: list[int] = []

    def counted() -> Iterator[Any]:
        for mail in tenant.mailbox.since("INBOX", None, None):
            given.append(mail.pointer.uid)
            yield mail

    done = 0
    for many in backlog.work_off(tenant, counted(), Clock()):
        done += many
        assert len(given) <= done + BATCH
    assert done == MANY


def test_what_is_recorded_keeps_the_order_of_the_mailbox(tenant: Tenant) -> None:
    tenant.classifier = Watched()  # some are read much sooner than those before them
    assert worker.once(tenant, Clock()).mails == MANY
    assert [case.mails[0].message_id for case in cases(tenant)] == [f"<{at}@klant.test>" for at in range(1, MANY + 1)]
    assert list(check_history(tenant)) == []


def test_a_line_that_breaks_while_the_next_batch_is_fetched_costs_nothing_that_came(
    tenant: Tenant, servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_module, "BATCH", BATCH)
    with Proxy(servers.imap_port) as line:
        tenant.__dict__["mailbox"] = Mailbox(replace(servers.imap_account(BOX), port=line.port))
        line.cut_at(b"FETCH %d" % (FIRST + BATCH))
        assert "imap server" in worker.once(tenant, Clock()).trouble
        assert recorded(tenant) == [1, 2, 3, 4, 5]
        assert not tenant.intake_attempts.path.read_bytes()
        assert not worker.once(tenant, Clock()).trouble
    assert recorded(tenant) == list(range(1, MANY + 1))


def test_a_stop_between_two_batches_leaves_nothing_in_reading_and_loses_nothing(tenant: Tenant) -> None:
    sorter = tenant.classifier = Watched()
    assert watching.take_in(tenant, Clock(), stop=lambda: True) == BATCH
    begun = len(sorter.sorted)
    assert not tenant.intake_attempts.path.read_bytes(), "nothing is under way"
    time.sleep(0.1)
    assert len(sorter.sorted) == begun
    assert recorded(tenant) == [1, 2, 3, 4, 5]
    worker.once(tenant, Clock())
    assert recorded(tenant) == list(range(1, MANY + 1))
    assert not sorter.beside_lone, "none was taken alone"


def test_nothing_is_read_ahead_beyond_what_is_taken_in_one_go(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 12)
    sorter = tenant.classifier = Watched()
    assert watching.take_in(tenant, Clock()) == 12
    assert len(sorter.sorted) == 12


def test_one_go_ends_where_a_fetch_and_a_batch_end_so_that_nothing_is_fetched_in_vain() -> None:
    assert watching.MOST_AT_ONCE % mailbox_module.BATCH == watching.MOST_AT_ONCE % backlog.MOST == 0


@pytest.mark.parametrize("bad", [3, 8, 23])
def test_while_a_mail_is_taken_alone_no_other_is_read(tenant: Tenant, bad: int) -> None:
    sorter = tenant.classifier = Watched()
    sorter.breaks_on = f"({bad})"
    assert worker.once(tenant, Clock()).mails == MANY
    assert set(sorter.beside_lone) == {0}
    assert len(cases(tenant)) == MANY


def test_a_batch_for_which_there_is_no_thread_is_not_under_way_for_ever(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoMore(ThreadPoolExecutor):
        def submit(self, *given: Any, **named: Any) -> Any:
            if many.pop():
                return super().submit(*given, **named)
            raise RuntimeError("can't start new thread")

    many = [False, *[True] * (BATCH + 2)]
    with monkeypatch.context() as busy, NoMore() as readers:
        busy.setattr(backlog, "readers", lambda: readers)
        assert "RuntimeError" in worker.once(tenant, Clock()).trouble
        assert recorded(tenant) == [1, 2, 3, 4, 5]
        assert not tenant.intake_attempts.path.read_bytes()
    assert not worker.once(tenant, Clock()).trouble
    assert recorded(tenant) == list(range(1, MANY + 1))


def test_an_error_while_the_next_batch_is_read_leaves_nothing_in_reading(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sorter = tenant.classifier = Watched()

    def ends(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "record", ends)
    with pytest.raises(KeyboardInterrupt):
        watching.take_in(tenant, Clock())
    assert sorter._reading == 0
    assert not tenant.intake_attempts.path.read_bytes()


@pytest.mark.parametrize("bad", [2, 8, 13])
def test_a_mail_that_kills_the_program_is_the_only_one_that_is_blamed(
    servers: MailServers, tmp_path: Path, bad: int
) -> None:
    """Killed once with the others of its batch and the one before or behind it, and three times alone."""
    put(servers, *(POISON if number == bad else f"{ACCESS} ({number})" for number in range(1, 15)))
    words = (str(tmp_path), str(servers.imap_port), str(servers.smtp_port))
    ends: list[int] = []
    while (not ends or ends[-1]) and len(ends) < 6:  # whoever starts it for ever has been killed once too often
        begun = program.start(*words, env=os.environ, module="poisoned_worker", reads="poisoned_worker")
        _, complaint = begun.communicate(timeout=180)  # the first reads the program, on a busy machine slowly
        ends.append(begun.returncode or 0)
        assert ends[-1] in (0, -signal.SIGKILL), complaint
    assert ends == [-signal.SIGKILL] * 4 + [0]
    with opened(a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        assert recorded(tenant) == list(range(1, 15))
        assert [one.pointer.uid - FIRST + 1 for one in on_record(tenant) if one.disposition == "unreadable"] == [bad]


def test_batches_that_are_under_way_are_noted_until_the_last_of_them_ends(tmp_path: Path) -> None:
    first, second = ([Pointer("INBOX", 1, uid) for uid in range(start, start + 3)] for start in (1, 4))
    attempts = IntakeAttempts(tmp_path / "attempts")
    assert attempts.begin_together(first)
    assert attempts.begin_together(second)
    for ended in (first, second):
        assert not IntakeAttempts(attempts.path).begin_together(first), "a program that begins anew now takes care"
        attempts.end_together(ended)
    assert IntakeAttempts(attempts.path).begin_together(first)


def test_a_mail_that_was_under_way_with_others_has_no_try_of_its_own_behind_it(tmp_path: Path) -> None:
    pointers = [Pointer("INBOX", 1, uid) for uid in (1, 2)]
    for together in ([pointers], [pointers, pointers]):
        attempts = IntakeAttempts(tmp_path / "attempts")
        for batch in together:
            attempts.begin_together(batch)
        assert [IntakeAttempts(attempts.path).begin(one) for one in pointers] == [1, 1]
        attempts.done()


@pytest.mark.parametrize(("newest", "together"), [(5, True), (4, False)])
def test_a_lone_mail_behind_which_the_program_was_killed_keeps_no_batch_apart_once_it_is_on_record(
    tmp_path: Path, newest: int, together: bool
) -> None:
    IntakeAttempts(tmp_path / "attempts").begin(Pointer("INBOX", 1, 5))
    attempts = IntakeAttempts(tmp_path / "attempts")
    for folder, validity in (("INBOX", 2), ("Junk", 1)):  # how far others were read says nothing
        attempts.end_recorded(Pointer(folder, validity, 5))
    attempts.end_recorded(Pointer("INBOX", 1, newest))
    assert attempts.begin_together([Pointer("INBOX", 1, uid) for uid in (6, 7)]) is together


def test_the_round_after_such_a_kill_takes_what_came_together(tenant: Tenant, servers: MailServers) -> None:
    worker.once(tenant, Clock())
    newest = max((one.pointer for one in on_record(tenant)), key=attrgetter("uid"))
    IntakeAttempts(tenant.intake_attempts.path).begin(newest)
    sorter = tenant.classifier = Watched()
    for number in (MANY + 1, MANY + 2):
        servers.put(BOX, a_raw_mail(ACCESS, sender=f"p{number}@klant.test", number=number), internal_date=START)
    worker.once(tenant, Clock())
    assert (len(recorded(tenant)), len(sorter.sorted), sorter.beside_lone) == (MANY + 2, 2, [])


def test_a_single_mail_is_read_by_nobody_else(tenant: Tenant) -> None:
    sorter = tenant.classifier = Watched()
    with closing(tenant.mailbox.since("INBOX", None, None)) as arriving:  # type: ignore[type-var]
        one = next(arriving)
    assert isinstance(one, FetchedMail)
    assert list(backlog.work_off(tenant, [one], Clock())) == [1]
    assert sorter.sorted == []
    assert sorter.beside_lone == [0]
