"""Warnings to colleagues: bundled, patient in the night, acknowledged, and climbing when nobody is there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local, text_of

from builders import a_mail
from company import ACCESS, BOX, CONTACT, DEPUTY, ERASURE, KNOWN, MARKETING, UNCLEAR, Sorter, a_bounce, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.model import Address, Call, Kind, LetterState, Mail, Outcome, Verdict, WorkingHours
from mailbot.staff import calling

MONDAY = local(2026, 3, 2, 10)  # operating 1 April, act_by 1 April (Wednesday)
SEVEN_DAYS = local(2026, 3, 25, 9)
THREE_DAYS = local(2026, 3, 27, 9)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY, trust_staff_mail=True, calendar=False)


def open_cases(desk: Desk, count: int) -> None:
    desk.round(*(a_raw_mail(f"{ACCESS} ({n})", number=n, sender=f"p{n}@klant.test") for n in range(1, count + 1)))
    for n in range(1, count + 1):
        acting.act(desk.tenant, f"AVG-2026-{n:04}", events.IdentityConfirmed("els", "teruggebeld"), desk.clock())
    desk.forget_mails()


def answer(mail: EmailMessage, text: str, sender: str = CONTACT, **headers: str) -> bytes:
    quoted = "".join(f"> {line}\n" for line in text_of(mail).splitlines()[:4])
    body = f"{text}\n\nOp ma 2 mrt 2026 schreef Kaviaarshop:\n{quoted}"
    ours = str(mail["Message-ID"])
    return a_raw_mail(body, sender=sender, subject=f"Re: {mail['Subject']}", number=77, In_Reply_To=ours, **headers)


def waiting(desk: Desk) -> list[Call]:
    """The warnings that are written down and not mailed yet."""
    with desk.tenant.store.unit() as unit:
        return unit.calls_until(local(2027, 1, 1))


def breach(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = Verdict((Kind.BREACH_REPORT,), 0.99, "auto")
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: verdict)


# --- one mail per person and day -----------------------------------------------------------------


def test_one_case_that_is_due_is_a_mail_of_its_own(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    [mail] = desk.mails_to(CONTACT)
    assert str(mail["Subject"]).startswith("[AVG-2026-0001]")


def test_several_cases_that_are_due_are_one_mail_most_urgent_first(desk: Desk) -> None:
    open_cases(desk, 3)
    earlier = events.ReceiptCorrected("els", local(2026, 2, 25), "lay in the other box")
    acting.act(desk.tenant, "AVG-2026-0003", earlier, desk.clock())
    desk.round(at=SEVEN_DAYS)
    [mail] = desk.mails_to(CONTACT)
    assert "3 verzoeken" in str(mail["Subject"])
    found = re.findall(r"^(AVG-\d+-\d+):", text_of(mail), re.MULTILINE)
    assert found == ["AVG-2026-0003", "AVG-2026-0001", "AVG-2026-0002"]


def test_a_second_mail_on_one_day_waits_for_tomorrow_unless_its_deadline_does_not(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    sooner = events.ReceiptCorrected("els", local(2026, 2, 27), "x")  # act_by Friday the 27th: three days, today
    acting.act(desk.tenant, "AVG-2026-0002", sooner, desk.clock())
    desk.round(hours=1)
    assert len(desk.mails_to(CONTACT)) == 1
    desk.round(at=local(2026, 3, 26, 9))
    assert len(desk.mails_to(CONTACT)) == 2
    late = events.ReceiptCorrected("els", local(2026, 2, 2), "y")  # long over
    acting.act(desk.tenant, "AVG-2026-0001", late, desk.clock())
    desk.round(hours=1)
    assert len(desk.mails_to(CONTACT)) == 3


def test_a_second_mail_that_waits_for_tomorrow_waits_for_its_morning(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    acting.act(desk.tenant, "AVG-2026-0002", events.ReceiptCorrected("els", local(2026, 2, 27), "x"), desk.clock())
    desk.round(hours=1)
    desk.round(at=local(2026, 3, 26, 0, 30))
    assert len(desk.mails_to(CONTACT)) == 1
    assert {call.send_at for call in waiting(desk) if call.to == CONTACT} == {local(2026, 3, 26, 9)}


@pytest.mark.parametrize(("minute", "mails"), [(0, 2), (1, 1)])
def test_a_second_mail_leaves_today_where_the_deadline_is_no_later_than_tomorrows_mail(
    desk: Desk, minute: int, mails: int
) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    now, by = desk.clock(), local(2026, 3, 26, 9, minute)
    call = Call("AVG-2026-0002:overdue:x", "AVG-2026-0002", "overdue:2026-03-25", "overdue", CONTACT, now, now, by)
    with desk.tenant.store.unit() as unit:
        unit.put_call(call)
        unit.put_call(replace(call, token="AVG-2026-0001:overdue:x", ref="AVG-2026-0001", by=None))
    desk.round(hours=1)
    assert len(desk.mails_to(CONTACT)) == mails


def test_each_persons_mail_holds_his_own_warnings_only(desk: Desk) -> None:
    open_cases(desk, 2)
    acting.act(desk.tenant, "AVG-2026-0002", events.ReceiptCorrected("els", local(2026, 2, 27), "x"), desk.clock())
    desk.round(at=SEVEN_DAYS)  # three working days before the end of the second, of which the deputy hears
    [contacts], [deputys] = desk.mails_to(CONTACT), desk.mails_to(DEPUTY)
    assert "2 verzoeken" in str(contacts["Subject"])
    assert str(deputys["Subject"]).startswith("[AVG-2026-0002]")


def test_a_warning_whose_reason_is_gone_is_not_kept_for_later(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    assert waiting(desk) == []
    desk.change(hours=WorkingHours(start=datetime(2026, 1, 1, 11).time()))
    desk.round(at=THREE_DAYS)
    assert {call.to for call in waiting(desk)} == {CONTACT, DEPUTY}
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "taken back"), desk.clock())
    desk.round(at=local(2026, 3, 27, 12))
    assert waiting(desk) == []


def entries(mail: EmailMessage) -> list[str]:
    """The cases that a mail puts into its reader's calendar, one for each entry."""
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [ref for part in parts for ref in re.findall(r"^UID:(AVG-\d+-\d+)", part, re.MULTILINE)]


def test_a_mail_about_several_cases_brings_the_calendar_entries_of_each_and_one_about_a_single_case_its_own_once(
    desk: Desk,
) -> None:
    desk.change(calendar=True)
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    both = entries(desk.mails_to(CONTACT)[0])
    assert set(both) == {"AVG-2026-0001", "AVG-2026-0002"}
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "taken back"), desk.clock())
    desk.forget_mails()
    desk.round(at=THREE_DAYS)
    [alone] = [mail for mail in desk.mails_to(CONTACT) if "Klaar op" in str(mail["Subject"])]
    assert entries(alone) == [ref for ref in both if ref == "AVG-2026-0002"]


def test_after_an_outage_only_the_most_urgent_step_comes_and_says_when_it_was_due(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=local(2026, 3, 26, 14))
    [mail] = desk.mails_to(CONTACT)
    assert "wo 25-03-2026 09:00" in text_of(mail)


def test_a_warning_on_time_does_not_say_that_it_is_late(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    assert "had u moeten krijgen" not in text_of(desk.mails_to(CONTACT)[0])


def test_a_warning_an_hour_after_its_time_says_nothing_of_it_and_a_minute_later_it_does(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=local(2026, 3, 25, 10))
    assert "had u moeten krijgen" not in text_of(desk.mails_to(CONTACT)[0])
    desk.round(at=local(2026, 3, 27, 10, 1))
    assert "vr 27-03-2026 09:00" in text_of(desk.mails_to(CONTACT)[1])


def test_a_case_that_was_closed_while_its_warning_waited_is_not_warned_of(desk: Desk) -> None:
    desk.change(hours=WorkingHours(start=datetime(2026, 1, 1, 11).time()))
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "taken back"), desk.clock())
    desk.round(at=local(2026, 3, 25, 12))
    assert [mail for mail in desk.mails_to(CONTACT) if "Klaar op" in str(mail["Subject"])] == []


# --- hours ---------------------------------------------------------------------------------------


def test_a_mail_about_a_request_in_the_night_waits_for_the_morning(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR), at=local(2026, 3, 6, 23))
    assert desk.mails_to(CONTACT) == []
    desk.round(at=local(2026, 3, 8, 12))
    assert desk.mails_to(CONTACT) == []
    desk.round(at=local(2026, 3, 9, 9))
    assert "oordeel" in str(desk.mails_to(CONTACT)[0]["Subject"])


def test_a_breach_calls_at_once_day_and_night(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    breach(desk, monkeypatch)
    desk.round(a_raw_mail("lek"), at=local(2026, 3, 7, 3))
    assert "datalek" in str(desk.mails_to(CONTACT)[0]["Subject"])
    desk.round(at=local(2026, 3, 8, 3))
    assert len(desk.mails_to(CONTACT)) == 2


def test_an_overdue_case_is_told_in_the_weekend_too(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=local(2026, 4, 4, 9))  # a Saturday
    assert len(desk.mails_to(CONTACT)) == 1


def test_a_step_on_a_holiday_waits_for_the_next_working_day(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS), at=local(2026, 4, 1))  # act_by Friday 1 May; 14 days before is 17 April
    desk.change(ladder=(*desk.tenant.policy.ladder[:1],))
    desk.forget_mails()
    acting.act(desk.tenant, "AVG-2026-0001", events.ReceiptCorrected("els", local(2026, 3, 22), "x"), desk.clock())
    for hour in (9, 12):
        desk.round(at=local(2026, 4, 6, hour))  # Easter Monday; act_by is the 20th (a Monday)
    late = [at for at, to, mail in desk.left if to == CONTACT and "Klaar op" in str(mail["Subject"])]
    desk.round(at=local(2026, 4, 7, 9))
    assert late == []
    assert any("Klaar op" in str(mail["Subject"]) for mail in desk.mails_to(CONTACT))


# --- acknowledgement -----------------------------------------------------------------------------


def seen(desk: Desk, number: int = 0) -> list[str]:
    return [step for step in desk.cases()[number].alerted if step.startswith("seen:")]


@pytest.mark.parametrize("word", ["OK", "gezien", "Gezien!", "ok."])
def test_a_word_on_the_first_line_acknowledges_the_step(desk: Desk, word: str) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], word), hours=1)
    assert seen(desk) == ["seen:7-days:2026-03-25"]
    assert len(desk.cases()) == 1


@pytest.mark.parametrize("text", ["Is dit ok?", "Ik kijk er morgen naar", "Niet gezien"])
def test_other_words_acknowledge_nothing_and_open_nothing(desk: Desk, text: str) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], text), hours=1)
    assert (seen(desk), len(desk.cases())) == ([], 1)


def test_a_stranger_with_the_mail_in_hand_acknowledges_nothing(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], "OK", sender="vreemd@elders.test"), hours=1)
    assert seen(desk) == []


def test_a_colleague_without_the_mail_acknowledges_nothing(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    forged = a_raw_mail("OK", sender=CONTACT, subject="Re: [AVG-2026-0001] x", number=78, In_Reply_To="<mailbot.1@x>")
    desk.round(forged, hours=1)
    assert seen(desk) == []


@pytest.mark.parametrize(
    ("results", "believed"),
    [("mx.test; dmarc=pass", True), ("mx.test; dmarc=fail", False), ("other.test; dmarc=pass", False)],
)
def test_only_an_address_that_our_own_server_vouches_for_is_believed(desk: Desk, results: str, believed: bool) -> None:
    desk.change(trust_staff_mail=False, authserv_ids=("mx.test",))
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], "OK", Authentication_Results=results), hours=1)
    assert bool(seen(desk)) is believed


def test_without_a_server_that_vouches_a_setting_must_say_so(desk: Desk) -> None:
    desk.change(trust_staff_mail=False)
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], "OK"), hours=1)
    assert seen(desk) == []


def test_in_a_mail_about_several_cases_a_bare_word_acknowledges_none(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], "OK"), hours=1)
    assert seen(desk, 0) == seen(desk, 1) == []


def test_in_a_mail_about_several_cases_each_has_its_own_line(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    mail = desk.mails_to(CONTACT)[0]
    line = re.search(r"GEZIEN AVG-2026-0002 \S+", text_of(mail))
    assert line is not None
    desk.round(answer(mail, line[0]), hours=1)
    assert (seen(desk, 0), seen(desk, 1)) == ([], ["seen:7-days:2026-03-25"])


def test_a_code_of_one_case_does_not_open_another(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    mail = desk.mails_to(CONTACT)[0]
    line = re.search(r"GEZIEN AVG-2026-0002 (\S+)", text_of(mail))
    assert line is not None
    desk.round(answer(mail, f"GEZIEN AVG-2026-0001 {line[1]}"), hours=1)
    assert seen(desk, 0) == []


def test_an_acknowledged_step_is_over_but_the_later_ones_come(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(answer(desk.mails_to(CONTACT)[0], "OK"), hours=1)
    desk.forget_mails()
    for day in (27, 28, 29, 30, 31):
        desk.round(at=local(2026, 3, day))
    assert len([mail for mail in desk.mails_to(CONTACT) if "Klaar op" in str(mail["Subject"])]) == 2


def read(desk: Desk, sender: str = CONTACT, **changes: object) -> tuple[str, ...] | None:
    """What the program makes of a mail of this person: the cases it acknowledged, or None for no answer."""
    mail: Mail = a_mail(sender=Address(sender), **changes)
    with desk.tenant.store.unit() as unit:
        return calling.take_acknowledgement(unit, desk.tenant, mail, desk.clock())


def a_code(desk: Desk) -> str:
    """The line that acknowledges the first warning of the first case."""
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    line = re.search(r"GEZIEN AVG-2026-0001 \S+", text_of(desk.mails_to(CONTACT)[0]))
    assert line is not None
    return line[0]


def test_a_code_below_a_greeting_and_in_small_letters_acknowledges(desk: Desk) -> None:
    assert read(desk, text=f"Dag,\n\n{a_code(desk).lower()}\n\nGroet, John") == ("AVG-2026-0001",)


def test_a_code_is_worth_nothing_in_a_strangers_mail(desk: Desk) -> None:
    assert read(desk, "vreemd@elders.test", text=a_code(desk)) is None
    assert seen(desk) == []


def test_a_word_below_empty_lines_acknowledges_under_the_name_of_who_wrote_it(desk: Desk) -> None:
    a_code(desk)
    thread = (str(desk.mails_to(CONTACT)[0]["Message-ID"]),)
    assert read(desk, text="\n \nOK", references=thread) == ("AVG-2026-0001",)
    with desk.tenant.store.unit() as unit:
        assert unit.history("AVG-2026-0001")[-1].actor == CONTACT


def test_a_code_of_a_case_that_was_closed_meanwhile_acknowledges_nothing(desk: Desk) -> None:
    code = a_code(desk)
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "taken back"), desk.clock())
    assert read(desk, text=code) == ()


@pytest.mark.parametrize("method", ["reply", "COUNTER", "declinecounter"])
def test_a_colleague_who_accepts_or_refuses_a_calendar_entry_asks_nothing(desk: Desk, method: str) -> None:
    assert read(desk, text="Geaccepteerd: Klaar op", headers=(("calendar-method", method),)) == ()


def test_another_mail_of_a_colleague_is_no_answer_to_a_warning(desk: Desk) -> None:
    assert read(desk, text="Vraag") is None
    assert read(desk, text="Uitnodiging", headers=(("calendar-method", "request"),)) is None


# --- nobody there --------------------------------------------------------------------------------


def test_the_deputy_is_left_alone_until_the_three_day_step(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    assert desk.mails_to(DEPUTY) == []
    desk.round(at=THREE_DAYS)
    assert len(desk.mails_to(DEPUTY)) == 1


def absence(mail: EmailMessage) -> bytes:
    return answer(mail, "Ik ben afwezig tot 1 april.", Auto_Submitted="auto-replied", Precedence="bulk")


def test_an_absence_notice_gives_the_step_to_the_deputy_at_once(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(desk.mails_to(CONTACT)[0]), hours=1)
    [mail] = desk.mails_to(DEPUTY)
    assert "Klaar op" in str(mail["Subject"])


def test_a_bounce_gives_the_step_to_the_deputy_at_once(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    ours = str(desk.mails_to(CONTACT)[0]["Message-ID"])
    desk.round(a_bounce(ours, CONTACT), hours=1)
    [mail] = desk.mails_to(DEPUTY)
    assert "2 verzoeken" in str(mail["Subject"])


def test_a_refused_address_gives_the_step_to_the_deputy(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.refused.add(CONTACT)
    desk.round(at=SEVEN_DAYS)
    desk.round(minutes=5)
    assert len(desk.mails_to(DEPUTY)) == 1


def test_an_acknowledged_step_does_not_climb(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged("john", ""), desk.clock())
    desk.round(absence(desk.mails_to(CONTACT)[0]), hours=1)
    assert desk.mails_to(DEPUTY) == []


def test_while_the_contact_is_away_the_deputy_hears_of_new_cases_until_the_contact_acknowledges(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(desk.mails_to(CONTACT)[0]), hours=1)
    desk.forget_mails()
    desk.round(a_raw_mail(ERASURE, number=5), hours=1)
    assert len(desk.mails_to(DEPUTY)) == 1
    acting.act(desk.tenant, "AVG-2026-0001", events.Acknowledged(desk.tenant.policy.contact_name, ""), desk.clock())
    desk.round(a_raw_mail(UNCLEAR, number=6), hours=1)
    assert len(desk.mails_to(DEPUTY)) == 1


def test_a_customers_absence_notice_calls_no_deputy(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    machine = a_raw_mail("Ik ben er niet.", sender=KNOWN, number=8, Auto_Submitted="auto-replied")
    desk.round(machine, hours=1)
    assert desk.mails_to(DEPUTY) == []


def test_an_absence_notice_that_answers_no_mail_of_ours_gives_the_last_step_of_every_case_that_has_one(
    desk: Desk,
) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    desk.round(a_raw_mail(ACCESS, number=5, sender="later@klant.test"), hours=1)  # a new case, no step yet
    desk.forget_mails()
    desk.round(a_raw_mail("Ik ben er niet.", sender=CONTACT, number=8, Auto_Submitted="auto-replied"), hours=1)
    [mail] = desk.mails_to(DEPUTY)
    told = re.findall(r"^(AVG-\d+-\d+):", text_of(mail), re.MULTILINE)
    assert sorted(told) == ["AVG-2026-0001", "AVG-2026-0002"]


def test_an_absence_notice_of_the_deputy_gives_nobody_anything_twice(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.forget_mails()
    desk.round(a_raw_mail("Ik ben er niet.", sender=DEPUTY, number=8, Auto_Submitted="auto-replied"), hours=1)
    assert (desk.mails_to(DEPUTY), desk.mails_to(CONTACT)) == ([], [])


def test_what_the_deputy_acknowledges_does_not_bring_the_contact_back(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(desk.mails_to(CONTACT)[0]), hours=1)
    desk.round(answer(desk.mails_to(DEPUTY)[0], "OK", sender=DEPUTY), hours=1)
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=6), hours=1)
    assert len(desk.mails_to(DEPUTY)) == 1


def test_what_the_contact_acknowledges_by_mail_brings_him_back(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.round(at=SEVEN_DAYS)
    desk.round(absence(desk.mails_to(CONTACT)[0]), hours=1)
    desk.round(answer(desk.mails_to(CONTACT)[0], "OK"), hours=1)
    desk.forget_mails()
    desk.round(a_raw_mail(UNCLEAR, number=6), hours=1)
    assert desk.mails_to(DEPUTY) == []


# --- what every warning holds --------------------------------------------------------------------


def test_every_letter_about_several_cases_is_told_to_each_case_when_it_left(desk: Desk) -> None:
    open_cases(desk, 2)
    desk.round(at=SEVEN_DAYS)
    assert all("sent: warnings" in case.remarks for case in desk.cases())
    assert desk.letters(LetterState.QUEUED) == []


def test_a_warning_that_the_server_did_not_take_yet_is_kept(desk: Desk) -> None:
    open_cases(desk, 1)
    desk.down = True
    desk.round(at=SEVEN_DAYS)
    desk.down = False
    desk.round(hours=1)
    assert len(desk.mails_to(CONTACT)) == 1


def test_a_mail_that_waited_for_the_weekend_to_end_is_not_given_up_at_its_first_failure(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR), at=local(2026, 3, 6, 23))
    desk.down = True
    desk.round(at=local(2026, 3, 9, 9))
    desk.down = False
    desk.round(hours=1)
    assert len(desk.mails_to(CONTACT)) == 1


def test_two_matters_of_one_case_on_one_morning_are_both_told(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))  # nobody says that it stopped
    desk.forget_mails()
    desk.round(at=SEVEN_DAYS)
    [mail] = desk.mails_to(CONTACT)
    assert len(re.findall(r"^AVG-2026-0001:", text_of(mail), re.MULTILINE)) == 2
    assert "mailbot stopped" in text_of(mail)


def test_two_matters_of_one_case_are_one_request_and_the_first_day_comes_first(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.forget_mails()
    desk.round(at=SEVEN_DAYS)
    [mail] = desk.mails_to(CONTACT)
    assert str(mail["Subject"]).startswith("1 verzoek wacht op u")
    assert text_of(mail).index("mailbot stopped") < text_of(mail).index("mailbot answer")


def test_mail_to_our_own_box_is_no_colleague(desk: Desk) -> None:
    desk.change(contact_email=BOX)
    desk.round(a_raw_mail(ACCESS))
    assert len(desk.cases()) == 1


def test_a_deputy_who_is_the_contact_person_himself_gets_each_mail_once(desk: Desk) -> None:
    desk.change(deputy_email=CONTACT.upper())
    open_cases(desk, 1)
    desk.round(at=local(2026, 4, 13, 10))
    assert len(desk.mails_to(CONTACT)) == 1
    assert desk.mails_to(CONTACT.upper()) == []
