"""A letter that waits lies in the drafts; sent from there it is sent. Copies of what left lie in Sent, once."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from company import (
    ACCESS,
    BOX,
    KNOWN,
    START,
    Clock,
    a_company,
    a_raw_mail,
    cases,
    letters,
    opened,
    work,
)
from mailbot import actions as do
from mailbot import events
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import Refused, TryLater
from mailbot.model import Letter, LetterState, Outcome
from mailbot.operation import heartbeat
from mailbot.outgoing import outbox, releasing
from rig.dovecot import Dovecot

pytestmark = pytest.mark.real


def company(dovecot: Dovecot, smtp: MailServers, folder: Path, mode: str, **account: Any) -> Any:
    return opened(a_company(dovecot.account(**account), smtp.smtp_account(BOX), folder, mode=mode), folder)


@pytest.fixture
def tenant(dovecot: Dovecot, smtp: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    """A company in which people release each letter, from the drafts."""
    with company(dovecot, smtp, tmp_path, "hold", put_drafts=True) as ready:
        dovecot.put(a_raw_mail(ACCESS), internal_date=START)
        yield ready


def lying(dovecot: Dovecot, folder: str) -> list[Message]:
    with dovecot.client() as client:
        client.select(folder, readonly=True)
        numbers = client.search(None, "ALL")[1][0].split()
        raws = [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
    return [email.message_from_bytes(raw[1]) for raw in raws if isinstance(raw, tuple)]


def remove(dovecot: Dovecot, folder: str) -> None:
    with dovecot.client() as client:
        client.select(folder)
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()


def to_requester(tenant: Tenant) -> Letter:
    [letter] = [letter for letter in letters(tenant) if letter.audience == "requester"]
    return letter


def as_sent_by(draft: Message, program: str) -> bytes:
    """What Thunderbird files (a new id, references kept), or a program that keeps the id."""
    if program == "new id":
        draft.replace_header("Message-ID", "<uit.thunderbird@mail.test>")
    draft.replace_header("Subject", f"{draft['Subject']} (bijgewerkt)")
    return draft.as_bytes()


def test_a_waiting_letter_lies_in_the_drafts_complete_and_in_the_thread(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    for _ in range(3):
        work(tenant, clock)
    [draft] = lying(dovecot, "Drafts")
    assert (draft["To"], draft["In-Reply-To"]) == (KNOWN, "<1@klant.test>")
    assert draft["Auto-Submitted"] is draft["X-Auto-Response-Suppress"] is draft["X-Mailbot-Loop"] is None
    assert "AVG-2026-0001" in str(draft["Subject"])
    assert to_requester(tenant).draft == "lies"


@pytest.mark.parametrize("program", ["new id", "same id"])
def test_a_draft_that_a_colleague_changed_and_sent_is_a_letter_that_left(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock, program: str
) -> None:
    work(tenant, clock)
    [draft] = lying(dovecot, "Drafts")
    remove(dovecot, "Drafts")
    dovecot.put(as_sent_by(draft, program), folder="Sent", internal_date=clock.move(minutes=3))
    work(tenant, clock)
    letter = to_requester(tenant)
    assert (letter.state, letter.answer) == (LetterState.SENT, "sent by a colleague from the drafts")
    [case] = cases(tenant)
    assert case.colleague_wrote_at is None
    assert smtp.messages(KNOWN) == []
    assert "<uit.thunderbird@mail.test>" in case.thread or program == "same id"
    work(tenant, clock)
    assert lying(dovecot, "Drafts") == []
    assert list(check_history(tenant)) == []


@pytest.mark.parametrize("program", ["new id", "same id"])
def test_a_draft_of_a_letter_that_was_dropped_and_yet_sent_has_left(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, program: str
) -> None:
    work(tenant, clock)
    [draft] = lying(dovecot, "Drafts")
    releasing.drop(tenant, to_requester(tenant).token, "niet nodig", clock())
    remove(dovecot, "Drafts")
    dovecot.put(as_sent_by(draft, program), folder="Sent", internal_date=clock.move(minutes=3))
    work(tenant, clock)
    assert to_requester(tenant).state is LetterState.SENT


def test_a_draft_that_a_colleague_sent_to_somebody_else_is_his_answer_and_not_our_letter(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    work(tenant, clock)
    [draft] = lying(dovecot, "Drafts")
    remove(dovecot, "Drafts")
    draft.replace_header("To", "klant.thuis@elders.test")
    dovecot.put(as_sent_by(draft, "new id"), folder="Sent", internal_date=clock.move(minutes=3))
    work(tenant, clock)
    assert to_requester(tenant).state is not LetterState.SENT
    assert "answered_by_colleague" in cases(tenant)[0].needs


def test_an_answer_sent_from_the_drafts_meets_the_term(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    work(tenant, clock)
    [case] = cases(tenant)
    send = do.Send(f"{case.ref}:answer:1", "answer", KNOWN, "requester", LetterState.HELD, body="Hierbij.")
    with tenant.store.unit() as unit:
        unit.put_letter(tenant.letters.compose(send, case, tenant.policy, clock(), "00" * 32))
    work(tenant, clock)
    draft = lying(dovecot, "Drafts")[-1]
    dovecot.put(as_sent_by(draft, "new id"), folder="Sent", internal_date=clock.move(days=2))
    work(tenant, clock)
    [case] = cases(tenant)
    assert {deadline.met_at for deadline in case.deadlines} == {clock()}


def test_a_draft_that_was_deleted_is_not_put_back_and_can_be_released(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    work(tenant, clock)
    token = to_requester(tenant).token
    with pytest.raises(Refused, match="send it from there"):
        releasing.release(tenant, token, clock())
    remove(dovecot, "Drafts")
    for _ in range(2):
        work(tenant, clock)
    assert lying(dovecot, "Drafts") == []
    releasing.release(tenant, token, clock())
    clock.move(minutes=2)
    work(tenant, clock)
    assert len(smtp.messages(KNOWN)) == 1


def test_a_draft_that_was_only_marked_as_deleted_counts_as_deleted(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    work(tenant, clock)
    with dovecot.client() as client:
        client.select("Drafts")
        client.store("1:*", "+FLAGS", r"(\Deleted)")
    work(tenant, clock)
    assert to_requester(tenant).draft == "gone"
    assert len(lying(dovecot, "Drafts")) == 1


def test_a_letter_to_an_address_that_no_header_can_hold_waits_in_the_outbox_and_keeps_no_other_back(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS, number=2, sender="ander@klant.test"), internal_date=START)
    work(tenant, clock)
    first, second = (letter for letter in letters(tenant) if letter.audience == "requester")
    remove(dovecot, "Drafts")
    with tenant.store.unit() as unit:
        unit.put_letter(replace(first, to="zoë@klant.test", draft=""))
        unit.put_letter(replace(second, draft=""))
    work(tenant, clock)
    assert [draft["To"] for draft in lying(dovecot, "Drafts")] == [second.to]
    with tenant.store.unit() as unit:
        assert [letter.draft for token in (first.token, second.token) if (letter := unit.letter(token))] == [
            "gone",
            "lies",
        ]


def test_a_letter_whose_draft_was_taken_away_waits_for_the_copy_that_a_colleague_s_program_may_still_file(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    work(tenant, clock)
    [draft] = lying(dovecot, "Drafts")
    remove(dovecot, "Drafts")
    work(tenant, clock)
    releasing.release(tenant, to_requester(tenant).token, clock())
    work(tenant, clock)  # sent from the drafts a moment ago: nothing in Sent tells so yet
    dovecot.put(as_sent_by(draft, "same id"), folder="Sent", internal_date=clock.move(minutes=1))
    work(tenant, clock)
    assert (to_requester(tenant).state, smtp.messages(KNOWN)) == (LetterState.SENT, [])


@pytest.mark.parametrize("program", ["new id", "same id"])
@pytest.mark.parametrize("seen", ["in the round", "before it is sent"])
def test_a_draft_that_one_colleague_sent_and_another_released_leaves_once(
    tenant: Tenant,
    dovecot: Dovecot,
    smtp: MailServers,
    clock: Clock,
    program: str,
    seen: str,
) -> None:
    work(tenant, clock)
    [draft] = lying(dovecot, "Drafts")
    remove(dovecot, "Drafts")
    work(tenant, clock)  # the draft is gone, and its copy is not yet in Sent
    releasing.release(tenant, to_requester(tenant).token, clock())
    dovecot.put(as_sent_by(draft, program), folder="Sent", internal_date=clock.move(minutes=3))
    if seen == "in the round":
        work(tenant, clock)
    else:
        outbox.deliver(tenant, clock)
    assert smtp.messages(KNOWN) == []
    letter = to_requester(tenant)
    assert (letter.state, letter.answer) == (LetterState.SENT, "sent by a colleague from the drafts")
    assert list(check_history(tenant)) == []


def test_a_released_draft_waits_while_nobody_can_see_whether_it_was_sent(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    work(tenant, clock)
    remove(dovecot, "Drafts")
    work(tenant, clock)
    releasing.release(tenant, to_requester(tenant).token, clock())
    clock.move(minutes=2)
    outbox.deliver(tenant, clock, mailbox_error=TryLater("the mailbox is away"))
    assert (to_requester(tenant).state, smtp.messages(KNOWN)) == (LetterState.QUEUED, [])
    outbox.deliver(tenant, clock)
    assert len(smtp.messages(KNOWN)) == 1


def test_a_crash_after_the_draft_was_written_leaves_one_draft(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    work(tenant, clock)
    letter = to_requester(tenant)
    with tenant.store.unit() as unit:
        unit.put_letter(replace(letter, draft=""))
    work(tenant, clock)
    assert len(lying(dovecot, "Drafts")) == 1
    assert to_requester(tenant).draft == "lies"


def test_without_the_setting_nothing_is_written_into_the_mailbox(
    dovecot: Dovecot, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    before = dovecot.dump()
    with company(dovecot, smtp, tmp_path, "hold") as tenant:
        work(tenant, clock)
        work(tenant, clock)
    assert dovecot.dump() == before


# --- copies ----------------------------------------------------------------------------------------------------------


def test_what_left_lies_in_sent_once_and_only_what_went_to_the_requester(
    dovecot: Dovecot, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    with company(dovecot, smtp, tmp_path, "automatic", file_sent=True) as tenant:
        for _ in range(4):
            work(tenant, clock)
            clock.move(minutes=1)
        [copy] = lying(dovecot, "Sent")
        [left] = smtp.messages(KNOWN)
        assert copy["Message-ID"] == email.message_from_bytes(left.raw)["Message-ID"]
        assert cases(tenant)[0].colleague_wrote_at is None


def test_a_server_that_files_what_it_sends_gets_no_second_copy(
    dovecot: Dovecot, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    with company(dovecot, smtp, tmp_path, "automatic", file_sent=True) as tenant:
        work(tenant, clock)
        dovecot.put(smtp.messages(KNOWN)[0].raw, folder="Sent", internal_date=clock())
        for _ in range(3):
            clock.move(minutes=1)
            work(tenant, clock)
    assert len(lying(dovecot, "Sent")) == 1


def test_an_answer_that_a_person_wrote_leaves_by_smtp_also_where_drafts_are_used(
    tenant: Tenant, dovecot: Dovecot, smtp: MailServers, clock: Clock
) -> None:
    work(tenant, clock)
    [case] = cases(tenant)
    acting.act(tenant, case.ref, events.Answered("john", "Hierbij uw gegevens.", Outcome.GRANTED), clock())
    work(tenant, clock)
    assert len(smtp.messages(KNOWN)) == 1
    assert len(lying(dovecot, "Drafts")) == 1


def test_a_full_mailbox_is_told_when_that_begins_and_ends_and_mail_is_answered_all_the_same(
    dovecot: Dovecot,
    smtp: MailServers,
    tmp_path: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(client: IMAPClient, *_: object) -> None:
        client.rename_folder("Nergens", "Ergens")  # a real NO

    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    with company(dovecot, smtp, tmp_path, "automatic", file_sent=True) as tenant:
        with monkeypatch.context() as while_full:
            while_full.setattr(IMAPClient, "append", full)
            for _ in range(4):
                assert work(tenant, clock).trouble == ""
                clock.move(minutes=1)
        beat = heartbeat.read(tenant.folder)
        assert beat
        assert "quota" in beat.trouble, "as long as it lasts, `status` tells it"
        assert len(smtp.messages(KNOWN)) == 1
        assert lying(dovecot, "Sent") == []
        told = [one.message for one in caplog.records if "into the mailbox" in one.message]
        assert len(told) == 1
        assert "quota" in told[0]
        work(tenant, clock, 2)
        assert len(lying(dovecot, "Sent")) == 1
    assert sum("takes what is written" in one.message for one in caplog.records) == 1
