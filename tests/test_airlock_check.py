"""The airlock reads each letter once, however many wait in the queue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from company import CONTACT, KNOWN, START
from mailbot.model import Enclosed, Letter, LetterState
from mailbot.outgoing import airlock_check
from mailbot.store import TinyStore, Unit
from mailbot.store import unit as units
from mailbot.store.codec import from_doc
from mailbot.store.keys import KEYS

LATER = START + timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def a_letter(number: int, **changes: Any) -> Letter:
    """An answer that a person let go and that leaves tomorrow."""
    plain: dict[str, Any] = {
        "token": f"AVG-2026-{number:04d}:answer:1",
        "tenant": "kaviaarshop",
        "ref": f"AVG-2026-{number:04d}",
        "template": "answer",
        "to": KNOWN,
        "audience": "requester",
        "subject": "Antwoord",
        "text": "Wij hebben niets van u.",
        "html": "",
        "message_id": f"<{number}@mail.test>",
        "state": LetterState.QUEUED,
        "created_at": START,
        "next_try": LATER,
    }
    return Letter(**plain | changes)


def queue(desk: Desk, *letters: Letter) -> None:
    with desk.tenant.store.unit() as unit:
        for letter in letters:
            unit.put_letter(letter)


def letters_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many letters one look of the airlock takes out of the memory to see what it has to read."""
    read = list[Any]()

    def counted(form: Any, doc: Any) -> Any:
        read.append(form)
        return from_doc(form, doc)

    with monkeypatch.context() as patch:
        patch.setattr(units, "from_doc", counted)
        airlock_check.inspect_queue(desk.tenant, desk.clock())
    return read.count(Letter)


@pytest.mark.parametrize(
    "waiting",
    [
        {"audience": "staff", "template": "new_case", "to": CONTACT},
        {"audience": "staff", "template": "overdue", "enclosed": (Enclosed("a.ics", "text/calendar; method=PUBLISH"),)},
        {"template": "acknowledgement"},
        {"passed": airlock_check.CLEAN},
        {"state": LetterState.HELD},
    ],
)
def test_letters_that_need_no_reading_are_not_looked_at_however_many_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, waiting: dict[str, Any]
) -> None:
    queue(desk, *(a_letter(number, **waiting) for number in range(1, 41)))
    assert letters_read(desk, monkeypatch) == 0


@pytest.mark.parametrize(
    "new",
    [
        {},
        {"audience": "processor", "template": "processor"},
        {"audience": "staff", "template": "overdue", "enclosed": (Enclosed("a.csv", "text/csv", "1;2"),)},
    ],
)
def test_a_new_letter_is_read_before_its_time_and_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, new: dict[str, Any]
) -> None:
    queue(desk, *(a_letter(number, passed=airlock_check.CLEAN) for number in range(2, 20)), a_letter(1, **new))
    assert letters_read(desk, monkeypatch) > 0
    assert letters_read(desk, monkeypatch) == 0
    [read] = [one for one in desk.letters() if one.token == a_letter(1).token]
    assert read.passed == airlock_check.CLEAN or read.state is LetterState.HELD


@pytest.mark.parametrize("case", [True, False], ids=["with a case", "without one"])
def test_a_letter_that_an_older_program_queued_is_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: bool
) -> None:
    with monkeypatch.context() as older:
        older.setitem(KEYS, "letters", lambda doc: [("state", doc["state"]), ("ref", doc["ref"])])
        store = TinyStore(tmp_path)
        with store.unit() as unit:
            unit.put_letter(a_letter(1))
            if case:
                unit.tables.put("cases", "AVG-2026-0001", _a_case_of_then())
            _end_in_form_3(unit)
        store.close()
    store = TinyStore(tmp_path)
    with store.unit() as unit:
        found = [letter.token for letter in unit.letters_to_inspect()]
    store.close()
    assert found == [a_letter(1).token]


def _a_case_of_then() -> dict[str, Any]:
    case = {"ref": "AVG-2026-0001", "tenant": "kaviaarshop", "status": "open", "received_at": START.isoformat()}
    return {**case, "items": []}


def _end_in_form_3(unit: Unit) -> None:
    unit.put_note("form", "3")
