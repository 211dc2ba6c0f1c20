"""What another program writes is read back; what nobody should write is read without a fault, in bounded time."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formataddr

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mailbot.model import Mail
from mailbot.parse import moments, parse, smime
from mailbot.parse.encoded_words import clean
from mailbot.sender.screen import bounced_letter, screen

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="<>\u2028\u2029")
LINES = st.text(LETTERS, min_size=1, max_size=60).map(clean).filter(bool)
PLAIN = st.text(string.ascii_letters + "éèàçüöïëß€ ", min_size=1, max_size=40).map(clean).filter(bool)


def _is_decodable(text: str) -> bool:
    """Text that looks like an encoded word is one (RFC 2047), so nobody can tell it from text."""
    return "=?" not in text


@CALM
@given(subject=LINES.filter(_is_decodable), utf8=st.booleans())
def test_a_subject_that_the_standard_library_writes_is_read_back(subject: str, utf8: bool) -> None:
    message = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    message["From"], message["Subject"] = "jan@klant.test", subject
    message.set_content("Graag inzage.")
    assert parse(message.as_bytes(), AT).subject == subject


@CALM
@given(name=PLAIN.filter(lambda name: name.strip("' ") == name))
def test_a_sender_that_the_standard_library_writes_is_read_back(name: str) -> None:
    raw = f"From: {formataddr((name, 'jan@klant.test'))}\nSubject: x\n\nGraag inzage.\n".encode()
    sender = parse(raw, AT).sender
    assert sender is not None
    assert (sender.email, sender.name) == ("jan@klant.test", name)


@CALM
@given(
    names=st.lists(PLAIN.filter(lambda name: name == name.strip(" .")), max_size=4),
    sizes=st.lists(st.integers(0, 2_000), min_size=4, max_size=4),
)
def test_attachments_are_counted_named_and_measured(names: list[str], sizes: list[int]) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "jan@klant.test"
    message.set_content("Graag inzage in alles.")
    for name, size in zip(names, sizes, strict=False):
        message.add_attachment(b"x" * size, maintype="application", subtype="pdf", filename=name)
    found = parse(message.as_bytes(), AT).attachments
    expected = [(name, "application/pdf", size) for name, size in zip(names, sizes, strict=False)]
    assert [(part.name, part.type, part.size) for part in found] == expected


@CALM
@given(
    words=st.lists(PLAIN, min_size=1, max_size=6),
    charset=st.sampled_from(["utf-8", "iso-8859-15", "windows-1252"]),
    encoding=st.sampled_from(["quoted-printable", "base64", "8bit"]),
)
def test_text_is_read_back_from_every_encoding(words: list[str], charset: str, encoding: str) -> None:
    text = "Graag inzage: " + " ".join(words)
    message = EmailMessage(policy=SMTP)
    message["From"] = "jan@klant.test"
    message.set_content(text, charset=charset, cte=encoding)
    assert parse(message.as_bytes(), AT).text.split() == text.split()


PIECES = st.sampled_from(
    [
        b"From: jan@klant.test\r\n",
        b"From: <<>>,,;;:\r\n",
        b"Subject: =?utf-8?q?=\r\n =?x?b?!!!?=\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/alternative; boundary*0*=utf-8''%62\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: text/html; charset=utf-7\r\n",
        b"Content-Type: application/pkcs7-mime\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Disposition: attachment; filename*=x'y'%ff%\r\n",
        b"Date: maandag\r\nReceived: by ; ;\r\n",
        b"\r\n",
        b" \r\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"<div><blockquote type=cite><table><tr><td hidden>",
        b"Van: a@b.test\r\nVerzonden: maandag 3 november 2025 10:12\r\nAan: c\r\nOnderwerp: d\r\n",
        b"Op 3-11-2025 om 10:12 schreef a <a@b.test>:\r\n> ja\r\n",
        b"begin 644 x\r\n#0V%T\r\nend\r\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\r\n",
        b"MIAGCSqGSIb3DQEHAqCAMIACAQExAA==\r\n",
        b"\xff\xfe\x00=",
    ]
)


def read(raw: bytes) -> Mail:
    mail = parse(raw, AT, ("mx.klant.test",), ("els@klant.test",))
    screen(mail, ("info@klant.test",))
    bounced_letter(raw, "klant.test")
    return mail


@settings(max_examples=300, deadline=5_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.binary(max_size=30), max_size=40).map(b"".join))
def test_pieces_of_mail_in_any_order_are_read_without_a_fault(raw: bytes) -> None:
    mail = read(raw)
    assert not any(defect.startswith("unreadable") for defect in mail.defects)
    for value in (mail.subject, *(value for _, value in mail.headers), *(part.name for part in mail.attachments)):
        assert value.isprintable() or not set(value) & set("\r\n\0")
    assert (mail.sender is None) != (mail.claimed_from is None) or mail.claimed_from is None


@CALM
@given(st.binary(max_size=300))
def test_a_signature_of_any_bytes_is_read_or_refused(der: bytes) -> None:
    for raw in (der, bytes.fromhex("308006092a864886f70d010702a080") + der):
        found = smime.content(raw)
        assert found is None or found in raw


@CALM
@given(st.text(max_size=120))
def test_any_line_holds_a_moment_or_none(text: str) -> None:
    found = moments.written(text)
    assert found is None or 0 < found.year <= 9999


@CALM
@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)))
def test_a_moment_in_figures_is_read_back(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    assume(moment.day <= 28)
    assert moments.written(moment.strftime("%d-%m-%Y om %H:%M")) == moment
