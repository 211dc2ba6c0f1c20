"""What stands in a file beside a few words, or only in a quote: doubt is for a person, what can be read is read."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local

from builders import AT
from company import ACCESS, BOX, CONTACT, KNOWN
from mailbot.model import Defect, Status
from mailbot.parse import attached_request, may_be_attached, parse, reading
from mailbot.preview import preview

PAPER = "Een kopie van mijn paspoort zit in de bijlage."
JPEG = ("image", "jpeg", "IMG_0412.jpg")
PDF = ("application", "pdf", "document.pdf")
MSG = ("application", "vnd.ms-outlook", "bericht.msg")
WORD = ("application", "octet-stream", "avg.docx")
LOGO = ("image", "png", "logo.png")
MONDAY: datetime = local(2026, 3, 2, 10)


def a_mail_with(text: str, *files: tuple[str, str, str], size: int = 300, enclosed: str = "") -> bytes:
    """A mail with files of so many bytes, and perhaps a mail inside it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = KNOWN, BOX, "vraag"
    message["Message-ID"] = "<1@klant.test>"
    message.set_content(text)
    for main, sub, name in files:
        message.add_attachment(b"x" * size, main, sub, filename=name)
    if enclosed:
        inner = EmailMessage()
        inner["From"], inner["Subject"] = KNOWN, "inzage"
        inner.set_content(enclosed)
        message.add_attachment(inner)
    return message.as_bytes()


def is_said_there(raw: bytes) -> bool:
    return Defect.WORDS_ELSEWHERE in parse(raw, AT).defects


def may_be_there(raw: bytes) -> bool:
    mail = parse(raw, AT)
    return may_be_attached(mail.text, mail.attachments)


_WITH_PAPER = [
    f"Graag inzage. {PAPER}",
    "Please delete my account. A copy of my driving licence is attached.",
    "Je demande l'accès à mes données. Ci-joint une copie de ma carte d'identité.",
    "Bitte löschen Sie mein Konto. Anbei eine Kopie meines Personalausweises.",
    "Wis alles.\nBijgevoegd: scan legitimatiebewijs\nJan",
]


@pytest.mark.parametrize("text", _WITH_PAPER)
def test_who_only_encloses_an_identity_paper_does_not_point_at_his_words_there(text: str) -> None:
    assert not is_said_there(a_mail_with(text, JPEG))


@pytest.mark.parametrize("text", _WITH_PAPER)
def test_unless_his_words_ask_something_plainly_they_may_be_there(text: str) -> None:
    assert may_be_there(a_mail_with(text, JPEG))


@pytest.mark.parametrize(
    "text",
    [
        f"Zie de bijlage. {PAPER}",
        "Mijn brief en een kopie van mijn paspoort zitten in de bijlage.",
        "Hierbij het formulier, met kopie rijbewijs.",
    ],
)
def test_who_points_at_a_letter_too_says_it_there(text: str) -> None:
    assert is_said_there(a_mail_with(text, PDF))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hierbij verzoek ik u om inzage in mijn gegevens.", False),
        ("Geachte,\n\nHierbij trek ik mijn toestemming in.", False),
        ("Hierbij stuur ik u mijn verzoek.", True),
        ("Hierbij ons verzoek.", True),
        ("Hierbij verzoek ik u om inzage, zie de bijlage.", True),
    ],
)
def test_who_asks_hereby_does_not_point_at_the_logo_below_his_name(text: str, told: bool) -> None:
    assert is_said_there(a_mail_with(text, LOGO)) is told


_BY_SCANNERS = [
    "Open het bijgevoegde document. Het is gescand en naar u verzonden met een Xerox-multifunctionele printer.",
    "Please open the attached document. It was scanned and sent to you using a Multifunction Printer.",
    'Deze e-mail is verzonden vanaf "RNP00267381" (MP C3004).\n\nScandatum: 03.11.2025 10:12\nVragen aan: a@b.example',
    "Device Name: Not Set\n\nFile Format: PDF\n\nAttached file is scanned image in PDF format.",
    "Bijgevoegd bestand is een gescande afbeelding in PDF-formaat.",
    "Ce document a été numérisé et vous a été envoyé par un système Xerox.",
    "Das Dokument wurde gescannt und an Sie gesendet.",
]
#: What scanners add: whose program shows the file, and whose name is a trade mark.
_ADVERT = "\n\nUse a reader of such files to view the document. It can be downloaded from the following address." * 4


@pytest.mark.parametrize("text", _BY_SCANNERS)
def test_however_much_a_scanner_writes_the_words_that_count_are_on_the_paper(text: str) -> None:
    assert may_be_there(a_mail_with(text + _ADVERT, PDF))


@pytest.mark.parametrize(
    "text", ["Ik heb de factuur gescand en betaald. " + "Dat was op maandag. " * 20, "Mijn scanner is stuk. " * 10]
)
def test_who_speaks_of_a_scanner_at_length_is_none(text: str) -> None:
    assert not may_be_there(a_mail_with(text, PDF))


@pytest.mark.parametrize("machine", [b"", b"Auto-Submitted: auto-generated\n"])
def test_a_scanned_paper_opens_a_case_for_a_person_and_that_is_what_is_foretold(tmp_path: Path, machine: bytes) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    raw = a_mail_with(_BY_SCANNERS[0] + _ADVERT, PDF).replace(b"Subject:", machine + b"Subject:", 1)
    assert preview(desk.tenant, raw, MONDAY, MONDAY)["status"] == Status.TRIAGE
    desk.round(raw)
    assert [case.needs[:1] for case in desk.cases()] == [("unreadable",)]


@pytest.mark.parametrize("file", [PDF, MSG, WORD])
@pytest.mark.parametrize("text", ["Alstublieft!\n\nJan", "Geachte,\n\nIk hoor graag van u.\n\nGroet, Jan"])
def test_a_few_words_that_tell_nothing_of_a_document_leave_doubt(text: str, file: tuple[str, str, str]) -> None:
    assert may_be_there(a_mail_with(text, file))


def test_a_large_picture_is_a_photo_and_a_small_one_a_logo() -> None:
    assert not may_be_there(a_mail_with("Alstublieft!", LOGO))
    assert may_be_there(a_mail_with("Alstublieft!", JPEG, size=200_000))


def test_an_enclosed_mail_beside_words_of_a_stranger_leaves_doubt() -> None:
    text = "Dag, deze mail stuurde ik eerder al. Kunt u antwoorden?"
    assert may_be_there(a_mail_with(text, enclosed="Wis mijn gegevens."))


def test_an_invoice_and_a_long_mail_leave_none() -> None:
    assert not may_be_there(a_mail_with("Hier is de factuur.", PDF))
    assert not may_be_there(a_mail_with("Ik schrijf u over van alles. " * 8 + PAPER, PDF))


def test_a_readable_request_with_an_identity_paper_is_answered_at_once_and_staff_still_look(tmp_path: Path) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    desk.round(a_mail_with(f"{ACCESS}. {PAPER}", JPEG))
    desk.round(hours=1)
    [case] = desk.cases()
    assert case.status is Status.OPEN
    assert [to for _, to, _ in desk.left] == [KNOWN, CONTACT]


def test_an_identity_paper_without_a_request_is_for_a_person(tmp_path: Path) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    desk.round(a_mail_with(f"Goedemiddag. {PAPER}", JPEG))
    [case] = desk.cases()
    assert (case.status, case.needs) == (Status.TRIAGE, ("unreadable",))


def test_a_mail_that_may_say_it_in_a_document_opens_a_case_although_its_words_ask_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    desk.round(a_mail_with("Alstublieft!", PDF))
    assert [case.needs for case in desk.cases()] == [("unreadable",)]
    assert [to for _, to, _ in desk.left] == [CONTACT]


def test_a_mail_that_was_enclosed_and_read_leaves_no_doubt(tmp_path: Path) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    desk.round(a_mail_with("Zie bericht.", enclosed="Wanneer komt mijn pakket?"))
    assert desk.cases() == []


@pytest.mark.parametrize(("to", "cases"), [(f"{BOX}, jan@klant.example", 0), (BOX, 1)])
def test_what_a_colleague_sends_to_somebody_and_copies_in_leaves_none(tmp_path: Path, to: str, cases: int) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    raw = a_mail_with("Alstublieft!", PDF).replace(KNOWN.encode(), b"els@mail.test", 1)
    desk.round(raw.replace(f"To: {BOX}".encode(), f"To: {to}".encode(), 1))
    assert len(desk.cases()) == cases


def test_a_machines_few_words_beside_a_document_open_no_case(tmp_path: Path) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    raw = a_mail_with("Goedemorgen.", PDF)
    desk.round(raw.replace(b"Subject:", b"Auto-Submitted: auto-generated\nSubject:", 1))
    assert desk.cases() == []


def test_a_request_in_a_mail_that_only_quotes_is_for_a_person(tmp_path: Path) -> None:
    """Somebody may send our own letter back by mistake."""
    desk = Desk(tmp_path, MONDAY, calendar=False)
    desk.round(a_mail_with(f"Op ma 2 mrt 2026 om 09:12 schreef Privacy <{BOX}>:\n> {ACCESS}\n"))
    assert [(case.status, case.needs[:1]) for case in desk.cases()] == [(Status.TRIAGE, ("unsure",))]


IN_RED = f"""Mijn antwoorden staan hieronder in het rood.

Van: Privacy <{BOX}>
Verzonden: maandag 2 maart 2026 09:12
Aan: Jan
Onderwerp: uw vraag

Wanneer bent u thuis?
Morgen.
"""
PASTED = f"""Goedemorgen, dit kreeg ik van u:

Van: Winkel <{BOX}>
Datum: 2 maart 2026 09:12
Onderwerp: De aanbieding van maart

Haal mij uit het bestand.
"""
LISTED = """Goedemorgen, zoals besproken.
> haal mij uit het bestand
> en bevestig dat

Jan
"""


@pytest.mark.parametrize(
    ("subject", "text"),
    [("Re: vraag", IN_RED), ("vraag", PASTED), ("vraag", LISTED)],
    ids=["in red", "pasted", "listed"],
)
def test_what_the_writer_may_have_put_into_a_quote_is_for_a_person(tmp_path: Path, subject: str, text: str) -> None:
    desk = Desk(tmp_path, MONDAY, calendar=False)
    desk.round(a_mail_with(text).replace(b"Subject: vraag", f"Subject: {subject}".encode(), 1))
    assert [(case.status, case.needs[:1]) for case in desk.cases()] == [(Status.TRIAGE, ("unsure",))]


def test_a_mail_without_file_quote_or_form_is_not_searched_for_what_points_at_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_POINTS", "_PROOF", "_TRADE", "_SCANNED"):
        monkeypatch.setattr(attached_request, name, None)  # whoever searches it fails
    for name in ("_ANSWERS_BELOW", "_BY_FORM"):
        monkeypatch.setattr(reading, name, None)
    raw = a_mail_with("Graag inzage in mijn gegevens.")
    assert parse(raw, AT).defects == ()
    assert not may_be_there(raw)
