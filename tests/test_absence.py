"""The deputy cannot be reached either: whoever else the settings name hears it, until the deputy gives a sign."""

from __future__ import annotations

import contextlib
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, local, text_of

from company import ACCESS, CONTACT, DEPUTY, KNOWN, UNCLEAR, Sorter, a_bounce, a_raw_mail
from mailbot import absence as absences
from mailbot import clockwork, events
from mailbot.acts import acting
from mailbot.classify import GENERAL, Rules
from mailbot.config import StaffMember
from mailbot.dispatch import decide_and_execute
from mailbot.model import Kind, Verdict
from mailbot.outgoing import unreachable

OWNER, OFFICE = "eigenaar@thuis.test", "beheer@kantoor.test"
SEVEN_DAYS = local(2026, 3, 25, 9)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    settings = {"trust_staff_mail": True, "calendar": False, "beyond": (OWNER, OFFICE)}
    desk = Desk(tmp_path, local(2026, 3, 2, 10), **settings)
    desk.round(a_raw_mail(ACCESS))
    desk.forget_mails()
    return desk


def absence(sender: str, mail: EmailMessage | None = None, number: int = 90) -> bytes:
    thread = {"In_Reply_To": str(mail["Message-ID"])} if mail else {}
    return a_raw_mail("Ik ben met vakantie.", sender=sender, number=number, Auto_Submitted="auto-replied", **thread)


class Broken(Sorter):
    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        raise ValueError("no mail can be sorted")


def contact_is_away(desk: Desk) -> None:
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(CONTACT, desk.mails_to(CONTACT)[0], number=80), hours=1)
    assert len(desk.mails_to(DEPUTY)) == 1


def deputy_is_away(desk: Desk) -> None:
    contact_is_away(desk)
    desk.round(absence(DEPUTY, desk.mails_to(DEPUTY)[0]), minutes=5)


def told(desk: Desk, who: str) -> list[str]:
    return [ref for mail in desk.mails_to(who) for ref in re.findall(r"^(AVG-\d+-\d+):", text_of(mail), re.MULTILINE)]


# --- the step at hand goes on --------------------------------------------------------------------


def test_an_absence_notice_of_the_deputy_gives_the_step_at_hand_to_everybody_else(desk: Desk) -> None:
    deputy_is_away(desk)
    assert (told(desk, OWNER), told(desk, OFFICE)) == (["AVG-2026-0001"], ["AVG-2026-0001"])


def test_an_absence_notice_that_answers_no_mail_of_ours_does_so_too(desk: Desk) -> None:
    contact_is_away(desk)
    desk.round(absence(DEPUTY), minutes=5)
    assert told(desk, OWNER) == ["AVG-2026-0001"]


def test_an_absence_notice_that_our_own_server_calls_forged_sends_nobody_s_steps_on(desk: Desk) -> None:
    desk.change(authserv_ids=("mx.mail.test",))
    forged = b"Authentication-Results: mx.mail.test; dmarc=fail header.from=staff.test\n"
    desk.round(forged + absence(CONTACT), forged + absence(DEPUTY, number=91))
    desk.round(at=SEVEN_DAYS)
    with desk.tenant.store.unit() as unit:
        assert not any(absences.is_away(unit, who) for who in ("contact", "deputy"))
    assert (told(desk, DEPUTY), told(desk, OWNER)) == ([], [])


def test_a_bounce_of_the_deputy_does_so_and_tells_the_contact_that_his_deputy_has_no_mail(desk: Desk) -> None:
    contact_is_away(desk)
    before = len(desk.mails_to(CONTACT))
    desk.round(a_bounce(str(desk.mails_to(DEPUTY)[0]["Message-ID"]), DEPUTY), minutes=5)
    desk.round(minutes=5)
    assert told(desk, OWNER) == ["AVG-2026-0001"]
    [notice] = desk.mails_to(CONTACT)[before:]
    assert "vervanger" in str(notice["Subject"])


def test_an_address_of_the_deputy_that_the_server_refuses_does_so(desk: Desk) -> None:
    desk.refused.add(DEPUTY)
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(CONTACT, desk.mails_to(CONTACT)[0], number=80), hours=1)
    desk.round(minutes=5)
    assert told(desk, OWNER) == ["AVG-2026-0001"]


def test_the_steps_of_a_mail_about_several_cases_all_go_on(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, number=2, sender="ander@klant.test"))
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(CONTACT, desk.mails_to(CONTACT)[-1], number=80), hours=1)
    desk.round(absence(DEPUTY, desk.mails_to(DEPUTY)[-1]), minutes=5)
    assert sorted(told(desk, OWNER)) == ["AVG-2026-0001", "AVG-2026-0002"]


def test_where_nobody_is_named_behind_the_contact_the_next_people_hear_of_his_absence(desk: Desk) -> None:
    desk.change(deputy_email="")
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(CONTACT, desk.mails_to(CONTACT)[0]), hours=1)
    assert told(desk, OWNER) == ["AVG-2026-0001"]


def test_while_the_contact_is_away_a_mail_that_nobody_can_read_is_told_to_the_deputy_at_once(desk: Desk) -> None:
    contact_is_away(desk)
    before = len(desk.mails_to(DEPUTY))
    desk.tenant.classifier = Broken()
    desk.round(a_raw_mail(ACCESS, number=2, sender="ander@klant.test"), minutes=5)
    [warning] = desk.mails_to(DEPUTY)[before:]
    assert "AVG-2026-0002" in str(warning["Subject"])


def test_while_the_contact_is_there_the_absence_of_a_deputy_who_was_not_called_tells_nobody_anything(
    desk: Desk,
) -> None:
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(DEPUTY), hours=1)
    assert desk.mails_to(OWNER) == []


def test_one_absence_that_is_told_twice_gives_nothing_twice(desk: Desk) -> None:
    deputy_is_away(desk)
    desk.round(absence(DEPUTY, desk.mails_to(DEPUTY)[0], number=92), hours=1)
    assert told(desk, OWNER) == ["AVG-2026-0001"]


# --- and the steps after it ----------------------------------------------------------------------


def test_while_both_are_away_the_next_people_hear_of_what_comes_after(desk: Desk) -> None:
    deputy_is_away(desk)
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=5, sender="nieuw@klant.test"), hours=1)
    desk.round(at=local(2026, 3, 26, 9))
    desk.round(at=local(2026, 3, 27, 9))
    assert set(told(desk, OWNER)) == {"AVG-2026-0001", "AVG-2026-0002"}


def test_a_breach_goes_on_at_once_also_at_night(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    deputy_is_away(desk)
    desk.forget_mails()
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: Verdict((Kind.BREACH_REPORT,), 0.99, "auto"))
    desk.round(a_raw_mail("Jullie lijst ligt op straat.", number=6), at=local(2026, 3, 28, 3))
    desk.round(minutes=1)
    assert told(desk, OWNER) == ["AVG-2026-0002"]


def test_a_deputy_who_gives_a_sign_is_called_again_and_the_next_people_no_more(desk: Desk) -> None:
    deputy_is_away(desk)
    back = a_raw_mail("GEZIEN", sender=DEPUTY, number=93, In_Reply_To=str(desk.mails_to(DEPUTY)[0]["Message-ID"]))
    desk.round(back, hours=1)
    desk.forget_mails()
    desk.round(at=local(2026, 3, 27, 9))
    assert (len(desk.mails_to(DEPUTY)), desk.mails_to(OWNER)) == (1, [])


def test_an_acknowledgement_on_the_machine_brings_the_deputy_back_too(desk: Desk) -> None:
    deputy_is_away(desk)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged(DEPUTY, ""), desk.clock())
    desk.forget_mails()
    desk.round(at=local(2026, 3, 27, 9))
    assert desk.mails_to(OWNER) == []


@pytest.mark.parametrize("name", ["root", "Willem de Wit", "", OWNER])
def test_who_is_neither_contact_nor_deputy_gives_no_sign_for_them_on_the_machine(desk: Desk, name: str) -> None:
    contact_is_away(desk)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged(name, ""), desk.clock())
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=5, sender="nieuw@klant.test"), hours=1)
    assert len(desk.mails_to(DEPUTY)) == 1


@pytest.mark.parametrize("name", ["Jo Contact", " jo contact ", CONTACT, CONTACT.upper()])
def test_the_contact_gives_his_sign_on_the_machine_by_name_or_address(desk: Desk, name: str) -> None:
    desk.change(contact_name="Jo Contact")
    contact_is_away(desk)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged(name, ""), desk.clock())
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=5, sender="nieuw@klant.test"), hours=1)
    assert desk.mails_to(DEPUTY) == []


@pytest.mark.parametrize(("contact", "deputy"), [("Jo Contact", "Dee Puty"), ("Dee Puty", "Dee Puty")])
def test_the_deputy_gives_no_sign_for_the_contact_nor_does_a_name_that_both_have(
    desk: Desk, contact: str, deputy: str
) -> None:
    desk.change(contact_name=contact, deputy_name=deputy)
    contact_is_away(desk)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged(deputy, ""), desk.clock())
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=5, sender="nieuw@klant.test"), hours=1)
    assert len(desk.mails_to(DEPUTY)) == 1


def test_whom_the_staff_file_gives_the_contact_s_address_is_the_contact_under_any_name(desk: Desk) -> None:
    contact_is_away(desk)
    desk.tenant.staff_member = StaffMember("jo", "Jo", triage=frozenset({"*"}), email=CONTACT)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged("Jo", ""), desk.clock())
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=5, sender="nieuw@klant.test"), hours=1)
    assert desk.mails_to(DEPUTY) == []


# --- what they may read and do -------------------------------------------------------------------


def test_what_the_next_people_read_names_no_requester_and_says_why_they_get_it(desk: Desk) -> None:
    deputy_is_away(desk)
    [mail] = desk.mails_to(OWNER)
    said = f"{mail['Subject']}\n{text_of(mail)}"
    assert KNOWN not in said
    assert "niet te bereiken" in said
    assert "AVG-2026-0001" in said
    assert len(list(mail.walk())) == len([part for part in mail.walk() if part.get_content_maintype() != "application"])


def test_the_next_people_get_no_calendar_entry_of_a_case_that_is_not_theirs(desk: Desk) -> None:
    desk.change(calendar=True)
    deputy_is_away(desk)
    for who, has_entry in ((OWNER, False), (DEPUTY, True)):
        parts = [part.get_content_type() for part in desk.mails_to(who)[0].walk()]
        assert ("text/calendar" in parts) is has_entry


def test_one_of_the_next_people_can_say_that_he_has_seen_it(desk: Desk) -> None:
    deputy_is_away(desk)
    code = re.search(r"GEZIEN AVG-2026-0001 [A-Z2-7-]{14}", text_of(desk.mails_to(OWNER)[0]))
    assert code
    thread = str(desk.mails_to(OWNER)[0]["Message-ID"])
    desk.round(a_raw_mail(code[0], sender=OWNER, number=94, In_Reply_To=thread), hours=1)
    assert any(step.startswith("seen:") for step in desk.cases()[0].alerted)


def test_a_bare_word_of_one_of_the_next_people_about_the_only_case_of_his_mail_counts_too(desk: Desk) -> None:
    deputy_is_away(desk)
    thread = str(desk.mails_to(OWNER)[0]["Message-ID"])
    desk.round(a_raw_mail("Gezien", sender=OWNER, number=96, In_Reply_To=thread), hours=1)
    assert any(step.startswith("seen:") for step in desk.cases()[0].alerted)


def test_one_of_the_next_people_decides_nothing_by_reply_and_is_told_so(desk: Desk) -> None:
    deputy_is_away(desk)
    thread = str(desk.mails_to(OWNER)[0]["Message-ID"])
    before = desk.cases()
    desk.round(a_raw_mail("KLAAR gebeld", sender=OWNER, number=95, In_Reply_To=thread), hours=1)
    assert [case.status for case in desk.cases()] == [case.status for case in before]
    assert "contactpersoon en de vervanger" in text_of(desk.mails_to(OWNER)[-1])


# --- many open cases -------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is killed."""


def many_open_cases(desk: Desk, count: int = 3) -> list[str]:
    """So many cases, each with a step that the contact person was warned of."""
    for number in range(2, count + 1):
        desk.round(a_raw_mail(ACCESS, number=number, sender=f"klant{number}@klant.test"))
    desk.round(at=SEVEN_DAYS)
    desk.forget_mails()
    return [case.ref for case in desk.cases()]


def test_on_the_path_of_the_absence_notice_no_open_case_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = many_open_cases(desk)
    with monkeypatch.context() as patch:
        patch.setattr(clockwork, "_ALSO_DUE", {})
        desk.round(absence(CONTACT, number=80), hours=1)
        assert (told(desk, DEPUTY), absence_of(desk, "contact")) == ([], "out of office")
    desk.round(minutes=1)
    assert (sorted(told(desk, DEPUTY)), absence_of(desk, "contact")) == (refs, "")


def test_a_worker_that_is_killed_among_many_cases_begins_anew_and_tells_each_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = many_open_cases(desk)
    ordinary, left = decide_and_execute, iter([True])

    def killed(unit: Any, tenant: Any, case: Any, event: Any, now: Any) -> Any:
        if not next(left, False):
            raise Killed
        return ordinary(unit, tenant, case, event, now)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(unreachable, "decide_and_execute", killed)
        desk.round(absence(CONTACT, number=80), hours=1)
    desk.round(minutes=1)
    desk.round(minutes=1)
    assert sorted(told(desk, DEPUTY)) == refs


def test_who_is_back_before_the_clock_got_to_his_steps_keeps_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many_open_cases(desk)
    with monkeypatch.context() as patch:
        patch.setattr(clockwork, "_ALSO_DUE", {})
        desk.round(absence(CONTACT, number=80), hours=1)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged(CONTACT, ""), desk.clock())
    desk.round(minutes=1)
    assert told(desk, DEPUTY) == []


def test_a_case_that_comes_in_after_the_steps_were_passed_on_is_none_of_them(desk: Desk) -> None:
    many_open_cases(desk)
    desk.round(absence(CONTACT, number=80), hours=1)
    assert absence_of(desk, "contact") == ""
    desk.forget_mails()
    desk.round(minutes=1)
    assert desk.mails_to(DEPUTY) == []


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two cases a round; and of which cases steps were passed on."""
    ordinary, cases = decide_and_execute, list[str]()

    def noted(unit: Any, tenant: Any, case: Any, event: Any, now: Any) -> Any:
        cases.append(case.ref)
        return ordinary(unit, tenant, case, event, now)

    monkeypatch.setattr(unreachable, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(unreachable, "decide_and_execute", noted)
    return cases


def test_one_round_passes_on_so_many_steps_and_the_next_goes_on_behind_them(desk: Desk, passed: list[str]) -> None:
    refs = many_open_cases(desk, 6)
    for number, so_far in enumerate((2, 4, 6, 6)):
        desk.round(*([] if number else [absence(CONTACT, number=80)]), minutes=1)
        assert passed == refs[:so_far]
    assert absence_of(desk, "contact") == ""
    assert sorted(told(desk, DEPUTY)) == refs, "each once, and all of them today"


def test_a_mail_that_comes_in_meanwhile_is_answered_before_the_next_part(desk: Desk, passed: list[str]) -> None:
    many_open_cases(desk, 5)
    desk.round(absence(CONTACT, number=80), minutes=1)
    desk.round(a_raw_mail(ACCESS, number=20, sender="nieuw@klant.test"), minutes=1)
    assert (len(desk.mails_to("nieuw@klant.test")), len(passed)) == (1, 4)


def test_a_worker_that_is_killed_between_two_parts_goes_on_behind_the_first(desk: Desk, passed: list[str]) -> None:
    refs = many_open_cases(desk, 6)
    desk.round(absence(CONTACT, number=80), minutes=1)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(absences, "begin_passing", killing)
        desk.round(minutes=1)
    assert passed == refs[:2]
    desk.round(minutes=1)
    desk.round(minutes=1)
    assert passed == refs
    assert sorted(told(desk, DEPUTY)) == refs


def test_one_step_that_cannot_be_passed_on_keeps_none_of_the_others_back_and_is_tried_again(
    desk: Desk, passed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = many_open_cases(desk, 5)
    ordinary = unreachable.decide_and_execute  # type: ignore[attr-defined]

    def refused(unit: Any, tenant: Any, case: Any, event: Any, now: Any) -> Any:
        if case.ref == refs[0]:
            raise ValueError(case.ref)
        return ordinary(unit, tenant, case, event, now)

    with monkeypatch.context() as patch:
        patch.setattr(unreachable, "decide_and_execute", refused)
        for number in range(5):
            worker_round(desk, *([] if number else [absence(CONTACT, number=80)]))
        assert (passed, absence_of(desk, "contact")) == (refs[1:], "out of office")
    desk.round(minutes=1)
    assert (passed, absence_of(desk, "contact")) == ([*refs[1:], refs[0]], "")


def test_who_is_back_between_two_parts_keeps_the_rest_and_another_absence_begins_anew(
    desk: Desk, passed: list[str]
) -> None:
    refs = many_open_cases(desk, 5)
    desk.round(absence(CONTACT, number=80), minutes=1)
    acting.act(desk.tenant, refs[0], events.Acknowledged(CONTACT, ""), desk.clock())
    desk.round(minutes=1)
    assert passed == refs[:2]
    desk.round(absence(CONTACT, number=81), hours=1)
    desk.round(minutes=1)
    desk.round(minutes=1)
    assert passed == [*refs[:2], *refs]


def test_the_steps_of_the_deputy_follow_those_of_the_contact(desk: Desk, passed: list[str]) -> None:
    refs = many_open_cases(desk, 3)
    desk.round(absence(CONTACT, number=80), absence(DEPUTY, number=81), minutes=1)
    for _ in range(4):
        desk.round(minutes=1)
    assert (absence_of(desk, "contact"), absence_of(desk, "deputy")) == ("", "")
    assert sorted(told(desk, OWNER)) == refs


def killing(*_: object) -> list[str]:
    raise Killed


def worker_round(desk: Desk, *mails: bytes) -> None:
    """A round that something stands in the way of."""
    with contextlib.suppress(AssertionError):
        desk.round(*mails, minutes=1)


def absence_of(desk: Desk, who: str) -> str:
    """Why his steps are still to be passed on."""
    with desk.tenant.store.unit() as unit:
        return absences.steps_left(unit, who)
