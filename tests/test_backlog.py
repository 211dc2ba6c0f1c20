"""Mails that lie there together share a commit; nothing is lost, and none is taken twice, whatever goes wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from company import ACCESS, BOX, CONTACT, DEPUTY, KNOWN, START, Clock, Sorter, a_company, a_raw_mail, cases, opened
from mailbot import worker
from mailbot.app import Tenant
from mailbot.classify import GENERAL, Rules
from mailbot.cli.checks import check_history
from mailbot.cursors import cursor_in
from mailbot.demo.servers import MailServers
from mailbot.errors import TryLater
from mailbot.incoming import backlog
from mailbot.intake_attempts import IntakeAttempts
from mailbot.mailbox import FetchedMail
from mailbot.model import Pointer, Status, Verdict
from mailbot.store import TinyStore

MANY = 70


class Fragile(Sorter):
    """Breaks on one mail, as a bug would."""

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        if "(40)" in text:
            raise RecursionError("a bug")
        return super().classify(subject, text, quoted=quoted, rules=rules)


class Waiting(Sorter):
    """Sorts a mail when another one is being sorted too."""

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        _BOTH.wait(timeout=20)
        return super().classify(subject, text, quoted=quoted, rules=rules)


_BOTH = Barrier(2)


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    with MailServers([BOX, KNOWN, CONTACT, DEPUTY]) as servers:
        for number in range(1, MANY + 1):
            mail = a_raw_mail(f"{ACCESS} ({number})", sender=f"p{number}@klant.test", number=number)
            servers.put(BOX, mail, internal_date=START)
        company = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path, mode="hold")
        with opened(company, tmp_path) as ready:
            yield ready


def take_all(tenant: Tenant) -> list[int]:
    """Put the whole folder on record; how many mails each batch had."""
    return list(backlog.work_off(tenant, tenant.mailbox.since("INBOX", None, None), Clock()))


def count_units(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    begun: list[bool] = []
    unit = TinyStore.unit

    @contextmanager
    def counted(self: TinyStore) -> Iterator[Any]:
        begun.append(True)
        with unit(self) as inside:
            yield inside

    monkeypatch.setattr(TinyStore, "unit", counted)
    return begun


def test_a_backlog_costs_far_fewer_commits_than_mails(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tenant.store
    begun = count_units(monkeypatch)
    assert len(take_all(tenant)) == len(begun) == 2
    assert len(cases(tenant)) == MANY


def test_the_mails_of_a_batch_are_sorted_side_by_side(tenant: Tenant) -> None:
    tenant.classifier = Waiting()
    take_all(tenant)
    assert len(cases(tenant)) == MANY
    assert not _BOTH.broken, "none was taken alone"


def test_a_mail_that_breaks_the_program_takes_none_of_its_batch_with_it(tenant: Tenant) -> None:
    tenant.classifier = Fragile()
    assert worker.once(tenant, Clock()).mails == MANY
    assert [case.status for case in cases(tenant)].count(Status.TRIAGE) == 1
    assert len(cases(tenant)) == MANY
    assert list(check_history(tenant)) == []


def test_a_batch_that_killed_the_program_is_taken_one_by_one(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    mails = list(tenant.mailbox.since("INBOX", None, None))[:5]
    killed, restarted = (IntakeAttempts(tenant.intake_attempts.path) for _ in range(2))
    assert killed.begin_together([mail.pointer for mail in mails])
    assert tenant.store
    begun = count_units(monkeypatch)
    list(backlog.work_off(tenant, mails, Clock()))
    assert (len(begun), len(cases(tenant))) == (5, 5)
    assert restarted.begin_together([mail.pointer for mail in mails]), "what was begun came to an end"


def test_a_unit_that_fails_leaves_neither_records_nor_a_place(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise TryLater("the disk is full")

    monkeypatch.setattr("mailbot.incoming.intake.note_newest", full)
    with pytest.raises(TryLater):
        take_all(tenant)
    monkeypatch.undo()
    with tenant.store.unit() as unit:
        assert cursor_in(unit, "INBOX") is None
    for _ in range(4):
        worker.once(tenant, Clock())
    assert {case.status for case in cases(tenant)} == {Status.OPEN}, "a full disk is no fault of a mail"
    assert len(cases(tenant)) == MANY


def arriving(count: int, size: int) -> Iterator[FetchedMail]:
    for uid in range(1, count + 1):
        yield FetchedMail(Pointer("INBOX", 1, uid), b"x" * size, START, size)
    raise TryLater("the line broke")


@pytest.mark.parametrize(
    ("count", "size", "sizes"), [(140, 10, [64, 64, 12]), (3, 5 * 2**20, [1, 1, 1]), (4, 3 * 2**20, [2, 2]), (0, 1, [])]
)
def test_a_batch_is_bounded_and_what_came_before_the_line_broke_is_kept(
    count: int, size: int, sizes: list[int]
) -> None:
    got = []
    with pytest.raises(TryLater):
        for batch in backlog.batches(arriving(count, size)):
            got.append(len(batch))
    assert got == sizes
