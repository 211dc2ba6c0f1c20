"""Receipt is when the company first had a mail, however late it was found; a person may correct it with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
from desk import Desk, local

from company import ACCESS, BOX, CONTACT, DEPUTY, KNOWN, ORDER, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.errors import Refused, Usage
from mailbot.incoming import manual
from mailbot.model import Case, Kind

APRIL = local(2026, 4, 20, 9)
MX = "mx.kaviaarshop.test"
STRANGER = "vreemd@elders.test"
WRITER = "klant@elders.test"
COLLEAGUE = "lotte@mail.test"  # an address of the company's own domain


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, APRIL, calendar=False, own_hosts=(MX,))


def stamped(at: str, by: str = MX) -> str:
    return f"from out.klant.test by {by} with ESMTPS id 1; {at}"


def only(desk: Desk) -> Case:
    [case] = desk.cases()
    return case


def attached(inner: bytes, sender: str = COLLEAGUE, text: str = "Zie bijlage.") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, BOX, "Fwd: vraag", "<fw@mail.test>"
    mail.set_content(text)
    mail.add_attachment(cast(EmailMessage, message_from_bytes(inner, policy=default)))
    return mail.as_bytes()


def inline(sent: str, sender: str = COLLEAGUE, words: str = ACCESS) -> bytes:
    text = f"Zie onder.\n\nVan: Klant <{WRITER}>\nVerzonden: {sent}\nAan: info\nOnderwerp: vraag\n\n{words}\n"
    return a_raw_mail(text, sender=sender, subject="FW: vraag", number=50)


# --- found late ----------------------------------------------------------------------------------


def test_a_mail_that_waited_for_the_worker_counts_from_the_server_that_took_it(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, Received=stamped("Tue, 14 Apr 2026 23:30:00 +0200")))
    assert only(desk).received_at == local(2026, 4, 14, 23, 30)


def test_a_mail_found_in_the_junk_folder_counts_from_its_arrival_there(desk: Desk) -> None:
    desk.folder = "Junk"
    desk.round(a_raw_mail(ACCESS, Received=stamped("Wed, 1 Apr 2026 08:00:00 +0000")))
    assert only(desk).received_at == datetime(2026, 4, 1, 8, tzinfo=UTC)
    assert "junk" in only(desk).needs


def test_a_line_that_another_server_wrote_starts_no_clock(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, Received=stamped("Wed, 1 Apr 2026 08:00:00 +0000", by="mx.elders.test")))
    assert only(desk).received_at == APRIL


def test_the_senders_own_date_starts_no_clock(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, Date="Wed, 1 Apr 2026 08:00:00 +0000"))
    assert only(desk).received_at == APRIL


# --- passed on -----------------------------------------------------------------------------------


def test_a_mail_passed_on_as_attachment_counts_from_the_earlier_day_in_it(desk: Desk) -> None:
    desk.round(attached(a_raw_mail(ACCESS, sender=WRITER, Date="Thu, 9 Apr 2026 23:00:00 +0200")))
    assert only(desk).received_at == local(2026, 4, 9, 23)


@pytest.mark.parametrize("by", [MX, "mail.colleague.test"])
def test_a_mail_passed_on_as_attachment_counts_from_the_server_that_took_it_whatever_its_sender_dates_it(
    desk: Desk, by: str
) -> None:
    late = {"Date": "Thu, 16 Apr 2026 23:00:00 +0200", "Received": stamped("Thu, 9 Apr 2026 23:00:00 +0200", by)}
    desk.round(attached(a_raw_mail(ACCESS, sender=WRITER, **late)))
    assert only(desk).received_at == local(2026, 4, 9, 23)


def test_a_request_on_record_that_a_colleague_passes_on_stays_one_case(desk: Desk) -> None:
    request = a_raw_mail(ACCESS, sender=WRITER)
    desk.round(request)
    desk.round(attached(request), hours=2)
    assert len(only(desk).mails) == 2


def test_a_request_on_record_that_a_colleague_passes_on_in_his_own_mail_stays_one_case(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender=WRITER), at=local(2026, 4, 10, 11, 6))
    desk.round(inline("vrijdag 10 april 2026 11:05"), at=APRIL)
    assert len(only(desk).mails) == 2
    other = f"{ACCESS} Ook die van mijn oude account."
    desk.round(inline("vrijdag 17 april 2026 11:05", words=other).replace(b"<50@", b"<51@"))
    assert len(desk.cases()) == 2, "one of another day in other words is another request"


def test_a_stranger_who_encloses_somebody_elses_mail_joins_nothing(desk: Desk) -> None:
    request = a_raw_mail(ACCESS, sender=WRITER)
    desk.round(request)
    desk.round(attached(request, sender=STRANGER), hours=2)
    assert [len(case.mails) for case in desk.cases()] == [1, 1]


def test_a_mail_passed_on_inline_keeps_the_day_above_it(desk: Desk) -> None:
    desk.round(inline("vrijdag 10 april 2026 11:05"))
    assert only(desk).received_at == local(2026, 4, 10, 11, 5)
    assert "forwarded" in only(desk).needs


def test_another_box_of_the_company_that_passes_a_mail_on_is_no_requester_and_loses_nothing(desk: Desk) -> None:
    desk.round(inline("vrijdag 10 april 2026 11:05", sender=BOX))
    assert only(desk).requester is not None
    assert only(desk).requester.email == WRITER  # type: ignore[union-attr]
    assert only(desk).received_at == local(2026, 4, 10, 11, 5)


def test_what_somebody_outside_forwards_had_not_reached_us_before(desk: Desk) -> None:
    desk.round(inline("vrijdag 10 april 2026 11:05", sender=STRANGER))
    assert only(desk).received_at == APRIL


@pytest.mark.parametrize("sent", ["vrijdag 1 mei 2026 11:05", "10 april 2019 11:05", "gisteren", "31 februari 2026"])
def test_a_day_that_cannot_be_leaves_the_receipt_as_it_is(desk: Desk, sent: str) -> None:
    desk.round(inline(sent))
    assert only(desk).received_at == APRIL


def test_a_request_from_before_the_start_that_is_passed_on_after_it_is_not_left_lying(desk: Desk) -> None:
    desk.change(go_live=local(2026, 4, 15))
    desk.round(inline("vrijdag 10 april 2026 11:05"))
    assert only(desk).received_at == local(2026, 4, 10, 11, 5)


# --- by hand -------------------------------------------------------------------------------------


def test_a_person_corrects_the_receipt_and_every_date_follows(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    acting.act(desk.tenant, only(desk).ref, events.ReceiptCorrected("els", local(2026, 4, 1), "lag in info@"), APRIL)
    [operating] = [deadline.on for deadline in only(desk).deadlines if deadline.name == "operating"]
    assert operating == date(2026, 5, 1)
    assert "receipt corrected: lag in info@" in only(desk).remarks


@pytest.mark.parametrize("channel", ["phone", "post", "counter"])
def test_a_request_by_another_way_is_added_with_its_true_date(desk: Desk, tmp_path: Path, channel: str) -> None:
    note = tmp_path / "verzoek.txt"
    note.write_text("Mevrouw wil weten welke gegevens wij van haar hebben.", "utf-8")
    at = local(2026, 4, 2, 15)
    case = manual.add(desk.tenant, note, at, "", channel, (Kind.ACCESS,), "els", APRIL).case
    assert (case.received_at, case.channel, case.kinds) == (at, channel, (Kind.ACCESS,))
    assert "op info@" not in case.clock
    desk.round()
    assert len(desk.mails_to(CONTACT)) == 1
    assert desk.mails_to(KNOWN) == []


def test_nothing_was_received_in_the_future_or_without_a_place_for_it(desk: Desk, tmp_path: Path) -> None:
    note = tmp_path / "verzoek.txt"
    note.write_text("vraag", "utf-8")
    with pytest.raises(Refused, match="future"):
        manual.add(desk.tenant, note, local(2026, 4, 21), "", "phone", (Kind.ACCESS,), "els", APRIL)
    with pytest.raises(Usage, match="channel"):
        manual.add(desk.tenant, note, APRIL, "", "duif", (Kind.ACCESS,), "els", APRIL)


def test_who_takes_in_a_mail_that_came_in_by_itself_hears_which_case_has_it(desk: Desk, tmp_path: Path) -> None:
    desk.round(a_raw_mail(ACCESS))
    first, file = only(desk), tmp_path / "mail.eml"
    file.write_bytes(a_raw_mail("Doorgestuurd", subject="Fwd"))  # as another program saved it
    done = manual.add(desk.tenant, file, local(2026, 4, 2), "", "mail", (Kind.ERASURE,), "els", APRIL)
    assert (done.case.kinds, done.same_mail_in) == ((Kind.ERASURE,), (first.ref,))
    file.write_bytes(a_raw_mail("Doorgestuurd", subject="Fwd") + b"\r\n")
    again = manual.add(desk.tenant, file, local(2026, 4, 3), "", "mail", (Kind.OBJECTION,), "els", APRIL)
    assert again.same_mail_in == (first.ref, done.case.ref)


def test_a_mail_that_joins_its_own_case_is_in_no_other(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(a_raw_mail(ACCESS))
    first = manual.add(desk.tenant, file, local(2026, 4, 2), "", "mail", (), "els", APRIL)
    again = manual.add(desk.tenant, file, local(2026, 4, 3), "", "mail", (), "els", APRIL)
    assert (again.case.ref, first.same_mail_in, again.same_mail_in) == (first.case.ref, (), ())


def test_a_mail_on_record_that_opened_no_case_is_taken_in_by_hand(desk: Desk, tmp_path: Path) -> None:
    desk.round(a_raw_mail(ORDER))
    file = tmp_path / "mail.eml"
    file.write_bytes(a_raw_mail(ORDER))
    manual.add(desk.tenant, file, local(2026, 4, 2), "", "mail", (Kind.ACCESS,), "els", APRIL)
    assert only(desk).kinds == (Kind.ACCESS,)


def test_the_same_note_of_two_days_is_two_requests(desk: Desk, tmp_path: Path) -> None:
    note = tmp_path / "verzoek.txt"
    note.write_text("Belde en wil weten welke gegevens wij hebben.", "utf-8")
    for day in (2, 3):
        manual.add(desk.tenant, note, local(2026, 4, day), "", "phone", (Kind.ACCESS,), "els", APRIL)
    assert len(desk.cases()) == 2


# --- who hears of a request that was found late --------------------------------------------------


def test_one_found_late_is_told_in_one_mail_and_to_the_deputy_if_his_step_has_passed(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, Received=stamped("Tue, 24 Mar 2026 08:00:00 +0100")))  # act_by Thursday 23 April
    assert [len(desk.mails_to(person)) for person in (CONTACT, DEPUTY)] == [1, 1]
    desk.round(at=local(2026, 4, 22, 9))
    assert [len(desk.mails_to(person)) for person in (CONTACT, DEPUTY)] == [2, 2]
