"""The entry in a colleague's calendar: one per case, moved when the date moves, taken back when the case is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from desk import Desk, local, text_of
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from builders import a_case, a_policy
from company import ACCESS, BOX, CONTACT, DEPUTY, KNOWN, REPLIES, Sorter, a_raw_mail
from mailbot import actions as do
from mailbot import events
from mailbot.acts import acting
from mailbot.decide.calendar_updates import follow
from mailbot.letters import Letters, calendar_entries
from mailbot.letters.render import clean
from mailbot.model import Deadline, Kind, LetterState, Outcome, StepEnding, Verdict

MONDAY = local(2026, 3, 2, 10)  # act_by Wednesday 1 April
SEVEN_DAYS = local(2026, 3, 25, 9)
REF = "AVG-2026-0001"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY)


def parts(mail: EmailMessage) -> list[EmailMessage]:
    attached = [cast(EmailMessage, part) for part in mail.iter_attachments()]
    return [part for part in attached if part.get_content_type() == "text/calendar"]


def calendars(mail: EmailMessage) -> list[Calendar]:
    return [cast(Calendar, Calendar.from_ical(part.get_payload(decode=True))) for part in parts(mail)]


def entry(mail: EmailMessage) -> tuple[str, Any]:
    """The method and the event of the one entry in a mail."""
    [calendar] = calendars(mail)
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def last_entry(desk: Desk, to: str = CONTACT) -> tuple[str, Any]:
    return entry([mail for mail in desk.mails_to(to) if parts(mail)][-1])


def staff(desk: Desk, event: events.StaffActed) -> None:
    """A person acts, and what follows from it leaves."""
    acting.act(desk.tenant, REF, event, desk.clock())
    desk.round(hours=1)


def answered() -> events.Answered:
    return events.Answered("els", "Hier zijn uw gegevens.", Outcome.GRANTED)


# --- the entry -----------------------------------------------------------------------------------


def test_the_first_mail_about_a_case_carries_the_whole_day_on_which_it_must_be_done(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    method, event = last_entry(desk)
    assert method == "REQUEST"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2026, 4, 1), date(2026, 4, 2))
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CONFIRMED", 0, "TRANSPARENT")


def test_a_warning_repeats_the_entry_with_the_same_uid_and_sequence(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    _, first = last_entry(desk)
    desk.round(at=SEVEN_DAYS)
    _, again = last_entry(desk)
    assert len(desk.mails_to(CONTACT)) == 2
    assert (again["UID"], again["SEQUENCE"]) == (first["UID"], first["SEQUENCE"])
    assert again.decoded("DTSTAMP") > first.decoded("DTSTAMP")


def test_two_cases_have_two_uids_and_one_mail_carries_both(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS), a_raw_mail(f"{ACCESS} 2", sender="p@klant.test", number=2))
    desk.round(at=SEVEN_DAYS)
    both = calendars(desk.mails_to(CONTACT)[-1])
    assert len({str(event["UID"]) for calendar in both for event in calendar.walk("VEVENT")}) == 2
    assert [part.get_filename() for part in parts(desk.mails_to(CONTACT)[-1])] == [f"{REF}.ics", "AVG-2026-0002.ics"]


def test_the_entry_is_a_request_from_the_mailbox_to_its_reader_that_wants_no_answer(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    _, event = last_entry(desk)
    assert str(event["ORGANIZER"]) == f"mailto:{BOX}"
    assert str(event["ATTENDEE"]) == f"mailto:{CONTACT}"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_the_part_names_its_method_and_keeps_its_line_ends(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    [part] = parts(desk.mails_to(CONTACT)[0])
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    raw = cast(bytes, part.get_payload(decode=True))
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


PHRASES = Letters(REPLIES).phrases["nl"]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100),
    st.sampled_from(["act_by", "breach"]),
    st.integers(0, 400),
)
@example("Kaviaarshop", "act_by", 30)
def test_every_calendar_program_reads_what_was_meant(name: str, deadline: str, days: int) -> None:
    policy = a_policy(mailbox=BOX, name=name)
    due = MONDAY + timedelta(days=days, microseconds=7)
    case = replace(
        a_case(Kind.ACCESS), deadlines=(Deadline(deadline, due, due.date() if deadline == "act_by" else None, "", ""),)
    )
    [part] = calendar_entries.entries(
        case, calendar_entries.CalendarContext(policy, CONTACT, MONDAY, PHRASES), ended=False
    )
    assert all(len(line) <= 75 for line in part.text.encode().split(b"\r\n"))
    [event] = Calendar.from_ical(part.text).walk("VEVENT")
    end = due.replace(microsecond=0) if deadline == "breach" else due.date() + timedelta(days=1)
    assert event.decoded("DTEND") == end
    assert event["ORGANIZER"].params["CN"] == clean(name).replace('"', "'")
    words = {"ref": case.ref, "company": clean(name), "tenant": policy.tenant, "asked": PHRASES["kind_names"]["access"]}
    assert str(event["DESCRIPTION"]) == clean(PHRASES["calendar"][f"{deadline}_do"].format_map(words))
    assert str(event["SUMMARY"]) == PHRASES["calendar"][deadline].format_map(words)
    assert (event["X-MICROSOFT-CDO-BUSYSTATUS"], event["X-MICROSOFT-DISALLOW-COUNTER"]) == ("FREE", "TRUE")


def test_of_a_case_without_a_day_to_act_by_the_entry_goes_by_the_day_of_its_notice() -> None:
    notice = Deadline("notice_by", MONDAY, MONDAY.date(), "", "", met_at=MONDAY)
    case = replace(a_case(Kind.ACCESS), deadlines=(notice,))
    diary = calendar_entries.CalendarContext(a_policy(mailbox=BOX), CONTACT, MONDAY, PHRASES)
    assert calendar_entries.entries(case, diary, ended=False) == ()
    [part] = calendar_entries.entries(case, diary, ended=True)
    [event] = Calendar.from_ical(part.text).walk("VEVENT")
    assert (event["STATUS"], event.decoded("DTSTART"), event["UID"]) == (
        "CANCELLED",
        MONDAY.date(),
        f"{case.ref}.kaviaarshop@{BOX.rpartition('@')[2]}",
    )


def test_a_company_without_a_mailbox_has_no_entries_to_send() -> None:
    diary = calendar_entries.CalendarContext(a_policy(mailbox=""), CONTACT, MONDAY, PHRASES)
    assert calendar_entries.entries(a_case(Kind.ACCESS), diary, ended=True) == ()


def test_an_entry_says_nothing_about_the_person(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, subject="Geheim van Piet"))
    [part] = parts(desk.mails_to(CONTACT)[0])
    raw = cast(bytes, part.get_payload(decode=True)).decode()
    assert KNOWN not in raw
    assert "Geheim" not in raw


def test_the_requester_never_gets_an_entry(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    assert [parts(mail) for mail in desk.mails_to(KNOWN)] == [[]]


def test_a_company_can_do_without(desk: Desk) -> None:
    desk.change(calendar=False)
    desk.round(a_raw_mail(ACCESS))
    staff(desk, events.ReceiptCorrected("els", local(2026, 2, 25), "lag in de andere bak"))
    assert [parts(mail) for mail in desk.mails_to(CONTACT)] == [[]]


# --- moving --------------------------------------------------------------------------------------


def test_a_date_that_moves_is_told_at_once_under_the_same_uid_with_a_higher_sequence(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    _, before = last_entry(desk)
    staff(desk, events.ReceiptCorrected("els", local(2026, 2, 25), "lag in de andere bak"))
    method, after = last_entry(desk)
    assert (method, after["UID"]) == ("REQUEST", before["UID"])
    assert (after["SEQUENCE"], after.decoded("DTSTART")) == (1, date(2026, 3, 25))
    assert "woensdag 25 maart 2026" in text_of(desk.mails_to(CONTACT)[-1])


def test_a_step_of_a_case_that_stays_where_it_is_tells_nobody(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    staff(desk, events.Noted("els", "gebeld"))
    staff(desk, events.ReceiptCorrected("els", local(2026, 3, 2, 9), "een uur eerder"))
    assert len(desk.mails_to(CONTACT)) == 1


def test_an_extension_moves_the_entry_when_its_notice_was_sent(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    staff(desk, events.ExtensionDecided("els", "vier systemen en veel papier"))
    _, event = last_entry(desk)
    assert event.decoded("DTSTART") == date(2026, 6, 2)


def test_the_deputy_hears_it_only_once_the_case_has_climbed_to_him(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    staff(desk, events.ReceiptCorrected("els", local(2026, 3, 1), "x"))
    assert desk.mails_to(DEPUTY) == []
    desk.round(at=local(2026, 3, 26, 9))
    staff(desk, events.ReceiptCorrected("els", local(2026, 3, 2), "y"))
    assert last_entry(desk, DEPUTY)[1].decoded("DTSTART") == date(2026, 4, 1)


def moved_by(*letters: do.Send, **changes: Any) -> list[tuple[str, str]]:
    """Which mails follow, to whom, where the dates of a case move a day and these letters leave anyway."""
    case = replace(a_case(Kind.ACCESS), **changes)
    later = tuple(replace(one, due=one.due + timedelta(days=1)) for one in case.deadlines)
    found = follow(case, [*letters, do.SetDeadlines(later)], a_policy(), MONDAY)
    return [(one.template, one.to) for one in found if isinstance(one, do.Send)]


def a_mail_to(to: str, audience: str = "staff", step: str = "") -> do.Send:
    return do.Send("AVG-2026-0001:x", "needs_person", to, audience, LetterState.QUEUED, step=step)


def test_whom_a_mail_reaches_anyway_is_not_written_to_twice_about_a_date_that_moved() -> None:
    contact, deputy = "john@staff.example", "els@staff.example"
    climbed = {"climbed": ("3-working-days:2026-02-24",)}
    assert moved_by() == [("date_moved", contact)]
    assert moved_by(a_mail_to(contact)) == []
    assert moved_by(a_mail_to(contact), a_mail_to(deputy), **climbed) == []


def test_whose_dates_end_is_told_that_they_are_over() -> None:
    found = follow(a_case(Kind.ACCESS), [do.CloseCase(MONDAY, "klaar")], a_policy(), MONDAY)
    assert [(one.template, one.to) for one in found if isinstance(one, do.Send)] == [
        ("date_over", "john@staff.example")
    ]


def test_the_deputy_to_whom_a_case_climbed_hears_of_a_date_although_a_mail_goes_to_the_contact() -> None:
    climbed = {"climbed": ("3-working-days:2026-02-24",)}
    assert moved_by(a_mail_to("john@staff.example"), **climbed) == [("date_moved", "els@staff.example")]


def test_neither_a_letter_to_the_person_nor_a_warning_that_waits_moves_what_stands_in_a_calendar() -> None:
    contact = "john@staff.example"
    assert moved_by(a_mail_to(contact, "requester")) == [("date_moved", contact)]  # he asked it himself
    assert moved_by(a_mail_to(contact, step="7-days:2026-02-20")) == [("date_moved", contact)]


# --- done ----------------------------------------------------------------------------------------


def test_an_answer_takes_the_entry_back(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    _, before = last_entry(desk)
    staff(desk, answered())
    method, event = last_entry(desk)
    assert (method, event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert event["SEQUENCE"] > before["SEQUENCE"]


def test_closing_after_the_answer_says_nothing_twice(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    staff(desk, answered())
    count = len(desk.mails_to(CONTACT))
    staff(desk, events.StepSettled("els", "all", StepEnding.SKIPPED, "per post"))
    staff(desk, events.Closed("els", Outcome.GRANTED, "klaar"))
    assert len(desk.mails_to(CONTACT)) == count


def test_closing_without_an_answer_takes_the_entry_back(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    staff(desk, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    assert last_entry(desk)[0] == "CANCEL"
    assert "gesloten" in str(desk.mails_to(CONTACT)[-1]["Subject"])


def test_a_case_that_opens_again_brings_the_entry_back_with_a_higher_sequence(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    staff(desk, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    _, gone = last_entry(desk)
    staff(desk, events.Reopened("els", "toch niet"))
    method, back = last_entry(desk)
    assert method == "REQUEST"
    assert back["UID"] == gone["UID"]
    assert back["SEQUENCE"] > gone["SEQUENCE"]


# --- a breach ------------------------------------------------------------------------------------


def test_a_breach_has_an_entry_of_its_own_at_its_hour_and_the_decision_takes_it_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: Verdict((Kind.BREACH_REPORT,), 0.99, "auto"))
    desk.round(a_raw_mail("lek"))
    [hours] = [event for one in calendars(desk.mails_to(CONTACT)[0]) for event in one.walk("VEVENT")]
    assert str(hours["UID"]).startswith(f"{REF}-datalek")
    assert hours.decoded("DTSTART") == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert hours.decoded("DTEND") == datetime(2026, 3, 5, 9, tzinfo=UTC)
    staff(desk, events.BreachDecided("els", "register_only", "geen risico"))
    told = {str(one.walk("VEVENT")[0]["UID"]): str(one["METHOD"]) for one in calendars(desk.mails_to(CONTACT)[-1])}
    assert told[str(hours["UID"])] == "CANCEL"
    assert "REQUEST" not in told.values()


# --- what calendar programs send back -------------------------------------------------------------


def test_the_answer_of_a_calendar_program_opens_no_case(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = CONTACT, BOX, f"Accepted: Uiterlijk vandaag klaar: {REF}"
    reply["Message-ID"] = "<accepted@staff.test>"
    reply.set_content("Accepted")
    reply.add_alternative("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", subtype="calendar")
    desk.round(reply.as_bytes(), hours=1)
    assert [len(case.mails) for case in desk.cases()] == [1]
