"""The words by which a document is found are those of the value that it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk

from company import ACCESS, ERASURE, MARKETING, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.model import Case, Letter, LetterState, Outcome
from mailbot.store import KEYS, stamp
from mailbot.store.codec import from_doc


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With open and closed cases, and letters in several states."""
    desk = Desk(tmp_path)
    desk.round(*(a_raw_mail(text, f"P{n}@Klant.test", number=n) for n, text in enumerate((ACCESS, ERASURE, MARKETING))))
    acting.act(desk.tenant, "AVG-2026-0002", events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), desk.clock())
    desk.change(mode="hold")
    desk.round(a_raw_mail(ACCESS, "q@klant.test", number=9), hours=1)
    desk.down = True
    desk.change(mode="automatic")
    desk.round(a_raw_mail(ACCESS, "r@klant.test", number=10), hours=1)
    return desk


def words_of_case(case: Case) -> set[tuple[str, str]]:
    words = {("all", case.ref), ("status", str(case.status)), *(("message", id) for id in case.thread)}
    words |= {("open", stamp(case.received_at))} if case.is_open else set()
    words |= {("next", stamp(case.next_at))} if case.next_at else set()
    words |= {("done", stamp(case.closed_at))} if case.closed_at and not case.is_open and not case.next_at else set()
    words |= {("forget", case.forget_on.isoformat())} if case.forget_on else set()
    return words | ({("address", case.requester.email.lower())} if case.requester else set())


def words_of_letter(letter: Letter) -> set[tuple[str, str]]:
    words = {("state", str(letter.state)), ("ref", letter.ref), ("message", letter.message_id)}
    if letter.state is LetterState.QUEUED and letter.next_try:
        words.add(("queue", stamp(letter.next_try)))
    if letter.audience == "requester" and letter.state is LetterState.SENT and letter.settled_at:
        words |= {("sent", stamp(letter.settled_at)), (f"sent:{letter.to.lower()}", stamp(letter.settled_at))}
    return words


def test_a_case_and_a_letter_are_found_by_what_they_say(desk: Desk) -> None:
    states = set()
    with desk.tenant.store.unit() as unit:
        for table, _, doc in unit.tables.everything():
            if table == "cases":
                case = from_doc(Case, doc)
                states.add(str(case.status))
                assert set(KEYS[table](doc)) == words_of_case(case)
            elif table == "letters":
                letter = from_doc(Letter, doc)
                states.add(str(letter.state))
                assert set(KEYS[table](doc)) == words_of_letter(letter)
    assert {"open", "closed", "sent", "held", "queued"} <= states


def test_a_document_of_an_older_form_has_the_words_that_it_can_have() -> None:
    case = {"ref": "AVG-2026-0001", "status": "closed", "received_at": "2026-03-02T09:00:00Z"}
    assert set(KEYS["cases"](case)) == {("all", "AVG-2026-0001"), ("status", "closed")}
