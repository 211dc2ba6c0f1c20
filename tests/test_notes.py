"""A colleague's note is never taken for a remark of the program, and is read as it was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import AT, STRANGER, a_case, after, arrived, sends
from mailbot import events
from mailbot.decide.notes import as_remark, as_typed
from mailbot.model import Kind, Pointer

#: What the program writes and reads again.
OURS = (
    "sent: cannot_identify",
    "sent: neutral",
    "bounced: neutral",
    "came back by post: identity_question",
    "receipt corrected: x",
    "identity asked",
    "extension decided",
    "restriction to be lifted",
    "breach, notify: x",
    "mentions AVG-2026-0009",
    "no letter to the sender: x",
    "stopped by the airlock",
    "answer may go to representative",
    "kinds corrected",
)


@pytest.mark.parametrize("words", OURS)
def test_a_note_in_the_programs_words_is_none_of_its_remarks(words: str) -> None:
    noted = after(a_case(Kind.ACCESS), events.Noted("els", words))
    assert not noted.remarks[-1].startswith(words)


def test_a_note_about_a_corrected_receipt_corrects_none() -> None:
    noted = after(a_case(Kind.ACCESS), events.Noted("els", "receipt corrected: door mij"))
    earlier = AT - timedelta(days=3)
    found = events.MailFoundAgain(noted.mails[0].key, Pointer("Privacy", 1, 2), junk=False, received_at=earlier)
    assert after(noted, found).received_at == earlier


def test_a_note_about_an_asked_proof_leaves_the_next_question_its_number() -> None:
    case = after(None, arrived(Kind.ACCESS, match=STRANGER))
    asked = events.IdentityAsked("els", "het adres is anders")
    noted = after(case, events.Noted("els", "identity asked: aan de telefoon"))
    assert [one.token for one in sends(noted, asked)] == [one.token for one in sends(case, asked)]


@given(st.text(max_size=60) | st.sampled_from(OURS) | st.sampled_from([f"note: {words}" for words in OURS]))
def test_a_note_is_read_as_it_was_typed(note: str) -> None:
    assert as_typed(as_remark(note)) == note
