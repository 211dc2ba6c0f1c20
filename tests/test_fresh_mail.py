"""A colleague writes a fresh mail, outside the thread, to an address of the person: an answer to his open case."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk, local

from company import ACCESS, BOX, ERASURE, KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.model import Case, LetterState, Outcome

ELSEWHERE, LOTTE = "prive@elders.test", "lotte@mail.test"
REPLY = "Dag, de kopie ligt voor u klaar."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Somebody wrote from another address than the one on file, and a colleague knows which customer he is."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, acknowledge_after=timedelta(hours=2))
    desk.round(a_raw_mail(ACCESS, sender=ELSEWHERE))
    acting.act(desk.tenant, "AVG-2026-0001", events.CustomerLinked("els", "1001", KNOWN, "gebeld"), desk.clock())
    return desk


def fresh(to: str, sender: str = LOTTE, text: str = REPLY, number: int = 5) -> bytes:
    return a_raw_mail(text, sender=sender, subject="Uw gegevens", number=number, to=to, Cc=BOX)


def case_of(desk: Desk) -> Case:
    return desk.cases()[0]


@pytest.mark.parametrize("sender", [BOX, LOTTE])
@pytest.mark.parametrize("to", [KNOWN, ELSEWHERE])
def test_to_the_address_on_file_as_to_the_one_that_he_wrote_from(desk: Desk, to: str, sender: str) -> None:
    desk.round(fresh(to, sender), minutes=5)
    assert case_of(desk).colleague_wrote_at == desk.clock()
    assert "answered_by_colleague" in case_of(desk).needs
    assert len(desk.cases()) == 1


def test_to_an_address_that_a_colleague_named_for_the_answer(desk: Desk) -> None:
    named = events.RecipientNamed("els", "advocaat@kantoor.test", "machtiging gezien", representative=True)
    acting.act(desk.tenant, "AVG-2026-0001", named, desk.clock())
    desk.round(fresh("advocaat@kantoor.test"), minutes=5)
    assert case_of(desk).colleague_wrote_at == desk.clock()


def test_what_goes_to_another_address_of_his_leaves_the_first_letter_where_he_wrote_from(desk: Desk) -> None:
    desk.round(fresh(KNOWN), minutes=5)
    desk.round(hours=3)
    assert len(desk.mails_to(ELSEWHERE)) == 1


def test_what_goes_where_he_wrote_from_overtakes_it(desk: Desk) -> None:
    desk.round(fresh(ELSEWHERE), minutes=5)
    desk.round(hours=3)
    assert desk.mails_to(ELSEWHERE) == []
    assert "a colleague wrote first" in {letter.why for letter in desk.letters(LetterState.DROPPED)}


def test_mail_to_a_customer_whose_case_is_closed_is_no_answer(desk: Desk) -> None:
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), desk.clock())
    desk.round(fresh(KNOWN), minutes=5)
    assert case_of(desk).colleague_wrote_at is None


def test_a_request_that_a_colleague_passes_on_in_words_of_his_own_still_opens_a_case(desk: Desk) -> None:
    desk.round(fresh(KNOWN, text=ERASURE), minutes=5)
    assert case_of(desk).colleague_wrote_at == desk.clock()
    assert len(desk.cases()) == 2


def test_a_mail_to_a_supplier_answers_nobody(desk: Desk) -> None:
    desk.round(fresh("verkoop@leverancier.test"), minutes=5)
    assert case_of(desk).colleague_wrote_at is None
