"""Another contact person: what waited for the one who left goes to the one who came, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk, local

from company import ACCESS, CONTACT, DEPUTY, a_raw_mail

SUCCESSOR = "opvolger@staff.test"
NIGHT = local(2026, 3, 2, 22)
MORNING = local(2026, 3, 3, 9)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, NIGHT, calendar=False)


def succeed(desk: Desk, **people: str) -> None:
    desk.tenant.company = replace(desk.tenant.company, policy=replace(desk.tenant.policy, **people))


def test_a_mail_that_was_written_in_the_night_goes_to_the_contact_person_of_the_morning(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    assert desk.mails_to(CONTACT) == []
    succeed(desk, contact_email=SUCCESSOR, contact_name="Op Volger")
    desk.round(at=MORNING)
    assert desk.mails_to(CONTACT) == []
    assert len(desk.mails_to(SUCCESSOR)) == 1


def test_a_warning_that_waits_for_its_morning_goes_to_the_successor(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(at=MORNING)
    desk.forget_mails()
    desk.round(at=local(2026, 3, 25, 0, 30))  # seven days: the call waits for the morning
    assert desk.mails_to(CONTACT) == []
    succeed(desk, contact_email=SUCCESSOR)
    desk.round(at=local(2026, 3, 25, 9))
    assert desk.mails_to(CONTACT) == []
    [mail] = desk.mails_to(SUCCESSOR)
    assert "AVG-2026-0001" in str(mail["Subject"])


def test_what_waits_for_a_deputy_who_left_goes_to_the_contact_person(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(at=MORNING)
    desk.forget_mails()
    desk.down = True
    desk.round(at=local(2026, 3, 27, 9))  # three working days: the deputy hears it too, once the server answers
    succeed(desk, deputy_email="", deputy_name="")
    desk.down = False
    desk.round(hours=1)
    assert desk.mails_to(DEPUTY) == []
    assert len(desk.mails_to(CONTACT)) == 2


def test_an_address_that_is_typed_in_another_case_is_the_same_person(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    succeed(desk, contact_email=CONTACT.upper())
    desk.round(at=MORNING)
    assert [to for _, to, _ in desk.left if to.lower() == CONTACT] == [CONTACT]
