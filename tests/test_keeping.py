"""What the law keeps after erasure: by country, by document, until which day; and the second erasure on that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, act, case_of
from hypothesis import given
from hypothesis import strategies as st

from builders import a_policy
from company import CONTACT, ERASURE, KNOWN, a_raw_mail
from mailbot import checklist, events
from mailbot.accounts import CustomerSource, RecordSource
from mailbot.customers import CsvCustomers
from mailbot.decide.known_facts import known_facts
from mailbot.errors import Refused, Usage
from mailbot.fulfil import kept_documents, second_erasures
from mailbot.model import Case, Kind, Outcome, Status, StepEnding
from mailbot.plan.retention_duties import Document, erase_on, kept, year_end
from rig.mariadb import MariaDB

# --- until when (B-40 to B-42) ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "dated", "changes", "until"),
    [
        ("NL", date(2026, 5, 1), {}, date(2033, 12, 31)),
        ("NL", date(2026, 1, 1), {}, date(2033, 12, 31)),
        ("NL", date(2026, 12, 31), {}, date(2033, 12, 31)),
        ("NL", date(2026, 5, 1), {"one_stop_shop": True}, date(2036, 12, 31)),
        ("NL", date(2026, 5, 1), {"real_estate": True}, date(2036, 12, 31)),
        ("BE", date(2026, 5, 1), {}, date(2036, 12, 31)),
        ("BE", date(2021, 12, 31), {}, date(2028, 12, 31)),
        ("BE", date(2022, 1, 1), {}, date(2032, 12, 31)),
        ("FR", date(2026, 5, 1), {}, date(2036, 12, 31)),
    ],
)
def test_a_document_stays_as_long_as_the_law_of_the_country_says(
    country: str, dated: date, changes: dict[str, Any], until: date
) -> None:
    assert kept(Document("F1", dated, **changes), a_policy(country=country)).until == until


@pytest.mark.parametrize(
    ("ends", "dated", "until"),
    [
        ((6, 30), date(2026, 6, 30), date(2033, 6, 30)),
        ((6, 30), date(2026, 7, 1), date(2034, 6, 30)),
        ((2, 28), date(2025, 3, 1), date(2033, 2, 28)),
        ((2, 29), date(2026, 1, 5), date(2033, 2, 28)),
    ],
)
def test_the_duty_runs_from_the_end_of_the_companys_own_financial_year(
    ends: tuple[int, int], dated: date, until: date
) -> None:
    assert kept(Document("F1", dated), a_policy(year_end=ends)).until == until


@given(st.dates(date(2018, 1, 1), date(2040, 12, 31)), st.integers(1, 12), st.integers(1, 31))
def test_a_financial_year_ends_within_a_year_of_each_of_its_days(day: date, month: int, last: int) -> None:
    end = year_end(day, (month, last))
    assert day <= end < day + timedelta(days=367)


@given(st.dates(date(2018, 1, 1), date(2040, 12, 31)), st.sampled_from(["NL", "BE", "FR"]))
def test_nothing_goes_before_seven_years_are_over(day: date, country: str) -> None:
    one = kept(Document("F1", day), a_policy(country=country))
    assert erase_on(one) > date(day.year + 7, day.month, min(day.day, 28))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026-03-05 12:30:00", date(2026, 3, 5)),
        ("2026-03-05T12:30:00Z", date(2026, 3, 5)),
        ("5-3-2026", date(2026, 3, 5)),
        ("05/03/2026", date(2026, 3, 5)),
        ("31-02-2026", None),
        ("9999-12-31", None),
        ("maart", None),
        ("", None),
    ],
)
def test_days_are_read_as_shops_write_them(text: str, day: date | None) -> None:
    assert kept_documents.day_of(text) == day


# --- on file ---------------------------------------------------------------------------------------

ORDERS = f"""factuur;datum;e-mail;oss
F2024-7;2024-11-02;{KNOWN};nee
F2026-1;05-01-2026;{KNOWN};nee
F2026-2;06-01-2026;{KNOWN};ja
F2015-9;2015-06-01;{KNOWN};nee
F2026-3;07-01-2026;ander@mail.test;nee
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A Dutch company with orders on file, and an erasure that was asked."""
    desk = Desk(tmp_path / "state", mode="hold")
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "klanten.csv").write_text(f"id;e-mail\n1001;{KNOWN}\n", "utf-8")
    source = RecordSource("Orders", "Facturen", "Shop", "csv", tmp_path / "orders.csv", match_email="e-mail")
    source = replace(source, document="factuur", dated="datum", ten_years="oss")
    desk.tenant.company = replace(desk.tenant.company, sources=(source,))
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", tmp_path / "klanten.csv"))
    desk.round(a_raw_mail(ERASURE))
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"))
    return desk


def kept_on_file(desk: Desk) -> Case:
    kept_documents.keep(
        desk.tenant, REF, kept_documents.documents_on_file(desk.tenant, case_of(desk)), "els", desk.clock()
    )
    return case_of(desk)


def test_the_orders_in_a_database_of_mysql_say_what_stays_and_one_of_no_day_stops_the_count(
    desk: Desk, mariadb: MariaDB
) -> None:
    query = "select factuur, datum, oss from facturen where lower(email) = :email"
    source = RecordSource("Orders", "Facturen", "Shop", "sql", url=mariadb.url, query=query)
    source = replace(source, document="factuur", dated="datum", ten_years="oss")
    desk.tenant.company = replace(desk.tenant.company, sources=(source,))
    mariadb.execute(
        "create table facturen(factuur varchar(9), datum datetime not null, email varchar(99), oss bit(1))",
        f"insert into facturen values('F1', '2026-01-05 10:00', '{KNOWN}', b'0')",
        f"insert into facturen values('F2', '2026-01-06', '{KNOWN}', b'1')",
    )
    found = {one.number: one.one_stop_shop for one in kept_documents.documents_on_file(desk.tenant, case_of(desk))}
    assert found == {"F1": False, "F2": True}
    mariadb.execute("set sql_mode = ''", f"insert into facturen values('F3', '0000-00-00', '{KNOWN}', b'0')")
    with pytest.raises(Usage, match="the day of document F3 cannot be read"):
        kept_documents.documents_on_file(desk.tenant, case_of(desk))


def test_the_orders_on_file_say_what_stays_and_what_is_past_its_time_does_not(desk: Desk) -> None:
    found = {one.document: one.until for one in kept_on_file(desk).work.kept}
    assert found == {
        "F2024-7": date(2031, 12, 31),
        "F2026-1": date(2033, 12, 31),
        "F2026-2": date(2036, 12, 31),
    }


def test_a_day_that_cannot_be_read_stops_the_count(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"factuur;datum;e-mail;oss\nF1;ooit;{KNOWN};\n", "utf-8")
    with pytest.raises(Usage, match="F1 cannot be read"):
        kept_on_file(desk)


def test_where_nothing_has_to_stay_a_person_says_so(desk: Desk) -> None:
    with pytest.raises(Refused, match="nothing has to stay"):
        kept_documents.keep(desk.tenant, REF, [Document("F2015-9", date(2015, 6, 1))], "els", desk.clock())


def test_an_erasure_of_which_documents_stay_is_granted_in_part(desk: Desk) -> None:
    kept_on_file(desk)
    with pytest.raises(Refused, match="B-40"):
        act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED))
    assert act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.PARTLY))


def letter_text(desk: Desk) -> str:
    """The letter about an erasure in part, written without typing what is on file."""
    kept_on_file(desk)
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.PARTLY))
    act(desk, events.StepSettled("els", "close_off", StepEnding.DONE, "afgesloten"))
    facts = (("erased", ("uw klantprofiel",)), ("erased_on", ("2026-03-02",)))
    act(desk, events.Replied("els", "erasure_partly", facts))
    desk.round()
    [mail] = [mail for mail in desk.mails_to(KNOWN) if "verwijderd" in str(mail["Subject"])]
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def test_the_letter_names_each_document_the_article_and_the_day_and_authority_and_court(desk: Desk) -> None:
    text = " ".join(letter_text(desk).split())
    for words in (
        "factuur F2024-7",
        "tot en met woensdag 31 december 2031",
        "artikel 52, vierde lid, AWR",
        "factuur F2026-2",
        "éénloketregeling",
        "Sinds maandag 2 maart 2026 kunnen onze medewerkers hier niet meer bij",
        "Autoriteit Persoonsgegevens",
        "rechtbank",
    ):
        assert words in text, words


def test_what_stays_is_written_in_the_form_that_the_reply_wants(desk: Desk) -> None:
    case = kept_on_file(desk)
    facts = checklist.checked(checklist.REPLIES["erasure_partly"], (), known_facts(case, desk.tenant.policy))
    assert len(facts["kept"]) == 3


# --- the diary -------------------------------------------------------------------------------------


def erasures_told(desk: Desk) -> list[str]:
    return [str(mail["Subject"]) for mail in desk.mails_to(CONTACT) if "nu ook te wissen" in str(mail["Subject"])]


def test_the_diary_knows_each_day_on_which_something_goes(desk: Desk) -> None:
    kept_on_file(desk)
    with desk.tenant.store.unit() as unit:
        found = second_erasures.entries(unit, desk.tenant)
    assert [(entry.erase_on, entry.documents) for entry in found] == [
        (date(2032, 1, 1), ("factuur F2024-7",)),
        (date(2034, 1, 1), ("factuur F2026-1",)),
        (date(2037, 1, 1), ("factuur F2026-2",)),
    ]


def test_the_second_erasure_is_told_once_on_the_first_working_day(desk: Desk) -> None:
    kept_on_file(desk)
    desk.round(at=datetime(2031, 12, 31, 12, tzinfo=UTC))
    assert erasures_told(desk) == []
    desk.round(at=datetime(2032, 1, 1, 12, tzinfo=UTC))
    assert erasures_told(desk) == [], "New Year's Day"
    for day in (2, 5):
        desk.round(at=datetime(2032, 1, day, 12, tzinfo=UTC))
    assert len(erasures_told(desk)) == 1


def test_after_years_without_a_worker_it_is_still_told(desk: Desk) -> None:
    kept_on_file(desk)
    desk.round(at=datetime(2040, 3, 5, 12, tzinfo=UTC))
    assert len(erasures_told(desk)) == 3


def test_the_diary_is_looked_at_once_a_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_on_file(desk)
    looks: list[str] = []
    of = second_erasures._of
    monkeypatch.setattr(second_erasures, "_of", lambda *some: looks.append(some[-1]) or of(*some))
    for day, hour in ((2, 10), (2, 12), (2, 14), (5, 10)):
        desk.round(at=datetime(2032, 1, day, hour, tzinfo=UTC))
    assert looks == ["AVG-2026-0001"] * 2


def test_the_diary_outlives_the_anonymous_case_and_names_only_documents(desk: Desk) -> None:
    letter_text(desk)
    act(desk, events.Closed("els", Outcome.PARTLY, "klaar"))
    desk.round(days=60)
    assert case_of(desk).status is Status.ANONYMISED
    desk.round(at=datetime(2032, 1, 5, 12, tzinfo=UTC))
    [told] = [mail for mail in desk.mails_to(CONTACT) if "nu ook te wissen" in str(mail["Subject"])]
    part = told.get_body(("plain",))
    assert part
    assert "factuur F2024-7" in str(part.get_content())
    assert KNOWN not in str(part.get_content())


def test_a_legal_hold_keeps_documents_past_their_time(desk: Desk) -> None:
    kept_on_file(desk)
    act(desk, events.HeldLegally("els", "dagvaarding"))
    desk.round(at=datetime(2040, 3, 5, 12, tzinfo=UTC))
    assert erasures_told(desk) == []
