"""A recipient that refuses our address holds nobody else's letter; a server that refuses all of them is one alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from company import ACCESS, Clock, a_company, a_raw_mail, cases, letters, opened, work
from mailbot import worker
from mailbot.accounts import SmtpAccount
from mailbot.app import Tenant
from mailbot.model import Letter, LetterState
from mailbot.operation import health
from rig.dovecot import Dovecot
from rig.installation import Installation
from rig.postfix import Postfix

pytestmark = pytest.mark.real

PRIVACY, KLANT, DPO = "privacy@mail.test", "klant@mail.test", "dpo@mail.test"
CHOOSY, STRICT = "an@choosy.test", "bo@strict.test"
ELSEWHERE = ("an@outside.test", "bo@elsewhere.test", "cas@abroad.test")


@contextmanager
def company_on(dovecot: Dovecot, smtp: SmtpAccount, folder: Path, **changes: Any) -> Iterator[Tenant]:
    made = a_company(dovecot.account(), smtp, folder, **{"contact_email": DPO, "deputy_email": "", **changes})
    with opened(made, folder) as tenant:
        yield tenant


@pytest.fixture
def clock() -> Clock:
    """A Monday on which people are in."""
    days = (7 - datetime.now(UTC).weekday()) % 7 or 7
    return Clock((datetime.now(UTC) + timedelta(days=days)).replace(hour=10, minute=0))


def ask(dovecot: Dovecot, *people: str) -> None:
    """A request of each of them."""
    for number, sender in enumerate(people, 1):
        dovecot.deliver(a_raw_mail(f"{ACCESS} ({number})", sender=sender, number=number))


def rounds(tenant: Tenant, clock: Clock, many: int, minutes: float = 1) -> list[str]:
    """What stood in the way in each of so many rounds."""
    told = []
    for _ in range(many):
        told.append(worker.once(tenant, clock).trouble)
        clock.move(minutes=minutes)
    return told


def to(tenant: Tenant, *people: str) -> dict[str, LetterState]:
    """Where the letters to these people stand."""
    return {one.to: one.state for one in letters(tenant) if one.to in people and one.audience == "requester"}


def to_staff(tenant: Tenant, template: str) -> list[Letter]:
    return [one for one in letters(tenant) if one.audience == "staff" and one.template == template]


def with_smtp(tenant: Tenant, account: SmtpAccount) -> None:
    """The company mended its way out."""
    tenant.submission.close()
    del tenant.__dict__["submission"]
    tenant.company = replace(tenant.company, smtp=account)


# --- one recipient ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refuse", [[CHOOSY], [CHOOSY, "bo@choosy.test"]], ids=["one", "two of one domain"])
def test_a_recipient_that_refuses_our_address_holds_no_letter_of_others_and_a_person_is_told_at_once(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock, refuse: list[str]
) -> None:
    ask(dovecot, *refuse, KLANT, "robin@mail.test")
    with company_on(dovecot, postfix.account(), tmp_path) as tenant:
        work(tenant, clock)
        assert to(tenant, *refuse) == dict.fromkeys(refuse, LetterState.FAILED)
        assert set(to(tenant, KLANT, "robin@mail.test").values()) == {LetterState.SENT}
        assert {one.state for one in to_staff(tenant, "undelivered")} == {LetterState.SENT}
        assert len(to_staff(tenant, "undelivered")) == len(refuse)
        [wrong] = health.condition(tenant, clock()).wrong
        assert "letters failed" in wrong


def test_two_unrelated_recipients_of_that_kind_hold_the_others_for_minutes_at_most(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    ask(dovecot, CHOOSY, STRICT, KLANT, "robin@mail.test", "vreemd@mail.test")
    with company_on(dovecot, postfix.account(), tmp_path) as tenant:
        rounds(tenant, clock, 4)
        waits = [one for one in letters(tenant, LetterState.QUEUED) if one.to not in (CHOOSY, STRICT)]
        assert waits == []
        rounds(tenant, clock, 30)
        assert to(tenant, CHOOSY, STRICT) == {CHOOSY: LetterState.FAILED, STRICT: LetterState.FAILED}
        assert {one.ref for one in to_staff(tenant, "undelivered") if one.state is LetterState.SENT} == {
            one.ref for one in letters(tenant, LetterState.FAILED)
        }
        assert to_staff(tenant, "mailbox") == [], "and nobody is alarmed"
        assert not any("own address" in one for one in health.condition(tenant, clock()).wrong)
    assert postfix.log.count("to=<an@choosy.test>") <= 4


# --- everybody -------------------------------------------------------------------------------------------------------


def test_an_address_that_the_login_may_not_use_is_one_alarm_and_the_letters_wait_until_it_may(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    """Postfix says so when it hears the recipient, unless it is told otherwise (smtpd_delay_reject)."""
    not_ours = postfix.account("vreemd@mail.test")
    ask(dovecot, KLANT, "robin@mail.test", "partij@mail.test")
    with company_on(dovecot, not_ours, tmp_path) as tenant:
        told = rounds(tenant, clock, 8)
        assert all("takes no letter from the company's own address (553 5.7.1)" in one for one in filter(None, told))
        assert letters(tenant, LetterState.FAILED, LetterState.SENT) == []
        assert [one.template for one in letters(tenant, LetterState.QUEUED)].count("mailbox") == 1
        assert {one.state for one in to_staff(tenant, "undelivered")} <= {LetterState.DROPPED}
        refused, untold = health.condition(tenant, clock()).wrong
        assert "takes no letter from the company's own address" in refused
        assert "[alarm] names no server of its own" in untold
        assert "`mailbot check --live --send --tenant kaviaarshop`" in untold
        with_smtp(tenant, postfix.account())
        rounds(tenant, clock, 4, minutes=31)
        assert letters(tenant, LetterState.FAILED, LetterState.QUEUED) == []
        assert health.condition(tenant, clock()).wrong == ()


def test_what_waited_a_day_for_such_a_server_is_given_up_once(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    ask(dovecot, KLANT, "robin@mail.test", "partij@mail.test")
    with company_on(dovecot, postfix.account("vreemd@mail.test"), tmp_path) as tenant:
        rounds(tenant, clock, 150, minutes=31)
        to_people = [one for one in letters(tenant) if one.audience == "requester"]
        assert {one.state for one in to_people} == {LetterState.FAILED}
        assert all(one.why.startswith("gave up after a day") for one in to_people)
        given_up = [
            remark
            for case in cases(tenant)
            for remark in case.remarks
            if remark.startswith(("failed: acknowledgement (gave up", "failed: neutral (gave up"))
        ]
        assert len(given_up) == len(to_people)


def test_a_server_that_relays_nothing_is_one_alarm_and_colleagues_get_their_mails(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    nobody = replace(postfix.account(), port=postfix.smtp_port, security="plain", username="")
    ask(dovecot, *ELSEWHERE)
    with company_on(dovecot, nobody, tmp_path) as tenant:
        rounds(tenant, clock, 8)
        assert Counter(to(tenant, *ELSEWHERE).values()) == {LetterState.QUEUED: 3}
        [alarm] = to_staff(tenant, "mailbox")
        assert (alarm.state, alarm.to) == (LetterState.SENT, DPO)
        assert "de mailserver stuurt geen brieven naar buiten" in alarm.subject
        assert "takes letters to its own addresses only (554 5.7.1)" in alarm.text
        assert {one.state for one in letters(tenant) if one.audience == "staff"} <= {
            LetterState.SENT,
            LetterState.DROPPED,
        }
        [wrong] = health.condition(tenant, clock()).wrong
        assert "takes letters to its own addresses only" in wrong
        with_smtp(tenant, postfix.account())
        rounds(tenant, clock, 4, minutes=31)
        assert set(to(tenant, *ELSEWHERE).values()) == {LetterState.SENT}
        assert not any("own addresses" in one for one in health.condition(tenant, clock()).wrong)


def test_a_first_letter_that_no_relay_takes_fails_and_is_told_and_the_second_waits(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    nobody = replace(postfix.account(), port=postfix.smtp_port, security="plain", username="")
    ask(dovecot, ELSEWHERE[0])
    with company_on(dovecot, nobody, tmp_path) as tenant:
        work(tenant, clock)
        assert to(tenant, *ELSEWHERE) == {ELSEWHERE[0]: LetterState.FAILED}
        assert [one.state for one in to_staff(tenant, "undelivered")] == [LetterState.SENT]
    clock.move(hours=5)
    dovecot.deliver(a_raw_mail(f"{ACCESS} (2)", sender=ELSEWHERE[1], number=2))
    with company_on(dovecot, nobody, tmp_path) as tenant:  # a program that was started anew
        assert "own addresses only" in worker.once(tenant, clock).trouble
        assert to(tenant, *ELSEWHERE) == {ELSEWHERE[0]: LetterState.FAILED, ELSEWHERE[1]: LetterState.QUEUED}


def test_without_a_second_way_out_it_is_told_wherever_somebody_looks(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path
) -> None:
    """No mail about it can leave: the round, the status, the log and the live check say it, and what to type."""
    office = Installation(tmp_path)
    office.write(dovecot.account(), postfix.account("vreemd@mail.test"))
    ask(dovecot, KLANT, "robin@mail.test")
    first, second = office.run("once"), office.run("once")
    for done in (first, second):
        assert (done.returncode, "takes no letter from the company's own address" in done.stdout) == (4, True)
    assert "WARNING kaviaarshop: smtp server" in first.stderr
    status = office.run("status")
    told = " ".join(status.stdout.split())
    assert status.returncode == 1
    assert "check `mail.mailbox`, and ask the provider whether this login may send as it" in told
    assert "[alarm] names no server of its own; mend it, then try it with `mailbot check --live --send" in told
    live = office.run("check", "--live", "--send")
    told = " ".join(live.stdout.split())
    assert live.returncode == 1
    assert "· alarm: names no server of its own" in told
    assert "✗ mail to itself: smtp server" in told
    assert "takes no letter from the company's own address (553 5.7.1)" in told
