"""The zero measurement: planted requests are found with their true fate, and the mailbox is as it was."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import planted
import pytest
from planted import BOX, FIRST, NOW, Planted

from builders import a_policy
from company import ACCESS, a_company, a_raw_mail, opened, shipped_sorter
from mailbot.accounts import SmtpAccount
from mailbot.app import Tenant
from mailbot.audit.findings import Finding, FoundRequest, SentMail, State, findings
from mailbot.audit.page import as_html
from mailbot.audit.reading import folders_of, follow
from mailbot.audit.result import Result, as_json, result_of
from mailbot.audit.wording import said
from mailbot.demo.servers import MailServers
from mailbot.model import Kind, Pointer
from rig.dovecot import Dovecot
from rig.installation import Installation

FOLDERS = ("INBOX", "Sent", "Drafts", "Junk", "Trash", "Archive")
SINCE = FIRST.date()


def measured(tenant: Tenant) -> Result:
    tenant.classifier = shipped_sorter()
    return result_of(follow(tenant, folders_of(tenant, SINCE), SINCE), tenant.policy, SINCE, NOW)


def fates(result: Result) -> dict[str, State]:
    return {one.first.message_id: one.state for one in (*result.findings, *result.doubtful)}


@pytest.fixture(scope="module")
def small() -> Planted:
    return planted.mailbox(300, unanswered=7, late=4, half=3, timely=6)


@pytest.fixture(scope="module")
def result(small: Planted, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What the measurement says of the small mailbox; that it left no trace is asked on the way."""
    folder = tmp_path_factory.mktemp("audit")
    with MailServers([BOX]) as servers:
        for mail in small.mails:
            servers.put(BOX, mail.raw, mail.folder, mail.at, mail.flags.split())
        before = [servers.messages(BOX, name) for name in FOLDERS]
        with opened(a_company(servers.imap_account(BOX), servers.smtp_account(BOX), folder), folder) as tenant:
            found = measured(tenant)
            assert not tenant.has_memory, "it wrote into the company's memory"
        assert [servers.messages(BOX, name) for name in FOLDERS] == before, "it changed the mailbox"
        assert servers.accepted == [], "it sent a mail"
    return found


def test_every_planted_request_is_found(small: Planted, result: Result) -> None:
    assert set(small.fates) - set(fates(result)) == set()


def test_each_has_its_true_fate(small: Planted, result: Result) -> None:
    told = fates(result)
    assert {id: told.get(id) for id in small.fates} == small.fates


def test_mail_that_only_looks_like_a_request_is_shown_as_such(small: Planted, result: Result) -> None:
    """The talk here is made of mails that were written to be taken for requests."""
    others = [one for one in result.findings if one.first.message_id not in small.fates]
    assert len(others) < 0.1 * (result.mails - len(small.fates))
    assert sum(one.first.sure for one in others) < 0.01 * (result.mails - len(small.fates))


def test_nobody_is_named_unless_asked(result: Result) -> None:
    told = as_html([result], False, {}) + json.dumps({**as_json(result, False), "folders": []})
    assert "persoon0@" not in told
    assert "persoon0@" in as_html([result], True, {}) + json.dumps(as_json(result, True))


def test_the_page_needs_nothing_from_elsewhere(result: Result) -> None:
    page = as_html([result], True, {})
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert not any(word in page for word in ("https://", "<script", "<link", "@import", "url("))


def test_the_figures_of_the_json_agree_with_its_findings(result: Result) -> None:
    told = as_json(result, False)
    assert told["requests"] == len(told["findings"]) == sum(told[str(state)] for state in State)


# --- what counts as an answer -------------------------------------------------------------------------------------


def judged(*sent: SentMail, kinds: tuple[Kind, ...] = (Kind.ACCESS,), now: datetime = NOW, **changes: Any) -> Finding:
    first = FoundRequest("<1@x>", Pointer("INBOX", 1, 1), DAY, "piet@klant.example", "mijn gegevens", kinds, True, 0.9)
    return findings([replace(first, **changes)], sent, a_policy(), now)[0]


def answer(days: int, text: str, attachments: int = 0, **changes: Any) -> SentMail:
    at = DAY + timedelta(days=days)
    mail = SentMail(
        "<2@y>", Pointer("Sent", 1, days + 1), at, ("piet@klant.example",), "x", said(text, attachments), ("<1@x>",)
    )
    return replace(mail, **changes)


DAY = datetime(2025, 1, 10, 9, tzinfo=UTC)
COPY = "In de bijlage vindt u een kopie van uw gegevens."


def test_silence_past_the_month_is_unanswered() -> None:
    assert judged().state is State.UNANSWERED


def test_silence_within_the_month_is_running() -> None:
    assert judged(now=DAY + timedelta(days=20)).state is State.RUNNING


@pytest.mark.parametrize(("sure", "state"), [(True, State.HALF), (False, State.LATE)])
def test_a_second_right_that_is_not_sure_is_held_against_nobody(sure: bool, state: State) -> None:
    late = answer(60, COPY, attachments=1)
    assert judged(late, kinds=(Kind.ACCESS, Kind.ERASURE), sure=sure).state is state


@pytest.mark.parametrize(("days", "state"), [(31, State.ANSWERED), (32, State.LATE)])
def test_the_last_day_of_the_month_is_in_time_and_the_next_is_late(days: int, state: State) -> None:
    assert judged(answer(days, COPY)).state is state


@pytest.mark.parametrize(
    "text",
    [
        "Wij hebben uw verzoek in goede orde ontvangen.",
        "Uw verzoek is in behandeling genomen. Wij komen hier zo snel mogelijk op terug.",
        "Kunt u uw identiteit bevestigen met uw klantnummer?",
        "We have received your request and will get back to you.",
        "Nous avons bien reçu votre demande.",
    ],
)
def test_a_receipt_or_a_question_back_is_no_answer(text: str) -> None:
    assert judged(answer(2, text)).state is State.HALF


def test_a_receipt_that_brings_the_copy_along_is_an_answer() -> None:
    assert judged(answer(2, "Wij hebben uw verzoek ontvangen. " + COPY)).state is State.ANSWERED


def test_two_rights_of_which_one_is_answered_are_half() -> None:
    found = judged(answer(3, COPY), kinds=(Kind.ACCESS, Kind.ERASURE))
    assert (found.state, found.missing) == (State.HALF, (Kind.ERASURE,))


def test_two_rights_answered_in_two_mails_are_answered_with_the_second() -> None:
    erased = answer(40, "Wij hebben uw account en gegevens verwijderd.")
    assert judged(answer(3, COPY), erased, kinds=(Kind.ACCESS, Kind.ERASURE)).state is State.LATE


def test_a_refusal_is_an_answer() -> None:
    assert (
        judged(answer(3, "Wij kunnen uw verzoek niet inwilligen, omdat de wet dat verbiedt.")).state is State.ANSWERED
    )


def test_a_notice_of_extension_in_time_gives_three_months() -> None:
    notice = answer(20, "Wij verlengen de termijn met twee maanden, omdat het veel werk is.")
    found = judged(notice, answer(80, COPY))
    assert (found.state, found.extended) == (State.ANSWERED, True)


def test_a_notice_of_extension_after_the_month_moves_nothing() -> None:
    notice = answer(40, "Wij verlengen de termijn met twee maanden, omdat het veel werk is.")
    assert judged(notice, answer(80, COPY)).state is State.LATE


def test_mail_to_a_colleague_in_the_thread_answers_nobody() -> None:
    assert judged(answer(3, COPY, to=("info@shop.example",))).state is State.UNANSWERED


def test_mail_from_before_the_request_answers_nothing() -> None:
    assert judged(answer(-1, COPY, references=())).state is State.UNANSWERED


def test_a_new_mail_about_what_was_asked_counts_and_one_about_an_order_does_not() -> None:
    order = answer(3, "Uw pakket is onderweg.", references=(), subject="Uw bestelling")
    assert judged(order).state is State.UNANSWERED
    assert judged(answer(5, COPY, references=(), subject="Uw bestelling")).state is State.ANSWERED


def test_a_second_mail_in_the_thread_is_a_reminder_not_a_request() -> None:
    first = FoundRequest("<1@x>", Pointer("INBOX", 1, 1), DAY, "p@k.example", "inzage", (Kind.ACCESS,), True, 0.9)
    again = replace(first, message_id="<3@x>", received_at=DAY + timedelta(days=40), references=("<1@x>",))
    found = findings([again, first], [], a_policy(), NOW)
    assert [(one.first.message_id, len(one.reminders), one.exposure) for one in found] == [("<1@x>", 1, "high")]


def test_a_mailbox_that_was_moved_to_another_provider_keeps_its_days(loopmail: MailServers, tmp_path: Path) -> None:
    """The folder dates every mail on the day of the move; receiving server and sending program say when it was."""
    hop = "from a.klant.test by mx.mail.test; Fri, 10 Jan 2025 09:00:00 +0000"
    loopmail.put(BOX, a_raw_mail(ACCESS, Received=hop), internal_date=NOW)
    answered = a_raw_mail(COPY, BOX, number=2, Date="Mon, 03 Mar 2025 09:00:00 +0000", In_Reply_To="<1@klant.test>")
    loopmail.put(BOX, answered.replace(b"To: " + BOX.encode(), b"To: klant@mail.test"), "Sent", NOW)
    company = a_company(loopmail.imap_account(BOX), loopmail.smtp_account(BOX), tmp_path)
    with opened(company, tmp_path) as tenant:
        found = measured(tenant).findings
    assert [(one.first.received_at, one.state) for one in found] == [(DAY, State.LATE)]


def shown(*found: Finding, since: date = SINCE) -> str:
    """The page, its tags left out."""
    trail = Result(a_policy(), since, NOW, found, (), len(found), 0, 0, ("INBOX",))
    return re.sub(r"<[^>]+>", "", as_html([trail], False, {}))


def test_one_of_a_thing_is_told_as_one() -> None:
    told = shown(judged(now=DAY + timedelta(days=32)))
    assert "Gelezen: 1 mail in" in told
    assert "1 verzoek staat nog open" in told
    assert "1 dag over de termijn" in told
    assert not re.search(r"\b1 (?:verzoeken|mails|dagen)", told)


def test_a_request_that_was_passed_on_later_stands_in_the_month_of_its_receipt() -> None:
    """A colleague passed it on within the time that was asked; it had come in before."""
    told = as_html([Result(a_policy(), date(2025, 2, 1), NOW, (judged(),), (), 1, 0, 0, ("INBOX",))], False, {})
    assert "nooit beantwoord: 1" in told
    assert "01-25" in told


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_a_report_that_only_its_owner_reads(tmp_path: Path) -> None:
    place, page = Installation(tmp_path), tmp_path / "nulmeting.html"
    with MailServers([BOX], password="geheim") as servers:
        servers.put(BOX, a_raw_mail(ACCESS), internal_date=DAY)
        place.write(servers.imap_account(BOX), servers.smtp_account(BOX))
        done = place.run("audit", "--since", "2025-01-01", "--html", str(page), "--json")
    assert done.returncode == 0, done.stderr
    assert [one["state"] for one in json.loads(done.stdout)[0]["findings"]] == ["unanswered"]
    assert page.stat().st_mode & 0o777 == 0o600


# --- the long run ----------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_twenty_thousand_mails_on_a_real_server(dovecot: Dovecot, tmp_path: Path) -> None:
    large = planted.mailbox(20_000, unanswered=20, late=10, half=6, timely=24)
    dovecot.lay((mail.folder, mail.raw, mail.at, bool(mail.flags)) for mail in large.mails)
    before = dovecot.dump()
    with opened(
        a_company(dovecot.account(), SmtpAccount("127.0.0.1", 9, "plain", BOX, lambda: ""), tmp_path), tmp_path
    ) as tenant:
        result = measured(tenant)
    told = fates(result)
    found = [id for id in large.fates if id in told]
    print(f"{result.mails} mails; {len(found)} of {len(large.fates)} found; {len(result.findings)} findings")
    assert len(found) >= 0.98 * len(large.fates)
    assert {id: told[id] for id in found} == {id: large.fates[id] for id in found}
    assert dovecot.dump() == before
