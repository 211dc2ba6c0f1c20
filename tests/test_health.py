"""Somebody hears of it when requests are no longer seen: alarms, status, signs of life, a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from company import ACCESS, BOX, CONTACT, DEPUTY, KNOWN, START, Clock, a_company, a_raw_mail, cases, letters, opened
from mailbot import worker
from mailbot.accounts import ImapAccount
from mailbot.app import Tenant
from mailbot.demo.servers import MailServers
from mailbot.errors import TryLater
from mailbot.model import LetterState
from mailbot.operation import crew, health, heartbeat
from mailbot.operation.systemd import Systemd
from mailbot.parse import parse
from mailbot.reports import weekly
from mailbot.store import TinyStore, Unit
from rig.dovecot import Dovecot
from rig.fakes import FakeSmtp
from rig.installation import Installation
from rig.program import Begun
from rig.real import free_port, until

OWNER = "baas@prive.test"


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([BOX, KNOWN, CONTACT, DEPUTY, OWNER]) as running:
        yield running


@contextmanager
def company_of(
    servers: MailServers, folder: Path, imap: dict[str, Any] | None = None, **policy: Any
) -> Iterator[Tenant]:
    account = servers.imap_account(BOX, **imap or {})
    made = a_company(account, servers.smtp_account(BOX), folder, alarm_email=OWNER, **policy)
    with opened(made, folder) as tenant:
        yield tenant


def subjects(servers: MailServers, address: str) -> list[str]:
    return [parse(stored.raw, START).subject for stored in servers.messages(address)]


UNREAD = "Kaviaarshop: het postvak wordt niet gelezen"
WRONG_PASSWORD = "Kaviaarshop: de mailserver weigert het wachtwoord"


# --- alarms ----------------------------------------------------------------------------------------------------------


def test_a_mailbox_that_was_not_read_for_an_hour_is_told_to_two_people_once_a_day(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with company_of(servers, tmp_path) as tenant:
        worker.once(tenant, clock)
        account = tenant.company.imap
        assert account
        tenant.mailbox.close()
        del tenant.__dict__["mailbox"]
        tenant.company = replace(tenant.company, imap=replace(account, port=free_port()))
        for minutes in (30, 29, 1, 30, 30):
            clock.move(minutes=minutes)
            worker.once(tenant, clock)
        assert subjects(servers, CONTACT) == subjects(servers, OWNER) == [UNREAD]
        clock.move(days=1)
        worker.once(tenant, clock)
        worker.once(tenant, clock)
        assert subjects(servers, OWNER) == [UNREAD, UNREAD]


def test_the_alarm_leaves_by_its_own_server_when_the_company_s_is_dead_too(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    made = a_company(
        ImapAccount("127.0.0.1", free_port(), "plain", BOX, lambda: "secret"),
        replace(servers.smtp_account(BOX), port=free_port()),
        tmp_path,
        alarm_email=OWNER,
    )
    made = replace(made, alarm_smtp=servers.smtp_account(OWNER), alarm_sender=OWNER)
    with opened(made, tmp_path) as tenant:
        for _ in range(3):
            worker.once(tenant, clock)
            clock.move(minutes=40)
    assert subjects(servers, OWNER) == [UNREAD]
    assert [accepted.sender for accepted in servers.accepted] == [OWNER]


def test_the_alarm_leaves_although_the_memory_cannot_be_written(
    servers: MailServers, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def full(self: TinyStore) -> Iterator[None]:
        raise TryLater("store.db: database or disk is full. Make room on the disk")
        yield

    with company_of(servers, tmp_path) as tenant:
        worker.once(tenant, clock)
        monkeypatch.setattr(TinyStore, "unit", full)
        for minutes in (61, 1, 60):
            clock.move(minutes=minutes)
            assert "disk is full" in worker.once(tenant, clock).trouble
    assert subjects(servers, OWNER) == subjects(servers, CONTACT) == [UNREAD]


def test_a_way_out_where_nobody_answers_is_trouble_from_the_first_letter_on(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with company_of(servers, tmp_path) as tenant:
        servers.put(BOX, a_raw_mail(ACCESS), internal_date=START)
        account = tenant.company.smtp
        assert account
        tenant.company = replace(tenant.company, smtp=replace(account, port=free_port()))
        done = worker.once(tenant, clock)
        assert (done.mails, done.sent) == (1, 0)
        assert "nothing listens there" in done.trouble


def test_a_refused_login_is_tried_once_a_round_and_told_after_the_second_time(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    tries = 0

    def wrong() -> str:
        nonlocal tries
        tries += 1
        return "verkeerd"

    with company_of(servers, tmp_path, {"password": wrong}) as tenant:
        first = worker.once(tenant, clock)
        assert (tries, subjects(servers, OWNER)) == (1, [])
        clock.move(minutes=1)
        second = worker.once(tenant, clock)
        assert (tries, first.refusals, second.refusals) == (2, 1, 2)
        assert subjects(servers, OWNER) == subjects(servers, CONTACT) == [WRONG_PASSWORD]
    assert worker._pause_after(second, 2) == 1800
    assert worker._pause_after(first, 1) <= 5


def test_a_refused_login_for_sending_stops_no_intake_and_is_not_hammered(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with FakeSmtp(auth=b"535 5.7.8 no") as fake, company_of(servers, tmp_path) as tenant:
        smtp = replace(servers.smtp_account(BOX), port=fake.port)
        tenant.company = replace(tenant.company, smtp=smtp, alarm_smtp=servers.smtp_account(OWNER), alarm_sender=OWNER)
        for number in range(1, 6):
            servers.put(BOX, a_raw_mail(f"{ACCESS} ({number})", number=number), internal_date=clock())
        for _ in range(20):
            worker.once(tenant, clock)
            clock.move(minutes=1)
        assert len(cases(tenant)) == 5
        assert fake.seen.count(b"QUIT") < 4
        assert fake.connections == 2
        assert subjects(servers, OWNER) == [WRONG_PASSWORD]


def test_a_server_that_takes_no_letter_of_ours_is_one_alarm_and_no_letter_fails(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with FakeSmtp(mail=b"550 5.7.1 no") as fake, company_of(servers, tmp_path) as tenant:
        smtp = replace(servers.smtp_account(BOX), port=fake.port, username="")
        tenant.company = replace(tenant.company, smtp=smtp, alarm_smtp=servers.smtp_account(OWNER), alarm_sender=OWNER)
        for number in range(1, 6):
            servers.put(BOX, a_raw_mail(f"{ACCESS} ({number})", number=number), internal_date=clock())
        for _ in range(20):
            worker.once(tenant, clock)
            clock.move(minutes=1)
        assert letters(tenant, LetterState.FAILED) == []
        assert fake.connections == 2
        assert subjects(servers, OWNER) == ["Kaviaarshop: de mailserver neemt geen brieven van ons aan"]
        [wrong] = health.condition(tenant, clock()).wrong
        assert "takes no letter from the company's own address (550 5.7.1)" in wrong
        tenant.company = replace(tenant.company, smtp=servers.smtp_account(BOX))
        tenant.submission.close()
        del tenant.__dict__["submission"]
        clock.move(minutes=40)
        worker.once(tenant, clock)
        assert letters(tenant, LetterState.FAILED, LetterState.QUEUED) == []
        assert health.condition(tenant, clock()).wrong == ()


# --- the canary ------------------------------------------------------------------------------------------------------


def test_the_canary_comes_home_and_is_in_no_figure(servers: MailServers, tmp_path: Path, clock: Clock) -> None:
    with company_of(servers, tmp_path, canary=True) as tenant:
        for _ in range(3):
            worker.once(tenant, clock)
            clock.move(hours=5)
        with tenant.store.unit() as unit:
            assert [seen.disposition for seen in unit.seen_since(START)] == ["canary"]
            summary = weekly.compose(unit, tenant, START.date(), clock())
        assert len(servers.messages(BOX)) == 1
        assert cases(tenant) == []
        assert subjects(servers, OWNER) == []
        assert "Mails gelezen: 0, waarvan 0 automatisch verstuurd" in summary.text


def test_a_canary_that_does_not_come_home_is_told(servers: MailServers, tmp_path: Path, clock: Clock) -> None:
    servers.script(BOX, "drop", at="end")
    with company_of(servers, tmp_path, canary=True) as tenant:
        for hours in (0, 3, 1, 1):
            clock.move(hours=hours)
            worker.once(tenant, clock)
    assert subjects(servers, OWNER) == ["Kaviaarshop: de controlemail kwam niet aan"]


def test_a_canary_in_the_junk_folder_is_told(servers: MailServers, tmp_path: Path, clock: Clock) -> None:
    servers.script(BOX, "drop", at="end")
    with company_of(servers, tmp_path, {"folders": ("INBOX", "Junk")}, canary=True) as tenant:
        worker.once(tenant, clock)
        [flown] = [letter for letter in letters(tenant) if letter.template == "canary"]
        raw = f"From: {BOX}\r\nMessage-ID: {flown.message_id}\r\n\r\nx\r\n".encode()
        servers.put(BOX, raw, folder="Junk", internal_date=clock())
        worker.once(tenant, clock)
        worker.once(tenant, clock)
    assert subjects(servers, OWNER) == ["Kaviaarshop: de controlemail kwam bij de ongewenste mail"]


# --- status ----------------------------------------------------------------------------------------------------------


def test_how_a_company_is_doing_is_told_without_reading_letters_that_are_over(
    servers: MailServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was dropped, or only observed, grows for years; a monitor asks every minute."""
    read: list[LetterState] = []
    with company_of(servers, tmp_path, mode="observe") as tenant:
        servers.put(BOX, a_raw_mail(ACCESS))
        worker.once(tenant, clock := Clock())
        monkeypatch.setattr(Unit, "letters", lambda _, state: read.append(state) or [])
        assert health.condition(tenant, clock()).open_cases == 1
    assert read == [LetterState.FAILED]


def test_status_of_a_company_that_is_well_names_its_next_deadline(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with company_of(servers, tmp_path) as tenant:
        servers.put(BOX, a_raw_mail(ACCESS), internal_date=clock())
        worker.once(tenant, clock)
        found = health.condition(tenant, clock.move(minutes=5))
    assert (found.state, found.wrong) == ("working", ())
    assert (found.open_cases, found.next_ref, found.polled_at) == (1, "AVG-2026-0001", START)


@pytest.mark.parametrize(
    ("state", "word"), [(LetterState.UNSURE, "nobody knows whether they left"), (LetterState.FAILED, "letters failed")]
)
def test_status_tells_of_letters_that_went_wrong(
    servers: MailServers, tmp_path: Path, clock: Clock, state: LetterState, word: str
) -> None:
    with company_of(servers, tmp_path) as tenant:
        servers.put(BOX, a_raw_mail(ACCESS), internal_date=clock())
        worker.once(tenant, clock)
        letter = letters(tenant)[0]
        with tenant.store.unit() as unit:
            unit.put_letter(replace(letter, state=state))
        [wrong] = health.condition(tenant, clock()).wrong
    assert word in wrong


def test_status_tells_of_a_dead_worker_and_of_what_is_overdue(
    servers: MailServers, tmp_path: Path, clock: Clock
) -> None:
    with company_of(servers, tmp_path) as tenant:
        servers.put(BOX, a_raw_mail(ACCESS), internal_date=clock())
        worker.once(tenant, clock)
        found = health.condition(tenant, clock.move(days=40))
    assert found.wrong == ("the mailbox was last read 40 days ago", "overdue: AVG-2026-0001")


def test_a_heartbeat_that_is_no_json_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / heartbeat.NAME).write_text("{half", "utf-8")
    assert heartbeat.read(tmp_path) is None


# --- the real program ------------------------------------------------------------------------------------------------


@pytest.fixture
def installation(dovecot: Dovecot, servers: MailServers, tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    smtp = replace(servers.smtp_account(BOX), password=lambda: "geheim")
    made.write(dovecot.account(), smtp)
    return made


@contextmanager
def running(installation: Installation, **env: str) -> Iterator[Begun]:
    process = installation.start("run", **env)
    try:
        until(lambda: heartbeat.read(installation.state), 60, "a first round")
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate(timeout=20)


@pytest.mark.real
def test_a_second_worker_says_so_and_exits_and_status_is_well(installation: Installation) -> None:
    assert installation.run("status").returncode == 1
    with running(installation) as process:
        second = installation.run("run", timeout=60)
        assert second.returncode == 1
        assert "another mailbot worker has this company" in second.stderr
        told = installation.run("status", "--json")
        assert (told.returncode, json.loads(told.stdout)[0]["state"]) == (0, "working")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


@pytest.mark.real
def test_the_worker_ends_within_ten_seconds_although_the_server_answers_nothing(
    installation: Installation, dovecot: Dovecot
) -> None:
    with running(installation) as process, dovecot.paused():
        time.sleep(2)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert time.monotonic() - began < 15  # ten, and what a busy machine adds
    assert installation.run("check").returncode == 0


@pytest.mark.real
def test_systemd_hears_that_the_worker_is_ready_alive_and_stopping(installation: Installation) -> None:
    path = f"/tmp/notify-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(path)
        ear.settimeout(60)
        with running(installation, NOTIFY_SOCKET=path, WATCHDOG_USEC="3000000") as process:
            assert ear.recv(1000).startswith(b"READY=1\nSTATUS=works for kaviaarshop")
            assert [ear.recv(1000), ear.recv(1000)] == [b"WATCHDOG=1"] * 2
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=15) == 0
            heard = [ear.recv(1000)]
            while heard[-1] == b"WATCHDOG=1":
                heard.append(ear.recv(1000))
            assert heard[-1] == b"STOPPING=1"
    os.unlink(path)


def test_without_systemd_nothing_is_told_and_a_watchdog_of_another_process_is_none() -> None:
    Systemd({}).alive()
    assert Systemd({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}).watchdog_seconds == 0
    assert Systemd({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}).watchdog_seconds == 3


def test_a_thread_that_hangs_breaks_its_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    pulse = crew.Liveness()
    pulse.promise("a", 60)
    pulse.promise("b")
    assert pulse.is_kept
    monkeypatch.setattr(crew, "PATIENCE", -1.0)
    pulse.promise("b")
    assert not pulse.is_kept
