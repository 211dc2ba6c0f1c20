"""Numbers of identity papers are blotted out at the door: found where they are, nowhere else, and kept nowhere."""

from __future__ import annotations

import logging
import random
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, text_of

from builders import a_mail
from company import KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.customers import Customers
from mailbot.model import Address, Attachment, Defect
from mailbot.sender import redaction
from mailbot.sender.redaction import find, is_bsn, is_nir, is_rrn, masked, redacted
from mailbot.store import TinyStore

MRZ_PASSPORT = (
    "P<NLDDE<BRUIJN<<WILLEKE<LISELOTTE<<<<<<<<<<<\nSPECI20142NLD6503101F2403096999999990<<<<<84"  # the public specimen
)
MRZ_CARD = "I<NLDSPECI20142999999990<<<<<8\n6503101F2403096NLD<<<<<<<<<<<8\nDE<BRUIJN<<WILLEKE<LISELOTTE<<"


def a_bsn(chance: random.Random) -> str:
    return next(number for _ in range(1000) if is_bsn(number := f"{chance.randrange(10**8, 10**9)}"))


def a_rrn(chance: random.Random) -> str:
    born = f"{chance.randrange(50, 99)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
    first = f"{born}{chance.randrange(1, 998):03d}"
    return f"{first}{97 - int(first) % 97:02d}"


def a_nir(chance: random.Random) -> str:
    first = (
        f"{chance.choice('12')}{chance.randrange(50, 99)}{chance.randrange(1, 13):02d}{chance.randrange(1, 96):02d}"
        f"{chance.randrange(1, 990):03d}{chance.randrange(1, 990):03d}"
    )
    return f"{first}{97 - int(first) % 97:02d}"


# --- what is found -------------------------------------------------------------------------------


def test_the_eleven_test_tells_a_bsn_from_a_slip() -> None:
    assert is_bsn("123456782")
    assert not any(is_bsn(wrong) for wrong in ("123456783", "12345678", "000000000", "1234567820"))


def test_the_belgian_number_needs_a_date_and_its_check() -> None:
    assert is_rrn("85073003328")
    assert not any(is_rrn(wrong) for wrong in ("85073003329", "85133003328", "8507300332"))


def test_a_belgian_born_after_2000_counts_with_a_two_before_his_number() -> None:
    assert is_rrn("17073003384")


def test_the_french_number_has_a_key_also_in_corsica() -> None:
    assert is_nir("255081416802538")
    assert is_nir("280062A00400150") == (97 - 2800619004001 % 97 == 50)
    assert not is_nir("255081416802539")


def with_key(first: str) -> str:
    """The Belgian number that begins like this."""
    return f"{first}{97 - int(first) % 97:02d}"


@pytest.mark.parametrize(
    ("born", "is_one"),
    [
        ("851231", True),
        ("850031", True),  # the month is not known
        ("851200", True),  # nor is the day
        ("853231", True),  # a foreigner's, his sex not known: the month plus 20
        ("855231", True),  # his sex known: plus 40
        ("851331", False),
        ("853331", False),
        ("855331", False),
        ("857231", False),
        ("851232", False),
    ],
)
def test_the_date_in_the_belgian_number_is_a_day_or_unknown_and_a_foreigners_month_is_twenty_or_forty_more(
    born: str, is_one: bool
) -> None:
    assert is_rrn(with_key(f"{born}033")) is is_one


@pytest.mark.parametrize(
    ("month", "is_one"),
    [
        *((month, True) for month in ("01", "12", "20", "42", "50", "99")),
        *((month, False) for month in ("00", "13", "19", "43", "49")),
    ],
)
def test_the_month_in_the_french_number_may_say_that_it_is_not_known(month: str, is_one: bool) -> None:
    first = f"255{month}14168025"
    assert is_nir(f"{first}{97 - int(first) % 97:02d}") is is_one


def test_a_foreigners_belgian_number_counts_only_with_its_name_as_it_looks_like_a_telephone_number() -> None:
    number = with_key("853231033")
    assert find(f"Bereikbaar: {number}") == ()
    assert [one.kind for one in find(f"rijksregisternummer {number}")] == ["rrn"]
    assert [one.kind for one in find(f"Dit ben ik: {with_key('851231033')}")] == ["rrn"]


@pytest.mark.parametrize("account", ["NL91ABNA0123456782", "NL91 ABNA 0123 4567 82", "BE71 0961 2345 6769"])
def test_an_account_number_beside_words_of_proof_is_left_alone(account: str) -> None:
    assert find(f"Als bewijs dat ik het ben: {account}") == ()


@pytest.mark.parametrize(
    "before", ["Legitimatie NR10 en", "Legitimatie AB12 ook wel", "Ik legitimeer mij, zie U2 99 of"]
)
def test_words_that_only_look_like_an_account_number_hide_no_citizen_number(before: str) -> None:
    assert [one.kind for one in find(f"{before} 123456782")] == ["bsn"]


@pytest.mark.parametrize("seed", range(100))
def test_numbers_are_found_however_they_are_written(seed: int) -> None:
    chance = random.Random(seed)
    bsn, rrn, nir = a_bsn(chance), a_rrn(chance), a_nir(chance)
    written = [
        f"Mijn BSN is {bsn}.",
        f"bsn: {bsn[:4]}.{bsn[4:6]}.{bsn[6:]}",
        f"burgerservicenummer ({bsn})",
        f"Als bewijs dat ik het ben: {bsn}",
        f"{rrn[:2]}.{rrn[2:4]}.{rrn[4:6]}-{rrn[6:9]}.{rrn[9:]}",
        f"rijksregisternummer {rrn}",
        f"mijn rijksregister: {rrn[:6]} {rrn[6:9]} {rrn[9:]}",
        nir,
        f"{nir[0]} {nir[1:3]} {nir[3:5]} {nir[5:7]} {nir[7:10]} {nir[10:13]} {nir[13:]}",
        f"numéro de sécurité sociale: {nir[:13]}",
    ]
    assert [text for text in written if not find(text)] == []


@pytest.mark.parametrize("zone", [MRZ_PASSPORT, MRZ_CARD])
def test_a_machine_readable_zone_is_blotted_out_whole(zone: str) -> None:
    left = masked(f"Dit staat er:\n{zone}\nGroet")
    assert not any(line in left for line in zone.splitlines())
    assert left.startswith("Dit staat er:")
    assert left.endswith("Groet")


@pytest.mark.parametrize("before", ["", "Zie mijn paspoort: ", "> "])
def test_a_zone_is_found_in_the_middle_of_a_line_too(before: str) -> None:
    [line, _] = MRZ_PASSPORT.splitlines()
    assert [one.kind for one in find(f"{before}{line} klopt dit?")] == ["mrz"]
    assert "BRUIJN" not in masked(f"{before}{line} klopt dit?")


def test_a_line_of_a_zone_goes_only_with_the_line_beside_it_that_is_filled_and_only_where_it_has_digits() -> None:
    filled, plain = MRZ_PASSPORT.splitlines()[0], "SPECI20142NLD6503101F2403096999"
    assert masked(f"{plain}\n{filled}\n{plain}").count(redaction.REDACTED) == 3
    assert plain in masked(f"{plain}\n{'A' * 30}\n{filled}")
    assert "A" * 30 in masked(f"{'A' * 30}\n{filled}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("123456782, dat is mijn BSN", True),
        ("123456782 is mijn burgerservicenummer", True),
        (f"123456782 {'x' * 50} dat is mijn BSN", False),
        (f"Mijn paspoort {'x' * 60} 123456782", True),
        (f"Mijn paspoort {'x' * 90} 123456782", False),
    ],
)
def test_words_of_proof_count_shortly_before_a_number_and_right_behind_it(text: str, found: bool) -> None:
    assert bool(find(text)) is found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Mijn BSN is 123456782", "bsn"),
        ("ter identificatie 123456782", "bsn"),
        ("85.07.30-033.28", "rrn"),
        ("255081416802538", "nir"),
        ("paspoortnummer NPL12BCD3", "document"),
    ],
)
def test_each_number_is_told_by_its_kind(text: str, kind: str) -> None:
    assert [one.kind for one in find(text)] == [kind]


def test_the_number_of_a_paper_is_found_by_its_name() -> None:
    assert masked("paspoortnummer NPL12BCD3 en rijbewijsnummer: 5123456789") == (
        f"paspoortnummer {redaction.REDACTED} en rijbewijsnummer: {redaction.REDACTED}"
    )


@pytest.mark.parametrize("name", ["paspoort.jpg", "Kopie ID.pdf", "scan_identiteitskaart.png", "rijbewijs-voor.HEIC"])
def test_a_picture_named_as_a_paper_is_one(name: str) -> None:
    assert redaction.is_identity_file(Attachment(name, "image/jpeg", 5))


@pytest.mark.parametrize("name", ["factuur.pdf", "idee.jpg", "IMG_123.jpg", "identiek.pdf", "video.png", "idylle.jpg"])
def test_other_files_are_not(name: str) -> None:
    assert not redaction.is_identity_file(Attachment(name, "image/jpeg", 5))


# --- what is not ---------------------------------------------------------------------------------


def an_iban(chance: random.Random) -> str:
    country, account = chance.choice(
        [
            ("NL", f"ABNA{chance.randrange(10**10):010d}"),
            ("BE", f"{chance.randrange(10**12):012d}"),
            ("FR", f"{chance.randrange(10**23):023d}"),
        ]
    )
    digits = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    whole = f"{country}{98 - digits % 97:02d}{account}"
    return whole if chance.random() < 0.5 else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def a_phone(chance: random.Random) -> str:
    eight = f"{chance.randrange(10**8):08d}"
    return chance.choice(
        [
            f"06{eight}",
            f"06-{eight}",
            f"+316{eight}",
            f"316{eight}",
            f"0032 4{eight}",
            f"324{eight}",
            f"+32 4{eight[:2]} {eight[2:4]} {eight[4:6]} {eight[6:]}",
            f"0{eight[:2]} {eight[2:5]} {eight[5:7]} {eight[6:8]}",
            f"0033 {eight[0]} {eight[:2]} {eight[2:4]} {eight[4:6]} {eight[6:]}",
        ]
    )


def an_order(chance: random.Random) -> str:
    size = chance.randrange(4, 15)
    number = f"{chance.randrange(10**size):0{size}d}"
    year = chance.randrange(2015, 2027)
    return chance.choice(
        [number, f"#{number}", f"ORD-{number}", f"{year}{number[:6]}", f"{year}-{number}", number[:9].zfill(9)]
    )


@pytest.mark.parametrize("made", [an_order, a_phone, an_iban], ids=["order", "phone", "iban"])
@pytest.mark.parametrize(
    "sentence", ["{}", "Mijn nummer: {}", "Het gaat om {} en ik zal mij legitimeren als het moet."]
)
def test_fewer_than_one_in_a_hundred_other_numbers_are_taken_for_one(made: object, sentence: str) -> None:
    chance = random.Random(7)
    texts = [sentence.format(made(chance)) for _ in range(10_000)]  # type: ignore[operator]
    assert sum(bool(find(text)) for text in texts) < 100


@pytest.mark.parametrize("label", ["bestelnummer", "ordernummer", "klantnummer", "factuur", "telefoon", "kenmerk"])
def test_a_number_that_its_label_explains_is_left_alone_even_when_it_checks(label: str) -> None:
    assert find(f"Mijn identiteit blijkt uit {label} 123456782") == ()


def test_a_long_text_of_digits_costs_little() -> None:
    assert find("1 2 3 4 5 6 7 8 9 " * 20_000) == ()
    assert find("<" * 100_000) == ()
    assert find("bsn " * 50_000) == ()


# --- kept nowhere --------------------------------------------------------------------------------


def test_a_mail_loses_its_numbers_everywhere_and_says_so() -> None:
    mail = a_mail(
        subject="BSN 123456782",
        text="mijn bsn is 123456782",
        quoted="> bsn 123456782",
        attachments=(Attachment("paspoort_123456782.jpg", "image/jpeg", 9),),
    )
    clean, found = redacted(mail)
    assert "123456782" not in repr(clean)
    assert set(found) == {"bsn", "file"}
    assert Defect.PAPER_LEFT_OUT in clean.defects


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": Address("piet@klant.example", "Piet bsn 123456782")},
        {"reply_to": Address("piet@klant.example", "Piet bsn 123456782")},
        {"forwarded_from": Address("piet@klant.example", "Piet bsn 123456782")},
        {"attachments": (Attachment("bsn 123456782.txt", "text/plain", 9),)},
        {"quoted": "> bsn 123456782"},
        {"subject": "bsn 123456782"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_number_that_stands_in_one_place_only_is_blotted_out_there(changes: dict[str, Any]) -> None:
    clean, found = redacted(a_mail(**changes))
    assert ("123456782" in repr(clean), found) == (False, ("bsn",))


def test_a_mail_without_a_number_stays_as_it_is() -> None:
    mail = a_mail(text="Mijn bestelnummer is 123456782.")
    assert redacted(mail) == (mail, ())


NUMBERS = ("123456782", "85.07.30-033.28", "85073003328", "255081416802538", "NPL12BCD3", *MRZ_PASSPORT.splitlines())
ASKS = "Ik wil graag weten welke persoonsgegevens u van mij hebt."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(
        tmp_path / "state", automatic=frozenset({"acknowledgement", "neutral", "confirmation", "paper_not_needed"})
    )
    (tmp_path / "state").mkdir()
    desk.tenant.__dict__["store"] = TinyStore(tmp_path / "state")
    return desk


def state_holds(folder: Path, words: str) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and words.encode() in file.read_bytes()]


def test_no_seeded_number_is_in_any_file_of_the_state_folder_nor_in_a_letter_or_log(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seeded = (
        f"{ASKS} Mijn BSN is 123456782, rijksregister 85.07.30-033.28 (ook 85073003328), numéro de sécurité sociale "
        f"255081416802538, paspoortnummer NPL12BCD3.\n{MRZ_PASSPORT}\n"
    )
    desk.round(a_raw_mail(seeded, subject="BSN 123456782"))
    desk.round(a_raw_mail(f"Hier nog eens: bsn 123456782\n{MRZ_PASSPORT}", number=2, In_Reply_To="<1@klant.test>"))
    ref = desk.cases()[0].ref
    acting.act(desk.tenant, ref, events.Noted("els", "belde, noemde bsn 123456782"), desk.clock())
    desk.round()
    for number in NUMBERS:
        assert state_holds(tmp_path / "state", number) == [], number
        assert not any(number in mail.as_string() for _, _, mail in desk.left)
        assert number not in caplog.text
    assert state_holds(tmp_path / "state", "welke persoonsgegevens u van mij hebt") != []


def test_the_sender_is_told_at_once_and_again_in_a_further_mail(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{ASKS} Mijn BSN is 123456782."))
    desk.round(a_raw_mail("Mijn bsn: 123456782", number=2, In_Reply_To="<1@klant.test>"))
    first, second = desk.mails_to(KNOWN)
    assert "hebben wij niet nodig" in text_of(first)
    assert "Dat hebben wij niet nodig" in text_of(second)


def test_the_case_notes_only_the_fact(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{ASKS} Mijn BSN is 123456782."))
    [case] = desk.cases()
    assert any("not kept (C-10)" in remark for remark in case.remarks)
    assert "identity_document" in case.needs


def test_a_source_of_customers_offers_every_look_up() -> None:
    assert {"by_address", "by_number", "by_iban", "by_name"} <= set(dir(Customers))
