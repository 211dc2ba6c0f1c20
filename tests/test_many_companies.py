"""An agency's commands over many companies: what needs somebody is seen at once, what is well is only counted."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from test_setup import config
from typer.testing import CliRunner

from mailbot import casefiles
from mailbot.app import now
from mailbot.cli import app
from mailbot.demo.servers import MailServers
from mailbot.errors import Usage

__all__ = ["config"]

COUNT = 14
BOXES = [f"info@w{number:02}.test" for number in range(1, COUNT + 1)]
HEAD = "id;name;country;mailbox;imap;smtp;security;password;contact;contact e-mail;address;go live"


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([*BOXES, "klant@post.test"]) as running:
        yield running


def run(config: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--config", str(config)])
    return done.exit_code, done.stdout


@pytest.fixture
def agency(config: Path, servers: MailServers, tmp_path: Path) -> Path:
    """Fourteen companies on real servers, made from a table; the last one lacks its postal address."""
    imap, smtp = servers.imap_account(BOXES[0]), servers.smtp_account(BOXES[0])
    rows = [
        f"w{number:02};Winkel {number};NL;{box};{imap.host}:{imap.port};{smtp.host}:{smtp.port};plain;"
        f"{imap.password()};Jo;jo@w.test;{'' if number == COUNT else 'Straat 1'};2026-01-01"
        for number, box in enumerate(BOXES, 1)
    ]
    (tmp_path / "table.csv").write_text("\n".join((HEAD, *rows)), "utf-8")
    code, told = run(config, "new-companies", str(tmp_path / "table.csv"), "--offline")
    assert code == 0, told
    text = (config / "mailbot.toml").read_text("utf-8")
    (config / "mailbot.toml").write_text(text.replace('state = "../../mailbot-state"', 'state = "../state"'), "utf-8")
    return config


def test_a_round_names_where_something_happened_and_counts_the_others(agency: Path, servers: MailServers) -> None:
    servers.put(BOXES[2], b"From: klant@post.test\r\nMessage-ID: <1@post.test>\r\n\r\nGraag inzage in mijn data.\r\n")
    code, told = run(agency, "once")
    assert code == 0
    [busy, others] = told.splitlines()
    assert busy.startswith("w03: 1 mails in")
    assert others == "12 of 13: nothing to do"


def test_status_in_brief_counts_who_is_well_and_names_who_is_not(agency: Path) -> None:
    run(agency, "once")
    (agency / "tenants" / "w05.toml").unlink()
    code, told = run(agency, "status", "--brief")
    assert code == 1
    [wrong, incomplete, well] = told.splitlines()
    assert wrong.startswith("✗ w05: its cases lie in")
    assert incomplete == "- not started, incomplete: w14; `mailbot check --brief` says what is missing"
    assert well == "12 of 13 companies are well, 0 cases open"


def test_a_fault_of_many_companies_is_one_line_that_names_some_and_counts_the_others(
    agency: Path, servers: MailServers
) -> None:
    (agency / "tenants" / "w14.toml").unlink()
    port = servers.imap_account(BOXES[0]).port
    for file in (agency / "tenants").glob("w*.toml"):
        file.write_text(file.read_text("utf-8").replace(f"port = {port}", "port = 9"), "utf-8")
    run(agency, "once")
    code, told = run(agency, "status", "--brief")
    [fault, well] = told.splitlines()
    assert (code, fault.partition(": ")[0]) == (1, "✗ w01, w02, w03, w04, w05 and 8 more")
    assert "127.0.0.1:9, connecting" in fault
    assert well == "0 of 13 companies are well, 0 cases open"


BREACH = "Er is een datalek bij u: uw klantenlijst met mijn adres en bestellingen staat open op het internet."
REQUEST = "Graag ontvang ik inzage in al mijn persoonsgegevens (artikel 15 AVG)."


def test_what_is_due_is_the_hour_of_a_breach_and_the_day_of_a_request_in_every_list(
    agency: Path, servers: MailServers
) -> None:
    for box, text in zip(BOXES, (BREACH, REQUEST), strict=False):
        servers.put(box, f"From: klant@post.test\r\nMessage-ID: <1@{box}>\r\n\r\n{text}\r\n".encode())
    run(agency, "once")
    _, told = run(agency, "cases", "--due", "3")
    assert ["w01" in told, "w02" in told] == [True, False]
    found = {one["tenant"]: one for one in json.loads(run(agency, "status", "--json")[1])}
    breach, request = (datetime.fromisoformat(found[tenant]["next_deadline"]) for tenant in ("w01", "w02"))
    assert timedelta(hours=71) < breach - now() <= timedelta(hours=72)
    lines = {one["tenant"]: one for one in json.loads(run(agency, "overview", "--json")[1])}
    [shown] = json.loads(run(agency, "cases", "--tenant", "w02", "--json")[1])
    [act_by] = [one["on"] for one in shown["deadlines"] if one["name"] == "act_by"]
    assert lines["w02"]["next_due"] == found["w02"]["next_on"] == act_by
    assert request.date() >= date.fromisoformat(act_by), "the last moment of the day lies in the next one elsewhere"
    _, told = run(agency, "status", "--tenant", "w02")
    assert f"{date.fromisoformat(act_by):%d-%m-%Y}" in told
    later = (breach + timedelta(hours=1)).isoformat()
    _, told = run(agency, "cases", "--overdue", "--now", later)
    assert ["w01" in told, "w02" in told] == [True, False]
    assert json.loads(run(agency, "overview", "--now", later, "--json")[1])[0]["tenant"] == "w01"


def test_a_company_that_is_handed_over_is_whole_at_the_next_agency(
    agency: Path, servers: MailServers, tmp_path: Path
) -> None:
    servers.put(BOXES[2], b"From: klant@post.test\r\nMessage-ID: <1@post.test>\r\n\r\nGraag inzage in mijn data.\r\n")
    run(agency, "once", "--tenant", "w03")
    [case] = json.loads(run(agency, "cases", "--tenant", "w03", "--json")[1])
    state = tmp_path / "state" / "w03"
    casefiles.put(state, case["ref"], "bestelling.txt", b"vijf rozen")
    archive = tmp_path / "w03.zip"
    code, _ = run(agency, "hand-over", str(archive), "--tenant", "w03")
    assert code == 0
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    there = tmp_path / "there" / "config"
    (there / "tenants").mkdir(parents=True)
    with ZipFile(archive) as content:
        assert not any("secret" in name or "oauth" in name for name in content.namelist())
        assert "mailbot take-over" in content.read("LEESMIJ.txt").decode()
    for name in ("mailbot.toml", "authorities.toml"):
        shutil.copy(agency / name, there / name)
    assert run(there, "take-over", str(archive))[0] == 0
    assert json.loads(run(there, "cases", "--json")[1]) == [case]
    assert casefiles.get(tmp_path / "there" / "state" / "w03", case["ref"], "bestelling.txt") == b"vijf rozen"
    unconfirmed = CliRunner().invoke(app, ["once", "--config", str(there)])
    assert "was found, not typed here" in str(unconfirmed.exception)
    assert run(there, "confirm-settings", "--all", "--tenant", "w03", "--by", "Jo")[0] == 0
    assert run(there, "once")[0] == 4, "its password stayed behind"
    (there / "secrets").mkdir()
    shutil.copy(agency / "secrets" / "w03.imap", there / "secrets")
    assert run(there, "once")[0] == 0
    _, told = run(there, "status", "--brief")
    assert "because its memory was put back from a backup" in told


def test_an_archive_that_is_there_is_not_written_over(agency: Path, tmp_path: Path) -> None:
    (tmp_path / "w03.zip").write_bytes(b"van vroeger")
    done = CliRunner().invoke(app, ["hand-over", str(tmp_path / "w03.zip"), "--tenant", "w03", "--config", str(agency)])
    assert isinstance(done.exception, Usage)
    assert (tmp_path / "w03.zip").read_bytes() == b"van vroeger"
