"""Figures for Prometheus on a port of this machine: each company's own, without anybody in them."""

from __future__ import annotations

import re
import socket
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desk import local
from test_agency import Place, begun

from company import ACCESS, KNOWN, a_raw_mail
from mailbot.app import Tenant
from mailbot.config import load
from mailbot.demo.servers import MailServers
from mailbot.errors import ConfigError
from mailbot.operation import health, metrics
from mailbot.operation.metrics import FRESH, STALE, Figures, serve
from rig.installation import Installation
from rig.real import free_port, until


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.office.close()
    for desk in place.desks:
        desk.tenant.store.close()


def asked(place: Place) -> str:
    """What Prometheus gets over the line."""
    port = free_port()
    stop = serve(port, Figures(place.companies, place.clock))
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())
    finally:
        stop()


def figures(text: str) -> dict[tuple[str, str], float]:
    found = re.findall(r'^mailbot_(\w+)\{company="(\w+)"\} (\S+)$', text, re.MULTILINE)
    return {(name, company): float(value) for name, company, value in found}


def test_each_company_has_its_own_figures(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    place.desks[1].round()
    told = figures(asked(place))
    assert (told["open_cases", "zon"], told["open_cases", "maan"]) == (1, 0)
    assert told["working", "zon"] == 1
    assert told["last_poll_timestamp_seconds", "zon"] == place.clock().timestamp()
    assert told["next_deadline_timestamp_seconds", "zon"] > place.clock().timestamp()
    assert ("next_deadline_timestamp_seconds", "maan") not in told


def test_what_is_too_late_and_a_worker_that_is_dead_show(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    place.clock.at = local(2026, 5, 1)
    told = figures(asked(place))
    assert told["overdue_cases", "zon"] == 1
    assert told["problems", "zon"] >= 2


def test_nobody_is_in_the_figures(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    text = asked(place)
    assert KNOWN not in text
    assert "AVG-" not in text
    assert "@" not in text


def test_a_memory_that_cannot_be_read_hides_no_other(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    place.desks[1].round()
    place.desks[1].tenant.store.close()
    (place.desks[1].tenant.folder / "store.db").write_bytes(b"this is no memory" * 100)
    told = figures(asked(place))
    assert (told["open_cases", "zon"], told["working", "maan"], told["problems", "maan"]) == (1, 0, 1)


def test_a_memory_that_may_not_be_opened_or_holds_a_bad_record_hides_no_other(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    real = health.condition

    def failing(tenant: Tenant, now: datetime) -> health.Condition:
        if tenant.id == "maan":
            raise PermissionError(13, f"Permission denied: {KNOWN}")
        return real(tenant, now)

    monkeypatch.setattr(health, "condition", failing)
    told = figures(asked(place))
    assert (told["open_cases", "zon"], told["problems", "maan"]) == (1, 1)
    assert "maan: how it is doing cannot be read: PermissionError" in caplog.text
    assert KNOWN not in caplog.text


def test_asking_often_reads_the_disk_once_in_a_while(place: Place) -> None:
    opened: list[int] = []

    def companies() -> list[object]:
        opened.append(1)
        return place.companies()  # type: ignore[return-value]

    begun(place)
    found = Figures(companies, place.clock)  # type: ignore[arg-type]
    list(found.collect())
    list(found.collect())
    place.clock.at += FRESH
    list(found.collect())
    assert len(opened) == 2


def test_a_port_that_is_taken_is_told_with_what_to_do(place: Place) -> None:
    port = free_port()
    stop = serve(port, Figures(place.companies, place.clock))
    try:
        with pytest.raises(ConfigError, match="name another one"):
            serve(port, Figures(place.companies, place.clock))
    finally:
        stop()


def test_what_the_threads_counted_is_told_without_opening_a_memory_and_a_silent_thread_shows(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    place.desks[1].round()
    found = Figures(place.companies, place.clock)
    for one in place.companies():
        found.keep(one)
        one.close()
    opened: list[str] = []
    real = health.condition

    def counted(tenant: Tenant, now: datetime) -> health.Condition:
        opened.append(tenant.id)
        return real(tenant, now)

    monkeypatch.setattr(health, "condition", counted)
    assert [(one.tenant, one.open_cases, one.wrong) for one in found._conditions()] == [
        ("zon", 1, ()),
        ("maan", 0, ()),
    ]
    assert opened == []
    place.clock.at += STALE - FRESH
    monkeypatch.setattr("mailbot.operation.metrics.STALE", 100 * STALE)
    place.clock.at += STALE * 20
    assert "was last read" in "".join(found._conditions()[0].wrong)
    assert opened == []
    found.keep(place.desks[0].tenant)
    assert opened == ["zon"], "each round counts anew"


def test_of_whom_nobody_counted_for_a_while_the_memory_is_opened(place: Place) -> None:
    begun(place)
    found = Figures(place.companies, place.clock)
    for one in place.companies():
        found.keep(one)
        one.close()
    place.desks[0].round(a_raw_mail(ACCESS))
    place.clock.at += STALE / 2
    assert found._conditions()[0].open_cases == 0
    place.clock.at += STALE / 2
    assert found._conditions()[0].open_cases == 1


def test_a_port_that_is_taken_leaves_the_worker_at_work_and_is_told(loopmail: MailServers, tmp_path: Path) -> None:
    installation, port = Installation(tmp_path), free_port()
    imap, smtp = loopmail.imap_account("privacy@mail.test"), loopmail.smtp_account("privacy@mail.test")
    installation.write(imap, smtp, store=f"[metrics]\nport = {port}\n")
    with socket.create_server(("127.0.0.1", port)):
        worker = installation.start("run", BOX_PASSWORD=imap.password())
        try:
            until(lambda: (installation.state / "heartbeat.json").exists(), 30, "the first round")
            until(lambda: "without figures" in installation.run("status", "--brief").stdout, 30, "the sign of life")
            told = installation.run("check", "--json")
            assert "without figures" in told.stdout
            assert installation.run("status").returncode == 1
        finally:
            worker.terminate()
            worker.wait(20)
            assert "metrics.port" in worker.communicate(20)[1]


def test_it_listens_on_this_machine_only() -> None:
    assert metrics.HOST == "127.0.0.1"


def test_the_setting_is_read(loopmail: MailServers, tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    imap, smtp = loopmail.imap_account("privacy@mail.test"), loopmail.smtp_account("privacy@mail.test")
    installation.write(imap, smtp, store="[metrics]\nport = 9464\n")
    assert load(tmp_path / "config").metrics_port == 9464
