"""Bytes to a mail: golden pairs, hostile input, damaged input."""

from __future__ import annotations

import base64
import hashlib
import random
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.model import Mail
from mailbot.parse import parse
from mailbot.sender.screen import bounced_letter, screen
from rig.cost import cost

MAILS = Path(__file__).parent / "mails"
NAMES = sorted(path.stem for path in MAILS.glob("*.eml"))
GIVEN = datetime(2025, 11, 10, 12, tzinfo=UTC)
RAWS = [(MAILS / f"{name}.eml").read_bytes() for name in NAMES]


def read(name: str) -> tuple[bytes, dict[str, Any]]:
    return (MAILS / f"{name}.eml").read_bytes(), tomllib.loads((MAILS / f"{name}.toml").read_text("utf-8"))


def seen(raw: bytes, mail: Mail, expected: dict[str, Any]) -> dict[str, Any]:
    """What the mail says about each thing that the golden file expects."""
    facts: dict[str, Any] = {
        "sender": mail.sender.email if mail.sender else "",
        "sender_name": mail.sender.name if mail.sender else "",
        "claimed": mail.claimed_from.email if mail.claimed_from else "",
        "reply_to": mail.reply_to.email if mail.reply_to else "",
        "forwarded_from": mail.forwarded_from.email if mail.forwarded_from else "",
        "forwarded_at": mail.forwarded_at.isoformat() if mail.forwarded_at else "",
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "quoted": mail.quoted,
        "quoted_has": expected.get("quoted_has", "") if expected.get("quoted_has", "") in mail.quoted else mail.quoted,
        "message_id": mail.message_id,
        "made_id": mail.message_id == f"<{hashlib.sha256(raw).hexdigest()[:32]}@no-message-id.invalid>",
        "references": list(mail.references),
        "attachments": [[part.name, part.type, part.size] for part in mail.attachments],
        "received_at": mail.received_at.isoformat(),
        "headers": {name: mail.header(name) for name in expected.get("headers", {})},
        "results": [value for name, value in mail.headers if name == "authentication-results"],
        "automatic": screen(mail, tuple(expected.get("own", []))) or "",
        "bounced": bounced_letter(raw, "bedrijf.example.nl") or "",
        "defects": list(mail.defects),
    }
    return {key: facts[key] for key in expected if key in facts}


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_mail_reads_as_expected(name: str) -> None:
    raw, expected = read(name)
    mail = parse(raw, GIVEN, tuple(expected.pop("own_hosts", [])))
    told = seen(raw, mail, expected)
    expected.pop("own", None)
    assert told == expected


def test_there_are_at_least_three_hundred_golden_mails() -> None:
    assert len(NAMES) >= 300


def test_the_key_is_the_hash_of_the_bytes() -> None:
    assert parse(b"From: a@b.nl\n\nx", GIVEN).key == hashlib.sha256(b"From: a@b.nl\n\nx").hexdigest()


def test_the_moment_is_told_in_utc() -> None:
    local = datetime(2025, 11, 10, 13, tzinfo=timezone(timedelta(hours=1)))
    assert parse(b"\n", local).received_at == GIVEN
    assert parse(b"\n", local).received_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_taken_as_utc() -> None:
    assert parse(b"\n", datetime(2025, 11, 10, 12)).received_at == GIVEN


def test_no_bytes_at_all_become_a_mail() -> None:
    assert parse(b"", GIVEN).defects == ("no sender", "no message id", "empty")


def test_a_header_is_cut_but_results_of_authentication_stay_longer() -> None:
    raw = b"From: a@b.nl\nX-Loop: " + b"a" * 3_000 + b"\nAuthentication-Results: " + b"b" * 3_000 + b"\n\nx"
    mail = parse(raw, GIVEN)
    assert (len(mail.header("x-loop")), len(mail.header("authentication-results"))) == (500, 2_000)


def test_a_sender_cannot_write_the_facts_of_a_delivery_report() -> None:
    mail = parse(b"From: a@b.nl\nDSN-Action: failed\nCalendar-Method: request\n\nx", GIVEN)
    assert mail.header("dsn-action") == mail.header("calendar-method") == ""


def nested(count: int) -> bytes:
    level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    return b"From: a@b.nl\r\n" + b"".join(level % (number, number) for number in range(count)) + b"\r\nx"


def in_html(page: bytes) -> bytes:
    return b"From: a@b.nl\r\nContent-Type: text/html\r\n\r\n" + page


def many_parts(part: bytes, count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n" + part + b"\r\n") * count + b"--b--"


#: What each is called, and how it is made: all of them at once are 300 MB.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "10,000 nested parts": lambda: nested(10_000),
    "30 MB under 25 nested parts": lambda: nested(25) + b"x\r\n" * 10_000_000,
    "10,000 enclosed mails": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 10_000 + b"x",
    "1 MB To": lambda: (
        b"To: " + b", ".join(b'"a" <a%d@x.test>' % n for n in range(50_000)) + b"\r\nFrom: a@b.nl\r\n\r\nx"
    ),
    "1 MB To, folded": lambda: (
        b"To: " + b",\r\n ".join(b"<a%d@x.test>" % n for n in range(50_000)) + b"\r\nFrom: a@b.nl\r\n\r\nx"
    ),
    "100,000 headers": lambda: b"X-A: b\r\n" * 100_000 + b"From: a@b.nl\r\n\r\nx",
    "100,000 senders": lambda: b"From: a@b.nl\r\n" * 100_000 + b"\r\nx",
    "300 kB of parentheses": lambda: b"From: " + b"(" * 300_000 + b" a@b\r\n\r\nx",
    "15,000 encoded words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 15_000 + b"\r\n\r\nx",
    "15,000 unfinished words": lambda: b"Subject: " + b"=?utf-8?q?" * 15_000 + b"\r\n\r\nx",
    "10,000 parts": lambda: many_parts(b"\r\nx", 10_000),
    "490 pages": lambda: many_parts(b"Content-Type: text/html\r\n\r\n" + b"<p>a" * 10_000, 490),
    "25 MB attachment": lambda: many_parts(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(bytes(25 << 20)),
        1,
    ),
    "60 MB of text": lambda: b"From: a@b.nl\r\n\r\n" + b"hallo daar\r\n" * 5_000_000,
    "5 MB line": lambda: b"From: a@b.nl\r\n\r\n" + b"a " * 2_500_000,
    "5 MB header line": lambda: b"A" * 5_000_000,
    "200,000 blank lines": lambda: b"From: a@b.nl\r\n\r\n" + b"\r\n" * 200_000 + b"x",
    "30 million line ends": lambda: b"\n" * 30_000_000,
    "10 MB of zeros": lambda: bytes(10_000_000),
    "a million open tags": lambda: in_html(b"<div><b>" * 500_000),
    "a wide table": lambda: in_html(
        b"<table><tr><td>" + b"A" * 500_000 + b"</td></tr>" + b"<tr><td>b</td></tr>" * 20_000
    ),
    "a style of a million blanks": lambda: in_html(b'<div style="padding-left:9999999em">x</div>' * 1_000),
    "100,000 hidden neighbours": lambda: in_html(b"a<br hidden>" * 100_000),
    "far above quotes in HTML": lambda: in_html(b"<br>" * 100_000 + b"<blockquote></blockquote>" * 500),
    "deep quotes in HTML": lambda: in_html((b"<blockquote type=cite>" + b"x\n<br>" * 300) * 200),
    "20,000 pieces of a name": lambda: (
        b"Content-Type: a/b; " + b"".join(b"name*%d=x;" % n for n in range(20_000)) + b"\r\n\r\nx"
    ),
    "a number of 10,000 digits": lambda: b"Content-Type: a/b; name*" + b"9" * 10_000 + b"=x\r\n\r\nx",
    "punycode": lambda: b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 500_000,
    "surrogates in UTF-7": lambda: b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+2AA-" * 100_000,
    "5,000 forwards": lambda: (
        b"From: a@b.nl\r\n\r\n" + b"------ Forwarded message ------\r\nFrom: a@b.nl\r\nDate: y\r\nTo: z\r\n\r\n" * 5_000
    ),
    "boundaries everywhere": lambda: b'Content-Type: multipart/mixed; boundary="-"\r\n\r\n' + b"--" * 10_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_costs_bounded_time_and_text(name: str) -> None:
    raw, read = HOSTILE[name](), list[Mail]()
    assert cost(lambda: read.append(parse(raw, GIVEN))) < 1_200
    mail = read[0]
    assert len(mail.text) + len(mail.quoted) <= 1_100_000
    assert len(mail.to) <= 200
    assert len(mail.attachments) <= 600
    mail.text.encode()
    mail.subject.encode()


@pytest.mark.parametrize(
    "name", ["10,000 nested parts", "1 MB To", "1 MB To, folded", "100,000 headers", "60 MB of text"]
)
def test_hostile_size_does_not_hide_the_sender(name: str) -> None:
    sender = parse(HOSTILE[name](), GIVEN).sender
    assert sender is not None
    assert sender.email == "a@b.nl"


def damaged(raw: bytes, seed: int) -> bytes:
    """The mail with a part cut off, bytes changed or a piece doubled."""
    rng = random.Random(seed)
    data = bytearray(raw)
    match seed % 3:
        case 0:
            del data[rng.randrange(1, len(data)) :]
        case 1:
            for _ in range(rng.randrange(1, 40)):
                data[rng.randrange(len(data))] = rng.choice(
                    [0, 10, 13, 34, 40, 58, 60, 61, 63, 128, 233, rng.randrange(256)]
                )
        case _:
            at, other = rng.randrange(len(data)), rng.randrange(len(data))
            data[at:at] = data[other : other + rng.randrange(400)]
    return bytes(data)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(RAWS), st.integers(0, 2**32))
def test_a_damaged_mail_still_becomes_a_mail(raw: bytes, seed: int) -> None:
    mail = parse(damaged(raw, seed), GIVEN, ("mx.bedrijf.example.nl",))
    assert not any(
        defect.startswith("unreadable ") or defect == "unreadable" for defect in mail.defects if "html" not in defect
    )
    assert mail.message_id.startswith("<")
    assert mail.received_at <= GIVEN
    assert "\n" not in mail.subject
    screen(mail, ("privacy@bedrijf.example.nl",))


@given(st.binary(max_size=2_000))
def test_any_bytes_become_a_mail(raw: bytes) -> None:
    mail = parse(raw, GIVEN)
    assert mail.key == hashlib.sha256(raw).hexdigest()
    assert parse(raw, GIVEN) == mail


HEADER_SIGNS = st.text(alphabet=st.sampled_from('ab@.<>(),;:"\\ =?utf8qb-éé'), max_size=120)


@given(HEADER_SIGNS, HEADER_SIGNS)
def test_a_crafted_header_gives_one_clean_address_or_none(sender: str, subject: str) -> None:
    mail = parse(f"From: {sender}\r\nSubject: {subject}\r\n\r\nx".encode(), GIVEN)
    if mail.sender is not None:
        assert mail.sender.email.count("@") == 1
        assert not set(mail.sender.email) & set(' <>(),;:"\\\r\n')


def test_a_deep_stack_does_not_stop_the_reading() -> None:
    def deep(left: int) -> Mail:
        return deep(left - 1) if left else parse(RAWS[0], GIVEN)

    assert deep(850).key == parse(RAWS[0], GIVEN).key


def test_ordinary_mail_is_read_fast() -> None:
    raws = [raw for raw in RAWS if len(raw) < 20_000]
    assert cost(lambda: [parse(raw, GIVEN) for raw in raws * 3]) / (len(raws) * 3) < 0.06


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r'"Jansen, Jan \"JJ\"" <jan@x.nl>', 'Jansen, Jan "JJ"'),
        ('""Jan Jansen"" <jan@x.nl>', "Jan Jansen"),
        ("Jan <@a.nl,@b.nl:jan@x.nl>", "Jan"),
        ("'Jan' <jan@x.nl>", "Jan"),
    ],
)
def test_the_name_of_the_writer_is_what_he_wrote(written: str, name: str) -> None:
    mail = parse(f"From: {written}\nSubject: x\n\nWis mij.\n".encode(), GIVEN)
    assert (shown := mail.sender or mail.claimed_from) is not None
    assert (shown.email, shown.name) == ("jan@x.nl", name)


def test_a_mail_that_was_saved_with_blanks_before_its_first_field_keeps_that_field() -> None:
    mail = parse(b" \n\tFrom: Jan <jan@x.nl>\nSubject: x\n\nWis mij.\n", GIVEN)
    assert mail.sender is not None
    assert mail.sender.email == "jan@x.nl"
