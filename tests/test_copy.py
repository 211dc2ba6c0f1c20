"""The copy of a person's data: everything of him and nothing of others, readable anywhere, seen by two people."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from desk import REF, Desk, act, case_of, local, text_of
from hypothesis import given
from hypothesis import strategies as st

from builders import a_case
from company import ACCESS, CONTACT, ERASURE, KNOWN, REPLIES, a_raw_mail
from mailbot import casefiles, events
from mailbot.accounts import CustomerSource, RecordSource
from mailbot.csv_format import formula_safe
from mailbot.customers import CsvCustomers, SqlCustomers
from mailbot.errors import Refused, TryLater, Usage
from mailbot.fulfil import copying
from mailbot.fulfil.collect import not_searched, person_of
from mailbot.model import Address, Case, CaseMail, Kind, Letter, LetterState, Outcome, Place, Processor, StepEnding
from mailbot.outgoing import releasing
from mailbot.sources import Person, read

EVIL = '<script>alert("x")</script>'
ORDERS = f"""bestelling;klant;e-mail;opmerking
5501;1001;{KNOWN};"=cmd|' /C calc'!A0"
5502;1001;{KNOWN.upper()};"{EVIL.replace('"', '""')}"
5503;1001;oud@mail.test;via klantnummer
9999;2002;ander@mail.test;geheim van een ander
"""
FACTS: dict[str, Any] = {
    "mode": "hold",
    "places": (Place("Webwinkel", "bestellingen", keeps="zeven jaar"),),
    "processors": (Processor("Mollie", "Betalingen", "betaalgegevens", "", "Verenigde Staten, modelcontract"),),
    "purposes": ("uw bestelling leveren",),
    "retention": ("facturen: zeven jaar",),
    "origins": ("u zelf",),
    "automated_decisions": "Over u wordt niets besloten door alleen een computer.",
    "portability_of_all": True,
}


def a_desk(folder: Path, **changes: Any) -> Desk:
    """A company with a customer, orders in a CSV file and visits in a database."""
    desk = Desk(folder, **(FACTS | changes))
    (folder / "orders.csv").write_text(ORDERS, "utf-8")
    (folder / "klanten.csv").write_text(f"id;e-mail\n1001;{KNOWN}\n2002;ander@mail.test\n", "utf-8")
    line = sqlite3.connect(folder / "log.db")
    line.execute("create table visits(moment, ip, email)")
    line.executemany(
        "insert into visits values(?,?,?)", [("2026-01-01", "192.0.2.7", KNOWN), ("x", "y", "z@mail.test")]
    )
    line.commit()
    line.close()
    desk.tenant.company = replace(desk.tenant.company, sources=(orders(folder), visits(folder)))
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", folder / "klanten.csv"))
    return desk


def orders(folder: Path) -> RecordSource:
    return RecordSource(
        "Bestellingen",
        "Bestellingen",
        "Webwinkel",
        "csv",
        folder / "orders.csv",
        match_email="e-mail",
        match_id="klant",
    )


def visits(folder: Path) -> RecordSource:
    query = "select moment, ip from visits where email = :email"
    url = f"sqlite:///{folder / 'log.db'}"
    return RecordSource("Bezoeken", "Bezoekgegevens", "Server", "sql", url=lambda: url, query=query, provided=False)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path)


def copied(desk: Desk, by: str = "anna", text: str = "") -> copying.Copied:
    """An access request whose copy was made by Anna."""
    if not case_or_none(desk):
        desk.round(a_raw_mail(f"{ACCESS} {EVIL}"))
        act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    return copying.make_copy(desk.tenant, case_of(desk), text, by, REPLIES, desk.clock())


def case_or_none(desk: Desk) -> Case | None:
    with desk.tenant.store.unit() as unit:
        return unit.case(REF)


def opened(made: copying.Copied) -> dict[str, bytes]:
    with zipfile.ZipFile(made.paths[0]) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


# --- what is in it ---------------------------------------------------------------------------------


def test_the_copy_holds_all_rows_of_the_person_and_no_row_of_another(desk: Desk) -> None:
    found = opened(copied(desk))
    rows = list(csv.reader(io.StringIO(found["csv/bestellingen.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["5501", "5502", "5503"]
    everything = b"".join(found.values())
    assert b"9999" not in everything
    assert b"ander@mail.test" not in everything


def test_json_holds_every_value_exactly(desk: Desk) -> None:
    document = json.loads(opened(copied(desk))["gegevens.json"])
    [sold, seen] = document["gegevens"]
    assert [row["opmerking"] for row in sold["rijen"]] == ["=cmd|' /C calc'!A0", EVIL, "via klantnummer"]
    assert seen["rijen"] == [{"moment": "2026-01-01", "ip": "192.0.2.7"}]


def test_of_two_columns_with_one_name_json_holds_both(tmp_path: Path) -> None:
    """As a query over two tables gives them."""
    desk = a_desk(tmp_path)
    (tmp_path / "orders.csv").write_text(f"id;klant;e-mail;id\n5501;1001;{KNOWN};1001\n", "utf-8")
    [sold, _] = json.loads(opened(copied(desk))["gegevens.json"])["gegevens"]
    assert sold["rijen"] == [{"id": "5501", "klant": "1001", "e-mail": KNOWN, "id (2)": "1001"}]


def test_the_overview_escapes_everything_and_fetches_nothing(desk: Desk) -> None:
    page = opened(copied(desk))["overzicht.html"].decode()

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: list[str] = []
            self.links: list[tuple[str, str]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.append(tag)
            self.links += [(tag, str(value)) for name, value in attrs if name in ("href", "src")]

    reader = Reader()
    reader.feed(page)
    assert "script" not in reader.tags
    assert "&lt;script&gt;" in page
    outside = [(tag, link) for tag, link in reader.links if "//" in link]
    assert outside == [("a", desk.tenant.policy.authority.complaint_url)]  # to follow, not to fetch


def test_the_overview_says_what_article_15_asks(desk: Desk) -> None:
    page = opened(copied(desk))["overzicht.html"].decode()
    for words in (
        "uw bestelling leveren",
        "Mollie",
        "Verenigde Staten, modelcontract",
        "facturen: zeven jaar",
        "Webwinkel: zeven jaar",
        "u zelf",
        "Over u wordt niets besloten door alleen een computer.",
        "Autoriteit Persoonsgegevens",
        "artikel 21 AVG",
    ):
        assert words in page, words


def test_the_correspondence_about_the_request_is_part_of_the_copy(desk: Desk) -> None:
    found = opened(copied(desk))
    assert ACCESS.split(",")[0] in found["correspondentie/01-van-u.txt"].decode()


def test_files_of_staff_lie_under_their_category(desk: Desk, tmp_path: Path) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    given = tmp_path / "factuur één.pdf"
    given.write_bytes(b"%PDF-1.4")
    for _ in range(2):
        copying.attach(desk.tenant, REF, given, "Facturen & bonnen", "Boekhouding", "anna", desk.clock())
    names = [name for name in opened(copied(desk)) if name.startswith("bestanden/")]
    assert names == ["bestanden/facturen-bonnen/factuur-een.pdf", "bestanden/facturen-bonnen/factuur-een-2.pdf"]


def test_a_file_that_was_taken_out_again_is_not_in_it(desk: Desk, tmp_path: Path) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    (tmp_path / "a.txt").write_text("x")
    copying.attach(desk.tenant, REF, tmp_path / "a.txt", "Overig", "", "anna", desk.clock())
    act(desk, events.FileDetached("anna", 1))
    assert not [name for name in opened(copied(desk)) if name.startswith("bestanden/")]


def test_portability_by_law_gives_what_the_person_provided_and_names_the_rest(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, portability_of_all=False)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("anna", (Kind.PORTABILITY,)))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    found = opened(copied(desk))
    assert "csv/bezoeken.csv" not in found
    assert "Bezoeken" in found["overzicht.html"].decode()


def test_the_three_shops_give_all_data_for_portability(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("anna", (Kind.PORTABILITY,)))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    assert "csv/bezoeken.csv" in opened(copied(desk))


# --- as a file -------------------------------------------------------------------------------------


def test_an_ordinary_unzip_opens_it_and_every_name_suits_every_system(desk: Desk, tmp_path: Path) -> None:
    made = copied(desk)
    subprocess.run(["unzip", "-q", str(made.paths[0]), "-d", str(tmp_path / "out")], check=True, timeout=30)
    names = [str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert "overzicht.html" in names
    assert all(name.isascii() and not set(name) & set('\\:*?"<>|') for name in names)


ODD_NAMES = (
    "Factuur één – café Zürich €12.pdf",
    "CON.txt",
    "brief van ??? naar ons.txt",
    "Žluťoučký kůň.txt",
    "con.TXT",
)


@pytest.fixture
def with_odd_names(desk: Desk, tmp_path: Path) -> copying.Copied:
    """A copy with files whose names other systems cannot write."""
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    for name in ODD_NAMES:
        (tmp_path / name).write_text("x", "utf-8")
        copying.attach(desk.tenant, REF, tmp_path / name, "Brieven & zo", "", "anna", desk.clock())
    return copied(desk)


@pytest.mark.parametrize("convention", ["utf-8", "cp437", "cp1252", "cp932", "mac_roman"])
def test_names_read_the_same_by_the_conventions_of_every_system(
    with_odd_names: copying.Copied, convention: str
) -> None:
    with zipfile.ZipFile(with_odd_names.paths[0], metadata_encoding=convention) as package:
        names = [info.filename for info in package.infolist()]
        assert all(info.flag_bits & 0x800 == 0 for info in package.infolist())
    assert sorted(name for name in names if name.startswith("bestanden/")) == [
        "bestanden/brieven-zo/Factuur-een-cafe-Zurich-12.pdf",
        "bestanden/brieven-zo/Zlutoucky-kun.txt",
        "bestanden/brieven-zo/bestand-CON.txt",
        "bestanden/brieven-zo/bestand-con-2.TXT",
        "bestanden/brieven-zo/brief-van-naar-ons.txt",
    ]
    assert len({name.lower() for name in names}) == len(names)
    assert not [
        part for name in names for part in name.split("/") if part.split(".")[0].lower() in ("con", "nul", "aux")
    ]
    assert not [name for name in names if len(name) > 150 or name.endswith((".", " ")) or "\\" in name]


def test_what_a_file_was_called_stands_in_the_overview_and_in_the_data(with_odd_names: copying.Copied) -> None:
    found = opened(with_odd_names)
    assert "Factuur één – café Zürich €12.pdf</a>" in found["overzicht.html"].decode()
    document = json.loads(found["gegevens.json"])
    assert [file["oorspronkelijk"] for file in document["bestanden"]] == list(ODD_NAMES)


def test_a_sort_of_data_is_named_once_however_it_is_written(desk: Desk) -> None:
    page = opened(copied(desk))["overzicht.html"].decode()
    assert "<li>Bestellingen</li>" in page
    assert "<li>bestellingen</li>" not in page


def test_a_copy_with_a_code_opens_only_with_it(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, package_code=True)
    made = copied(desk)
    with pyzipper.AESZipFile(made.paths[0]) as package:
        with pytest.raises(RuntimeError):
            package.read("overzicht.html")
        package.setpassword(made.code.encode())
        assert b"Uw persoonsgegevens" in package.read("overzicht.html")


def test_an_encrypted_copy_passes_the_airlock_because_it_was_read_before(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, package_code=True)
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    assert [mail for mail in desk.mails_to(KNOWN) if "Kopie" in mail["Subject"]]


@pytest.mark.parametrize("code", [False, True])
def test_a_copy_with_another_customer_in_it_does_not_leave(tmp_path: Path, code: bool) -> None:
    desk = a_desk(tmp_path, package_code=code)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    (tmp_path / "notitie.txt").write_text("Gebeld over ander@mail.test", "utf-8")
    copying.attach(desk.tenant, REF, tmp_path / "notitie.txt", "Notities", "", "anna", desk.clock())
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    assert letter_of(desk, LetterState.HELD).why.startswith("airlock")
    assert not [mail for mail in desk.mails_to(KNOWN) if "Kopie" in mail["Subject"]]


def test_the_code_is_kept_nowhere(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, package_code=True)
    made = copied(desk)
    with desk.tenant.store.unit() as unit:
        letters = unit.letters_of(REF)
    assert made.code not in repr(letters) + repr(case_of(desk))
    assert "langs een andere weg" in next(one.text for one in letters if one.template == "package")


def test_the_files_of_a_case_are_for_their_owner_only(desk: Desk) -> None:
    made = copied(desk)
    assert made.paths[0].stat().st_mode & 0o077 == 0
    assert made.paths[0].parent.stat().st_mode & 0o077 == 0
    assert made.paths[0].parent.parent.stat().st_mode & 0o077 == 0


@given(st.text(max_size=80))
def test_no_name_becomes_a_path(name: str) -> None:
    plain = casefiles.plain_name(name)
    assert plain == os.path.basename(plain)
    assert plain.isascii()
    assert plain.strip(".") == plain != ""


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x\\con.txt", "NUL", "a\0b", "", "…", ".bashrc"])
def test_names_that_would_do_harm_become_plain(name: str) -> None:
    assert "/" not in casefiles.plain_name(name)
    assert casefiles.plain_name(name).split(".")[0].lower() not in ("con", "nul", "")


@given(st.text(max_size=40))
def test_no_cell_starts_as_a_formula(value: str) -> None:
    assert not formula_safe(value).startswith(("=", "@", "\t", "\r"))
    assert formula_safe(value).removeprefix("'") == value.removeprefix("'")


@pytest.mark.parametrize("number", ["-12,50", "+31", "-7", "+1.000,00"])
def test_numbers_stay_numbers(number: str) -> None:
    assert formula_safe(number) == number


def test_a_symbolic_link_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    copied(desk)
    folder = casefiles.folder_of(desk.tenant.folder, REF)
    (folder / "kopie-2.zip").symlink_to(tmp_path / "elders")
    copied(desk)
    assert not (folder / "kopie-2.zip").is_symlink()
    assert not (tmp_path / "elders").exists()


# --- on its way ------------------------------------------------------------------------------------


def letter_of(desk: Desk, state: LetterState) -> Letter:
    with desk.tenant.store.unit() as unit:
        [found] = [one for one in unit.letters(state) if one.template == "package"]
    return found


def test_the_copy_waits_for_a_second_person_and_then_leaves_for_the_known_address(desk: Desk) -> None:
    copied(desk, by="anna")
    desk.round()
    assert letter_of(desk, LetterState.HELD).to == KNOWN
    with pytest.raises(Refused, match="F-11"):
        releasing.release(desk.tenant, f"{REF}:package:1", desk.clock())
    with pytest.raises(Refused, match="F-11"):
        act(desk, events.StepSettled("anna", "second_look"))
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    [mail] = [mail for mail in desk.mails_to(KNOWN) if "Kopie" in mail["Subject"]]
    [part] = list(mail.iter_attachments())
    assert (part.get_content_type(), part.get_filename()) == ("application/zip", f"{REF}-gegevens.zip")
    assert "overzicht.html" in zipfile.ZipFile(io.BytesIO(part.get_payload(decode=True))).namelist()


def test_who_made_the_copy_is_told_what_somebody_else_types(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, contact_name="Anna", deputy_name="Dee Puty")
    copied(desk, by="anna")
    with pytest.raises(Refused, match=f"mailbot done {REF} second_look --by 'Dee Puty'`"):
        act(desk, events.StepSettled("anna", "second_look"))


def test_a_copy_that_left_answers_the_access_request(desk: Desk) -> None:
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    case = case_of(desk)
    assert case.work.package_sent_at == desk.clock()
    assert [item.outcome for item in case.items] == [Outcome.GRANTED]
    assert all(deadline.met_at for deadline in case.deadlines)


def test_a_copy_meets_no_term_while_another_right_is_undecided(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("anna", (Kind.ACCESS, Kind.RESTRICTION)))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    assert case_of(desk).work.package_sent_at
    assert not any(deadline.met_at for deadline in case_of(desk).deadlines)


def test_a_copy_that_is_too_large_for_mail_waits_with_a_clear_word(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, package_max_bytes=500)
    copied(desk)
    assert letter_of(desk, LetterState.HELD).why.startswith("too large for mail: ")
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    assert letter_of(desk, LetterState.HELD)


def test_a_company_that_observes_sends_no_copy(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, mode="observe")
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    assert letter_of(desk, LetterState.OBSERVED)
    assert desk.mails_to(KNOWN) == []


def test_a_stranger_gets_no_copy(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, "vreemd@mail.test"))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    with pytest.raises(Refused, match="C-02"):
        copied(desk)


def test_a_copy_is_not_made_before_the_searches_are_done(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    with pytest.raises(Refused, match=r"look_up:webwinkel.*B-35"):
        copying.make_copy(desk.tenant, case_of(desk), "", "anna", REPLIES, desk.clock())


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ({"origins": ()}, "origins"),
        ({"automated_decisions": ""}, "automated_decisions"),
        ({"processors": (Processor("X", "Y", outside_eu="VS: vul hier in welke"),)}, "safeguard"),
        ({"processors": (Processor("Dienst zonder naam", "E-mail"),)}, "name this processor"),
    ],
)
def test_an_explanation_with_gaps_is_never_sent(tmp_path: Path, gap: dict[str, Any], told: str) -> None:
    desk = a_desk(tmp_path, **gap)
    with pytest.raises(Refused, match=told):
        copied(desk)


def test_a_source_that_cannot_be_read_stops_the_copy(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").unlink()
    with pytest.raises(TryLater, match="Put the export there"):
        copied(desk)


def test_the_customer_export_itself_goes_into_the_copy_where_no_source_names_it(desk: Desk, tmp_path: Path) -> None:
    export = CustomerSource("csv", tmp_path / "klanten.csv")
    desk.tenant.company = replace(desk.tenant.company, customers=export)
    found = opened(copied(desk))
    assert found["csv/klantgegevens.csv"].decode("utf-8-sig").split() == ["id;e-mail", f"1001;{KNOWN}"]


def test_so_does_the_row_of_the_customers_database_and_nobody_else_s(desk: Desk, tmp_path: Path) -> None:
    where = tmp_path / "winkel.db"
    line = sqlite3.connect(where)
    line.execute("create table klanten(klantnr, mail, naam)")
    people = [("1001", KNOWN, "Piet"), ("1002", KNOWN, "Els"), ("1003", "x@y.test", "X")]
    line.executemany("insert into klanten values(?, ?, ?)", people)
    line.commit()
    line.close()
    query = "select klantnr, mail, naam from klanten"
    columns = (("id", "klantnr"), ("email", "mail"))
    database = CustomerSource("sql", url=lambda: f"sqlite:///{where}", query=query, columns=columns)
    desk.tenant.company = replace(desk.tenant.company, customers=database)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    desk.tenant.__dict__["customers"] = SqlCustomers(database)
    rows = opened(copied(desk))["csv/klantgegevens.csv"].decode("utf-8-sig").split()
    assert rows == ["klantnr;mail;naam", f"1001;{KNOWN};Piet"]


def test_a_copy_of_files_alone_does_not_speak_of_tables_that_are_not_in_it(desk: Desk) -> None:
    desk.tenant.company = replace(desk.tenant.company, sources=())
    made = copied(desk)
    assert not [name for name in opened(made) if name.startswith("csv/")]
    assert "map csv" not in made.letter.text
    assert "map csv" not in opened(made)["overzicht.html"].decode()


# --- sources ---------------------------------------------------------------------------------------


def test_a_query_gets_its_values_bound_and_never_pasted(tmp_path: Path) -> None:
    a_desk(tmp_path)
    found = read(visits(tmp_path), Person(("' or 1=1 --",)))
    assert found.rows == ()


@pytest.mark.parametrize("person", [Person((KNOWN,), "0"), Person((KNOWN, "")), Person(("", " "), " ")])
def test_who_has_no_number_or_no_address_is_not_every_guest_of_an_export(tmp_path: Path, person: Person) -> None:
    guests = orders(tmp_path)
    assert guests.path
    guests.path.write_text(f"Klant,E-mail,Artikel\n0,,Kaviaar\n0,gast@klant.test,Blini\n,{KNOWN},Mes\n")
    assert [row[2] for row in read(guests, person).rows] == [article for article in ("Mes",) if KNOWN in person.emails]


def test_a_query_that_writes_is_refused(tmp_path: Path) -> None:
    a_desk(tmp_path)
    with pytest.raises(TryLater, match="SELECT"):
        read(replace(visits(tmp_path), query="delete from visits where email = :email"), Person((KNOWN,)))


def test_a_failing_query_tells_no_value(tmp_path: Path) -> None:
    a_desk(tmp_path)
    with pytest.raises(TryLater) as told:
        read(replace(visits(tmp_path), query="select nothing from nowhere where e = :email"), Person((KNOWN,)))
    assert KNOWN not in str(told.value)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    a_desk(tmp_path)
    with pytest.raises(TryLater, match='no column "mail"'):
        read(replace(orders(tmp_path), match_email="mail"), Person((KNOWN,)))


def test_a_file_that_is_not_there_cannot_be_attached(desk: Desk, tmp_path: Path) -> None:
    desk.round(a_raw_mail(ACCESS))
    with pytest.raises(Usage, match="No such file"):
        copying.attach(desk.tenant, REF, tmp_path / "weg.pdf", "Facturen", "", "anna", desk.clock())


def test_a_copy_can_be_taken_back_for_a_while_after_the_second_look(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, undo_minutes=10)
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round(minutes=5)
    assert not [mail for mail in desk.mails_to(KNOWN) if "Kopie" in mail["Subject"]]
    desk.round(minutes=6)
    assert [mail for mail in desk.mails_to(KNOWN) if "Kopie" in mail["Subject"]]


def test_the_letter_with_a_copy_names_what_it_answers_and_what_still_follows(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{ACCESS} {ERASURE}"))
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    act(desk, events.IdentityConfirmed("anna", "antwoordde vanaf het bekende adres"))
    text = " ".join(copied(desk).letter.text.split())
    assert "Het gaat om inzage in uw persoonsgegevens." in text
    assert (
        "Over de rest van uw bericht krijgt u apart antwoord, uiterlijk op woensdag 1 april 2026: - verwijdering"
        in text
    )


# --- what people read who work by mail -----------------------------------------------------------


def by_word(desk: Desk, subject: str, word: str) -> None:
    """The contact person answers the newest mail with this subject by a word."""
    mail = newest(desk, subject)
    desk.round(a_raw_mail(word, CONTACT, f"Re: {mail['Subject']}", 90, In_Reply_To=str(mail["Message-ID"])), hours=1)


def newest(desk: Desk, subject: str) -> EmailMessage:
    return next(mail for mail in reversed(desk.mails_to(CONTACT)) if subject in str(mail["Subject"]))


def working_by_mail(folder: Path) -> Desk:
    desk = a_desk(folder, trust_staff_mail=True, calendar=False)
    desk.round(a_raw_mail(ACCESS), at=local(2026, 3, 2, 10))
    return desk


def test_a_word_that_leaves_the_copy_to_be_made_is_answered_with_the_command_that_makes_it(tmp_path: Path) -> None:
    desk = working_by_mail(tmp_path)
    assert "mailbot copy" not in text_of(newest(desk, "Nieuw verzoek"))
    by_word(desk, "Nieuw verzoek", "GEDAAN")
    assert f"mailbot copy {REF} --tenant kaviaarshop" in text_of(newest(desk, "Gedaan: GEDAAN"))


def test_a_copy_that_waits_is_put_before_people_with_the_command_of_the_second_look_and_no_yes(tmp_path: Path) -> None:
    desk = working_by_mail(tmp_path)
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    copied(desk)
    desk.round(hours=1)
    said = text_of(newest(desk, "Een brief wacht"))
    assert f"mailbot done {REF} second_look --tenant kaviaarshop" in said
    assert ("AKKOORD" in said, "STOP" in said, "kijkt haar eerst na" in said) == (False, True, True)


def test_a_yes_to_a_copy_that_nobody_looked_at_is_refused_with_what_must_be_done(tmp_path: Path) -> None:
    desk = working_by_mail(tmp_path)
    act(desk, events.StepSettled("anna", "look_up", StepEnding.DONE, "gezocht"))
    copied(desk)
    desk.round(hours=1)
    by_word(desk, "Een brief wacht", "AKKOORD")
    said = text_of(newest(desk, "Niet gedaan: AKKOORD"))
    assert "moet haar eerst nakijken" in said
    assert f"mailbot done {REF} second_look --tenant kaviaarshop" in said
    assert letter_of(desk, LetterState.HELD)


@pytest.mark.parametrize("signals", [(), ("representative",)])
def test_the_data_of_who_asks_for_another_are_no_part_of_that_copy(signals: tuple[str, ...]) -> None:
    """A customer who writes for another customer: his own orders are not hers (C-11)."""
    her = "fleur@mail.test"
    mails = (CaseMail("a" * 64, "<1@x>", None, local(2026, 3, 2), KNOWN, "", "", authentic=True),)
    case = replace(
        a_case(Kind.ACCESS),
        requester=Address(KNOWN),
        known_email=her,
        identity="confirmed",
        signals=signals,
        mails=mails,
    )
    assert set(person_of(case).emails) == ({her} if signals else {her, KNOWN})


@pytest.mark.parametrize(("number", "recipient", "his"), [("1001", "", False), ("1001", KNOWN, True), ("", "", True)])
def test_of_a_customer_without_an_address_the_one_that_wrote_is_his_once_a_person_says_so(
    number: str, recipient: str, his: bool
) -> None:
    wrote = replace(a_case(Kind.ACCESS), requester=Address(KNOWN), known_email="", identity="confirmed")
    assert person_of(replace(wrote, customer_id=number, recipient=recipient)) == Person((KNOWN,) * his, number)


@pytest.mark.parametrize("checked", [True, False], ids=["his own", "forged"])
def test_a_yes_from_the_address_on_file_does_not_make_the_address_that_wrote_his(tmp_path: Path, checked: bool) -> None:
    """A customer puts a guest's address above his mail, names his own number and says yes himself."""
    letters = frozenset({"neutral", "confirmation"})
    desk, guest = Desk(tmp_path, authserv_ids=("mx.mail.test",), automatic=letters), "gast@elders.test"
    folder = tmp_path / "book.csv"
    folder.write_text(f"id;naam;e-mail\n1001;Klant;{KNOWN}\n", "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", folder))
    results = {"Authentication_Results": f"mx.mail.test; dmarc={'pass' if checked else 'none'}"}
    desk.round(a_raw_mail(f"{ACCESS} klantnummer 1001", guest, **results))
    question = str(desk.mails_to(KNOWN)[-1]["Message-ID"])
    desk.round(a_raw_mail("JA", KNOWN, number=2, In_Reply_To=question))
    case = case_of(desk)
    assert (case.identity, case.known_email) == ("confirmed", KNOWN)
    assert set(person_of(case).emails) == ({KNOWN, guest} if checked else {KNOWN})
    assert not_searched(case) == ("" if checked else guest)
