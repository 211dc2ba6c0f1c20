"""One case that breaks the program costs no other its warning, and no letter its way out."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, local

from company import ACCESS, CONTACT, DEPUTY, KNOWN, a_raw_mail
from mailbot import clockwork, dispatch, events, worker
from mailbot.acts.acting import act
from mailbot.decide import decide as as_ever
from mailbot.errors import Broken, LoginRefused, TryLater
from mailbot.fulfil import leftovers
from mailbot.incoming import filing, watching
from mailbot.isolation import run_isolated
from mailbot.model import LetterState, Outcome
from mailbot.operation import alarms, canary
from mailbot.operation.crew import Liveness
from mailbot.outgoing import airlock_check, drafts, sent_copies
from mailbot.outgoing.notices import Notice

SECRET = "piet@klant.example"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)
    desk.round(*(a_raw_mail(ACCESS, number=number, sender=f"k{number}@elders.test") for number in range(3)))
    desk.forget_mails()
    return desk


def broken(*_: Any, **__: Any) -> Any:
    raise KeyError(SECRET)


def test_every_step_is_taken_and_the_first_trouble_told() -> None:
    done: list[int] = []

    def fails(error: Exception) -> None:
        done.append(1)
        raise error

    steps = [
        ("a", lambda: fails(TryLater("later"))),
        ("b", lambda: fails(KeyError(SECRET))),
        ("c", lambda: done.append(1)),
    ]
    with pytest.raises(TryLater, match="later"):
        run_isolated(steps)
    assert len(done) == 3


def test_what_broke_is_told_by_its_kind_and_place_and_never_by_its_words() -> None:
    with pytest.raises(Broken) as told:
        run_isolated([("AVG-2026-0001", broken)])
    assert "AVG-2026-0001: the program failed (KeyError at test_isolation.py:" in str(told.value)
    assert SECRET not in str(told.value)


def test_a_case_that_breaks_the_program_costs_no_other_case_its_warning(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(case: Any, *rest: Any) -> Any:
        return broken() if case.ref == "AVG-2026-0001" else as_ever(case, *rest)

    monkeypatch.setattr(dispatch, "decide", decide)
    desk.clock.at = local(2026, 4, 13, 10)
    assert "AVG-2026-0001: the program failed" in worker.once(desk.tenant, desk.clock).trouble
    for person in (CONTACT, DEPUTY):
        assert sum("2 verzoeken wachten op u" in str(mail["Subject"]) for mail in desk.mails_to(person)) == 1


def test_a_round_of_which_a_step_breaks_still_sends_and_does_not_end_the_worker(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "identify_waiting", broken)
    desk._coming.append(a_raw_mail(ACCESS, number=9))
    done = worker.once(desk.tenant, desk.clock)
    assert "KeyError" in done.trouble
    assert SECRET not in done.trouble
    assert len(desk.mails_to(KNOWN)) == 1


def test_a_letter_that_the_airlock_cannot_read_stays_in_and_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(airlock_check, "_parts", broken)
    act(desk.tenant, "AVG-2026-0001", events.Answered("els", "Wij hebben niets van u.", Outcome.ANSWERED), desk.clock())
    desk.round(a_raw_mail(ACCESS, number=9), hours=1)
    [answer] = [letter for letter in desk.letters() if letter.template == "answer"]
    assert answer.state is LetterState.HELD
    assert len(desk.mails_to(KNOWN)) == 1


@pytest.mark.parametrize(
    ("where", "name"),
    [(canary, "check"), (alarms, "_raise_alarm"), (leftovers, "move_out")],
    ids=["the canary", "an alarm", "what is moved out"],
)
def test_a_part_of_the_round_that_breaks_stops_no_clock_and_no_letter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    monkeypatch.setattr(alarms, "_alarms", lambda *_: iter([Notice("unread", "unread:x")]))
    monkeypatch.setattr(where, name, broken)
    desk.clock.move(days=25)
    done = worker.once(desk.tenant, desk.clock)
    assert "KeyError" in done.trouble
    assert SECRET not in done.trouble
    assert CONTACT in {to for _, to, _ in desk.left}


def test_mails_are_moved_out_although_something_due_failed_and_never_where_the_mailbox_cannot_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    monkeypatch.setattr(leftovers, "move_out", lambda tenant: moved.append(tenant.id))
    monkeypatch.setitem(clockwork._ALSO_DUE, "warnings", broken)
    worker.once(desk.tenant, desk.clock)
    assert moved == [desk.tenant.id]

    def away(*_: object) -> int:
        raise TryLater("away")

    monkeypatch.setattr(watching, "take_in", away)
    worker.once(desk.tenant, desk.clock)
    assert moved == [desk.tenant.id]


def test_a_password_that_is_refused_is_tried_once_for_all_that_is_written_into_the_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, tried = Desk(tmp_path, local(2026, 3, 2, 10)), list[str]()

    def refusing(name: str, error: Exception) -> Any:
        def step(*_: object) -> int:
            tried.append(name)
            raise error

        return step

    for error, expected in ((LoginRefused("no"), ["put"]), (TryLater("later"), ["put", "file", "file"])):
        tried.clear()
        for module, name in ((drafts, "put"), (sent_copies, "file"), (filing, "file")):
            monkeypatch.setattr(module, name, refusing(name, error))
        worker.once(desk.tenant, desk.clock)
        assert tried == expected


def test_a_company_whose_memory_breaks_the_program_when_it_is_opened_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave, opened = threading.Event(), [broken, lambda: None]
    monkeypatch.setattr(desk.tenant, "claim", lambda: opened.pop(0)())
    for name in ("CLAIM_AGAIN", "FIRST_PAUSE"):
        monkeypatch.setattr(worker, name, 0.01)
    worker._serve(desk.tenant, desk.clock, leave, 0.01, Liveness(), lambda _: leave.set())
    assert opened == []
