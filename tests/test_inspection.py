"""`mailbot check --live --send` says what it found, line by line, and beside each fault what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from company import BOX, START, Clock, a_company, opened
from mailbot.accounts import ImapAccount, RecordSource
from mailbot.app import Tenant
from mailbot.config.secrets import FromFile
from mailbot.demo.servers import MailServers
from mailbot.setup.inspection import Line, look
from mailbot.tls import TlsState
from rig.dovecot import PASSWORD, Dovecot
from rig.installation import Installation
from rig.mariadb import MariaDB
from rig.postfix import Postfix


@pytest.fixture
def tenant(loopmail: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    loopmail.clock = lambda: START
    with opened(a_company(loopmail.imap_account(BOX), loopmail.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        yield tenant


def seen(tenant: Tenant, send: bool = False, patience: float = 20.0) -> list[Line]:
    return list(look(tenant, send, Clock(), patience))


def faults(lines: list[Line]) -> list[str]:
    return [f"{line.where}: {line.what}" for line in lines if line.state == "fault"]


def of(lines: list[Line], where: str) -> Line:
    [found] = [line for line in lines if line.where == where]
    return found


def with_imap(tenant: Tenant, account: ImapAccount) -> Tenant:
    tenant.company = replace(tenant.company, imap=account)
    return tenant


def the_account(tenant: Tenant) -> ImapAccount:
    assert tenant.company.imap is not None
    return tenant.company.imap


def test_a_mail_to_itself_is_sent_and_found(tenant: Tenant) -> None:
    lines = seen(tenant, send=True)
    assert faults(lines) == []
    assert of(lines, "mail to itself").what.startswith("sent as privacy@mail.test, came into INBOX")
    assert of(lines, "clock").state == "good"


def test_a_second_way_out_is_tried_too_and_that_there_is_none_is_worth_knowing(
    tenant: Tenant, loopmail: MailServers
) -> None:
    assert of(seen(tenant), "alarm").state == "note"
    assert "[alarm.smtp]" in of(seen(tenant), "alarm").what
    for password, state in (("secret", "note"), ("mis", "fault")):
        other = loopmail.smtp_account(BOX, password=lambda given=password: given)
        tenant.__dict__.pop("alarm_submission", None)
        tenant.company = replace(tenant.company, alarm_smtp=other, alarm_sender=BOX)
        assert (of(seen(tenant), "alarm").state, "refused the login" in of(seen(tenant), "alarm").what) == (
            state,
            state == "fault",
        )


def test_without_send_nothing_leaves(tenant: Tenant, loopmail: MailServers) -> None:
    seen(tenant)
    assert loopmail.messages(BOX) == []


@pytest.mark.parametrize("apart", [timedelta(minutes=-7), timedelta(hours=2)])
def test_a_clock_that_is_off_is_a_fault_with_its_cure(tenant: Tenant, loopmail: MailServers, apart: timedelta) -> None:
    loopmail.clock = lambda: START + apart
    line = of(seen(tenant, send=True), "clock")
    assert line.state == "fault"
    assert f"{apart.total_seconds():+.0f} s" in line.what
    assert "NTP" in line.what


def test_a_mail_that_does_not_come_is_a_fault(tenant: Tenant, loopmail: MailServers) -> None:
    loopmail.put(BOX, b"Subject: x\r\n\r\nx\r\n", folder="Elders")
    line = of(seen(with_imap(tenant, replace(the_account(tenant), folders=("Elders",))), True, 0.0), "mail to itself")
    assert line.state == "fault"
    assert "is not here after" in line.what


def test_drafts_that_are_wanted_and_not_there_are_a_fault_that_lists_the_folders(tenant: Tenant) -> None:
    wanted = with_imap(tenant, replace(the_account(tenant), put_drafts=True, drafts="Nergens"))
    assert of(seen(wanted), "Drafts").state == "fault"


def test_sent_that_the_server_does_not_name_is_a_note(loopmail: MailServers, tmp_path: Path) -> None:
    imap = loopmail.imap_account(BOX, folders=("INBOX",))
    with opened(a_company(imap, loopmail.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        tenant.mailbox.role = lambda role: ""  # type: ignore[method-assign]
        line = of(seen(tenant), "Sent")
    assert line.state == "note"
    assert 'sent = "..."' in line.what
    assert "INBOX" in line.what


def test_a_login_that_is_refused_hides_nothing_else(loopmail: MailServers, tmp_path: Path) -> None:
    imap = loopmail.imap_account(BOX, password=lambda: "wrong")
    with opened(a_company(imap, loopmail.smtp_account(BOX), tmp_path), tmp_path) as tenant:
        lines = seen(tenant)
    assert ["check `username`" in fault for fault in faults(lines)] == [True]
    assert of(lines, "smtp").state != "fault"
    assert of(lines, "customers").state == "good"


def test_each_source_of_a_copy_is_looked_at_before_somebody_asks_for_one(tenant: Tenant, mariadb: MariaDB) -> None:
    def source(name: str, table: str) -> RecordSource:
        query = f"select * from {table} where lower(email) = :email or id = :customer_id"
        return RecordSource(name, name, "", "sql", url=mariadb.url, query=query)

    mariadb.execute("create table orders(id int, email varchar(99))")
    tenant.company = replace(tenant.company, sources=(source("Visits", "visits"), source("Orders", "orders")))
    told = [(line.state, line.what) for line in seen(tenant) if line.where == "sources"]
    assert [state for state, _ in told] == ["fault", "good"]
    assert "a table that the query names is not there" in told[0][1]
    assert told[1][1] == "Orders: can be read"


def test_the_names_that_the_server_signs_with_are_proposed(loopmail: MailServers, tenant: Tenant) -> None:
    deliver = loopmail._append

    async def signed(address: str, raw: bytes, *rest: object) -> int:
        return await deliver(address, b"Authentication-Results: MX.Own.test; spf=pass\r\n" + raw, *rest)  # type: ignore[arg-type]

    loopmail._append = signed  # type: ignore[assignment, method-assign]
    line = of(seen(tenant, send=True), "authentication")
    assert 'authserv_ids = ["mx.own.test"]' in line.what


@pytest.mark.parametrize("name", ["memory", "secret", "tokens"])
def test_what_others_may_read_is_a_fault_with_the_command_that_closes_it(
    tenant: Tenant, tmp_path: Path, name: str
) -> None:
    tenant.folder.mkdir(mode=0o700)
    path = {"memory": tenant.folder, "secret": tmp_path / "secret", "tokens": tenant.folder / "oauth.json"}[name]
    if not path.exists():
        path.write_text("geheim", "utf-8")
    path.chmod(0o755 if path.is_dir() else 0o644)
    secret = FromFile("imap.password", tmp_path / "secret")
    lines = seen(with_imap(tenant, replace(the_account(tenant), password=secret)) if name == "secret" else tenant)
    told = [line.what for line in lines if line.where == "permissions" and line.state == "fault"]
    assert len(told) == 1
    assert told[0].startswith(str(path))
    assert "chmod" in told[0]


def test_closed_files_are_in_order(tenant: Tenant) -> None:
    tenant.folder.mkdir(mode=0o700)
    (tenant.folder / "oauth.json").touch(mode=0o600)
    assert faults(seen(tenant)) == []


def test_a_certificate_that_soon_ends_is_told(tenant: Tenant) -> None:
    tenant.mailbox.tls_state = lambda: TlsState("TLSv1.3", START + timedelta(days=3))  # type: ignore[method-assign]
    line = of(seen(tenant), "imap")
    assert line.state == "note"
    assert "ends on 2026-03-05" in line.what


@pytest.mark.real
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_on_real_servers_everything_is_told_and_in_order(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, security: str
) -> None:
    installation = Installation(tmp_path)
    ports = {"imap": dovecot.imaps_port, "smtp": postfix.smtps_port} if security == "tls" else {}
    imap, smtp = ({"security": security} | ({"port": ports[name]} if ports else {}) for name in ("imap", "smtp"))
    installation.write(dovecot.account(**imap), postfix.account(**smtp))
    done = installation.run("check", "--live", "--send")
    assert done.returncode == 0, done.stdout
    told = " ".join(done.stdout.split())
    for line in (
        "imap: logs in;",
        "smtp: logs in;",
        "folder INBOX: opens",
        "Sent: is folder Sent",
        "Drafts: is folder Drafts",
        "mail to itself: sent as privacy@mail.test, came into INBOX",
        "clock: this machine and the mail server agree",
        "permissions: state, secrets and tokens are closed",
        "customers: can be read",
    ):
        assert line in told


@pytest.mark.real
def test_the_guard_of_a_real_line_is_its_certificate(dovecot: Dovecot) -> None:
    from mailbot.mailbox import Mailbox

    with Mailbox(dovecot.account(password=lambda: PASSWORD)) as box:
        tls_state = box.tls_state()
    assert tls_state is not None
    assert tls_state.certificate_until > datetime.now(UTC)
