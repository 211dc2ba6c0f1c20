"""The airlock: nothing of another customer leaves, copies go only to a verified address, and clean letters pass."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from builders import KNOWN, STRANGER, a_case, a_policy, a_verdict, after
from company import KNOWN as CUSTOMER
from company import a_raw_mail
from mailbot import airlock, events
from mailbot.accounts import CustomerSource
from mailbot.acts import acting
from mailbot.airlock import Finding, Text
from mailbot.attachment_text import texts_of
from mailbot.customers import CsvCustomers
from mailbot.errors import Refused
from mailbot.model import Case, Enclosed, Kind, Letter, LetterState, Outcome, Processor
from mailbot.outgoing import airlock_check, releasing

NAMES = ("anna", "bram", "chris", "daan", "eva", "fleur", "guus", "hugo", "iris", "joost")


def iban(number: int) -> str:
    """A Dutch account number that checks."""
    account = f"BANK{number:010d}"
    digits = "".join(str(int(sign, 36)) for sign in f"{account}NL00")
    return f"NL{98 - int(digits) % 97:02d}{account}"


def book() -> list[dict[str, str]]:
    """Sixty customers as a shop exports them, one row per order, two customers in one household."""
    rows = []
    for number in range(60):
        name = f"{NAMES[number % 10]}{number // 10}"
        for order in range(3):
            rows.append(
                {
                    "klantnummer": f"K-{7000 + number * 13}",
                    "naam": f"{name.title()} Testpersoon",
                    "e-mail": f"{name}@klant{number}.example",
                    "postcode": f"{1000 + number}AB",
                    "bestelnummer": str(440_000 + number * 97 + order),
                    "iban": iban(3_000_000 + number * 7919),
                }
            )
    return rows


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> CsvCustomers:
    file = tmp_path_factory.mktemp("book") / "klanten.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(book()[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(book())
    return CsvCustomers(CustomerSource("csv", file))


def grouped(account: str) -> str:
    return " ".join(account[at : at + 4] for at in range(0, len(account), 4))


def package(rows: list[dict[str, str]], seed: str = "", place: str = "") -> list[Enclosed]:
    """A package as a person gets it: an overview to read, the same data to load, and the correspondence."""
    table = io.StringIO()
    writer = csv.DictWriter(table, [*rows[0], "besteld_op", "bedrag", "telefoon", "opmerking"], delimiter=";")
    writer.writeheader()
    full = [
        row | {"besteld_op": "2026-03-02", "bedrag": "55,12", "telefoon": "06-12345678", "opmerking": ""}
        for row in rows
    ]
    full[0]["opmerking"] = seed if place == "csv" else "bel aan bij de buren op 12"
    writer.writerows(full)
    me = rows[0]
    overview = (
        f"<h1>{me['naam']}</h1><p>Klant sinds 2019. Uw adres is {me['e-mail'].replace('@', '&#64;')}, "
        f"rekening {grouped(me['iban'])}. Vragen? privacy@mail.test of 010-1234567, KvK 24312345.</p>"
        f"<p>Verwerker: post@verwerker.example. {seed if place == 'html' else ''}</p>"
    )
    loaded = {"orders": full, "remarks": [seed if place == "json" else "geen"], "made_at": "2026-03-02T09:00:00Z"}
    return [
        Enclosed("overzicht.html", "text/html", overview),
        Enclosed("gegevens.csv", "text/csv", table.getvalue()),
        Enclosed("gegevens.json", "application/json", json.dumps(loaded)),
    ]


def answer(case: Case, text: str, *files: Enclosed, to: str = "") -> Letter:
    address = to or case.known_email
    return Letter(
        token=f"{case.ref}:answer:1",
        tenant=case.tenant,
        ref=case.ref,
        template="answer",
        to=address,
        audience="requester",
        subject=f"[{case.ref}] Antwoord op uw bericht",
        text=text,
        html="",
        message_id="<mailbot.1.2@mail.test>",
        enclosed=files,
    )


class Shop:
    """As much of a company as the airlock asks for."""

    def __init__(self, customers: CsvCustomers) -> None:
        self.customers, self.policy, self.folder = customers, a_policy(), Path()


def found_in(customers: CsvCustomers, case: Case, letter: Letter) -> tuple[Finding, ...]:
    shop: Any = Shop(customers)
    return airlock_check.findings(shop, letter, case)


def of_customer(rows: list[dict[str, str]]) -> Case:
    case = a_case(Kind.ACCESS)
    return replace(case, customer_id=rows[0]["klantnummer"], known_email=rows[0]["e-mail"])


def seeds(row: dict[str, str], chance: random.Random) -> str:
    """One detail of somebody else, in one of the forms in which it really slips in."""
    address, account = row["e-mail"], row["iban"]
    return chance.choice(
        [
            f"zie ook {address}",
            f"contact: {address.upper()}",
            f'<a href="mailto:{address.replace("@", "%40")}">mail</a>',
            address.replace("@", "&#64;"),
            f"betaald van {account}",
            f"betaald van {grouped(account)}.",
            f"IBAN {account.lower()}",
            f"bestelling {row['bestelnummer']}",
            f"#{row['bestelnummer']}, geretourneerd",
            f"/orders/{row['bestelnummer']}/factuur.pdf",
            f"klantnummer: {row['klantnummer']}",
            f"({row['klantnummer'].lower()})",
        ]
    )


def two_of(number: int) -> tuple[list[dict[str, str]], dict[str, str]]:
    rows = book()
    mine, other = number % 60, (number * 7 + 11) % 60
    if other == mine:
        other = (other + 1) % 60
    return rows[mine * 3 : mine * 3 + 3], rows[other * 3 + number % 3]


@pytest.mark.parametrize("number", range(200))
def test_a_package_with_one_detail_of_somebody_else_is_stopped(customers: CsvCustomers, number: int) -> None:
    rows, other = two_of(number)
    place = ("letter", "html", "csv", "json")[number % 4]
    seed = seeds(other, random.Random(number))
    case = of_customer(rows)
    text = f"Hierbij uw gegevens. {seed if place == 'letter' else ''}"
    found = found_in(customers, case, answer(case, text, *package(rows, seed, place)))
    assert found, (place, seed)


@pytest.mark.parametrize("number", range(200))
def test_a_clean_package_passes(customers: CsvCustomers, number: int) -> None:
    rows, _ = two_of(number)
    case = of_customer(rows)
    text = (
        f"Hierbij de kopie van uw gegevens, klantnummer {rows[0]['klantnummer']}, bestelling {rows[1]['bestelnummer']} "
        "van 2 maart 2026 (55,12 euro). Klachten: Autoriteit Persoonsgegevens, Postbus 93374, 2509 AJ Den Haag, "
        f"088 1805 250. U kunt ook schrijven aan info@shop.example. {number} regels, 2026-03-02."
    )
    assert found_in(customers, case, answer(case, text, *package(rows))) == ()


def test_what_is_told_of_a_finding_does_not_repeat_it(customers: CsvCustomers) -> None:
    rows, other = two_of(3)
    case = of_customer(rows)
    [finding] = found_in(customers, case, answer(case, f"zie {other['e-mail']}"))
    assert (finding.what, finding.where) == ("address", "letter")
    assert other["e-mail"] not in finding.shown


def test_an_address_that_two_of_one_household_share_is_no_strangers(tmp_path: Path) -> None:
    file = tmp_path / "k.csv"
    file.write_text("id,email\n1,thuis@klant.example\n2,thuis@klant.example\n")
    case = replace(a_case(Kind.ACCESS), customer_id="1", known_email="thuis@klant.example")
    source = CsvCustomers(CustomerSource("csv", file))
    assert found_in(source, case, answer(case, "uw adres is thuis@klant.example")) == ()


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name.replace("_", "."), text)
    return out.getvalue()


def test_a_zip_is_read_file_by_file_and_its_names_too() -> None:
    parts = list(texts_of("pakket.zip", "application/zip", zipped(a_csv="piet@klant.example", els_json="{}")))
    assert Text("a.csv", "piet@klant.example") in parts
    assert Text("els.json", "els.json") in parts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scan.pdf", b"%PDF-1.7"),
        ("foto.jpg", b"\xff\xd8"),
        ("kapot.zip", b"PK\x03\x04 no zip"),
        ("in.zip", zipped(inner_zip="PK")),
        ("naamloos.zip", zipped(a="naam;adres").replace(b"a.txt", b"\0.txt")),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_letter(name: str, content: bytes) -> None:
    assert [part.what for part in texts_of(name, "", content) if isinstance(part, Finding)] == ["unreadable"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@given(data=st.data())
def test_a_damaged_zip_stops_the_letter_and_nothing_else(method: int, data: st.DataObject) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        package.writestr("a.csv", "naam;adres\n" * 50)
    raw = bytearray(out.getvalue())
    for at in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=4)):
        raw[at] = data.draw(st.integers(0, 255))
    assert all(isinstance(part, Text | Finding) for part in texts_of("x.zip", "application/zip", bytes(raw)))


# --- where it may go -----------------------------------------------------------------------------


def granted(case: Case) -> Case:
    return replace(case, items=tuple(replace(item, outcome=Outcome.GRANTED) for item in case.items))


def against(letter: Letter, case: Case, **policy: Any) -> list[str]:
    return [finding.where for finding in airlock.wrong_recipient(letter, case, a_policy(**policy))]


def test_copies_go_to_the_address_on_file() -> None:
    case = granted(a_case(Kind.ACCESS, match=KNOWN))
    assert against(answer(case, "uw gegevens"), case) == []


def test_copies_never_go_to_an_address_that_nobody_proved() -> None:
    case = granted(a_case(Kind.ACCESS, match=STRANGER))
    assert against(answer(case, "uw gegevens", to="piet@klant.example"), case) == ["not_verified"]


def test_a_letter_never_goes_to_an_address_outside_the_case() -> None:
    case = a_case(Kind.ACCESS, match=KNOWN)
    assert against(answer(case, "x", to="els@elders.example"), case) == ["not_of_this_case"]


def test_copies_go_to_a_representative_only_once_a_person_recorded_the_mandate() -> None:
    case = granted(a_case(Kind.ACCESS, match=KNOWN))
    letter = answer(case, "de gegevens van mijn client", to="mr@advocaat.example")
    named = after(case, events.RecipientNamed("els", "mr@advocaat.example", "volmacht gezien", representative=True))
    assert (against(letter, case), against(letter, named)) == (["not_of_this_case"], [])


def test_who_writes_for_another_gets_no_copies_because_he_is_a_customer_himself() -> None:
    case = granted(a_case(verdict=a_verdict(Kind.ACCESS, signals=("representative",)), match=KNOWN))
    assert against(answer(case, "de gegevens van mijn man"), case) == ["not_verified"]


def test_another_address_of_the_person_needs_his_confirmation_first() -> None:
    with pytest.raises(Refused, match="C-04"):
        after(a_case(Kind.ACCESS, match=KNOWN), events.RecipientNamed("els", "nieuw@elders.example", "hij vroeg het"))


def test_copies_never_go_to_a_colleague() -> None:
    with pytest.raises(Refused, match="F-11"):
        after(a_case(Kind.ACCESS), events.RecipientNamed("els", "john@staff.example", "handig", representative=True))
    to_staff = replace(
        answer(a_case(Kind.ACCESS), "x", Enclosed("gegevens.csv", "text/csv", "")), audience="staff", to="a@b.c"
    )
    assert against(to_staff, a_case(Kind.ACCESS)) == ["staff_gets_no_copies"]


def test_the_old_work_address_of_a_former_colleague_gets_no_copies() -> None:
    case = granted(replace(a_case(Kind.ACCESS, match=KNOWN), signals=("former_employee",)))
    assert against(answer(case, "uw gegevens"), case) == ["not_verified"]


def test_a_processor_is_written_to_at_its_configured_address_only() -> None:
    case = a_case(Kind.ERASURE)
    letter = replace(answer(case, "wis klant 7"), audience="processor")
    held = (Processor("Mollie", "betalingen", contact="privacy@mollie.example"),)
    there = replace(letter, to="privacy@mollie.example")
    assert (against(letter, case, processors=held), against(there, case, processors=held)) == (
        ["unknown_processor"],
        [],
    )


# --- in the outbox -------------------------------------------------------------------------------

ACCESS = "Goedemorgen, ik wil graag weten welke persoonsgegevens u van mij hebt."
OTHER = "ander@mail.test"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    file = tmp_path / "customers.csv"
    file.write_text(f"id;naam;e-mail;bestelnummer\n1001;Klant;{CUSTOMER};5512\n1002;Ander;{OTHER};5513\n", "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", file))
    desk.round(a_raw_mail(ACCESS))
    desk.forget_mails()
    return desk


def answered(desk: Desk, text: str) -> Letter:
    [case] = desk.cases()
    acting.act(desk.tenant, case.ref, events.Answered("els", text, Outcome.GRANTED), desk.clock())
    desk.round()
    return next(letter for letter in desk.letters() if letter.template == "answer")


def test_an_answer_with_anothers_order_number_is_held_and_a_person_is_told_what_was_found(desk: Desk) -> None:
    stopped = answered(desk, "U bestelde 5513.")
    assert (stopped.state, desk.mails_to(CUSTOMER)) == (LetterState.HELD, [])
    [told] = desk.mails_to("contact@staff.test")
    assert "klant- of bestelnummer van een andere bekende klant" in str(told.get_body(("plain",)))
    assert "letter_stopped" in desk.cases()[0].needs


def test_a_stopped_answer_meets_no_term(desk: Desk) -> None:
    answered(desk, f"Zie {OTHER}.")
    assert all(deadline.met_at is None for deadline in desk.cases()[0].deadlines)


def test_releasing_without_a_reason_stops_it_again(desk: Desk) -> None:
    stopped = answered(desk, "U bestelde 5513.")
    releasing.release(desk.tenant, stopped.token, desk.clock())
    desk.round()
    assert desk.mails_to(CUSTOMER) == []


def test_a_person_can_let_it_pass_with_a_reason_that_stays_on_record(desk: Desk) -> None:
    stopped = answered(desk, "U bestelde 5513.")
    releasing.release(desk.tenant, stopped.token, desk.clock(), "els let it pass: zijn eigen tweede account")
    desk.round()
    assert len(desk.mails_to(CUSTOMER)) == 1
    assert any("tweede account" in letter.passed for letter in desk.letters(LetterState.SENT))
    assert "letter_stopped" not in desk.cases()[0].needs


def test_a_clean_answer_leaves(desk: Desk) -> None:
    assert answered(desk, f"U bestelde 5512. Uw adres: {CUSTOMER}.").state is LetterState.SENT


def test_an_answer_can_be_dropped_for_some_minutes(desk: Desk) -> None:
    desk.change(undo_minutes=10)
    waiting = answered(desk, "Dit had ik niet willen sturen.")
    assert waiting.state is LetterState.QUEUED
    desk.clock.move(minutes=9)
    desk.round()
    releasing.drop(desk.tenant, waiting.token, "dropped by els", desk.clock())
    desk.clock.move(minutes=9)
    desk.round()
    assert desk.mails_to(CUSTOMER) == []


def test_the_minutes_pass_and_it_leaves(desk: Desk) -> None:
    desk.change(undo_minutes=10)
    answered(desk, "Uw gegevens.")
    desk.clock.move(minutes=11)
    desk.round()
    assert len(desk.mails_to(CUSTOMER)) == 1


def test_customers_that_cannot_be_read_delay_the_answer_and_after_a_day_a_person_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "customers.csv").unlink()
    waiting = answered(desk, "U bestelde 5512.")
    assert waiting.state is LetterState.QUEUED
    desk.clock.move(hours=25)
    desk.round()
    assert desk.mails_to(CUSTOMER) == []
    assert "letter_stopped" in desk.cases()[0].needs


def test_a_letter_names_no_other_recipient_than_one(desk: Desk) -> None:
    answered(desk, "U bestelde 5512.")
    [mail] = desk.mails_to(CUSTOMER)
    assert [name for name in ("Cc", "Bcc", "Reply-To", "Resent-To") if mail[name]] == []
    assert str(mail["To"]) == CUSTOMER


def test_letters_of_our_own_fixed_words_need_no_customers(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").unlink()
    desk.round(a_raw_mail(ACCESS + " Nogmaals.", sender="nieuw@mail.test", number=2))
    assert len(desk.mails_to("nieuw@mail.test")) == 1


def test_a_letter_of_more_details_than_a_person_can_follow_is_known_as_such() -> None:
    many = " ".join(f"a{number}@klant.example" for number in range(airlock.MAX_DETAILS + 2))
    assert len(airlock.details_in([airlock.Text("letter", many)])) == airlock.MAX_DETAILS + 1
