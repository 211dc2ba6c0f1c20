"""The path of one mail, from the mailbox to the letter, on an embedded mail server."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest

from company import (
    ACCESS,
    BOX,
    CONTACT,
    DEPUTY,
    ERASURE,
    KNOWN,
    ORDER,
    START,
    Clock,
    a_bounce,
    a_company,
    a_raw_mail,
    cases,
    letters,
    opened,
    with_mode,
)
from mailbot import events, worker
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.errors import Refused
from mailbot.incoming import manual
from mailbot.model import Caps, LetterState, Outcome, Status
from mailbot.outgoing import releasing, sent_mail

STRANGER = "vreemd@elders.test"


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([BOX, KNOWN, CONTACT, DEPUTY, STRANGER]) as running:
        yield running


def received(servers: MailServers, address: str) -> list[Message]:
    return [email.message_from_bytes(stored.raw) for stored in servers.messages(address)]


def play(tenant: Tenant, servers: MailServers, clock: Clock, *mails: bytes) -> worker.Round:
    for raw in mails:
        servers.put(BOX, raw, internal_date=clock())
    return worker.once(tenant, clock)


def test_a_request_becomes_a_case_and_is_acknowledged_in_its_thread(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    [case] = cases(tenant)
    [answer] = received(servers, KNOWN)
    assert answer["In-Reply-To"] == "<1@klant.test>"
    assert case.ref in str(answer["Subject"])
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_the_contact_person_hears_of_it_and_an_absence_notice_can_be_seen(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    [told] = received(servers, CONTACT)
    assert (told["Auto-Submitted"], told["X-Auto-Response-Suppress"], told["X-Mailbot-Loop"]) == (
        None,
        None,
        "kaviaarshop",
    )


def test_an_order_question_opens_no_case_and_keeps_no_text(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ORDER, subject="bestelling"))
    assert cases(tenant) == []
    assert received(servers, KNOWN) == []
    with tenant.store.unit() as unit:
        [seen] = unit.seen_since(START)
    assert seen.disposition == "no_request"


def test_a_second_round_does_nothing_twice(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    again = worker.once(tenant, clock)
    assert (again.mails, again.sent) == (0, 0)
    assert len(cases(tenant)) == 1


def test_mail_from_before_the_start_is_only_on_record(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    servers.put(BOX, a_raw_mail(ACCESS), internal_date=START - timedelta(days=1, minutes=5))
    worker.once(tenant, clock)
    assert cases(tenant) == []
    with tenant.store.unit() as unit:
        assert [seen.disposition for seen in unit.seen_since(START)] == ["before_go_live"]


def test_one_mail_delivered_twice_is_one_case(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    raw = a_raw_mail(ACCESS)
    play(tenant, servers, clock, raw, b"Received: from b by c; Mon, 2 Mar 2026 09:00:00 +0000\r\n" + raw)
    assert len(cases(tenant)) == 1
    assert len(received(servers, KNOWN)) == 1


def test_the_same_message_id_with_another_text_is_a_mail_of_its_own(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS), a_raw_mail(ERASURE))
    assert len(cases(tenant)) == 2


def test_a_reply_to_our_letter_joins_its_case(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    ours = str(received(servers, KNOWN)[0]["Message-ID"])
    play(tenant, servers, clock, a_raw_mail("Dank u wel!", subject="Re: iets", number=2, In_Reply_To=ours))
    [case] = cases(tenant)
    assert [mail.message_id for mail in case.mails] == ["<1@klant.test>", "<2@klant.test>"]


def test_a_stranger_who_knows_the_reference_does_not_get_into_the_case(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    ref = cases(tenant)[0].ref
    play(tenant, servers, clock, a_raw_mail(ERASURE, sender=STRANGER, subject=f"Re: [{ref}] x", number=2))
    first, second = cases(tenant)
    assert len(first.mails) == 1
    assert "mentions_case" in second.needs


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"List_Id": "<nieuws.example>", "Precedence": "list"},
    ],
)
def test_machine_mail_gets_no_letter_and_is_on_record(
    tenant: Tenant, servers: MailServers, clock: Clock, headers: dict[str, str]
) -> None:
    play(tenant, servers, clock, a_raw_mail("Ik ben afwezig.", sender=STRANGER, **headers))
    assert received(servers, STRANGER) == []
    with tenant.store.unit() as unit:
        assert [seen.disposition for seen in unit.seen_since(START)] == ["automatic"]


def test_a_request_from_our_own_address_is_for_a_person_and_gets_no_letter(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS, sender=BOX))
    [case] = cases(tenant)
    assert (case.requester, bool(case.needs)) == (None, True)
    assert [letter for letter in letters(tenant) if letter.audience != "staff"] == []


def test_a_form_on_the_website_speaks_for_its_visitor(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS, sender=BOX, Reply_To=KNOWN))
    assert cases(tenant)[0].requester is not None
    assert len(received(servers, KNOWN)) == 1


def test_an_observing_company_sends_nothing_outside(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    with_mode(tenant, "observe")
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    assert received(servers, KNOWN) == []
    assert len(received(servers, CONTACT)) == 1
    [composed] = letters(tenant, LetterState.OBSERVED)
    with pytest.raises(Refused, match="observe"):
        releasing.release(tenant, composed.token, clock())


def test_a_held_letter_leaves_when_a_person_releases_it(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    with_mode(tenant, "hold")
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    assert received(servers, KNOWN) == []
    [held] = letters(tenant, LetterState.HELD)
    releasing.release(tenant, held.token, clock())
    worker.once(tenant, clock)
    assert len(received(servers, KNOWN)) == 1


def test_an_answer_meets_the_term_only_when_the_server_took_it(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    ref = cases(tenant)[0].ref
    acting.act(tenant, ref, events.Answered("els", "Hierbij uw gegevens.", Outcome.GRANTED), clock())
    assert all(deadline.met_at is None for deadline in cases(tenant)[0].deadlines)
    worker.once(tenant, clock)
    assert all(deadline.met_at == clock() for deadline in cases(tenant)[0].deadlines)


def test_a_refused_letter_goes_to_a_person_at_once(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    servers.script(KNOWN, "550 5.1.1 unknown")
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    assert [letter.state for letter in letters(tenant) if letter.template == "acknowledgement"] == [LetterState.FAILED]
    assert any("undelivered" in letter.template for letter in letters(tenant, LetterState.SENT))


def test_a_letter_for_later_is_tried_again_and_given_up_after_a_day(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    servers.script(KNOWN, "451 4.3.0 later")
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    [waiting] = list(letters(tenant, LetterState.QUEUED))
    assert waiting.next_try is not None
    assert waiting.next_try > clock()
    clock.move(hours=25)
    worker.once(tenant, clock)
    assert waiting.token in [letter.token for letter in letters(tenant, LetterState.FAILED)]


def test_a_mail_in_sent_that_breaks_the_program_keeps_no_letter_back(
    tenant: Tenant, servers: MailServers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise KeyError("piet@klant.example")

    monkeypatch.setattr(sent_mail, "note_answer", broken)
    servers.put(BOX, a_raw_mail("Dank.", sender=BOX, to="x@elders.test", number=7), "Sent", START)
    first = play(tenant, servers, clock, a_raw_mail(ACCESS))
    assert "a mail in Sent: the program failed (KeyError" in first.trouble
    assert worker.once(tenant, clock).trouble == ""
    assert len(received(servers, KNOWN)) == 1


def test_a_greylisted_letter_arrives_once(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    servers.script(KNOWN, "451 4.3.0 later", times=1)
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    clock.move(minutes=6)
    worker.once(tenant, clock)
    worker.once(tenant, clock)
    assert len(received(servers, KNOWN)) == 1


def test_a_line_lost_after_the_letter_makes_it_unsure_and_is_never_resent(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    servers.script(KNOWN, "cut", at="end", times=1)
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    for _ in range(3):
        clock.move(days=1)
        worker.once(tenant, clock)
    assert len(received(servers, KNOWN)) == 1
    assert [letter.template for letter in letters(tenant, LetterState.UNSURE)] == ["acknowledgement"]


def test_a_flood_of_requests_is_taken_in_whole_but_answered_up_to_the_cap(
    tenant: Tenant, servers: MailServers, clock: Clock, tmp_path: Path
) -> None:
    company = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path, caps=Caps(per_address_a_day=2))
    tenant.company = company
    play(tenant, servers, clock, *(a_raw_mail(f"{ACCESS} ({n})", number=n) for n in range(6)))
    assert len(cases(tenant)) == 6
    assert len(received(servers, KNOWN)) == 2
    [told] = received(servers, CONTACT)
    assert all(case.ref in told.as_bytes().decode() for case in cases(tenant))


def test_a_bounce_of_our_letter_reaches_its_case(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    ours = str(received(servers, KNOWN)[0]["Message-ID"])
    play(tenant, servers, clock, a_bounce(ours, KNOWN))
    assert any(remark.startswith("bounced") for remark in cases(tenant)[0].remarks)
    assert any(letter.template == "undelivered" for letter in letters(tenant))


def test_warnings_come_step_by_step_until_the_case_is_overdue(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    for _ in range(34):
        clock.move(days=1)
        worker.once(tenant, clock)
    steps = [step.partition(":")[0] for step in cases(tenant)[0].alerted]
    assert steps[:4] == ["14-days", "7-days", "3-working-days", "1-working-day"]
    assert set(steps[4:]) == {"overdue"}
    assert len(received(servers, DEPUTY)) >= 2


def test_a_monday_summary_goes_to_the_contact_person_once_also_when_nothing_came(
    tenant: Tenant, servers: MailServers, clock: Clock
) -> None:
    worker.once(tenant, clock)
    for _ in range(15):
        clock.move(days=1)
        worker.once(tenant, clock)
        worker.once(tenant, clock)
    summaries = list(received(servers, CONTACT))
    assert len(summaries) == 2


def test_every_history_folds_to_its_case(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS), a_raw_mail(ERASURE, number=2))
    acting.act(tenant, cases(tenant)[0].ref, events.Noted("els", "gebeld"), clock())
    assert list(check_history(tenant)) == []


def test_a_rewritten_history_shows(tenant: Tenant, servers: MailServers, clock: Clock) -> None:
    play(tenant, servers, clock, a_raw_mail(ACCESS))
    ref = cases(tenant)[0].ref
    with tenant.store.unit() as unit:
        [first, *_] = unit.history(ref)
        doc = dict(unit.tables.get("history", f"{first.ref}:000001") or {})
        unit.tables.put("history", f"{first.ref}:000001", doc | {"actor": "somebody else"})
    assert any("was changed" in fault.what for fault in check_history(tenant))


def test_servers_that_are_down_are_told_in_one_line_and_nothing_is_lost(clock: Clock, tmp_path: Path) -> None:
    with MailServers([BOX, KNOWN, CONTACT, DEPUTY]) as servers:
        company = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path)
        with opened(company, tmp_path) as tenant:
            play(tenant, servers, clock, a_raw_mail(ACCESS))
    with opened(company, tmp_path) as tenant:
        clock.move(days=20)
        trouble = worker.once(tenant, clock).trouble
        assert "127.0.0.1" in trouble
        assert KNOWN not in trouble
        assert [letter.template for letter in letters(tenant, LetterState.QUEUED)] != []


def test_a_person_takes_in_an_older_mail_with_its_true_date(tenant: Tenant, clock: Clock, tmp_path: Path) -> None:
    file = tmp_path / "old.eml"
    file.write_bytes(a_raw_mail(ACCESS))
    case = manual.add(tenant, file, START - timedelta(days=20), "", "mail", (), "els", clock()).case
    assert (case.received_at, case.status) == (START - timedelta(days=20), Status.OPEN)
