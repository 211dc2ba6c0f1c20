"""A letter that waits for a person is put before one: once, whole, in working hours, no more a day than one reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import REF, Desk, local, text_of

from company import ACCESS, CONTACT, DEPUTY, a_raw_mail
from mailbot.model import SECOND_LOOK, DataPackage, LetterState
from mailbot.staff import heldletters

EVENING = local(2026, 3, 2, 21)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, local(2026, 3, 2, 10), mode="hold", calendar=False)


def put_before(desk: Desk) -> list[str]:
    """The subjects of the mails about letters that wait, which the contact person got by now."""
    return [str(mail["Subject"]) for mail in desk.mails_to(CONTACT) if "Een brief wacht" in str(mail["Subject"])]


def hold_anew(desk: Desk, why: str) -> None:
    with desk.tenant.store.unit() as unit:
        [held] = unit.letters(LetterState.HELD)
        unit.put_letter(replace(held, why=why))


def test_a_letter_is_put_before_people_once_however_long_it_waits(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    for _ in range(3):
        desk.round(days=1)
    assert len(put_before(desk)) == 1
    [held] = desk.letters(LetterState.HELD)
    [mail] = [one for one in desk.mails_to(CONTACT) if "Een brief wacht" in str(one["Subject"])]
    said = " ".join(text_of(mail).split())
    assert " ".join(held.text.split()) in said
    assert f"mailbot outbox release {held.token} " in said
    assert "De ontvangstbevestiging staat klaar en gaat pas weg als u het zegt." in said


@pytest.mark.parametrize(("away", "told"), [("", 0), ("contact_away", 1)])
def test_the_deputy_gets_it_too_only_while_the_contact_person_is_away(desk: Desk, away: str, told: int) -> None:
    if away:
        with desk.tenant.store.unit() as unit:
            unit.put_note(away, desk.clock().isoformat())
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=30)
    assert sum("Een brief wacht" in str(mail["Subject"]) for mail in desk.mails_to(DEPUTY)) == told


def test_a_letter_that_is_held_for_another_reason_is_put_before_people_again(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    hold_anew(desk, "taken back by a person")
    desk.round(hours=1)
    assert len(put_before(desk)) == 2


def test_what_comes_in_the_evening_is_put_before_people_in_the_morning(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS), at=EVENING)
    desk.round(hours=1)
    assert put_before(desk) == []
    desk.round(at=local(2026, 3, 3, 9, 1))
    assert len(put_before(desk)) == 1


def test_so_many_a_day_are_put_before_people_and_the_others_the_next_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heldletters, "MOST_A_DAY", 2)
    desk.round(*(a_raw_mail(f"{ACCESS} {n}", sender=f"p{n}@klant.test", number=n) for n in range(4)))
    desk.round(hours=1)
    told = [letter for letter in desk.letters() if letter.template == "letter_held"]
    assert len(told) == 2
    desk.round(days=1)
    desk.round(minutes=30)
    told = [letter for letter in desk.letters(LetterState.SENT) if letter.template == "letter_held"]
    assert len(told) == 4


def test_of_a_copy_in_parts_only_the_first_is_put_before_people(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    packed = DataPackage(f"{REF}:package:1", "els", desk.clock(), 100, 1, parts=3)
    with desk.tenant.store.unit() as unit:
        case, [held] = unit.case(REF), unit.letters(LetterState.HELD)
        assert case
        unit.put_case(replace(case, work=replace(case.work, packed=(packed,))))
        for token in packed.tokens:
            unit.put_letter(replace(held, token=token, template="package", message_id=f"<{token}>", why=SECOND_LOOK))
    assert heldletters.put_before_people(desk.tenant, desk.clock()) == 1
