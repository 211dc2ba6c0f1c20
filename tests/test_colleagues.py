"""A colleague answers from the shared mailbox: the program sees it, is silent, and asks a person what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from company import ACCESS, BOX, CONTACT, KNOWN, START, Clock, a_company, a_raw_mail, cases, letters, opened
from mailbot import events, worker
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.mailbox import roles
from mailbot.model import Case, Letter, LetterState, Outcome, Pointer
from mailbot.outgoing import outbox
from rig.dovecot import Dovecot

WAIT = timedelta(minutes=15)


@pytest.fixture
def tenant(dovecot: Dovecot, smtp: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    """A company that gives colleagues a quarter of an hour to answer first."""
    company = a_company(dovecot.account(), smtp.smtp_account(BOX), tmp_path, acknowledge_after=WAIT)
    with opened(company, tmp_path) as ready:
        yield ready


def written(to: str, answers: str = "", subject: str = "Re: vraag", number: int = 1, sender: str = BOX) -> bytes:
    """What a colleague's mail program files in Sent."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<collega.{number}@mail.test>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content("Dag, hierbij uw gegevens.")
    return message.as_bytes()


def request(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> Case:
    dovecot.put(a_raw_mail(ACCESS), internal_date=clock())
    done = worker.once(tenant, clock)
    assert not done.trouble
    [case] = cases(tenant)
    return case


def to_requester(tenant: Tenant) -> Letter:
    [letter] = [letter for letter in letters(tenant) if letter.audience == "requester"]
    return letter


pytestmark = pytest.mark.real


def test_an_answer_in_the_thread_is_on_record_and_the_clock_asks(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    dovecot.put(written(KNOWN, "<1@klant.test>"), folder="Sent", internal_date=clock.move(minutes=5))
    worker.once(tenant, clock)
    [case] = cases(tenant)
    assert case.colleague_wrote_at == clock()
    assert "answered_by_colleague" in case.needs
    assert case.clock.endswith("-> beantwoord door collega op ma 02-03-2026 10:05, klopt dat?")
    assert case.is_open
    assert all(deadline.met_at is None for deadline in case.deadlines)
    assert list(check_history(tenant)) == []


def test_the_acknowledgement_that_a_colleague_overtook_never_leaves(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    assert to_requester(tenant).state is LetterState.QUEUED
    dovecot.put(written(KNOWN, "<1@klant.test>"), folder="Sent", internal_date=clock.move(minutes=5))
    clock.move(hours=1)
    worker.once(tenant, clock)
    assert (to_requester(tenant).state, to_requester(tenant).why) == (LetterState.DROPPED, "a colleague wrote first")
    assert smtp.messages(KNOWN) == []


def test_without_an_answer_the_acknowledgement_leaves_after_its_delay(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    clock.move(minutes=14)
    worker.once(tenant, clock)
    assert smtp.messages(KNOWN) == []
    clock.move(minutes=1)
    worker.once(tenant, clock)
    assert len(smtp.messages(KNOWN)) == 1


def test_sent_is_looked_at_once_more_right_before_a_letter_leaves(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    clock.move(hours=1)
    dovecot.put(written(KNOWN, "<1@klant.test>"), folder="Sent", internal_date=clock())
    outbox.deliver(tenant, clock)
    assert smtp.messages(KNOWN) == []
    assert to_requester(tenant).state is LetterState.DROPPED


def test_a_mail_to_the_requester_outside_the_thread_counts_too(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    request(tenant, dovecot, clock)
    dovecot.put(written(KNOWN, subject="Uw gegevens"), folder="Sent", internal_date=clock.move(minutes=1))
    worker.once(tenant, clock)
    assert cases(tenant)[0].colleague_wrote_at == clock()


def test_so_does_one_to_the_address_on_file_when_he_wrote_from_another_one(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    text = f"{ACCESS}. Mijn klantnummer is 1001."
    dovecot.put(a_raw_mail(text, sender="prive@elders.test"), internal_date=clock())
    worker.once(tenant, clock)
    assert cases(tenant)[0].known_email == KNOWN
    dovecot.put(written(KNOWN, subject="Uw gegevens"), folder="Sent", internal_date=clock.move(minutes=1))
    worker.once(tenant, clock)
    assert cases(tenant)[0].colleague_wrote_at == clock()


def test_what_was_written_to_him_before_he_asked_is_no_answer(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    dovecot.put(written(KNOWN, subject="Uw bestelling"), folder="Sent", internal_date=START - timedelta(hours=1))
    case = request(tenant, dovecot, clock)
    assert case.colleague_wrote_at is None
    assert to_requester(tenant).state is LetterState.QUEUED


@pytest.mark.parametrize("colleague", ["dpo@mail.test", CONTACT])
def test_passing_the_mail_on_to_a_colleague_is_no_answer(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, colleague: str
) -> None:
    request(tenant, dovecot, clock)
    dovecot.put(written(colleague, "<1@klant.test>", "Fwd: vraag"), folder="Sent", internal_date=clock())
    worker.once(tenant, clock)
    assert cases(tenant)[0].colleague_wrote_at is None
    assert to_requester(tenant).state is LetterState.QUEUED


def test_an_answer_from_a_colleagues_own_address_copied_to_the_mailbox_counts(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    copy = written(f"{KNOWN}, {BOX}", "<1@klant.test>", sender="els@mail.test")
    dovecot.put(copy, internal_date=clock.move(minutes=2))
    worker.once(tenant, clock)
    [case] = cases(tenant)
    assert case.colleague_wrote_at == clock()


def test_a_mail_that_somebody_marked_as_answered_holds_the_letter_and_no_clock(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    with dovecot.client() as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Answered)")
    clock.move(hours=1)
    worker.once(tenant, clock)
    assert to_requester(tenant).state is LetterState.HELD
    assert "marked the mail as answered" in to_requester(tenant).why
    assert cases(tenant)[0].colleague_wrote_at is None
    assert smtp.messages(KNOWN) == []


def test_while_the_mailbox_cannot_be_read_only_letters_that_could_be_overtaken_wait(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    clock.move(hours=25)
    [told] = letters(tenant, LetterState.SENT)
    with tenant.store.unit() as unit:
        unit.put_letter(replace(told, state=LetterState.QUEUED, next_try=clock()))
    before = len(smtp.messages(CONTACT))
    dovecot.stop()
    try:
        done = worker.once(tenant, clock)
    finally:
        dovecot.start()
    assert "imap server" in done.trouble
    assert smtp.messages(KNOWN) == []
    assert to_requester(tenant).state is LetterState.QUEUED
    assert len(smtp.messages(CONTACT)) > before
    worker.once(tenant, clock)
    assert len(smtp.messages(KNOWN)) == 1


@pytest.mark.parametrize(
    "written_by",
    ["Content-Type: multipart/report; report-type=disposition-notification", "X-Mailbot-Loop: kaviaarshop"],
)
def test_a_receipt_or_a_letter_of_ours_under_another_id_is_no_colleagues_answer(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock, written_by: str
) -> None:
    request(tenant, dovecot, clock)
    head = f"From: {BOX}\r\nTo: {KNOWN}\r\nIn-Reply-To: <1@klant.test>\r\nMessage-ID: <r@mail.test>\r\n{written_by}"
    dovecot.put(f"{head}\r\n\r\nGelezen.".encode(), folder="Sent", internal_date=clock.move(minutes=5))
    worker.once(tenant, clock)
    assert cases(tenant)[0].colleague_wrote_at is None
    clock.move(hours=1)
    worker.once(tenant, clock)
    assert len(smtp.messages(KNOWN)) == 1


def test_a_folder_that_went_away_with_its_mail_holds_no_letter(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    case = request(tenant, dovecot, clock)
    gone = replace(case.mails[0], found_in=(Pointer("Weg", 1, 1),))
    with tenant.store.unit() as unit:
        unit.put_case(replace(case, mails=(gone,)))
    clock.move(hours=1)
    assert worker.once(tenant, clock).trouble == ""
    assert len(smtp.messages(KNOWN)) == 1


def test_an_unsure_letter_that_lies_in_sent_did_leave(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    request(tenant, dovecot, clock)
    smtp.script(KNOWN, "cut", at="end")
    clock.move(hours=1)
    worker.once(tenant, clock)
    assert to_requester(tenant).state is LetterState.UNSURE
    [copy] = smtp.messages(KNOWN)
    dovecot.put(copy.raw, folder="Sent", internal_date=clock())
    worker.once(tenant, clock)
    assert (to_requester(tenant).state, to_requester(tenant).answer) == (LetterState.SENT, "found in the Sent folder")
    assert cases(tenant)[0].colleague_wrote_at is None


def test_who_confirms_the_answer_meets_the_term_on_the_day_it_was_given(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    case = request(tenant, dovecot, clock)
    answered_at = clock.move(days=3)
    dovecot.put(written(KNOWN, "<1@klant.test>"), folder="Sent", internal_date=answered_at)
    worker.once(tenant, clock)
    clock.move(days=5)
    acting.act(tenant, case.ref, events.Closed("john", Outcome.GRANTED, "", answered_elsewhere=True), clock())
    [case] = cases(tenant)
    assert {deadline.met_at for deadline in case.deadlines} == {answered_at}
    acting.act(tenant, case.ref, events.Reopened("john", "het was alleen een bericht"), clock())
    [case] = cases(tenant)
    assert "klopt dat?" not in case.clock
    assert list(check_history(tenant)) == []


def test_sent_renumbered_and_read_again_tells_nothing_twice(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    request(tenant, dovecot, clock)
    dovecot.put(written(KNOWN, "<1@klant.test>"), folder="Sent", internal_date=clock())
    worker.once(tenant, clock)
    before = cases(tenant)
    dovecot.renumber(folder="Sent")
    worker.once(tenant, clock)
    assert cases(tenant) == before


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([((), "/", "INBOX"), (("\\Sent",), "/", "Items/Weg")], "Items/Weg"),
        ([((), "/", "Sent"), (("\\HasNoChildren", "\\sent"), "/", "Uit")], "Uit"),
        ([((), ".", "INBOX.Verzonden items")], "INBOX.Verzonden items"),
        ([((), "/", "Sent Items"), ((), "/", "Sent")], "Sent"),
        ([((), "/", "INBOX"), ((), "/", "Presented")], ""),
        ([(("\\Noselect",), "/", "Sent"), ((), "/", "Sent/2026"), ((), "/", "Sent Items")], "Sent Items"),
        ([(("\\NonExistent", "\\Sent"), "/", "Oud"), ((), "/", "Verzonden")], "Verzonden"),
        ([((), "/", "Archief"), ((), "/", "Archief/Sent"), ((), "/", "Sent Items")], "Sent Items"),
        ([((), ".", "INBOX.Archief.Sent"), ((), ".", "INBOX.Verzonden")], "INBOX.Verzonden"),
        ([((), "/", "Oud/Sent Items"), ((), "/", "Oud/Sent")], "Oud/Sent"),
        ([((), "/", "Sent Items"), (("\\Sent",), "/", "Archief/Sent")], "Archief/Sent"),
    ],
)
def test_the_servers_word_for_a_folder_comes_before_its_name(listed: list[roles.Listed], found: str) -> None:
    assert roles.find(listed, roles.SENT) == found
