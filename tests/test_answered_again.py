"""An answer that came back, failed or was dropped is given again in other words: then the term is met, by those.

What is said before the answer meets no term.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, local, text_of

from company import ACCESS, KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts import undoing
from mailbot.errors import Refused
from mailbot.model import Case, Kind, LetterState, Outcome
from mailbot.outgoing import releasing


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("els", (Kind.PRIVACY_QUESTION,)))
    return desk


def answer(desk: Desk, text: str = "Wij bewaren facturen zeven jaar.") -> Case:
    return act(desk, events.Answered("els", text, Outcome.ANSWERED))


def is_met(desk: Desk) -> bool:
    deadline = case_of(desk).deadline("operating")
    return deadline is not None and deadline.met_at is not None


def test_an_answer_that_the_server_refused_is_met_by_the_next_one(desk: Desk) -> None:
    desk.refused.add(KNOWN)
    answer(desk)
    desk.round(hours=1)
    assert not is_met(desk)
    desk.refused.clear()
    answer(desk)
    desk.round(hours=1)
    assert is_met(desk)


def test_an_answer_that_a_person_dropped_is_met_by_the_next_one(desk: Desk) -> None:
    answer(desk)
    releasing.drop(desk.tenant, f"{REF}:answer:1", "anders gezegd", desk.clock())
    answer(desk, "Wij bewaren facturen tien jaar.")
    desk.round(hours=1)
    assert is_met(desk)
    assert "tien jaar" in text_of(desk.mails_to(KNOWN)[-1])


@pytest.mark.parametrize(
    "event",
    [
        events.Answered("els", "Wij bewaren facturen tien jaar.", Outcome.ANSWERED),
        events.Answered("els", "Wij zoeken het uit.", Outcome.OPEN),
        events.Replied("els", "question_answered", (("answer", ("Wij bewaren facturen tien jaar.",)),)),
    ],
    ids=["answer", "message", "reply"],
)
def test_a_letter_after_one_of_its_kind_that_was_dropped_leaves(desk: Desk, event: events.StaffActed) -> None:
    before = len(desk.mails_to(KNOWN))
    for _ in range(2):
        act(desk, event)
        [waiting] = desk.letters(LetterState.QUEUED)
        releasing.drop(desk.tenant, waiting.token, "anders gezegd", desk.clock())
    act(desk, event)
    desk.round(hours=1)
    assert len(desk.mails_to(KNOWN)) == before + 1


def test_a_message_that_is_taken_back_says_how_its_letter_is_dropped(desk: Desk) -> None:
    act(desk, events.Answered("els", "Wij zoeken het uit.", Outcome.OPEN))
    with desk.tenant.store.unit() as unit, pytest.raises(Refused, match="outbox drop"):
        undoing.take_back(unit, desk.tenant, REF, "els", desk.clock())


def test_an_answer_on_its_way_is_told_by_its_own_letter_whatever_is_written_beside_it(desk: Desk) -> None:
    answer(desk)
    assert answer(desk).items[0].letter == f"{REF}:answer:1"


def test_a_message_before_the_answer_meets_no_term_and_says_until_when_the_answer_comes(desk: Desk) -> None:
    for number in (1, 2):
        act(desk, events.Answered("els", f"Bericht {number}: wij zoeken het uit.", Outcome.OPEN))
        desk.round(hours=1)
    assert not is_met(desk)
    assert case_of(desk).items[0].outcome is Outcome.OPEN
    first, second = desk.mails_to(KNOWN)[-2:]
    assert ("Bericht 1:" in text_of(first), "Bericht 2:" in text_of(second)) == (True, True)
    text = " ".join(text_of(second).split())
    assert "nog niet beantwoord. U krijgt antwoord uiterlijk op woensdag 1 april 2026" in text
    answer(desk)
    desk.round(hours=1)
    assert is_met(desk)
