"""One mail on Monday over all companies of an agency: who needs somebody, in numbers and references, without a name."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Self

import pytest
from desk import Desk, local

from company import ACCESS, KNOWN, REPLIES, UNCLEAR, Sorter, a_raw_mail
from mailbot.accounts import SmtpAccount
from mailbot.app import Busy, Tenant, close_all
from mailbot.config import Agency, Installation, load
from mailbot.demo.servers import MailServers
from mailbot.errors import Problem, SendUnsure, TryLater
from mailbot.letters import Letters
from mailbot.model import LetterState, Policy
from mailbot.operation import health
from mailbot.reports import agency
from mailbot.reports.digest import Digest, OpenCase, Week
from mailbot.reports.roundup import CompanyWeek, rounded_up
from rig.installation import Installation as OnDisk
from rig.postgres import Postgres

OFFICE = Agency(
    "Kantoor", "beheer@kantoor.test", "mailbot@kantoor.test", "Europe/Amsterdam", SmtpAccount("x", 25, "plain", "", str)
)
MONDAY = local(2026, 3, 9, 8, 5)


class Way:
    """A way out that keeps what left, or says no."""

    def __init__(self) -> None:
        self.left: list[tuple[str, str, bytes]] = []
        self.says: Exception | None = None

    def send(self, sender: str, to: str, raw: bytes) -> str:
        if self.says:
            raise self.says
        self.left.append((sender, to, raw))
        return "250 ok"

    def close(self) -> None:
        pass


class Place:
    """An agency with two companies whose memory is on disk."""

    def __init__(self, folder: Path) -> None:
        self.desks = [self._desk(folder / name, name) for name in ("zon", "maan")]
        self.clock = self.desks[0].clock
        settings = Installation(folder, folder / "state", 60, (), agency=OFFICE)
        self.office = agency.office(settings, REPLIES)
        self.way = Way()
        self.office.__dict__["submission"] = self.way

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.office.close()
        for desk in self.desks:
            if store := desk.tenant.__dict__.get("store"):
                store.close()

    def _desk(self, folder: Path, name: str) -> Desk:
        desk = Desk(folder, local(2026, 3, 2, 10), tenant=name, name=f"{name.title()} BV")
        desk.tenant.__dict__.pop("store").close()
        return desk

    def companies(self) -> list[Tenant]:
        return [Tenant(desk.tenant.company, desk.tenant.folder, Letters(REPLIES), Sorter()) for desk in self.desks]

    def tick(self, at: datetime) -> int:
        self.clock.at = at
        return agency.tick(self.office, self.companies, self.clock)

    @property
    def mail(self) -> Any:
        [(_, _, raw)] = self.way.left
        return message_from_bytes(raw, policy=default)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


def begun(place: Place) -> Place:
    place.tick(local(2026, 3, 2, 9))
    return place


def text(place: Place) -> str:
    body = place.mail.get_body(("plain",))
    return " ".join(str(body.get_content()).split())


def test_on_monday_one_mail_tells_how_all_companies_are_doing(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS), a_raw_mail(UNCLEAR, number=2, sender="p@klant.test"))
    assert place.tick(MONDAY) == 1
    assert place.mail["To"] == "beheer@kantoor.test"
    assert place.mail["Subject"] == "Privacyverzoeken in week 10 van 2026: 2 bedrijven"
    assert "2 nieuwe dossiers" in text(place)
    assert "Zon BV: 1 te beoordelen (AVG-2026-0002)" in text(place)
    assert "Zon BV: 2 open, 2 in, 0 uit" in text(place)


def test_it_is_sent_once_a_week(place: Place) -> None:
    begun(place)
    assert [place.tick(at) for at in (MONDAY, MONDAY, local(2026, 3, 12), local(2026, 3, 16, 9))] == [1, 0, 0, 1]


def test_not_before_eight_on_monday_and_not_about_the_week_before_the_first(place: Place) -> None:
    assert place.tick(local(2026, 3, 4)) == 0
    assert place.tick(local(2026, 3, 9, 7, 59)) == 0
    assert place.tick(local(2026, 3, 9, 8, 1)) == 1


def test_no_requester_is_named(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS), a_raw_mail(UNCLEAR, number=2, sender="piet.jansen@klant.test"))
    place.tick(MONDAY)
    whole = place.mail.as_string()
    assert KNOWN not in whole
    assert "jansen" not in whole


def test_one_of_a_thing_is_told_as_one(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    place.tick(MONDAY)
    assert "samen: 1 nieuw dossier," in text(place)


def test_a_company_where_nothing_stirs_is_only_counted(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    place.desks[1].round(at=MONDAY)
    place.tick(MONDAY)
    assert "Bij 1 bedrijf kwam niets binnen en staat niets open" in text(place)
    assert "Maan BV:" not in text(place)


@pytest.mark.parametrize("harm", [PermissionError(13, KNOWN), KeyError("status")])
def test_one_company_s_trouble_of_any_kind_leaves_the_others_their_week(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, harm: Exception
) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    real = health.condition

    def failing(tenant: Tenant, now: datetime) -> health.Condition:
        if tenant.id == "maan":
            raise harm
        return real(tenant, now)

    monkeypatch.setattr(health, "condition", failing)
    assert place.tick(MONDAY) == 1
    assert "Zon BV: 1 open, 1 in, 0 uit" in text(place)
    assert f"maan: its week cannot be read: {type(harm).__name__}" in caplog.text
    assert KNOWN not in caplog.text


def test_a_full_disk_does_not_end_the_agency_s_thread(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    class Ends(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    def full() -> None:
        raise OSError(28, "No space left on device")

    place.office.claim = full  # type: ignore[method-assign]
    agency.run(place.office, place.companies, place.clock, Ends(), 1.0)
    assert "agency: OSError" in caplog.text


def test_a_company_without_a_worker_is_told(place: Place) -> None:
    begun(place)
    place.tick(MONDAY)
    assert "Maan BV: het programma zelf hapert. Begin met: mailbot status --tenant maan" in text(place)


def test_a_company_that_lacks_settings_is_named(place: Place) -> None:
    begun(place)
    company = place.desks[1].tenant.company
    place.desks[1].tenant.company = replace(company, missing=(Problem("x", "y"),))
    place.tick(MONDAY)
    assert "Nog niet begonnen, omdat instellingen ontbreken: Maan BV" in text(place)


def test_a_company_whose_file_is_faulty_is_among_those_who_need_somebody(place: Place) -> None:
    begun(place)
    company = place.desks[1].tenant.company
    place.desks[1].tenant.company = replace(company, missing=(Problem("x", "y"),), usable=False)
    place.tick(MONDAY)
    told = "Maan BV: het instellingenbestand klopt niet, dus er gebeurt niets. Begin met: mailbot check --tenant maan"
    assert told in text(place)
    assert "Nog niet begonnen" not in text(place)


def test_a_server_that_is_down_is_tried_again(place: Place) -> None:
    begun(place)
    place.way.says = TryLater("down")
    assert place.tick(MONDAY) == 0
    place.way.says = None
    assert place.tick(local(2026, 3, 9, 9)) == 1


def test_a_mail_whose_fate_is_unknown_is_not_sent_again(place: Place) -> None:
    begun(place)
    place.way.says = SendUnsure("cut")
    place.tick(MONDAY)
    place.way.says = None
    assert place.tick(local(2026, 3, 10)) == 0
    with place.office.store.unit() as unit:
        assert [letter.template for letter in unit.letters(LetterState.UNSURE)] == ["agency_summary"]


def test_one_memory_that_cannot_be_read_hides_no_other(place: Place) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    folder = place.desks[1].tenant.folder
    folder.mkdir(exist_ok=True)
    (folder / "store.db").write_bytes(b"this is no memory" * 100)
    place.tick(MONDAY)
    assert "Zon BV: 1 open" in text(place)
    assert "Maan BV: het programma zelf hapert" in text(place)


@pytest.mark.real
def test_workers_on_one_database_send_it_once(place: Place, postgres: Postgres, tmp_path: Path) -> None:
    settings = Installation(tmp_path, tmp_path / "a", 60, (), agency=OFFICE, database=lambda: postgres.url)
    one, other = agency.office(settings, REPLIES), agency.office(settings, REPLIES)
    try:
        for office in (one, other):
            office.__dict__["submission"] = place.way
        one.claim()
        with pytest.raises(Busy):
            other.claim()
        for at in (local(2026, 3, 2, 9), MONDAY):
            place.clock.at = at
            agency.tick(one, place.companies, place.clock)
        assert len(place.way.left) == 1
        one.close()
        other.claim()
        assert agency.tick(other, place.companies, place.clock) == 0
    finally:
        close_all([one, other])


# --- the order, pure


def week(name: str, *left: int, **more: Any) -> CompanyWeek:
    cases = tuple(
        OpenCase(f"AVG-2026-{n:04d}", ("access",), date(2026, 3, 9), days, False) for n, days in enumerate(left)
    )
    day = date(2026, 3, 2)
    facts = {"arrived": len(left), "answered": 0, "closed": 0, "mails": 0, "by_kind": (), "observed": 0, "machine": 0}
    facts |= {"unreadable": 0, "suppressed": 0, "defects": (), "held": (), "failed": (), "unsure": ()}
    facts |= {"median_days": None, "slowest_days": None, "trend": (Week("2026-W10", len(left), 1),)}
    numbers = Digest(week="2026-W10", first_day=day, last_day=day, open=cases, **facts | more)  # type: ignore[arg-type]
    return CompanyWeek(name.lower(), name, numbers)


def test_who_is_late_stands_first_then_who_needs_somebody_then_who_is_next() -> None:
    rows = [
        week("Rust"),
        week("Later", 20),
        week("Eerder", 3),
        week("Brief", 25, held=("AVG-2026-0000",)),
        week("Laat", -1),
    ]
    assert [one.name for one in rounded_up(rows).companies] == ["Laat", "Brief", "Eerder", "Later", "Rust"]


def test_a_company_that_is_not_served_stands_before_those_with_days() -> None:
    rows = [week("Eerder", 3), week("Laat", -1), replace(week("Doof"), wrong=True)]
    assert [one.name for one in rounded_up(rows).companies] == ["Laat", "Doof", "Eerder"]


def test_the_trend_is_the_sum_of_all() -> None:
    assert rounded_up([week("A", 1, 2), week("B", 3)]).trend == (Week("2026-W10", 3, 2),)


def test_it_names_what_is_to_be_confirmed_at_which_company_and_how() -> None:
    rows = [
        replace(week("Zon", 3), to_confirm=("promise_days", "imap")),
        week("Maan"),
        replace(week("Aarde"), numbers=None),
    ]
    rows[2] = replace(rows[2], to_confirm=("iets_nieuws",))
    told = agency.values_of(rounded_up(rows), date(2026, 3, 2), agency_policy())
    assert told["unconfirmed"] == [
        {"company": "Aarde", "settings": "iets_nieuws", "command": "mailbot confirm-settings --tenant aarde"},
        {
            "company": "Zon",
            "settings": "beloofde termijn, server van het postvak",
            "command": "mailbot confirm-settings --tenant zon",
        },
    ]
    assert told["more_unconfirmed"] == "0"


def test_of_hundreds_that_wait_it_names_some_and_counts_the_others() -> None:
    rows = [replace(week(f"Zon {n:03}"), to_confirm=("imap",)) for n in range(200)]
    told = agency.values_of(rounded_up(rows), date(2026, 3, 2), agency_policy())
    assert (len(told["unconfirmed"]), told["more_unconfirmed"]) == (25, "175")  # type: ignore[arg-type]
    rows = [week(f"Zon {n:03}", -1) for n in range(200)]
    told = agency.values_of(rounded_up(rows), date(2026, 3, 2), agency_policy())
    assert (len(told["needs"]), told["more_needs"]) == (60, "140")  # type: ignore[arg-type]


def agency_policy() -> Policy:
    return agency.office(Installation(Path("x"), Path("x"), 60, (), agency=OFFICE), REPLIES).policy


def test_a_company_that_lacks_something_while_its_cases_run_is_named_first_of_all(place: Place) -> None:
    """It came from another agency, or somebody broke a setting: nothing is done for it, and the law's clock runs."""
    desk = place.desks[0]
    desk.round(a_raw_mail(ACCESS, number=1))
    desk.tenant.company = replace(desk.tenant.company, missing=(Problem("tenants/zon.toml:imap", "is missing"),))
    [zon, maan] = place.companies()
    weeks = agency.gather([zon, maan], date(2026, 3, 2), place.clock)
    told = agency.values_of(weeks, date(2026, 3, 2), agency_policy())
    close_all([zon, maan])
    assert {"company": "Zon BV", "command": "mailbot check --tenant zon"}.items() <= told["needs"][0].items()  # type: ignore[index, union-attr]
    assert "1 dossier loopt door" in told["needs"][0]["what"]  # type: ignore[index]
    assert told["incomplete"] == []
    assert health.condition_of_one(zon, place.clock()).wrong[0].startswith("1 case is open, and nothing is done for it")
    close_all([zon])


def test_sums_count_what_is_in_lists() -> None:
    both = rounded_up([week("A", 1, -2), week("B", -3)])
    assert (both.total("open"), both.total("overdue"), both.total("arrived")) == (3, 2, 3)


# --- the settings, and the whole program

AGENCY = """
[agency]
name = "Kantoor Noord"
email = "dpo@mail.test"
sender = "klant@mail.test"
[agency.smtp]
host = "127.0.0.1"
port = {port}
security = "plain"
username = "klant@mail.test"
password = {{ env = "BOX_PASSWORD" }}
"""


def test_the_settings_are_read_and_the_round_of_all_companies_serves_the_agency(
    loopmail: MailServers, tmp_path: Path
) -> None:
    installation = OnDisk(tmp_path)
    smtp = loopmail.smtp_account("privacy@mail.test")
    installation.write(loopmail.imap_account("privacy@mail.test"), smtp, store=AGENCY.format(port=smtp.port))
    (tmp_path / "config" / "secret").write_text(loopmail.password, "utf-8")
    for path, place in (("mailbot.toml", "secret"), ("tenants/kaviaarshop.toml", "../secret")):
        file = tmp_path / "config" / path
        file.write_text(file.read_text("utf-8").replace('env = "BOX_PASSWORD"', f'file = "{place}"'), "utf-8")
    assert load(tmp_path / "config").agency == replace(
        load(tmp_path / "config").agency or OFFICE, name="Kantoor Noord", email="dpo@mail.test"
    )
    rounds = json.loads(installation.run("once", "--json").stdout)
    assert [(one["tenant"], one["trouble"]) for one in rounds] == [("kaviaarshop", ""), (agency.ID, "")]
    shown = installation.run("summary", "--agency", "--json")
    assert shown.returncode == 0, shown.stderr
    [letter] = json.loads(shown.stdout)
    assert letter["to"] == "dpo@mail.test"
    assert "1 bedrijven" not in letter["subject"]


def test_without_an_agency_its_mail_is_refused_with_what_to_type(loopmail: MailServers, tmp_path: Path) -> None:
    installation = OnDisk(tmp_path)
    installation.write(loopmail.imap_account("privacy@mail.test"), loopmail.smtp_account("privacy@mail.test"))
    done = installation.run("summary", "--agency")
    assert done.returncode == 2
    assert "[agency]" in done.stderr
