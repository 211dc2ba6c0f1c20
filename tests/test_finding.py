"""The servers of a mailbox are found by what its domain tells the public, proposed with their source, and confirmed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_setup import config
from typer.testing import CliRunner

from mailbot.cli import app, servers
from mailbot.config import load
from mailbot.setup import autoconfig, public_records
from mailbot.setup.autoconfig import Server
from mailbot.setup.company_toml import Answers, toml_of
from mailbot.setup.public_records import Internet, is_public
from mailbot.setup.server_search import find
from rig.publicrecords import name_server, web_server

__all__ = ["config"]

BOX = "info@zon.example"
XML = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="zon.example">
 <incomingServer type="pop3"><hostname>pop.zon.example</hostname><port>995</port><socketType>SSL</socketType>
  <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>
 <incomingServer type="imap"><hostname>old.zon.example</hostname><port>143</port><socketType>STARTTLS</socketType>
  <username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>
 <incomingServer type="imap"><hostname>mail.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
  <username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>
 <outgoingServer type="smtp"><hostname>smtp.zon.example</hostname><port>587</port><socketType>STARTTLS</socketType>
  <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>"""
FROM_XML = (
    Server("mail.zon.example", 993, "tls", "info"),
    Server("smtp.zon.example", 587, "starttls", BOX),
)


class Told:
    """A domain that tells what a test lays down; None where nobody answers."""

    def __init__(self, **rows: object) -> None:
        self.rows = rows
        self.asked: list[str] = []

    def srv(self, name: str) -> list[tuple[int, int, int, str]] | None:
        found = self.rows.get("srv", {})
        return found.get(name, []) if isinstance(found, dict) else None

    def mx(self, domain: str) -> list[str] | None:
        found = self.rows.get("mx", [])
        return found if isinstance(found, list) else None

    def page(self, url: str) -> bytes | None:
        self.asked.append(url)
        found = self.rows.get("pages", {})
        return found.get(url.partition("?")[0], b"") if isinstance(found, dict) else None


SILENT = Told(srv=None, mx=None, pages=None)
HTTPS = "https://autoconfig.zon.example/mail/config-v1.1.xml"


def test_the_configuration_file_of_the_domain_is_read() -> None:
    [found] = find(BOX, Told(pages={HTTPS: XML.encode()})).found
    assert (found.imap, found.smtp) == FROM_XML
    assert "autoconfig.zon.example" in found.source
    assert not found.remark


def test_a_file_that_came_over_a_bare_line_goes_last_and_says_so() -> None:
    records = Told(
        pages={HTTPS.replace("https", "http"): XML.encode()},
        srv={"_imaps._tcp.zon.example": [(0, 1, 993, "imap.zon.example")]},
    )
    first, last = find(BOX, records).found
    assert "SRV" in first.source
    assert "anybody may have touched" in last.remark


def test_the_address_is_told_over_guarded_lines_only() -> None:
    records = Told()
    find(BOX, records)
    assert all("emailaddress" not in url for url in records.asked if url.startswith("http:"))
    assert any("emailaddress" in url for url in records.asked)


def test_the_file_of_the_provider_that_takes_the_mail_is_read_too() -> None:
    page = {"https://autoconfig.hoster.example/mail/config-v1.1.xml": XML.encode()}
    [found] = find(BOX, Told(mx=["mx1.hoster.example"], pages=page)).found
    assert "provider" in found.source


def test_srv_records_are_taken_by_priority_and_the_better_guarded_service_goes_first() -> None:
    srv = {
        "_imap._tcp.zon.example": [(0, 1, 143, "plain.zon.example")],
        "_imaps._tcp.zon.example": [(20, 1, 993, "spare.zon.example"), (10, 1, 1993, "imap.zon.example")],
        "_submission._tcp.zon.example": [(0, 1, 587, "smtp.zon.example")],
    }
    [found] = find(BOX, Told(srv=srv)).found
    assert found.imap == Server("imap.zon.example", 1993, "tls", BOX)
    assert found.smtp == Server("smtp.zon.example", 587, "starttls", BOX)
    assert not found.remark


def test_a_record_that_names_another_domain_is_proposed_with_a_question() -> None:
    [found] = find(BOX, Told(srv={"_imaps._tcp.zon.example": [(0, 1, 993, "imap.elsewhere.example")]})).found
    assert "imap.elsewhere.example" in found.remark


def test_a_service_that_is_said_not_to_exist_is_none() -> None:
    assert find(BOX, Told(srv={"_imaps._tcp.zon.example": [(0, 0, 0, "")]})).found == ()


@pytest.mark.parametrize(
    ("mx", "provider", "host", "auth"),
    [
        ("zon-example.mail.protection.outlook.com", "microsoft", "outlook.office365.com", "xoauth2"),
        ("aspmx.l.google.com", "google", "imap.gmail.com", "password"),
        ("alt1.aspmx.l.google.com", "google", "imap.gmail.com", "password"),
        ("smtp.google.com", "google", "imap.gmail.com", "password"),
    ],
)
def test_a_provider_is_known_by_its_mx(mx: str, provider: str, host: str, auth: str) -> None:
    [found] = find(BOX, Told(mx=[mx])).found
    assert found.imap is not None
    assert (found.provider, found.imap.host, found.imap.auth) == (provider, host, auth)


def test_a_name_that_only_looks_like_a_provider_is_none() -> None:
    assert find(BOX, Told(mx=["notaspmx.l.google.com.evil.example"])).found == ()
    assert find(BOX, Told(mx=["xsmtp.google.com.example"])).found == ()


def test_the_same_servers_are_proposed_once() -> None:
    well_known = "https://zon.example/.well-known/autoconfig/mail/config-v1.1.xml"
    assert len(find(BOX, Told(pages={HTTPS: XML.encode(), well_known: XML.encode()})).found) == 1


def test_silence_is_told_apart_from_nothing() -> None:
    assert (find(BOX, SILENT).answered, find(BOX, Told()).answered) == (False, True)


def test_who_never_answers_costs_no_more_than_the_time_that_was_given() -> None:
    class Slow(Told):
        def page(self, url: str) -> bytes | None:
            time.sleep(30)
            return b""

        srv = mx = page  # type: ignore[assignment]

    before = time.monotonic()
    assert find(BOX, Slow(), seconds=0.5).found == ()
    assert time.monotonic() - before < 15


@pytest.mark.parametrize(
    "harm",
    [
        XML.replace("SSL", "plain").replace("STARTTLS", "plain"),
        XML.replace("mail.%EMAILDOMAIN%", "mail.zon.example/x").replace("old.zon", "ol d.zon").replace("smtp.zon", "-"),
        XML.replace("993", "0").replace("143", "99999").replace("587", "-1"),
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><clientConfig>&a;</clientConfig>',
        "<html><body>Not found</body></html>",
        "{}",
        "",
    ],
    ids=["bare lines only", "no host names", "no ports", "an entity", "a page for people", "no XML", "nothing"],
)
def test_a_file_that_names_no_guarded_server_proposes_nothing(harm: str) -> None:
    assert find(BOX, Told(pages={HTTPS: harm.encode()})).found == ()


@given(st.binary(max_size=2000))
def test_any_page_is_read_without_harm(page: bytes) -> None:
    assert autoconfig.by_xml(page, BOX, "x") is None


@given(st.text(max_size=40))
def test_any_address_has_a_domain_or_none(address: str) -> None:
    domain = autoconfig.domain_of(address)
    assert not domain or autoconfig.is_host(domain)


# --- the real questions, against servers of our own


def test_a_name_server_is_asked_for_srv_and_mx() -> None:
    zone = {
        ("_imaps._tcp.zon.example", "SRV"): ["0 1 993 imap.zon.example."],
        ("zon.example", "MX"): ["20 second.hoster.example.", "10 first.hoster.example."],
    }
    with name_server(zone) as port:
        internet = Internet("127.0.0.1", port)
        assert internet.srv("_imaps._tcp.zon.example") == [(0, 1, 993, "imap.zon.example")]
        assert internet.mx("zon.example") == ["first.hoster.example", "second.hoster.example"]
        assert internet.mx("other.example") == []


def test_a_name_server_that_is_silent_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_records, "LOOK_SECONDS", 0.2)
    assert Internet("127.0.0.1", 9).mx("zon.example") is None


def test_a_web_server_is_asked_for_a_page_and_no_more_than_so_much() -> None:
    pages = {"/there": XML.encode(), "/large": b"x" * 100_000}
    with web_server(pages, {"/moved": "/there"}) as address:
        internet = Internet()
        assert internet.page(f"{address}/there") == XML.encode()
        assert internet.page(f"{address}/moved") == XML.encode()
        assert internet.page(f"{address}/not") == b""
        assert internet.page(f"{address}/large") == b""
    assert internet.page(f"{address}/there") is None


def test_a_web_server_leads_to_no_machine_nearby() -> None:
    with web_server({"/admin": b"secret"}) as inside, web_server({}, {"/moved": f"{inside}/admin"}) as address:
        assert Internet().page(f"{address}/moved") is None


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://autoconfig.zon.example/x", True),
        ("https://zon.example:443/x", True),
        ("http://zon.example:8080/x", False),
        ("http://localhost/x", False),
        ("http://a.localhost./x", False),
        ("http://router/x", False),
        ("http://10.0.0.1/x", False),
        ("http://127.1/x", False),
        ("http://0x7f.0.0.1/x", False),
        ("http://2130706433/x", False),
        ("http://[::1]/x", False),
        ("http://zon.example@10.0.0.1/x", False),
    ],
)
def test_a_page_may_move_to_a_named_host_at_its_usual_port(url: str, public: bool) -> None:
    assert is_public(url) is public


# --- what the person sees and confirms


def init(config: Path, monkeypatch: pytest.MonkeyPatch, records: Told, typed: str) -> str:
    monkeypatch.setattr(servers, "Internet", lambda: records)
    answers = f"\n\nZon\n{BOX}\nAnna\nanna@privat.example\nTuinweg 1, Stad\n\n\n{typed}"
    done = CliRunner().invoke(app, ["init", "zon", "--config", str(config)], input=answers)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_was_found_is_shown_with_its_source_and_written_when_confirmed(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = init(config, monkeypatch, Told(pages={HTTPS: XML.encode()}), "1\n")
    assert "autoconfig file at autoconfig.zon.example" in told
    [company] = load(config).companies
    assert company.imap is not None
    assert company.smtp is not None
    assert (company.imap.host, company.imap.port, company.imap.username) == ("mail.zon.example", 993, "info")
    assert (company.smtp.host, company.smtp.security) == ("smtp.zon.example", "starttls")


def test_what_the_person_does_not_confirm_is_typed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init(config, monkeypatch, Told(pages={HTTPS: XML.encode()}), "0\nimap.other.example\n\n")
    [company] = load(config).companies
    assert company.imap is not None
    assert (company.imap.host, company.smtp) == ("imap.other.example", None)


def test_microsoft_gets_access_by_consent_and_check_says_what_is_still_to_do(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = init(config, monkeypatch, Told(mx=["zon-example.mail.protection.outlook.com"]), "1\n\n")
    assert "Microsoft 365" in told
    [company] = load(config).companies
    assert company.imap is not None
    assert company.imap.auth == "xoauth2"
    assert any("needs a token" in problem.what for problem in company.missing)


def test_nothing_found_is_said_in_a_clear_word(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "zon.example names none" in init(config, monkeypatch, Told(), "\n\n")


def test_no_network_is_said_in_another_word(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no name server or web server answered" in init(config, monkeypatch, SILENT, "\n\n")


def test_a_client_id_opens_the_consent_table(config: Path) -> None:
    server = Server("outlook.office365.com", None, "tls", BOX, "xoauth2")
    answers = Answers("Zon", mailbox=BOX, imap=server, smtp=replace(server, host="smtp.office365.com"))
    (config / "tenants" / "zon.toml").write_text(
        toml_of(replace(answers, provider="microsoft", client_id="1234"), "zon"), "utf-8"
    )
    [company] = load(config).companies
    assert company.oauth is not None
    assert company.oauth.client_id == "1234"
