"""The agency's Monday mail kept as people see it, and what the agency's worker does beside writing it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_agency import MONDAY, OFFICE, Place, agency_policy, begun, text

from company import ACCESS, REPLIES, a_raw_mail, shipped_letters
from mailbot.actions import Send
from mailbot.app import Tenant
from mailbot.config import Installation
from mailbot.errors import Usage
from mailbot.model import Letter, LetterState
from mailbot.operation import health
from mailbot.reports import agency
from mailbot.reports.digest import NO_DAY, Digest, OpenCase, Week, week_bounds
from mailbot.reports.roundup import CompanyWeek, Roundup, rounded_up
from mailbot.setup.foreign_settings import REACHING
from mailbot.setup.policy_text import PROMISES
from mailbot.setup.table import COLUMNS

PAGES = Path(__file__).parent / "pages"
#: What `new-companies` takes from a policy, or from the network, where a row does not say it.
FROM_A_POLICY = [COLUMNS[word][0] for word in ("name", "country", "mailbox", "contact", "post_address", "website")]
CAN_WAIT = (*FROM_A_POLICY, "promise_days", *PROMISES, "minor_age", *REACHING)
WEEK = date(2026, 3, 4)


def open_cases(*left: int, needs_person: bool = False) -> tuple[OpenCase, ...]:
    """A case for each number of days from Monday."""
    return tuple(
        OpenCase(f"AVG-2026-{number:04}", ("access",), MONDAY.date() + timedelta(days=days), days, needs_person)
        for number, days in enumerate(left, 1)
    )


def week(tenant: str, name: str, open: tuple[OpenCase, ...] = (), **more: Any) -> CompanyWeek:
    start, end = week_bounds(WEEK, agency_policy().zone)
    facts: dict[str, Any] = dict.fromkeys(("arrived", "closed", "answered", "mails", "observed", "machine"), 0)
    facts |= dict.fromkeys(("unreadable", "suppressed"), 0) | dict.fromkeys(("median_days", "slowest_days"))
    facts |= dict.fromkeys(("by_kind", "held", "failed", "unsure", "defects"), ())
    numbers = Digest("2026-W10", start.date(), end.date() - timedelta(days=1), open=open, **facts | more)
    return CompanyWeek(tenant, name, numbers)


def the_companies() -> Iterator[CompanyWeek]:
    """Each way in which a company can be, by itself and together."""
    late = open_cases(-12, -3, -1, -1)
    trend = (Week("2026-W09", 4, 2), Week("2026-W10", 6, 1))
    yield week("laat", "Laat & Zn.", late, arrived=6, answered=1, trend=trend)
    yield replace(week("laatst", "Laat en ziek", late[:3]), wrong=True)
    yield week(
        "sorteer", "Te sorteren", open_cases(4, 9, needs_person=True), arrived=2, trend=(Week("2026-W10", 2, 2),)
    )
    yield week("brief", "Brief die wacht", open_cases(1), held=("AVG-2026-0001",), answered=3)
    refs = tuple(f"AVG-2026-{number:04}" for number in range(1, 6))
    yield week("post", "Weg of niet weg", unsure=refs[:3], failed=refs)
    yield week("gewoon", "Gewoon", open_cases(2, 2, 8, 30), arrived=4)
    yield week("lang", "Met een lange naam in de code", open_cases(15))
    yield week("lang-van-code-als-geen", "Lang van code", open_cases(16))
    yield week("beantwoord", "Beantwoord", (OpenCase("AVG-2026-0001", ("access",), None, NO_DAY, False),), answered=1)
    yield week("rust", "Rust")
    yield week("vrede", "Vrede")
    yield replace(week("doof", "Doof"), wrong=True)
    nothing = CompanyWeek("nieuw", "Nieuw", None)
    yield replace(nothing, to_confirm=CAN_WAIT)
    yield replace(nothing, tenant="eigen", name="Eigen naam", to_confirm=("imap", "iets_nieuws"))
    yield replace(nothing, tenant="stuk", name="Stuk", wrong=True)
    yield replace(nothing, tenant="een", name="Een loopt", wrong=True, running=1)
    yield replace(nothing, tenant="twee", name="Twee lopen", wrong=True, running=2)


def the_letter(weeks: Roundup) -> Letter:
    policy = agency_policy()
    send = Send("summary:2026-W10", agency.TEMPLATE, policy.contact_email, "staff", LetterState.QUEUED)
    values = agency.values_of(weeks, WEEK, policy)
    return shipped_letters().compose(send, None, policy, MONDAY, "00" * 32, values)


@pytest.mark.parametrize("part", ["txt", "html"])
def test_the_mail_over_all_companies_reads_as_it_is_kept(part: str) -> None:
    """`MAILBOT_WRITE_PAGES=1 pytest tests/test_agency_mail.py` writes it anew; look at it in a browser first."""
    letter = the_letter(rounded_up([*the_companies()]))
    whole = f"{letter.subject}\n\n{letter.text}"
    told = whole if part == "txt" else letter.html.partition("</style>")[2]
    path = PAGES / f"agency.{part}"
    if os.environ.get("MAILBOT_WRITE_PAGES"):
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")


def test_what_a_mail_has_no_room_for_is_counted_in_it() -> None:
    many = [replace(week(f"c{number}", f"Bedrijf {number:02}", open_cases(5)), wrong=True) for number in range(61)]
    many = [replace(one, to_confirm=("imap",)) for one in many[:26]] + many[26:]
    told = " ".join(the_letter(rounded_up(many)).text.split())
    assert "En bij 1 ander bedrijf. Alles bij elkaar: mailbot status --brief" in told
    assert "En bij 1 ander bedrijf. Alles bij elkaar: mailbot confirm-settings" in told
    assert "Hieronder ontbreekt 1 bedrijf; alle staan in: mailbot overview" in told
    told = " ".join(the_letter(rounded_up(many[1:])).text.split())
    assert "ander bedrijf. Alles bij elkaar: mailbot status" not in told
    assert "ontbreekt" not in told


def test_each_setting_that_can_wait_for_a_person_is_told_in_his_language() -> None:
    assert set(agency.TO_CONFIRM) == set(CAN_WAIT)


def test_an_installation_without_an_agency_has_no_office() -> None:
    with pytest.raises(Usage, match=r"\[agency\]"):
        agency.office(Installation(Path("x"), Path("x"), 60, ()), REPLIES)


# --- its worker


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


def test_a_mail_that_was_being_sent_when_the_worker_stopped_is_not_sent_again(place: Place) -> None:
    begun(place)
    place.clock.at = MONDAY
    with place.office.store.unit() as unit:
        letter = agency.compose(unit, place.office, rounded_up([]), WEEK, place.clock)
        unit.put_letter(replace(letter, state=LetterState.SENDING))
    assert place.tick(MONDAY) == 0
    with place.office.store.unit() as unit:
        assert [one.token for one in unit.letters(LetterState.UNSURE)] == [letter.token]


@pytest.mark.parametrize(("seconds", "waits"), [(1.0, 60.0), (300.0, 300.0)])
def test_the_worker_ticks_waits_a_minute_or_longer_and_lets_go_of_its_memory(
    place: Place, seconds: float, waits: float
) -> None:
    waited: list[float | None] = []

    class Ends(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            self.set()
            return True

    begun(place)
    place.clock.at = MONDAY
    agency.run(place.office, place.companies, place.clock, Ends(), seconds)
    assert waited == [waits]
    assert place.mail["To"] == OFFICE.email
    assert "store" not in place.office.__dict__
    place.office.__dict__["submission"] = place.way


def test_the_memories_of_companies_are_not_all_open_at_once(place: Place) -> None:
    for desk in begun(place).desks:
        desk.round(a_raw_mail(ACCESS))
        desk.tenant.__dict__.pop("store").close()
    companies = place.companies()
    weeks = agency.gather(companies, WEEK, place.clock)
    assert weeks.total("arrived") == len(companies)
    assert not any("store" in one.__dict__ for one in companies)


def test_a_memory_in_a_shared_database_stays_open_for_whoever_works_with_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Tenant, "close", lambda one: closed.append(one.id))
    [one, other] = place.companies()
    one.database = object()  # type: ignore[assignment]
    monkeypatch.setattr(agency, "_week", lambda tenant, *_: CompanyWeek(tenant.id, tenant.id, None))
    agency.gather([one, other], WEEK, place.clock)
    assert closed == ["maan"]


@pytest.mark.parametrize("also", [(), ("the box was not read for an hour",)])
def test_what_the_mail_tells_as_late_or_unsent_is_no_fault_of_the_program(
    place: Place, monkeypatch: pytest.MonkeyPatch, also: tuple[str, ...]
) -> None:
    begun(place).desks[0].round(a_raw_mail(ACCESS))
    real = health.condition

    def found(tenant: Tenant, now: Any) -> health.Condition:
        bare = replace(real(tenant, now), overdue=(), unsure=0, failed=0, wrong=())
        return (
            replace(bare, overdue=("AVG-2026-0001",), wrong=("1 case is overdue", *also))
            if tenant.id == "zon"
            else bare
        )

    monkeypatch.setattr(health, "condition", found)
    place.tick(MONDAY)
    assert ("Zon BV: het programma zelf hapert" in text(place)) is bool(also)
