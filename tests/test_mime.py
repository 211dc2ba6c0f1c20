"""Whatever a letter says, its lines fit the wire and it is read back as it was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_policy
from mailbot.letters import to_bytes
from mailbot.model import Enclosed, Letter

NOW = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
WORDS = st.text(
    st.sampled_from("ab =-_.\t\n\r\f\u2028éß€🙂<>\"'/") | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=400,
)
LETTER = Letter(
    token="AVG-2026-0001:ack",
    tenant="winkel",
    ref="AVG-2026-0001",
    template="acknowledgement",
    to="klant@klant.example",
    audience="requester",
    subject="[AVG-2026-0001] Ontvangen",
    text="Dag.\n",
    html="<p>Dag.</p>\n",
    message_id="<mailbot.1.2@winkel.example>",
)


def sent(letter: Letter, folder: Path | None = None) -> bytes:
    return to_bytes(letter, a_policy(), NOW, folder)


def parts(raw: bytes) -> list[EmailMessage]:
    message = message_from_bytes(raw, policy=default)
    return [part for part in message.walk() if not part.is_multipart()]  # type: ignore[misc]


def lines(words: bytes) -> list[bytes]:
    return words.splitlines()


@given(WORDS, WORDS)
def test_words_are_read_back_line_by_line(text: str, html: str) -> None:
    read = parts(sent(replace(LETTER, text=text, html=html)))
    assert [lines(part.get_payload(decode=True)) for part in read] == [lines(text.encode()), lines(html.encode())]


@given(WORDS)
def test_no_line_of_a_body_is_longer_than_a_reader_must_take(text: str) -> None:
    _, _, body = sent(replace(LETTER, text=text * 3)).partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_a_file_goes_along_byte_for_byte(tmp_path: Path) -> None:
    content = bytes(range(256)) * 3 + b"\r\n.\r\n--=_mixed--\n"
    (tmp_path / "package").write_bytes(content)
    read = parts(sent(replace(LETTER, enclosed=(Enclosed("a.zip", "application/zip", file="package"),)), tmp_path))
    assert [part.get_filename() for part in read] == [None, None, "a.zip"]
    assert read[2].get_payload(decode=True) == content


def test_text_and_html_say_the_same_and_what_goes_along_stands_beside_them() -> None:
    def kinds(letter: Letter) -> list[str]:
        return [part.get_content_type() for part in message_from_bytes(sent(letter), policy=default).walk()]

    both = ["multipart/alternative", "text/plain", "text/html"]
    assert kinds(LETTER) == both
    along = replace(LETTER, enclosed=(Enclosed("a.ics", "text/calendar; method=REQUEST", "BEGIN:VCALENDAR"),))
    assert kinds(along) == ["multipart/mixed", *both, "text/calendar"]
    assert kinds(replace(LETTER, html="")) == ["text/plain"]


def test_words_that_look_like_a_boundary_end_no_part() -> None:
    fences = "--=_alternative\n--=_alternative--\n--=_mixed--\n"
    read = parts(sent(replace(LETTER, text=fences)))
    assert [part.get_content_subtype() for part in read] == ["plain", "html"]
    assert lines(read[0].get_payload(decode=True)) == lines(fences.encode())


@given(st.from_regex(r"[A-Za-z0-9_+.'=?-]{1,50}@[A-Za-z0-9.-]{1,40}", fullmatch=True), st.text(max_size=90))
def test_address_and_subject_are_written_as_the_email_package_writes_them(address: str, words: str) -> None:
    subject = "".join(sign for sign in " ".join(words.split()) if sign.isascii() and sign.isprintable()) or "x"
    subject = " ".join(subject.replace("=?", "= ?").split())
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=address)
    except Exception:
        with pytest.raises(ValueError, match="cannot be written"):
            sent(replace(LETTER, to=address))
        return
    message["Subject"] = subject
    wanted, _, _ = message.as_bytes().partition(b"\r\n\r\n")
    assert wanted in sent(replace(LETTER, to=address, subject=subject))
